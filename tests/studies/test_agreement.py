"""The one rule for printed / ours: it cannot be fooled by fewer digits, missing numbers or odd text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.studies import Replication, agrees, table
from bangfu.studies.agreement import printed_value
from bangfu.words import Word

PLACE, ITEM = Word("place", "地点"), Word("item", "项目")


@pytest.mark.parametrize(
    ("printed", "ours", "expected"),
    [
        (".118", 0.11803, True),
        (".118", 0.1186, False),
        (".118", 0.1174, False),
        (".10", 0.0998, True),
        (".10", 0.106, False),
        (".1", 0.106, True),
        ("1,378", 1378.0, True),
        ("1378", 1378.4, True),
        ("1378", 1378.6, False),
        ("-329.316", -329.3164, True),
        ("-329.316", 329.3164, False),
        ("0.000", -0.0004, True),
        ("0.000", 0.0006, False),
        (".225", math.nan, False),
        (".225", math.inf, False),
        ("1", True, False),
    ],
)
def test_agreement(printed: str, ours: float, expected: bool) -> None:
    assert agrees(printed, ours) is expected


@pytest.mark.parametrize(
    "text", ["", ".", "-", "12%", "1e3", ".118***", "(.034)", "0.1 0.2", "1,37", "nan", "−1"]
)
def test_what_is_no_printed_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printed number"):
        printed_value(text)
    with pytest.raises(ValueError, match="printed number"):
        Replication("s", PLACE, "t", ITEM, text, 1.0, "how")


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_number_agrees_with_its_own_print_and_not_with_the_neighbours(value: float, decimals: int) -> None:
    unit = 10.0**-decimals
    printed = f"{round(value, decimals):.{decimals}f}"
    away = abs(abs(value / unit) % 1 - 0.5) > 1e-3  # away from a tie, which either neighbour may print
    if away:
        assert agrees(printed, value)
        assert not agrees(f"{round(value, decimals) + unit:.{decimals}f}", value)
        assert not agrees(f"{round(value, decimals) - unit:.{decimals}f}", value)


def test_a_number_that_misses_is_shown_with_more_digits() -> None:
    rows = table(
        [
            Replication("s", PLACE, "t", ITEM, ".118", 0.1186, "h"),
            Replication("s", PLACE, "t", ITEM, ".118", 0.118, "h"),
        ]
    )
    assert list(rows["ours"]) == ["0.11860", "0.118"]
    assert list(rows["agrees"]) == [False, True]
    assert set(rows["item"]) == {"item"}
    assert rows["distance"].iloc[0] == pytest.approx(0.6)
