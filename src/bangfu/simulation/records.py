"""What the register records of the incomes there were: error, heaping, consumption, and who is still seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.households import MIGRANT, Households
from bangfu.simulation.incomes import BUSINESS, TRANSFER, Incomes
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.prices import lines
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import YEARS, Integers, Villages, autoregressive, first_year


def errors(p: Parameters, h: Households, without: Incomes) -> Floats:
    """The factor on recorded wage, business and property income; it reverts to the mean and persists.

    Bound & Krueger (1991) found both. Its mean over households, weighted by income, is one.
    """
    sd, back = p["record.error_sd"], p["record.mean_reversion"]
    error = autoregressive(h.z["error"], p["record.error_persistence"], sd)[:, 1:]
    centre = without.spread / 2 * (1 - (1 - back) ** 2) - sd**2 / 2
    out: Floats = np.exp(np.float32(centre) - np.float32(back) * without.deviation + error)
    return out


def recorded(
    p: Parameters,
    h: Households,
    factor: Floats,
    true: Floats,
    eaten: Floats,
    relative: Floats | None,
    rows: Integers | None = None,
) -> Floats:
    """Recorded incomes by source, yuan per head.

    Parameters
    ----------
    factor : float array, shape (households, years)
        From :func:`errors`.
    true : float array, shape (4, households, years)
        Top-ups included.
    eaten : float array, shape (households, years)
        The part of business income that was grown and eaten.
    relative : float array, shape (households, years), optional
        Effect of models over normal income; like any deviation it is recorded less than it is.
    rows : int array, optional
        Which households these are; all by default.
    """
    if relative is not None:
        ratio = np.maximum(1 + relative, np.float32(0.1))
        factor = (factor * ratio ** np.float32(-p["record.mean_reversion"])).astype(np.float32)
    out = true.copy()
    if not p.flag("record.own_consumption"):
        out[BUSINESS] -= eaten
    out[:TRANSFER] *= factor
    if p["record.heaping"] > 0:
        _heap(p, h, slice(None) if rows is None else rows, out)
    return out


def _heap(p: Parameters, h: Households, rows: Integers | slice, out: Floats) -> None:
    """Lift registered households below the line to just above it, through recorded business income."""
    line = lines()
    start = h.registered_from[rows][:, None]
    total = out.sum(axis=0)
    chosen = (start > 0) & (start <= np.array(YEARS)) & (np.array(YEARS) >= 2016) & (total < line)
    chosen &= h.u["heap"][rows] < p["record.heaping"]
    # most are put close to the line: the square pulls the heap towards it
    target = line * (1 + np.float32(p["record.heaping_width"]) * h.u["height"][rows] ** 2)
    out[BUSINESS] += np.where(chosen, target - total, 0)


def consumption(p: Parameters, v: Villages, h: Households, without: Incomes) -> Floats:
    """Consumption per head without models: a share of normal income, a fifth as sensitive to shocks as income."""
    passing = v.shock[h.village] + h.shock[:, 1:]
    sd = p["record.consumption_error_sd"]
    noise = np.float32(sd) * h.z["consumption"] - np.float32(sd**2 / 2)
    out: Floats = (
        np.float32(p["record.consumption_share"]) * without.normal * np.exp(np.float32(0.2) * passing + noise)
    )
    return out


def seen(p: Parameters, h: Households, joined: Integers) -> NDArray[np.bool_]:
    """Which households are recorded in which year: until they leave for good, missed rounds apart."""
    base = (
        np.log(p["attrition.yearly"] / (1 - p["attrition.yearly"])) if p["attrition.yearly"] > 0 else -np.inf
    )
    fixed = base + p["attrition.by_migrant"] * ((h.kind == MIGRANT) - 0.4)
    fixed = fixed + p["attrition.by_level"] * h.level_score.astype(np.float64)
    first = first_year(joined)
    shock = h.shock.astype(np.float64) / max(p["shock.sd"], 1e-9)
    here = np.ones(len(h.village), dtype=bool)
    out = np.empty((len(h.village), len(YEARS)), dtype=bool)
    for t, year in enumerate(YEARS):
        if t:
            logit = (
                fixed + p["attrition.by_shock"] * shock[:, t] + p["attrition.by_joining"] * (first <= year)
            )
            here &= h.u["left"][:, t] >= 1 / (1 + np.exp(-logit))
        out[:, t] = here & (h.u["absent"][:, t] >= p["attrition.absent"]) & (h.born <= year)
    return out


def exits(p: Parameters, h: Households, total: Floats) -> Integers:
    """The year in which a registered household left the register of the poor; 0 for not."""
    line = lines()
    out = np.zeros(len(h.village), dtype=np.int64)
    for t, year in enumerate(YEARS):
        if year < 2016:
            continue
        above = (
            (h.registered_from > 0)
            & (h.registered_from < year)
            & (total[:, t] >= p["registration.exit_margin"] * line[t])
        )
        leaves = (out == 0) & above & (h.u["exit"][:, t] < p["registration.exit_probability"])
        out[leaves] = year
    return out
