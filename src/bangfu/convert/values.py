"""Cells as they stand in a survey or an office sheet, read as numbers, years, identifiers and yes/no."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from bangfu.characters import half_width

PLACEHOLDERS = frozenset(
    {"无", "没有", "-", "—", "--", "——", "/", "\\", "不详", "不清楚", "未知", "空", "暂无", "√", "×", "N/A"}
    | {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "NA", "nan", "null"}
)
"""Texts that stand for no value in many sheets; a message may name them, other texts are never shown."""

YES = frozenset(
    {"是", "是的", "有", "参加", "参与", "加入", "已参加", "已加入", "已参与", "参加了", "加入了", "参与了"}
)
YES |= {"yes", "y", "true", "joined", "√", "✓", "✔"}
NO = frozenset(
    {"否", "不是", "无", "没有", "没", "未", "未参加", "未加入", "未参与", "不参加", "没参加", "没有参加"}
)
NO |= {
    "没加入",
    "没有加入",
    "没参与",
    "没有参与",
    "从未参加",
    "从未加入",
    "尚未参加",
    "尚未加入",
    "未带动",
    "未发展",
}
NO |= {"no", "n", "false", "never", "notjoined", "×", "✗", "✘"}
_SEXES = {"1": 1.0, "0": 0.0, "女": 1.0, "女性": 1.0, "female": 1.0, "男": 0.0, "男性": 0.0, "male": 0.0}
_ANSWERS = dict.fromkeys(YES | {"1"}, 1.0) | dict.fromkeys(NO | {"0", "2", "5"}, 0.0)

_OWN_UNITS = {
    "百万元": 1e6,
    "百万": 1e6,
    "亿元": 1e8,
    "亿": 1e8,
    "万元": 1e4,
    "万": 1e4,
    "千元": 1e3,
    "千": 1e3,
}
_OWN_UNITS |= {"百元": 1e2, "百": 1e2, "元": 1.0, "亩": 1.0, "公顷": 15.0, "人": 1.0, "口": 1.0}
_NUMBER = re.compile(
    rf"[¥¥]?([+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d{{1,2}})?)({'|'.join(_OWN_UNITS)})?"
)
_LISTED = re.compile(r"^[(]?\d{1,2}[.、:)=\-]+(?=\D)")
_EXACT = 2**53


def header(text: object) -> str:
    """A header as it is compared: half-width, no white space at all."""
    return re.sub(r"\s+", "", half_width("" if text is None else str(text)))


def cell_text(value: Any) -> str | None:
    """A cell as text; ``None`` where empty. Whole floats lose their ``.0``."""
    if type(value) is str:  # most cells of sheets
        return half_width(value) or None
    if (
        value is None
        or value is pd.NaT
        or (isinstance(value, float | np.floating) and math.isnan(float(value)))
    ):
        return None
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    if isinstance(value, float | np.floating) and float(value).is_integer() and abs(float(value)) < 1e15:
        return str(int(value))
    return half_width(str(value)) or None


def matches(column: pd.Series[Any], codes: Iterable[Any]) -> pd.Series[bool]:
    """Which cells are one of the codes: equal as numbers where both are numbers, else as text."""
    wanted = list(codes)
    if not wanted:
        return pd.Series(False, index=column.index, dtype=bool)
    numeric = {n for n in map(_as_number, wanted) if n is not None}
    if pd.api.types.is_numeric_dtype(column):
        return column.isin(list(numeric))
    texts = {half_width(str(c)) for c in wanted}
    hits = [
        (t := cell_text(v)) is not None and (t in texts or (bool(numeric) and _as_number(t) in numeric))
        for v in column
    ]
    return pd.Series(hits, index=column.index, dtype=bool)


def numbers(
    column: pd.Series[Any], factor: float = 1.0, times: float = 1.0
) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Amounts and counts: thousands separators, full-width digits, a unit behind the figure.

    Parameters
    ----------
    factor : float
        What figures are multiplied by; those with a unit of their own (1.2万元) are not.
    times : float
        What all are multiplied by: periods of a year.

    Returns
    -------
    values : Series of float, missing where empty or unreadable
    unreadable : Series of bool
    """
    if pd.api.types.is_numeric_dtype(column):
        values = column.astype("float64")
        return values.where(np.isfinite(values)) * factor * times, pd.Series(
            np.isinf(values), index=column.index, dtype=bool
        )
    values, bad = _parsed(column, lambda value: _as_number(value, factor))
    return values * times, bad


def answers(column: pd.Series[Any]) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Yes (1) and no (0) to a question, from 1/0, 1/2, 1/5, 是/否, yes/no; codes of which two would be no are unreadable."""
    values, bad = _parsed(column, lambda value: _ANSWERS.get(answer_text(value)))
    codes = column.map(answer_text)
    if len(set(codes) & {"0", "2", "5"}) > 1:
        bad |= codes.isin(["2", "5"])
    return values.mask(bad), bad


def female(column: pd.Series[Any]) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Female (1) and male (0), from 1/0, 女/男, female/male; codes such as 2 need a recode."""
    return _parsed(column, lambda value: _SEXES.get(answer_text(value)))


def answer_text(value: Any) -> str:
    """A cell as an answer is compared: no white space, small letters, without the number in front of a label (1.是)."""
    return _LISTED.sub("", header(cell_text(value)).lower()).rstrip(".。;,")


def said_no(column: pd.Series[Any]) -> pd.Series[bool]:
    """Which cells say in words that there is none."""
    said = {v: answer_text(v) in NO for v in {v for v in column if isinstance(v, str)}}
    return pd.Series([isinstance(v, str) and said[v] for v in column], index=column.index, dtype=bool)


def identifiers(column: pd.Series[Any]) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Identifiers as text, leading zeros kept; unreadable where digits were lost on the way.

    Numbers of 2**53 and more, fractions, and text in scientific notation have lost digits.
    """
    out, bad = [], []
    for value in column:
        number = isinstance(value, float | int | np.number) and not isinstance(value, bool)
        text = cell_text(value)
        lost = False
        if text is not None and number:
            lost = abs(float(value)) >= (1e15 if isinstance(value, float) else _EXACT) or "." in text
        elif text is not None:
            text = re.sub(r"^(\d+)\.0+$", r"\1", text) if "." in text else text
            lost = not text.isdigit() and re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", text) is not None
        out.append(None if lost else text)
        bad.append(lost)
    return pd.Series(out, index=column.index, dtype=object), pd.Series(bad, index=column.index, dtype=bool)


def _parsed(column: pd.Series[Any], read: Any) -> tuple[pd.Series[float], pd.Series[bool]]:
    values, bad = [], []
    for value in column:
        empty = cell_text(value) is None
        got = None if empty else read(value)
        values.append(math.nan if got is None else got)
        bad.append(not empty and got is None)
    return (
        pd.Series(values, index=column.index, dtype="float64"),
        pd.Series(bad, index=column.index, dtype=bool),
    )


def _as_number(value: Any, factor: float = 1.0) -> float | None:
    if isinstance(value, bool | np.bool_ | datetime.date | datetime.time):
        return None
    if isinstance(value, int | float | np.number):
        return float(value) * factor if math.isfinite(float(value)) else None
    if type(value) is str and value.isascii() and value.isdigit():
        return float(value) * factor
    text = re.sub(r"\s+", "", half_width(str(value))).replace("−", "-")
    found = _NUMBER.fullmatch(text)
    if not found or not re.search(r"\d", found[1]) or found[1].lower().startswith("e"):
        return None
    return float(found[1].replace(",", "")) * (_OWN_UNITS[found[2]] if found[2] else factor)


def within(column: pd.Series[Any], ranges: Iterable[tuple[Any, Any]]) -> pd.Series[bool]:
    """Which cells lie in one of the ranges (low, high); a range of texts holds only its ends."""
    spans = list(ranges)
    hit = matches(column, [end for span in spans for end in span if isinstance(end, str)])
    amounts = pd.to_numeric(column, errors="coerce") if spans else column
    for low, high in spans:
        if not isinstance(low, str):
            hit |= amounts.between(low, high)
    return hit


def cut_by_spreadsheet(texts: pd.Series[Any]) -> int:
    """How many identifiers of more than fifteen digits there are, where all end in zeros from the sixteenth on.

    A spreadsheet keeps fifteen digits and writes zeros for the rest.
    """
    long = [t for t in texts if isinstance(t, str) and len(t) > 15 and t.isdigit()]
    return len(long) if long and all(set(t[15:]) == {"0"} for t in long) else 0
