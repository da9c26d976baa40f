"""What the default run leaves out exists, and the whole run has it."""

import ast

import pytest

from tests.conftest import CASES, FEWER, LONG
from tests.shared import ROOT


@pytest.mark.parametrize("file", LONG)
def test_every_long_test_is_there(file):
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set(LONG[file]) <= names


def test_fewer_means_fewer():
    assert set(FEWER) <= {name for names in LONG.values() for name in names}
    assert all(1 <= n < CASES for n in FEWER.values())
