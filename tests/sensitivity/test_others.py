"""Attrition, density at the line, heaping, neighbours, placebo: by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu import Design
from bangfu.errors import NotEstimable, WrongUse
from bangfu.sensitivity import density_at_line, heaping, lee_bounds, neighbours, placebo, spillover


def test_lee_bounds_by_hand():
    """Joiners: all four seen, 1 2 3 4. Others: half of four seen, 2 and 2. Half of the joiners are cut."""
    frame = pd.DataFrame({"y": [1, 2, 3, 4, 2, 2, np.nan, np.nan], "d": [1] * 4 + [0] * 4})
    found = lee_bounds(frame, "y", "d", draws=2)
    assert found[["low", "high", "difference", "seen_treated", "seen_others", "trimmed"]].to_list() == [
        -0.5,
        1.5,
        0.5,
        1.0,
        0.5,
        0.5,
    ]
    other = lee_bounds(frame.assign(d=1 - frame["d"]), "y", "d", draws=2)  # the other group is cut
    assert other[["low", "high"]].to_list() == [-1.5, 0.5]


def test_lee_bounds_are_the_ends_of_every_possible_cut():
    rng = np.random.default_rng(2)
    treated, others = rng.normal(1, 1, 8), rng.normal(0, 1, 6)
    frame = pd.DataFrame({"y": [*treated, *others, np.nan, np.nan], "d": [1] * 8 + [0] * 8})
    found = lee_bounds(frame, "y", "d", draws=2)
    possible = [np.mean(c) - others.mean() for c in combinations(treated, 6)]
    assert (found["low"], found["high"]) == pytest.approx((min(possible), max(possible)))


def test_lee_bounds_with_weights_and_villages():
    rng = np.random.default_rng(3)
    n = 400
    frame = pd.DataFrame(
        {"d": rng.integers(0, 2, n), "v": rng.integers(0, 40, n), "w": rng.integers(1, 4, n)}
    )
    frame["y"] = np.where(rng.random(n) < 0.7 + 0.2 * frame["d"], rng.normal(5 * frame["d"], 3), np.nan)
    weighted = lee_bounds(frame, "y", "d", weight="w", cluster="v")
    repeated = lee_bounds(frame.loc[frame.index.repeat(frame["w"])], "y", "d", draws=2)
    assert weighted[["low", "high", "trimmed"]].to_list() == pytest.approx(
        repeated[["low", "high", "trimmed"]].to_list()
    )
    assert weighted["low"] < 5 < weighted["high"]
    assert 0.1 < weighted["std_error_low"] < 1
    again = lee_bounds(frame, "y", "d", weight="w", cluster="v")
    pd.testing.assert_series_equal(weighted, again)
    with pytest.raises(NotEstimable):
        lee_bounds(frame.assign(y=np.where(frame["d"] == 1, np.nan, 1.0)), "y", "d")
    with pytest.raises(WrongUse):
        lee_bounds(frame.assign(d=2), "y", "d")


def test_density_at_the_line():
    rng = np.random.default_rng(4)
    x = rng.uniform(1000, 5000, 4000)
    smooth = density_at_line(x, 3000)
    assert smooth["p_value"] > 0.05
    assert smooth["above"] == pytest.approx(1 / 4000, rel=0.2)
    moved = np.where((x > 2700) & (x < 3000) & (rng.random(len(x)) < 0.7), x + 300, x)
    bunched = density_at_line(moved, 3000)
    assert bunched["p_value"] < 0.001
    assert bunched["ratio"] > 2
    assert bunched["households_below"] + bunched["households_above"] == 4000
    with pytest.raises(NotEstimable, match="50 on each side"):
        density_at_line(x[:200], 1010)


def test_heaping():
    table = heaping(pd.Series([1000, 2500, 3333, 120, 0, np.nan, -700]), (10, 100, 500, 1000)).set_index(
        "step"
    )
    assert table["share"].to_list() == [4 / 5, 3 / 5, 2 / 5, 1 / 5]
    assert table.loc[500, "times"] == pytest.approx(200)
    assert (table["households"] == 5).all()
    with pytest.raises(WrongUse):
        heaping(pd.Series([0.0, np.nan]))


def frame_of_villages() -> pd.DataFrame:
    """Six villages of four households; joiners 0 to 2 of them from 2018; others gain 10% plus 5% per joining neighbour."""
    rows = []
    for v in range(6):
        for h in range(4):
            joins = h < v // 2
            for year in (2016, 2017, 2018, 2019):
                grown = (1.1 + 0.05 * (v // 2)) if year == 2019 else 1.0
                trend = 100 * (year - 2016) if joins else 0
                effect = 5000 * (joins and year >= 2018)
                rows.append(
                    (
                        f"{v}-{h}",
                        f"v{v}",
                        year,
                        2018 if joins else 0,
                        1000 * (grown if not joins else 1) + trend + effect,
                    )
                )
    return pd.DataFrame(rows, columns=["id", "village", "year", "cohort", "income"])


@pytest.fixture(scope="module")
def cells():
    return bangfu.Cells.from_frame(
        frame_of_villages(), unit="id", cluster="village", time="year", cohort="cohort", outcome="income"
    )


def test_neighbours(cells):
    table = neighbours(cells, Design(scale="percent"), 2017, 2019)
    assert table["share"].to_list() == [0, 0, 0.25, 0.25, 0.5, 0.5]
    assert table["change"].to_list() == pytest.approx([10, 10, 15, 15, 20, 20])
    assert table["households"].to_list() == [4, 4, 3, 3, 2, 2]
    found = spillover(table.assign(change=table["change"] + [0.1, -0.1] * 3))
    assert found["estimate"] == pytest.approx(2.0)  # ten percent more joiners, two points more
    assert found["p_value"] < 0.001
    assert found["df"] == 4
    with pytest.raises(NotEstimable):
        spillover(table.iloc[:4])
    with pytest.raises(WrongUse, match="no year 2030"):
        neighbours(cells, Design(scale="percent"), 2017, 2030)


def test_placebo_sees_the_trend_before_and_nothing_of_the_effect(cells):
    """Joiners rise by 100 yuan a year before they join, and by 5,000 after."""
    table = placebo(cells, Design(scale="level"), 1)
    assert table["estimate"].to_list() == pytest.approx([100])
    flat = frame_of_villages()
    flat.loc[flat["cohort"] > 0, "income"] -= 100 * (flat["year"] - 2016)
    none = bangfu.Cells.from_frame(
        flat, unit="id", cluster="village", time="year", cohort="cohort", outcome="income"
    )
    assert placebo(none, Design(scale="level"), 1)["estimate"].to_list() == pytest.approx([0])
    with pytest.raises(NotEstimable):
        placebo(cells, earlier=3)
    with pytest.raises(WrongUse):
        placebo(cells, earlier=0)
