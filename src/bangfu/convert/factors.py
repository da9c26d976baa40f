"""What amounts of a column are multiplied by: the mapping's unit and the file's own must agree, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator

from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.mapping import Mapping, Variable
from bangfu.convert.schema import AMOUNTS, UNITS
from bangfu.convert.units import (
    AREA,
    FOREIGN,
    MONEY,
    Unit,
    part_of_year,
    part_of_year_above,
    per_head,
    unknown,
)

_AREAS = ("mu", "亩", "hectare", "公顷")


def dimension(v: Variable, mapping: Mapping) -> str:
    """What a variable measures: "money", "area", or "" where units do not matter."""
    paid = {p.support_yuan for p in mapping.participation} | {"consumption"}
    if v.name.startswith("income_") or v.name in paid:
        return MONEY
    return AREA if v.name == "land_mu" or v.unit in _AREAS else MONEY if v.unit else ""


def factor(columns: Columns, v: Variable, source: str) -> float:
    """Factor to yuan or mu: the mapping's unit, else that of the column, else that of the title line, else 1."""
    if v.unit or not dimension(v, columns.mapping):
        return UNITS.get(v.unit, 1.0)
    stated = _stated(columns, v, source)
    return stated[0].factor if stated else 1.0


def check(columns: Columns, faults: Faults) -> None:
    """Faults where units disagree, or where one column states a unit and the next one none."""
    said: dict[tuple[str, str], list[Unit]] = {}
    for v in columns.spec.variables:
        if not (kind := dimension(v, columns.mapping)):
            continue
        if v.expression and not v.unit:
            _check_expression(columns, v, kind, faults)
        for source in _columns(columns, v):
            _check_header(columns, v, source, kind, faults)
            more = _conflict(columns, v, source, kind)
            if more:
                faults.say(columns.opened.name, "unit_conflict", source, more=more)
            elif kind == MONEY:
                said[v.name, source] = _stated(columns, v, source)
    odd = next((u for units in said.values() for u in units if u.factor != 1), None)
    settled = {v.name for v in columns.spec.variables if v.unit}
    for (name, source), units in said.items():
        if odd and not units and name not in settled:
            faults.say(columns.opened.name, "unit_needed", source, more=odd.word)


def _check_header(columns: Columns, v: Variable, source: str, kind: str, faults: Faults) -> None:
    """A unit that is not known, or less than a year, in a header that is taken as it stands."""
    texts = [source, columns.opened.titles.get(source, "")]
    if kind == MONEY and not v.unit and (odd := next(filter(None, map(unknown, texts)), "")):
        faults.say(columns.opened.name, "unit_unknown", source, more=odd)
    partly = [*map(part_of_year, texts), *map(part_of_year_above, columns.opened.above)]
    if kind == MONEY and v.name in AMOUNTS and (part := next(filter(None, partly), "")):
        faults.say(columns.opened.name, "part_of_year", source, more=part)


def against(columns: Columns, unit: Unit) -> list[str]:
    """The columns that are read in another unit than a line of the sheet states, where the mapping does not settle it."""
    out = []
    for v in columns.spec.variables:
        kind = dimension(v, columns.mapping)
        if not kind or v.unit or (unit.what != kind and not (unit.what == FOREIGN and kind == MONEY)):
            continue
        read = {source: factor(columns, v, source) for source in _columns(columns, v)}
        read |= {v.name: 1.0} if v.expression else {}
        out += [source for source, by in read.items() if by != unit.factor or unit.what == FOREIGN]
    return list(dict.fromkeys(out))


def _columns(columns: Columns, v: Variable) -> Iterator[str]:
    """The columns of the file that a variable comes from, over the years."""
    seen = set[str]()
    for year in columns.years:
        here = [s for s in columns.sources(v, year) if s in columns.opened.headers]
        seen |= set(here[:1])
    yield from sorted(seen)


def _stated(columns: Columns, v: Variable, source: str) -> list[Unit]:
    kind = dimension(v, columns.mapping)
    own = columns.opened.units.get(source, [])
    return own or [u for u in columns.opened.title_units if u.what == kind]


def _conflict(columns: Columns, v: Variable, source: str, kind: str) -> str:
    """What disagrees; empty where nothing does."""
    own = columns.opened.units.get(source, [])
    title = [] if v.unit else [u for u in columns.opened.title_units if u.what == kind]
    other = [u.word for u in own if u.what != kind]
    words = list(dict.fromkeys([*(u.word for u in own + title), *([f"unit = {v.unit}"] if v.unit else [])]))
    found = {u.factor for u in own + title} | ({UNITS[v.unit]} if v.unit else set())
    if other or len(found) > 1:
        return " <> ".join(words) if len(words) > 1 else f"{', '.join(other)} ({kind})"
    per = {p for u in own for p in u.per}
    if "head" in per or per_head(source) or per_head(columns.opened.titles.get(source, "")):
        return "" if v.per_head else f'{source} <> per = ["head"]'
    for period, times in (("month", 12.0), ("quarter", 4.0)):
        if period in per and v.factor != times:
            return f'{source} <> per = ["{period}"]'
    return ""


def _check_expression(columns: Columns, v: Variable, kind: str, faults: Faults) -> None:
    """An expression of columns in 万元 must say in its own `unit` what it gives."""
    own = {o.name: o for o in columns.spec.variables}
    for year in columns.years[:1]:
        for name in columns.names(v.expression, year):
            helper = own.get(name)
            if helper and (helper.unit or dimension(helper, columns.mapping)):
                continue
            for source in _columns(columns, helper) if helper else [name]:
                odd = [u.word for u in _stated(columns, v, source) if u.what == kind and u.factor != 1]
                if odd and source in columns.opened.headers:
                    faults.say(columns.opened.name, "unit_needed", v.name, more=f"{source}: {odd[0]}")
