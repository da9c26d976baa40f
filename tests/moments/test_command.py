"""The road from three counties to their province and back, through files alone."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.cli import main
from bangfu.compare.schema import SCHEMA
from bangfu.moments import Moments, merge_moments, pooled_effects
from tests.cells.plain import as_plain
from tests.cells.registers import tables, write
from tests.moments.counties import panel


def run(*words: object, code: int = 0) -> str:
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(said):
        patch.setattr(sys, "argv", ["bangfu", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
    assert (done.value.code or 0) == code, said.getvalue()
    return said.getvalue()


def register(folder: Path, seed: int, name: str) -> Path:
    rows = panel(seed, 50)
    units = rows.drop_duplicates("id")
    households = pd.DataFrame(
        {"household_id": units["id"], "village_id": units["village"], "county_id": name}
    )
    incomes = pd.DataFrame(
        {"household_id": rows["id"], "year": rows["year"], "members": 1, "income_total": rows["income"]}
    )
    joined = units[units["first"] > 0]
    participation = pd.DataFrame(
        {"household_id": joined["id"], "model": joined["arm"], "from_year": joined["first"]}
    )
    return write(
        folder / name, {"households": households, "incomes": incomes, "participation": participation}, name
    )


@pytest.fixture(scope="module")
def counties(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("counties")
    for seed, name in enumerate("abc"):
        register(home, seed, name)
    return home


def test_three_counties_and_a_province(counties, tmp_path):
    for c in "abc":
        said = run(
            "cells", counties / c, "--moments", "--out", tmp_path / f"{c}.txt", "--log", tmp_path / f"{c}.log"
        )
        assert "rounded for release" in said and "withheld:" in said and f"{c}.log" in said
        assert (tmp_path / f"{c}.log").exists()
    files = [tmp_path / f"{c}.txt" for c in "abc"]
    merged = run("cells", *files, "--out", tmp_path / "all.parquet")
    for words in ([tmp_path / "all.parquet"], files):
        said = run("compare", *words)
        assert said.strip() in merged
        assert {"courtyard economy alone", "possible ranks", "would be seen in four of five", "3 counties"} <= {w for w in (
            "courtyard economy alone", "possible ranks", "would be seen in four of five", "3 counties") if w in said}  # fmt: skip
        assert "可能名次" in run("compare", *words, "--lang", "zh")
    table = pooled_effects(merge_moments(*map(Moments.load, files))).table
    run("compare", tmp_path / "all.parquet", "--json", tmp_path / "out.json")
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, SCHEMA)
    np.testing.assert_allclose([row["estimate"] for row in document["table"]], table["estimate"], rtol=1e-9)
    assert document["counts"] is None and document["about"]["register"] == "a + b + c"


def test_two_counties_get_nothing_back(counties, tmp_path):
    for c in "ab":
        run("cells", counties / c, "--moments", "--out", tmp_path / c, "--log", tmp_path / f"{c}.log")
    both = [tmp_path / "a", tmp_path / "b"]
    for words in (
        ["compare", *both],
        ["cells", *both, "--out", tmp_path / "all"],
    ):
        assert "at least three counties" in run(*words, code=1)
    assert not (tmp_path / "all").exists()
    assert "not for release" in run("compare", *both, "--inside")
    run("cells", *both, "--inside", "--out", tmp_path / "all")
    assert Moments.load(tmp_path / "all").inside


def test_editions(counties, tmp_path):
    """By default the log lies beside the register, and nothing in it."""
    folder = register(tmp_path, 0, "x")
    before = sorted(p.name for p in folder.iterdir())
    run("cells", folder, "--moments", "--out", tmp_path / "1")
    assert (tmp_path / "x.releases.json").exists() and sorted(p.name for p in folder.iterdir()) == before
    run("cells", folder, "--moments", "--out", tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert "by other rules" in run(
        "cells", folder, "--moments", "--scale", "level", "--out", tmp_path / "3", code=1
    )
    incomes = pd.read_parquet(folder / "incomes.parquet")
    who = pd.read_parquet(folder / "participation.parquet")["household_id"].iloc[0]
    incomes[incomes["household_id"] != who].to_parquet(folder / "incomes.parquet", index=False)
    said = run("cells", folder, "--moments", "--out", tmp_path / "3", "--lang", "zh", code=1)
    assert "不足10个" in said and not (tmp_path / "3").exists()
    run("cells", folder, "--moments", "--inside", "--out", tmp_path / "3")
    said = run("cells", folder, "--moments", "--out", tmp_path / "4", "--log", folder / "log", code=2)
    assert "what this command reads" in said
    assert not (folder / "log").exists()


def test_counties_of_one_name_are_told_which_key_to_change(counties, tmp_path):
    twin = register(tmp_path / "twin", 5, "a")
    run("cells", twin, "--moments", "--out", tmp_path / "1")
    run("cells", counties / "a", "--moments", "--out", tmp_path / "2", "--log", tmp_path / "log")
    said = run("cells", tmp_path / "1", tmp_path / "2", "--out", tmp_path / "3", code=2)
    assert "a stands in more than one part (1, 2" in said and "change id in register.toml" in said


def test_inside_it_is_the_library(counties, tmp_path):
    for c in "ab":
        run(
            "cells",
            counties / c,
            "--moments",
            "--inside",
            "--control",
            "never_same_village",
            "--out",
            tmp_path / c,
        )
    run("cells", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "both")
    found = pooled_effects(Moments.load(tmp_path / "both")).table
    parts = [
        bangfu.load_register(counties / c).cells().moments(inside=True, control="never_same_village")
        for c in "ab"
    ]
    pd.testing.assert_frame_equal(found, pooled_effects(merge_moments(*parts)).table, rtol=1e-9)


def test_the_command_gives_the_library(tmp_path):
    folder, out = write(tmp_path / "a", tables(1, households=300)), tmp_path / "x.parquet"
    run("cells", folder, "--outcome", "headcount", "--outcome", "log:income_per_head", "--line", 3000, "--by", "labour",
        "--by", "land_mu=2,5", "--base-year", 2016, "--out", out)  # fmt: skip
    expected = bangfu.load_register(folder).cells(
        ["headcount", "log:income_per_head"],
        line=3000.0,
        by={"labour": None, "land_mu": (2, 5)},
        base_year=2016,
    )
    assert as_plain(Cells.load(out)) == as_plain(expected)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["{a}", "{b}"], 2, "one register's folder or workbook, or files of cells"),
        (["{a}", "--by", "land_mu=two"], 2, "breaks of land_mu are not numbers"),
        (["{a}", "--outcome", "joy"], 2, "unknown outcome 'joy'"),
        (["{a}", "--moments", "--errors", "jackknife"], 2, "needs cells"),
        (["{a}", "--inside"], 2, "--inside is for moments"),
        (["{a}/nothing.parquet"], 2, "no file"),
        (["{a}/households.parquet"], 1, "not one of cells"),
    ],
)
def test_wrong_use(counties, tmp_path, words, code, message):
    filled = [w.format(a=counties / "a", b=counties / "b") for w in words]
    assert message in run("cells", *filled, "--out", tmp_path / "x", code=code)
    assert not (tmp_path / "x").exists()
