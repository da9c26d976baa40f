"""Waves, files joined on identifiers, incomes per head and by month, and how joining a model is known."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import bangfu
from bangfu.convert import convert
from bangfu.errors import DataFault, WrongUse

from .sheets import LONG, long_csv, mapping, tables, xlsx


def test_spss_labels_codes_and_declared_missing_ranges(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "hh": ["01", "02", "03"],
            "v": [1, 1, 2],
            "n": [3.0, 99.0, 2.0],
            "w": [100.0, 98.0, -8.0],
            "sex": [1.0, 2.0, 2.0],
        }
    )
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "a.sav"),
        variable_value_labels={"sex": {1: "男", 2: "女"}},
        missing_ranges={"n": [{"lo": 97, "hi": 99}], "w": [{"lo": 97, "hi": 99}, -8]},
    )
    body = """
[[files]]
name = "a"
match = "*.sav"
years = [2016]
[variables]
household_id = "hh"
village_id = "v"
members = { expr = "coalesce(n, 1)" }
income_wage = { expr = "w * 2" }
head_female = { from = "sex", labels = true }
"""
    report = convert(tmp_path / "a.sav", mapping(tmp_path / "m.toml", body, "survey"), tmp_path / "r")
    made = tables(tmp_path / "r")
    assert list(made["households"]["head_female"]) == [False, True, True]
    # 98 and -8 are codes, so two incomes are unknown; the 99 members of one would have been, too
    assert list(made["incomes"]["members"]) == [3]
    assert list(made["incomes"]["income_wage"]) == [200]
    assert list(made["households"]["members"]) == [3, 1, 2]
    assert {(e.rule, e.count) for e in report.dropped} == {("no_income", 2)}


def test_codes_never_become_numbers_in_an_expression(tmp_path: Path) -> None:
    frame = pd.DataFrame({"hh": [1, 2], "v": [1, 1], "n": [2, 2], "a": [10.0, -8.0], "b": [5.0, 5.0]})
    pyreadstat.write_dta(frame, str(tmp_path / "a.dta"))
    body = """
[codes]
c = [-8]
[[files]]
name = "a"
match = "*.dta"
years = [2016]
[variables]
household_id = "hh"
village_id = "v"
members = "n"
income_wage = { expr = "a + b", missing = "c" }
income_business = { expr = "a - b" }
"""
    report = convert(tmp_path / "a.dta", mapping(tmp_path / "m.toml", body), tmp_path / "r")
    incomes = tables(tmp_path / "r")["incomes"]
    assert incomes["income_wage"].isna().tolist() == [False, True]
    assert incomes["income_wage"][0] == 15
    assert ("suspect_code", "a", 1) in {(e.rule, e.column, e.count) for e in report.notes}  # undeclared: said


def test_per_head_by_month_in_units(tmp_path: Path) -> None:
    body = LONG.replace(
        'income_total = "收入"', 'income_total = { from = "收入", unit = "千元", per = ["head", "month"] }'
    )
    path = long_csv(tmp_path / "t.csv", ["1,A,2016,3,0.5", "2,A,2016,,0.5"])
    report = convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    assert list(tables(tmp_path / "r")["incomes"]["income_total"]) == [0.5 * 1000 * 3 * 12]
    assert [(e.rule, e.count) for e in report.dropped] == [("no_members", 1)]


def test_income_year_apart_from_survey_wave(tmp_path: Path) -> None:
    """The wave of 2017 asks for incomes of 2016 and whether the household is a member now."""
    path = tmp_path / "t.csv"
    path.write_text(
        "id,v,wave,n,inc,member\n1,A,2015,2,100,2\n1,A,2017,2,120,1\n2,A,2015,2,100,1\n3,A,2017,2,90,2\n"
    )
    body = """
[[files]]
name = "a"
match = "*"
[variables]
household_id = "id"
village_id = "v"
wave = "wave"
year = { expr = "wave - 1" }
members = "n"
income_total = "inc"
member = "member"
[[participation]]
model = "cooperative"
yes = "member"
"""
    report = convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    made = tables(tmp_path / "r")
    assert sorted(map(tuple, made["incomes"][["household_id", "year"]].to_numpy())) == [
        ("1", 2014), ("1", 2016), ("2", 2014), ("3", 2016),
    ]  # fmt: skip
    assert dict(
        zip(made["participation"]["household_id"], made["participation"]["from_year"], strict=True)
    ) == {
        "1": 2017,
        "2": 2015,
    }
    assert list(made["households"]["observed_year"]) == [2015, 2015, 2017]
    assert ("already_yes", "cooperative", 1) in {(e.rule, e.column, e.count) for e in report.notes}


def test_yes_then_no_ends_at_the_last_yes_and_no_answer_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    answers = {"1": "否 是 是 否", "2": "否 是 _ 是", "3": "_ 否 否 是"}
    lines = ["户编号,村,年份,人口,收入,社"]
    for home, said in answers.items():
        lines += [f"{home},A,{2014 + i},2,5,{a.strip('_')}" for i, a in enumerate(said.split())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    body = LONG + 'joined = "社"\n[[participation]]\nmodel = "cooperative"\nyes = "joined"\n'
    report = convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    made = tables(tmp_path / "r")["participation"]
    assert made["from_year"].tolist() == [2015, 2015, 2017]
    assert made["to_year"].isna().tolist() == [False, True, True] and made["to_year"][0] == 2016
    assert {(e.rule, e.count) for e in report.notes} == {("left_again", 1), ("blank_answer", 2)}


def test_dates_with_support_and_an_end(tmp_path: Path) -> None:
    rows = [
        ["户编号", "村", "年份", "人口", "收入", "起", "止", "资金", "签"],
        ["1", "A", 2015, 2, 5, "2016.3", "2018年", "0.5万元", "是"],
        ["1", "A", 2017, 2, 5, "2016.3", "2018年", "0.5万元", "是"],
        ["2", "A", 2015, 2, 5, "否", None, None, None],
        ["2", "A", 2017, 2, 5, "否", None, None, None],
    ]
    body = (
        LONG
        + """from = "起"
to = "止"
paid = "资金"
signed = "签"
[[models]]
id = "mine"
title_en = "Mine"
title_zh = "自定"
[[participation]]
model = "mine"
since = "from"
until = "to"
support_yuan = "paid"
contract = "signed"
"""
    )
    report = convert(xlsx(tmp_path / "t.xlsx", rows), mapping(tmp_path / "m.toml", body), tmp_path / "r")
    made = tables(tmp_path / "r")["participation"]
    assert made.to_dict("records") == [
        {
            "household_id": "1",
            "model": "mine",
            "from_year": 2016,
            "to_year": 2018,
            "support_yuan": 5000.0,
            "contract": True,
        }
    ]
    assert {(e.rule, e.count) for e in report.notes} == {("said_no", 2), ("between_waves", 1)}
    assert [f for f in bangfu.check(tmp_path / "r") if f.severity == "fault"] == []


def test_files_joined_on_an_identifier(tmp_path: Path) -> None:
    """A file of homes and a file of land plots; one home without land, one plot without a home."""
    (tmp_path / "homes.csv").write_text("id,v,n,inc,land\n1,A,2,10,\n2,A,2,20,\n")
    (tmp_path / "plots.csv").write_text("home,mu,leased\n1,2.5,0\n1,1.5,1\n9,7,0\n")
    body = """
[[files]]
name = "homes"
match = "homes*"
years = [2016]
[files.variables]
household_id = "id"
village_id = "v"
members = "n"
income_total = "inc"
[[files]]
name = "plots"
match = "plots*"
adds_to = "homes"
keep = "leased == 0 or mu < 5"
combine = { land_mu = "sum" }
[files.variables]
household_id = "home"
land_mu = "mu"
"""
    m = mapping(tmp_path / "m.toml", body)
    report = convert([tmp_path / "plots.csv", tmp_path / "homes.csv"], m, tmp_path / "r")
    homes = tables(tmp_path / "r")["households"]
    assert homes["land_mu"].tolist()[0] == 4 and pd.isna(homes["land_mu"][1])
    assert {(e.where, e.rule, e.count) for e in report.dropped} == {
        ("plots.csv", "combined", 1),
        ("plots.csv", "not_joined", 1),
    }
    assert ("plots.csv", "unmatched", 1) in {(e.where, e.rule, e.count) for e in report.notes}
    with pytest.raises(WrongUse, match="no main file"):
        convert(tmp_path / "plots.csv", m, tmp_path / "no")


def test_a_file_that_another_one_needs_is_named(tmp_path: Path) -> None:
    pyreadstat.write_dta(
        pd.DataFrame({"hhid": ["1"], "hhid_2017": ["a"], "total_income": [5.0], "hhcid": [1]}),
        str(tmp_path / "chfs2017_hh_202206.dta"),
    )
    with pytest.raises(DataFault, match=r"give chfs2017_ind\*\.dta too") as caught:
        convert(tmp_path / "chfs2017_hh_202206.dta", "chfs", tmp_path / "r")
    assert [(f.rule, f.column) for f in caught.value.faults] == [("file_needed", "household_size")]


def test_parts_that_do_not_add_up(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "户编号,村,年份,人口,收入,a,b\n1,A,2016,2,100,60,40.5\n2,A,2016,2,100,60,60\n3,A,2016,2,100,60,\n",
        "utf-8",
    )
    body = LONG + 'income_wage = "a"\nincome_business = "b"\n'
    with pytest.raises(DataFault, match='"total" keeps the total') as caught:
        convert(path, mapping(tmp_path / "keep.toml", body), tmp_path / "keep")
    assert [(f.rule, f.file, f.rows) for f in caught.value.faults] == [("parts_sum_to_total", "t.csv", (3,))]
    assert not (tmp_path / "keep").exists()
    total = mapping(tmp_path / "total.toml", '[options]\nparts = "total"\n' + body)
    report = convert(path, total, tmp_path / "total")
    incomes = tables(tmp_path / "total")["incomes"]
    assert incomes["income_wage"].isna().tolist() == [False, True, False]
    assert incomes["income_total"].tolist() == [100, 100, 100]
    assert [(e.rule, e.count) for e in report.notes] == [("parts_emptied", 1)]
    assert [f for f in bangfu.check(tmp_path / "total") if f.severity == "fault"] == []


def test_row_order_changes_nothing(tmp_path: Path) -> None:
    lines = [f"{h},V{h % 2},{y},2,{h * y}" for h in range(9) for y in (2014, 2016)]
    m = mapping(tmp_path / "m.toml", LONG)
    convert(long_csv(tmp_path / "a.csv", lines), m, tmp_path / "a")
    convert(long_csv(tmp_path / "b.csv", lines[::-1]), m, tmp_path / "b")
    for name in ("households", "incomes"):
        a, b = (tables(tmp_path / x)[name] for x in "ab")
        pd.testing.assert_frame_equal(a, b)
