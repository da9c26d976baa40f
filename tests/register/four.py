"""A register of four invented households."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

TOML = 'id = "four"\ntitle_en = "Four invented households"\ntitle_zh = "四户非真实农户"\nkind = "{kind}"\n'
HOUSEHOLDS = """household_id,village_id,head_female,weight
007,V1,true,1
008,V1,false,1
220882198001011234,V2,,2
a,V2,false,1
"""
INCOMES = """household_id,year,members,income_wage,income_business,income_transfer,income_total
007,2016,2,1000,2000.5,0,3000.5
007,2018,2,1500,2500,100,4100
008,2016,1,0,-500,900,400
008,2018,1,,300,900,1200
220882198001011234,2016,4,100,100,0,200
220882198001011234,2018,4,100,100,0,200
a,2018,3,9000,0,0,9000
"""
PARTICIPATION = """household_id,model,from_year,to_year
007,courtyard,2017,
007,cooperative,2018,
220882198001011234,enterprise,2018,2019
"""


def write(folder: Path, kind: str = "synthetic", **tables: str) -> Path:
    """The register as CSV files; other texts in place of some tables."""
    folder.mkdir(exist_ok=True)
    (folder / "register.toml").write_text(TOML.format(kind=kind), encoding="utf-8")
    whole = {"households": HOUSEHOLDS, "incomes": INCOMES, "participation": PARTICIPATION} | tables
    for name, text in whole.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def frame(text: str) -> pd.DataFrame:
    """A table as pandas reads it, identifiers as text."""
    from io import StringIO

    return pd.read_csv(StringIO(text), dtype={"household_id": "str", "model": "str"})


def as_parquet(folder: Path, table: str, rows: pd.DataFrame) -> Path:
    """Put a Parquet file in place of a table's CSV file."""
    (folder / f"{table}.csv").unlink(missing_ok=True)
    rows.to_parquet(folder / f"{table}.parquet", index=False)
    return folder / f"{table}.parquet"
