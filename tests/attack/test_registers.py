"""Mutated registers through check, cells and comparison; all of them by ``make attack-full``."""

from __future__ import annotations

import pytest

from tests.attack.mutated import attack, registers

SOME = [
    (name, make)
    for name, make in registers(seed=1, bytes_=4, cells=4)
    if name.startswith(("bytes", "cells", "planted: a y"))
]


@pytest.mark.parametrize(("name", "make"), SOME, ids=[name for name, _ in SOME])
def test_refused_everywhere_or_harmless(name, make, tmp_path):
    (tmp_path / "out").mkdir()
    attack(make(tmp_path / "register"), tmp_path / "out")
