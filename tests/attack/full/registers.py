"""Mutated registers, each through check, cells and compare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.attack.full.journal import Case
from tests.attack.mutated import Make, attack
from tests.attack.mutated import registers as made

KIND = "registers"


def cases(seed: int) -> Iterator[Case]:
    """All known damages, with and without their acceptance, and others drawn from the seed."""
    for name, make in made(seed, bytes_=40, cells=40):
        yield Case(KIND, name, lambda folder, m=make: _one(folder, m))


def _one(folder: Path, make: Make) -> str:
    (folder / "out").mkdir()
    return attack(make(folder / "register"), folder / "out")
