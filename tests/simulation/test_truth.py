"""The truth: recomputed from the incomes without the models, and held against a world without effects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bangfu.reference import deflator, poverty_line
from bangfu.simulation import Draw, draw

YEARS = range(2014, 2021)
PARTS = ["wage", "business", "property", "transfer"]


@pytest.fixture(scope="module")
def drawn() -> Draw:
    return draw(6_000)


def _by_hand(counterfactual: pd.DataFrame, suffix: str, sample: bool) -> pd.DataFrame:
    """Effects on total income per head by arm, cohort and year, in plain pandas."""
    rows = counterfactual[counterfactual["seen"]] if sample else counterfactual
    price = rows["year"].map(deflator(YEARS, 2020))
    line = rows["year"].map(poverty_line(YEARS))
    own = sum(rows[f"{p}{suffix}"].astype(float) for p in PARTS)
    other = sum(rows[f"{p}{suffix}_without"].astype(float) for p in PARTS)
    positive = (own > 0) & (other > 0)
    table = pd.DataFrame(
        {
            "own": own * price,
            "other": other * price,
            "log": np.log(own.where(positive)) - np.log(other.where(positive)),
            "poor": (own < line).astype(float) - (other < line),
            "gap": ((line - own) / line).clip(lower=0) - ((line - other) / line).clip(lower=0),
        }
    )
    means = table.groupby([rows["arm"], rows["cohort"], rows["year"]]).mean()
    return pd.DataFrame(
        {
            "percent": (means["own"] / means["other"] - 1) * 100,
            "yuan": means["own"] - means["other"],
            "log": means["log"] * 100,
            "headcount": means["poor"] * 100,
            "gap": means["gap"] * 100,
        }
    )


@pytest.mark.parametrize("suffix", ["", "_recorded"])
@pytest.mark.parametrize("population", ["sample", "population"])
def test_effects_follow_from_the_counterfactual_incomes(drawn: Draw, suffix: str, population: str) -> None:
    expected = _by_hand(drawn.truth.counterfactual, suffix, population == "sample")
    att = drawn.truth.att[drawn.truth.att["population"] == population]
    keys = ["arm", "cohort", "year"]
    for scale, measure, column, near in (
        ("percent", "income", "percent", 0.02),
        ("yuan", "income", "yuan", 1.0),
        ("log", "income", "log", 0.1),
        ("points", "headcount", "headcount", 1e-9),
        ("points", "gap", "gap", 0.02),
    ):
        rows = att[(att["scale"] == scale) & (att["measure"] == measure + suffix)].set_index(keys)["value"]
        assert len(rows) == len(expected)
        # the file holds tenths of a yuan, and a household within a rounding of the line may fall on either side
        apart = (rows - expected[column].reindex(rows.index)).abs()
        assert (apart > near).mean() < 0.02


def test_sources_add_up_to_the_effect_on_income(drawn: Draw) -> None:
    att = drawn.truth.att
    yuan = att[(att["scale"] == "yuan") & (att["population"] == "sample")]
    table = yuan.pivot_table(index=["arm", "cohort", "year"], columns="measure", values="value")
    np.testing.assert_allclose(table[PARTS].sum(axis=1), table["income"], atol=1e-6)
    np.testing.assert_allclose(
        table["income"] - table["transfer"], table["income_without_transfers"], atol=1e-6
    )


def test_models_act_through_their_own_sources(drawn: Draw) -> None:
    att = drawn.truth.att
    rows = att[(att["scale"] == "yuan") & (att["population"] == "population") & (att["event_time"] >= 1)]
    mean = rows.groupby(["arm", "measure"])["value"].mean().unstack()
    assert mean.loc["courtyard", "business"] > 100 > abs(mean.loc["courtyard", "property"])
    assert mean.loc["cooperative", "property"] > 100 > abs(mean.loc["cooperative", "business"])
    assert mean.loc["enterprise", "wage"] > 100 > abs(mean.loc["enterprise", "property"])


def test_before_joining_nothing_happens(drawn: Draw) -> None:
    before = drawn.truth.att[drawn.truth.att["event_time"] < 0]
    assert len(before) and (before["value"].dropna() == 0).all()


def test_null_is_exactly_null_and_is_the_others_counterfactual() -> None:
    null, default = draw(3_000, scenario="null"), draw(3_000)
    assert (null.truth.att["value"].dropna() == 0).all() and (
        null.truth.att_offered["value"].dropna() == 0
    ).all()
    table = null.truth.counterfactual
    for part in PARTS:
        assert (table[part] == table[f"{part}_without"]).all()
        assert (table[f"{part}_recorded"] == table[f"{part}_recorded_without"]).all()
    pd.testing.assert_frame_equal(
        null.households.drop(columns="exited_in"), default.households.drop(columns="exited_in")
    )
    pd.testing.assert_frame_equal(
        null.participation.drop(columns="to_year"), default.participation.drop(columns="to_year")
    )
    # what joiners would have had by default is what they have here, and nobody else's income differs
    for part in PARTS:
        assert (default.truth.counterfactual[f"{part}_recorded_without"] == table[f"{part}_recorded"]).all()
    joined = set(default.participation["household_id"])
    others = ~default.incomes["household_id"].isin(joined)
    assert (default.incomes[others].to_numpy() == null.incomes[others].to_numpy()).all()
    start = default.participation.groupby("household_id")["from_year"].min()
    before = default.incomes["year"] < default.incomes["household_id"].map(start).fillna(9999)
    assert (default.incomes[before].to_numpy() == null.incomes[before].to_numpy()).all()


def test_an_offer_dilutes_the_effect_of_joining(drawn: Draw) -> None:
    offered = drawn.truth.att_offered
    rows = offered[(offered["scale"] == "percent") & (offered["population"] == "population")]
    after = rows[
        (rows["event_time"] >= 1)
        & (rows["measure"] == "income")
        & ~rows["arm"].str.contains("+", regex=False)
    ]
    att = drawn.truth.att
    own = att[
        (att["scale"] == "percent") & (att["measure"] == "income") & (att["population"] == "population")
    ]
    own = own[(own["event_time"] >= 1) & own["arm"].isin(after["arm"].unique())]
    assert 0 < after["value"].mean() < own["value"].mean() / 2


def test_the_seed_draws_which_model_gains_most() -> None:
    firsts = set()
    for seed in range(8):
        att = draw(400, seed=seed).truth.att
        rows = att[
            (att["scale"] == "percent") & (att["measure"] == "income") & (att["population"] == "population")
        ]
        rows = rows[(rows["event_time"] >= 2) & ~rows["arm"].str.contains("+", regex=False)]
        firsts.add(rows.groupby("arm")["value"].mean().idxmax())
    assert firsts == {"courtyard", "cooperative", "enterprise"}
