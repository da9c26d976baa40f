"""Wild cluster bootstrap p-values (Webb weights, null imposed) beside gains that rest on few villages.

The gain of an arm is one coefficient of a saturated regression: every year after joining of every cohort is a stack with
its own constant and effect, and the effects are written as their weighted average plus contrasts that average to zero.
Rows are villages, weighted by households, so that coefficients and cluster scores are those of household rows. In
percent the outcome is the linearised one, whose group means and village sums are those of the estimate.
"""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import WrongUse
from bangfu.estimates.effects import compared
from bangfu.estimates.effects import effects as effects_of_pairs
from bangfu.estimates.group_time import GroupTimeEffects, base_of
from bangfu.estimates.joint import Floats

FEW = 10
DRAWS = 1_999


def few_villages(effects: GroupTimeEffects) -> tuple[str, ...]:
    """Arms that rest on fewer than ten villages in a cohort or among comparison households."""
    s = effects.sample
    never = np.flatnonzero(s.comparison)
    compared = len(np.unique(s.village[never]))
    fewest: dict[str, int] = dict.fromkeys(effects.arms, compared)
    for h, g in enumerate(s.groups):
        fewest[g.arm] = min(fewest[g.arm], int(np.count_nonzero(s.village_weight(h))))
    return tuple(arm for arm, villages in fewest.items() if villages < FEW)


def wild_p_value(
    effects: GroupTimeEffects, arm: str, *, draws: int = DRAWS, seed: int | None = None
) -> float:
    """P-value of an arm's overall gain (Cameron, Gelbach & Miller 2008; Webb 2023); the cohorts' weights are taken as fixed.

    Parameters
    ----------
    effects : GroupTimeEffects
    arm : str
    draws : int
    seed : int, optional
        That of the effects by default.

    Raises
    ------
    WrongUse
        Without the package ``wildboottest``.
    """
    try:
        from wildboottest.wildboottest import wildboottest
    except ImportError:
        raise WrongUse(
            "wild bootstrap p-values need the extra: pip install bangfu[inference]",
            "wild bootstrap 需要安装:pip install bangfu[inference]",
        ) from None
    import statsmodels.api as sm

    y, x, weight, village = stacked(effects, arm)
    if not len(y):
        return float("nan")
    root = np.sqrt(weight)
    names = ["gain", *(f"x{i}" for i in range(1, x.shape[1]))]
    model = sm.OLS(pd.Series(y * root, name="y"), pd.DataFrame(x * root[:, None], columns=names))
    with contextlib.redirect_stdout(io.StringIO()):
        found = wildboottest(
            model, B=draws, cluster=village, param="gain", weights_type="webb", bootstrap_type="11",
            seed=effects.design.seed if seed is None else seed, show=False,
        )  # fmt: skip
    return float(found["p-value"].iloc[0])


def stacked(effects: GroupTimeEffects, arm: str) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Outcome (N,), regressors (N, 2K; the first is the gain), weights (N,) and villages (N,) of an arm's regression."""
    table = effects.table
    rows = np.flatnonzero(
        (table["arm"] == arm).to_numpy()
        & (table["event_time"] >= 0).to_numpy()
        & ~effects.joint.unknown[: len(table)]
    )
    size = effects.weight[effects.group[rows]]
    share = size / size.sum() if len(rows) else size
    basis = np.column_stack([np.ones(len(rows)), _contrasts(share)]) if len(rows) else np.zeros((0, 0))
    ys, xs, weights, villages = [], [], [], []
    for k, row in enumerate(rows):
        y, treated, weight, village = _one(effects, int(effects.group[row]), int(table["year"].iloc[row]))
        constant = np.zeros((len(y), len(rows)))
        constant[:, k] = 1.0
        ys.append(y)
        xs.append(np.column_stack([np.outer(treated, basis[k]), constant]))
        weights.append(weight)
        villages.append(village)
    if not ys:
        return np.zeros(0), np.zeros((0, 0)), np.zeros(0), np.zeros(0, dtype=np.int64)
    join = np.concatenate
    return join(ys), join(xs), join(weights), join(villages)


def _one(
    effects: GroupTimeEffects, position: int, year: int
) -> tuple[Floats, Floats, Floats, NDArray[np.int64]]:
    """Villages of one effect: linearised outcome, whether of the arm, weight, village."""
    s = effects.sample
    scale = effects.design.scale
    base = base_of(s.years, effects.design, s.groups[position].cohort, year)
    assert base is not None
    mine = s.four(s.rows(position), [(base, year)])
    others = s.comparison_households(position, [(base, year)])
    found = effects_of_pairs(mine, compared(others, scale, cr2=False), scale)
    ys, treated, weights, villages = [], [], [], []
    for side, four, sums, level in (
        (1.0, mine, found.treated[0], found.estimate[0]),
        (0.0, others, -found.comparison[0], 0.0),
    ):
        weight = four.weight[0].sum(1)
        at = np.flatnonzero(weight > 0)
        ys.append(level + sums[at] * weight.sum() / weight[at])
        treated.append(np.full(len(at), side))
        weights.append(weight[at])
        villages.append(at)
    join = np.concatenate
    return join(ys), join(treated), join(weights), join(villages)


def _contrasts(share: Floats) -> Floats:
    """K - 1 directions along which the weighted average does not move: unit vectors against the last."""
    out = np.eye(len(share))[:, :-1]
    if len(share) > 1:
        out = out - np.outer(np.eye(len(share))[-1], share[:-1] / share[-1])
    return out
