"""Bounds when those who left may differ (Lee 2009)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import NotEstimable, WrongUse

Floats = NDArray[np.float64]

SEED = 20170730
DRAWS = 400


def lee_bounds(
    data: pd.DataFrame,
    outcome: str,
    treated: str,
    *,
    weight: str | None = None,
    cluster: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.Series[float]:
    """Bounds of the difference in means between joiners and others, for households that stay either way.

    The group of which more are seen is cut at its top or bottom until the same share is left. Sharp if joining moves
    the chance of being seen in one direction only.

    Parameters
    ----------
    data : DataFrame
        One row per household of the first round.
    outcome : str
        Column, for example the change of income; missing where the household is not seen.
    treated : str
        Column, 1 for joiners and 0 for others.
    weight, cluster : str, optional
        Columns; villages are drawn with replacement for the errors, households where absent.
    draws, seed : int

    Returns
    -------
    Series
        ``low, high``, their errors ``std_error_low, std_error_high``, the plain ``difference`` of those seen, the shares
        ``seen_treated, seen_others`` and ``trimmed``, the share cut.

    Raises
    ------
    WrongUse
        When ``treated`` is not 0 and 1.
    NotEstimable
        When nobody of a group is seen.
    """
    d = data[treated].to_numpy(dtype=np.float64)
    if not set(np.unique(d)) <= {0.0, 1.0}:
        raise WrongUse(f"{treated} must be 0 or 1", f"{treated} 只能是0或1")
    y = data[outcome].to_numpy(dtype=np.float64)
    w = np.ones(len(y)) if weight is None else data[weight].to_numpy(dtype=np.float64)
    found = _bounds(y, d == 1, w)
    group = np.arange(len(y)) if cluster is None else pd.factorize(data[cluster])[0]
    count, generator = int(group.max()) + 1, np.random.default_rng(seed)
    drawn = np.array(
        [
            _safe(y, d == 1, w * np.bincount(generator.integers(0, count, count), minlength=count)[group])
            for _ in range(draws)
        ]
    )
    error = np.nanstd(drawn, axis=0, ddof=1) if draws > 1 else np.full(2, np.nan)
    names = [
        "low",
        "high",
        "std_error_low",
        "std_error_high",
        "difference",
        "seen_treated",
        "seen_others",
        "trimmed",
    ]
    return pd.Series([found[0], found[1], *error, *found[2:]], index=names)


def _safe(y: Floats, treated: NDArray[np.bool_], w: Floats) -> tuple[float, float]:
    try:
        low, high, *_ = _bounds(y, treated, w)
        return low, high
    except NotEstimable:
        return np.nan, np.nan


def _bounds(y: Floats, treated: NDArray[np.bool_], w: Floats) -> tuple[float, ...]:
    seen = np.isfinite(y) & (w > 0)
    share = [w[seen & g].sum() / w[g].sum() if w[g].sum() > 0 else 0.0 for g in (treated, ~treated)]
    if min(share) == 0:
        raise NotEstimable(
            "nobody of one group is seen; there is nothing to bound", "有一组无人可见,无法给出界限"
        )
    rows = [np.flatnonzero(seen & g) for g in (treated, ~treated)]
    mean = [float(np.average(y[r], weights=w[r])) for r in rows]
    more = int(share[1] > share[0])
    trimmed = 1 - share[1 - more] / share[more]
    r = rows[more][np.argsort(y[rows[more]], kind="stable")]
    lower, upper = (
        _kept_mean(y[s], w[s], 1 - trimmed) for s in (r, r[::-1])
    )  # the lowest kept; the highest kept
    ends = (lower - mean[1], upper - mean[1]) if more == 0 else (mean[0] - upper, mean[0] - lower)
    return (*ends, mean[0] - mean[1], *share, trimmed)


def _kept_mean(y: Floats, w: Floats, share: float) -> float:
    """The weighted mean of the first rows that hold a share of the weight; the last of them counts in part."""
    before = np.cumsum(w) - w
    kept = np.clip(share * w.sum() - before, 0, w)
    return float(np.average(y, weights=kept))
