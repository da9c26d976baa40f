"""The statistics of a register in plain pandas, written from the definitions and sharing no code with the package."""

from __future__ import annotations

import pandas as pd

from tests.engines.registers import MODELS


def panel(tables: dict[str, pd.DataFrame], deflator: dict[int, float]) -> pd.DataFrame:
    """Household x year with village, cohort, arm, event time and incomes per head."""
    homes, rows, joining = tables["households"], tables["incomes"], tables["participation"]
    out = rows.merge(homes[["household_id", "village_id"]], on="household_id", how="left")
    first = (
        joining.groupby(["household_id", "model"])["from_year"].min().unstack().reindex(columns=list(MODELS))
    )
    cohort = first.min(axis=1)
    out["cohort"] = out["household_id"].map(cohort).fillna(0).astype("int64")
    arms = []
    for household, year in zip(out["household_id"], out["year"], strict=True):
        since = first.loc[household] if household in first.index else pd.Series(dtype=float)
        arms.append("+".join(m for m in MODELS if since.get(m, 9999) <= year))
    out["arm"] = arms
    out["event_time"] = (out["year"] - out["cohort"]).where(out["cohort"] > 0)
    values = {
        "income": out["income_total"],
        "wage": out["income_wage"],
        "business": out["income_business"],
        "transfer": out["income_transfer"],
        "income_without_transfers": out["income_total"] - out["income_transfer"],
    }
    for name, value in values.items():
        out[f"{name}_per_head_nominal"] = value / out["members"]
        out[f"{name}_per_head"] = value / out["members"] * out["year"].map(deflator)
    return out.sort_values(["household_id", "year"], ignore_index=True)


def arms(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """All models that each household ever took up."""
    ever = tables["participation"].groupby("household_id")["model"].agg(set)
    return tables["households"]["household_id"].map(
        lambda h: "+".join(m for m in MODELS if m in ever.get(h, set()))
    )


def attrition(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Households seen by arm and year."""
    homes = tables["households"].assign(arm=arms(tables))
    seen = tables["incomes"].merge(homes, on="household_id").groupby(["arm", "year"]).size()
    out = seen.rename("seen").reset_index()
    out.insert(2, "households", out["arm"].map(homes.groupby("arm").size()))
    return out.assign(share_seen=out["seen"] / out["households"])


def balance(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Weighted means of the facts by arm, and differences from those without in standard deviations."""
    homes = tables["households"].assign(arm=arms(tables))
    parts = []
    for fact in ("head_female", "head_schooling", "land_mu"):
        known = homes.dropna(subset=[fact])
        value, weight = known[fact].astype(float), known["weight"]
        centre = (value * weight).sum() / weight.sum()
        spread = ((value - centre) ** 2 * weight).sum() / weight.sum()
        by = (value * weight).groupby(known["arm"]).sum() / weight.groupby(known["arm"]).sum()
        n = known.groupby("arm").size()
        part = pd.DataFrame({"households": n, "mean": by, "difference": (by - by[""]) / spread**0.5})
        parts.append(part.reset_index().assign(column=fact))
    out = pd.concat(parts).sort_values(["arm", "column"], ignore_index=True)
    return out[["arm", "column", "households", "mean", "difference"]]


def cells(tables: dict[str, pd.DataFrame], outcome: pd.Series) -> pd.DataFrame:
    """Weighted sums of an outcome of the panel by village, path (who joined what when) and year."""
    joining = tables["participation"].sort_values(["from_year", "model"])
    path = joining.groupby("household_id").apply(
        lambda g: tuple(zip(g["from_year"], g["model"], strict=True))
    )
    rows = outcome.dropna().reset_index()
    rows["path"] = rows["household_id"].map(path).map(lambda p: p if isinstance(p, tuple) else ())
    rows = rows.merge(tables["households"][["household_id", "village_id", "weight"]], on="household_id")
    rows["sum"] = rows[outcome.name] * rows["weight"]
    keys = ["village_id", "path", "year"]
    return rows.groupby(keys).agg(households=("sum", "size"), weight=("weight", "sum"), sum=("sum", "sum"))
