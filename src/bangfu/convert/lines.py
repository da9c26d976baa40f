"""Lines inside a sheet that are no rows of it: the header repeated, another header, a unit stated below."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from bangfu.convert import factors
from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.headers import guess
from bangfu.convert.reading import SHEET
from bangfu.convert.schema import AMOUNTS
from bangfu.convert.units import MONEY, of_note, parse
from bangfu.convert.values import header

_NUMBERS = AMOUNTS | {"members", "land_mu"}
_WORDS = re.compile(r"[^\W\d_]{2}")
_UNITS = re.compile(r"单位|元|thousand|million|10,?000|dollar", re.IGNORECASE)


def headers(chunk: pd.DataFrame, columns: Columns, faults: Faults) -> pd.Series[bool]:
    """Rows that are a header: of their own column, or of one that is read as numbers.

    One that says anything else than the header above it (another unit, another order) is a fault: nobody knows what the
    rows below it are.
    """
    opened, amounts = columns.opened, _counted(columns)
    own = {*columns.needed(), *columns.label_columns()}
    ids, places = columns.identifying()
    hit = pd.Series(False, index=chunk.index)
    for name in map(str, chunk):
        if name in own and not pd.api.types.is_numeric_dtype(chunk[name]):
            at = opened.headers.index(name)
            known = {name, *(line[at] for line in opened.lines if at < len(line) and line[at])}
            named = name in ids or name in places or name in columns.spec.fill_down
            if named or name in amounts:
                found = [isinstance(v, str) and _heads(v, known, not named) for v in chunk[name]]
                hit |= pd.Series(found, index=chunk.index)
    differ = [int(str(n)) for n, row in chunk[hit].iterrows() if not _repeats(row, columns)]
    if differ:
        faults.say(opened.name, "header_changes", "", differ, len(differ))
    return hit


def _counted(columns: Columns) -> set[str]:
    """The columns of amounts and counts, where a text is none."""
    made = [v for v in columns.spec.variables if v.name in _NUMBERS]
    return {
        c
        for y in columns.years
        for v in made
        for c in (*columns.sources(v, y), *columns.names(v.expression, y))
    }


def _heads(cell: str, known: set[str], amount: bool) -> bool:
    """Whether a cell is a header; a text among amounts may be the header of another table."""
    if not amount:
        return cell.strip()[:1] in {k[:1] for k in known} and header(cell).strip(":") in known
    if not _WORDS.search(cell) and cell.strip() != "元":
        return False
    text = header(cell)
    unit = parse(text)
    return (
        text in known
        or (unit is not None and unit.what == MONEY)
        or ((found := guess(text)) is not None and found.name in _NUMBERS)
    )


def _repeats(row: pd.Series[Any], columns: Columns) -> bool:
    """Whether every text of the row stands above in its own column."""
    opened = columns.opened
    for name, cell in row.drop(SHEET, errors="ignore").items():
        text, at = header("" if pd.isna(cell) else cell), opened.headers.index(str(name))
        above = {str(name), *(line[at] for line in opened.lines if at < len(line))}
        if text and text.strip(":") not in above and str(name) in columns.wanted():
            return False
    return True


def notes(
    chunk: pd.DataFrame, alone: Mapping[int, list[str]], columns: Columns, faults: Faults
) -> pd.Series[bool]:
    """Rows that only state a unit, or repeat a title; one that states another unit than the amounts are read in is a fault."""
    above = {header(t) for t in columns.opened.above}
    gone = []
    for number, texts in alone.items():
        said = [u for t in texts if _UNITS.search(t) for u in of_note(t)]
        for unit in said:
            if wrong := factors.against(columns, unit):
                faults.say(columns.opened.name, "unit_below", ", ".join(wrong[:3]), [number], 1, unit.word)
        if said or all(header(t) in above for t in texts):
            gone.append(number)
    return pd.Series(chunk.index.isin(gone), index=chunk.index)
