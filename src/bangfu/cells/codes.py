"""Integers for what rows stand for: places, covariate cells, whole rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import BangfuError
from bangfu.literals import MOST_TIMES


def check_span(times: int) -> None:
    """Refuse more times than a bitmask holds."""
    if times > MOST_TIMES:
        raise BangfuError(
            f"{times} times; cells hold at most {MOST_TIMES} (one bit each): take longer periods, or a shorter window",
            f"共{times}个时期;最多{MOST_TIMES}个(每期一个比特):请合并时期或缩短区间",
        )


def codes_of(frame: pd.DataFrame) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Integer codes of the distinct rows, in sorted order, and those rows as text (missing where missing)."""
    if not len(frame.columns):
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=range(1))
    codes = frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup().to_numpy().astype(np.int64)
    distinct = frame.iloc[np.unique(codes, return_index=True)[1]].reset_index(drop=True)
    return codes, distinct.apply(as_text)


def as_text(column: pd.Series) -> pd.Series:
    """Identifiers as text, whether they came as whole numbers (with gaps, as floats) or as text."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype("object").where(column.notna(), None).astype("str")


def combined(columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """One integer per row, in the order of the columns; equal only where all columns are."""
    key = columns[0]
    for column in columns[1:]:
        size = int(column.max(initial=0)) + 1
        if int(key.max(initial=0)) + 1 > 2**62 // size:
            key = np.unique(key, return_inverse=True)[1]
        if int(key.max(initial=0)) + 1 > 2**62 // size:
            column, size = np.unique(column, return_inverse=True)[1], len(column)
        key = key * size + column
    return key
