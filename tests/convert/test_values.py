"""Cells as sheets hold them."""

from __future__ import annotations

import datetime
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.convert import dates, values


def read(reader: object, *cells: object) -> list[object]:
    out, bad = reader(pd.Series(list(cells), dtype=object))  # type: ignore[operator]
    return ["bad" if b else None if pd.isna(v) else v for v, b in zip(out, bad, strict=True)]


def test_numbers() -> None:
    assert read(values.numbers, "1,234.5", "１２３", "¥3,000元", "−5", ".5", "1e3", "1 200", 7, "1.2万元", "0.3万", "3人", "2亩") == [
        1234.5, 123, 3000, -5, 0.5, 1000, 1200, 7, 12000, 3000, 3, 2,
    ]  # fmt: skip
    assert (
        read(values.numbers, "12,34", "1,2345", "5%", "abc", "--5", "e5", "1.2.3", True, math.inf, "约300")
        == ["bad"] * 10
    )
    assert read(values.numbers, "", "  ", None, math.nan) == [None] * 4


def test_a_cell_with_its_own_unit_is_not_multiplied() -> None:
    out, _ = values.numbers(pd.Series(["2", "2元", "0.5万元", 2], dtype=object), 1e4)
    assert list(out) == [20000, 2, 5000, 20000]


@given(st.integers(-(10**12), 10**12), st.sampled_from(["{}", "{:,}", " {} ", "{}元", "{}.0"]))
def test_numbers_read_back(number: int, shape: str) -> None:
    assert read(values.numbers, shape.format(number)) == [number]


def test_years() -> None:
    cells = [
        "2017",
        "2017年5月",
        "二〇一七年三月",
        "2017-05-08",
        "2017/5/8 0:00:00",
        "20170508",
        "201705",
        2017.0,
        "２０１７",
    ]
    assert read(dates.years, *cells, datetime.date(2017, 5, 8), pd.Timestamp("2017-01-01")) == [2017] * 11
    bad = ["20170", "17年", 42736, "五月", "3017", "2017.13.99.1", "2017年13月", "2017年以前", "2017年退出"]
    assert read(dates.years, *bad) == ["bad"] * len(bad)


def test_answers_and_sexes_are_read_apart() -> None:
    assert read(values.answers, 1, "2", "是", "否", "参加", "未参加", "7") == [1, 0, 1, 0, 1, 0, "bad"]
    assert read(values.answers, 1, 5.0, "1.是", "2.否") == [1, 0, 1, 0]
    assert read(values.answers, 1, 0, 2, 1) == [1, 0, "bad", 1]  # which of two codes is the no?
    assert read(values.female, "女", "男", 1, 0, 2, "1.0") == [1, 0, 1, 0, "bad", "bad"]


def test_identifiers_keep_zeros_and_refuse_lost_digits() -> None:
    assert read(values.identifiers, "007", 7.0, "12.0", 20240001, "2.2E+17", 1e16, 3.5, 2**53, "1234567890123456789", None) == [
        "007", "7", "12", "20240001", "bad", "bad", "bad", "bad", "1234567890123456789", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        (["123456789012345000", "123456789012346000"], 2),
        (["123456789012345000", "123456789012346001"], 0),
        (["123", None], 0),
    ],
)
def test_identifiers_cut_by_a_spreadsheet(cells: list[object], count: int) -> None:
    assert values.cut_by_spreadsheet(pd.Series(cells, dtype=object)) == count
