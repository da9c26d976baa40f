"""Joint inference on linear combinations of estimates whose influence sums by village are known.

The columns of the influence sums are M = K + G: K effects, then the weights of G groups (arm by cohort), so that an
average over cohorts carries the error of its weights. Parts are the G groups and, last, the comparison households: a
combination's variance by part is what Welch (1947) and Satterthwaite (1946) make degrees of freedom of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.95
DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Joint:
    """Estimates and what their joint errors rest on.

    Attributes
    ----------
    estimate : float array (K,)
    influence : float array (V, M)
        A village's contribution to each estimate, then to each group's weight; zero where ``unknown``.
    unknown : bool array (M,)
        Estimates without an error (fewer than two villages).
    parts : float array (P, M, M)
        Cross-products of the influence sums of one part alone.
    overlap : float array (P, P)
        Sums over villages of the products of two parts' shares; the diagonal is one over the effective villages.
    products : float array (M, M), optional
        Cross-products of the influence sums, where they are known already.
    kind : {"t", "normal", "multiplier"}
        The last two only match other programs: normal quantiles; errors from Rademacher draws, as R's did reports them.
    """

    estimate: Floats
    influence: Floats
    unknown: Mask
    parts: Floats
    overlap: Floats
    kind: str = "t"
    products: Floats | None = None

    def combine(self, weights: Floats) -> Combination:
        """Covariance and degrees of freedom of linear combinations.

        Parameters
        ----------
        weights : float array (M, R)
            Derivatives: of the R results by each column of the influence sums.

        Returns
        -------
        Combination
        """
        products = self.influence.T @ self.influence if self.products is None else self.products
        covariance = weights.T @ products @ weights
        lost = ((weights != 0) & self.unknown[:, None]).any(0)
        covariance[lost] = np.nan
        covariance[:, lost] = np.nan
        by_part = (weights * (self.parts @ weights)).sum(1)
        df = welch(by_part, self.overlap) if self.kind == "t" else np.full(weights.shape[1], np.inf)
        if self.kind == "multiplier":
            ratio = multiplier_errors(self.influence @ weights) / np.sqrt(np.diag(covariance))
            covariance = covariance * np.outer(ratio, ratio)
        df[lost] = np.nan
        return Combination(covariance, df)

    def each(self) -> tuple[Floats, Floats]:
        """Standard errors and degrees of freedom of every column by itself (M,)."""
        products = self.influence.T @ self.influence if self.products is None else self.products
        variance = np.diag(products).copy()
        df = np.full(len(variance), np.inf)
        if self.kind == "t":
            df = welch(np.diagonal(self.parts, axis1=1, axis2=2), self.overlap)
        error = np.sqrt(np.where(variance > 0, variance, np.nan))
        if self.kind == "multiplier":
            error = np.where(variance > 0, multiplier_errors(self.influence), np.nan)
        return np.where(self.unknown, np.nan, error), np.where(self.unknown, np.nan, df)


MULTIPLIER_DRAWS, MULTIPLIER_SEED = 1_000, 1


def multiplier_errors(sums: Floats) -> Floats:
    """Interquartile range of Rademacher-weighted influence sums (V, R), over that of a normal (Callaway & Sant'Anna 2021)."""
    signs = np.random.default_rng(MULTIPLIER_SEED).choice([-1.0, 1.0], (MULTIPLIER_DRAWS, len(sums)))
    low, high = np.quantile(signs @ sums, [0.25, 0.75], axis=0)
    out: Floats = (high - low) / (2 * stats.norm.ppf(0.75))
    return out


@dataclass(frozen=True, slots=True)
class Combination:
    """Errors of R results.

    Attributes
    ----------
    covariance : float array (R, R)
        NaN for results without an error.
    df : float array (R,)
    """

    covariance: Floats
    df: Floats

    @property
    def std_error(self) -> Floats:
        """Standard errors; NaN where there is no variance."""
        variance = np.diag(self.covariance)
        return np.sqrt(np.where(variance > 0, variance, np.nan))


def welch(by_part: Floats, overlap: Floats) -> Floats:
    """Degrees of freedom over parts with effective villages, at least one.

    For parts in different villages this is Welch and Satterthwaite's ``(sum V_h)^2 / sum V_h^2 / (n_h - 1)``. Parts that
    share villages add the trace of the product of their variance matrices, so that two groups in the same n villages have
    n - 1, as in a paired comparison.

    Parameters
    ----------
    by_part : float array (P, R)
    overlap : float array (P, P)
    """
    villages = 1.0 / np.where(np.diag(overlap) > 0, np.diag(overlap), 1.0)
    small = np.sqrt(villages / np.maximum(villages - 1.0, 1e-9))
    shared = overlap * np.outer(small, small)
    total = by_part.sum(0)
    spread = np.einsum("pr,pq,qr->r", by_part, shared, by_part)
    out: Floats = np.maximum(total**2 / np.where(spread > 0, spread, np.nan), 1.0)
    return out


def quantile(df: Floats, level: float = LEVEL) -> Floats:
    """Two-sided critical values of Student's t."""
    out: Floats = stats.t.ppf(0.5 + level / 2, df)
    return out


def p_values(estimate: Floats, std_error: Floats, df: Floats) -> Floats:
    """Two-sided."""
    out: Floats = 2 * stats.t.sf(np.abs(estimate / std_error), df)
    return out


def standard_draws(covariance: Floats, df: Floats, seed: int, draws: int = DRAWS) -> Floats:
    """Draws of standardised estimates: multivariate t, each margin with its own degrees of freedom.

    Parameters
    ----------
    covariance : float array (R, R)
        Without missing values.
    df : float array (R,)

    Returns
    -------
    float array (draws, R)
        As :func:`even` gives them.
    """
    error = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(error, error)
    generator = np.random.default_rng(seed)
    normal = generator.standard_normal((draws, len(error))) @ _root(correlation).T
    return even(studentised(normal, correlation, df, generator), df)


_GRID = np.linspace(-8.0, 8.0, 321)
"""Standard normal quantiles between which quantiles of other distributions are interpolated (error below 1e-3)."""

_HALF = _GRID[_GRID >= 0]
_TAILS = special.ndtr(-_HALF)
_BODY = special.ndtr(_GRID)


def _root(correlation: Floats) -> Floats:
    """Cholesky root, a hair inside the positive definite."""
    return np.asarray(np.linalg.cholesky(correlation + 1e-9 * np.eye(len(correlation))), dtype=float)


def studentised(normal: Floats, correlation: Floats, df: Floats, generator: np.random.Generator) -> Floats:
    """Normal draws (draws, R) over the chi roots of their estimated variances.

    Two estimated variances are correlated as the square of the estimates' correlation (Wishart): fully for the same
    estimate, not at all for unrelated ones. A root shared by all would make bands too narrow where villages are few.
    Infinite degrees of freedom stay normal.
    """
    out = normal.copy()
    finite = np.flatnonzero(np.isfinite(df))
    if not len(finite):
        return out
    shared = _root(correlation[np.ix_(finite, finite)] ** 2)
    latent = generator.standard_normal((len(normal), len(finite))) @ shared.T
    place = np.clip((latent - _GRID[0]) / (_GRID[1] - _GRID[0]), 0, len(_GRID) - 1.001)
    below = place.astype(np.int64)
    part = place - below
    for k, r in enumerate(finite):
        chi2 = np.maximum(2 * special.gammaincinv(df[r] / 2, _BODY), 1e-12)
        roots = np.sqrt(chi2 / df[r])
        at = below[:, k]
        out[:, r] /= roots[at] + (roots[at + 1] - roots[at]) * part[:, k]
    return out


def even(t: Floats, df: Floats) -> Floats:
    """Values (..., R) of Student's t as normal values with the same tail probability, so that margins compare."""
    out = t.copy()
    for r, value in enumerate(df):
        if np.isfinite(value):
            at = -special.stdtrit(value, _TAILS)
            out[..., r] = np.sign(t[..., r]) * np.interp(np.abs(t[..., r]), at, _HALF)
    return out


def sup_t(combination: Combination, seed: int, level: float = LEVEL, draws: int = DRAWS) -> Floats:
    """Critical values of a simultaneous band (Montiel Olea & Plagborg-Moller 2019), one for each result.

    The same tail probability on every margin; with equal degrees of freedom it is the quantile of the largest absolute t.
    NaN for results without an error, which are left out.
    """
    known = np.isfinite(combination.std_error)
    out = np.full(len(known), np.nan)
    if known.any():
        df = combination.df[known]
        drawn = standard_draws(combination.covariance[np.ix_(known, known)], df, seed, draws)
        largest = float(np.quantile(np.abs(drawn).max(1), level))
        out[known] = stats.t.isf(special.ndtr(-largest), df)
    return out


def sup_t_p_value(estimate: Floats, combination: Combination, seed: int, draws: int = DRAWS) -> float:
    """Chance of tails as far out as the farthest observed one, if all were zero; NaN when no result has an error."""
    known = np.isfinite(combination.std_error)
    if not known.any():
        return float("nan")
    df = combination.df[known]
    drawn = standard_draws(combination.covariance[np.ix_(known, known)], df, seed, draws)
    observed = np.abs(even(estimate[known] / combination.std_error[known], df)).max()
    return float((1 + (np.abs(drawn).max(1) >= observed).sum()) / (draws + 1))
