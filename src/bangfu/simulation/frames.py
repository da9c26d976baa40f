"""The invented world as the tables of a register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.simulation.households import Households
from bangfu.simulation.truth import arm_text, arms
from bangfu.simulation.villages import MODELS, YEARS, Integers, first_year
from bangfu.simulation.world import World

SOURCES = ("income_wage", "income_business", "income_property", "income_transfer")
STEMS = "甲乙丙丁戊己庚辛壬癸"
"""Counties are named after the heavenly stems, 模拟县甲 and so on; later ones are numbered."""

_YEARS = np.array(YEARS)


def county_name(number: int) -> str:
    """A county's invented name."""
    return f"模拟县{STEMS[number]}" if number < len(STEMS) else f"模拟县{number + 1:03d}"


def village_name(number: int) -> str:
    """A village's invented name.

    >>> village_name(16)
    '模拟村017'
    """
    return f"模拟村{number + 1:03d}"


def village_id(number: int) -> str:
    """A village's identifier, the same in register and campaign."""
    return f"V{number + 1:03d}"


def township_id(number: int) -> str:
    """A township's identifier."""
    return f"T{number + 1:03d}"


def county_id(number: int) -> str:
    """A county's identifier."""
    return f"C{number + 1:02d}"


def identifiers(w: World, text: bool) -> NDArray[np.int64] | NDArray[np.object_]:
    """Household identifiers, shape (households,): text like V017-003 (V017-003b split off), or whole numbers."""
    h, number = w.households, w.villages.number[w.households.village]
    if not text:
        return (number + 1) * 1_000_000 + h.place * 2 + (h.born > 0)
    names = np.array([village_id(int(n)) for n in w.villages.number], dtype=object)
    ends = np.where(h.born > 0, "b", "")
    parts = zip(names[h.village], h.place + 1, ends, strict=True)
    return np.array([f"{a}-{b:03d}{c}" for a, b, c in parts], dtype=object)


def order(h: Households) -> Integers:
    """Households by village and place, offshoots after the household they left."""
    out: Integers = np.lexsort((h.born, h.place, h.village))
    return out


def household_table(w: World, text: bool) -> pd.DataFrame:
    """The table ``households``, with the columns ``exited_in`` and the names of places besides."""
    h, v = w.households, w.villages
    rows = order(h)
    known = np.argmax(w.seen, axis=1)
    number = v.number[h.village]
    township, county = v.township[h.village], v.county[h.village]
    columns = {
        "household_id": identifiers(w, text),
        "village_id": _labels(number, village_id, text),
        "township_id": _labels(township, township_id, text),
        "county_id": _labels(county, county_id, text),
        "observed_year": np.where(w.seen.any(axis=1), _YEARS[known], np.maximum(h.born, YEARS[0])),
        "head_birth_year": YEARS[0] - h.age,
        "head_female": h.female,
        "head_schooling": h.schooling,
        "labour": np.minimum(h.labour, h.members[np.arange(len(known)), known]),
        "members": h.members[np.arange(len(known)), known],
        "ill_or_disabled": h.ill.astype(np.int64),
        "land_mu": np.round(h.land.astype(np.float64), 1),
        "registered_from": h.registered_from,
        "exited_in": w.exited,
    }
    frame = pd.DataFrame(columns).iloc[rows].reset_index(drop=True)
    for name in (
        "observed_year",
        "head_birth_year",
        "head_schooling",
        "labour",
        "members",
        "ill_or_disabled",
    ):
        frame[name] = frame[name].astype(np.int16)
    for name in ("registered_from", "exited_in"):
        frame[name] = frame[name].astype("Int16").where(frame[name] > 0)
    if text:
        frame["village_name"] = _labels(number[rows], village_name, True)
        frame["county_name"] = _labels(county[rows], county_name, True)
    return frame


def income_table(w: World, text: bool) -> pd.DataFrame:
    """The table ``incomes``: whole yuan of the household, what was seen only."""
    rows = order(w.households)
    seen = w.seen[rows]
    place, year = np.nonzero(seen)
    members = w.households.members[rows][seen]
    frame = pd.DataFrame(
        {
            "household_id": identifiers(w, text)[rows][place],
            "year": _YEARS[year].astype(np.int16),
            "members": members.astype(np.int16),
        }
    )
    yuan = [np.rint(w.recorded[s][rows][seen] * members).astype(np.int32) for s in range(4)]
    for name, value in zip(SOURCES, yuan, strict=True):
        frame[name] = value
    frame["income_total"] = sum(yuan).astype(np.int32)  # type: ignore[union-attr]
    frame["consumption"] = np.rint(w.consumption[rows][seen] * members).astype(np.int32)
    return frame


def participation_table(w: World, text: bool) -> pd.DataFrame:
    """The table ``participation``; an enterprise's contract that failed ends the year after it began."""
    h = w.households
    rows = order(h)
    joined = w.joined[rows]
    place, model = np.nonzero(joined)
    typical = np.array([3000.0, 2000.0, 4000.0])
    start = joined[place, model]
    ended = w.failed[rows][place, model] & (start < YEARS[-1])
    support = typical[model] * (0.6 + 0.8 * h.u["support"][rows][place, model])
    return pd.DataFrame(
        {
            "household_id": identifiers(w, text)[rows][place],
            "model": np.array(MODELS, dtype=object)[model],
            "from_year": start.astype(np.int16),
            "to_year": pd.Series(np.where(ended, start + 1, 0), dtype="Int16").where(ended),
            "support_yuan": (np.rint(support / 100) * 100).astype(np.int32),
            "contract": (model == MODELS.index("enterprise")) & (h.u["contract"][rows][place, model] < 0.8),
        }
    )


def counterfactual_table(w: World, text: bool) -> pd.DataFrame:
    """What joiners had and would have had: one row per joining household and year, yuan per head, current prices.

    ``wage``, ``business``, ``property``, ``transfer`` as they were, with ``_without`` as they would have been without any
    model, with ``_recorded`` and ``_recorded_without`` the same as recorded; ``arm`` before joining is the first one's.
    """
    rows = order(w.households)
    joiners = rows[np.isin(rows, w.joiners)]
    joined = w.joined[joiners]
    shape = (len(joiners), len(YEARS))
    here = np.broadcast_to(w.households.born[joiners][:, None] <= _YEARS, shape)
    names = np.array([arm_text(m) for m in range(1 << len(MODELS))], dtype=object)
    cohort = first_year(joined)
    columns = {
        "household_id": np.broadcast_to(identifiers(w, text)[joiners][:, None], shape)[here],
        "year": np.broadcast_to(_YEARS.astype(np.int16), shape)[here],
        "arm": names[arms(joined)][here],
        "cohort": np.broadcast_to(cohort[:, None], shape)[here].astype(np.int16),
        "seen": w.seen[joiners][here],
    }
    incomes = {
        "": w.true,
        "_without": w.true_without,
        "_recorded": w.recorded,
        "_recorded_without": w.recorded_without,
    }
    for suffix, values in incomes.items():
        for source, value in zip(SOURCES, values, strict=True):
            columns[source.removeprefix("income_") + suffix] = np.round(value[joiners][here], 1)
    return pd.DataFrame(columns)


def _labels(numbers: Integers, name: Callable[[int], str], text: bool) -> NDArray[Any]:
    if not text:
        return numbers + 1
    distinct, inverse = np.unique(numbers, return_inverse=True)
    return np.array([name(int(n)) for n in distinct], dtype=object)[inverse]
