"""Bounds under trends that were not parallel (Rambachan & Roth 2023), by the package diff-diff."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.aggregate import aggregate

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

Floats = NDArray[np.float64]

METHODS = ("relative", "smooth")
MOST = 10.0
"""A breakdown beyond this multiple is given as this."""


@dataclass(frozen=True, slots=True)
class EventStudy:
    """Effects by years since joining, the base left out.

    Attributes
    ----------
    times : tuple of int
        Evenly spaced when the base (one step before the first year from joining on) is put back.
    estimate : float array (K,)
    covariance : float array (K, K)
    df : float
        Degrees of freedom of the average over the years from joining on.
    weights : tuple of float, optional
        Of the years from joining on in that average; all the same where absent.
    """

    times: tuple[int, ...]
    estimate: Floats
    covariance: Floats
    df: float = np.inf
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        before, after = [t for t in self.times if t < 0], [t for t in self.times if t >= 0]
        whole = [*before, self.base, *after] if before and after else []
        if len(whole) < 3 or list(self.times) != sorted(self.times) or len(set(np.diff(whole))) != 1:
            raise NotEstimable(
                f"bounds need effects before and after joining at evenly spaced years around the base; there are {list(self.times)}",
                f"需要参加前后等间隔年份的估计(基年除外);现有 {list(self.times)}",
            )

    @property
    def base(self) -> int:
        """The year left out."""
        after = [t for t in self.times if t >= 0]
        before = [t for t in self.times if t < 0]
        step = after[1] - after[0] if len(after) > 1 else before[1] - before[0] if len(before) > 1 else 1
        return int(after[0] - step)

    @property
    def before(self) -> int:
        """How many of the years are before joining."""
        return sum(t < 0 for t in self.times)


def event_study_of(result: ModelComparison, arm: str, before: int | None = None) -> EventStudy:
    """The event study of one arm with its covariance, weighted as the arm's gain over all years.

    Parameters
    ----------
    result : ModelComparison
    arm : str
    before : int, optional
        How many years before the base to keep, the nearest; all by default. Far years rest on few cohorts: their errors
        widen every bound.

    Raises
    ------
    NotEstimable
        Without effects, with errors, before and after joining.
    """
    event = aggregate(result.effects, "event")
    times = event.table["event_time"].to_numpy().astype(int)
    known = (event.table["arm"] == arm).to_numpy() & np.isfinite(event.combination.std_error)
    if before is not None:
        nearest = sorted(times[known & (times < 0)])[-before:] if before > 0 else []
        known &= (times >= 0) | np.isin(times, nearest)
    derivatives = np.asarray(event.weights)[:, known]
    combination = result.effects.joint.combine(derivatives)
    after = times[known] >= 0
    place = result.table["arm"].to_list().index(arm) if arm in set(result.table["arm"]) else -1
    if place < 0 or not after.any():
        name = result.arm(arm)
        raise NotEstimable(
            f"{name.en}: no effect with an error after joining", f"{name.zh}:参加后没有带误差的估计"
        )
    rows = len(result.effects.table)
    whole = np.asarray(result.overall.weights)[:rows, place]
    weights = np.linalg.lstsq(derivatives[:rows][:, after], whole, rcond=None)[0]
    if np.abs(derivatives[:rows][:, after] @ weights - whole).max() > 1e-8:
        weights = np.full(int(after.sum()), 1 / after.sum())
    df = float(result.effects.joint.combine(derivatives[:, after] @ weights[:, None]).df[0])
    return EventStudy(
        tuple(int(t) for t in times[known]), event.estimate[known], combination.covariance,
        df if np.isfinite(df) else np.inf, tuple(float(x) for x in weights),
    )  # fmt: skip


def trend_bounds(
    event: EventStudy,
    *,
    method: str = "relative",
    sizes: Sequence[float] = (0, 0.5, 1, 1.5, 2),
    weights: Sequence[float] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """The gain after joining under trend differences of a given size.

    Parameters
    ----------
    event : EventStudy
    method : {"relative", "smooth"}
        ``relative``: from one year to the next the trend difference changes by at most ``size`` times its largest change
        before joining. ``smooth``: its slope changes by at most ``size`` (in the estimates' unit) from year to year.
    sizes : sequence of float
    weights : sequence of float, optional
        Of the years from joining on; the event study's own by default.
    level : float

    Returns
    -------
    DataFrame
        ``method, size, low, high, ci_low, ci_high``. ``low`` and ``high`` bound the gain if the estimates were exact
        (missing where the trends before joining already break a smooth bound); the interval carries their errors.

    Notes
    -----
    ``smooth``: the optimal fixed-length interval. ``relative``: diff-diff's own interval takes the trends before joining
    as known and comes out narrower than the conditional one of the paper (at size 1 on the paper's example .079 to .313
    against .068 to .319); here the largest change before joining is therefore taken at its upper confidence limit, with
    half of the error allowed to each side: valid, and wider than the conditional interval.
    """
    if method not in METHODS:
        raise WrongUse(
            f"unknown method {method!r}; choose one of: {', '.join(METHODS)}",
            f"没有方法 {method!r};可用:{'、'.join(METHODS)}",
        )
    found = _as_diff_diff(event)
    target = _weights(event, weights)
    rows = []
    for size in sizes:
        plain = _fit(found, method, float(size), target, level)
        limits = plain
        if method == "relative" and size > 0:
            limits = _fit(found, method, float(size) * _upper(event, level), target, 1 - (1 - level) / 2)
        rows.append((method, float(size), plain.lb, plain.ub, limits.ci_lb, limits.ci_ub))
    return pd.DataFrame(rows, columns=["method", "size", "low", "high", "ci_low", "ci_high"])


def breakdown(event: EventStudy, *, weights: Sequence[float] | None = None, level: float = 0.95) -> float:
    """The largest multiple of the trend differences before joining at which the gain's interval still leaves out zero.

    Returns
    -------
    float
        0 when it holds zero even with parallel trends; at most 10.
    """

    def holds(size: float) -> bool:
        row = trend_bounds(event, sizes=[size], weights=weights, level=level).iloc[0]
        return bool(row["ci_low"] > 0 or row["ci_high"] < 0)

    low, high = 0.0, MOST
    if not holds(low):
        return 0.0
    if holds(high):
        return MOST
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _upper(event: EventStudy, level: float) -> float:
    """The upper confidence limit of the largest change before joining, as a multiple of the largest estimated one."""
    n = event.before
    change = np.zeros((n, len(event.times)))
    for i in range(n):
        change[i, i] = -1
        if i + 1 < n:
            change[i, i + 1] = 1
    size = np.abs(change @ event.estimate)
    error = np.sqrt(np.diag(change @ event.covariance @ change.T))
    factor = stats.t.isf((1 - level) / 2 / (2 * n), event.df)
    return float((size + factor * error).max() / size.max())


def _weights(event: EventStudy, weights: Sequence[float] | None) -> Floats:
    after = len(event.times) - event.before
    if weights is None:
        weights = event.weights if event.weights is not None else [1 / after] * after
    if len(weights) != after:
        raise WrongUse(
            f"{len(weights)} weights for {after} years from joining on",
            f"参加后有{after}年,却给了{len(weights)}个权数",
        )
    return np.asarray(weights, dtype=np.float64)


def _fit(found: Any, method: str, size: float, target: Floats, level: float) -> Any:
    from diff_diff import HonestDiD

    name = "relative_magnitude" if method == "relative" else "smoothness"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return HonestDiD(method=name, M=size, alpha=1 - level, l_vec=target).fit(found)


def _as_diff_diff(event: EventStudy) -> Any:
    """The event study as diff-diff's own result object, which carries degrees of freedom as survey facts."""
    from types import SimpleNamespace

    from diff_diff.results import MultiPeriodDiDResults, PeriodEffect

    error = np.sqrt(np.diag(event.covariance))
    nothing = (np.nan, np.nan)
    effects = {
        t: PeriodEffect(t, float(b), float(s), np.nan, np.nan, nothing)
        for t, b, s in zip(event.times, event.estimate, error, strict=True)
    }
    return MultiPeriodDiDResults(
        effects, np.nan, np.nan, np.nan, np.nan, nothing, 0, 0, 0,
        list(event.times[: event.before]), list(event.times[event.before :]), vcov=event.covariance,
        reference_period=event.base, interaction_indices={t: i for i, t in enumerate(event.times)},
        survey_metadata=SimpleNamespace(df_survey=event.df) if np.isfinite(event.df) else None,
    )  # fmt: skip
