"""Published numbers on real farm households, hit to the printed digit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bangfu import check, load_register
from bangfu.errors import WrongUse
from bangfu.register import HouseholdRegister
from bangfu.studies import Replication, agrees, crop_insurance, insurance_network, rerun, rice_farms, table

REFERENCE = Path(__file__).with_name("plm_rice_farms.csv")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rice_farms.write_register(tmp_path_factory.mktemp("rice") / "register")


@pytest.fixture(scope="module")
def register(folder: Path) -> HouseholdRegister:
    return load_register(folder)


def _all_agree(rows: list[Replication], numbers: int) -> None:
    frame = table(rows)
    assert len(frame) == numbers
    assert frame["agrees"].all(), frame[~frame["agrees"]].to_string()


def test_rice_farms_random_effects(register: HouseholdRegister) -> None:
    rows = rice_farms.replications(register)
    _all_agree(rows, 2)
    assert agrees("0.90", 1 - rows[0].ours)


def test_insurance_network_first_and_second_stage() -> None:
    _all_agree(insurance_network.replications(), 5)


def test_crop_insurance_triple_difference() -> None:
    _all_agree(crop_insurance.replications(), 18)


def test_a_wrong_income_or_seed_would_be_seen(folder: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    for path in folder.iterdir():
        (spoilt / path.name).write_bytes(path.read_bytes())
    incomes = pd.read_csv(spoilt / "incomes.csv")
    incomes.loc[incomes["year"] == 1903, "goutput"] *= 2
    incomes.to_csv(spoilt / "incomes.csv", index=False)
    assert not table(rice_farms.replications(load_register(spoilt)))["agrees"].all()


def test_linearmodels_and_plm_say_the_same(register: HouseholdRegister) -> None:
    from linearmodels.panel import RandomEffects

    panel = register.incomes.to_pandas().set_index(["household_id", "year"]).sort_index()
    logs = np.log(panel[["goutput", "seed", "totlabor", "size"]].astype(float))
    fit = RandomEffects(logs["goutput"], logs[["seed", "totlabor", "size"]].assign(const=1.0)).fit()
    plm = pd.read_csv(REFERENCE).set_index("name")["value"]
    ours = {
        "individual": fit.variance_decomposition["Effects"],
        "idiosyncratic": fit.variance_decomposition["Residual"],
        "theta": fit.theta.iloc[0, 0],
        **{f"log({name})": fit.params[name] for name in ("seed", "totlabor", "size")},
        **{f"se_log({name})": fit.std_errors[name] for name in ("seed", "totlabor", "size")},
    }
    for name, value in ours.items():
        assert value == pytest.approx(plm[name], rel=1e-8), name


def test_register_of_rice_farms_is_clean_and_complete(folder: Path, register: HouseholdRegister) -> None:
    assert {(f.rule, f.severity) for f in check(folder)} == {("column_known", "warning")}  # the farms' inputs
    assert register.info.kind == "survey"
    assert register.models == ("bimas",)
    panel = register.to_pandas(real=False)
    assert len(panel) == 171 * 6
    assert panel["village_id"].nunique() == 6
    assert panel.groupby("household_id")["year"].nunique().eq(6).all()


def test_income_by_hand_for_one_farm() -> None:
    farm = rice_farms.farms().iloc[0]
    assert (farm["noutput"], farm["price"]) == (6800, 60)
    costs = (
        farm["seed"] * farm["pseed"]
        + farm["urea"] * farm["purea"]
        + farm["phosphate"] * farm["pphosph"]
        + farm["pesticide"]
        + farm["hiredlabor"] * farm["wage"]
    )
    assert farm["income"] == pytest.approx(6800 * 60 - costs)


def test_spells_follow_the_programme_season_by_season() -> None:
    frame = rice_farms.farms()
    inside = set()
    last_season = rice_farms.FIRST_SEASON + rice_farms.SEASONS - 1
    for row in rice_farms.spells(frame).to_dict("records"):
        end = last_season if pd.isna(row["to_year"]) else int(row["to_year"])
        inside |= {(row["household_id"], season) for season in range(int(row["from_year"]), end + 1)}
    published = frame[frame["bimas"] != "no"]
    assert inside == set(zip(published["id"].astype(str), published["season"], strict=True))


def test_joiners_are_those_of_the_published_data(register: HouseholdRegister) -> None:
    frame = rice_farms.farms()
    first = frame[frame["bimas"] != "no"].groupby("id")["season"].min() - rice_farms.FIRST_SEASON + 1
    ours = rice_farms.joiners(register).set_index("first_season")
    assert ours["farms"].to_dict() == first.value_counts().to_dict()
    assert ours.loc[1, "seasons_before"] == 0


def test_an_unknown_study_is_named() -> None:
    with pytest.raises(WrongUse, match="rice_farms"):
        rerun("proirri")  # type: ignore[arg-type]


def test_small_integers_are_floats() -> None:
    assert insurance_network.farmers().select_dtypes("integer").empty
