"""Ranges of identifiers: the same cells, in pieces."""

import numpy as np
import pytest

import bangfu
from bangfu.cells import ranges
from tests.cells.plain import as_plain, assert_same, plain_cells
from tests.cells.registers import tables, write
from tests.cells.test_register_cells import income


@pytest.fixture
def small(monkeypatch):
    """As if a range were of forty households, and a look at the files of twenty rows."""
    monkeypatch.setattr(ranges, "RANGE", 40)
    monkeypatch.setattr(ranges, "FEW", 40)
    monkeypatch.setattr(ranges, "_PROBE", 20)


def spans(register, count=150):
    return ranges.ranges(register.households, register.incomes, count)


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_the_same_cells_in_pieces(tmp_path, small, missing):
    parts = tables(31, missing=missing)
    register = bangfu.load_register(write(tmp_path, parts))
    found = spans(register)
    ids = parts["households"]["household_id"].to_numpy()
    assert [a[1] for a in found[:-1]] == [b[0] for b in found[1:]]  # no gap, no overlap
    inside = [int(((ids >= low) & (ids < high)).sum()) for low, high in found]
    assert sum(inside) == len(ids)
    assert len(found) == 4
    assert max(inside) <= 40
    assert_same(as_plain(register.cells()), plain_cells(parts, {"income_per_head": income}))


def test_identifiers_far_apart(tmp_path, small):
    parts = tables(32)
    for frame in parts.values():
        frame["household_id"] = np.where(
            frame["household_id"] % 2 == 0, frame["household_id"], 10**17 + frame["household_id"]
        )
    parts = {name: frame.sort_values(list(frame.columns[:2])) for name, frame in parts.items()}
    register = bangfu.load_register(write(tmp_path, parts))
    assert len(spans(register)) >= 2
    assert_same(as_plain(register.cells()), plain_cells(parts, {"income_per_head": income}))


def test_no_ranges_where_they_would_not_help(tmp_path, small):
    text = bangfu.load_register(write(tmp_path / "text", tables(33, text=True)))
    assert spans(text) == [None]
    turned = {name: f.sample(frac=1.0, random_state=1) for name, f in tables(33).items()}
    assert spans(bangfu.load_register(write(tmp_path / "turned", turned))) == [None]
    assert spans(bangfu.load_register(write(tmp_path / "few", tables(33))), count=40) == [None]
