"""One name, one village: what folds into one, what is near, and what lies in two places."""

import pandas as pd
import pytest

import bangfu
from bangfu.register.names import folded
from tests.register.damages import cell, every, tables, write


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("V01", "v1"), ("V01 ", "v1"), ("\u3000V01", "v1"), ("Ｖ０１", "v1"), ("V  01", "v1"), ("V\u00a001", "v1"),
        ("V\u200b01", "v1"), ("\ufeffV01", "v1"), ("①", "1"), ("12.0", "12"), ("12.00", "12"), ("1.2.0", "1.2.0"),
        ("平安村", "平安村"), ("平安 村", "平安村"), ("和平\n01", "和平1"), ("和平\t1", "和平1"), ("007", "7"), ("00", "0"), ("100", "100"),
        ("e\u0301", "é"), ("V.0", "v.0"), ("1.05", "1.05"), ("V-00", "v-0"), ("007-010", "7-10"), ("007.0", "7"), ("東風", "東風"),
    ],
)  # fmt: skip
def test_folding(text, plain):
    assert folded(text) == plain
    assert folded(plain) == plain


def found(folder, rule):
    return [(f.table, f.column, f.count, f.rows) for f in bangfu.check(folder) if f.rule == rule]


@pytest.mark.parametrize(
    "text",
    ["V00 ", " V00", "Ｖ００", "V\u200b00", "V00\u3000", "\u00a0V00", "v00", "V0", "V000", "V\n00", "V 00"],
)
def test_a_village_by_two_names(tmp_path, text):
    parts = tables()
    cell("households", "village_id", text, 8, 16)(parts)
    assert found(write(tmp_path, parts), "one_name") == [("households", "village_id", 2, (1, 9, 17, 25, 33))]


@pytest.mark.parametrize(("column", "text", "count"), [("township_id", "T0 ", 2), ("county_id", "Ｃ0", 2), ("household_id", "００3", 2), ("household_id", "3", 2), ("household_id", "0 03", 2), ("household_id", "００\n3", 2), ("township_id", "t0", 2)])  # fmt: skip
def test_other_places_and_households(tmp_path, column, text, count):
    parts = tables()
    if column == "household_id":
        parts["households"] = pd.concat(
            [parts["households"], parts["households"].iloc[[2]].assign(household_id=text)]
        )
    else:
        cell("households", column, text, 0)(parts)
    assert [(c, n) for _, c, n, _ in found(write(tmp_path, parts), "one_name") if c == column] == [
        (column, count)
    ]


def test_names_of_other_counties_are_other_names(tmp_path):
    parts = tables()
    homes = parts["households"]
    parts["households"] = homes.assign(
        village_id=["V01" if c == "C0" else "V01 " for c in homes["county_id"]],
        township_id=homes["county_id"],
    )
    assert found(write(tmp_path, parts), "one_name") == []


def test_chinese_names_are_not_suspect_and_numbers_never_fold(tmp_path):
    parts = tables()
    for table in parts:
        every(table, "household_id", lambda c: "平安村" + c)(parts)
    assert [f for f in bangfu.check(write(tmp_path / "a", parts)) if f.severity == "fault"] == []
    numbers = {
        name: frame.assign(household_id=frame["household_id"].astype(int)) for name, frame in tables().items()
    }
    assert [f for f in bangfu.check(write(tmp_path / "b", numbers, "parquet")) if f.severity == "fault"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c + ".0", '14 differ from one there only by a trailing ".0"'),
        (lambda c: c.str.lstrip("0"), "14 differ from one there only by leading zeros"),
        (lambda c: c + " ", "14 differ from one there only by blanks or width"),
        (lambda c: c.str.replace("0", "０"), "14 differ from one there only by blanks or width"),
        (lambda c: c.where(c.index > 0, c.str.replace("0", "０")), "one differs from one there only by blanks or width"),
        (lambda c: "x" + c, ""),
    ],
)  # fmt: skip
def test_what_parts_an_unknown_household_from_a_known_one_is_said(tmp_path, change, said):
    parts = tables()
    every("participation", "household_id", change)(parts)
    (fault,) = [f for f in bangfu.check(write(tmp_path, parts)) if f.rule == "unknown_household"]
    assert said in fault.en and ("differ" in fault.en) == bool(said)
    assert fault.zh.isascii() is False and ("不同" in fault.zh) == bool(said)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("rows", [[0, 8, 9], range(40)])
def test_a_village_without_its_county_in_some_rows_is_one_village(tmp_path, form, rows):
    parts = tables()
    for column in ("township_id", "county_id"):
        cell("households", column, None, *rows)(parts)
    whole = bangfu.compare_models(bangfu.load_register(write(tmp_path / "a", tables(), form)))
    folder = write(tmp_path / "b", parts, form)
    assert [f.rule for f in bangfu.check(folder) if f.severity == "fault"] == []
    found = bangfu.load_register(folder).cells()
    assert len(found.villages) == 8
    assert found.villages["county_id"].notna().all() == (len(rows) == 3)
    pd.testing.assert_frame_equal(bangfu.compare_models(found).table, whole.table)
