"""The one formatter: what prints must not depend on the last bits of a sum."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.formats import csv_bytes, decimals_of, frame_text, interval, number, percent, settle


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567.891, 1, "1,234,567.9"),
        (-0.04, 1, "0.0"),
        (-0.06, 1, "-0.1"),
        (None, 2, ""),
        (math.nan, 2, ""),
        (math.inf, 0, "inf"),
    ],
)
def test_numbers_print_as_a_reader_expects(value, decimals, text):
    assert number(value, decimals) == text


def test_a_sign_stands_before_gains_and_never_before_nothing():
    assert number(3, 1, sign=True) == "+3.0"
    assert number(-3, 1, sign=True) == "-3.0"
    assert number(0.01, 1, sign=True) == "0.0"


@given(st.floats(min_value=-1e9, max_value=1e9).filter(lambda v: v == 0 or abs(v) > 1e-9))
def test_the_last_bits_never_show(value):
    """A value and its neighbours four floats away print alike unless twelve digits tell them apart."""
    neighbour = value
    for _ in range(4):
        neighbour = float(np.nextafter(neighbour, math.inf))
    if settle(value) == settle(neighbour):
        assert number(value, 3) == number(neighbour, 3)


def test_a_sum_in_another_order_prints_the_same_at_a_rounding_boundary():
    forward, backward = 0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1
    assert forward != backward
    assert settle(forward) == settle(backward)
    assert number(0.1 + 0.7 - 0.3, 1) == number(0.5, 1)
    assert number(1.005 * 100, 0) == number(100.5, 0)


def test_percent_and_intervals_speak_both_languages():
    assert percent(5.04, sign=True) == "+5.0%"
    assert interval(-1.234, 5.6, unit="%") == "-1.2% to 5.6%"
    assert interval(-1.234, 5.6, unit="%", lang="zh") == "-1.2%至5.6%"
    assert interval(None, 1) == ""


def test_decimals_of_printed_numbers():
    assert [decimals_of(t) for t in (".0548", "1686", "0.10")] == [4, 0, 2]


def test_tables_keep_years_plain_and_missing_empty():
    frame = pd.DataFrame(
        {"year": [2017, 2018], "n": [12345, 6], "gain": [1.25, np.nan], "name": ["甲", None]}
    )
    text = frame_text(frame, {"gain": 1})
    assert text.to_dict("list") == {
        "year": ["2017", "2018"],
        "n": ["12,345", "6"],
        "gain": ["1.2", ""],
        "name": ["甲", ""],
    }


def test_csv_cells_never_run_as_formulas():
    frame = pd.DataFrame(
        {"village": ["=cmd()", "@x", "+1", "-2", "村"], "value": [-1.5, 0.25, 1e-9, np.nan, 2.0]}
    )
    assert csv_bytes(frame).decode() == "village,value\n'=cmd(),-1.5\n'@x,0.25\n'+1,0\n'-2,\n村,2\n"
