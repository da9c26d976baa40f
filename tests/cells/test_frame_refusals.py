"""Every damaged panel is refused with its column, the number of rows and the first; from a file in the same words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from bangfu.cells import Cells, merge
from bangfu.errors import BangfuError, WrongUse
from tests.cells.kinds import ROLES, clean


def put(column, value, rows=(6, 13, 20), whole_unit=False):
    """The value in some rows (counted from 0), or in all rows of their units."""

    def change(frame):
        places = frame["unit"].isin(frame["unit"].iloc[list(rows)]) if whole_unit else frame.index.isin(rows)
        return frame.assign(**{column: frame[column].astype(object).mask(places, value)})

    return change


def unit_as(names):
    """Rows 6 (unit 1) and 13 (unit 2) under other names of units, the others as text."""
    return lambda f: f.assign(unit=f["unit"].astype(str).mask(f.index.isin([6, 13]), names))


ARM, WEIGHT = {"arm": "arm"}, {"weight": "w"}
NUMBERS = [
    (c, value, more)
    for c, more in (("income", {}), ("w", WEIGHT))
    for value in ("6,123.40", "6123.40", "--", "N/A", "", " ", True, np.True_, np.inf, -np.inf, 1 + 2j, 1e301, 1e200, b"1", pd.Timestamp(2015, 1, 1), [1.0], 10**400)
]  # fmt: skip
CODES = [
    ("cohort", v, {})
    for v in (-1, -9, -99, -9999, 1, 99, "never", "NA", "2016年", 2016.5, True, "2016-2017", -np.inf)
]
TIMES = [("year", v, {}) for v in (None, np.nan, np.inf, 2014.5, "a", True, 2**63 - 1, 1e18)]
WEIGHTS = [("w", v, WEIGHT) for v in (0.0, -1.0, np.nan, None, 1e-300, 1e200)]
NAMES = [(c, v, {}) for c in ("unit", "village") for v in (None, np.nan, "", "  ", "　")] + [
    ("village", 7, {}),
    ("village", True, {}),
]
DAMAGED = [*NUMBERS, *CODES, *TIMES, *WEIGHTS, *NAMES]


def as_text(change):
    """The same, where units are text."""
    return lambda f: change(f.assign(unit=f["unit"].astype(str)))


def both(frame, options, tmp_path: Path, first="row 7"):
    """The message of from_frame, which names count and first row, and which from_parquet repeats."""
    with pytest.raises(BangfuError, match=rf"\d+ rows? \(first in {first}\)") as raised:
        Cells.from_frame(frame, **ROLES, **options)
    assert re.search(r"共\d+行.首见于第\d+行", raised.value.zh)
    yes = frame["income"].map(lambda v: isinstance(v, bool | np.bool_)).any()  # written to a file as 1.0
    if "weight" in options or "by" in options or (yes and frame["income"].dtype != bool):
        return raised.value.en
    try:
        frame.to_parquet(tmp_path / "flat.parquet")
    except (pa.ArrowException, TypeError, OverflowError, ValueError):
        return raised.value.en
    with pytest.raises(BangfuError) as filed:
        Cells.from_parquet(tmp_path / "flat.parquet", **ROLES, **options)
    assert filed.value.en == raised.value.en
    return raised.value.en


@pytest.mark.parametrize(("column", "value", "options"), DAMAGED, ids=str)
def test_values_in_three_rows(column, value, options, tmp_path: Path):
    frame = clean()
    if isinstance(value, list):
        frame[column] = [value if i in (6, 13, 20) else v for i, v in enumerate(frame[column])]
    else:
        frame = put(column, value)(frame)
    if column == "unit" and isinstance(value, str):
        frame["unit"] = frame["unit"].astype(str)
    text = both(frame, options, tmp_path)
    assert text.startswith(f"{column}: ") and " in 3 rows " in text


@pytest.mark.parametrize(
    ("column", "dtype", "options"),
    [
        ("income", "str", {}), ("income", "bool", {}), ("income", "complex", {}), ("income", "string[pyarrow]", {}),
        ("w", "str", WEIGHT), ("w", "bool", WEIGHT), ("year", "bool", {}), ("cohort", "bool", {}), ("unit", "bool", {}),
        ("income", "category", {}), ("unit", "complex", {}), ("cohort", "timedelta64[s]", {}), ("income", "datetime64[s]", {}),
    ],
)  # fmt: skip
def test_a_whole_column_of_another_kind(column, dtype, options, tmp_path: Path):
    frame = clean()
    frame[column] = (frame[column].astype(str) if dtype == "category" else frame[column]).astype(dtype)
    text = both(frame, options, tmp_path, first="row 1")
    assert text.startswith(f"{column}: ") and " in 600 rows " in text


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda f: pd.concat([f, f.iloc[6:9]]), {}, "unit, year: unit and time repeat in 3 rows (first in row 601)"),
        (put("village", "v07", [6]), {}, "village: changes over time within a unit in 1 row (first in row 7)"),
        (put("cohort", 2017, [64]), {}, "cohort: changes over time within a unit in 1 row (first in row 65)"),
        (put("cohort", np.nan, [64]), {}, "cohort: changes over time within a unit in 1 row (first in row 65)"),
        (put("w", 9.0, [6]), WEIGHT, "w: changes over time within a unit in 1 row (first in row 7)"),
        (put("arm", "goats", [64]), ARM, "arm: changes over time within a unit in 1 row (first in row 65)"),
        (put("w", 9.0, [6]), {"by": ["w"]}, "w: changes over time within a unit in 1 row (first in row 7)"),
        (put("arm", "", [60], True), ARM, "arm: the arm of treated units is missing in 5 rows (first in row 61)"),
        (put("arm", "tea", [6], True), ARM, "arm: an arm stands without a first treated time in 5 rows (first in row 6)"),
        (put("arm", "none", [6], True), ARM, "arm: an arm stands without a first treated time in 5 rows (first in row 6)"),
        (put("cohort", np.nan, [60], True), ARM, "arm: an arm stands without a first treated time in 5 rows (first in row 61)"),
        (put("cohort", 9999, [60], True), ARM, "arm: an arm stands without a first treated time in 5 rows (first in row 61)"),
        (put("arm", "tea ", [60], True), ARM, "arm: identifiers that differ only in blanks, width or a trailing .0 from others stand in"),
        (put("arm", "tea+", [60], True), ARM, "arm: arms with an empty part or control characters stand in 5 rows (first in row 61)"),
        (put("arm", "t\x07a", [60], True), ARM, "arm: arms with an empty part or control characters stand in 5 rows (first in row 61)"),
        *((put("village", name, [5], True), {}, "village: identifiers that differ only in blanks")
          for name in ("v02 ", " v02", "ｖ02", "v０２", "v\u200b02", "v02\t")),
        *((as_text(put("unit", name, [10], True)), {}, "unit: identifiers that differ only in blanks") for name in ("1 ", "１", "1.0")),
        (put("village", "v\ud800", [5], True), {}, "village: text with broken characters stands in 5 rows (first in row 6)"),
        (unit_as("1.0"), {}, "unit: identifiers that differ only in blanks, width or a trailing .0 from others stand in"),
        (unit_as("１"), {}, "unit: identifiers that differ only in blanks"),
        (put("unit", "1", [6]), {}, "unit: text and numbers (or other kinds) are mixed in 1 row (first in row 7)"),
        (put("village", 1, [6]), {}, "village: text and numbers (or other kinds) are mixed in 1 row (first in row 7)"),
        (lambda f: f.assign(unit=f["unit"] + 4e17), {}, "unit: numbers that are not whole, or have lost digits as floats, stand in"),
        (lambda f: f.assign(unit=f["unit"] + 0.5), {}, "unit: numbers that are not whole"),
        (lambda f: f.assign(cohort=(f["cohort"] > 0).astype(int)), {}, "cohort: the code 1, which is no first time, stands in 360 rows (first in row 61)"),
        (lambda f: f.assign(year=f["year"] - 2014), {}, "cohort: 0 means never, but is also one of the times in 240 rows"),
        (lambda f: f.assign(year=pd.PeriodIndex(f["year"].astype(str) + "-03", freq="M")), {}, "year: values that are no whole numbers"),
        (lambda f: f.assign(year=pd.to_datetime(f["year"].astype(str) + "-12-31")), {}, "year: values that are no whole numbers"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_what_does_not_fit_together(change, options, message, tmp_path: Path):
    assert both(change(clean()), options, tmp_path, first=r"row \d+").startswith(message)


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        ({"unit": [1]}, {}, "dict is no data frame that can be read; there are: pandas, polars"),
        ([1, 2], {}, "list is no data frame"),
        (clean()["income"], {}, "Series is no data frame"),
        (pl.Series([1]), {}, "Series is no data frame"),
        (clean().to_numpy(), {}, "ndarray is no data frame"),
        (None, {}, "NoneType is no data frame"),
        (pd.concat([clean(), clean()[["year"]]], axis=1), {}, "2 columns (or index levels) are named year; keep one"),
        (pa.Table.from_arrays([pa.array([1])] * 2, names=["unit", "unit"]), {}, "unknown column year, cohort, village, income in the frame"),
        (clean().set_index("year", drop=False), {}, "2 columns (or index levels) are named year"),
        (pd.concat({"a": clean()}, axis=1), {}, "the columns have several levels"),
        (clean(), {"arm": "kind"}, "unknown column kind in the frame; choose one of: unit, village"),
        (pl.from_pandas(clean()), {"arm": "kind"}, "unknown column kind in the frame; choose one of: unit, village"),
        (clean(), {"arm": "village"}, "column village is given for two roles"),
        (clean(), {"weight": "income"}, "column income is given for two roles"),
        (clean(), {"outcome": ["income", "income"]}, "column income is given for two roles"),
        (clean(), {"time": "cohort"}, "column cohort is given for two roles"),
        (clean(), {"outcome": []}, "name at least one outcome"),
        (clean().assign(weight=1), {"outcome": "weight"}, "may not be named weight"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)  # fmt: skip
def test_wrong_uses(frame, options, message):
    with pytest.raises(WrongUse, match=re.escape(message)) as raised:
        Cells.from_frame(frame, **{**ROLES, **options})
    assert raised.value.zh != raised.value.en


def test_values_that_cancel_within_a_village(tmp_path: Path):
    """Their sum is an ordinary number, so that only each value tells."""
    frame = clean()
    frame.loc[frame.index[[0, 60 * 1]], "income"] = 1e301, -1e301
    frame = frame.assign(village="v", cohort=2016)
    assert "larger than 1e100" in both(frame, {}, tmp_path, first="row 1")


def test_files_that_are_no_panel(tmp_path: Path):
    (tmp_path / "text.parquet").write_text("not Parquet", encoding="utf-8")
    with pytest.raises(BangfuError, match="incomplete or damaged Parquet files"):
        Cells.from_parquet(tmp_path / "text.parquet", **ROLES)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongUse, match="no file or folder of Parquet files"):
        Cells.from_parquet(tmp_path / "empty", **ROLES)
    folder = tmp_path / "two"
    folder.mkdir()
    frame = clean()
    frame[:300].to_parquet(folder / "a.parquet")
    frame[300:].assign(income=frame["income"].round().astype(int).astype(str)).to_parquet(
        folder / "b.parquet"
    )
    with pytest.raises(BangfuError, match="income: the files hold this column as different types"):
        Cells.from_parquet(folder, **ROLES)
    frame[300:].to_parquet(folder / "b.parquet")
    assert Cells.from_parquet(folder, **ROLES).info.engine == "duckdb"
    whole = (tmp_path / "two" / "a.parquet").read_bytes()
    (folder / "a.parquet").write_bytes(whole[:600] + bytes(600) + whole[1200:])
    with pytest.raises(BangfuError):
        Cells.from_parquet(folder, **ROLES)


def test_merging_what_is_no_cells_or_has_two_spellings():
    cells = Cells.from_frame(clean(), **ROLES)
    with pytest.raises(WrongUse, match="DataFrame is no cells"):
        merge(cells, clean())  # type: ignore[arg-type]
    other = Cells.from_frame(clean().assign(village=lambda f: f["village"] + " "), **ROLES)
    with pytest.raises(BangfuError, match="12 villages are written in two ways"):
        merge(cells, other)
