"""Who left what they had joined: a worked example, and random registers counted household by household."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells, merge
from bangfu.cells.paths import Path as Taken
from bangfu.cells.paths import exposure
from bangfu.compare.leaving import COLUMNS, leaving
from bangfu.compare.schema import document
from bangfu.papers import comparison_tables

pytestmark = pytest.mark.filterwarnings(
    "ignore:The copy keyword is deprecated", "ignore:PySpark does not yet fully support pandas"
)

OUTCOME = "income_per_head_nominal"
TOML = """id = "{id}"
title_en = "Leavers"
title_zh = "退出"
kind = "synthetic"

[[models]]
id = "coop"
title_en = "KOOP-EN"
title_zh = "合作制甲"

[[models]]
id = "yard"
title_en = "YARD-EN"
title_zh = "院落乙"
"""

SPELLS = {
    "leaves": [("coop", 2015, 2016)],
    "comes back": [("coop", 2015, 2015), ("coop", 2017, None)],  # outside in 2016 alone
    "keeps the other": [("coop", 2015, 2016), ("yard", 2015, None)],  # no longer in both, so outside that arm
    "beyond the end": [("coop", 2015, 2030)],
    "switches": [("coop", 2015, 2016), ("yard", 2017, None)],  # censored from 2017 on
    "stays": [("coop", 2015, None)],
    "unseen in between": [("coop", 2015, 2016)],  # its income of 2017 is not known
    "never": [],
    "never too": [],
}

WORKED = {
    "censor": [
        ("coop", 0, 6, 0, 0), ("coop", 1, 6, 1, 1), ("coop", 2, 4, 1, 1), ("coop", 3, 5, 2, 1),
        ("coop+yard", 0, 1, 0, 0), ("coop+yard", 1, 1, 0, 0), ("coop+yard", 2, 1, 1, 1), ("coop+yard", 3, 1, 1, 0),
    ],
    "own_arm": [
        ("coop", 0, 5, 0, 0), ("coop", 1, 5, 1, 1), ("coop", 2, 4, 1, 1), ("coop", 3, 5, 2, 1),
        ("coop+yard", 0, 2, 0, 0), ("coop+yard", 1, 2, 0, 0), ("coop+yard", 2, 2, 2, 2), ("coop+yard", 3, 2, 2, 0),
    ],
    "drop": [
        ("coop", 0, 5, 0, 0), ("coop", 1, 5, 1, 1), ("coop", 2, 4, 1, 1), ("coop", 3, 5, 2, 1),
        ("coop+yard", 0, 1, 0, 0), ("coop+yard", 1, 1, 0, 0), ("coop+yard", 2, 1, 1, 1), ("coop+yard", 3, 1, 1, 0),
    ],
}  # fmt: skip


def written(
    folder: Path, spells: dict[str, list], years: tuple[int, ...], unknown: set[tuple[str, int]] = frozenset(),
    *, name: str = "leavers", prefix: str = "",
) -> Path:  # fmt: skip
    """A register of these spells, two households a village."""
    ids = [prefix + h for h in spells]
    homes = pd.DataFrame({"household_id": ids, "village_id": [f"{prefix}v{i // 2}" for i in range(len(ids))]})
    rows = homes[["household_id"]].merge(pd.DataFrame({"year": years}), how="cross")
    gone = [
        (h.removeprefix(prefix), y) in unknown
        for h, y in zip(rows["household_id"], rows["year"], strict=True)
    ]
    value = 1000.0 + np.arange(len(rows)) % 7
    rows = rows.assign(members=2, income_total=np.where(gone, np.nan, value))
    taken = [(prefix + h, *spell) for h, of in spells.items() for spell in of]
    joined = pd.DataFrame(taken, columns=["household_id", "model", "from_year", "to_year"])
    folder.mkdir(parents=True)
    (folder / "register.toml").write_text(TOML.format(id=name), encoding="utf-8")
    for table, frame in {"households": homes, "incomes": rows, "participation": joined.astype({"to_year": "Int64"})}.items():  # fmt: skip
        frame.to_parquet(folder / f"{table}.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def worked(engine, tmp_path_factory):
    years = (2014, 2015, 2016, 2017, 2018)
    folder = written(
        tmp_path_factory.mktemp("left") / "r", SPELLS, years, {("unseen in between", 2017), ("never", 2014)}
    )
    return bangfu.load_register(folder, engine=engine).cells(OUTCOME)


@pytest.mark.parametrize("switchers", WORKED)
def test_a_worked_example(worked, switchers):
    found = leaving(worked, OUTCOME, switchers)
    assert list(found.columns) == COLUMNS
    assert list(found[COLUMNS[:-1]].itertuples(index=False, name=None)) == WORKED[switchers]
    assert found["share"].tolist() == [left / n for *_, n, left, _ in WORKED[switchers]]


def test_the_comparison_says_it(worked):
    result = bangfu.compare_models(worked)
    assert list(result.left[COLUMNS[:-1]].itertuples(index=False, name=None)) == WORKED["censor"]
    # 1 + 1 + 2 + 1 + 1 of 25 household-years; four households: who leaves, comes back, keeps the other, is unseen
    en = "4 households left (24.0% of household-years after joining); they still count as joiners"
    zh = "中途退出4户，退出后的户·年观测占参加后户·年观测的24.0%；仍按参加户计算"
    assert en in result.text("en")
    assert zh in result.text("zh")
    assert "KOOP-EN alone, households outside by years since joining: 1: 1 (16.7%), 2: 1 (25.0%), 3: 2 (40.0%)" in result.text("en")  # fmt: skip
    assert "仅合作制甲，已退出的户，按距参加的年数：1年：1户（16.7%）" in result.text("zh")
    assert en in result._repr_html_()
    assert any(en in n.en and zh in n.zh for n in comparison_tables(result, stability=False)[0].notes)
    assert [row["left"] for row in document(result)["left"]] == [left for *_, left, _ in WORKED["censor"]]


def test_leaving_between_two_waves(engine, tmp_path):
    """Joined in 2015 for that year alone: counts from the wave of 2016 on, and has left by then."""
    spells = {"between": [("coop", 2015, 2015)], "stays": [("coop", 2015, None)], "never": []}
    cells = bangfu.load_register(written(tmp_path / "r", spells, (2014, 2016, 2018)), engine=engine).cells(
        OUTCOME
    )
    found = leaving(cells, OUTCOME)
    assert found[["event_time", "households", "left", "first"]].to_numpy().tolist() == [
        [0, 2, 1, 1],
        [2, 2, 1, 0],
    ]


@pytest.mark.parametrize("seed", range(3))
def test_random_registers_counted_household_by_household(engine, tmp_path, seed):
    draw = np.random.default_rng(seed)
    years = (2014, 2015, 2017, 2018, 2020)
    spells = {}
    for h in range(60):
        mine = []
        for model in ("coop", "yard"):
            first = int(draw.integers(2013, 2020))
            while first < 2021 and draw.random() < 0.6:
                last = None if draw.random() < 0.3 else first + int(draw.integers(0, 4))
                mine.append((model, first, last))
                first = 9999 if last is None else last + int(draw.integers(1, 4))
        spells[f"h{h:02d}"] = mine
    spells["never"] = []
    unknown = {(h, y) for h in spells for y in years if draw.random() < 0.2} - {("never", y) for y in years}
    cells = bangfu.load_register(written(tmp_path / "r", spells, years, unknown), engine=engine).cells(
        OUTCOME
    )
    for switchers in ("censor", "own_arm", "drop"):
        counts: dict[tuple[str, int], list[int]] = {}
        for h, mine in spells.items():
            firsts = {m: min(f for model, f, _ in mine if model == m) for m, *_ in mine}
            path = Taken(tuple(sorted((f, m) for m, f in firsts.items())))
            e = exposure(path, years, ("coop", "yard"), switchers)
            before = False
            for year in years:
                if not e.arm or not e.kept or year < e.cohort or (e.until and year >= e.until) or (h, year) in unknown:  # fmt: skip
                    continue
                inside = {m for m, f, last in mine if f <= year and (last is None or last >= year)}
                out = any(f <= year and m not in inside for m, f in firsts.items())
                count = counts.setdefault((e.arm, year - e.cohort), [0, 0, 0])
                count[0] += 1
                count[1] += out
                count[2] += out and not before
                before = before or out
        found = leaving(cells, OUTCOME, switchers)
        assert {(r.arm, r.event_time): [r.households, r.left, r.first] for r in found.itertuples()} == counts
        assert found["left"].sum() > 5


def test_they_survive_files_and_add_up_in_a_merge(worked, tmp_path):
    assert Cells.load(worked.save(tmp_path / "c.parquet")).info.left == worked.info.left
    other = written(tmp_path / "o", SPELLS, worked.years, {("unseen in between", 2017)}, name="o", prefix="o")
    both = merge(worked, bangfu.load_register(other).cells(OUTCOME))
    table = leaving(both, OUTCOME)
    assert table[["left", "first"]].to_numpy().tolist() == [[2 * left, 2 * first] for *_, left, first in WORKED["censor"]]  # fmt: skip


def test_where_leaving_is_not_recorded_it_is_unknown_and_not_nought(tmp_path):
    folder = written(tmp_path / "r", SPELLS, (2014, 2015, 2016))
    taken = pd.read_parquet(folder / "participation.parquet")
    once = taken.drop_duplicates(["household_id", "model"])  # a second joining without having left is a fault
    once.assign(to_year=pd.array([None] * len(once), "Int64")).to_parquet(folder / "participation.parquet")
    stayed = bangfu.load_register(folder).cells(OUTCOME)
    assert stayed.info.left == ()
    assert leaving(stayed, OUTCOME)["left"].tolist() == [0] * 4
    once.drop(columns="to_year").to_parquet(folder / "participation.parquet")
    unknown = bangfu.load_register(folder).cells(OUTCOME)
    assert unknown.info.left is None
    assert leaving(unknown, OUTCOME)["left"].isna().all()
    assert merge(unknown, stayed, disjoint=True).info.left is None
    result = bangfu.compare_models(unknown)
    assert "left (" not in result.text()
    assert {row["left"] for row in document(result)["left"]} == {None}
