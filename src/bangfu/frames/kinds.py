"""Frames of any kind as pandas: polars, pyarrow, DuckDB and others through narwhals."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from bangfu.errors import BangfuError, WrongUse

KINDS = "pandas, polars (also lazy), pyarrow tables, DuckDB relations, Ibis and Spark tables"


def taken(frame: Any, names: Sequence[str] | None = None) -> pd.DataFrame:
    """Columns of a frame as pandas, rows numbered from 0.

    Parameters
    ----------
    frame : data frame
        Of any kind that narwhals takes. Index levels of pandas count as columns by their names.
    names : sequence of str, optional
        All columns without.

    Raises
    ------
    WrongUse
        For something that is no data frame; a column that is not there, or that appears twice.
    BangfuError
        For a frame without rows.
    """
    found = _pandas(frame, names) if isinstance(frame, pd.DataFrame) else _others(frame, names)
    if found.empty:
        raise BangfuError("the frame has no rows; give one row per unit", "数据框没有数据行,请给出数据")
    return found


def _pandas(frame: pd.DataFrame, names: Sequence[str] | None) -> pd.DataFrame:
    if isinstance(frame.columns, pd.MultiIndex):
        raise WrongUse(
            "the columns have several levels; give each column one name",
            "数据框的列名有多层;请将每列改为单层列名",
        )
    levels = [str(n) for n in frame.index.names if n is not None and (names is None or n in names)]
    found = list(map(str, [*frame.columns, *levels]))
    find_once(found, names)
    index = frame.index
    added = {n: index.get_level_values(n).to_series(index=pd.RangeIndex(len(frame))) for n in levels}
    rest = frame.reset_index(drop=True).rename(columns=str)
    data = rest if names is None else rest[[n for n in dict.fromkeys(names) if n in rest.columns]]
    data = data.assign(**added)
    arrow = [c for c in data.columns if isinstance(data[c].dtype, pd.ArrowDtype)]
    return data.assign(**{c: _plain(data[c]) for c in arrow})


def _plain(column: pd.Series) -> pd.Series:
    """A column that pyarrow holds, as pandas' own."""
    import pyarrow as pa

    return pd.Series(pa.Table.from_pandas(column.to_frame("x"))["x"].to_pandas().to_numpy(), name=column.name)


def names_of(frame: Any) -> list[str]:
    """Names of the columns, and of the index levels, of a frame of any kind.

    Raises
    ------
    WrongUse
        For something that is no data frame.
    """
    if isinstance(frame, pd.DataFrame):
        return [str(n) for n in (*frame.columns, *frame.index.names) if n is not None]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # polars warns when a lazy frame's columns are asked for
        listed = getattr(frame, "column_names", None) or getattr(frame, "columns", None)
    if listed is None:
        raise _no_frame(frame)
    return [str(n) for n in listed]


def _no_frame(frame: Any) -> WrongUse:
    return WrongUse(
        f"{type(frame).__name__} is no data frame that can be read; there are: {KINDS}",
        f"{type(frame).__name__} 不是可读取的数据框;可用:{KINDS}",
    )


def _others(frame: Any, names: Sequence[str] | None) -> pd.DataFrame:
    import narwhals as nw

    find_once(names_of(frame), names)
    try:
        data = nw.from_native(frame)
    except TypeError:
        raise _no_frame(frame) from None
    chosen = data if names is None else data.select(list(dict.fromkeys(names)))
    made: pd.DataFrame = (chosen.collect() if isinstance(chosen, nw.LazyFrame) else chosen).to_pandas()
    return _pandas(made.reset_index(drop=True), names)


def find_once(found: Sequence[str], names: Sequence[str] | None) -> None:
    """Refuse wanted columns that are not there, or stand more than once."""
    counted = Counter(found)
    absent = [n for n in dict.fromkeys(names or ()) if n not in counted]
    if absent:
        there = ", ".join(list(counted)[:12])
        raise WrongUse(
            f"unknown column {', '.join(absent)} in the frame; choose one of: {there}",
            f"数据框中没有列 {'、'.join(absent)};现有:{there}",
        )
    for name in dict.fromkeys(names or found):
        if counted[name] > 1:
            raise WrongUse(
                f"{counted[name]} columns (or index levels) are named {name}; keep one, or rename the others",
                f"有{counted[name]}列(或索引)同名:{name};请只留一列或改名",
            )
