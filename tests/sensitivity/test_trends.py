"""Bounds under other trends: against moderndid, by hand, and from a comparison."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import bangfu
from bangfu.errors import NotEstimable, WrongUse
from bangfu.sensitivity import EventStudy, breakdown, event_study_of, trend_bounds
from tests.papers.test_papers import cells_of_panel
from tests.sensitivity.benzarti_carloni import COVARIANCE, ESTIMATE, RELATIVE, SMOOTH

TIMES = (-5, -4, -3, -2, 0, 1, 2, 3)
EXAMPLE = EventStudy(TIMES, ESTIMATE, COVARIANCE)
FIRST = [1.0, 0, 0, 0]


def test_smooth_bounds_equal_moderndid():
    ours = trend_bounds(EXAMPLE, method="smooth", sizes=list(SMOOTH), weights=FIRST)
    np.testing.assert_allclose(ours[["ci_low", "ci_high"]], list(SMOOTH.values()), atol=1e-4)


def test_relative_bounds_by_hand_and_around_moderndid():
    """The bound is the estimate -+ size x .0795, the largest change before; the interval holds the paper's own."""
    ours = trend_bounds(EXAMPLE, sizes=list(RELATIVE), weights=FIRST)
    largest = np.abs(np.diff([*ESTIMATE[:4], 0])).max()
    np.testing.assert_allclose(ours["low"], ESTIMATE[4] - np.array(list(RELATIVE)) * largest, atol=1e-8)
    np.testing.assert_allclose(ours["high"], ESTIMATE[4] + np.array(list(RELATIVE)) * largest, atol=1e-8)
    theirs = np.array(list(RELATIVE.values()))
    assert (ours["ci_low"] < theirs[:, 0]).all()
    assert (ours["ci_high"] > theirs[:, 1]).all()


def test_interval_covers_where_the_worst_happens():
    """Truth: a trend of one step a year goes on, the gain is zero. The interval at size 1 misses it at most 5% of the time."""
    rng = np.random.default_rng(1)
    times, truth = (-4, -3, -2, 0, 1), np.array([-3.0, -2, -1, 1, 2])
    covariance = 0.25 * (np.eye(5) + 0.5)
    missed = [
        not row["ci_low"] <= 0 <= row["ci_high"]
        for row in (
            trend_bounds(EventStudy(times, rng.multivariate_normal(truth, covariance), covariance), sizes=[1], weights=[1, 0]).iloc[0]
            for _ in range(150)
        )
    ]  # fmt: skip
    assert np.mean(missed) <= 0.05


def test_parallel_trends_give_the_ordinary_interval():
    row = trend_bounds(EventStudy(TIMES, ESTIMATE, COVARIANCE, df=9.0), sizes=[0]).iloc[0]
    weights = np.full(4, 0.25)
    half = stats.t.ppf(0.975, 9) * np.sqrt(weights @ COVARIANCE[4:, 4:] @ weights)
    assert row["ci_low"] == pytest.approx(ESTIMATE[4:].mean() - half)


def test_breakdown():
    found = breakdown(EXAMPLE, weights=FIRST)
    assert trend_bounds(EXAMPLE, sizes=[found], weights=FIRST)["ci_low"].iloc[0] == pytest.approx(0, abs=1e-3)
    assert 0 < found < 1.63  # the conditional interval's breakdown, read off moderndid's table
    assert breakdown(EventStudy(TIMES, ESTIMATE * 0.01, COVARIANCE)) == 0.0
    assert breakdown(EventStudy(TIMES, ESTIMATE * [*[1e-9] * 4, *[9] * 4], COVARIANCE * 1e-9)) == 10.0


def test_from_a_comparison():
    cells = cells_of_panel()
    result = bangfu.compare_models(cells, scale="level")
    row = result.table.iloc[0]
    event = event_study_of(result, row["arm"])
    assert event.times == (-2, 0, 1)
    bounds = trend_bounds(event, sizes=[0, 1])
    assert bounds["low"].iloc[0] == pytest.approx(row["estimate"])
    assert bounds["ci_low"].iloc[0] == pytest.approx(
        row["ci_low"], rel=0.02
    )  # the gain also carries its weights' errors
    assert bounds["ci_low"].iloc[1] < bounds["ci_low"].iloc[0]
    with pytest.raises(NotEstimable):
        event_study_of(result, "nobody")
    with pytest.raises(NotEstimable):
        event_study_of(result, row["arm"], before=0)


def test_refusals():
    with pytest.raises(NotEstimable, match="evenly spaced"):
        EventStudy((-5, -3, -2, 0, 1), ESTIMATE[:5], COVARIANCE[:5, :5])
    assert EventStudy((-4, 0, 2), ESTIMATE[:3], COVARIANCE[:3, :3]).base == -2
    with pytest.raises(WrongUse, match="unknown method"):
        trend_bounds(EXAMPLE, method="combined")
    with pytest.raises(WrongUse, match="2 weights for 4 years"):
        trend_bounds(EXAMPLE, weights=[0.5, 0.5])
