"""Rows, units, places and joinings that a sheet hides: read right, or asked about; never a wrong number."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bangfu.convert import suggest
from bangfu.convert.places import folded
from bangfu.convert.units import of_note, part_of_year, unknown
from bangfu.errors import DataFault

from .doors import LEAVE_OUT, joined, suggested, write

HEAD = ["户编号", "行政村", "年份", "家庭人口", "家庭年收入(元)", "参加合作社时间"]
YEARS = (2015, 2016, 2017)


def long(date: Any = None, village: Any = "东村", unit: str = "元", amount: Any = 30000) -> list[list[Any]]:
    """Four households of three members: the first has the date and village given, the second joins in 2016."""
    dates, homes = (date, "2016", None, None), (village, "东村", "东村", "西村")
    rows: list[list[Any]] = [[*HEAD[:4], f"家庭年收入({unit})" if unit else "家庭年收入", HEAD[5]]]
    return rows + [[f"H{i}", homes[i], y, 3, amount, dates[i]] for i in range(4) for y in YEARS]


def refused(path: Path, *changes: tuple[str, str]) -> set[str]:
    with pytest.raises(DataFault) as caught:
        suggested(path, *changes)
    assert all(f.zh and f.en for f in caught.value.faults)
    return {f.rule for f in caught.value.faults}


def book(path: Path, roster: list[list[Any]], homes: int = 6) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "收入"
    made.active.append(["户编号", "行政村", "家庭人口", "2015年收入(元)", "2016年收入(元)", "2017年收入(元)"])
    for i in range(homes):
        made.active.append([f"H{i}", "东村", 3, 30000 + i, 31000, 32000])
    sheet = made.create_sheet("合作社社员名单")
    for row in roster:
        sheet.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize("blank", [None, " "])
@pytest.mark.parametrize(
    "roster",
    [
        [["户编号", "合作社参加时间"], ["H0", "2016"], ["H1", "BLANK"]],
        [["户编号", "帮扶模式", "参加时间"], ["H0", "合作社", "2016"], ["H1", "合作社", "BLANK"]],
        [["户编号", "帮扶模式", "参加时间"], ["H0", "合作社", "2016"], ["H1", "BLANK", "2016"]],
        [["户编号", "帮扶模式", "参加时间"], ["H0", "合作社", "2016"], ["H1", "BLANK", "BLANK"]],
        [["户编号", "合作社参加时间", "龙头企业参加时间"], ["H0", "2016", None], ["H2", None, "2017"], ["H1", "BLANK", None]],
    ],
)  # fmt: skip
def test_a_roster_names_joiners(tmp_path: Path, roster: list[list[Any]], blank: str | None) -> None:
    rows = [[blank if c == "BLANK" else c for c in r] for r in roster]
    path = book(tmp_path / "t.xlsx", rows)
    assert refused(path) <= {"joining_undated", "joining_kind"}
    _, made = suggested(path, LEAVE_OUT)
    assert "H1" not in set(made["households"]["household_id"]) and joined(made)["H0"] == 2016


def test_a_list_of_all_households_is_no_roster(tmp_path: Path) -> None:
    rows = [["户编号", "合作社参加时间"], *([f"H{i}", "2016" if i < 2 else None] for i in range(6))]
    _, made = suggested(book(tmp_path / "t.xlsx", rows))
    assert joined(made) == {"H0": 2016, "H1": 2016} and len(made["households"]) == 6


@pytest.mark.parametrize("last", ["家庭年收入(百元)", "家庭年收入(万元)", "家庭年收入", "人口"])
def test_a_second_table_with_another_header(tmp_path: Path, last: str) -> None:
    second = [["H9", "北村", y, 3, 310, "2016"] for y in YEARS]
    again = [*HEAD[:4], last, HEAD[5]]
    assert refused(write(tmp_path / "t.xlsx", [*long(), [None] * 6, again, *second])) == {"header_changes"}
    same = write(tmp_path / "u.xlsx", [*long(), HEAD, *[[*r[:4], 31000, r[5]] for r in second]])
    report, made = suggested(same)
    assert len(made["households"]) == 5
    assert ("repeated_header", 1) in {(e.rule, e.count) for e in report.dropped}


@pytest.mark.parametrize("door", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    "note",
    ["注：表中金额均以千元计", "单位:万元", "金额单位为千元", "表中收入均为百元", "Amounts in thousand yuan"],
)
def test_units_below_the_table(tmp_path: Path, door: str, note: str) -> None:
    rows = [*long(unit="", amount=60), [note, *[None] * 5]]
    path = write(tmp_path / f"t{door}", rows)
    assert refused(path) == {"unit_below"}
    line = next(x for x in suggest(path).text.splitlines() if x.startswith("income_total"))
    _, made = suggested(path, (line, line.replace(" }", ', unit = "千元" }')))
    assert set(made["incomes"]["income_total"]) == {60000}


@pytest.mark.parametrize(
    ("form", "stored", "yuan"),
    [('0.00"万元"', 3.1, 31000), ('0.0"千元"', 31, 31000), ('0!.0,"万元"', 31000, 31000), ('#,##0,"千元"', 31000, 31000), ('0.00"元"', 31000, 31000), ("#,##0.00", 31000, 31000), ("#,##0,", 31000, None)],
)  # fmt: skip
def test_units_in_the_format_of_cells(tmp_path: Path, form: str, stored: float, yuan: float | None) -> None:
    path = write(tmp_path / "t.xlsx", long(amount=stored))
    made = openpyxl.load_workbook(path)
    for cell in made.active["E"][1:]:
        cell.number_format = form
    made.save(path)
    if yuan is None:
        assert refused(path) == {"number_format"}
    else:
        assert set(suggested(path)[1]["incomes"]["income_total"].round(6)) == {yuan}


@pytest.mark.parametrize("unit", ["RMB 1w", "x1000", "千圆", "k", "公斤"])
def test_units_that_are_not_known(tmp_path: Path, unit: str) -> None:
    assert unknown(f"家庭年收入({unit})")
    assert refused(write(tmp_path / "t.xlsx", long(unit=unit))) == {"unit_unknown"}


@pytest.mark.parametrize(
    "word", ["全村", "村均", "本村", "东村全村", "东村整村", "Overall", "中位数", "计", "东村"]
)
def test_other_words_for_totals(tmp_path: Path, word: str) -> None:
    path = write(tmp_path / "t.xlsx", [*long(), *[[word, "东村", y, 9, 90000, None] for y in YEARS]])
    try:
        assert len(suggested(path)[1]["households"]) == 4
    except DataFault as error:
        assert {f.rule for f in error.faults} == {"maybe_total"}


@pytest.mark.parametrize(
    "part",
    [
        "收入(2017年上半年)",
        "2017年1-6月收入(元)",
        "收入(2017Q3)",
        "收入_2017H1",
        "2017年前三季度收入",
        "2017年6月收入",
    ],
)
def test_part_of_a_year_is_no_year(tmp_path: Path, part: str) -> None:
    rows = [
        ["户编号", "行政村", "家庭人口", "收入(2015)", "收入(2016)", part],
        ["A", "东村", 2, 1, 2, 3],
        ["B", "东村", 2, 1, 2, 3],
    ]
    path = write(tmp_path / "t.xlsx", rows)
    assert part_of_year(part)
    assert set(suggested(path)[1]["incomes"]["year"]) == {2015, 2016}


@pytest.mark.parametrize(
    "cell", ["2017年上半年", "2017H1", "2017Q3", "2017年1-6月", datetime.date(1905, 7, 9)]
)
def test_part_of_a_year_in_a_column_of_years(tmp_path: Path, cell: Any) -> None:
    rows = long()
    rows[3][2] = cell
    report, made = suggested(write(tmp_path / "t.xlsx", rows))
    assert len(made["incomes"]) == 11 and ("unreadable", 1) in {(e.rule, e.count) for e in report.notes}


@pytest.mark.parametrize("name", ["东\n村", "东 村", "东　村", " 东村 "])
def test_blanks_within_a_place(tmp_path: Path, name: str) -> None:
    assert set(suggested(write(tmp_path / "t.xlsx", long(village=name)))[1]["households"]["village_id"]) == {
        "东村",
        "西村",
    }


@pytest.mark.parametrize("name", ["东村委会", "东村民委员会", "东"])
def test_two_spellings_of_a_place(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "t.xlsx", long(village=name))
    assert refused(path) == {"place_spelling"}
    _, made = suggested(path, ("[options]\n", '[options]\nplace_spellings = "apart"\n'))
    assert made["households"]["village_id"].nunique() == 3


def test_spellings_that_are_one() -> None:
    for one, other in (("v00", "V00"), ("V-00", "V00"), ("01", "1"), ("村01村委会", "村1")):
        assert folded(one) == folded(other)
    for one, other in (("东村1-2", "东村12"), ("1-12", "11-2"), ("东村", "西村"), ("甲镇-东村", "乙镇-东村")):
        assert folded(one) != folded(other)


def answers(silent: Any) -> list[list[Any]]:
    said = {"A": silent, "B": "否", "C": "是"}
    return [[*HEAD[:5], "是否参加合作社"], *([h, "东村", y, 3, 9, a] for h, a in said.items() for y in YEARS)]


def test_a_question_never_answered(tmp_path: Path) -> None:
    path = write(tmp_path / "t.xlsx", answers(None))
    assert refused(path) == {"joining_silent"}
    report, made = suggested(path, LEAVE_OUT)
    assert set(made["households"]["household_id"]) == {"B", "C"}
    assert ("joining_silent", 1) in {(e.rule, e.count) for e in report.notes}
    line = next(x for x in suggest(path).text.splitlines() if x.startswith("cooperative_yes"))
    again = write(tmp_path / "u.xlsx", answers(None))
    _, made = suggested(again, (line, line.replace(" }", ', blank = "no" }')))
    assert set(made["households"]["household_id"]) == {"A", "B", "C"} and set(joined(made)) == {"C"}


@pytest.mark.parametrize("cell", [datetime.date(1900, 1, 1), datetime.date(1905, 7, 8), "1900-01-01", "1905"])
def test_dates_that_are_day_counts(tmp_path: Path, cell: Any) -> None:
    path = write(tmp_path / "t.xlsx", long(date=cell))
    assert refused(path) == {"joining_early"}
    assert "H0" not in set(suggested(path, LEAVE_OUT)[1]["households"]["household_id"])


def test_numbers_that_restart_in_each_village(tmp_path: Path) -> None:
    rows = [r if i == 0 else [str((i - 1) // 3 % 3 + 1), *r[1:]] for i, r in enumerate(long())]
    path = write(tmp_path / "t.xlsx", rows)
    with pytest.raises(DataFault, match="joined") as caught:
        suggested(path, ("[options]\n", '[options]\nduplicates = "first"\n'))
    assert {f.rule for f in caught.value.faults} == {"numbers_restart"}
    assert "行政村" in caught.value.en and "户编号" in caught.value.en


def test_why_no_row_is_left(tmp_path: Path) -> None:
    rows = [r if i == 0 else [*r[:3], datetime.datetime(1900, 1, 3), *r[4:]] for i, r in enumerate(long())]
    with pytest.raises(DataFault, match=r"家庭人口: 12 .*dates"):
        suggested(write(tmp_path / "t.xlsx", rows))
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join(
            ";".join(str(c or "") for c in [*r[:4], "30000,07" if i else r[4], r[5]])
            for i, r in enumerate(long())
        ),
        "utf-8",
    )
    with pytest.raises(DataFault, match=r"家庭年收入.*comma"):
        suggested(path)


def test_notes_of_units() -> None:
    assert of_note("注:收入超过5万元的户已核实") == [] and of_note("注:收入为上年数") == []


@pytest.mark.parametrize("column", ["until", "support_yuan", "contract"])
def test_signs_of_joining_without_a_date(tmp_path: Path, column: str) -> None:
    head = {"until": "退出", "support_yuan": "补助", "contract": "合同"}[column]
    cell = {"until": "2017", "support_yuan": 500, "contract": "是"}[column]
    rows = [[*r, cell if r[0] == "H2" else None] for r in long()]
    rows[0][-1] = head
    path = write(tmp_path / "t.xlsx", rows)
    changes = (
        ("[variables]\n", f'[variables]\nsign = {{ from = "{head}" }}\n'),
        ('since = "cooperative_since"', f'since = "cooperative_since"\n{column} = "sign"'),
    )
    assert refused(path, *changes) == {"joining_undated"}
    assert "H2" not in set(suggested(path, LEAVE_OUT, *changes)[1]["households"]["household_id"])
