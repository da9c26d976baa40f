"""Evidence on trends before joining: the largest t over all years before, never a Wald test with more parameters than villages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.estimates.aggregate import Aggregate, aggregate
from bangfu.estimates.detectable import POWER
from bangfu.estimates.group_time import GroupTimeEffects
from bangfu.estimates.joint import Floats, sup_t, sup_t_p_value
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
    event = aggregate(effects, "event", draws=0)
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


@dataclass(frozen=True, slots=True)
class Drift:
    """How arms and comparison households moved apart before joining, in a 95% band over all arms and years before.

    Attributes
    ----------
    arm : str
        Where the difference is farthest from zero, in standard errors; so for what follows.
    years : int
        Between the year before joining and the base.
    estimate, low, high, detectable : float
        By how much more the joiners' outcome had grown until the base.
    margin : float array (arms,)
        Where the band leaves out zero: what each arm's average after joining would be off by, if the fastest yearly
        difference before joining went on; else zero.
    """

    arm: str
    years: int
    estimate: float
    low: float
    high: float
    detectable: float
    margin: Floats


def drift(effects: GroupTimeEffects, overall: Aggregate) -> Drift | None:
    """The trends before joining; ``None`` where no year before the base has an error."""
    event, base = aggregate(effects, "event", draws=0), 1 + effects.design.anticipation
    times = event.table["event_time"].to_numpy()
    rows = np.flatnonzero((times < -effects.design.anticipation) & np.isfinite(event.combination.std_error))
    if not len(rows):
        return None
    found = effects.joint.combine(event.weights[:, rows])
    value, error, distance = -event.estimate[rows], found.std_error, -base - times[rows]
    if effects.design.base == "varying":  # each year against the one before it
        value, distance = -value, np.ones(len(rows))
    critical = sup_t(found, effects.design.seed)
    half, arms = critical * error, event.table["arm"].to_numpy()[rows]
    margin = np.zeros(len(overall.estimate))
    if (np.abs(value) > half).any():
        after = np.nan_to_num(overall.weights[: len(effects.table)])
        ahead = effects.table["event_time"].to_numpy() + base
        for i, arm in enumerate(overall.table["arm"]):
            fastest = np.max(np.abs(value / distance)[arms == arm], initial=0.0)
            margin[i] = fastest * float(after[:, i] @ ahead)
    k = int(np.argmax(np.abs(value) / half))
    seen = float((critical[k] + stats.t.ppf(POWER, found.df[k])) * error[k])
    ends = float(value[k] - half[k]), float(value[k] + half[k])
    return Drift(str(arms[k]), int(distance[k]), float(value[k]), *ends, seen, margin)
