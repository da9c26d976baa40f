"""Invented registers that every engine reads: unbalanced, with movers between models, missing cells and negative incomes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2014, 2015, 2016, 2018, 2019)
MODELS = ("courtyard", "cooperative", "enterprise")
TOML = 'id = "engines"\ntitle_en = "Invented"\ntitle_zh = "非真实"\nkind = "synthetic"\n'


def frames(households: int = 240, seed: int = 7) -> dict[str, pd.DataFrame]:
    """The three tables."""
    random = np.random.default_rng(seed)
    number = np.arange(1, households + 1)
    homes = pd.DataFrame(
        {
            "household_id": number * 37 + 10**15,
            "village_id": [f"0{n % 12:02d}" for n in number],
            "county_id": [f"{n % 12 // 6:03d}" for n in number],
            "observed_year": 2013,
            "head_female": pd.array(random.choice([True, False, None], households, p=[0.2, 0.7, 0.1]), "boolean"),
            "head_schooling": random.integers(0, 13, households),
            "land_mu": np.where(random.random(households) < 0.1, np.nan, random.gamma(2, 4, households).round(1)),
            "weight": random.choice([0.5, 1.0, 2.25], households),
        }
    )  # fmt: skip
    rows = homes[["household_id"]].merge(pd.DataFrame({"year": YEARS}), how="cross")
    rows = rows[random.random(len(rows)) < 0.85].sample(frac=1, random_state=3).reset_index(drop=True)
    rows["members"] = random.integers(1, 7, len(rows))
    rows["income_wage"] = random.normal(9_000, 6_000, len(rows)).round(2)
    rows["income_business"] = random.normal(7_000, 9_000, len(rows)).round(2)
    rows["income_transfer"] = np.where(
        random.random(len(rows)) < 0.05, np.nan, random.gamma(1, 900, len(rows)).round(2)
    )
    total = rows[["income_wage", "income_business", "income_transfer"]].sum(axis=1).round(2)
    rows["income_total"] = total.mask(random.random(len(rows)) < 0.03)
    joined = random.random(households) < 0.5
    first = pd.DataFrame(
        {
            "household_id": homes["household_id"][joined],
            "model": random.choice(MODELS, joined.sum()),
            "from_year": random.choice([2015, 2016, 2017, 2018], joined.sum()),
        }
    )
    second = first.sample(frac=0.15, random_state=4)
    second = second.assign(model="courtyard", from_year=second["from_year"] + 1)
    joining = pd.concat([first, second]).drop_duplicates(["household_id", "model"], ignore_index=True)
    joining["support_yuan"] = random.integers(500, 5_000, len(joining)).astype(float)
    return {"households": homes, "incomes": rows, "participation": joining}


def spoilt() -> dict[str, pd.DataFrame]:
    """The same with faults of many kinds, stored as a careless office would."""
    tables = frames()
    homes, rows, joining = (t.copy() for t in tables.values())
    homes.loc[homes.index[5], "village_id"] = None
    homes = pd.concat([homes, homes.iloc[[7]].assign(village_id="099")], ignore_index=True)
    homes.loc[11, "weight"] = -1.0
    rows["year"] = rows["year"].astype(str)
    rows.loc[3, "year"] = "2016.5"
    rows.loc[4, "year"] = "2017年"
    rows.loc[8, "year"] = "20170"
    rows["income_wage"] = rows["income_wage"].astype(str)
    for row, value in (
        (20, "1d"),
        (21, "1_000"),
        (22, "inf"),
        (23, " 12 "),
        (24, "0x10"),
        (25, "1e400"),
        (26, "12f"),
        (27, "　34　"),
    ):
        rows.loc[row, "income_wage"] = value
    rows.loc[30, "members"] = -2
    rows.loc[31, "household_id"] = 4
    rows.loc[32, "income_business"] = np.inf
    rows.loc[33, "income_total"] = 9e6
    rows = pd.concat([rows, rows.iloc[[40, 41]]], ignore_index=True)
    joining.loc[0, "model"] = "orchard"
    joining = pd.concat([joining, joining.iloc[[2]]], ignore_index=True)
    joining["to_year"] = np.where(joining.index == 6, 2001, 2020)
    return {"households": homes, "incomes": rows, "participation": joining}


def write(folder: Path, tables: dict[str, pd.DataFrame], form: str) -> Path:
    """A register folder: ``parquet``, ``csv`` (GB18030, tabs), ``parts`` (Hive partitions and many files) or ``text``."""
    folder.mkdir()
    (folder / "register.toml").write_text(TOML, encoding="utf-8")
    for name, frame in tables.items():
        if form == "csv":
            frame.to_csv(folder / f"{name}.tsv", sep="\t", index=False, encoding="gb18030")
        elif form == "parts" and name == "incomes":
            for year, part in frame.groupby("year"):
                below = folder / name / f"year={year}"
                below.mkdir(parents=True)
                for i in (0, 1):
                    part.iloc[i::2].drop(columns="year").to_parquet(below / f"{i}.parquet", index=False)
        else:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    return folder
