"""Which results may be handed up: the rules, by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from bangfu.moments.disclosure import Candidate, Side, digits, rounded, select
from tests.moments.counties import ARMS, cells, panel


def side(
    households: list[int] | None = None, mean: float = 100.0, largest: float = 200.0, **changed: Any
) -> Side:
    n = np.array([2] * 10 if households is None else households)
    both = np.stack([n, n])
    return dataclasses.replace(Side(both, both.astype(float), both * mean, largest), **changed)


@pytest.mark.parametrize(
    ("found", "outcome", "safe"),
    [
        (side(), "income", True),
        (side([1] * 10), "income", True),
        (side([1] * 9 + [0]), "income", False),  # nine households in nine villages
        (side([5] * 9), "income", False),  # nine villages
        (side(largest=2_000.0 / 2.1), "income", True),
        (
            side(largest=2_000.0 / 2.09),
            "income",
            False,
        ),  # the rest without the two largest is less than a tenth of it
        (side([30, 6, *[1] * 8]), "income", True),  # the villages but two have 8, a tenth of the largest is 3
        (side([90, 6, *[1] * 8]), "income", False),
        (side(sums=np.zeros((2, 10))), "income", False),
        (side(mean=0.5, largest=1.0), "headcount", True),  # ten of twenty are poor
        (side(mean=0.45, largest=1.0), "headcount", False),  # nine
        (side(mean=0.55, largest=1.0), "headcount", False),  # nine are not
        (side(mean=0.05, largest=0.5), "gap", False),  # the poorest has half of all
        (side(mean=0.05, largest=0.1), "gap", True),
        (side(mean=-100.0), "income", True),
    ],
)
def test_a_side(found, outcome, safe):
    assert found.safe(outcome) is safe


def test_too_few_at_the_base_alone():
    n = np.stack([[1] * 9 + [0], [1] * 10])
    assert not Side(n, n.astype(float), n * 100.0, 100.0).safe("income")


def candidate(
    arm: str, event_time: int, villages: range, cohorts: set[int], beside: range = range(60)
) -> Candidate:
    mine, theirs = np.zeros(60, dtype=int), np.zeros(60, dtype=int)
    mine[list(villages)], theirs[list(beside)] = 2, 2
    return Candidate(arm, event_time, frozenset(cohorts), side(mine.tolist()), (side(theirs.tolist()),))


def kept(found: list[Candidate], groups: list[range]) -> list[tuple[str, int]]:
    households = np.zeros((len(groups), 60), dtype=int)
    for g, villages in enumerate(groups):
        households[g, list(villages)] = 2
    return [(found[i].arm, found[i].event_time) for i in select(found, "income", households)]


@pytest.mark.parametrize(("shared", "both"), [(0, True), (1, False), (9, False), (10, True)])
def test_two_arms_meet_in_ten_villages_or_in_none(shared, both):
    groups = [range(24), range(24 - shared, 44)]
    found = [candidate("a", 0, groups[0], {0}), candidate("b", 0, groups[1], {1})]
    assert len(kept(found, groups)) == 1 + both


@pytest.mark.parametrize(("shared", "safe"), [(0, True), (1, False), (9, False), (10, True)])
def test_joiners_meet_those_compared_with_them_in_ten_villages_or_in_none(shared, safe):
    found = [candidate("a", 0, range(20), {0}, beside=range(20 - shared, 50))]
    assert bool(kept(found, [range(20)])) is safe


@pytest.mark.parametrize(("more", "both"), [(0, True), (1, False), (9, False), (10, True)])
def test_two_years_differ_by_ten_villages_or_none(more, both):
    """The second year has the first cohort alone; their difference is the second cohort."""
    groups = [range(20), range(20, 20 + more)]
    found = [candidate("a", 0, range(20 + more), {0, 1} if more else {0}), candidate("a", 1, range(20), {0})]
    assert len(kept(found, groups)) == 1 + both


def test_one_result_for_four_villages_early_years_and_single_models_first():
    groups = [range(20), range(20), range(40)]
    found = [candidate("a", t, range(20), {0}) for t in (-2, 4, 3, 2, 1, 0)] + [
        candidate("b", t, range(20), {1}) for t in (0, 1)
    ]
    assert sorted(kept(found, groups[:2])) == [*(("a", t) for t in (0, 1, 2, 3, 4)), ("b", 0), ("b", 1)]
    many = [candidate(arm, t, range(60), {g}) for g, arm in enumerate("abcd") for t in range(7)]
    assert len(kept(many, [range(60)] * 4)) == 15
    pair = [candidate("a+b", 0, range(30), {0}), candidate("a", 0, range(21, 41), {1})]
    assert kept(pair, [range(30), range(21, 41)]) == [("a", 0)]


def test_the_choice_rests_on_no_estimate():
    rows = panel(3, 60, arms=3)
    other = rows.assign(income=rows["income"] * np.random.default_rng(0).uniform(0.9, 1.1, len(rows)))
    one, two = (cells(r).moments().table[["arm", "event_time", "households"]] for r in (rows, other))
    assert one.equals(two)


def test_one_household_that_has_nearly_everything():
    rows = panel(5, 60)
    who = rows.loc[rows["arm"] == ARMS[0], "id"].iloc[0]
    assert ARMS[0] in set(cells(rows).moments().table["arm"])
    rich = rows.assign(income=rows["income"].where(rows["id"] != who, 1e9))
    assert ARMS[0] not in set(cells(rich).moments().table["arm"])


@pytest.mark.parametrize("error", [0.0123, 1.0, 37.2, 98_765.4])
def test_rounding(error):
    step = digits(error / 5, 2, "down")
    assert step <= error / 5 < 1.1 * step
    for value in (0.0, 8_453.217, -12.3):
        found = rounded(value, error)
        assert (
            abs(found - value) <= error / 10 * (1 + 1e-9) and abs(found / step - round(found / step)) < 1e-6
        )
