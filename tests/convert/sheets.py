"""Small files of the shapes that offices and archives have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook

NAMES = ("households", "incomes", "participation")


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The register's three tables."""
    return {n: pd.read_parquet(folder / f"{n}.parquet") for n in NAMES}


def xlsx(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> Path:
    """A workbook with one sheet."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def office(folder: Path) -> Path:
    """A title, two header rows with merged cells, merged places, subtotals, a total, a signature; 12 households.

    Household i (from 0) has wages of (i + 1) * 1000 + year - 2015 yuan, as text with separators where i is odd;
    business income of 0.5 万元 (its own unit) and transfers of 100 yuan every year.
    """
    rows: list[list[Any]] = [
        ["某县2015-2017年农户收入台账"],
        ["乡镇", "行政村", "户编号", "户主姓名", "家庭人口"],
    ]
    for year in (2015, 2016, 2017):
        rows[1] += [f"{year}年", None, None]
    rows[1] += ["参加合作社时间", "备注"]
    rows.append([None] * 5 + ["工资性收入(元)", "经营净收入(元)", "转移净收入(元)"] * 3 + [None, None])
    joined = ["", "2016年3月", "2017-05-08", "未参加"]
    for i in range(12):
        town = ("甲镇", "乙镇")[i // 6] if i % 6 == 0 else None
        village = f"{'东' if i // 3 % 2 == 0 else '西'}村" if i % 3 == 0 else None
        row: list[Any] = [town, village, f"{i + 1:03d}", "某某", "４" if i == 0 else 2]
        for year in range(3):
            wage = (i + 1) * 1000 + year
            row += [f"{wage:,}" if i % 2 else wage, "0.5万元", 100]
        rows.append([*row, joined[i % 4], None])
        if i == 5:
            rows.append(["小 计"] + [None] * 15)
    rows += [[None] * 16, ["合计:", None, None, None, 26, 78000], ["制表人:某某"]]
    return xlsx(folder / "台账.xlsx", rows, merged=("A1:P1", "F2:H2", "I2:K2", "L2:N2"))


def mapping(path: Path, body: str, kind: str = "administrative") -> Path:
    """A mapping file with the register's header in front."""
    if "[[participation]]" not in body:  # else a conversion that finds nobody joining is refused
        body = ("" if "[options]" in body else "[options]\n") + body
        body = body.replace("[options]\n", "[options]\nno_participation = true\n")
    path.write_text(
        f'[register]\nid = "t"\ntitle_en = "T"\ntitle_zh = "测试"\nkind = "{kind}"\n{body}', encoding="utf-8"
    )
    return path


LONG = """
[[files]]
name = "main"
match = "*"
[variables]
household_id = "户编号"
village_id = "村"
year = "年份"
members = "人口"
income_total = "收入"
"""
"""A long table's mapping, without the register's header."""


def long_csv(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    """A long table: 户编号, 村, 年份, 人口, 收入."""
    path.write_bytes("\n".join(["户编号,村,年份,人口,收入", *lines, ""]).encode(encoding))
    return path
