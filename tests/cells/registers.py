"""Invented registers for the tests of cells: uneven villages, switchers, facts, weights, gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

TOML = 'id = "{id}"\ntitle_en = "Invented"\ntitle_zh = "非真实"\nkind = "synthetic"\n'
YEARS = (2014, 2016, 2018, 2020)


def tables(
    seed: int = 0,
    *,
    households: int = 150,
    villages: int = 7,
    missing: float = 0.0,
    text: bool = False,
    weighted: bool = True,
    county: str = "c",
) -> dict[str, pd.DataFrame]:
    """The three tables; two years lie between waves, so that some households join between them."""
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.choice(10_000, households, replace=False)) + 10_000 * (1 + seed)
    identifiers = np.array([f"{i:018d}" for i in ids], dtype=object) if text else ids
    village = rng.integers(0, villages, households)
    facts = pd.DataFrame(
        {
            "household_id": identifiers,
            "village_id": [f"v{v}" for v in village] if text else village,
            "township_id": village // 3,
            "county_id": county,
            "observed_year": 2013,
            "labour": rng.integers(0, 4, households),
            "land_mu": np.where(rng.random(households) < 0.1, np.nan, rng.exponential(5.0, households)),
            "registered_from": np.where(rng.random(households) < 0.4, 2013, np.nan),
        }
    )
    if weighted:
        facts["weight"] = rng.uniform(0.5, 3.0, households)
    joined = []
    for model, share in (("courtyard", 0.3), ("cooperative", 0.2), ("enterprise", 0.15)):
        who = identifiers[rng.random(households) < share]
        joined.append(
            pd.DataFrame(
                {"household_id": who, "model": model, "from_year": rng.integers(2014, 2021, len(who))}
            )
        )
    rows = pd.DataFrame(
        {"household_id": np.repeat(identifiers, len(YEARS)), "year": np.tile(YEARS, households)}
    )
    rows["members"] = rng.integers(1, 6, len(rows))
    for source in ("wage", "business", "transfer"):
        rows[f"income_{source}"] = rng.normal(3000.0, 2500.0, len(rows))
    rows["income_total"] = rows[["income_wage", "income_business", "income_transfer"]].sum(axis=1)
    return {
        "households": facts,
        "incomes": rows[rng.random(len(rows)) >= missing],
        "participation": pd.concat(joined, ignore_index=True),
    }


def write(folder: Path, parts: dict[str, pd.DataFrame], name: str = "invented") -> Path:
    """Write them as a register's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(TOML.format(id=name), encoding="utf-8")
    for table, frame in parts.items():
        frame.to_parquet(folder / f"{table}.parquet", index=False)
    return folder
