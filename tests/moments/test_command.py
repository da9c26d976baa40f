"""``bangfu cells``: three counties and a province, through files alone."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.cli import main
from bangfu.estimates import group_time_effects
from bangfu.moments import Moments, merge_moments, pooled_effects
from tests.cells.plain import as_plain
from tests.cells.registers import tables, write


def run(*words, code=0):
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setattr(sys, "argv", ["bangfu", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
    assert (done.value.code or 0) == code, said.getvalue()
    return said.getvalue()


@pytest.fixture(scope="module")
def counties(tmp_path_factory):
    """Large villages and groups, so that disclosure control withholds nothing."""
    home = tmp_path_factory.mktemp("counties")
    for seed, county in ((1, "a"), (2, "b")):
        parts = tables(seed, households=900, villages=14, county=county)
        taken = parts["participation"].drop_duplicates("household_id")
        parts["participation"] = taken.assign(from_year=2018, model="courtyard")
        write(home / county, parts, county)
    return home


def test_two_counties_and_a_province(counties, tmp_path):
    said = [run("cells", counties / c, "--moments", "--out", tmp_path / f"{c}1.json") for c in "ab"]
    assert "withheld: 0 households, forgotten: 0 household-years" in said[0]
    assert "without CR2 so far" in said[0]
    run("cells", tmp_path / "a1.json", tmp_path / "b1.json", "--out", tmp_path / "first.json")
    for c in "ab":
        run("cells", counties / c, "--pooled", tmp_path / "first.json", "--out", tmp_path / f"{c}2.json")
    shown = run("cells", tmp_path / "a2.json", tmp_path / "b2.json", "--out", tmp_path / "second.json")
    assert "courtyard economy alone percent" in " ".join(shown.split())
    for c in "ab":
        run("cells", counties / c, "--out", tmp_path / f"{c}.parquet")
    said = run(
        "cells",
        tmp_path / "a.parquet",
        tmp_path / "b.parquet",
        "--out",
        tmp_path / "both.parquet",
        "--lang",
        "zh",
    )
    assert "仅供内部使用" in said
    whole = group_time_effects(Cells.load(tmp_path / "both.parquet"))
    pooled = pooled_effects(Moments.load(tmp_path / "second.json"))
    columns = ["estimate", "std_error", "df", "ci_low", "ci_high"]
    pd.testing.assert_frame_equal(pooled.table[columns], whole.table[columns], rtol=1e-9)


def test_the_command_gives_the_library(counties, tmp_path):
    out = tmp_path / "x.parquet"
    run("cells", counties / "a", "--outcome", "headcount", "--outcome", "log:income_per_head", "--line", 3000, "--by", "labour",
        "--by", "land_mu=2,5", "--base-year", 2016, "--out", out)  # fmt: skip
    expected = bangfu.load_register(counties / "a").cells(
        ["headcount", "log:income_per_head"],
        line=3000.0,
        by={"labour": None, "land_mu": (2, 5)},
        base_year=2016,
    )
    assert as_plain(Cells.load(out)) == as_plain(expected)


def test_files_and_memory_agree(counties, tmp_path):
    made = bangfu.load_register(counties / "a").cells()
    run(
        "cells",
        counties / "a",
        "--moments",
        "--control",
        "never_same_village",
        "--missing",
        "complete",
        "--out",
        tmp_path / "m.json",
    )
    found = Moments.load(tmp_path / "m.json")
    expected = made.moments(control="never_same_village", missing="complete", protection=found.protection)
    np.testing.assert_array_equal(found.second, expected.second)
    assert merge_moments(found).columns == expected.columns


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["{a}", "{b}"], 2, "one register's folder or workbook, or files of cells"),
        (["{a}", "--by", "land_mu=two"], 2, "breaks of land_mu are not numbers"),
        (["{a}", "--outcome", "joy"], 2, "no outcome 'joy'"),
        (["{a}", "--moments", "--control", "not_yet"], 2, "need cells"),
        (["{a}/nothing.parquet"], 2, "no file"),
        (["{a}/households.parquet"], 1, "not one of cells"),
    ],
)
def test_wrong_use(counties, tmp_path, words, code, message):
    filled = [w.format(a=counties / "a", b=counties / "b") for w in words]
    assert message in run("cells", *filled, "--out", tmp_path / "x", code=code)
    assert not (tmp_path / "x").exists()
