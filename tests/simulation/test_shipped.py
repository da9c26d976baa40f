"""The shipped register: built by one command, sound, small, and plainly invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.simulation import SECOND_SEED, draw
from tests.shared import ROOT

SHIPPED = ROOT / "data" / "register"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bangfu.simulate(tmp_path_factory.mktemp("register") / "register")


@pytest.mark.parametrize(
    "table",
    ["households", "incomes", "participation", "truth/counterfactual", "truth/att", "truth/att_offered"],
)
def test_rebuilt_within_one_yuan(rebuilt: Path, table: str) -> None:
    old, new = (pd.read_parquet(folder / f"{table}.parquet") for folder in (SHIPPED, rebuilt))
    assert list(old.columns) == list(new.columns) and len(old) == len(new)
    for column in old.columns:
        if pd.api.types.is_numeric_dtype(old[column]) and not pd.api.types.is_bool_dtype(old[column]):
            np.testing.assert_allclose(
                new[column].to_numpy(float), old[column].to_numpy(float), rtol=0, atol=1.0, equal_nan=True
            )
        else:
            assert (old[column] == new[column]).all()


@pytest.mark.parametrize(
    "name",
    ["register.toml", "CODEBOOK.md", "campaign/actions.csv", "campaign/places.csv", "campaign/funds.csv"],
)
def test_rebuilt_texts_are_the_same(rebuilt: Path, name: str) -> None:
    assert (rebuilt / name).read_text(encoding="utf-8") == (SHIPPED / name).read_text(encoding="utf-8")


def test_passes_check_and_is_small() -> None:
    assert not [f for f in bangfu.check(SHIPPED) if f.severity == "fault"]
    assert sum(f.stat().st_size for f in SHIPPED.rglob("*")) < 5_000_000
    register = bangfu.load_register(SHIPPED)
    assert register.info.synthetic
    assert "drawn by the seed" in register.info.notes and "非真实农户" in register.info.title.zh
    assert register.years == tuple(range(2014, 2021))


def test_names_cannot_be_mistaken_for_real_ones() -> None:
    homes = pd.read_parquet(SHIPPED / "households.parquet")
    assert homes["village_name"].str.fullmatch(r"模拟村\d{3,}").all()
    assert homes["county_name"].str.fullmatch(r"模拟县([甲乙丙丁戊己庚辛壬癸]|\d{3})").all()
    campaign = bangfu.load_campaign(SHIPPED / "campaign")
    assert campaign.synthetic
    assert campaign.places["name_zh"].str.startswith("模拟").all()
    assert campaign.actors["name_zh"].str.startswith("模拟").all()


def test_campaign_and_participation_agree() -> None:
    campaign = bangfu.load_campaign(SHIPPED / "campaign")
    homes = pd.read_parquet(SHIPPED / "households.parquet")
    joined = pd.read_parquet(SHIPPED / "participation.parquet").merge(homes[["household_id", "village_id"]])
    places = set(campaign.places.loc[campaign.places["level"] == "village", "place_id"])
    assert places == set(homes["village_id"])
    year = campaign.actions["date_min"].map(lambda d: d.year)
    offers = {
        (p, c): y
        for p, c, y in zip(campaign.actions["place_id"], campaign.actions["component_id"], year, strict=True)
    }
    start = [offers[v, m] for v, m in zip(joined["village_id"], joined["model"], strict=True)]
    assert (joined["from_year"].to_numpy() >= np.array(start)).all()
    untouched = places - {p for (p, c) in offers if c in ("courtyard", "cooperative", "enterprise")}
    assert 0.1 < len(untouched) / len(places) < 0.45
    kinds = set(campaign.actions["component_id"])
    assert kinds == {"courtyard", "cooperative", "enterprise", "education", "medical", "habitat"}
    assert campaign.total("loan").exact and campaign.total("project funds").exact


def test_the_second_seed_has_another_order() -> None:
    from bangfu.simulation.gains import sizes

    first, second = draw(200).plan, draw(200, seed=SECOND_SEED).plan
    ranks = [tuple(np.argsort(sizes(p.parameters, p.seed))) for p in (first, second)]
    assert ranks[0] != ranks[1]
