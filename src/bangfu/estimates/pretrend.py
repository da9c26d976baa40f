"""Evidence on trends before joining: the largest t over all years before, never a Wald test with more parameters than villages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import GroupTimeEffects
from bangfu.estimates.joint import sup_t_p_value
from bangfu.words import Word

NO_YEARS = Word("no year before the base is in the register", "台账中没有基年之前的年份")


def pretrend(effects: GroupTimeEffects) -> pd.DataFrame:
    """Sup-t tests that all effects before joining are zero, by arm and for all arms together.

    A large p-value does not show that trends were parallel: see the minimum detectable trend beside it.

    Returns
    -------
    DataFrame
        ``arm, years, largest_t, p_value, note``; the last row, with arm ``"all"``, is of all arms.
    """
    event = aggregate(effects, "event")
    before = (event.table["event_time"] < -effects.design.anticipation).to_numpy()
    rows = []
    for arm in (*effects.arms, "all"):
        mine = before & ((event.table["arm"] == arm).to_numpy() | (arm == "all"))
        combination = effects.joint.combine(event.weights[:, mine])
        estimate = event.estimate[mine]
        if not mine.any() or not np.isfinite(combination.std_error).any():
            rows.append(
                (arm, int(mine.sum()), np.nan, np.nan, NO_YEARS.en if not mine.any() else "no interval")
            )
            continue
        largest = float(np.nanmax(np.abs(estimate / combination.std_error)))
        rows.append(
            (arm, int(mine.sum()), largest, sup_t_p_value(estimate, combination, effects.design.seed), "")
        )
    return pd.DataFrame(rows, columns=["arm", "years", "largest_t", "p_value", "note"])
