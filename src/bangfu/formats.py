"""The one formatter: every number that is printed or written goes through here.

Two machines may differ in the last bits of a float sum. A value that lies within 1e-9 (relative) of a
rounding boundary is therefore first pulled to twelve significant digits, so that both print the same.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from bangfu.characters import visible

_SIGNIFICANT = 12


def settle(value: float) -> float:
    """The value at twelve significant digits, without negative zero.

    >>> settle(-0.0), settle(0.1 + 0.2)
    (0.0, 0.3)
    """
    if not math.isfinite(value) or value == 0:
        return 0.0 if value == 0 else value
    return float(f"{value:.{_SIGNIFICANT - 1}e}")


def number(value: float | int | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A number with thousands separators; empty where missing.

    >>> number(12345.678, 1), number(-0.04, 1), number(None), number(3.2, 1, sign=True)
    ('12,345.7', '0.0', '', '+3.2')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{settle(float(value)):,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
        sign = False
    return f"+{text}" if sign and not text.startswith("-") else text


def percent(value: float | None, decimals: int = 1, *, sign: bool = False) -> str:
    """A percentage, the value already in percent.

    >>> percent(5.04), percent(5.04, sign=True)
    ('5.0%', '+5.0%')
    """
    text = number(value, decimals, sign=sign)
    return f"{text}%" if text else ""


def bound(value: float | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A bound of an interval: where it would round to zero, as many more digits as tell its sign.

    >>> bound(-0.021, 1), bound(0.0, 1), bound(0.04, 1), bound(3.21, 1)
    ('-0.02', '0.0', '0.04', '3.2')
    """
    if value is not None and 0 < abs(settle(float(value))) < 0.5 * 10.0**-decimals:
        decimals = min(_SIGNIFICANT, -math.floor(math.log10(abs(value))))
    return number(value, decimals, sign=sign)


def interval(
    low: float | None, high: float | None, decimals: int = 1, *, unit: str = "", lang: str = "en"
) -> str:
    """An interval as words, safe beside negative numbers.

    >>> interval(-1.234, 5.6, unit="%"), interval(-0.02, 2, 0, lang="zh")
    ('-1.2% to 5.6%', '-0.02至2')
    """
    a, b = bound(low, decimals), bound(high, decimals)
    if not a or not b:
        return ""
    return f"{a}{unit}至{b}{unit}" if lang == "zh" else f"{a}{unit} to {b}{unit}"


def chance(p: float) -> str:
    """A p-value as printed: never 0.000; empty where missing.

    >>> chance(0.0004), chance(0.0214)
    ('<0.001', '0.021')
    """
    return "<0.001" if p < 0.001 else number(p, 3)


def decimals_of(text: str) -> int:
    """How many decimals a printed number carries.

    >>> decimals_of(".0548"), decimals_of("1686")
    (4, 0)
    """
    return len(text.split(".")[1]) if "." in text else 0


def frame_text(frame: pd.DataFrame, decimals: int | dict[str, int] = 2) -> pd.DataFrame:
    """A copy of the frame with every float as text through :func:`number`; integers get separators only.

    Columns named ``year``, ``cohort`` or ending in ``_year`` stay plain integers.
    """
    out = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        column = frame[name]
        places = decimals.get(str(name), 2) if isinstance(decimals, dict) else decimals
        if str(name) in {"year", "cohort"} or str(name).endswith("_year"):
            out[name] = ["" if pd.isna(v) else str(int(v)) for v in column]
        elif pd.api.types.is_bool_dtype(column):
            out[name] = column.map(str)
        elif pd.api.types.is_integer_dtype(column):
            out[name] = ["" if pd.isna(v) else number(int(v)) for v in column]
        elif pd.api.types.is_float_dtype(column):
            out[name] = [number(_plain(v), places) for v in column]
        else:
            out[name] = ["" if _missing(v) else str(v) for v in column]
    return out


def _plain(value: Any) -> float | None:
    return None if _missing(value) else float(value)


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float | np.floating) and math.isnan(value))


def csv_bytes(frame: pd.DataFrame, decimals: int = 6) -> bytes:
    """The frame as CSV bytes that are the same on every machine: UTF-8, LF, settled floats.

    Cells that a spreadsheet would run as a formula (text that begins with ``=``, ``+``, ``-`` or ``@``) get a
    leading apostrophe.
    """
    out = pd.DataFrame(index=frame.index)
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
            out[name] = ["" if _missing(v) or pd.isna(v) else str(v) for v in column]
        elif pd.api.types.is_float_dtype(column):
            out[name] = ["" if _missing(v) else _trimmed(float(v), decimals) for v in column]
        else:
            out[name] = ["" if _missing(v) else _defused(visible(str(v))) for v in column]
    return out.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _trimmed(value: float, decimals: int) -> str:
    text = number(value, decimals).replace(",", "")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _defused(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
