"""Errors, degrees of freedom, bands: R's clubSandwich, textbook formulas, leaving villages out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu.cells import Cells
from bangfu.estimates import GroupTimeEffects, group_time_effects
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.contrasts import as_they_are
from bangfu.estimates.joint import Combination, sup_t, sup_t_p_value, welch
from tests.estimates import reference
from tests.estimates.panels import cells_of, panel

HERE = Path(__file__).parent


def one_difference(rows: pd.DataFrame) -> GroupTimeEffects:
    rows = rows.reset_index(drop=True)
    people = rows.assign(id=rows.index, cohort=np.where(rows["joined"] == 1, 2017, 0))
    both = pd.concat([people.assign(year=2016, y=0.0), people.assign(year=2017, y=people["change"])])
    cells = Cells.from_frame(both, unit="id", cluster="village", time="year", cohort="cohort", outcome="y")
    return group_time_effects(cells, "y", scale="level")


@pytest.mark.parametrize("design", ["mixed", "villages"])
def test_cr2_equals_clubsandwich(design: str) -> None:
    """Values of club_sandwich.R. Its degrees of freedom assume equal variances; ours, by group, are fewer or about equal."""
    data = pd.read_csv(HERE / "club_sandwich.csv")
    theirs = pd.read_csv(HERE / "club_sandwich_values.csv").set_index("design").loc[design]
    ours = one_difference(data[data["design"] == design]).table.iloc[0]
    assert ours["estimate"] == pytest.approx(theirs["estimate"], rel=1e-9)
    assert ours["std_error"] == pytest.approx(theirs["std_error"], rel=1e-9)
    assert 0.7 * theirs["df"] < ours["df"] < 1.05 * theirs["df"]


def test_welch_is_the_textbook_formula() -> None:
    """Two groups of separate villages of equal size: errors and degrees of freedom of scipy's unequal-variance t test."""
    draw = np.random.default_rng(3)
    x, y = draw.normal(0, 1, 7), draw.normal(1, 3, 5)
    rows = pd.DataFrame({
        "village": np.arange(12), "joined": [1] * 7 + [0] * 5, "change": np.concatenate([x, y])
    })  # fmt: skip
    ours = one_difference(rows).table.iloc[0]
    theirs = stats.ttest_ind(x, y, equal_var=False)
    low, high = theirs.confidence_interval()
    assert ours["df"] == pytest.approx(theirs.df, rel=1e-12)
    assert (ours["ci_low"], ours["ci_high"]) == pytest.approx((low, high), rel=1e-12)


def test_welch_in_the_same_villages_is_paired() -> None:
    """Both groups in the same n villages: n - 1 degrees of freedom, and the paired t test."""
    draw = np.random.default_rng(4)
    x, y = draw.normal(1, 2, 9), draw.normal(0, 2, 9)
    rows = pd.DataFrame({
        "village": np.tile(np.arange(9), 2), "joined": [1] * 9 + [0] * 9, "change": np.concatenate([x, y])
    })  # fmt: skip
    ours = one_difference(rows).table.iloc[0]
    theirs = stats.ttest_rel(x, y)
    assert ours["estimate"] / ours["std_error"] == pytest.approx(theirs.statistic, rel=1e-12)
    assert welch(np.array([[1.0], [1.0]]), np.full((2, 2), 1 / 9))[0] == pytest.approx(8)


def test_jackknife_leaves_villages_out() -> None:
    frame = panel(8, villages=8, households=15)
    ours = group_time_effects(cells_of(frame, logs=False), "y", errors="jackknife").table
    left = np.array([
        list(reference.group_time(frame[frame["village"] != v], "percent").values()) for v in range(8)
    ])  # fmt: skip
    theirs = np.sqrt(7 / 8 * ((left - left.mean(0)) ** 2).sum(0))
    np.testing.assert_allclose(ours["std_error"], theirs, rtol=1e-8)


def test_contrast_errors_carry_the_covariance_between_arms() -> None:
    """Against numerical derivatives of the households' contrast; without the covariance it would be far off."""
    frame = panel(2, villages=6, households=20)
    effects = group_time_effects(cells_of(frame), "y", scale="level", errors="normal")
    overall = aggregate(effects, "overall")
    ours = as_they_are(effects, overall).table["std_error"].iloc[0]

    def contrast(multiplier: dict[int, float]) -> list[float]:
        gains = reference.overall(frame, multiplier, scale="level")
        return [gains["a"] - gains["b"]]

    theirs = np.sqrt((reference.derivative(frame, contrast, [0]) ** 2).sum())
    assert ours == pytest.approx(theirs, rel=1e-6)
    assert abs(ours / np.sqrt((overall.table["std_error"] ** 2).sum()) - 1) > 0.05


def test_bands() -> None:
    """Independent normals: the quantile of a maximum by hand; fully correlated ones: one interval."""
    k, level = 4, 0.95
    apart = Combination(np.eye(k), np.full(k, np.inf))
    hand = stats.norm.isf((1 - level ** (1 / k)) / 2)
    assert sup_t(apart, 1, draws=200_000)[0] == pytest.approx(hand, abs=0.01)
    same = Combination(np.ones((k, k)), np.full(k, 7.0))
    assert sup_t(same, 1, draws=200_000) == pytest.approx(np.full(k, stats.t.isf(0.025, 7)), abs=0.03)
    assert sup_t_p_value(np.full(k, 2.0), same, 1, draws=200_000) == pytest.approx(
        2 * stats.t.sf(2, 7), abs=0.003
    )


def test_bands_with_few_degrees_of_freedom_equal_wishart_draws() -> None:
    """Estimates over standard errors that are estimated from the same few villages."""
    k, n = 3, 8
    half = np.array([[1.0, 0, 0], [0.6, 0.8, 0], [0.2, 0.3, 0.9]])
    sigma = half @ half.T
    draw = np.random.default_rng(5)
    x = draw.normal(size=(40_000, n, k)) @ half.T
    t = np.abs(x.mean(1) / (x.std(1, ddof=1) / np.sqrt(n))).max(1)
    critical = sup_t(Combination(sigma, np.full(k, n - 1.0)), 1, draws=100_000)[0]
    assert (t <= critical).mean() == pytest.approx(0.95, abs=0.006)


def test_draws_repeat() -> None:
    cells = cells_of(panel(2, villages=10, households=10))
    one, two = (group_time_effects(cells, "y").aggregate("event") for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
