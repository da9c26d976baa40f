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
    touched = set(facts.loc[facts["cohort"] > 0, "village_id"])
    out["elsewhere"] = ~out["village_id"].isin(touched)
    return out


def group_times(data: pd.DataFrame, control: str = "never", scale: str = "percent") -> pd.DataFrame:
    """model, cohort, year, event_time, estimate, households."""
    wide = data.pivot(index="household_id", columns="year", values="y")
    facts = data.drop_duplicates("household_id").set_index("household_id").loc[wide.index]
    never = wide[(facts["cohort"] == 0) & (facts["elsewhere"] | (control == "never"))]
    rows = []
    for (model, cohort), members in facts[facts["cohort"] > 0].groupby(["model", "cohort"]):
        own = wide.loc[members.index]
        base = int(cohort) - 1
        for year in set(wide.columns) - {base}:
            a, c = own[[base, year]].dropna(), never[[base, year]].dropna()
            if scale == "percent":
                value = (a[year].mean() / a[base].mean()) / (c[year].mean() / c[base].mean()) * 100 - 100
            else:
                value = (a[year] - a[base]).mean() - (c[year] - c[base]).mean()
            rows.append((model, cohort, year, year - int(cohort), value, len(a)))
    return pd.DataFrame(rows, columns=["arm", "cohort", "year", "event_time", "estimate", "households"])


def overall(table: pd.DataFrame, value: str = "estimate") -> pd.Series:
    """Mean over household-years after joining, by arm."""
    after = table[table["event_time"] >= 0].dropna(subset=[value])
    return after.groupby("arm")[[value, "households"]].apply(
        lambda g: np.average(g[value], weights=g["households"])
    )
