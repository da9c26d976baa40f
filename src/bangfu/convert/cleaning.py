"""Rows that are no households: empty ones, totals, repeated headers; and cells below a merged one."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from bangfu.convert.mapping import FileSpec
from bangfu.convert.report import ConvertReport
from bangfu.convert.values import cell_text, header

_TOTALS = re.compile(r"合计|总计|小计|共计|累计|total|sum", re.IGNORECASE)
_PLACES = ("household_id", "village_id", "township_id", "county_id")


def clean(
    chunk: pd.DataFrame, spec: FileSpec, file: str, report: ConvertReport, carried: dict[str, Any]
) -> pd.DataFrame:
    """The rows that may be households, every other one counted.

    Parameters
    ----------
    carried : dict
        The last value of every column that is filled down, from chunk to chunk; changed in place.
    """
    blank = pd.Series(chunk.attrs.pop("blank", False), index=chunk.index, dtype=bool)
    chunk = _without(chunk, blank, file, "blank_row", report)
    sources = [s for v in spec.variables if v.name in _PLACES for s in v.sources]
    places = [
        c
        for c in dict.fromkeys([*sources, *spec.fill_down])
        if c in chunk and not pd.api.types.is_numeric_dtype(chunk[c])
    ]
    if places:
        texts = chunk[places].map(lambda v: header(v).strip(":") if isinstance(v, str) else "")
        repeats = (texts == pd.Series(places, index=places)).any(axis=1)
        totals = texts.map(lambda t: bool(_TOTALS.fullmatch(t))).any(axis=1)
        chunk = _without(chunk, repeats, file, "repeated_header", report)
        chunk = _without(chunk, totals.reindex(chunk.index), file, "total_row", report)
    chunk = chunk.copy()
    for name in spec.fill_down:
        cells = chunk[name].where(chunk[name].map(cell_text).notna(), None)
        if len(cells) and cell_text(cells.iloc[0]) is None:
            cells.iloc[0] = carried.get(name)
        chunk[name] = cells.ffill()
        carried[name] = chunk[name].iloc[-1] if len(chunk) else carried.get(name)
    return chunk


def _without(
    frame: pd.DataFrame, out: pd.Series[bool], file: str, rule: str, report: ConvertReport
) -> pd.DataFrame:
    report.drop(file, rule, int(out.sum()))
    return frame[~out.astype(bool)]
