"""Poverty indices, contamination and links read frames by the same rules as cells."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from bangfu.errors import BangfuError, WrongUse
from bangfu.estimates.contamination import contamination
from bangfu.poverty import poverty_indices

KINDS = {
    "polars": pl.from_pandas,
    "polars, lazy": lambda f: pl.from_pandas(f).lazy(),
    "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "DuckDB": lambda f: duckdb.connect().from_arrow(pa.Table.from_pandas(f, preserve_index=False)),
    "pandas with pyarrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "nullable": lambda f: f.convert_dtypes(),
    "index": lambda f: f.set_index(["village"]),
    "decimals": lambda f: f.assign(income=[Decimal(repr(v)) for v in f["income"]]),
    "small whole numbers": lambda f: f.astype({"w": "int8", "members": "int8", "arm": "int8"}),
}


def households() -> pd.DataFrame:
    draw = np.random.default_rng(4)
    n = 400
    arm = np.arange(n) % 3
    land = draw.integers(1, 30, n).astype(float)
    income = 3000 + 40 * land + 500 * (arm == 1) + draw.normal(0, 400, n)
    return pd.DataFrame({
        "village": [f"v{i % 20:02d}" for i in range(n)], "arm": arm, "land": land, "income": income,
        "members": 1 + np.arange(n) % 5, "w": 100 + np.arange(n) % 3,
    })  # fmt: skip


def poverty(frame, **more):
    found = poverty_indices(frame, 3400.0, income="income", cluster="village", weight="w", **more)
    return found[["estimate", "std_error"]].to_numpy(dtype=float)


def arms(frame, controls="land", **more):
    found = contamination(frame, "income", "arm", controls, 0, weights="w", cluster="village", **more)
    return found.table[["estimate", "std_error"]].to_numpy(dtype=float)


DOORS = {"poverty": poverty, "contamination": arms}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("door", DOORS)
def test_every_kind_of_frame_gives_the_same(door, kind):
    np.testing.assert_allclose(DOORS[door](KINDS[kind](households())), DOORS[door](households()), rtol=1e-12)


def test_the_numbers_are_right():
    """The share below the line, weighted, and its gap, by hand."""
    frame = households()
    below = frame["income"] < 3400
    expected = [
        np.average(below, weights=frame["w"]),
        np.average(np.where(below, 1 - frame["income"] / 3400, 0), weights=frame["w"]),
    ]
    assert poverty(frame)[:2, 0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        *((c, v, "not numbers") for c in ("income", "w") for v in ("3,100.5", "--", "", True)),
        ("income", np.inf, "infinite"), ("income", 1e301, "larger than 1e100"), ("w", -1.0, "negative weights"),
        ("village", "v02 ", "differ only in blanks"), ("village", "ｖ02", "differ only in blanks"),
        ("village", 2, "are mixed"),
    ],
)  # fmt: skip
def test_damaged_columns(door, column, value, message):
    frame = households()
    places = frame.index.isin([7, 9])
    frame[column] = frame[column].astype(object).mask(places, value)
    with pytest.raises(
        BangfuError, match=rf"{column}: .*{message}.* in (2|\d+) rows \(first in row \d+\)"
    ) as raised:
        DOORS[door](frame)
    assert raised.value.zh != raised.value.en


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("frame", [{"income": [1]}, [1], households()["income"], households().to_numpy()], ids=lambda f: type(f).__name__)  # fmt: skip
def test_what_is_no_frame(door, frame):
    with pytest.raises(WrongUse, match="is no data frame that can be read; there are: pandas, polars"):
        DOORS[door](frame)


@pytest.mark.parametrize("door", DOORS)
def test_two_columns_of_one_name(door):
    frame = households()
    with pytest.raises(WrongUse, match=r"2 columns .* are named income"):
        DOORS[door](pd.concat([frame, frame[["income"]]], axis=1))


def test_controls():
    frame = households()
    text = frame.assign(land=[f"{v:,.1f}" for v in frame["land"]])
    with pytest.raises(BangfuError, match=r"land: numbers as text stand in 400 rows .* write C\(land\)"):
        arms(text)
    arms(text.assign(land=np.where(frame["land"] > 15, "1", "2")), controls="C(land)")
    with pytest.raises(BangfuError, match=r"land: infinite values stand in 1 row \(first in row 4\)"):
        arms(
            frame.assign(
                land=frame["land"].mask(frame.index == 3, np.inf),
                income=frame["income"].mask(frame.index == 1),
            )
        )
    named = frame.assign(place=np.where(frame["land"] > 15, "hill", "plain"))
    with pytest.raises(
        BangfuError, match=r"place: identifiers that differ only in blanks.* in 1 row \(first in row 8\)"
    ):
        arms(
            named.assign(place=named["place"].mask(named.index == 7, named["place"] + " ")),
            controls="land + C(place)",
        )


def test_missing_is_counted():
    frame = households()
    frame.loc[[1, 5, 6], "income"] = np.nan
    found = poverty_indices(frame, 3400.0, income="income", cluster="village", indices=["headcount"])
    assert (found["missing"].item(), found["households"].item()) == (3, 397)
    assert contamination(frame, "income", "arm", "land", 0).dropped_rows == 3


def test_years_as_dates_and_text():
    frame = households().assign(year=2015 + np.arange(400) % 2)
    plain = poverty(frame, year="year", deflator={2015: 1.0, 2016: 1.1})
    for years in (
        frame["year"].astype(str),
        pd.to_datetime(frame["year"].astype(str)),
        frame["year"].astype("int16"),
    ):
        np.testing.assert_array_equal(
            poverty(frame.assign(year=years), year="year", deflator={2015: 1.0, 2016: 1.1}), plain
        )
    with pytest.raises(BangfuError, match=r"year: missing in 1 row \(first in row 3\)"):
        poverty(frame.assign(year=frame["year"].mask(frame.index == 2)), year="year")
