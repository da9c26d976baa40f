"""Every accepted form of a panel gives the clean panel's estimate, from memory and from a file."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from bangfu.cells import Cells
from bangfu.errors import BangfuError, WrongUse
from tests.cells.kinds import GAIN, ROLES, clean, overall


def dated(frame, column, make):
    values = [make(v) if v else pd.NaT for v in frame[column]]
    return frame.assign(**{column: values})


def never(code):
    return lambda f: f.assign(cohort=f["cohort"].astype(object).where(f["cohort"] > 0, code))


KINDS = {
    "polars": pl.from_pandas,
    "polars, lazy": lambda f: pl.from_pandas(f).lazy(),
    "polars, decimals and categories": lambda f: pl.from_pandas(f).with_columns(
        pl.col("village").cast(pl.Categorical), pl.col("year").cast(pl.Int16)
    ),
    "polars, missing cohorts": lambda f: pl.from_pandas(f).with_columns(
        pl.when(pl.col("cohort") > 0).then(pl.col("cohort"))
    ),
    "polars, dates": lambda f: pl.from_pandas(f).with_columns(pl.date(pl.col("year"), 1, 1).alias("year")),
    "pyarrow table": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "DuckDB relation": lambda f: duckdb.connect().from_arrow(pa.Table.from_pandas(f, preserve_index=False)),
    "pandas with pyarrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "pandas, nullable": lambda f: f.convert_dtypes(),
    "objects": lambda f: f.astype(object),
    "categories": lambda f: f.astype(dict.fromkeys(["unit", "village", "year", "cohort"], "category")),
    "index": lambda f: f.set_index(["unit", "year"]),
    "index, kept": lambda f: f.set_index(pd.Index(["x"] * len(f))),
    "shuffled": lambda f: f.sample(frac=1.0, random_state=3),
    "decimals": lambda f: f.assign(income=[Decimal(repr(v)) for v in f["income"]]),
    "a stranger column twice": lambda f: pd.concat([f.assign(x=1), f[["arm"]]], axis=1),
    "years as text": lambda f: f.assign(year=f["year"].astype(str), cohort=f["cohort"].astype(str)),
    "years as text with .0": lambda f: f.assign(year=f["year"].astype(float).astype(str)),
}  # fmt: skip
PLAIN_TYPES = {
    f"{c} as {t}": lambda f, c=c, t=t: f.astype({c: t})
    for c, t in (("year", "int16"), ("cohort", "int16"), ("unit", "int8"), ("cohort", "float32"), ("year", "float64"))
}  # fmt: skip
COHORTS = {
    **{f"never is {code!r}": never(code) for code in (np.nan, None, pd.NA, pd.NaT, 0, np.inf, 9999, 2999, 2118, 2**63 - 1)},
    "periods": lambda f: dated(dated(f, "cohort", lambda v: pd.Period(v, "Y")), "year", lambda v: pd.Period(v, "Y")),
    "periods in time alone": lambda f: f.assign(year=pd.PeriodIndex(f["year"].astype(str), freq="Y")),
    "fiscal years": lambda f: dated(f, "cohort", lambda v: pd.Period(str(v), "Y-MAR")),
    "months, each January": lambda f: dated(f, "cohort", lambda v: pd.Period(f"{v}-01", "M")),
    "dates": lambda f: dated(f, "cohort", lambda v: pd.Timestamp(v, 1, 1)),
    "dates of Python": lambda f: dated(f, "cohort", lambda v: datetime.date(v, 1, 1)),
    "dates in Shanghai": lambda f: dated(f, "cohort", lambda v: pd.Timestamp(v, 1, 1, tz="Asia/Shanghai")),
    "dates, never is 9999": lambda f: f.assign(
        cohort=[datetime.date(int(v) or 9999, 1, 1) for v in f["cohort"]]
    ),
    "never in two ways in one unit": lambda f: f.assign(
        cohort=f["cohort"].astype(float).where((f["cohort"] > 0) | (f["year"] > 2015))
    ),
}  # fmt: skip
ALL = {**KINDS, **PLAIN_TYPES, **COHORTS}


@pytest.fixture(scope="module")
def truth():
    return overall(Cells.from_frame(clean(), **ROLES))


def test_the_clean_panel_finds_the_planted_gain(truth):
    estimate, error = truth
    assert abs(estimate - GAIN) < 3 * error < 100


@pytest.mark.parametrize("kind", ALL)
def test_from_memory(kind, truth):
    cells = Cells.from_frame(ALL[kind](clean()), **ROLES)
    assert overall(cells) == pytest.approx(truth, rel=1e-12)
    assert cells.households.sum() == 120 and set(cells.missing.values()) == {0}


@pytest.mark.parametrize(
    "kind", [k for k in ALL if not k.startswith(("polars", "DuckDB", "pyarrow", "a stranger"))]
)
def test_from_a_file(kind, truth, tmp_path: Path):
    frame = ALL[kind](clean())
    try:
        frame.to_parquet(tmp_path / "flat.parquet")
    except (pa.ArrowException, TypeError, OverflowError):
        pytest.skip("pandas does not write this to Parquet")
    cells = Cells.from_parquet(tmp_path / "flat.parquet", **ROLES)
    assert overall(cells) == pytest.approx(truth, rel=1e-12)
    assert cells.info.never == Cells.from_frame(frame, **ROLES).info.never


@pytest.mark.parametrize("code", ["missing", "inf", "9999", "0"])
def test_never_is_counted_by_its_code(code):
    written = {"missing": np.nan, "inf": np.inf}.get(code) if code in ("missing", "inf") else float(code)
    cells = Cells.from_frame(never(written)(clean()), **ROLES)
    never_treated = int((clean()["cohort"] == 0).sum()) // 5
    assert cells.info.never == {code: never_treated}
    assert (f"cohort {code} taken for never: {never_treated} households" in repr(cells)) == (
        code in ("inf", "9999")
    )


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint8", "float32", "Int8", "int8[pyarrow]"])
def test_small_numbers_do_not_overflow(dtype):
    frame = clean().assign(
        income=lambda f: 60 + f["unit"] % 7 + 40 * (f["year"] >= f["cohort"]) * (f["cohort"] > 0)
    )
    wide = Cells.from_frame(frame.assign(w=100), **ROLES, weight="w")
    narrow = Cells.from_frame(frame.assign(w=100).astype({"income": dtype, "w": dtype}), **ROLES, weight="w")
    assert overall(narrow) == overall(wide)
    np.testing.assert_array_equal(narrow.sums["income"], wide.sums["income"])


def test_what_is_left_out_is_counted():
    frame = clean((0, 2014, 2016, 2020, 9999))
    frame.loc[frame.index[[0, 7, 31]], "income"] = np.nan
    frame.loc[frame.index[12], "income"] = -5.0
    frame = frame.drop(frame.index[[3, 50, 51, 52, 53, 54]])  # one year of a unit; a unit whole
    frame.loc[frame["unit"] == 11, "income"] = np.nan  # never seen
    cells = Cells.from_frame(frame, **ROLES)
    assert cells.info.unseen == 1
    assert cells.missing == {"income": 3 + 1 + 5, "log:income": 3 + 1 + 5 + 1}
    for words in (
        "income not observed in 9 household-years", "log:income not observed in 10 household-years",
        "seen in no year: 1 households", "joined by 2014, so with no year before: 24 households",
        "joined after 2018, so not yet: 24 households", "cohort 9999 taken for never: 24 households",
    ):  # fmt: skip
        assert words in repr(cells)
    assert cells.only("income").missing == {"income": 9}
    assert "not observed" not in repr(Cells.from_frame(clean(), **ROLES))


@pytest.mark.parametrize("year", [2029, 2040, 2107, 2117])
def test_a_cohort_long_after_the_last_year_is_refused(year):
    with pytest.raises(BangfuError, match=r"joining_late.*240 rows"):
        Cells.from_frame(clean((year, 2016, 2017)), **ROLES)


def test_a_cohort_after_the_last_year_is_not_yet_treated():
    later = clean((2028, 2016, 2017))
    assert overall(Cells.from_frame(later, **ROLES)) == overall(Cells.from_frame(clean(), **ROLES))
    assert overall(Cells.from_frame(later, **ROLES), control="not_yet") == overall(
        Cells.from_frame(clean(), **ROLES), control="not_yet"
    )


def test_a_logarithm_is_taken_here(tmp_path: Path):
    frame = clean()
    by_hand = Cells.from_frame(frame.assign(ln=np.log(frame["income"])), **{**ROLES, "outcome": "ln"})
    expected = overall(by_hand)
    found = overall(Cells.from_frame(frame, **ROLES), scale="log")
    assert found == pytest.approx([100 * x for x in expected], rel=1e-9)  # printed in log points
    alone = Cells.from_frame(frame, **{**ROLES, "outcome": "log:income"})
    assert alone.outcomes == ("log:income",)
    frame.to_parquet(tmp_path / "flat.parquet")
    both = Cells.from_parquet(tmp_path / "flat.parquet", **{**ROLES, "outcome": ["income", "log:income"]})
    assert both.info.engine == "duckdb"
    np.testing.assert_allclose(
        both.sums["log:income"], Cells.from_frame(frame, **ROLES).sums["log:income"], rtol=1e-12
    )
    plain = Cells.from_parquet(tmp_path / "flat.parquet", **ROLES)
    assert plain.outcomes == ("income",)
    with pytest.raises(WrongUse, match=r"outcome=\['income', 'log:income'\]"):
        overall(plain, scale="log")


def test_a_logarithm_of_what_is_not_always_positive(tmp_path: Path):
    frame = clean()
    frame.loc[frame.index[7], "income"] = 0.0
    frame.to_parquet(tmp_path / "flat.parquet")
    options = {**ROLES, "outcome": ["income", "log:income"]}
    filed, framed = (
        Cells.from_parquet(tmp_path / "flat.parquet", **options),
        Cells.from_frame(frame, **options),
    )
    assert filed.missing == framed.missing == {"income": 0, "log:income": 1}
    np.testing.assert_array_equal(filed.sums["log:income"], framed.sums["log:income"])


def test_a_cluster_may_be_the_unit_and_one_covariate_may_be_text():
    cells = Cells.from_frame(clean(), **{**ROLES, "cluster": "unit"}, by="w")
    assert len(cells.villages) == 120 and list(cells.strata.columns) == ["w"]


def test_a_label_of_its_own_for_the_never_treated():
    labelled = clean().assign(arm=lambda f: f["arm"].replace("", "none"))
    assert (
        Cells.from_frame(labelled, **ROLES, arm="arm").paths
        == Cells.from_frame(clean(), **ROLES, arm="arm").paths
    )
