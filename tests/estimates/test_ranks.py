"""Rank sets: the package multiple-inference, hand cases, and what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bangfu.errors import WrongUse
from bangfu.estimates import rank_sets


@pytest.mark.parametrize("seed", range(6))
def test_multiple_inference(seed: int) -> None:
    """Simultaneous rank sets of the package (two-sided over unordered pairs, which is one-sided over ordered ones)."""
    from multiple_inference.confidence_set import SimultaneousRanking

    draw = np.random.default_rng(seed)
    theta = np.sort(draw.normal(0, 2, 6))
    half = draw.normal(size=(6, 6)) / 4
    covariance = half @ half.T + 0.05 * np.eye(6)
    ours = rank_sets(theta, covariance, draws=100_000)
    np.random.seed(seed)  # noqa: NPY002 (the package draws from the global state)
    theirs = SimultaneousRanking(theta, covariance).fit(n_samples=100_000).conf_int(alpha=0.05)
    assert ours[["rank_low", "rank_high"]].to_numpy(int).tolist() == np.asarray(theirs).astype(int).tolist()


@pytest.mark.parametrize(("gap", "second_rank_low"), [(1.93, 1), (1.99, 2)])
def test_two_estimates_by_hand(gap: float, second_rank_low: int) -> None:
    """One pair tested both ways at 5% together: told apart from 1.96 errors of the difference on."""
    found = rank_sets([gap, 0.0], np.diag([0.5, 0.5]), draws=100_000)
    assert found["rank_low"].tolist() == [1, second_rank_low]
    assert found["rank_high"].tolist() == [3 - second_rank_low, 2]


def test_few_degrees_of_freedom_tell_less_apart() -> None:
    theta, covariance = [2.4, 0.0], np.diag([0.5, 0.5])
    assert rank_sets(theta, covariance)["rank_high"].tolist() == [1, 2]
    assert rank_sets(theta, covariance, 3)["rank_high"].tolist() == [2, 2]
    assert rank_sets(theta, covariance, np.full((2, 2), 3.0))["rank_high"].tolist() == [2, 2]


def test_covariance_between_arms_counts() -> None:
    """Two arms against the same comparison households: a shared error cancels in their difference."""
    theta = [1.0, 0.0]
    assert rank_sets(theta, [[1.0, 0.9], [0.9, 1.0]])["rank_high"].tolist() == [1, 2]
    assert rank_sets(theta, [[1.0, 0.0], [0.0, 1.0]])["rank_high"].tolist() == [2, 2]


def test_missing_estimates_and_errors() -> None:
    found = rank_sets([3.0, np.nan, 1.0, 5.0], np.diag([0.01, np.nan, 0.01, np.nan]))
    assert found["rank"].tolist()[0] == 2 and found["rank"].isna().tolist() == [False, True, False, False]
    assert found.loc[3, ["rank_low", "rank_high"]].tolist() == [1, 3]
    assert found.loc[0, ["rank_low", "rank_high"]].tolist() == [1, 2]


def test_best_low_turns_the_order() -> None:
    theta, covariance = pd.Series([-3.0, 0.0, -1.0], index=["a", "b", "c"]), np.eye(3) / 100
    assert rank_sets(theta, covariance, best="low")["rank"].to_dict() == {"a": 1, "b": 3, "c": 2}


def test_shapes_are_checked() -> None:
    with pytest.raises(WrongUse, match="2 x 2"):
        rank_sets([1.0, 2.0], np.eye(3))


numbers = some.lists(some.integers(-20, 20).map(lambda n: n / 4), min_size=2, max_size=5)


@settings(max_examples=20, deadline=None)
@given(numbers, some.integers(0, 1000), some.floats(1, 50) | some.none())
def test_always(values: list[float], seed: int, df: float | None) -> None:
    """A set holds its rank; the number surely better never exceeds the number that are; scale and shift do not matter."""
    half = np.random.default_rng(seed).normal(size=(len(values), len(values)))
    covariance = half @ half.T + 0.1 * np.eye(len(values))
    found = rank_sets(values, covariance, df, draws=2_000)
    assert (found["rank_low"] <= found["rank"]).all() and (found["rank"] <= found["rank_high"]).all()
    other = rank_sets(np.array(values) * 4 + 16, covariance * 16, df, draws=2_000)
    pd.testing.assert_frame_equal(found, other)
