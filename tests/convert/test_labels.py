"""Value and variable labels: they decide yes, no, sex, models and missing codes, and feed the suggestion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from bangfu.convert import convert, suggest
from bangfu.convert.headers import guess
from bangfu.errors import DataFault

from .doors import DOORS, joined, suggested, write
from .sheets import LONG, mapping, tables

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
    ("yes", "no"),
    [
        ("是", "否"),
        ("Yes", "No"),
        ("有", "无"),
        ("参加", "未参加"),
        ("√", "×"),
        ("1.是", "2.否"),
        (1, 2),
        (1, 0),
        (1, 5),
    ],
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
@pytest.mark.parametrize(
    "how",
    [
        'from = "in_coop", recode = { "2" = 1, "1" = 0 }',
        'expr = "in_coop == 2"',
        'from = "in_coop", labels = true',
    ],
)
def test_a_mapping_that_agrees_with_the_labels_is_taken(tmp_path: Path, door: str, how: str) -> None:
    path = write(tmp_path / f"t{door}", asked(2, 1), variable_value_labels={"in_coop": {1: "否", 2: "是"}})
    assert joined(suggested(path, ('from = "in_coop"', how))[1]) == {"A": 2016}


@pytest.mark.parametrize("door", STATISTICS)
def test_a_code_without_a_label_beside_turned_ones_is_no_answer(tmp_path: Path, door: str) -> None:
    path = write(tmp_path / f"t{door}", asked(2, 1), variable_value_labels={"in_coop": {1: "否"}})
    with pytest.raises(DataFault, match="joining_unread"):
        suggested(path)


@pytest.mark.parametrize("door", STATISTICS)
@pytest.mark.parametrize(
    ("male", "female"), [("男", "女"), ("女", "男"), ("Male", "Female"), ("男性", "女性"), ("1.男", "2.女")]
)
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
@pytest.mark.parametrize(
    "text", ["拒绝回答", "不知道", "不清楚", "don't know", "Refused", "不适用", "无法判断", "缺失"]
)
def test_labels_of_missing_codes(tmp_path: Path, door: str, text: str) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income"]]
    rows += [["A", "v", 2016, 3, 900], ["A", "v", 2018, 3, 999999]]
    path = write(tmp_path / f"t{door}", rows, variable_value_labels={"income": {999999: text}})
    assert "missing = [999999]" in suggest(path).text
    report, made = suggested(path)
    assert made["incomes"]["income_total"].tolist() == [900]
    by_hand = mapping(
        tmp_path / "m.toml",
        LONG.replace("户编号", "hhid")
        .replace("村", "village")
        .replace("年份", "year")
        .replace("人口", "members")
        .replace("收入", "income"),
    )
    report = convert(path, by_hand, tmp_path / "hand")  # a mapping that does not know the code
    assert tables(tmp_path / "hand")["incomes"]["income_total"].tolist() == [900]
    assert ("file_missing", 1) in {(e.rule, e.count) for e in report.notes}


def test_a_code_that_is_missing_in_one_column_is_a_number_in_another(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income"], ["A", "v", 2016, 9, 9]]
    rows += [["A", "v", 2018, 9, 12]]
    path = write(tmp_path / "t.dta", rows, variable_value_labels={"income": {9: "拒绝回答"}})
    assert suggested(path)[1]["incomes"]["members"].tolist() == [9]


def tagged(path: Path, column: str, cells: list[Any], **labels: Any) -> Path:
    frame = pd.DataFrame(
        {
            "hhid": ["A", "A", "B", "B"],
            "village": "v",
            "year": [2016.0, 2018.0] * 2,
            "members": 3.0,
            "income": 9.0,
            "coop_year": 2018.0,
        }
    )
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
    path = tagged(
        tmp_path / "t.dta",
        "coop_year",
        ["a", "a", 2018.0, 2018.0],
        variable_value_labels={"coop_year": {"a": "不适用"}},
    )
    assert 'never = [".a"]' in suggest(path).text
    _, made = suggested(path)
    assert joined(made) == {"B": 2018} and len(made["households"]) == 2


@pytest.mark.parametrize("door", STATISTICS)
def test_labels_that_name_the_models(tmp_path: Path, door: str) -> None:
    rows: list[list[Any]] = [["hhid", "village", "year", "members", "income", "model"]]
    rows += [
        [h, "v", y, 3, 9, k if y == 2018 else 0]
        for h, k in (("A", 1), ("B", 2), ("C", 3), ("D", 0))
        for y in YEARS
    ]
    labels = {0: "无", 1: "庭院经济", 2: "合作社", 3: "龙头企业带动"}
    _, made = suggested(write(tmp_path / f"t{door}", rows, variable_value_labels={"model": labels}))
    found = made["participation"].set_index("household_id")["model"]
    assert found.to_dict() == {"A": "courtyard", "B": "cooperative", "C": "enterprise"}
    with pytest.raises(DataFault, match="joining_kind"):  # without labels the codes name nothing
        suggested(write(tmp_path / f"u{door}", rows))


@pytest.mark.parametrize("door", STATISTICS)
def test_variable_labels_feed_the_suggestion(tmp_path: Path, door: str) -> None:
    titles = {
        "q1": "户编号",
        "q2": "行政村名称",
        "q3": "家庭人口数",
        "q12": "2015年家庭总收入(万元)",
        "q13": "2016年家庭总收入(万元)",
        "q14": "是否参加合作社",
        "q15": "A15. 参加合作社时间",
    }
    rows: list[list[Any]] = [list(titles), ["A", "v", 3, 1, 2, 1, 2016], ["B", "v", 2, 3, 4, 2, None]]
    path = write(
        tmp_path / f"t{door}",
        rows,
        column_labels=list(titles.values()),
        variable_value_labels={"q14": {1: "是", 2: "否"}},
    )
    found = suggest(path)
    assert found.missing == () and found.guessed["income_total"] == "q12 (2015年家庭总收入(万元))"
    _, made = suggested(path)
    incomes = made["incomes"].set_index(["household_id", "year"])["income_total"]
    assert incomes.to_dict() == {("A", 2015): 1e4, ("A", 2016): 2e4, ("B", 2015): 3e4, ("B", 2016): 4e4}
    assert joined(made) == {"A": 2016}


def test_a_label_that_says_something_else_than_the_name_is_not_guessed() -> None:
    assert guess("income", "家庭消费支出") is None
    assert guess("income", "随便什么") is not None
