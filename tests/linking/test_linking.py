"""A campaign of four actions and a register of five villages, linked by hand."""

import dataclasses
import datetime

import pandas as pd
import pytest

import bangfu
from bangfu.campaign import KINDS
from bangfu.errors import BangfuError, DataFault

TOML = 'id = "r"\ntitle_en = "five villages"\ntitle_zh = "五村"\nkind = "{kind}"\n'


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    _write(folder, "survey")
    return bangfu.load_register(folder)


def _write(folder, kind):
    (folder / "register.toml").write_text(TOML.format(kind=kind), encoding="utf-8")
    homes = "household_id,village_id\n" + "".join(f"h{i},00{i % 5 + 1}\n" for i in range(10))
    (folder / "households.csv").write_text(homes, encoding="utf-8")
    rows = "household_id,year,members,income_total\n" + "".join(f"h{i},2016,2,100\n" for i in range(10))
    (folder / "incomes.csv").write_text(rows, encoding="utf-8")
    (folder / "participation.csv").write_text("household_id,model,from_year\n", encoding="utf-8")


@pytest.fixture(scope="module")
def campaign():
    """The shipped record with its actions and funds replaced."""
    shipped = bangfu.load_campaign()
    day = datetime.date
    actions = pd.DataFrame(
        [
            ("X1", "P1", "courtyard", day(2016, 11, 1), day(2017, 2, 1)),
            ("X2", "P1", "courtyard", day(2019, 1, 1), None),
            ("X3", "P2", "enterprise", None, day(2018, 5, 1)),
            ("X4", "P2", None, None, day(2015, 5, 1)),
            ("X5", "P3", "medical", None, None),
            ("X6", "P4", "education", None, day(2017, 5, 1)),
        ],
        columns=["action_id", "place_id", "component_id", "date_min", "date_max"],
    )
    funds = pd.DataFrame(
        [
            ("F1", "X1", "P1", "loan", "exact", 100.0),
            ("F2", "X2", "P1", "loan", "exact", 50.0),
            ("F3", "X2", "P1", "investment", "exact", 7.0),
            ("F4", "X2", "P1", "investment", "approximate_below", None),
            ("F5", "X3", "P2", "loan", "exact", 900.0),
        ],
        columns=["fund_id", "action_id", "place_id", "kind", "precision", "amount_yuan"],
    )
    funds["part_of"] = None
    places = pd.DataFrame({"place_id": ["P1", "P2", "P3", "P4", "P5"], "level": "village", "name_zh": "村"})
    places["village_code"] = None
    return dataclasses.replace(shipped, actions=actions, funds=funds, places=places)


PAIRS = pd.DataFrame(
    {"place_id": ["P1", "P2", "P2", "P3", "P5"], "village_id": ["001", "002", "003", "004", "999"]}
)


def test_offers_by_hand(campaign, register):
    found = bangfu.link(campaign, register, PAIRS)
    rows = found.offers[["village_id", "component", "first_year", "actions", "funds_not_exact"]]
    rows = [tuple(None if pd.isna(v) else v for v in r) for r in rows.itertuples(index=False)]
    assert rows == [
        ("001", "courtyard", 2017, 2, 1),
        ("002", "enterprise", 2018, 1, 1),  # one sum for two villages: not theirs alone
        ("003", "enterprise", 2018, 1, 1),
        ("004", "medical", None, 1, 0),
    ]
    money = found.offers.set_index("village_id")
    assert money.loc["001", ["loan_yuan", "investment_yuan"]].tolist() == [150, 7]
    columns = [f"{kind.replace(' ', '_')}_yuan" for kind in KINDS]
    assert money.loc[["002", "003", "004"], columns].isna().all(axis=None)


def test_what_does_not_match_is_reported(campaign, register):
    found = bangfu.link(campaign, register, PAIRS)
    assert found.places_without_village["place_id"].tolist() == ["P4"]
    assert found.villages_without_place["village_id"].tolist() == ["005"]
    assert (found.actions_without_component, found.actions_without_year) == (1, 1)
    assert (
        repr(found) == "Link: 4 offers in 4 villages; 1 places without a village, 1 villages without a place"
    )


def test_places_from_a_file_in_either_encoding(campaign, register, tmp_path):
    want = bangfu.link(campaign, register, PAIRS).offers
    for encoding in ("utf-8-sig", "gb18030"):
        PAIRS.assign(note="村").to_csv(tmp_path / "places.csv", index=False, encoding=encoding)
        pd.testing.assert_frame_equal(bangfu.link(campaign, register, tmp_path / "places.csv").offers, want)


def test_place_ids_are_the_village_ids_where_nothing_else_is_said(campaign, register):
    renamed = {"P1": "001", "P2": "002", "P3": "003", "P4": "004", "P5": "x"}
    own = dataclasses.replace(
        campaign, **{t: getattr(campaign, t).replace({"place_id": renamed}) for t in ("actions", "funds", "places")}
    )  # fmt: skip
    assert bangfu.link(own, register).offers["village_id"].tolist() == ["001", "002", "003", "004"]


def test_village_codes_are_the_village_ids_too(campaign, register):
    coded = campaign.places.assign(village_code=["001", None, None, None, "005"])
    found = bangfu.link(dataclasses.replace(campaign, places=coded), register)
    assert found.offers["village_id"].tolist() == ["001"]
    assert found.villages_without_place["village_id"].tolist() == ["002", "003", "004"]


def test_a_sum_within_a_sum_is_not_added_again(campaign, register):
    """Of the loan of 100 at the first village 50 is part; the other kind's sum is nobody's part."""
    funds = campaign.funds.assign(part_of=[None, "F1", "F1", None, None])
    money = bangfu.link(dataclasses.replace(campaign, funds=funds), register, PAIRS).offers.set_index(
        "village_id"
    )
    assert money.loc["001", ["loan_yuan", "investment_yuan"]].tolist() == [100, 7]
    assert money.loc["001", "funds_not_exact"] == 1


@pytest.mark.parametrize(
    ("pairs", "rule"),
    [
        (pd.DataFrame({"place_id": ["P1"]}), "column_present"),
        (pd.DataFrame({"place_id": ["P1", "P9"], "village_id": ["001", "002"]}), "place_exists"),
        (pd.DataFrame({"place_id": ["P1", "P1"], "village_id": ["001", "001"]}), "pair_unique"),
        (pd.DataFrame({"place_id": ["P1"], "village_id": [None]}), "required"),
    ],
)
def test_a_faulty_table_of_places(campaign, register, pairs, rule):
    with pytest.raises(DataFault) as caught:
        bangfu.link(campaign, register, pairs)
    assert [f.rule for f in caught.value.faults] == [rule]


def test_a_real_campaign_is_refused_for_invented_households(campaign, tmp_path):
    _write(tmp_path, "synthetic")
    with pytest.raises(BangfuError, match="real campaign"):
        bangfu.link(campaign, bangfu.load_register(tmp_path), PAIRS)


def test_the_shipped_record_and_a_register_of_its_places(register):
    record = bangfu.load_campaign()
    village = record.actions.loc[record.actions["component_id"] == "courtyard", "place_id"].iloc[0]
    pairs = pd.DataFrame({"place_id": [village], "village_id": ["001"]})
    found = bangfu.link(record, register, pairs)
    assert found.offers["village_id"].unique().tolist() == ["001"]
    assert set(found.offers["first_year"].dropna()) == {2017}
    assert village not in set(found.places_without_village["place_id"])
