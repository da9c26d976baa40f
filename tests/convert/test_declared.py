"""What a file declares is used: value labels, variable labels, units in headers, rows and titles, years in headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from bangfu.convert import convert, suggest
from bangfu.convert.headers import guess
from bangfu.convert.units import of_header, of_row, of_title, parse
from bangfu.errors import DataFault

from .doors import DOORS, joined, suggested, write
from .sheets import LONG, mapping, tables, xlsx

YEARS = (2014, 2016, 2018)
STATISTICS = (".dta", ".sav")


def asked(yes: Any, no: Any) -> list[list[Any]]:
    """A joins in 2016, B never."""
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income", "in_coop"]]
    rows += [["A", "v", y, 3, 9, yes if y >= 2016 else no] for y in YEARS]
    return rows + [["B", "v", y, 3, 9, no] for y in YEARS]


LABELS = [
    {1: "否", 2: "是"},
    {1: "No", 2: "Yes"},
    {1: "无", 2: "有"},
    {1: "未参加", 2: "参加"},
    {2: "参与", 1: "未参与"},
    {2: "1.是", 1: "2.否"},
    {0: "是", 1: "否"},
    {5: "是", 1: "否"},
    {1: "否", 2: "是", 9: "拒绝回答", -8: "不适用"},
]


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize("labels", LABELS)
def test_labels_decide_yes_and_no(tmp_path: Path, door: str, labels: dict[int, str]) -> None:
    yes = next(c for c, t in labels.items() if t in ("是", "Yes", "有", "参加", "参与", "1.是"))
    no = next(c for c, t in labels.items() if t in ("否", "No", "无", "未参加", "未参与", "2.否"))
    path = write(tmp_path / f"t{door}", asked(yes, no), variable_value_labels={"in_coop": labels})
    assert joined(suggested(path)[1]) == {"A": 2016}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("yes", "no"), [("是", "否"), ("Yes", "No"), ("有", "无"), ("参加", "未参加"), ("√", "×"), ("1.是", "2.否"), (1, 2), (1, 0), (1, 5)]
)
def test_answers_through_every_door(tmp_path: Path, door: str, yes: Any, no: Any) -> None:
    assert joined(suggested(write(tmp_path / f"t{door}", asked(yes, no)))[1]) == {"A": 2016}


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize(
    "how",
    [
        'from = "in_coop", recode = { "1" = 1, "2" = 0 }',
        'from = "in_coop", recode = { "否" = 1, "是" = 0 }',
        'from = "in_coop", missing = [2]',
        'from = "in_coop", never = [2]',
        'expr = "in_coop == 1"',
        'expr = "1 if in_coop == 1 else 0"',
        "expr = 'in_coop == \"否\"', labels = true",
    ],
)
def test_a_mapping_that_contradicts_the_labels_is_refused(tmp_path: Path, door: str, how: str) -> None:
    path = write(tmp_path / f"t{door}", asked(2, 1), variable_value_labels={"in_coop": {1: "否", 2: "是"}})
    old = 'from = "in_coop"'
    with pytest.raises(DataFault) as caught:
        suggested(path, (old, how))
    assert {f.rule for f in caught.value.faults} == {"label_contradicts"}
    assert "in_coop: 2 = '是'" in caught.value.en or "in_coop: 1 = '否'" in caught.value.en
    if how.startswith("from") and "labels" not in how and "recode" in how and "1" in how:
        _, made = suggested(path, (old, f"{how}, labels = false"))  # the user knows that the labels are wrong
        assert joined(made) == {"A": 2014, "B": 2014}


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize("how", ['from = "in_coop", recode = { "2" = 1, "1" = 0 }', 'expr = "in_coop == 2"', 'from = "in_coop", labels = true'])
def test_a_mapping_that_agrees_with_the_labels_is_taken(tmp_path: Path, door: str, how: str) -> None:
    path = write(tmp_path / f"t{door}", asked(2, 1), variable_value_labels={"in_coop": {1: "否", 2: "是"}})
    assert joined(suggested(path, ('from = "in_coop"', how))[1]) == {"A": 2016}


@pytest.mark.parametrize("door", STATISTICS)
def test_a_code_without_a_label_beside_turned_ones_is_no_answer(tmp_path: Path, door: str) -> None:
    path = write(tmp_path / f"t{door}", asked(2, 1), variable_value_labels={"in_coop": {1: "否"}})
    with pytest.raises(DataFault, match="joining_unread"):
        suggested(path)


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize(("male", "female"), [("男", "女"), ("女", "男"), ("Male", "Female"), ("男性", "女性"), ("1.男", "2.女")])
def test_labels_of_sex(tmp_path: Path, door: str, male: str, female: str) -> None:
    rows = [["hhid", "village", "year", "members", "income", "sex_of_head"]]
    rows += [["A", "v", 2016, 3, 9, 1], ["B", "v", 2016, 3, 9, 2]]  # type: ignore[list-item]
    path = write(
        tmp_path / f"t{door}", rows, variable_value_labels={"sex_of_head": {1: male, 2: female}},
        column_labels=["", "", "", "", "", "户主性别"],
    )  # fmt: skip
    homes = suggested(path)[1]["households"].set_index("household_id")["head_female"]
    assert homes.tolist() == [male == "女", female in ("女", "Female", "女性", "2.女")]


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize("text", ["拒绝回答", "不知道", "不清楚", "don't know", "Refused", "不适用", "无法判断", "缺失"])
def test_labels_of_missing_codes(tmp_path: Path, door: str, text: str) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income"]]
    rows += [["A", "v", 2016, 3, 900], ["A", "v", 2018, 3, 999999]]
    path = write(tmp_path / f"t{door}", rows, variable_value_labels={"income": {999999: text}})
    assert "missing = [999999]" in suggest(path).text
    report, made = suggested(path)
    assert made["incomes"]["income_total"].tolist() == [900]
    by_hand = mapping(tmp_path / "m.toml", LONG.replace("户编号", "hhid").replace("村", "village").replace("年份", "year").replace("人口", "members").replace("收入", "income"))
    report = convert(path, by_hand, tmp_path / "hand")  # a mapping that does not know the code
    assert tables(tmp_path / "hand")["incomes"]["income_total"].tolist() == [900]
    assert ("file_missing", 1) in {(e.rule, e.count) for e in report.notes}


def test_a_code_that_is_missing_in_one_column_is_a_number_in_another(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income"], ["A", "v", 2016, 9, 9]]
    rows += [["A", "v", 2018, 9, 12]]
    path = write(tmp_path / "t.dta", rows, variable_value_labels={"income": {9: "拒绝回答"}})
    assert suggested(path)[1]["incomes"]["members"].tolist() == [9]


def tagged(path: Path, column: str, cells: list[Any], **labels: Any) -> Path:
    frame = pd.DataFrame({"hhid": ["A", "A", "B", "B"], "village": "v", "year": [2016.0, 2018.0] * 2, "members": 3.0, "income": 9.0, "coop_year": 2018.0})
    frame["coop_year"] = [None, None, 2018.0, 2018.0]
    frame[column] = cells
    pyreadstat.write_dta(frame, str(path), missing_user_values={column: ["a", "b"]}, **labels)
    return path


def test_tagged_missing_values(tmp_path: Path) -> None:
    report, made = suggested(tagged(tmp_path / "t.dta", "income", [5.0, "a", 7.0, "b"]))
    assert made["incomes"]["income_total"].tolist() == [5, 7]
    assert ("file_missing", 2) in {(e.rule, e.count) for e in report.notes}


@pytest.mark.parametrize("label", [{}, {"a": "不知道"}])
def test_a_tagged_date_of_joining_is_unknown(tmp_path: Path, label: dict[str, str]) -> None:
    more = {"variable_value_labels": {"coop_year": label}} if label else {}
    path = tagged(tmp_path / "t.dta", "coop_year", ["a", "a", 2018.0, 2018.0], **more)
    with pytest.raises(DataFault, match="joining_code"):
        suggested(path)


def test_a_tagged_code_that_does_not_apply_means_never(tmp_path: Path) -> None:
    path = tagged(tmp_path / "t.dta", "coop_year", ["a", "a", 2018.0, 2018.0], variable_value_labels={"coop_year": {"a": "不适用"}})
    assert 'never = [".a"]' in suggest(path).text
    _, made = suggested(path)
    assert joined(made) == {"B": 2018} and len(made["households"]) == 2


@pytest.mark.parametrize("door", STATISTICS)
def test_labels_that_name_the_models(tmp_path: Path, door: str) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income", "model"]]
    rows += [[h, "v", y, 3, 9, k if y == 2018 else 0] for h, k in (("A", 1), ("B", 2), ("C", 3), ("D", 0)) for y in YEARS]
    labels = {0: "无", 1: "庭院经济", 2: "合作社", 3: "龙头企业带动"}
    _, made = suggested(write(tmp_path / f"t{door}", rows, variable_value_labels={"model": labels}))
    found = made["participation"].set_index("household_id")["model"]
    assert found.to_dict() == {"A": "courtyard", "B": "cooperative", "C": "enterprise"}
    with pytest.raises(DataFault, match="joining_kind"):  # without labels the codes name nothing
        suggested(write(tmp_path / f"u{door}", rows))


@pytest.mark.parametrize("door", STATISTICS)
def test_variable_labels_feed_the_suggestion(tmp_path: Path, door: str) -> None:
    titles = {"q1": "户编号", "q2": "行政村名称", "q3": "家庭人口数", "q12": "2015年家庭总收入(万元)", "q13": "2016年家庭总收入(万元)", "q14": "是否参加合作社", "q15": "A15. 参加合作社时间"}
    rows: list[list[Any]] = [list(titles), ["A", "v", 3, 1, 2, 1, 2016], ["B", "v", 2, 3, 4, 2, None]]
    path = write(tmp_path / f"t{door}", rows, column_labels=list(titles.values()), variable_value_labels={"q14": {1: "是", 2: "否"}})
    found = suggest(path)
    assert found.missing == () and found.guessed["income_total"] == "q12 (2015年家庭总收入(万元))"
    _, made = suggested(path)
    incomes = made["incomes"].set_index(["household_id", "year"])["income_total"]
    assert incomes.to_dict() == {("A", 2015): 1e4, ("A", 2016): 2e4, ("B", 2015): 3e4, ("B", 2016): 4e4}
    assert joined(made) == {"A": 2016}


def test_a_label_that_says_something_else_than_the_name_is_not_guessed() -> None:
    assert guess("income", "家庭消费支出") is None
    assert guess("income", "随便什么") is not None


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
    assert [u and u.word for u in of_row([None, "—", "人", "万元", "亩"]) or []] == [None, None, "人", "万元", "亩"]
    assert of_row(["H1", "v", "3", "元"]) is None and of_row([None, "人"]) is None and of_row([]) is None
    for title in ("单位:万元", "填报单位:元宝镇   单位:万元", "金额单位:万元  制表:某某", "2016年农户收入统计表(万元)", "单 位:万 元", "单位:万元、人"):
        assert [u.factor for u in of_title([[title]])] == [1e4], title
    assert of_title([["填报单位:元宝镇"], ["帮扶单位:万达公司"], ["某县2016年台账"]]) == ()


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
def test_units_stand_per_column(tmp_path: Path, door: str, headers: list[str], row: list[str] | None, cells: list[Any], yuan: tuple[float, float]) -> None:
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
    rows = [["某县2015-2016年农户收入表"], [None, None, None, None, title], *wide(["2015年收入", "2016年收入"], [2, 3])]
    path = xlsx(tmp_path / "t.xlsx", rows)
    assert 'unit = "万元"' in suggest(path).text
    assert amounts(suggested(path)[1]) == {2015: 2e4, 2016: 3e4}
    assert amounts(suggested(xlsx(tmp_path / "u.xlsx", rows), (', unit = "万元"', ""))[1]) == {2015: 2e4, 2016: 3e4}


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
def test_units_that_disagree_are_refused(tmp_path: Path, rows: list[list[Any]], change: tuple[str, str] | None, rule: str) -> None:
    with pytest.raises(DataFault) as caught:
        suggested(xlsx(tmp_path / "t.xlsx", rows), *([change] if change else []))
    assert {f.rule for f in caught.value.faults} == {rule}


def test_the_mapping_settles_a_title_that_disagrees(tmp_path: Path) -> None:
    rows = [["单位:万元"], *wide(["2015年收入(元)", "2016年收入(元)"], [2, 3])]
    change = (" }  # guessed from \"2015", ', unit = "元" }  # "2015')
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
    said = mapping(tmp_path / "n.toml", body.replace("' }", "', unit = \"万元\" }"))
    convert(path, said, tmp_path / "r")
    assert amounts(tables(tmp_path / "r")) == {2015: 5e4}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("pattern", ["inc_{}", "income_{}", "income{}", "income{yy}", "inc{yy}", "hh_income_{}", "net_income{}"])
def test_years_in_english_headers(tmp_path: Path, door: str, pattern: str) -> None:
    names = [pattern.format(y, yy=f"{y % 100:02d}") for y in (2014, 2016)]
    rows = [["hhid", "village", "members", *names], ["A", "v", 2, 10, 20]]
    assert amounts(suggested(write(tmp_path / f"t{door}", rows))[1]) == {2014: 10, 2016: 20}


@pytest.mark.parametrize("door", SHEETS)
@pytest.mark.parametrize("pattern", ["{yy}年收入", "收入{}", "{}年收入", "{}收入", "收入({}年)", "{}income", "{}_income", "{yy}年度收入", "收入_{}年", "{}年度家庭纯收入(元)"])
def test_years_in_sheet_headers(tmp_path: Path, door: str, pattern: str) -> None:
    names = [pattern.format(y, yy=f"{y % 100:02d}") for y in (2014, 2016)]
    assert amounts(suggested(write(tmp_path / f"t{door}", wide(names, [10, 20])))[1]) == {2014: 10, 2016: 20}


def test_two_digits_at_the_end_are_years_where_several_stand(tmp_path: Path) -> None:
    rows = [["fid", "village", "familysize14", "familysize16", "income14", "income16"], ["A", "v", 2, 3, 10, 20]]
    path = write(tmp_path / "t.csv", rows)
    _, made = suggested(path)
    assert amounts(made) == {2014: 10, 2016: 20} and amounts(made, "members") == {2014: 2, 2016: 3}
