"""Staggered difference-in-differences by hand in pandas, apart from the package: pairs of years, never-joiners as comparison."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.reference import deflator
from bangfu.simulation import Draw


def panel(drawn: Draw, column: str = "income_total") -> pd.DataFrame:
    """Household-years: real income per head, first model, cohort (0 never), the year of a second model, village."""
    first = drawn.participation.sort_values("from_year").drop_duplicates("household_id")
    second = drawn.participation.sort_values("from_year")
    second = second[second.duplicated("household_id")].drop_duplicates("household_id")
    facts = drawn.households[["household_id", "village_id", "registered_from"]].astype({"village_id": "str"})
    facts = facts.merge(first[["household_id", "model", "from_year"]], how="left")
    facts = facts.merge(
        second[["household_id", "from_year"]].rename(columns={"from_year": "switch"}), how="left"
    )
    facts["cohort"] = facts["from_year"].fillna(0).astype(int)
    out = drawn.incomes.merge(facts, on="household_id")
    out = out[out["switch"].isna() | (out["year"] < out["switch"])]
    factors = deflator(range(2014, 2021), 2020)
    out["y"] = out[column] / out["members"] * out["year"].map(factors)
    touched = set(out.loc[out["cohort"] > 0, "village_id"])
    out["elsewhere"] = ~out["village_id"].isin(touched)
    return out


def group_times(data: pd.DataFrame, control: str = "never", scale: str = "percent") -> pd.DataFrame:
    """model, cohort, year, event_time, estimate, households."""
    never = data[(data["cohort"] == 0) & (data["elsewhere"] | (control == "never"))]
    rows = []
    for (model, cohort), own in data[data["cohort"] > 0].groupby(["model", "cohort"]):
        base = int(cohort) - 1
        for year in range(2014, 2021):
            if year == base:
                continue
            a, n = _pair(own, base, year)
            c, _ = _pair(never, base, year)
            if scale == "percent":
                value = (a[1] / a[0]) / (c[1] / c[0]) * 100 - 100
            else:
                value = (a[1] - a[0]) - (c[1] - c[0])
            rows.append((model, cohort, year, year - int(cohort), value, n))
    return pd.DataFrame(rows, columns=["arm", "cohort", "year", "event_time", "estimate", "households"])


def _pair(data: pd.DataFrame, base: int, year: int) -> tuple[np.ndarray, int]:
    both = data[data["year"] == base][["household_id", "y"]].merge(
        data[data["year"] == year][["household_id", "y"]], on="household_id"
    )
    return both[["y_x", "y_y"]].mean().to_numpy(), len(both)


def overall(table: pd.DataFrame, value: str = "estimate") -> pd.Series:
    """Mean over household-years after joining, by arm."""
    after = table[table["event_time"] >= 0].dropna(subset=[value])
    return after.groupby("arm")[[value, "households"]].apply(
        lambda g: np.average(g[value], weights=g["households"])
    )
