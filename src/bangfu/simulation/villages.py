"""Villages in townships in counties: their incomes, their shocks, and what is offered to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.parameters import Parameters
from bangfu.simulation.streams import Columns, generator, normals, uniforms

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

YEARS = tuple(range(2014, 2021))
"""The years of the invented world."""

MODELS = ("courtyard", "cooperative", "enterprise")
"""The models, in the order of every array that has one column per model."""

_NORMALS = Columns({"permanent": 1, "shock": len(YEARS) + 1, "land": 1})
_CHANCES = Columns({"offer": 1, "model": 1, "start": 1, "second": 1, "second_model": 1, "intensity": 1})
_ONE = Columns({"permanent": 1})


@dataclass(frozen=True, slots=True)
class Villages:
    """A run of villages.

    Attributes
    ----------
    number, township, county : int array, shape (villages,)
        Counted from 0 in the whole world.
    permanent : float array, shape (villages,)
        Log income of place, county and township included.
    land : float array, shape (villages,)
        Standard normal.
    shock : float array, shape (villages, years)
        Log income shock shared by the village.
    offers : int array, shape (villages, models)
        First year in which each model is offered; 0 for never.
    crowding : float array, shape (villages, years)
        Share of the township's villages with an offer by then.
    """

    number: Integers
    township: Integers
    county: Integers
    permanent: Floats
    land: Floats
    shock: Floats
    offers: Integers
    crowding: Floats


def villages(p: Parameters, seed: int, start: int, stop: int) -> Villages:
    """The villages ``start`` to ``stop - 1`` of a seed's world.

    Whole townships are drawn, since prices in a township follow from all its villages, and cut to what was asked.
    """
    per_township = p.integer("places.villages_per_township")
    first = start // per_township * per_township
    last = -(-stop // per_township) * per_township
    number = np.arange(first, last, dtype=np.int64)
    township = number // per_township
    county = township // p.integer("places.townships_per_county")
    z = _NORMALS.cut(normals(seed, "village", number.tolist(), [1] * len(number), _NORMALS))
    u = _CHANCES.cut(uniforms(seed, "village_chance", number.tolist(), [1] * len(number), _CHANCES))
    own = z["permanent"] * p["permanent.village_sd"]
    permanent = own + _of_places(seed, "township", township, p["permanent.township_sd"])
    permanent = permanent + _of_places(seed, "county", county, p["permanent.county_sd"])
    offers = _offers(p, z["permanent"], u)
    offered = (first_year(offers)[:, None] <= np.array(YEARS)).astype(np.float32)
    crowding = offered.reshape(-1, per_township, len(YEARS)).mean(axis=1).repeat(per_township, axis=0)
    keep = slice(start - first, stop - first)
    return Villages(
        number[keep],
        township[keep],
        county[keep],
        permanent[keep].astype(np.float32),
        z["land"][keep],
        _shocks(p, z["shock"])[keep],
        offers[keep],
        crowding[keep].astype(np.float32),
    )


NEVER = 9999
"""Stands for the first year of what never starts."""


def first_year(starts: Integers) -> Integers:
    """The earliest of the years in each row, ``NEVER`` where all are 0."""
    out: Integers = np.where(starts > 0, starts, NEVER).min(axis=1)
    return out


def autoregressive(innovations: Floats, persistence: float, sd: float) -> Floats:
    """First-order autoregressions with standard deviation ``sd``, one per row, stationary from the first column on."""
    out = np.empty_like(innovations)
    out[:, 0] = innovations[:, 0]
    fresh = np.float32(np.sqrt(1 - persistence**2))
    for t in range(1, innovations.shape[1]):
        out[:, t] = np.float32(persistence) * out[:, t - 1] + fresh * innovations[:, t]
    out *= np.float32(sd)
    return out


def _shocks(p: Parameters, innovations: Floats) -> Floats:
    sd, persistence = p["shock.village_year_sd"], p["shock.village_year_persistence"]
    return autoregressive(innovations, persistence, sd)[:, 1:]


def _of_places(seed: int, stream: str, place: Integers, sd: float) -> NDArray[np.float64]:
    numbers, inverse = np.unique(place, return_inverse=True)
    values = np.array([generator(seed, stream, int(n)).standard_normal() for n in numbers])
    out: NDArray[np.float64] = values[inverse] * sd
    return out


def _offers(p: Parameters, level: Floats, u: dict[str, Floats]) -> Integers:
    """Which models from which year: a first one for the villages offered, a second one for some, a year later."""
    logit = np.log((1 - p["offer.untouched"]) / max(p["offer.untouched"], 1e-9))
    if p.text("assignment.rule") == "choice":
        logit = logit + p["offer.targeting"] * level.astype(np.float64)
    touched = u["offer"] < 1 / (1 + np.exp(-logit))
    first = np.minimum((u["model"] * 3).astype(np.int64), 2)
    years = p.array("offer.first_years").astype(np.int64)
    start = np.zeros(len(level), dtype=np.int64)
    for m, model in enumerate(MODELS):
        shares = p.array(f"offer.{model}_start")
        steps = np.cumsum(shares / shares.sum())[:-1]
        start = np.where(first == m, years[np.searchsorted(steps, u["start"], side="right")], start)
    offers = np.zeros((len(level), len(MODELS)), dtype=np.int64)
    rows = np.arange(len(level))
    offers[rows, first] = np.where(touched, start, 0)
    second = (first + 1 + (u["second_model"] < 0.5)) % len(MODELS)
    more = touched & (u["second"] < p["offer.second_model"])
    offers[rows, second] = np.where(more, start + 1, 0)
    return offers
