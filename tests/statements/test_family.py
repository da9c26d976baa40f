"""The core family as a pure function of estimates and their covariance: against independent draws, and truth that is known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from bangfu.estimates import family as room
from bangfu.estimates.family import Family, family

NAMES = ("a", "b", "c")
MEMBERS = [(), *((n,) for n in NAMES), ("a", "b"), ("a", "c"), ("b", "c")]
CHOSEN = np.array([[1 / 3] * 3, *np.eye(3), [1, -1, 0], [1, 0, -1], [0, 1, -1]]).T
TRUTHS = {
    "null": (0.0, 0.0, 0.0), "tied": (6.0, 6.0, 6.0), "two_tied": (6.0, 6.0, 0.0), "one": (6.0, 0.0, 0.0),
    "below": (-6.0, 0.0, 0.0), "cancel": (6.0, -6.0, 0.0),
}  # fmt: skip


def of(estimate: np.ndarray, covariance: np.ndarray, df: float = np.inf, **more: object) -> Family:
    n = len(MEMBERS)
    return family(
        MEMBERS, estimate @ CHOSEN, CHOSEN.T @ covariance @ CHOSEN, np.full(n, df), **{"seed": 1, **more}
    )  # type: ignore[arg-type]


def test_the_band_against_draws_of_ones_own() -> None:
    """With known variances the half-width is the 95% quantile of the largest absolute z of seven correlated normals."""
    covariance = np.array([[4.0, 1.0, 1.0], [1.0, 1.0, 0.5], [1.0, 0.5, 2.0]])
    drawn = np.random.default_rng(5).multivariate_normal(np.zeros(3), covariance, 400_000) @ CHOSEN
    error = drawn.std(0)
    expected = np.quantile(np.abs(drawn / error).max(1), 0.95) * error
    found = of(np.zeros(3), covariance)
    np.testing.assert_allclose(found.high, expected, rtol=0.015)
    np.testing.assert_allclose(found.detectable, expected + 0.8416 * error, rtol=0.015)


def test_one_arm_alone_has_the_interval_of_student() -> None:
    found = family(
        [(), ("a",)], np.array([3.0, 3.0]), np.full((2, 2), 4.0), np.full(2, 8.0), seed=1, draws=40_000
    )
    np.testing.assert_allclose(found.high - 3, 2 * stats.t.ppf(0.975, 8), rtol=0.02)
    assert found.first == "" and found.ranks(["a"])["rank_high"] == [1]


def test_estimated_correlations_cost_a_degree_of_freedom() -> None:
    """Two unrelated arms have Sidak's critical value in closed form, of one degree of freedom less than each has alone."""
    members, nothing = [("a",), ("b",)], np.zeros(2)
    found = family(members, nothing, np.eye(2), np.full(2, 8.0), seed=1, draws=200_000)
    np.testing.assert_allclose(found.high, stats.t.ppf(0.5 + 0.95**0.5 / 2, 7), rtol=0.01)


def test_ranks_and_first_place_are_read_from_the_pairs() -> None:
    one = np.eye(3) * 0.01
    clear = of(np.array([9.0, 1.0, 1.1]), one)
    assert clear.first == "a" and clear.ranks(["c", "a", "a+b"]) == {"rank": [2, 1, None], "rank_low": [2, 1, None], "rank_high": [3, 1, None]}  # fmt: skip
    low = of(np.array([9.0, 1.0, 1.1]), one, best="low")
    assert low.first == "" and low.ranks(NAMES)["rank_low"] == [3, 1, 1]
    assert of(np.array([1.0, 1.0, 1.0]), one).ranks(NAMES)["rank_high"] == [3, 3, 3]


def test_what_has_no_error_is_never_told() -> None:
    covariance = np.diag([0.01, np.nan, 0.01])
    with np.errstate(invalid="ignore"):
        joint = CHOSEN.T @ np.nan_to_num(covariance) @ CHOSEN
    lost = CHOSEN[1] != 0
    joint[lost] = joint[:, lost] = np.nan
    found = family(MEMBERS, np.array([9.0, 5.0, 1.0]) @ CHOSEN, joint, np.full(7, np.inf), seed=1)
    assert [found.direction(m) for m in MEMBERS] == [0, 1, 0, 1, 0, 1, 0]
    assert found.first == "" and found.ranks(NAMES)["rank_low"] == [1, 1, 2]


def test_a_margin_widens_both_sides() -> None:
    plain, wide = (
        of(np.array([5.0, 5, 5]), np.eye(3)),
        of(np.array([5.0, 5, 5]), np.eye(3), margin=np.full(7, 4.0)),
    )
    np.testing.assert_allclose(plain.low - wide.low, 4.0)
    np.testing.assert_allclose(wide.high - plain.high, 4.0)
    assert plain.direction(("a",)) == 1 and wide.direction(("a",)) == 0


def worlds(truth: tuple[float, ...], villages: int, count: int = 400) -> Iterator[Family]:
    """Estimates as means over villages, with the covariance that these show: correlated, and unequal."""
    draw = np.random.default_rng(2017)
    root = np.linalg.cholesky(np.array([[9.0, 3.0, 2.0], [3.0, 4.0, 1.0], [2.0, 1.0, 6.0]]))
    for seed in range(count):
        seen = truth + draw.standard_normal((villages, 3)) @ root.T * 2
        yield of(seen.mean(0), np.cov(seen.T) / villages, villages - 1.0, seed=seed, draws=2_000)


def false_statements(found: Family, truth: tuple[float, ...]) -> bool:
    """Whether any direction is not that of the truth, a first place not the strict maximum, or a true rank left out."""
    true = np.array(truth) @ CHOSEN
    wrong = any(
        d != 0 and d != np.sign(round(t, 9)) for d, t in zip(map(found.direction, MEMBERS), true, strict=True)
    )
    best = [n for n, t in zip(NAMES, truth, strict=True) if t == max(truth)]
    ranks = found.ranks(NAMES)
    outside = any(
        not low <= 1 + sum(o > t for o in truth) <= high  # type: ignore[operator]
        for low, high, t in zip(ranks["rank_low"], ranks["rank_high"], truth, strict=True)
    )
    return wrong or outside or (found.first != "" and best != [found.first])


@pytest.mark.parametrize("villages", [8, 40])
@pytest.mark.parametrize("truth", TRUTHS)
def test_at_most_five_percent_of_worlds_have_a_false_statement(truth: str, villages: int) -> None:
    count = 1_000 if truth == "null" else 300  # where all could be false, count longer
    rate = np.mean([false_statements(f, TRUTHS[truth]) for f in worlds(TRUTHS[truth], villages, count)])
    assert rate <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / count)


def test_without_the_band_it_would_be_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: each statement at its own 95%."""
    monkeypatch.setattr(room, "sup_t", lambda c, seed, draws: stats.t.ppf(0.975, c.df))
    rate = np.mean([false_statements(f, TRUTHS["null"]) for f in worlds(TRUTHS["null"], 40)])
    assert rate > 0.05 + 2 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("villages", [12, 40])
def test_what_is_called_detectable_is_stated_four_times_in_five(villages: int) -> None:
    size = np.median([f.detectable[1] for f in worlds(TRUTHS["null"], villages, 100)])
    stated = np.mean([f.direction(("a",)) == 1 for f in worlds((float(size), 0.0, 0.0), villages)])
    assert 0.72 <= stated <= 0.88
