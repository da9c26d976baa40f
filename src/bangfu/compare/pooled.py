"""The gain of all joiners together, whatever they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bangfu.estimates.family import joined_shares
from bangfu.estimates.joint import quantile

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison
    from bangfu.estimates.aggregate import Aggregate
    from bangfu.estimates.group_time import GroupTimeEffects


def pooled(result: ModelComparison) -> dict[str, float]:
    """The average of the arms' gains by household weight: ``estimate, std_error, df, ci_low, ci_high, households, villages``."""
    return pooled_effects(result.effects, result.overall)


def pooled_effects(effects: GroupTimeEffects, overall: Aggregate) -> dict[str, float]:
    """As :func:`pooled`, from effects and their overall averages."""
    live, share = np.isfinite(overall.estimate), joined_shares(effects, overall)
    combined = effects.joint.combine(overall.weights @ share[:, None])
    estimate, error, df = (
        float(np.nan_to_num(overall.estimate) @ share),
        float(combined.std_error[0]),
        float(combined.df[0]),
    )
    half = float(quantile(np.array([df]))[0]) * error
    weight = np.sum([effects.sample.village_weight(g) for g in range(len(effects.groups))], axis=0)
    return {
        "estimate": estimate, "std_error": error, "df": df, "ci_low": estimate - half, "ci_high": estimate + half,
        "households": int(overall.table.loc[live, "households"].sum()), "villages": int(np.count_nonzero(weight)),
    }  # fmt: skip
