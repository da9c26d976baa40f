"""Invented households in the shape of other people's files: what a survey or an office hands over, to practise on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bangfu import atomic
from bangfu.places import data
from bangfu.simulation.drawing import Draw, draw
from bangfu.simulation.villages import MODELS

WAVES = {2014: "201906", 2016: "201807", 2018: "202101", 2020: "202306"}
"""Waves of the survey's shape, with the release that a real file's name would carry."""

SHEET_YEARS = (2015, 2016, 2017)

_PARTS = {"fwage_1": "income_wage", "foperate_1": "income_business", "fproperty_1": "income_property", "ftransfer_1": "income_transfer"}  # fmt: skip


def cfps_files(folder: str | Path, households: int = 3_000, *, seed: int | None = None) -> list[Path]:
    """Family economy files shaped like those of the China Family Panel Studies, every second year, households invented.

    Questions on the three models are invented too (``asked_courtyard`` and so on: 1 yes, 5 no): the survey asks none.

    Parameters
    ----------
    folder : path
        Exists.
    households : int
    seed : int, optional

    Returns
    -------
    list of Path
        One Stata file for each of ``WAVES``.
    """
    import pyreadstat

    drawn = draw(households, seed=seed)
    homes = _numbered(drawn)
    rows = drawn.incomes.join(homes, on="household_id")
    paths = []
    for wave, release in WAVES.items():
        of, short = rows[rows["year"] == wave], wave % 100
        size = "familysize" if wave == 2014 else f"familysize{short}"
        earlier = f"fid{(wave - 2) % 100}"
        file: dict[str, Any] = {f"fid{short}": of["fid"], earlier: of["fid"], f"cid{short}": of["cid"], f"countyid{short}": of["countyid"], size: of["members"]}  # fmt: skip
        file |= {name: of[own].astype(float) for name, own in _PARTS.items()}
        file |= {"fincome1": of["income_total"].astype(float), "pce": of["consumption"].astype(float)}
        for model in MODELS:
            file[f"asked_{model}"] = np.where(of[model] <= wave, 1.0, 5.0)
        path = Path(folder) / f"cfps{wave}famecon_{release}.dta"
        with atomic.output(path) as beside:
            pyreadstat.write_dta(pd.DataFrame(file), str(beside))
        paths.append(path)
    return paths


def cfps_mapping(path: str | Path) -> Path:
    """The shipped mapping ``cfps.toml`` with the invented questions named, and a title that says what the files are."""
    text = (data("surveys") / "cfps.toml").read_text(encoding="utf-8")
    asked = "".join(f'{m}_asked = {{ from = "asked_{m}", missing = "choice" }}\n' for m in MODELS)
    taken = "".join(f'\n[[participation]]\nmodel = "{m}"\nyes = "{m}_asked"\n' for m in MODELS)
    text = text.replace("[variables]\n", f"[variables]\n{asked}", 1) + taken
    return _invented(
        text, Path(path), "Files shaped like CFPS, households invented", "仿CFPS格式的文件(非真实农户)"
    )


def office_sheet(folder: str | Path, households: int = 3_000, *, seed: int | None = None) -> Path:
    """A wide sheet with Chinese headers, one column for each year and source of income, households invented.

    Returns
    -------
    Path
        ``folder/台账.xlsx``: a title line, the headers in the second row, then one row per household.
    """
    from openpyxl import Workbook

    drawn = draw(households, seed=seed)
    homes = _numbered(drawn)
    facts = drawn.households.set_index("household_id")
    wide = drawn.incomes.pivot(index="household_id", columns="year")
    seen = np.all(np.asarray(wide["income_total"][list(SHEET_YEARS)].notna()), axis=1)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["农户收入台账(非真实农户)"])
    heads = ["乡镇", "行政村", "户编号", "家庭人口", "耕地面积(亩)", "参加合作社时间"]
    for y in SHEET_YEARS:
        heads += [f"{y}年工资性收入(元)", f"{y}年生产经营性收入(万元)", f"{y}年财产性收入(元)", f"{y}年转移性收入(元)", f"{y}年是否发展庭院经济"]  # fmt: skip
    sheet.append(heads)
    for name in wide.index[np.flatnonzero(seen)]:
        start, courtyard = homes.loc[name, "cooperative"], homes.loc[name, "courtyard"]
        row = [
            str(facts.loc[name, "township_id"]), str(facts.loc[name, "village_name"]), str(name),
            int(wide.loc[name, ("members", SHEET_YEARS[-1])]), float(facts.loc[name, "land_mu"]),
            f"{int(start)}年" if start <= SHEET_YEARS[-1] else "未参加",
        ]  # fmt: skip
        for y in SHEET_YEARS:
            wage, business, rent, transfer = (float(wide.loc[name, (part, y)]) for part in _PARTS.values())
            row += [
                round(wage), f"{business / 10_000:.4f}万元", round(rent), round(transfer), "是" if courtyard <= y else "否"
            ]  # fmt: skip
        sheet.append(row)
    path = Path(folder) / "台账.xlsx"
    with atomic.output(path) as beside:
        book.save(beside)
    return path


def office_mapping(path: str | Path) -> Path:
    """The shipped mapping ``office_sheet.toml`` with a title that says that the households are invented."""
    text = (data("surveys") / "office_sheet.toml").read_text(encoding="utf-8")
    return _invented(text, Path(path), "Office sheet, households invented", "宽表台账(非真实农户)")


def _numbered(drawn: Draw) -> pd.DataFrame:
    """By household: numbers of household, village and county, and the year in which each model was taken up (9999: never)."""
    facts = drawn.households.set_index("household_id")
    code = {c: facts[c].astype("category").cat.codes for c in ("village_id", "county_id")}
    out = pd.DataFrame(
        {
            "fid": 100_000_001 + np.arange(len(facts)), "cid": code["village_id"] + 1, "countyid": code["county_id"] + 1
        },
        index=facts.index,
    )  # fmt: skip
    starts = drawn.participation.pivot_table(index="household_id", columns="model", values="from_year")
    return out.join(starts.reindex(columns=list(MODELS))).fillna(9999)


def _invented(text: str, path: Path, en: str, zh: str) -> Path:
    """The mapping with another title, and the kind that makes every figure say so."""
    lines = []
    for line in text.splitlines():
        key = line.split(" = ")[0]
        new = {"title_en": en, "title_zh": zh, "kind": "synthetic"}.get(key)
        lines.append(line if new is None else f'{key} = "{new}"')
    atomic.write_text(path, "\n".join(lines) + "\n")
    return path
