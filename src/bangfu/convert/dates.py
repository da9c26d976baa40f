"""Years from a date as offices write it: 2017年5月, 17.5, 42736, 二〇一七年下半年; never a guess between two years."""

from __future__ import annotations

import datetime
import functools
import re
from typing import Any

import pandas as pd

from bangfu.convert.values import cell_text, header

SERIAL, SHORT = "serial", "short"
"""How a year was read, where it is worth a note: from a spreadsheet's day count, from two digits."""
SEVERAL, EITHER, UNREADABLE = "several", "either", "unreadable"
"""Why none was read: several years, two ways to read it, no date."""

_Y, _M, _D = "(?P<y>(?:19|20)\\d\\d)", "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12]\\d|3[01])"
_PART = r"(?:年?[初中底末]|年?[上下]半年|年?[春夏秋冬][季天]?|年?第?[1-4]季度?|年度|年)"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_LONG = [
    f"{_Y}{_PART}?",
    f"{_Y}[-/.年]{_M}月?(?:份|[初中底末]|[上中下]旬)?",
    f"{_Y}[-/.年]{_M}[-/.月]{_D}[日号]?",
    f"{_Y}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])?",
    f"{_Y}[mqh]\\d{{1,2}}",
    f"(?:{_D}[-/.])?{_M}[-/.]{_Y}",
    f"{_M}[-/.]{_D}[-/.]{_Y}",
    f"(?:{_D}[-/.]?)?{_MONTH}[-/.,]?{_Y}",
    f"{_MONTH}{_D},{_Y}",
]
_SHORT = [
    f"(?P<y>\\d\\d){_PART}",
    f"(?P<y>\\d\\d)年{_M}月?(?:份|[初中底末]|[上中下]旬)?",
    f"(?P<y>\\d\\d)年{_M}月{_D}[日号]?",
    f"(?P<y>\\d\\d)\\.{_M}(?P<day>\\.{_D})?",
]
_AROUND = r"[自从于]?(?:{})(?:起|开始|以来)?(?:参加|加入|参与|入社)?"
_LONG_DATES = [re.compile(_AROUND.format(p)) for p in _LONG]
_SHORT_DATES = [re.compile(_AROUND.format(p)) for p in _SHORT]
_TIME = re.compile(r"(?<=\d)[ t]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?z?$")
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_JOINT = r"[-—–~〜至到、,/和及.]+"
_SPAN = re.compile(rf"(?:(?:19|20)\d\d年?{_JOINT}\d\d年?|\d\d年?{_JOINT}\d\d年)")
_PARTS = re.compile(r"半年|季|[hq]\d|月?[-—–~至到]\d{1,2}月")
_TENS = re.compile("([一二三四五六七八九])?十([一二三四五六七八九])?")
_DIGITS = str.maketrans("〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "000123456789123456789")
_FIRST, _LAST = 29_221, 73_415
"""Day counts of a spreadsheet: 1980-01-01 and 2100-12-31."""
_MAC = 1_462
"""Days between the two counts of spreadsheets, from 1900 and from 1904."""


def years(column: pd.Series[Any]) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Years written with four digits: 2017, 2017年5月, 2017-05-08, 20170508, a date cell."""
    values, how = dates(column)
    good = how == ""
    return values.where(good), ~good


def dates(column: pd.Series[Any], mac: bool = False) -> tuple[pd.Series[float], pd.Series[str]]:
    """Years of dates, two-digit ones and a spreadsheet's day counts included.

    Parameters
    ----------
    mac : bool
        Whether the workbook counts its days from 1904.

    Returns
    -------
    values : Series of float, missing where empty or unreadable
    how : Series of str
        Empty for a plain or an empty cell; ``SERIAL`` or ``SHORT`` where read so; else why it was not read.
    """
    read = [_read(value, mac) for value in column]
    values = pd.Series([r[0] for r in read], index=column.index, dtype="float64")
    return values, pd.Series([r[1] for r in read], index=column.index, dtype=object)


def parts(column: pd.Series[Any]) -> pd.Series[bool]:
    """Which cells name a part of a year (2017年上半年, 2017Q3, 2017年1-6月), of which no year's incomes come."""
    hits = [isinstance(v, str) and bool(_PARTS.search(header(v).lower())) for v in column]
    return pd.Series(hits, index=column.index, dtype=bool)


def _read(value: Any, mac: bool) -> tuple[float | None, str]:
    if isinstance(value, datetime.date) and value is not pd.NaT:
        return float(value.year), ""
    text = cell_text(value)
    return _of_text(text, mac) if text is not None else (None, "")


@functools.lru_cache(maxsize=100_000)
def _of_text(text: str, mac: bool) -> tuple[float | None, str]:
    text = header(_TIME.sub("", text.lower())).replace("元月", "1月")
    text = _TENS.sub(_ten, text).translate(_DIGITS)
    text = re.sub(r"^(\d+)\.0+$", r"\1", text)
    if any(found := [m for p in _LONG_DATES if (m := p.fullmatch(text))]):
        return float(found[0]["y"]), ""
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        days = float(text) + _MAC * mac
        if _FIRST <= days < _LAST + 1:
            return float((datetime.date(1899, 12, 30) + datetime.timedelta(int(days))).year), SERIAL
    if len(_YEARS.findall(text)) > 1 or _SPAN.fullmatch(text):
        return None, SEVERAL
    if any(found := [m for p in _SHORT_DATES if (m := p.fullmatch(text))]):
        return _short(found[0], "." in text)
    return None, UNREADABLE


def _short(found: re.Match[str], dotted: bool) -> tuple[float | None, str]:
    """Two digits of a year; 12.5 may be the fifth of December, and 65 is of no certain century."""
    year = int(found["y"])
    if 50 <= year < 80 or (dotted and year <= 12 and not found["day"]):
        return None, EITHER
    return float(year + (2000 if year < 50 else 1900)), SHORT


def _ten(found: re.Match[str]) -> str:
    tens, ones = ((c or "").translate(_DIGITS) for c in found.groups())
    return (tens or "1") + (ones or "0")
