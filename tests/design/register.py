"""An invented register of eight villages in which every option of a design matters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = tuple(range(2014, 2021))
OFFERS = pd.DataFrame(
    [(f"c{v // 4}", f"v{v}", "courtyard" if v % 2 else "cooperative", 2016 + v // 4) for v in range(6)],
    columns=["county_id", "village_id", "component", "first_year"],
)
"""What a campaign offered where; two villages had no offer."""

TOML = """id = "eight"
title_en = "Eight villages"
title_zh = "八村"
kind = "synthetic"
[[models]]
id = "courtyard"
title_en = "courtyard economy"
title_zh = "庭院经济"
[[models]]
id = "cooperative"
title_en = "cooperative"
title_zh = "合作社"
"""


def tables(seed: int = 3, villages: int = 8, households: int = 60) -> dict[str, pd.DataFrame]:
    """Two models in six of the villages, two cohorts, second models, missing years, unequal weights, late facts."""
    rng = np.random.default_rng(seed)
    n = villages * households
    village = np.repeat(np.arange(villages), households)
    ids = np.array([f"h{i:04d}" for i in range(n)], dtype=object)
    kind = rng.choice(["", "courtyard", "cooperative"], n, p=[0.4, 0.3, 0.3])
    kind[village >= villages - 2] = ""
    first = np.where(kind == "", 0, rng.choice([2016, 2017], n))
    labour = rng.integers(0, 3, n)
    facts = pd.DataFrame(
        {
            "household_id": ids, "village_id": [f"v{v}" for v in village], "township_id": [f"t{v // 2}" for v in village],
            "county_id": [f"c{v // 4}" for v in village], "observed_year": np.where((first == 0) & (rng.random(n) < 0.1), 2019, 2013),
            "labour": labour, "land_mu": rng.exponential(5.0, n), "weight": rng.integers(1, 5, n) / 2,
        }
    )  # fmt: skip
    again = (kind == "courtyard") & (rng.random(n) < 0.25)
    taken = [(ids[i], kind[i], first[i]) for i in np.flatnonzero(first)]
    taken += [(ids[i], "cooperative", 2019) for i in np.flatnonzero(again)]
    shock = rng.normal(0, 0.02, (villages, len(YEARS)))
    level = 5000 * np.exp(0.3 * rng.normal(size=n))
    frames = []
    for t, year in enumerate(YEARS):
        gain = (
            (first > 0)
            * ((year >= first) * 0.08 + (year == first - 1) * 0.03)
            * np.where(kind == "courtyard", 4, 1)
        )
        mean = (
            level
            * np.exp(0.05 * t + 0.01 * t * labour + shock[village, t] + 0.05 * rng.normal(size=n))
            * (1 + gain)
        )
        parts = {"wage": 0.5 * mean + rng.normal(0, 60, n), "business": 0.3 * mean, "transfer": 0.2 * mean}
        members = rng.integers(2, 5, n)
        rows = pd.DataFrame({"household_id": ids, "year": year, "members": members})
        for name, x in parts.items():
            rows[f"income_{name}"] = x * members
        frames.append(rows)
    rows = pd.concat(frames, ignore_index=True)
    rows["income_total"] = rows[["income_wage", "income_business", "income_transfer"]].sum(axis=1)
    rows.loc[rng.random(len(rows)) < 0.003, ["income_wage", "income_total"]] -= 25_000  # losses: no logarithm
    return {
        "households": facts,
        "incomes": rows[rng.random(len(rows)) > 0.1],
        "participation": pd.DataFrame(taken, columns=["household_id", "model", "from_year"]),
    }


def write(folder: Path) -> Path:
    """The register's folder, and beside it ``prices.csv``, a price index of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(TOML, encoding="utf-8")
    for name, frame in tables().items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    index = pd.DataFrame({"year": range(2010, 2023), "value": 108.0})
    index.to_csv(folder.parent / "prices.csv", index=False)
    return folder
