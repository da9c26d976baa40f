"""Exposure to a campaign: what the village was offered, not what the household took up."""

from types import SimpleNamespace

import pandas as pd
import pytest

import bangfu
from bangfu import linking
from bangfu.errors import BangfuError, WrongUse
from tests.cells.plain import as_plain, assert_same, plain_cells
from tests.cells.registers import tables, write
from tests.cells.test_register_cells import income

OFFERS = pd.DataFrame(
    [("c", "0", "courtyard", 2015), ("c", "0", "enterprise", 2018), ("c", "3", "courtyard", 2018), ("c", "5", "education", 2014)],
    columns=["county_id", "village_id", "component", "first_year"],
)  # fmt: skip


@pytest.fixture
def linked(monkeypatch):
    """A campaign that is nothing but its offers."""
    monkeypatch.setattr(linking, "link", lambda campaign, register: SimpleNamespace(offers=campaign))


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_equal_to_plain_sums_by_offer(tmp_path, linked, missing):
    parts = tables(21, missing=missing)
    found = bangfu.load_register(write(tmp_path, parts)).cells(exposure="campaign", campaign=OFFERS)
    homes = parts["households"].assign(village_id=parts["households"]["village_id"].astype(str))
    models = OFFERS[OFFERS["component"] != "education"].rename(
        columns={"component": "model", "first_year": "from_year"}
    )
    taken = homes[["household_id", "village_id"]].merge(models, on="village_id")
    expected = plain_cells({**parts, "participation": taken}, {"income_per_head": income})
    assert_same(as_plain(found), expected)
    assert {p.text for p in found.paths} == {"", "courtyard@2015 enterprise@2018", "courtyard@2018"}
    assert found.info.spec["exposure"] == "campaign"


def test_refusals(tmp_path, linked):
    register = bangfu.load_register(write(tmp_path, tables(22)))
    for campaign, error, message in (
        (None, WrongUse, "needs campaign="),
        (OFFERS[-1:], BangfuError, "none of the register's models"),
        (
            OFFERS.assign(first_year=pd.array([2015, None, 2018, 2014], dtype="Int64")),
            BangfuError,
            "1 offers have no year",
        ),
    ):
        with pytest.raises(error, match=message):
            register.cells(exposure="campaign", campaign=campaign)
    with pytest.raises(BangfuError, match="facts of an unknown year"):
        early = OFFERS.assign(first_year=2013)
        register.cells(exposure="campaign", campaign=early, by=["labour"])


def test_a_simulated_campaign(tmp_path):
    folder = bangfu.simulate(tmp_path / "register", 600, seed=1)
    register = bangfu.load_register(folder)
    campaign = bangfu.load_campaign(folder / "campaign")
    cells = register.cells(exposure="campaign", campaign=campaign)
    by_village = pd.DataFrame({"village": cells.village, "path": cells.path}).drop_duplicates()
    assert by_village["village"].is_unique  # one path per village
    offered = set(
        linking.link(campaign, register).offers.query("component in @register.models")["village_id"]
    )
    named = {
        cells.villages["village_id"][v] for v, p in by_village.itertuples(index=False) if cells.paths[p].steps
    }
    assert named == offered
