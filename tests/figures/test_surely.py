"""Figures 17, 19, 25, 26 and 27: sentences follow the results, in both languages; printed numbers stand in ``numbers``."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.compare import ModelComparison, hurdles
from bangfu.exhibits.truth_methods import methods_figure
from bangfu.exhibits.truth_sizes import sizes_figure
from bangfu.figures import Figure
from bangfu.figures.surely_contamination import contamination_figure
from bangfu.figures.surely_specifications import specifications_figure
from bangfu.figures.surely_trends import trends_figure
from bangfu.montecarlo import Committed
from bangfu.montecarlo.panel import cells_of, panel_of
from bangfu.register import HouseholdRegister
from bangfu.simulation import draw
from tests.figures import worlds


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> HouseholdRegister:
    folder: Path = tmp_path_factory.mktemp("worlds") / "w"
    return bangfu.load_register(bangfu.simulate(folder, 2_000, seed=5, truth=False))


@pytest.fixture(scope="module")
def result(register: HouseholdRegister) -> ModelComparison:
    return bangfu.compare_models(register)


def sound(figure: Figure) -> None:
    """No empty text, no plus sign between models, and every number of title and reading is known."""
    for word in (figure.title, figure.subtitle, figure.reading, figure.not_shown, figure.alt, figure.source):
        assert word.en.strip()
        assert word.zh.strip()
        assert "courtyard+" not in word.en
        assert not re.search(r"raises|leads to|带动|提高了", word.en + word.zh)
    known = {f"{abs(n.value):,.{d}f}" for n in figure.numbers.values() for d in (0, 1, 2)} | {"95", "2", "10"}
    for text in (figure.title.en, figure.title.zh, figure.reading.zh):
        for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text):
            assert found.rstrip(",") in known, (found, text)


def bounds() -> pd.DataFrame:
    rows = [
        (a, s, 5.0, 5.0, 4 - 10 * s, 6 + 10 * s) for a in ("courtyard", "enterprise") for s in (0, 0.5, 1)
    ]
    return pd.DataFrame(rows, columns=["arm", "size", "low", "high", "ci_low", "ci_high"])


@pytest.mark.parametrize(
    ("ends", "title", "zh"),
    [
        (
            {"courtyard": 0.4},
            "No gain was detected for any model shown, even if trends were parallel",
            "即使趋势平行",
        ),
        (
            {"courtyard": 2.0, "enterprise": 0.4},
            "A trend difference 0.4 times that before joining overturns every",
            "0.4倍",
        ),
        ({"cooperative": 10.0, "enterprise": 0.3}, "do not overturn cooperative alone", "10倍"),
    ],
)
def test_trends_title_speaks_of_stated_differences_alone(ends: dict[str, float], title: str, zh: str) -> None:
    """In a world in which nothing is stated of courtyard economy, whatever its breakdown may be."""
    figure = trends_figure(worlds.winner(), bounds().assign(arm=next(iter(ends))), ends)
    assert title in figure.title.en
    assert zh in figure.title.zh
    assert ("not detected" in figure.reading.en) == ("courtyard" in ends)


def test_trend_table_gives_each_model_and_where_it_ends(result: ModelComparison) -> None:
    table, ends = hurdles.trend_table(result, [0, 1])
    assert set(table["arm"]) == set(ends)
    for arm, end in ends.items():
        as_is = table[(table["arm"] == arm) & (table["size"] == 0)].iloc[0]
        assert (end == 0) == bool(as_is["ci_low"] <= 0 <= as_is["ci_high"])


def test_contamination_title_says_whether_it_is_beyond_chance(
    result: ModelComparison, register: HouseholdRegister
) -> None:
    households = hurdles.changes(register)
    households = households[~households["arm"].str.contains("+", regex=False)]
    split = bangfu.contamination(
        households, "change", "arm", "labour + land_mu", hurdles.NONE, cluster="village_id"
    )
    sound(contamination_figure(result, split))
    table = split.table.copy()
    table.loc[table["estimator"] == "OWN", ["bias", "bias_std_error"]] = [300.0, 10.0]
    figure = contamination_figure(result, replace(split, table=table))
    assert figure.title.en == "Other models contribute up to 300 yuan to a coefficient"
    table.loc[table["estimator"] == "OWN", "bias_std_error"] = 1_000.0
    assert "at most 300 yuan to any" in contamination_figure(result, replace(split, table=table)).title.en


def test_specifications_follow_the_stability_table(result: ModelComparison) -> None:
    figure = specifications_figure(result)
    sound(figure)
    table = result.stability
    mine = table[table["arm"] == "courtyard"]
    outside = int(((mine["ci_low"] > 0) | (mine["ci_high"] < 0)).sum())
    assert figure.numbers["specifications.courtyard"].value == outside


def sizes(low: list[list[int]]) -> pd.DataFrame:
    rows = [
        {"arm": arm, "unit": "percent", "truth": 5.0, "estimate": 5.0, "ci_low": 3.0, "ci_high": 7.0, "holds": True,
         "true_rank": 1, "rank_low": low[i][j], "rank_high": 3, "households": 50, "villages": 9, "size": size}
        for i, size in enumerate((3_000, 300_000))
        for j, arm in enumerate(("courtyard", "cooperative", "enterprise"))
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("low", "title"),
    [
        ([[1, 1, 1], [1, 1, 1]], "Even 300,000 households cannot show which model gained more"),
        ([[1, 1, 1], [1, 1, 2]], "Even 300,000 households do not settle the full ranking"),
        ([[1, 1, 1], [1, 2, 3]], "3,000 households settle nothing; 300,000 settle the full ranking"),
        ([[1, 1, 2], [1, 2, 3]], "3,000 households settle part of the ranking; 300,000 all of it"),
        ([[1, 2, 3], [1, 2, 3]], "3,000 households already settle the full ranking"),
    ],
)
def test_sizes_title_follows(result: ModelComparison, low: list[list[int]], title: str) -> None:
    figure = sizes_figure(sizes(low), result.cells.info, result.cells.years)
    assert figure.title.en == title
    sound(figure)


def test_methods_counts_scenarios_missed() -> None:
    def world(method: str, gap: float, seed: int, scenario: str) -> dict[str, Any]:
        return {"scenario": scenario, "seed": seed, "method": method, "arm": "all", "estimate": 5 + gap + seed / 100, "truth": 5.0,
                "ci_low": 4.0, "ci_high": 6.0, "rank_low": np.nan, "rank_high": np.nan, "true_rank": np.nan}  # fmt: skip

    rows = [world(m, g if s == "dip" else 0, r, s) for m, g in (("members", 9), ("cohorts", 1)) for r in (1, 2, 3) for s in ("default", "dip")]  # fmt: skip
    about = {"scenarios": 2, "replications": 3, "households": 100, "first_seed": 1, "seconds_of_one_core": 1}
    figure = methods_figure(Committed(pd.DataFrame(rows), about))
    assert (
        figure.title.en
        == "The simple comparison is biased in 1 of 2 scenarios, cohort-by-cohort difference-in-differences in 0"
    )
    sound(figure)


def test_changes_at_a_landmark_leave_out_who_left_or_joined_later(register: HouseholdRegister) -> None:
    whole, cut = hurdles.changes(register), hurdles.changes(register, landmark=2017)
    assert set(cut["household_id"]) < set(whole["household_id"])
    assert cut["cohort"].max() <= 2017
    flat = register.to_pandas()
    seen = set(flat.loc[(flat["year"] == 2017) & flat["income_per_head"].notna(), "household_id"])
    assert set(cut["household_id"]) <= seen


def test_lines_and_neighbours(register: HouseholdRegister, result: ModelComparison) -> None:
    table = hurdles.at_the_line({"r": register}, 2016)
    assert table["line"].iloc[0] == 2952.0
    slope = hurdles.neighbours_table({"r": result}).iloc[0]
    assert slope["ci_low"] <= slope["estimate"] <= slope["ci_high"]
    drawn = draw(1_200, scenario="few_villages", seed=5)
    few = bangfu.compare_models(cells_of(panel_of(drawn), drawn))
    p = hurdles.few_villages_table(few)
    assert p["wild_p_value"].between(0, 1).all()
