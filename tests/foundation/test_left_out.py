"""What the default run leaves out: cases of long tests, never a whole test, and none in the whole run."""

import json
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from tests import conftest
from tests.shared import ROOT


@pytest.mark.parametrize("name", sorted(json.loads(conftest.COSTS.read_text())))
def test_costs_are_of_tests_that_are_there(name):
    file, _, test = name.partition("::")
    assert f"def {test.rpartition('::')[2]}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Item:
    nodeid: str


def kept(monkeypatch, tmp_path, cost, cases, whole=False):
    costs, gone = tmp_path / "costs.json", []
    costs.write_text(json.dumps({"room/test_a.py::test_long": cost}))
    monkeypatch.setattr(conftest, "COSTS", costs)
    hook = SimpleNamespace(pytest_deselected=lambda items: gone.extend(items))
    config = SimpleNamespace(args=[], hook=hook, getoption=lambda _: whole)
    items = [Item(f"tests/room/test_a.py::test_long[{i}]") for i in range(cases)]
    items += [Item(f"tests/room/test_a.py::test_quick[{i}]") for i in range(100)]
    conftest.pytest_collection_modifyitems(config, items)
    left = [item.nodeid for item in items]
    assert sum("quick" in one for one in left) == 100 and len(gone) + len(left) == cases + 100
    return [int(one[:-1].rpartition("[")[2]) for one in left if "long" in one]


def test_as_many_cases_as_take_the_seconds(monkeypatch, tmp_path):
    assert len(kept(monkeypatch, tmp_path, conftest.SECONDS / 8, 80)) == 8


def test_cases_are_spread_and_the_last_is_among_them(monkeypatch, tmp_path):
    assert kept(monkeypatch, tmp_path, conftest.SECONDS, 9) == [4, 8]


def test_no_test_is_left_out(monkeypatch, tmp_path):
    assert kept(monkeypatch, tmp_path, 1_000.0, 1) == [0]
    assert len(kept(monkeypatch, tmp_path, 1_000.0, 2)) == 2


def test_the_whole_run_has_all(monkeypatch, tmp_path):
    assert kept(monkeypatch, tmp_path, 1_000.0, 50, whole=True) == [*range(50)]
