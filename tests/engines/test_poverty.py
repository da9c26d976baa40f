"""Poverty indices and Gini on DuckDB, on Spark and by a plain loop over households: equal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu import poverty_indices
from bangfu.reference import deflator
from tests.engines.registers import YEARS

LINE = 4000.0


def plain_indices(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """By definition, household by household; the Gini from all pairs."""
    frame = tables["incomes"].merge(
        tables["households"][["household_id", "county_id", "weight"]], on="household_id"
    )
    factor = frame["year"].map(deflator(YEARS, 2019))
    frame["x"] = frame["income_total"] / frame["members"] * factor
    rows = []
    for (county, year), part in frame.dropna(subset=["x"]).groupby(["county_id", "year"]):
        x, w = part["x"].to_numpy(), part["weight"].to_numpy()
        short = np.where(x < LINE, (LINE - x) / LINE, 0)
        logs = np.where(x < LINE, np.log(LINE / np.maximum(x, 0.1 * LINE)), 0)
        pairs = (w[:, None] * w * np.abs(x[:, None] - x)).sum() / w.sum() ** 2
        values = {
            "headcount": np.average(x < LINE, weights=w), "gap": np.average(short, weights=w),
            "severity": np.average(short**2, weights=w), "watts": np.average(logs, weights=w),
            "gini": pairs / (2 * np.average(x, weights=w)),
        }  # fmt: skip
        rows += [(county, year, index, value, len(part)) for index, value in values.items()]
    return pd.DataFrame(rows, columns=["county_id", "year", "index", "estimate", "households"])


def test_poverty(register, tables):
    found = poverty_indices(register, LINE, by=["county_id"])
    pd.testing.assert_frame_equal(
        found[["county_id", "year", "index", "estimate", "households"]],
        plain_indices(tables),
        check_dtype=False,
        rtol=1e-10,
    )
    assert found["std_error"].notna().all()
