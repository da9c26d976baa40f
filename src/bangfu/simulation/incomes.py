"""Incomes without any model: four sources, yuan per head a year, current prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bangfu.simulation.households import FARM, Households
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.prices import lines
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import YEARS, Integers, Villages

WAGE, BUSINESS, PROPERTY, TRANSFER = range(4)
"""Positions of the sources in arrays of shape (4, households, years)."""


@dataclass(frozen=True, slots=True)
class Incomes:
    """Incomes of households in a world without models.

    Attributes
    ----------
    sources : float array, shape (4, households, years)
        Wage, business (what is eaten included), property, transfer; without topping-up.
    eaten : float array, shape (households, years)
        The part of business income that the household grew and ate.
    normal : float array, shape (households, years)
        What the household could expect: its income without the year's shocks.
    deviation : float array, shape (households, years)
        Log deviation of earned income from the mean of all.
    spread : float
        Its variance, as the parameters imply.
    """

    sources: Floats
    eaten: Floats
    normal: Floats
    deviation: Floats
    spread: float


def incomes(p: Parameters, v: Villages, h: Households) -> Incomes:
    """Draw the incomes that households would have without any model."""
    elapsed = np.arange(len(YEARS), dtype=np.float32)
    lasting = (v.permanent[h.village] + h.permanent)[:, None] + h.ageing + h.trend[:, None] * elapsed
    deviation = lasting + v.shock[h.village] + h.shock[:, 1:]
    spread = _variance(p)
    passing = p["shock.sd"] ** 2 + p["shock.village_year_sd"] ** 2
    earned = np.exp(deviation - np.float32(spread / 2))
    expected = np.exp(lasting + np.float32((passing - spread) / 2))
    level = p["source.level_earned"]
    farm = 1 + p["shock.farm_sd"] * h.z["farm"]
    # a loss is exponential, cut at four times its mean; the uniform that decided on it also sizes it
    chance, rate = h.u["loss"], max(p["shock.farm_loss"], 1e-9)
    lost = chance < p["shock.farm_loss"]
    size = -np.log(np.maximum(chance[lost] / rate, 0.02)) * p["shock.farm_loss_size"]
    farm[lost] -= size.astype(np.float32)
    sources = np.empty((4, *deviation.shape), dtype=np.float32)
    wage = _by_type(p, "wage", h) * level
    business = _by_type(p, "business", h) * level
    wage_work, business_work = _farms(p, h)
    wage *= wage_work[:, None]
    business *= business_work[:, None]
    sources[WAGE] = wage * earned
    sources[BUSINESS] = business * earned * farm
    has = (h.u["property"] >= p["source.no_property"]) / (1 - p["source.no_property"])
    own = _lognormal(h.z["property"], p["source.property_sd"]) * has
    sources[PROPERTY] = _yearly(p, "property") * (p["source.level_property"] * own)[:, None]
    base = (
        _by_type(p, "transfer", h)
        * p["source.level_transfer"]
        * _lognormal(h.z["transfer"], p["source.transfer_sd"])[:, None]
    )
    supported = (h.registered_from[:, None] > 0) & (h.registered_from[:, None] <= np.array(YEARS))
    sources[TRANSFER] = base + supported * p.array("registration.support").astype(np.float32)
    eaten = (business * expected * np.float32(p["source.own_consumption"])).astype(np.float32)
    normal = ((wage + business) * expected + sources[PROPERTY] + sources[TRANSFER]).astype(np.float32)
    return Incomes(sources, eaten, normal, deviation, spread)


def top_up(p: Parameters, registered_from: Integers, total: Floats) -> Floats:
    """What registered households get on top of an income (per head) that falls short of 1.1 poverty lines."""
    line = lines()
    supported = (registered_from[:, None] > 0) & (registered_from[:, None] <= np.array(YEARS))
    short = np.maximum(np.float32(1.1) * line - np.maximum(total, 0), 0)
    out: Floats = (np.float32(p["registration.top_up"]) * short * supported).astype(np.float32)
    return out


def _variance(p: Parameters) -> float:
    names = (
        "permanent.county_sd",
        "permanent.township_sd",
        "permanent.village_sd",
        "permanent.household_sd",
        "shock.sd",
        "shock.village_year_sd",
    )
    return sum(p[name] ** 2 for name in names) + 0.15**2


def _yearly(p: Parameters, source: str) -> Floats:
    return p.array(f"source.{source}").astype(np.float32)


def _by_type(p: Parameters, source: str, h: Households) -> Floats:
    """Level of a source for each household's type and year, shape (households, years)."""
    factors = p.array(f"source.{source}_by_type").astype(np.float32)
    out: Floats = factors[h.kind][:, None] * _yearly(p, source)
    return out


def _farms(p: Parameters, h: Households) -> tuple[Floats, Floats]:
    """Factors on wage and business of farm households: some earn no wage and farm more; the means hold."""
    share, more = p["source.no_wage_work"], p["source.no_wage_business"]
    without = h.u["wage_work"] < share
    farm = h.kind == FARM
    wage = np.where(farm, np.where(without, 0, 1 / (1 - share)), 1)
    business = np.where(farm, np.where(without, more, (1 - share * more) / (1 - share)), 1)
    return wage.astype(np.float32), business.astype(np.float32)


def _lognormal(z: Floats, sd: float) -> Floats:
    out: Floats = np.exp(np.float32(sd) * z - np.float32(sd**2 / 2))
    return out
