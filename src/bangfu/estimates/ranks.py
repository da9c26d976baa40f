"""Confidence sets for ranks, after Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91(1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bangfu.errors import WrongUse
from bangfu.estimates.joint import DRAWS, Floats, Mask, even, studentised

SEED = 2024


def rank_sets(
    estimates: Sequence[float] | Floats | pd.Series[Any],
    covariance: ArrayLike,
    df: float | ArrayLike | None = None,
    *,
    alpha: float = 0.05,
    best: str = "high",
    seed: int = SEED,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Ranks and the ranks that the data do not exclude, for all estimates at once.

    All ordered pairs are tested one-sided, step-down, with critical values from draws of the joint distribution: with
    probability of at least one minus ``alpha`` every true rank lies in its set.

    Parameters
    ----------
    estimates : array (R,)
        A Series gives its index to the result. Missing estimates have no rank.
    covariance : array (R, R)
        Joint; an estimate with a missing variance is never told apart from another.
    df : float or array (R, R), optional
        Degrees of freedom of all pairs, or of each pair; normal without.
    alpha : float
    best : {"high", "low"}
        Which end has rank 1.
    seed, draws : int

    Returns
    -------
    DataFrame
        ``rank`` (1 + number strictly better), ``rank_low``, ``rank_high``; whole numbers, missing where there is no
        estimate.

    Raises
    ------
    WrongUse
        When shapes do not agree.

    Examples
    --------
    >>> rank_sets([3.0, 1.0, 0.9], [[0.01, 0, 0], [0, 0.01, 0], [0, 0, 0.01]]).to_numpy().tolist()
    [[1, 1, 1], [2, 2, 3], [3, 2, 3]]
    """
    theta = np.asarray(estimates, dtype=float)
    sigma = np.asarray(covariance, dtype=float)
    if theta.ndim != 1 or sigma.shape != (len(theta), len(theta)):
        raise WrongUse(
            f"covariance must be {len(theta)} x {len(theta)}, as there are {len(theta)} estimates",
            f"协方差矩阵应为 {len(theta)} x {len(theta)}",
        )
    value = theta if best == "high" else -theta
    index = estimates.index if isinstance(estimates, pd.Series) else None
    known = np.flatnonzero(np.isfinite(value) & np.isfinite(np.diag(sigma)) & (np.diag(sigma) > 0))
    better = np.zeros((len(theta), len(theta)), dtype=bool)
    if len(known) > 1:
        pairs = np.array([(i, j) for i in known for j in known if i != j])
        freedom = np.full(len(pairs), np.inf) if df is None else _of_pairs(df, pairs, len(theta))
        found = _rejected(value, sigma, pairs, freedom, alpha, seed, draws)
        better[pairs[found, 0], pairs[found, 1]] = True
    has = np.isfinite(value)
    columns = {
        "rank": 1 + (value[:, None] > value).sum(0),
        "rank_low": 1 + better.sum(0),
        "rank_high": has.sum() - better.sum(1),
    }
    whole = {name: pd.array(np.where(has, v, 0), dtype="Int64") for name, v in columns.items()}
    frame = pd.DataFrame(whole, index=index)
    frame.loc[~has, :] = pd.NA
    return frame


def _of_pairs(df: float | ArrayLike, pairs: NDArray[np.int64], size: int) -> Floats:
    given = np.asarray(df, dtype=float)
    if given.ndim == 0:
        return np.full(len(pairs), float(given))
    if given.shape != (size, size):
        raise WrongUse(
            "df must be one number or one for each pair (R, R)", "自由度应为一个数或每对一个(R, R)"
        )
    out: Floats = given[pairs[:, 0], pairs[:, 1]]
    return out


def _rejected(
    value: Floats, sigma: Floats, pairs: NDArray[np.int64], df: Floats, alpha: float, seed: int, draws: int
) -> Mask:
    """Which of the hypotheses "the first of the pair is not larger" are rejected, step-down."""
    first, second = pairs.T
    known = np.unique(first)
    at = np.searchsorted(known, pairs)
    joint = sigma[np.ix_(known, known)]
    error = np.sqrt(sigma[first, first] + sigma[second, second] - 2 * sigma[first, second])
    error = np.where(error > 0, error, np.nan)
    size = np.sqrt(np.diag(joint))
    unit = np.eye(len(known))
    pairs_of = (unit[at[:, 0]] - unit[at[:, 1]]) / error[:, None]
    correlation = np.nan_to_num(pairs_of @ joint @ pairs_of.T)
    generator = np.random.default_rng(seed)
    root = np.linalg.cholesky(joint / np.outer(size, size) + 1e-9 * unit) * size[:, None]
    drawn = generator.standard_normal((draws, len(known))) @ root.T @ pairs_of.T
    drawn = even(studentised(drawn, correlation, df, generator), df)
    observed = even((value[first] - value[second]) / error, df)
    drawn[:, np.isnan(error)] = -np.inf
    rejected = np.zeros(len(pairs), dtype=bool)
    while not rejected.all():
        critical = np.quantile(drawn[:, ~rejected].max(1), 1 - alpha)
        fresh = (observed > critical) & ~rejected
        if not fresh.any():
            break
        rejected |= fresh
    return rejected
