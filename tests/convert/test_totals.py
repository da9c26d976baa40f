"""Totals and footnotes are not households: dropped and counted, or asked about where they may be a household."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bangfu.errors import DataFault
from bangfu.totals import SURE, UNSURE, total_text

from .doors import DOORS, suggested, write
from .sheets import xlsx

SURELY = [
    "小计", "合计", "总计", "共计", "累计", "平均", "户均", "合 计", "小　计", "小 计:", "合计:", "(合计)", "【小计】", "《总计》", "—合计—", "*合计*",
    "和平村小计", "和平村 小 计", "甲镇和平村合计", "本页小计", "第3页小计", "全县总计", "一、合计", "合计(12户)", "合计12户", "小计:12户", "共计 12 户 36 人",
    "合计(3个村)", "总计数", "承前页", "过次页", "合计（含五保户）", "全村平均", "total", "Total", "TOTAL:", "Grand Total", "subtotal", "Sub-total",
    "Sub total: 12", "Village A total", "Total households: 12", "sum", "Average", "mean", "其中:五保户",
]  # fmt: skip
MAYBE = ["合计村", "小计庄组", "合计村民小组", "总计划户"]
NEVER = [
    "H0001",
    "和平村",
    "计家村",
    "设计村",
    "计划生育户",
    "Totalis",
    "summer",
    "meaning",
    "1001",
    "",
    "共和村",
    "张总",
]


@pytest.mark.parametrize("text", SURELY)
def test_totals_with_anything_around_them(text: str) -> None:
    assert total_text(text) == SURE


@pytest.mark.parametrize(("text", "verdict"), [*((t, UNSURE) for t in MAYBE), *((t, 0) for t in NEVER)])
def test_names_are_not_totals(text: str, verdict: int) -> None:
    assert total_text(text) == verdict


def homes(count: int = 4, village: str = "和平村") -> list[list[Any]]:
    return [
        [f"{village[0]}{i + 1:03d}", village, f"张{i}", 2 + i % 3, 29000 + 500 * i, 30000 + 600 * i]
        for i in range(count)
    ]


def summed(rows: list[list[Any]], *labels: Any) -> list[Any]:
    return [*labels, *(sum(r[c] for r in rows) for c in (3, 4, 5))]


HEADER = ["户编号", "行政村", "户主姓名", "家庭人口", "2015年收入(元)", "2016年收入(元)"]
ENGLISH = ["hhid", "village", "name", "members", "income_2015", "income_2016"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "labels",
    [
        ("和平村小计", "和平村", None),
        ("合 计", None, None),
        ("合计(4户)", None, None),
        (None, "和平村小计", None),
        (None, "和平村", "小计"),
        ("本页小计", "和平村", "4户"),
        ("Total", "和平村", None),
        ("【总计】", None, None),
    ],
)
def test_totals_are_dropped_and_counted_through_every_door(
    tmp_path: Path, door: str, labels: tuple[Any, ...]
) -> None:
    first, second = homes(), homes(4, "胜利村")
    rows = [HEADER if door in (".csv", ".xlsx") else ENGLISH, *first, summed(first, *labels), *second]
    report, made = suggested(write(tmp_path / f"t{door}", rows))
    assert made["households"]["household_id"].tolist() == sorted(r[0] for r in first + second)
    dropped = {(e.rule, e.count) for e in report.dropped}
    alone = (
        door in (".dta", ".sav") and labels[0] is None and labels[1] == "和平村"
    )  # names are not read there
    assert dropped == {("no_household_id", 1)} if alone else dropped == {("total_row", 1)}


@pytest.mark.parametrize("count", [4, "4", "4户"])
@pytest.mark.parametrize("place", [("和平村小计", ""), ("和平村", "小计"), ("小计", "")])
def test_a_count_in_the_place_of_the_identifier(tmp_path: Path, count: Any, place: tuple[str, str]) -> None:
    first = homes()
    report, made = suggested(xlsx(tmp_path / "t.xlsx", [HEADER, *first, summed(first, count, *place)]))
    assert len(made["households"]) == 4
    assert {(e.rule, e.count) for e in report.dropped} == {("total_row", 1)}


def test_a_total_left_of_the_identifier(tmp_path: Path) -> None:
    first = homes()
    rows = [
        ["组别", *HEADER],
        *(["一组", *r] for r in first),
        ["小计", *summed(first, 4, None, None)],
        ["一组小计", *summed(first, None, None, None)],
    ]
    report, made = suggested(xlsx(tmp_path / "t.xlsx", rows))
    assert len(made["households"]) == 4
    assert {(e.rule, e.count) for e in report.dropped} == {("total_row", 2)}


@pytest.mark.parametrize(
    "row",
    [
        ("合计村1", "和平村", "张三", 3, 5, 6),
        ("计", "和平村", None, 3, 5, 6),
        ("和平计", "和平村", None, 3, 5, 6),
        ("9", "合计村", "张三", 3, 5, 6),
        ("9", "和平村", "小计庄", 3, 5, 6),
    ],
)
def test_what_may_be_a_household_is_asked_about(tmp_path: Path, row: tuple[Any, ...]) -> None:
    path = xlsx(tmp_path / "t.xlsx", [HEADER, *homes(), list(row)])
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert [(f.rule, f.rows) for f in caught.value.faults] == [("maybe_total", (6,))]
    assert "not_totals" in caught.value.en and "合计村" not in caught.value.en
    _, made = suggested(path, ("[[files]]\n", '[[files]]\nnot_totals = ["合计村*", "*计", "小计庄"]\n'))
    assert len(made["households"]) == 5 and row[0] in set(made["households"]["household_id"])


def test_a_village_that_ends_like_a_total_is_asked_about(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", [HEADER, *homes(), *homes(4, "西小计")])
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert [(f.rule, f.count) for f in caught.value.faults] == [("maybe_total", 4)]


def test_unlabelled_sums_with_a_count_are_asked_about(tmp_path: Path) -> None:
    first, second = homes(), homes(4, "胜利村")
    path = xlsx(tmp_path / "t.xlsx", [HEADER, *first, *second, summed(second, 4, None, None)])
    with pytest.raises(DataFault) as caught:
        suggested(path)
    assert [(f.rule, f.rows) for f in caught.value.faults] == [("maybe_total", (10,))]
    odd = summed(second, 4, None, None)
    odd[4] += 1  # no sum: a household without a village, left out and counted
    report, made = suggested(xlsx(tmp_path / "u.xlsx", [HEADER, *first, *second, odd]))
    assert len(made["households"]) == 8 and ("no_village", 2) in {(e.rule, e.count) for e in report.dropped}


def test_unlabelled_sums_without_an_identifier_leave(tmp_path: Path) -> None:
    first = homes()
    report, made = suggested(xlsx(tmp_path / "t.xlsx", [HEADER, *first, summed(first, None, None, None)]))
    assert len(made["households"]) == 4
    assert {(e.rule, e.count) for e in report.dropped} == {("no_household_id", 1)}


@pytest.mark.parametrize("door", [".csv", ".xlsx"])
@pytest.mark.parametrize(
    "note",
    ["注:本表含五保户", "注1:收入为上年", "备注：略", "说明:人口为年末数", "制表人:某某", "制表人 某某", "填表日期:2017年1月", "审核人:", "审核:张 制表:李", "填报单位(盖章):", "单位负责人: 填表人: 日期:", "数据来源:统计局", "Note: incomes of 2016", "Source: county office"],
)  # fmt: skip
def test_footnotes_are_dropped_and_counted(tmp_path: Path, door: str, note: str) -> None:
    report, made = suggested(write(tmp_path / f"t{door}", [HEADER, *homes(), [note, *[None] * 5]]))
    assert len(made["households"]) == 4
    assert {(e.rule, e.count) for e in report.dropped} == {("footnote", 1)}


def test_a_remark_beside_a_household_is_no_total(tmp_path: Path) -> None:
    rows = [["户编号", "致贫原因", "行政村", "户主姓名", "家庭人口", "2015年收入(元)"]]
    rows += [[str(i), "人均耕地少", "和平村", "计某", 2, 100 + i] for i in range(3)]  # type: ignore[list-item]
    _, made = suggested(xlsx(tmp_path / "t.xlsx", rows))
    assert len(made["households"]) == 3


def test_totals_do_not_reach_down_in_merged_columns(tmp_path: Path) -> None:
    rows = [HEADER, *homes(), ["", "和平村小计", "", 1, 2, 3], *homes(4, "胜利村")]
    for at in (2, 3, 4, 7, 8, 9):
        rows[at][1] = None
    _, made = suggested(xlsx(tmp_path / "t.xlsx", rows))
    assert made["households"]["village_id"].value_counts().to_dict() == {"和平村": 4, "胜利村": 4}
