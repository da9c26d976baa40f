"""Files in other people's shapes: converted, they are the invented register again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

import bangfu
from bangfu.simulation import draw, shapes


def test_survey_files_convert_to_the_world_they_came_from(tmp_path: Path) -> None:
    files = shapes.cfps_files(tmp_path, 600, seed=3)
    bangfu.convert(files, shapes.cfps_mapping(tmp_path / "m.toml"), tmp_path / "register")
    drawn = draw(600, seed=3)
    made = pd.read_parquet(tmp_path / "register" / "incomes.parquet")
    theirs = drawn.incomes[drawn.incomes["year"].isin(shapes.WAVES)]
    assert len(made) == len(theirs)
    assert made["income_total"].sum() == np.float64(theirs["income_total"].sum()).round(6)
    taken = pd.read_parquet(tmp_path / "register" / "participation.parquet")
    first = drawn.participation.groupby(["household_id", "model"])["from_year"].min()
    assert set(taken["from_year"]) <= set(shapes.WAVES)
    assert len(taken) <= len(first)
    register = bangfu.load_register(tmp_path / "register")
    assert register.info.synthetic  # every figure says that the households are invented
    assert [f for f in bangfu.check(tmp_path / "register") if f.severity == "fault"] == []


def test_office_sheet_converts(tmp_path: Path) -> None:
    sheet = shapes.office_sheet(tmp_path, 600, seed=3)
    report = bangfu.convert(sheet, shapes.office_mapping(tmp_path / "m.toml"), tmp_path / "register")
    assert "非真实" in report.text("zh") or bangfu.load_register(tmp_path / "register").info.synthetic
    drawn = draw(600, seed=3)
    made = pd.read_parquet(tmp_path / "register" / "incomes.parquet").set_index(["household_id", "year"])
    own = drawn.incomes.set_index(["household_id", "year"])["income_total"].reindex(made.index)
    assert len(made) > 1_000
    assert np.abs(made["income_total"] - own).max() <= 4  # rounded to yuan, and business to 1 yuan in 10,000
    kinds = set(pd.read_parquet(tmp_path / "register" / "participation.parquet")["model"])
    assert kinds == {"courtyard", "cooperative"}
