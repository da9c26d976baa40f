"""Places: every one lies in a place above it, and its codes are of its level and of the place that it lies in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from bangfu.campaign.faulty import fault
from bangfu.errors import Fault

_LEVELS = ("province", "prefecture", "county", "township", "village")
_CODES = ("county_code", "township_code", "village_code")


def places_faults(places: pd.DataFrame) -> Iterator[Fault]:
    """Every fault between the cells of places."""
    rows = places.to_dict("records")
    known = {row["place_id"]: row for row in rows}
    for number, row in enumerate(rows, start=1):
        yield from _circle(row, known, number)
        yield from _level(row, number)
        if row["parent_id"] is not None:
            yield from _within(row, known[row["parent_id"]], number)


def _circle(row: Mapping[Any, Any], known: Mapping[str, Mapping[Any, Any]], number: int) -> Iterator[Fault]:
    """Going up from a place ends at a place that lies in no other."""
    place, seen, above = row["place_id"], {row["place_id"]}, row["parent_id"]
    while above is not None and above not in seen:
        seen.add(above)
        above = known[above]["parent_id"]
    if above == place:
        words = (
            "parent_id is circular: the place contains itself; correct it",
            "上级地点出现循环引用,请改正 parent_id",
        )
        yield fault("places", "no_circle", words, "parent_id", number, row["parent_id"])


def _level(row: Mapping[Any, Any], number: int) -> Iterator[Fault]:
    """A code is of the place's level: provinces end in 0000, prefectures in 00, counties in neither."""
    level, county = row["level"], row["county_code"]
    if county is not None and level in _LEVELS:
        of = "province" if county.endswith("0000") else "prefecture" if county.endswith("00") else "county"
        fits = of == level if level in _LEVELS[:3] else of != "province"
        if not fits:
            en = f"the code of a {of}, but the level is {level}; correct one of them"
            zh = "代码与层级不符(省级代码以0000结尾,地级以00结尾),请改正"
            yield fault("places", "code_of_level", (en, zh), "county_code", number, county)
    for column, lowest in (("township_code", "township"), ("village_code", "village")):
        if row[column] is not None and level in _LEVELS[: _LEVELS.index(lowest)]:
            words = f"a {level} has no {column}; correct it or the level", f"该层级没有 {column},请改正"
            yield fault("places", "code_of_level", words, column, number, row[column])
    for short, long in pairwise(_CODES):
        if row[short] is not None and row[long] is not None and not row[long].startswith(row[short]):
            words = (
                f"does not begin with {short} {row[short]}; correct one of them",
                f"不以 {short} 开头,请改正",
            )
            yield fault("places", "code_within", words, long, number, row[long])
    village = row["village_code"]
    if row["township_code"] is None and None not in (county, village) and not village.startswith(county):
        words = (
            f"does not begin with county_code {county}; correct one of them",
            "不以 county_code 开头,请改正",
        )
        yield fault("places", "code_within", words, "village_code", number, village)


def _within(row: Mapping[Any, Any], parent: Mapping[Any, Any], number: int) -> Iterator[Fault]:
    """A place lies in one of a higher level, whose codes its own codes begin with."""
    level, above = row["level"], parent["level"]
    if level in _LEVELS and above in _LEVELS and _LEVELS.index(above) >= _LEVELS.index(level):
        words = (
            f"a {level} cannot lie in a {above}; correct parent_id or level",
            "上级地点的层级应更高,请改正",
        )
        yield fault("places", "parent_above", words, "parent_id", number, row["parent_id"])
        return
    for column in _CODES:
        own, wider = row[column], parent[column]
        if column == "county_code" and wider is not None:
            wider = wider[: {"province": 2, "prefecture": 4}.get(above, 6)]
        if own is not None and wider is not None and not own.startswith(wider):
            words = (
                f"is not within {parent['name_zh'] or parent['place_id']} ({column} {parent[column]}); correct one of them",
                f"不在上级地点({parent[column]})之内,请改正",
            )
            yield fault("places", "code_within", words, column, number, own)
