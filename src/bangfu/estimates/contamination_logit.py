"""A weighted multinomial logit by Newton steps (statsmodels' takes no weights)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from bangfu.errors import NotEstimable

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS = 200
STILL = 1e-9
"""Newton stops when no probability moves by more than this; the next step would move them by its square."""


def logit(x: Floats, z: Floats, w: Floats, possible: Mask | None = None) -> Floats:
    """Fitted probabilities of the arms given the controls.

    Parameters
    ----------
    x : float array (n, K + 1)
        Arm indicators.
    z : float array (n, L)
        Controls, independent columns.
    w : float array (n,)
        Positive weights.
    possible : bool array (n, K + 1), optional
        Arms that occur in the row's stratum, where ``z`` holds the strata's indicators: the others' probability is zero
        in the limit of the likelihood.

    Returns
    -------
    float array (n, K + 1)
        Where other controls predict an arm perfectly its probability is zero up to rounding, not exactly.

    Raises
    ------
    NotEstimable
        When the steps do not settle.
    """
    shut = np.zeros_like(x) if possible is None else np.where(possible, 0.0, -np.inf)
    basis = np.linalg.qr(z)[0] * np.sqrt(len(z))
    k, size = x.shape[1] - 1, z.shape[1]
    theta = np.zeros((size, k))
    value, p = _likelihood(theta, basis, x, w, shut)
    for _ in range(STEPS):
        gradient = (basis.T @ (w[:, None] * (x - p)[:, 1:])).T.ravel()
        step = (pseudo_inverse(hessian(p, basis, w)) @ gradient).reshape(k, size).T
        new, fitted = _likelihood(theta + step, basis, x, w, shut)
        while new < value - 1e-12 * abs(value):
            step = step / 2
            new, fitted = _likelihood(theta + step, basis, x, w, shut)
        moved = float(np.abs(fitted - p).max())
        theta, value, p = theta + step, new, fitted
        if moved < STILL:
            return p
    raise NotEstimable(
        "the multinomial logit of the groups on the controls did not converge; use fewer controls",
        "以控制变量解释参加组合的多项 logit 不收敛;请减少控制变量",
    )


def hessian(p: Floats, z: Floats, w: Floats) -> Floats:
    """Minus the second derivative of the log-likelihood, (K L, K L), blocks by arm."""
    arms = range(1, p.shape[1])
    blocks = [[(z * (w * p[:, i] * ((i == j) - p[:, j]))[:, None]).T @ z for j in arms] for i in arms]
    out: Floats = np.block(blocks)
    return out


def pseudo_inverse(matrix: Floats) -> Floats:
    """The inverse of a symmetric matrix on the directions that carry information, after scaling its diagonal to one."""
    scale = np.sqrt(np.clip(np.diag(matrix), 0, None))
    scale[scale <= 1e-12 * scale.max()] = np.inf
    values, vectors = np.linalg.eigh(matrix / np.outer(scale, scale))
    good = values > 1e-11 * values.max()
    inverse = (vectors[:, good] / values[good]) @ vectors[:, good].T
    out: Floats = inverse / np.outer(scale, scale)
    return out


def _likelihood(theta: Floats, z: Floats, x: Floats, w: Floats, shut: Floats) -> tuple[float, Floats]:
    logs = log_softmax(np.column_stack([np.zeros(len(z)), z @ theta]) + shut, axis=1)
    return float((w * np.where(x > 0, logs, 0.0).sum(axis=1)).sum()), np.exp(logs)
