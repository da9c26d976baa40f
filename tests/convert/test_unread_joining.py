"""A joiner whose joining cannot be read refuses or leaves all tables; it is never a comparison household."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import bangfu
from bangfu.convert import convert, dates, suggest
from bangfu.errors import DataFault

from .doors import DOORS, LEAVE_OUT, joined, suggested, write
from .sheets import LONG, mapping, xlsx

HEADER = ["hhid", "village", "year", "members", "income", "joined_coop_date"]
OFFICE = ["户编号", "行政村", "年份", "家庭人口", "家庭年收入(元)", "参加合作社时间"]


def panel(
    cell: Any, header: list[str] = OFFICE, years: tuple[int, ...] = (2015, 2016, 2017, 2018)
) -> list[list[Any]]:
    """Household A joins as the cell says, B in 2016, C never."""
    rows: list[list[Any]] = [header]
    for home, since in (("A", cell), ("B", "2016" if isinstance(cell, str) else 2016), ("C", None)):
        rows += [[home, "v1", y, 3, 30000, since] for y in years]
    return rows


READ = [
    "2017", "2017.5", "2017.05", "2017/5", "2017-5-8", "2017.5.8", "2017年", "2017年5月", "2017年5月8日", "2017年5月8号", "17年5月",
    "17.5", "17.10", "17年", "2017年初", "2017年底", "2017年上半年", "2017下半年", "2017年春", "2017年第三季度", "二〇一七年五月",
    "二零一七年十二月", "一七年五月", "42736", "42736.0", "201705", "20170508", "2017m5", "2017q3", "May 2017", "08may2017", "5/8/2017",
    "5/2017", "自2017年5月起", "2017年5月加入", "2017年5月中旬", "2017年度", "2017年元月", "２０１７年５月", "2017-05-08 00:00:00", "2017-05-08T12:00:00",
]  # fmt: skip


@pytest.mark.parametrize("cell", READ)
def test_dates_that_are_read(cell: str) -> None:
    values, how = dates.dates(pd.Series([cell], dtype=object))
    assert values[0] == 2017 and how[0] in ("", dates.SERIAL, dates.SHORT)


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        *((c, dates.SEVERAL) for c in ("2016-2017", "2017、2018", "2016—2017年", "2016年至2018年", "2016/2017", "2016-17", "16-17年")),
        *((c, dates.SEVERAL) for c in ("2017年5月-2018年6月", "2016年未参加,2017年参加")),
        *((c, dates.EITHER) for c in ("12.5", "05.8", "65年3月")),
        *((c, dates.UNREADABLE) for c in ("17", "20175", "2017年以前", "2017年13月", "2017年退出", "约2017年", "688", "99999", "5.17")),
        *((c, dates.UNREADABLE) for c in ("不详", "/", "是", "0", "20821", "1.5e4", "May-17")),
    ],
)  # fmt: skip
def test_dates_that_are_asked_about(cell: str, why: str) -> None:
    values, how = dates.dates(pd.Series([cell], dtype=object))
    assert pd.isna(values[0]) and how[0] == why


def test_day_counts_against_the_calendar() -> None:
    for day in (
        datetime.date(1980, 1, 1),
        datetime.date(2016, 12, 31),
        datetime.date(2017, 1, 1),
        datetime.date(2100, 12, 31),
    ):
        count = (day - datetime.date(1899, 12, 30)).days
        for mac in (False, True):
            values, how = dates.dates(
                pd.Series([count - 1462 * mac, str(count - 1462 * mac)], dtype=object), mac
            )
            assert list(values) == [day.year] * 2 and list(how) == [dates.SERIAL] * 2


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = write(tmp_path / "mac.xlsx", panel(42736 - 1462))
    book = openpyxl.load_workbook(path)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    report, made = suggested(path)
    assert joined(made) == {"A": 2017, "B": 2016}
    assert ("serial_dates", 4) in {(e.rule, e.count) for e in report.notes}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("cell", ["17年5月", "2017年下半年", "42736", 42736, 17.5, 2017])
def test_dates_through_every_door(tmp_path: Path, door: str, cell: Any) -> None:
    _, made = suggested(
        write(tmp_path / f"t{door}", panel(cell, OFFICE if door in (".csv", ".xlsx") else HEADER))
    )
    assert joined(made) == {"A": 2017, "B": 2016}


BAD = [
    ("2016-2017", "joining_several"),
    ("2017、2018", "joining_several"),
    ("12.5", "joining_either"),
    ("不详", "joining_unread"),
    ("已参加", "joining_unread"),
    ("/", "joining_unread"),
    ("2107", "joining_unread"),
    ("2027年5月", "joining_late"),
    (0, "joining_unread"),
    (99, "joining_unread"),
    (2027, "joining_late"),
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("cell", "rule"), BAD)
def test_unread_joiners_refuse_and_leave_when_told(tmp_path: Path, door: str, cell: Any, rule: str) -> None:
    path = write(tmp_path / f"t{door}", panel(cell, OFFICE if door in (".csv", ".xlsx") else HEADER))
    assert LEAVE_OUT[0] in suggest(path).text
    with pytest.raises(DataFault) as caught:
        suggested(path)
    first = 2 if door in (".csv", ".xlsx") else 1
    assert {(f.rule, f.rows[0]) for f in caught.value.faults} == {(rule, first)}
    assert "leave_out" in caught.value.en and "leave_out" in caught.value.zh
    report, made = suggested(path, LEAVE_OUT)
    for table in ("households", "incomes", "participation"):
        assert "A" not in set(made[table]["household_id"])
    assert joined(made) == {"B": 2016} and len(made["households"]) == 2
    assert [(e.rule, e.count) for e in report.dropped] == [("joining_unknown", 4)]
    named = [e for e in report.notes if e.rule.startswith("joining_")]
    assert [(e.count, e.rows) for e in named] == [(1, tuple(range(first, first + 4)))]
    assert f"rows {first}, {first + 1}" in report.text() and f"第{first}、{first + 1}" not in report.text(
        "en"
    )


def test_unreadable_amounts_may_go_on_while_joining_refuses(tmp_path: Path) -> None:
    rows = panel("2016-2017")
    rows[5][4] = "约三万"
    with pytest.raises(DataFault) as caught:
        suggested(write(tmp_path / "t.xlsx", rows))
    assert {f.rule for f in caught.value.faults} == {
        "joining_several"
    }  # the suggestion says unreadable = "missing"


def test_a_later_joiner_is_right_where_the_file_was_made_later(tmp_path: Path) -> None:
    rows = [["户编号", "行政村", "人口", "2015年收入(元)", "2016年收入(元)", "参加合作社时间"]]
    rows += [["A", "v", 3, 1, 2, "2017年"], ["B", "v", 3, 1, 2, "2016"]]
    path = xlsx(tmp_path / "t.xlsx", rows)
    with pytest.raises(DataFault, match="wave = 2019"):
        suggested(path)
    _, made = suggested(path, ("[[files]]\n", "[[files]]\nwave = 2017\n"))
    assert joined(made) == {"A": 2017, "B": 2016}


LABELS = {1: "是", 2: "否", 8: "不知道", 9: "拒绝回答", 7: "不适用"}


@pytest.mark.parametrize("door", [".dta", ".sav"])
@pytest.mark.parametrize(
    ("answers", "known"),
    [
        ((2, 2, 9), False),  # the last answer is refused: it may have joined
        ((9, 9, 9), False),
        ((8, 8, 2), True),  # no in the end
        ((2, 9, 2), True),
        ((9, 1, 1), True),
        ((2, 2, 7), True),  # does not apply: --suggest writes never
        ((2, 3, 1), False),  # a code that nothing explains
    ],
)
def test_codes_in_a_question(tmp_path: Path, door: str, answers: tuple[int, ...], known: bool) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income", "in_coop"]]
    rows += [["A", "v", y, 3, 9, a] for y, a in zip((2014, 2016, 2018), answers, strict=True)]
    rows += [["B", "v", y, 3, 9, a] for y, a in zip((2014, 2016, 2018), (2, 1, 1), strict=True)]
    path = write(tmp_path / f"t{door}", rows, variable_value_labels={"in_coop": LABELS})
    if known:
        _, made = suggested(path)
        assert joined(made) == {"B": 2016} | ({"A": 2016} if 1 in answers else {})
        return
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert {f.rule for f in caught.value.faults} <= {"joining_code", "joining_unread"}
    _, made = suggested(path, LEAVE_OUT)
    assert set(made["households"]["household_id"]) == {"B"}


@pytest.mark.parametrize(
    ("extra", "known"),
    [("missing = [9]", False), ("never = [9]", True), ("recode = { 9 = 2016 }", True), ("", False)],
)
def test_codes_in_a_date_of_joining(tmp_path: Path, extra: str, known: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "户编号,村,年份,人口,收入,起\nA,v,2015,2,5,9\nA,v,2017,2,5,9\nB,v,2015,2,5,2017\nB,v,2017,2,5,2017\n",
        "utf-8",
    )
    body = (
        LONG
        + f'from = {{ from = "起"{", " + extra if extra else ""} }}\n[[participation]]\nmodel = "cooperative"\nsince = "from"\n'
    )
    m = mapping(tmp_path / "m.toml", body)
    if known:
        convert(path, m, tmp_path / "r")
        return
    with pytest.raises(DataFault) as caught:
        convert(path, m, tmp_path / "r")
    assert {f.rule for f in caught.value.faults} == {"joining_code" if extra else "joining_unread"}
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize(
    "kind", ["光伏", "其他", "未参加合作社", "没有加入合作社", "已退出合作社", "拟参加合作社", "合做社", "1"]
)
@pytest.mark.parametrize("dated", [True, False])
def test_kinds_that_no_rule_matches(tmp_path: Path, kind: str, dated: bool) -> None:
    rows: list[list[Any]] = [["户编号", "村", "年份", "人口", "收入", "帮扶模式", "参加时间"]]
    for home, text in (("A", kind), ("B", "合作社"), ("C", "无"), ("D", None)):
        since = "2016" if text not in ("无", None) else None
        rows += [[home, "v", y, 2, 5, text if y == 2016 or dated else None, since] for y in (2015, 2016)]
    path = xlsx(tmp_path / "t.xlsx", rows if dated else [r[:-1] for r in rows])
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert {f.rule for f in caught.value.faults} == {"joining_kind"}
    _, made = suggested(path, LEAVE_OUT)
    assert joined(made) == {"B": 2016} and set(made["households"]["household_id"]) == {"B", "C", "D"}


def test_a_model_without_a_date_is_no_comparison_household(tmp_path: Path) -> None:
    rows = [["户编号", "村", "年份", "人口", "收入", "帮扶模式", "参加时间"]]
    rows += [
        [h, "v", y, 2, 5, k, d]
        for h, k, d in (("A", "合作社", None), ("B", "合作社", "2016"), ("C", "无", None))
        for y in (2015, 2016)
    ]
    path = xlsx(tmp_path / "t.xlsx", rows)
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert {f.rule for f in caught.value.faults} == {"joining_undated"}
    _, made = suggested(path, LEAVE_OUT)
    assert set(made["households"]["household_id"]) == {"B", "C"}


@pytest.mark.parametrize(
    ("yes", "since", "rule"), [("是", None, "joining_undated"), ("否", "2016", "joining_contradicts")]
)
def test_a_yes_confirms_a_date(tmp_path: Path, yes: str, since: str | None, rule: str) -> None:
    rows: list[list[Any]] = [["户编号", "村", "年份", "人口", "收入", "是否参加合作社", "参加合作社时间"]]
    for home, said, date in (("A", yes, since), ("B", "是", "2016"), ("C", "否", None)):
        rows += [[home, "v", y, 2, 5, said, date] for y in (2015, 2016)]
    path = xlsx(tmp_path / "t.xlsx", rows)
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert {f.rule for f in caught.value.faults} == {rule}
    _, made = suggested(path, LEAVE_OUT)
    assert joined(made) == {"B": 2016} and set(made["households"]["household_id"]) == {"B", "C"}


def test_left_out_households_leave_the_comparison_right(tmp_path: Path) -> None:
    """The planted gain, 6,000 yuan a household of three: 2,000 a head; with unread joiners among the others it would be less."""
    forms = [
        42736,
        "42736",
        "17.5",
        "17年5月",
        "2016-2017",
        "2017、2018",
        "2017.5",
        "2017年5月",
        None,
        None,
        None,
        None,
    ]
    rows: list[list[Any]] = [OFFICE]
    for i in range(48):
        for y in (2015, 2016, 2017, 2018):
            x = forms[i % 12]
            gain = 6000 if x is not None and y >= 2017 else 0
            rows.append([f"H{i:03d}", f"v{i % 8}村", y, 3, 29000 + 37 * i + 300 * (y - 2015) + gain, x])
    path = xlsx(tmp_path / "t.xlsx", rows)
    report, made = suggested(path, LEAVE_OUT)
    assert len(joined(made)) == 24 and len(made["households"]) == 40
    assert {(e.rule, e.count) for e in report.notes if e.rule in ("serial_dates", "short_years", "joining_unread")} == {
        ("serial_dates", 32), ("short_years", 32), ("joining_unread", 8),
    }  # fmt: skip
    result = bangfu.compare_models(bangfu.load_register(tmp_path / "t.xlsx.register"), scale="yuan")
    assert abs(float(result.table["estimate"].iloc[0]) - 2000) < 50
