"""Known effects, estimated by other people's packages from the register's tables alone."""

from __future__ import annotations

import pandas as pd
import pytest

from bangfu.simulation import Draw, draw
from bangfu.simulation.parameters import load
from tests.simulation.by_hand import overall, panel


@pytest.fixture(scope="module")
def lot() -> Draw:
    """Villages and joiners by lot, gains three times as large, so that one draw shows them."""
    return draw(10_000, scenario="experiment", parameters=load().with_values({"gain.scale": 3.0}))


@pytest.fixture(scope="module")
def nothing() -> Draw:
    return draw(10_000, scenario="experiment", parameters=load().with_values({"gain.scale": 0.0}))


def _truth(drawn: Draw, arm: str) -> float:
    att = drawn.truth.att
    rows = att[
        (att["measure"] == "income_recorded") & (att["scale"] == "yuan") & (att["population"] == "sample")
    ]
    return float(overall(rows, "value")[arm])


def _rows(drawn: Draw, arm: str) -> pd.DataFrame:
    data = panel(drawn)
    data = data[(data["cohort"] == 0) | (data["model"] == arm)]
    return data.assign(
        unit=data["household_id"].astype("category").cat.codes,
        village=data["village_id"].astype("category").cat.codes,
    )


@pytest.mark.parametrize("arm", ["courtyard", "cooperative", "enterprise"])
def test_long_differences_of_pyfixest(lot: Draw, arm: str) -> None:
    """Joiners of 2017, from 2016 to 2019, against households of untouched villages."""
    import pyfixest as pf

    data = _rows(lot, arm)
    data = data[(data["cohort"] == 2017) | data["elsewhere"]]
    wide = data.pivot(index="unit", columns="year", values="y")
    facts = data.drop_duplicates("unit").set_index("unit").loc[wide.index]
    change = pd.DataFrame(
        {
            "change": wide[2019] - wide[2016],
            "treated": (facts["cohort"] == 2017).astype(float),
            "village": facts["village"],
        }
    )
    row = pf.feols("change ~ treated", change.dropna(), vcov={"CRV1": "village"}).tidy().loc["treated"]
    att = lot.truth.att
    rows = att[
        (att["measure"] == "income_recorded") & (att["scale"] == "yuan") & (att["population"] == "sample")
    ]
    true = rows[(rows["arm"] == arm) & (rows["cohort"] == 2017) & (rows["year"] == 2019)]["value"].item()
    assert abs(row["Estimate"] - true) < 3 * row["Std. Error"]
    assert row["Estimate"] > 2 * row["Std. Error"]


@pytest.mark.filterwarnings("ignore")
def test_group_time_effects_of_diff_diff(lot: Draw, nothing: Draw) -> None:
    from diff_diff import CallawaySantAnna

    for drawn in (lot, nothing):
        data = _rows(drawn, "courtyard")
        estimator = CallawaySantAnna(
            control_group="never_treated", cluster="village", base_period="universal"
        )
        found = estimator.fit(
            data, outcome="y", unit="unit", time="year", first_treat="cohort", aggregate="simple"
        )
        assert abs(found.overall_att - _truth(drawn, "courtyard")) < 3 * found.overall_se


def test_offers_by_lot_with_least_squares_of_statsmodels(lot: Draw) -> None:
    """The offer in a village, drawn by lot: a regression of village means on what was offered, in 2020."""
    import statsmodels.formula.api as smf

    v = lot.world.villages
    data = panel(lot)
    late = data[data["year"] == 2020].groupby("village_id")["y"].mean()
    early = data[data["year"] <= 2015].groupby("village_id")["y"].mean()
    villages = pd.DataFrame({"change": late - early}).reset_index()
    offered = pd.DataFrame(v.offers > 0, columns=["courtyard", "cooperative", "enterprise"])
    offered["village_id"] = [f"V{n + 1:03d}" for n in v.number]
    villages = villages.merge(offered, on="village_id")
    villages["any"] = villages[["courtyard", "cooperative", "enterprise"]].any(axis=1).astype(float)
    fit = smf.ols("change ~ any", villages).fit(cov_type="HC2")
    att = lot.truth.att_offered
    rows = att[
        (att["measure"] == "income_recorded")
        & (att["scale"] == "yuan")
        & (att["population"] == "sample")
        & (att["year"] == 2020)
    ]
    truth = (rows["value"] * rows["households"]).sum() / rows["households"].sum()
    assert abs(fit.params["any"] - truth) < 3 * fit.bse["any"]


def test_logs_fall_short_of_the_truth_as_much_as_error_reverts() -> None:
    """Recorded effects are smaller than true ones by the share that goes unrecorded."""
    att = draw(6_000, scenario="experiment").truth.att
    rows = att[(att["scale"] == "yuan") & (att["population"] == "population")]
    ratio = overall(rows[rows["measure"] == "income_recorded"], "value") / overall(
        rows[rows["measure"] == "income"], "value"
    )
    single = ratio[["courtyard", "cooperative", "enterprise"]]
    assert single.between(0.8, 1.0).all()
