"""Households: who lives there, what they own, who is registered as poor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.parameters import Parameters
from bangfu.simulation.streams import Columns, Floats, normals, uniforms
from bangfu.simulation.villages import YEARS, Integers, Villages, autoregressive

T = len(YEARS)

NORMALS = Columns(
    {
        "age": 1, "schooling": 1, "land": 1, "permanent": 1, "trend": 1, "targeting": 1, "property": 1, "transfer": 1, "gain": 3,
        "shock": T + 2, "farm": T, "error": T + 1, "consumption": T,
    }
)  # fmt: skip
CHANCES = Columns(
    {
        "female": 1, "ill": 1, "members": 1, "labour": 1, "migrant": 1, "failure": 3, "split": 1, "late": T, "leaves": T, "joins": T, "loss": T, "exit": T,
        "take_up": 3 * T, "left": T, "absent": T, "heap": T, "height": T, "support": 3, "contract": 3, "wage_work": 1, "property": 1,
    }
)  # fmt: skip

NO_LABOUR, MIGRANT, FARM = 0, 1, 2
"""What a household lives on."""


@dataclass(frozen=True, slots=True)
class Households:
    """Households of a run of villages, ordered by village and place in it.

    Attributes
    ----------
    village : int array, shape (households,)
        Index into the run of villages.
    place : int array, shape (households,)
        j, counted from 0; of an offshoot, that of the household it left.
    born : int array, shape (households,)
        The year in which it split off; 0 for others.
    age : int array
        Of the head in 2014.
    female, ill : bool array
    schooling, labour, kind : int array
        Years; able members; what it lives on.
    land : float array
        Mu.
    members : int array, shape (households, years)
    permanent : float array
        Log normal income, place apart.
    trend : float array
        Log a year, own.
    ageing : float array, shape (households, years)
    shock : float array, shape (households, years + 1)
        Transitory log shock, from the year before the first.
    labour_score, land_score, level_score : float array
        About standard normal: labour share, log land, permanent income.
    registered_from : int array
        0 for never.
    z, u : dict
        The draws by purpose.
    """

    village: Integers
    place: Integers
    born: Integers
    age: Integers
    female: NDArray[np.bool_]
    ill: NDArray[np.bool_]
    schooling: Integers
    labour: Integers
    kind: Integers
    land: Floats
    members: Integers
    permanent: Floats
    trend: Floats
    ageing: Floats
    shock: Floats
    labour_score: Floats
    land_score: Floats
    level_score: Floats
    registered_from: Integers
    z: dict[str, Floats]
    u: dict[str, Floats]


def households(p: Parameters, seed: int, v: Villages, size: int) -> Households:
    """The first ``size`` households of each village, and the offshoots of those that split."""
    count = len(v.number)
    numbers = v.number.tolist()
    normal = normals(seed, "household", numbers, [size] * count, NORMALS)
    chance = uniforms(seed, "household_chance", numbers, [size] * count, CHANCES)
    village = np.repeat(np.arange(count), size)
    place = np.tile(np.arange(size), count)
    born, parent = _splits(p, chance, normal)
    per_village = np.bincount(village[parent], minlength=count).tolist()
    normal = np.concatenate([normal, normals(seed, "offshoot", numbers, per_village, NORMALS)])
    chance = np.concatenate([chance, uniforms(seed, "offshoot_chance", numbers, per_village, CHANCES)])
    z, u = NORMALS.cut(normal), CHANCES.cut(chance)
    n = len(village)
    # an offshoot keeps some of what its household was
    z["permanent"][n:] = 0.7 * z["permanent"][parent] + 0.714 * z["permanent"][n:]
    z["age"][n:] = np.minimum(z["age"][n:] - 1.5, 0)
    village, place = np.concatenate([village, village[parent]]), np.concatenate([place, place[parent]])
    started = np.concatenate([np.zeros(n, np.int64), born[parent]])
    members = _members(p, z, u)
    gone = np.concatenate([born, np.zeros(len(parent), np.int64)])
    members -= np.where((gone[:, None] > 0) & (gone[:, None] <= np.array(YEARS)), 2, 0)
    np.maximum(members, 1, out=members)
    return _completed(p, v, village, place, started, members, z, u)


def _head_age(p: Parameters, normal: Floats) -> Integers:
    age = np.rint(p["household.head_age_mean"] + p["household.head_age_sd"] * normal)
    out: Integers = np.clip(age, 22, 88).astype(np.int64)
    return out


def _size_at_first(p: Parameters, age: Integers, chance: Floats) -> Integers:
    old = age >= p["household.old_age"]
    out = np.empty(len(age), dtype=np.int64)
    for is_old, name in ((False, "household.members"), (True, "household.members_old")):
        shares = p.array(name)
        here = old == is_old
        out[here] = 1 + np.searchsorted(np.cumsum(shares / shares.sum())[:-1], chance[here], side="right")
    return out


def _splits(p: Parameters, chance: Floats, normal: Floats) -> tuple[Integers, Integers]:
    """The year in which each household splits (0 for never), and which ones do."""
    z, u = NORMALS.cut(normal), CHANCES.cut(chance)
    size = _size_at_first(p, _head_age(p, z["age"]), u["members"])
    yearly = p["household.split"]
    # geometric waiting time from 2015 on
    wait = np.floor(np.log1p(-u["split"].astype(np.float64)) / np.log1p(-max(yearly, 1e-12)))
    year = np.where(wait < T - 1, YEARS[1] + np.minimum(wait, T), 0).astype(np.int64)
    born = np.where((size >= 4) & (yearly > 0), year, 0)
    return born, np.flatnonzero(born)


def _members(p: Parameters, z: dict[str, Floats], u: dict[str, Floats]) -> Integers:
    first = _size_at_first(p, _head_age(p, z["age"]), u["members"])
    moves: Integers = (u["joins"] < p["household.member_joins"]).astype(np.int64) - (
        u["leaves"] < p["household.member_leaves"]
    )
    moves[:, 0] = 0
    out: Integers = np.maximum(first[:, None] + np.cumsum(moves, axis=1), 1)
    return out


def _completed(
    p: Parameters,
    v: Villages,
    village: Integers,
    place: Integers,
    born: Integers,
    members: Integers,
    z: dict[str, Floats],
    u: dict[str, Floats],
) -> Households:
    age = _head_age(p, z["age"])
    old = age >= p["household.old_age"]
    ill = u["ill"] < np.where(old, p["household.ill_old"], p["household.ill"])
    years = p["household.schooling_mean"] + p["household.schooling_by_age"] * (age - 50)
    years = years + p["household.schooling_sd"] * z["schooling"]
    schooling: Integers = np.clip(np.rint(years), 0, 16).astype(np.int64)
    first = members[:, 0]
    able = np.rint(first * (0.35 + 0.5 * u["labour"])) - ill - np.where(old, 1, 0)
    labour = np.clip(able, np.where(old | ill, 0, 1), first).astype(np.int64)
    migrant: NDArray[np.bool_] = u["migrant"] < p["household.migrant"]
    kind = np.where(labour == 0, NO_LABOUR, np.where(migrant, MIGRANT, FARM))
    land_score = (0.5 * v.land[village] + 0.866 * z["land"]).astype(np.float32)
    sd = p["household.land_sd"]
    land = (p["household.land_mean"] * np.exp(sd * land_score - sd**2 / 2)).astype(np.float32)
    share = (labour / first).astype(np.float32)
    labour_score = ((share - 0.5) / 0.27).astype(np.float32)
    facts = p["permanent.by_schooling"] * (schooling - 7) + p["permanent.by_labour"] * (share - 0.5)
    facts = facts + p["permanent.by_illness"] * (ill - 0.15) + p["permanent.by_land"] * sd * land_score
    own = p["permanent.household_sd"] * z["permanent"]
    permanent = (own + facts).astype(np.float32)
    ages = age[:, None] + np.arange(T)
    ageing = p["permanent.by_ageing"] * np.clip(ages - p["household.old_age"], 0, 15)
    spread = float(np.hypot(p["permanent.household_sd"], 0.15))
    shock = autoregressive(z["shock"], p["shock.persistence"], p["shock.sd"])[:, 1:]
    level = v.permanent[village] + permanent + ageing[:, 0]
    return Households(
        village, place, born, age, u["female"] < p["household.head_female"], ill, schooling, labour,
        kind.astype(np.int64), land, members, permanent, (p["permanent.trend_sd"] * z["trend"]).astype(np.float32),
        ageing.astype(np.float32), shock, labour_score, land_score, (permanent / max(spread, 1e-9)).astype(np.float32),
        _registered(p, level, shock, born, first, labour, ill, z, u), z, u,
    )  # fmt: skip


def _registered(
    p: Parameters,
    level: Floats,
    shock: Floats,
    born: Integers,
    members: Integers,
    labour: Integers,
    ill: NDArray[np.bool_],
    z: dict[str, Floats],
    u: dict[str, Floats],
) -> Integers:
    """From 2014 for those below the threshold, as far as targeting saw; later for some who were near it."""
    seen = (
        level + p["registration.noise_sd"] * z["targeting"] + p["registration.by_no_labour"] * (labour == 0)
    )
    seen = seen + p["registration.by_illness"] * ill + p["registration.by_member"] * (members - 3)
    low = seen < p["registration.threshold"]
    out = np.where(low, YEARS[0], 0).astype(np.int64)
    near = level < p["registration.threshold"] + 0.4
    for t in (3, 2, 1):
        late = ~low & near & (shock[:, t] < 0) & (u["late"][:, t] < p["registration.late"])
        out = np.where(late, YEARS[t], out)
    return np.where(out > 0, np.maximum(out, born), 0)
