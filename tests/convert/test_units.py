"""Units in headers, rows and titles, each column its own; years in headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bangfu.convert import convert, suggest
from bangfu.convert.units import of_header, of_row, of_title, parse
from bangfu.errors import DataFault

from .doors import DOORS, suggested, write
from .sheets import mapping, tables, xlsx


@pytest.mark.parametrize(
    ("text", "factor", "per"),
    [
        ("元", 1, ""), ("万元", 1e4, ""), ("(千元)", 1e3, ""), ("单位:百元", 1e2, ""), ("元/人", 1, "head"), ("万元/年", 1e4, ""),
        ("元/月", 1, "month"), ("元/人·年", 1, "head"), ("亩", 1, ""), ("公顷", 15, ""), ("yuan", 1, ""), ("10,000 yuan".replace(",", ""), 1e4, ""),
    ],
)  # fmt: skip
def test_units(text: str, factor: float, per: str) -> None:
    unit = parse(text)
    assert unit is not None and (unit.factor, "".join(unit.per)) == (factor, per)


@pytest.mark.parametrize(
    ("name", "factor"),
    [("收入(万元)", 1e4), ("收入【千元】", 1e3), ("收入万元", 1e4), ("收入_万元", 1e4), ("收入:元", 1), ("收入(单位:万元)", 1e4), ("income_yuan", 1), ("收入", None), ("单元", None), ("收入(2015年)", None)],
)  # fmt: skip
def test_units_of_headers(name: str, factor: float | None) -> None:
    found = of_header(name)
    assert (found.factor if found else None) == factor


def test_units_of_rows_and_titles() -> None:
    assert [u and u.word for u in of_row([None, "—", "人", "万元", "亩"]) or []] == [
        None,
        None,
        "人",
        "万元",
        "亩",
    ]
    assert of_row(["H1", "v", "3", "元"]) is None and of_row([None, "人"]) is None and of_row([]) is None
    for title in (
        "单位:万元",
        "填报单位:元宝镇   单位:万元",
        "金额单位:万元  制表:某某",
        "2016年农户收入统计表(万元)",
        "单 位:万 元",
        "单位:万元、人",
    ):
        assert [u.factor for u in of_title([title])] == [1e4], title
    assert of_title(["填报单位:元宝镇", "帮扶单位:万达公司", "某县2016年台账"]) == ()


def wide(headers: list[str], cells: list[Any]) -> list[list[Any]]:
    return [["户编号", "行政村", "家庭人口", *headers], ["A", "v", 2, *cells], ["B", "v", 2, *cells]]


def amounts(made: dict[str, pd.DataFrame], column: str = "income_total") -> dict[int, float]:
    one = made["incomes"][made["incomes"]["household_id"] == "A"]
    return dict(zip(one["year"], one[column], strict=True))


SHEETS = (".csv", ".xlsx")


@pytest.mark.parametrize("door", SHEETS)
@pytest.mark.parametrize(
    ("headers", "row", "cells", "yuan"),
    [
        (["2015年收入(万元)", "2016年收入(元)"], None, [2, 30000], (2e4, 3e4)),
        (["2015年收入(元)", "2016年收入(万元)"], None, [20000, 3], (2e4, 3e4)),
        (["2015年收入(千元)", "2016年收入(百元)"], None, [20, 300], (2e4, 3e4)),
        (["2015年收入(万元)", "2016年收入(万元)"], None, [2, 3], (2e4, 3e4)),
        (["2015年收入", "2016年收入"], ["万元", "元"], [2, 30000], (2e4, 3e4)),
        (["2015年收入", "2016年收入"], ["万元", "万元"], [2, 3], (2e4, 3e4)),
        (["2015年收入", "2016年收入"], ["(元)", "(元)"], [20000, 30000], (2e4, 3e4)),
        (["2015年收入万元", "2016年收入元"], None, [2, "30000元"], (2e4, 3e4)),
        (["2015年人均收入(元)", "2016年人均收入(元)"], None, [10000, 15000], (2e4, 3e4)),
        (["2015年收入(元/人)", "2016年收入(元/人)"], None, [10000, 15000], (2e4, 3e4)),
        (["2015年收入(元/月)", "2016年收入(元/月)"], None, [1000, "0.2万元"], (12e3, 24e3)),
    ],
)  # fmt: skip
def test_units_stand_per_column(
    tmp_path: Path,
    door: str,
    headers: list[str],
    row: list[str] | None,
    cells: list[Any],
    yuan: tuple[float, float],
) -> None:
    rows = wide(headers, cells)
    if row:
        rows.insert(1, [None, None, "人", *row])
    report, made = suggested(write(tmp_path / f"t{door}", rows))
    assert amounts(made) == dict(zip((2015, 2016), yuan, strict=True))
    assert [(e.rule, e.count) for e in report.dropped] == ([("unit_row", 1)] if row else [])


@pytest.mark.parametrize("written", [True, False])
def test_a_row_of_units_is_read_whether_the_mapping_names_it_or_not(tmp_path: Path, written: bool) -> None:
    rows = wide(["2015年收入", "2016年收入"], [2, 3])
    rows.insert(1, ["—", None, "人", "万元", "万元"])
    path = xlsx(tmp_path / "t.xlsx", rows)
    assert "unit_row = 2" in suggest(path).text
    changes = [] if written else [("unit_row = 2\n", ""), (', unit = "万元"', "")]
    assert amounts(suggested(path, *changes)[1]) == {2015: 2e4, 2016: 3e4}
    with pytest.raises(DataFault, match="unit_row"):
        suggested(xlsx(tmp_path / "u.xlsx", rows), ("unit_row = 2", "unit_row = 3"))


@pytest.mark.parametrize("title", ["单位:万元", "(万元)", "填报单位:某镇    金额单位:万元"])
def test_units_in_a_title_line(tmp_path: Path, title: str) -> None:
    rows = [
        ["某县2015-2016年农户收入表"],
        [None, None, None, None, title],
        *wide(["2015年收入", "2016年收入"], [2, 3]),
    ]
    path = xlsx(tmp_path / "t.xlsx", rows)
    assert 'unit = "万元"' in suggest(path).text
    assert amounts(suggested(path)[1]) == {2015: 2e4, 2016: 3e4}
    assert amounts(suggested(xlsx(tmp_path / "u.xlsx", rows), (', unit = "万元"', ""))[1]) == {
        2015: 2e4,
        2016: 3e4,
    }


@pytest.mark.parametrize(
    ("rows", "change", "rule"),
    [
        ([["单位:万元"], *wide(["2015年收入(元)", "2016年收入(元)"], [2, 3])], None, "unit_conflict"),
        (wide(["2015年收入(万元)", "2016年收入(元)"], [2, 3]), (' }  # guessed from "2015', ', unit = "元" }  # "2015'), "unit_conflict"),
        (wide(["2015年收入(万元)", "2016年收入(万元)"], [2, 3]), ('unit = "万元"', 'unit = "千元"'), "unit_conflict"),
        (wide(["2015年收入(万元)", "2016年收入"], [2, 3]), None, "unit_needed"),
        (wide(["2015年工资性收入(万元)", "2015年经营性收入"], [2, 3]), None, "unit_needed"),
        (wide(["2015年收入(美元)", "2016年收入(美元)"], [2, 3]), None, "unit_conflict"),
        (wide(["2015年收入(亩)", "2016年收入(元)"], [2, 3]), None, "unit_conflict"),
        (wide(["2015年人均收入(元)", "2016年人均收入(元)"], [2, 3]), ('per = ["head"]', 'unit = "元"'), "unit_conflict"),
        (wide(["2015年收入(元/月)", "2016年收入(元/月)"], [2, 3]), ('per = ["month"]', 'unit = "元"'), "unit_conflict"),
        ([wide(["2015年收入(元)"], [2])[0], [None, None, "人", "万元"], *wide([""], [2])[1:]], None, "unit_conflict"),
        ([["单位:万元  单位:元"], *wide(["2015年收入", "2016年收入"], [2, 3])], None, "unit_conflict"),
    ],
)  # fmt: skip
def test_units_that_disagree_are_refused(
    tmp_path: Path, rows: list[list[Any]], change: tuple[str, str] | None, rule: str
) -> None:
    with pytest.raises(DataFault) as caught:
        suggested(xlsx(tmp_path / "t.xlsx", rows), *([change] if change else []))
    assert {f.rule for f in caught.value.faults} == {rule}


def test_the_mapping_settles_a_title_that_disagrees(tmp_path: Path) -> None:
    rows = [["单位:万元"], *wide(["2015年收入(元)", "2016年收入(元)"], [2, 3])]
    change = (' }  # guessed from "2015', ', unit = "元" }  # "2015')
    assert amounts(suggested(xlsx(tmp_path / "t.xlsx", rows), change)[1]) == {2015: 2, 2016: 3}


def test_an_expression_of_columns_in_ten_thousands_says_its_unit(tmp_path: Path) -> None:
    rows = wide(["2015年工资(万元)", "2015年务农(万元)"], [2, 3])
    body = """
[[files]]
name = "a"
match = "*"
years = [2015]
[variables]
household_id = "户编号"
village_id = "行政村"
members = "家庭人口"
income_total = { expr = 'col("2015年工资(万元)") + col("2015年务农(万元)")' }
"""
    path = xlsx(tmp_path / "t.xlsx", rows)
    with pytest.raises(DataFault, match="unit_needed"):
        convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    said = mapping(tmp_path / "n.toml", body.replace("' }", '\', unit = "万元" }'))
    convert(path, said, tmp_path / "r")
    assert amounts(tables(tmp_path / "r")) == {2015: 5e4}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "pattern", ["inc_{}", "income_{}", "income{}", "income{yy}", "inc{yy}", "hh_income_{}", "net_income{}"]
)
def test_years_in_english_headers(tmp_path: Path, door: str, pattern: str) -> None:
    names = [pattern.format(y, yy=f"{y % 100:02d}") for y in (2014, 2016)]
    rows = [["hhid", "village", "members", *names], ["A", "v", 2, 10, 20]]
    assert amounts(suggested(write(tmp_path / f"t{door}", rows))[1]) == {2014: 10, 2016: 20}


@pytest.mark.parametrize("door", SHEETS)
@pytest.mark.parametrize(
    "pattern",
    [
        "{yy}年收入",
        "收入{}",
        "{}年收入",
        "{}收入",
        "收入({}年)",
        "{}income",
        "{}_income",
        "{yy}年度收入",
        "收入_{}年",
        "{}年度家庭纯收入(元)",
    ],
)
def test_years_in_sheet_headers(tmp_path: Path, door: str, pattern: str) -> None:
    names = [pattern.format(y, yy=f"{y % 100:02d}") for y in (2014, 2016)]
    assert amounts(suggested(write(tmp_path / f"t{door}", wide(names, [10, 20])))[1]) == {2014: 10, 2016: 20}


def test_two_digits_at_the_end_are_years_where_several_stand(tmp_path: Path) -> None:
    rows = [
        ["fid", "village", "familysize14", "familysize16", "income14", "income16"],
        ["A", "v", 2, 3, 10, 20],
    ]
    path = write(tmp_path / "t.csv", rows)
    _, made = suggested(path)
    assert amounts(made) == {2014: 10, 2016: 20} and amounts(made, "members") == {2014: 2, 2016: 3}
