"""Each scenario shows what it is named after, held against the default world with the same seed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from bangfu.reference import poverty_line
from bangfu.simulation import SCENARIOS, Draw, draw
from bangfu.simulation.calibration import produced
from bangfu.simulation.parameters import load
from tests.simulation.by_hand import group_times, overall, panel

NAMES = [
    "default",
    "experiment",
    "selection_on_level",
    "dip",
    "selection_on_trend",
    "timing",
    "who_adopts",
    "scale",
    "anticipation",
    "switching",
    "heterogeneous",
    "spillover",
    "misreporting",
    "attrition",
    "few_villages",
    "null",
]


@cache
def world(scenario: str) -> Draw:
    return draw(12_000, scenario=scenario)


def _truth(drawn: Draw, measure: str = "income", scale: str = "percent") -> pd.DataFrame:
    att = drawn.truth.att
    return att[(att["measure"] == measure) & (att["scale"] == scale) & (att["population"] == "sample")]


def _single(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["arm"].isin(["courtyard", "cooperative", "enterprise"])]


def _scores(drawn: Draw) -> pd.DataFrame:
    h = drawn.world.households
    frame = pd.DataFrame({"level": h.level_score, "trend": h.trend, "labour": h.labour_score})
    frame["joined"] = (drawn.world.joined > 0).any(axis=1)
    frame["first"] = np.where(drawn.world.joined > 0, drawn.world.joined, 9999).argmin(axis=1)
    return frame


def test_all_sixteen_are_there_and_differ_from_the_default_only_in_what_they_say() -> None:
    assert sorted(SCENARIOS) == sorted(NAMES)
    for name in NAMES:
        p = load().with_values(SCENARIOS[name].values)
        assert set(p.changed) == {
            k for k, v in SCENARIOS[name].values.items() if v != load().entries[k].value
        }
        assert (name == "default") == (not p.changed)


def test_default_plain_comparison_is_far_above_the_truth() -> None:
    found = produced(world("default").world)
    assert 15 <= found["plain_comparison"] <= 35
    assert overall(_single(_truth(world("default"))), "value").min() >= 4
    assert overall(_single(_truth(world("default"))), "value").max() <= 9


def test_experiment_balances_joiners_and_others() -> None:
    chosen, drawn = _scores(world("default")), _scores(world("experiment"))
    gap = {
        n: s.groupby("joined")["level"].mean().diff().iloc[-1]
        for n, s in (("default", chosen), ("lot", drawn))
    }
    assert gap["default"] > 0.4 and abs(gap["lot"]) < 0.05
    v = world("experiment").world.villages
    touched = (v.offers > 0).any(axis=1)
    spread = v.permanent.std() * np.sqrt(1 / touched.sum() + 1 / (~touched).sum())
    assert abs(v.permanent[touched].mean() - v.permanent[~touched].mean()) < 2.5 * spread


def test_selection_on_level_and_on_trend() -> None:
    def gap(scenario: str, column: str) -> float:
        s = _scores(world(scenario))
        return float(s.groupby("joined")[column].mean().diff().iloc[-1] / s[column].std())

    assert gap("selection_on_level", "level") > gap("default", "level") + 0.3
    assert gap("selection_on_trend", "trend") > gap("default", "trend") + 0.5


def test_dip_before_joining_and_return_after() -> None:
    shock = world("dip").world.households.shock
    first = np.where(world("dip").world.joined > 0, world("dip").world.joined, 9999).min(axis=1)
    rows = np.flatnonzero(first <= 2018)
    lag = {e: float(np.mean(shock[rows, first[rows] - 2014 + 1 + e])) for e in (-3, -1, 0, 2)}
    assert lag[-1] < -0.15 and lag[-1] < lag[0] < lag[2] and abs(lag[2]) < 0.06
    apart = overall(group_times(panel(world("dip")))) - overall(
        _single(_truth(world("dip"), "income_recorded")), "value"
    )
    assert apart.mean() > 8  # what differences-in-differences make of the return to the mean


def test_timing_models_differ_only_in_start() -> None:
    table = _single(_truth(world("timing")))
    by_time = (
        table[(table["event_time"] >= 0) & (table["households"] > 100)]
        .groupby(["arm", "event_time"])["value"]
        .mean()
        .unstack()
    )
    assert (by_time.max() - by_time.min()).dropna().max() < 1.5
    starts = world("timing").participation.groupby("model")["from_year"].mean()
    assert starts["courtyard"] < starts["cooperative"] - 0.3 < starts["enterprise"] - 0.6


def test_who_adopts_models_differ_only_in_their_joiners() -> None:
    labour = _scores(world("who_adopts")).query("joined").groupby("first")["labour"].mean()
    assert labour[0] < labour[1] - 0.3 < labour[2] - 0.6
    true = overall(_single(_truth(world("who_adopts"))), "value")
    assert true["courtyard"] < true["cooperative"] < true["enterprise"]


def test_scale_yuan_and_percent_disagree_without_any_effect() -> None:
    drawn = draw(24_000, scenario="scale")
    assert (drawn.truth.att["value"].dropna() == 0).all()
    data = panel(drawn)
    assert overall(group_times(data, scale="yuan")).mean() < 0 < overall(group_times(data)).mean()


def test_anticipation_moves_the_year_before() -> None:
    table = _single(_truth(world("anticipation")))
    before = table[table["event_time"] == -1]["value"]
    assert (before > 1).all() and (table[table["event_time"] < -1]["value"] == 0).all()


def test_switching_many_take_up_a_second_model() -> None:
    share = {s: produced(world(s).world)["second_model"] for s in ("default", "switching")}
    assert share["switching"] > 0.3 > 0.15 > share["default"]


def test_heterogeneous_gains_depend_on_labour() -> None:
    def slope(scenario: str) -> float:
        w = world(scenario).world
        gain = (w.true - w.true_without).sum(axis=0)[w.joiners, -1] / w.true_without.sum(axis=0)[
            w.joiners, -1
        ].clip(2000)
        return float(np.polyfit(w.households.labour_score[w.joiners], gain, 1)[0])

    assert slope("heterogeneous") > slope("default") + 0.02


def test_spillover_reaches_neighbours_and_prices() -> None:
    w = world("spillover").world
    none = (w.joined == 0).all(axis=1)
    offered = (w.villages.offers > 0).any(axis=1)[w.households.village]
    change = (w.true - w.true_without)[:, :, -1]
    assert change[0][none & offered].mean() > 30  # wages
    assert change[1][none & ~offered].mean() < -20  # prices alone
    bystanders = _truth(world("spillover"))
    assert (bystanders[(bystanders["arm"] == "") & (bystanders["event_time"] >= 1)]["value"] > 0).all()
    assert not (_truth(world("default"))["arm"] == "").any()


def test_misreporting_heaps_just_above_the_line_and_leaves_consumption_alone() -> None:
    def near(scenario: str) -> tuple[int, int]:
        drawn = world(scenario)
        poor = drawn.households[drawn.households["registered_from"] <= 2016]["household_id"]
        rows = drawn.incomes[drawn.incomes["household_id"].isin(poor) & (drawn.incomes["year"] >= 2016)]
        ratio = rows["income_total"] / rows["members"] / rows["year"].map(poverty_line(range(2014, 2021)))
        return int(ratio.between(0.9, 0.999).sum()), int(ratio.between(1.0, 1.1).sum())

    below, above = near("default")
    fewer, more = near("misreporting")
    assert fewer < 0.5 * below and more > 1.3 * above
    assert (world("misreporting").incomes["consumption"] == world("default").incomes["consumption"]).all()


def test_attrition_follows_shocks_and_joining() -> None:
    w = world("attrition").world
    assert produced(w)["attrition"] > produced(world("default").world)["attrition"] + 0.02
    joined = (w.joined > 0).any(axis=1)
    assert w.seen[joined, -1].mean() > w.seen[~joined, -1].mean() + 0.05
    shock = w.households.shock[:, 1:-1].mean(axis=1)
    assert shock[w.seen[:, -1]].mean() > shock[~w.seen[:, -1]].mean() + 0.05


def test_few_villages_hold_as_many_households() -> None:
    drawn = world("few_villages")
    assert drawn.households["village_id"].nunique() == 12
    assert len(drawn.households) >= 12_000


def test_a_register_without_own_consumption_misses_part_of_the_courtyard() -> None:
    missing = draw(6_000, parameters=load().with_values({"record.own_consumption": False}))
    whole = draw(6_000)
    pd.testing.assert_frame_equal(
        missing.truth.att[missing.truth.att["measure"] == "income"],
        whole.truth.att[whole.truth.att["measure"] == "income"],
    )

    def gain(drawn: Draw, arm: str) -> float:
        table = _truth(drawn, "income_recorded", "yuan")
        return float(overall(table, "value")[arm])

    assert gain(missing, "courtyard") < 0.75 * gain(whole, "courtyard")
    assert gain(missing, "cooperative") == pytest.approx(gain(whole, "cooperative"), rel=0.03)
    assert missing.incomes["income_business"].sum() < 0.95 * whole.incomes["income_business"].sum()
