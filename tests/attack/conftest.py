"""Sixty invented households, and the command line in process: every attack goes through ``bangfu.cli.main``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bangfu.cli import main
from bangfu.simulation import simulate


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def sixty(tmp_path_factory) -> Path:
    """A register; nothing may write into it."""
    return simulate(
        tmp_path_factory.mktemp("attack") / "sixty", households=60, seed=7, households_per_village=5
    )


@pytest.fixture
def register(sixty, tmp_path) -> Path:
    """A copy of one's own to attack."""
    return Path(shutil.copytree(sixty, tmp_path / "register"))


@pytest.fixture
def run(monkeypatch, capsys) -> Run:
    """Run a command in this process; whatever it does, there is no traceback and nothing that was not foreseen."""

    def command(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["bangfu", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "did not foresee" not in err, err
        return Ended(end.value.code, out, err)

    return command


def tree(folder: Path) -> dict[str, object]:
    """Everything below a folder: bytes of files, where links lead, what else there is."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = oct(path.lstat().st_mode)
    return found
