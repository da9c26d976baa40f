"""The five estimators of Goldsmith-Pinkham, Hull & Kolesar (2024, American Economic Review 114), with influence sums.

Every estimator has influence values ``psi`` (n, K), so that its error is the root of the sum of their squares. The
population errors carry the estimation of the propensity and of the weights; the oracle ones take both as known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.estimates.contamination_design import Design, independent
from bangfu.estimates.contamination_logit import hessian, logit, pseudo_inverse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEGLIGIBLE = 1e-6
"""Probabilities and common weights below this share of the largest count as zero."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """One estimator for all arms but the reference.

    Attributes
    ----------
    estimate : float array (K,)
        Missing where the data cannot give it.
    psi : float array (n, K)
        Influence values with everything estimated.
    oracle : float array (n, K) or None
        Influence values with propensity and weights known.
    """

    estimate: Floats
    psi: Floats
    oracle: Floats | None = None


@dataclass(frozen=True, slots=True)
class ByArm:
    """Regressions of the outcome on the controls within each arm.

    Attributes
    ----------
    coefficients : float array (L, K + 1)
        Zero for controls that depend on others within the arm.
    residuals : float array (n,)
        Of a row's own arm.
    """

    coefficients: Floats
    residuals: Floats
    kept: tuple[list[int], ...]
    dependence: tuple[Floats, ...]
    inverse: tuple[Floats, ...]

    def estimable(self, arm: int, v: Floats) -> bool:
        """Whether ``v`` times the arm's coefficients is the same for every solution of the least squares."""
        others = np.setdiff1d(np.arange(len(v)), self.kept[arm])
        gap = v[others] - self.dependence[arm].T @ v[self.kept[arm]]
        return bool((np.abs(gap) <= 1e-8 * (1 + np.abs(v).max())).all())

    def influence(self, d: Design, arm: int, v: Floats) -> Floats:
        """Influence values (n,) of ``v`` times the arm's coefficients."""
        kept = self.kept[arm]
        score = (d.w * self.residuals * d.x[:, arm])[:, None] * d.z[:, kept]
        out: Floats = score @ (self.inverse[arm] @ v[kept])
        return out


def standard_error(psi: Floats, cluster: Ints | None) -> float:
    """Root of the sum of squares; of cluster sums with G / (G - 1) where clustered."""
    if cluster is None:
        return float(np.sqrt((psi**2).sum()))
    codes = np.unique(cluster, return_inverse=True)[1]
    sums = np.bincount(codes, psi)
    return float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)))


def residual(y: Floats, z: Floats, w: Floats) -> Floats:
    """Residuals of the weighted regression of (columns of) ``y`` on ``z``."""
    root = np.sqrt(w)
    coefficients = np.linalg.lstsq(z * root[:, None], (y.T * root).T, rcond=1e-12)[0]
    out: Floats = y - z @ coefficients
    return out


def by_arm(d: Design) -> ByArm:
    """See :class:`ByArm`."""
    coefficients = np.zeros((d.z.shape[1], d.x.shape[1]))
    residuals = np.zeros_like(d.y)
    kepts, dependences, inverses = [], [], []
    for k in range(d.x.shape[1]):
        rows = d.x[:, k] > 0
        z, root = d.z[rows], np.sqrt(d.w[rows])
        kept = independent(z)
        others = np.setdiff1d(np.arange(z.shape[1]), kept)
        q, r = np.linalg.qr(z[:, kept] * root[:, None])
        coefficients[kept, k] = np.linalg.solve(r, q.T @ (d.y[rows] * root))
        residuals[rows] = d.y[rows] - z @ coefficients[:, k]
        dependences.append(np.linalg.solve(r, q.T @ (z[:, others] * root[:, None])))
        r_inverse = np.linalg.inv(r)
        kepts.append(kept)
        inverses.append(r_inverse @ r_inverse.T)
    return ByArm(coefficients, residuals, tuple(kepts), tuple(dependences), tuple(inverses))


def partially_linear(d: Design) -> Estimator:
    """PL: the regression of the outcome on arms and controls."""
    tilde = residual(d.x[:, 1:], d.z, d.w)
    k = tilde.shape[1]
    estimate, psi = np.full(k, np.nan), np.full_like(tilde, np.nan)
    if len(independent(np.column_stack([d.z, d.x[:, 1:]]))) < d.z.shape[1] + k:
        return Estimator(estimate, psi)
    bread = np.linalg.inv((tilde * d.w[:, None]).T @ tilde)
    estimate = bread @ (tilde.T @ (d.w * d.y))
    left = residual(d.y - d.x[:, 1:] @ estimate, d.z, d.w)
    return Estimator(estimate, (d.w * left)[:, None] * tilde @ bread)


def own(d: Design, arms: ByArm) -> Estimator:
    """OWN: the part of PL that comes from the arm's own effects, free of the other arms'."""
    tilde = residual(d.x[:, 1:], d.z, d.w)
    k = tilde.shape[1]
    estimate, psi = np.full(k, np.nan), np.full_like(tilde, np.nan)
    right = np.column_stack([d.x[:, 1:], d.z])
    for i in range(k):
        others = np.delete(tilde, i, axis=1)
        alone = residual(tilde[:, i], others, d.w) if k > 1 else tilde[:, i]
        size = float((d.w * alone**2).sum())
        if size <= 1e-12 * d.w.sum():
            continue
        delta = (d.z * (d.w * alone * d.x[:, i + 1])[:, None]).sum(axis=0) / size
        if not (arms.estimable(i + 1, delta) and arms.estimable(0, delta)):
            continue
        gain = arms.coefficients[:, i + 1] - arms.coefficients[:, 0]
        left = residual(d.x[:, i + 1] * (d.z @ gain), right, d.w)
        estimate[i] = delta @ gain
        psi[:, i] = arms.influence(d, i + 1, delta) - arms.influence(d, 0, delta) + d.w * alone * left / size
    return Estimator(estimate, psi)


def average(d: Design, arms: ByArm) -> Estimator:
    """ATE: the unweighted average effect, from the regression with every control interacted with the arm."""
    mean = d.w @ d.z / d.w.sum()
    k = d.x.shape[1] - 1
    estimate, psi, oracle = np.full(k, np.nan), np.full((len(d.y), k), np.nan), np.full((len(d.y), k), np.nan)
    for i in range(k):
        if not (arms.estimable(i + 1, mean) and arms.estimable(0, mean)):
            continue
        gain = arms.coefficients[:, i + 1] - arms.coefficients[:, 0]
        estimate[i] = mean @ gain
        oracle[:, i] = arms.influence(d, i + 1, mean) - arms.influence(d, 0, mean)
        psi[:, i] = oracle[:, i] + d.w * ((d.z - mean) @ gain) / d.w.sum()
    return Estimator(estimate, psi, oracle)


def one_at_a_time(d: Design, arms: ByArm) -> Estimator:
    """EW: each arm against the reference alone, the easiest weighting for that pair."""
    k = d.x.shape[1] - 1
    estimate, psi, oracle = np.full(k, np.nan), np.zeros((len(d.y), k)), np.zeros((len(d.y), k))
    for i in range(k):
        s = (d.x[:, 0] + d.x[:, i + 1]) > 0
        hat = residual(d.x[s, i + 1], d.z[s], d.w[s])
        size = float((d.w[s] * hat**2).sum())
        if size <= 1e-12 * d.w[s].sum():
            psi[:, i] = oracle[:, i] = np.nan
            continue
        estimate[i] = (d.w[s] * hat) @ d.y[s] / size
        left = residual(d.y[s] - hat * estimate[i], d.z[s], d.w[s])
        weight = d.w[s] * hat / size
        psi[s, i] = left * weight
        oracle[s, i] = arms.residuals[s] * weight
    return Estimator(estimate, psi, oracle)


def common_weights(d: Design, arms: ByArm, uniform: bool) -> Estimator:
    """CW: one weighting for all arms, the easiest to estimate.

    Parameters
    ----------
    uniform : bool
        Every comparison of two arms counts alike; otherwise as often as the arms occur.
    """
    k = d.x.shape[1] - 1
    none = np.full((len(d.y), k), np.nan)
    if d.possible is not None and not d.possible.all(axis=1).any():
        return Estimator(np.full(k, np.nan), none, none)
    p = logit(d.x, d.z, d.w, d.possible)
    p = np.where(p < p.max() * NEGLIGIBLE, 0.0, p)
    share = d.w @ d.x / d.w.sum()
    spread = np.ones(k + 1) if uniform else share * (1 - share)
    inverse = 1 / np.maximum(p, 1e-10)
    lam = np.where((p > 0).all(axis=1), 1 / (spread * inverse).sum(axis=1), 0.0)
    lam[lam < lam.max() * NEGLIGIBLE] = 0.0
    weight = d.w * lam * (d.x * inverse).sum(axis=1)
    total = weight @ d.x
    if not (total > 0).all():
        return Estimator(np.full(k, np.nan), none, none)
    means = (weight * d.y) @ d.x / total
    left = d.y - d.x @ means
    scale = float((d.w * lam).sum())
    ideal = (d.w * lam / scale)[:, None] * (d.x[:, 1:] * inverse[:, 1:] - d.x[:, :1] * inverse[:, :1])
    # how the weighted means move with the logit's coefficients: derivative of the weights, times residuals
    drift = np.zeros((k, d.z.shape[1], k))
    for j in range(k):
        pull = lam * spread[j + 1] * inverse[:, j + 1]
        for i in range(k):
            slope = (pull - (i == j)) * d.x[:, i + 1] - pull * d.x[:, 0]
            drift[j, :, i] = d.z.T @ (weight * left * slope)
    turn = (pseudo_inverse(hessian(p, d.z, d.w)) @ drift.reshape(-1, k)).reshape(drift.shape)
    score = d.w[:, None] * (d.x - p)[:, 1:]
    logit_part = sum((score[:, j, None] * (d.z @ turn[j]) for j in range(k)), np.zeros((len(d.y), k))) / scale
    return Estimator(
        means[1:] - means[0], left[:, None] * ideal + logit_part, arms.residuals[:, None] * ideal
    )
