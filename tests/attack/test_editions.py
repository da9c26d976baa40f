"""Several editions taken together, counties that pool what they know, and the log that keeps editions apart."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bangfu.errors import BangfuError, NotEstimable, WrongUse
from bangfu.moments import Moments, merge_moments
from tests.attack.command import tree
from tests.moments.counties import ARMS, cells, panel

SIZES = np.geomspace(90, 160, 20).astype(int)
"""Villages of each county; smaller ones have too few joiners for four editions that pass by pairs."""


@cache
def editions(i: int) -> tuple[tuple[pd.DataFrame, ...], float]:
    """Four editions, of which no two differ in fewer than ten villages; and the income of one household in 2017."""
    rows = panel(500 + i, int(SIZES[i]), arms=1, cohorts=(2017,))
    who = rows[rows["arm"] == ARMS[0]].drop_duplicates("village")["id"].tolist()
    out = (), who[:10], who[:20], who[10:21]
    truth = rows.loc[(rows["id"] == who[20]) & (rows["year"] == 2017), "income"].iloc[0]
    return tuple(rows[~rows["id"].isin(left)] for left in out), float(truth)


def total(moments: Moments) -> float:
    """Of the joiners in the year in which they joined."""
    row = moments.table.set_index(["arm", "event_time"]).loc[(ARMS[0], 0)]
    return float(row["households"] * row["joiners"])


def test_editions_that_show_a_household_together(tmp_path):
    refused = 0
    for i in range(20):
        frames, truth = editions(i)
        one, two, three, four = (total(cells(rows).moments(inside=True)) for rows in frames)
        assert one - two + three - four == pytest.approx(truth, rel=1e-6)  # it works on exact numbers
        log = tmp_path / f"{i}.releases.json"
        for k, rows in enumerate(frames):
            path = tmp_path / f"{i} {k}.json"
            with contextlib.suppress(BangfuError):
                cells(rows).moments().save(path, log=log)
        made = [(tmp_path / f"{i} {k}.json").exists() for k in range(4)]
        refused += made == [True, True, True, False]
    assert refused == 20


def handed(i: int) -> Moments:
    made = cells(panel(600 + i, 120, arms=1, cohorts=(2017,))).moments()
    return Moments(made.table, made.covariance, made.rules, (str(i),), False)


def test_two_of_three_counties_pool_what_they_know():
    """They find what the third handed up, and nothing that it did not: as much as the province has."""
    one, two, third = map(handed, range(3))
    try:
        back = merge_moments(one, two, third).going_back().table.set_index(["arm", "event_time"])
    except NotEstimable:
        pytest.fail("nothing goes back to three counties")
    tables = [m.table.set_index(["arm", "event_time"]) for m in (one, two, third)]
    for key in back.index:
        parts = [t.loc[key] for t in tables[:2]]
        weight = back.loc[key, "weight"] - sum(p["weight"] for p in parts)
        left = (
            back.loc[key, "weight"] * back.loc[key, "joiners"]
            - sum(p["weight"] * p["joiners"] for p in parts)
        ) / weight
        assert left == pytest.approx(tables[2].loc[key, "joiners"], rel=1e-9)
        exact = (
            cells(panel(602, 120, arms=1, cohorts=(2017,)))
            .moments(inside=True)
            .table.set_index(["arm", "event_time"])
        )
        assert left != exact.loc[key, "joiners"] and tables[2].loc[key, "households"] >= 10


@pytest.fixture
def county(tmp_path) -> Path:
    """A file of cells that bears a release, in a folder of its own."""
    (tmp_path / "house").mkdir()
    return cells(panel(3, 40)).save(tmp_path / "house" / "county")


def test_the_log_lies_beside_the_data_by_whatever_name(county, tmp_path, run, monkeypatch):
    (tmp_path / "link").symlink_to(county)
    monkeypatch.chdir(tmp_path)
    assert run("cells", "link", "--moments", "--out", "one.json").code == 0
    assert run("cells", "house/../house/county", "--moments", "--out", "two.json").code == 0
    assert sorted(p.name for p in tmp_path.rglob("*.releases.json")) == ["county.releases.json"]
    assert len(json.loads((county.parent / "county.releases.json").read_text())["editions"]) == 2


@pytest.mark.parametrize("name", [".", ".."])
def test_a_register_that_one_is_in(register, run, monkeypatch, name):
    """Its folder has no name there."""
    before = tree(register)
    monkeypatch.chdir(register / "campaign" if name == ".." else register)
    out = register.parent / "out"
    assert run("cells", name, "--out", out).code == 0
    assert run("check", name).code == 0
    inside = run("cells", name, "--moments", "--inside", "--out", out.with_name("inside"))
    released = run("cells", name, "--moments", "--out", out.with_name("moments"))
    assert inside.code in (0, 1) and released.code == 1 and "no result may be handed up" in released.err
    assert tree(register) == before


@pytest.mark.parametrize("more", [[], ["--overwrite"]])
@pytest.mark.parametrize(
    ("out", "log"),
    [
        ("same", "same"),
        ("same", "house/../same"),
        ("out", "-"),
        ("out", "house/county"),
        ("out", "house"),
        ("out", "link"),
    ],
)
def test_a_log_that_could_not_be_kept(county, tmp_path, run, monkeypatch, out, log, more):
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to("nowhere")
    before = tree(tmp_path)
    for lang in ("en", "zh"):
        ended = run("cells", county, "--moments", "--out", out, "--log", log, "--lang", lang, *more)
        assert ended.code == 2 and len(ended.err.strip().splitlines()) == 1 and not ended.out
    assert tree(tmp_path) == before


def test_python_refuses_such_a_log(county, tmp_path):
    made = cells(panel(3, 40)).moments()
    for log in (tmp_path / "m.json", tmp_path / "house" / ".." / "m.json", Path("-")):
        with pytest.raises(WrongUse):
            made.save(tmp_path / "m.json", log=log)
    assert not (tmp_path / "m.json").exists() and not Path("-").exists()


def test_what_was_said_in_the_log_stays_after_an_overwrite(county, tmp_path, run):
    """A release with ``--overwrite`` replaces the file, never what the log remembers."""
    out, log = tmp_path / "m.json", tmp_path / "log"
    for count in (1, 2, 3):
        assert run("cells", county, "--moments", "--out", out, "--log", log, "--overwrite").code == 0
        assert len(json.loads(log.read_text())["editions"]) == count
