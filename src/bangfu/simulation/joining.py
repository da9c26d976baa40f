"""Who joins which model, and when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.households import Households
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.villages import MODELS, NEVER, YEARS, Integers, Villages, first_year


def joining(p: Parameters, v: Villages, h: Households) -> Integers:
    """First year of each model for each household.

    Year by year, a household in a village with an offer joins with a probability that follows from its facts, its
    permanent income, its trend and the shock of the year before; joiners may take up a second model later.

    Returns
    -------
    int array, shape (households, models)
        0 for never.
    """
    offers = v.offers[h.village]
    index = _index(p, h)
    joined = np.zeros((len(h.village), len(MODELS)), dtype=np.int64)
    shock = (h.shock / max(p["shock.sd"], 1e-9)).astype(np.float64)
    draws = h.u["take_up"].reshape(len(h.village), len(YEARS), len(MODELS))
    for t, year in enumerate(YEARS):
        here = (h.born == 0) | (h.born < year)
        before = first_year(joined) < NEVER
        for m in range(len(MODELS)):
            open_ = here & (offers[:, m] > 0) & (offers[:, m] <= year) & (joined[:, m] == 0)
            rows = np.flatnonzero(open_)
            if not len(rows):
                continue
            late = np.where(offers[rows, m] < year, p["take_up.later"], 0.0)
            if p.text("assignment.rule") == "lot":
                base = np.log(p["assignment.lot"] / (1 - p["assignment.lot"]))
                logit = base + late
            else:
                logit = index[rows, m] + p["take_up.by_last_shock"] * shock[rows, t] + late
            chance = np.where(before[rows], p["take_up.second"], 1 / (1 + np.exp(-logit)))
            # one first model a year: a household that joined another model this year waits
            same_year = (joined[rows] == year).any(axis=1)
            take = (draws[rows, t, m] < chance) & ~same_year
            joined[rows[take], m] = year
    return joined


def _index(p: Parameters, h: Households) -> NDArray[np.float64]:
    trend = h.trend / max(p["permanent.trend_sd"], 1e-9)
    common = p["take_up.base"] + p["take_up.by_registered"] * (h.registered_from > 0)
    common = common + p["take_up.by_level"] * h.level_score.astype(np.float64) + p["take_up.by_trend"] * trend
    own = h.labour_score[:, None] * p.array("take_up.by_labour") + h.land_score[:, None] * p.array(
        "take_up.by_land"
    )
    out: NDArray[np.float64] = common[:, None] + own
    return out
