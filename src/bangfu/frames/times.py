"""Times, and the first treated time of each unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.frames.refusal import Masked, refuse
from bangfu.frames.values import Floats, by_values, is_number, numbers

CENTURY = 100
LATE = 10
"""A first time up to so many after the last is believed."""

FAR = 1e9
"""No time lies beyond."""

_WHOLE = re.compile(r"\s*[+-]?\d+(\.0*)?\s*")
_DATES = ("datetime64", "datetime", "date", "period")


def times(column: pd.Series, name: str) -> NDArray[np.int64]:
    """A column of times as whole numbers.

    Raises
    ------
    BangfuError
        For times that are missing, not whole, or dates within a year.
    """
    found = _years(column, name)
    refuse(name, np.isnan(found), ("missing", "缺失"), ("every row needs it: fill it in", "每行都须填写"))
    refuse(
        name, np.abs(found) > FAR, ("numbers that can be no time stand", "含不可能的时间"),
        ("correct them, or leave these rows out", "请改正,或剔除这些行"),
    )  # fmt: skip
    return found.astype(np.int64)


def first_times(
    column: pd.Series, name: str, observed: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats]:
    """First treated times; 0 for never.

    Never is written as missing, 0, infinite, or a time a century or more after the last observed. A time up to ten after
    the last stays: the unit is not yet treated in these data; one between is a slip or a code. Negative numbers, and numbers below 1,000 where times are
    years, are codes of something (not known, not asked, a flag), and refused.

    Parameters
    ----------
    column : Series
    name : str
    observed : int array
        The times that there are.

    Returns
    -------
    starts : int array (rows,)
    found : float array (rows,)
        As they stand; NaN where missing.

    Raises
    ------
    BangfuError
    """
    found = _years(column, name, infinite=True)
    first, last = int(observed.min()), int(observed.max())
    do = (
        "write 0 or leave it empty for never, and leave out units whose first time is not known",
        "从未参加的请写0或留空;起始时间不详的请剔除",
    )
    with np.errstate(invalid="ignore"):
        negative = (found < 0) & (found < first)
        flag = (found > 0) & (found < 1000) & (first >= 1000)
        never = np.isnan(found) | (found == 0) | (found >= last + CENTURY)
    for code in np.unique(found[negative | flag]).tolist():
        words = f"the code {code:g}, which is no first time, stands", f"含代码{code:g},不是起始时间"
        refuse(name, found == code, words, do)
    refuse(
        name, ~never & (found > last + LATE), (f"[joining_late] first times more than {LATE} after the last time ({last}) stand", f"[joining_late] 含比最后时期({last})晚{LATE}期以上的起始时间"),
        ("write 0 or leave it empty for never, or correct them", "从未参加的请写0或留空,否则请改正"),
    )  # fmt: skip
    if first <= 0 <= last:
        refuse(
            name, found == 0, ("0 means never, but is also one of the times", "0表示从未参加,却又是一个时期"),
            ("number the times from 1", "请将时期从1起编号"),
        )  # fmt: skip
    return np.where(never, 0, found).astype(np.int64), found


def never_codes(starts: NDArray[np.int64], found: Floats, count: NDArray[np.int64]) -> dict[str, int]:
    """How often never is written in which way: ``missing``, ``inf`` or the number."""
    never = starts == 0
    values, place = np.unique(found[never], return_inverse=True)
    sums = np.bincount(place, count[never], len(values)).astype(int).tolist()
    words = ["missing" if np.isnan(v) else f"{v:.0f}" for v in values.tolist()]
    return dict(zip(words, sums, strict=True))


def _years(column: pd.Series, name: str, *, infinite: bool = False) -> Floats:
    """Whole numbers as floats; dates and periods at the start of a year as that year; missing as NaN."""
    column = by_values(column)
    there = column.notna().to_numpy()
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if not there.any():
        return np.full(len(column), np.nan)
    if kind in (*_DATES, "string"):
        code, values = pd.factorize(column)
        read = [_text(v) if kind == "string" else _start(v) for v in values]
        _refuse_parts(name, np.append([r is None for r in read], False)[code], infinite)
        return np.append(np.array(read, dtype=float), np.nan)[code]
    if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype):
        wrong = np.fromiter((not is_number(v) for v in column), dtype=bool, count=len(column))
        _refuse_parts(name, wrong & there, infinite)
    endless = column.isin([np.inf]).to_numpy() & infinite
    out = np.where(endless, np.inf, numbers(column.mask(endless) if endless.any() else column, name))
    with np.errstate(invalid="ignore"):
        _refuse_parts(name, np.isfinite(out) & (out % 1 != 0), infinite)
    return out


def _text(value: str) -> float | None:
    """A whole number in digits."""
    return float(value) if _WHOLE.fullmatch(value) else None


def _start(value: Any) -> float | None:
    """The year that a period is, or that a date opens."""
    if isinstance(value, pd.Period):
        if value.freqstr.lstrip("0123456789").startswith(("Y", "A")):
            return float(value.year)
        value = value.start_time
    clock = any(getattr(value, part, 0) for part in ("hour", "minute", "second", "microsecond", "nanosecond"))
    return float(value.year) if (value.month, value.day) == (1, 1) and not clock else None


def _refuse_parts(name: str, rows: Masked, cohort: bool) -> None:
    refuse(
        name, rows, ("values that are no whole numbers, such as years, nor the first day of a year, stand", "须为整数(如年份)或每年首日,不符者"),
        (
            "number the times in order, in the times' and the cohorts' column alike" + "; write 0 or NaN for never" * cohort,
            "请将各时期按先后编号,时间列与起始时间列用同一编号" + ";从未参加的写0或留空(NaN)" * cohort,
        ),
    )  # fmt: skip
