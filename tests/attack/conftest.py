"""Sixty invented households, and the command line in process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu.simulation import simulate
from tests.attack.command import Ended, command

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
def run() -> Run:
    """Run a command in this process."""
    return command
