"""A flat panel on disk: the same cells as of its rows in memory, complete or not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bangfu.cells import Cells
from bangfu.errors import BangfuError, WrongUse
from tests.estimates.panels import panel

COLUMNS = {
    "unit": "id",
    "cluster": "village",
    "time": "year",
    "cohort": "cohort",
    "outcome": "y",
    "arm": "arm",
}


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_equal_to_the_frame(tmp_path: Path, missing: float) -> None:
    frame = panel(3, villages=10, households=20, missing=missing, weights=False)
    frame.to_parquet(tmp_path / "flat.parquet")
    ours, theirs = (
        Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS),
        Cells.from_frame(frame, **COLUMNS).only("y"),
    )
    assert ours.info.engine == ("pandas" if missing else "duckdb")
    assert ours.paths == theirs.paths and ours.years == theirs.years
    pd.testing.assert_frame_equal(ours.villages, theirs.villages)
    for name in ("village", "path", "stratum", "seen", "households", "weight"):
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
    np.testing.assert_allclose(ours.sums["y"], theirs.sums["y"], rtol=1e-12)


def test_a_unit_that_changes_its_village(tmp_path: Path) -> None:
    frame = panel(3, missing=0, weights=False)
    one = (frame["id"] == 0) & (frame["year"] == 2015)
    frame.assign(village=frame["village"].where(~one, 5)).to_parquet(tmp_path / "flat.parquet")
    with pytest.raises(BangfuError, match="changes over time"):
        Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS)


def test_another_unit_in_the_place_of_one(tmp_path: Path) -> None:
    """In one year a unit is missing, and one that nobody knows stands in its group: as many rows as before."""
    frame = panel(3, missing=0, weights=False)
    one = (frame["id"] == 0) & (frame["year"] == 2016)
    frame.loc[one, "id"] = 10_000
    frame.to_parquet(tmp_path / "flat.parquet")
    made = Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS)
    assert made.info.engine == "pandas"  # not from the sums by year
    assert len(set(made.seen)) == 3


def test_a_value_that_is_not_observed(tmp_path: Path) -> None:
    frame = panel(3, missing=0, weights=False)
    frame.loc[frame.index[5], "y"] = np.nan
    frame.to_parquet(tmp_path / "flat.parquet")
    made = Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS)
    assert made.households[made.seen != made.seen.max()].sum() == 1


def test_every_row_twice(tmp_path: Path) -> None:
    frame = panel(3, missing=0, weights=False)
    pd.concat([frame, frame]).to_parquet(tmp_path / "flat.parquet")
    with pytest.raises(BangfuError, match="unit and time repeat"):
        Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS)


def test_no_such_file_or_column(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="no file"):
        Cells.from_parquet(tmp_path / "no.parquet", **COLUMNS)
    panel(3, missing=0).drop(columns="y").to_parquet(tmp_path / "flat.parquet")
    with pytest.raises(WrongUse, match="unknown column y"):
        Cells.from_parquet(tmp_path / "flat.parquet", **COLUMNS)
