"""Public facts around the campaign: each with how it was read, conflicts and what was not found as rows, no person."""

import csv
import hashlib
import shutil

import pandas as pd
import pytest

import bangfu
from bangfu.errors import DataFault
from tests.campaign.test_record import PERSONS
from tests.shared import ROOT, shared

FOLDER = ROOT / "data" / "context"


def test_they_are_the_facts_that_were_collected():
    """Value by value against the list that they were taken from."""
    with shared("domain/campaign/public_facts.csv").open(encoding="utf-8") as file:
        listed = {row["fact_id"]: row for row in csv.DictReader(file)}
    facts = bangfu.load_context().facts.set_index("fact_id")
    assert list(facts.index) == list(listed)
    read = {"issuer page": "issuer", "issuer page (transcript)": "issuer", "not found": None}
    for key, row in listed.items():
        fact = facts.loc[key]
        if row["unit"] == "date":
            assert str(fact["date"]) == row["value"]
        elif row["value"]:
            assert float(fact["value"]) == float(row["value"])
        else:
            assert fact["status"] == "not found" and fact["value"] is pd.NA
        assert fact["read"] == read.get(row["read_level"], row["read_level"]), key
        assert (fact["address"] or "") == row["source_address"] and (fact["place_code"] or "") == row[
            "place_code"
        ]
        assert str(fact["year"]) == row["year"].split("-")[0]
        assert (fact["conflict_id"] is not None) == ("CONFLICT" in row["note"]) or key in ("PF12", "PF24")


def test_conflicts_and_what_was_not_found_are_rows():
    context = bangfu.load_context()
    assert set(context.facts["conflict_id"].dropna()) == set(context.conflicts["conflict_id"])
    lost = context.facts[context.facts["status"] == "not found"]
    assert lost["measure"].tolist() == ["rural_income"] and lost["value"].isna().all()


def test_no_person_of_the_report_is_named():
    for path in FOLDER.glob("*.csv"):
        words = path.read_text(encoding="utf-8")
        pieces = {words[i : i + n] for n in (2, 3) for i in range(len(words) - n + 1)}
        assert not {hashlib.sha256(p.encode()).hexdigest() for p in pieces} & PERSONS


def test_village_codes_are_those_of_the_record():
    codes = bangfu.load_context().facts.query("measure == 'village_code'")
    places = bangfu.load_campaign().places.set_index("name_zh")["village_code"].dropna()
    assert codes.set_index("place_zh")["place_code"].to_dict() == places.to_dict()


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("PF21,吉林省,Jilin Province,220000,2013,,headcount,poverty headcount,贫困发生率,percent,13.4,", "PF21,吉林省,Jilin Province,220000,2013,,headcount,poverty headcount,贫困发生率,percent,,", "fact_complete"),
        (",issuer,C2,", ",,C2,", "fact_complete"),
        (",issuer,C2,", ",rumour,C2,", "known_value"),
        (",issuer,C2,", ",issuer,C9,", "reference_exists"),
    ],
)  # fmt: skip
def test_an_incomplete_fact_is_named(tmp_path, old, new, rule):
    shutil.copytree(FOLDER, tmp_path / "c")
    path = tmp_path / "c" / "facts.csv"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        bangfu.load_context(tmp_path / "c")
    assert rule in {f.rule for f in caught.value.faults}
