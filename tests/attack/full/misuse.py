"""Misuses of the command line: exit code 2 (1 where data are at fault), words, and nothing written."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bangfu.simulation import simulate
from tests.attack.command import command, tree
from tests.attack.full.journal import Case, fresh_folder
from tests.attack.misuses import generated, is_data, prepare

KIND = "misuses"


def cases(seed: int) -> Iterator[Case]:
    """All that are generated."""
    with fresh_folder() as home:
        register = simulate(home / "register", households=60, seed=seed, households_per_village=5)
        for number, (name, words) in enumerate(generated()):
            yield Case(KIND, f"{number} {name}", lambda folder, w=words: _one(folder, register, w))


def _one(folder: Path, register: Path, words: list[str]) -> str:
    shutil.copytree(register, folder / "register")
    prepare(folder)
    before = tree(folder)
    with contextlib.chdir(folder):
        ended = command(*(str(folder / "register") if w == "R" else w for w in words))
    assert ended.code == 2 or (ended.code == 1 and is_data(words)), f"ends {ended.code}: {ended.err[-300:]}"
    assert (ended.err or ended.out).strip(), "says nothing"
    assert tree(folder) == before, "something is written"
    return "refused"
