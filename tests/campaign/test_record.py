"""The record of Baicheng 2017 against facts read from the report by hand, and broken folders of one's own."""

import csv
import hashlib
import re
import shutil
from pathlib import Path

import pytest

import bangfu
from bangfu.campaign import KINDS
from bangfu.errors import DataFault, WrongUse
from bangfu.words import COMPONENTS
from tests.shared import ROOT

FOLDER = ROOT / "data" / "campaign"

PERSONS = {
    "d91e8eeaab16a1ac0bb0ac3374712d95017ed03d6be50cf071fee94497a0a334",
    "b00f99ae413f0b21480d51b4e38ccae96fa67c2a38629d50487b3f3781f081f4",
    "d17cbee0c63dbd17e24ae3eaf30124319f0f74fd54d3a3268b67f018797ff170",
    "d242de5ca9c4acaa94315095bfd716b94357dd19ff5fafff95d673030d0feff6",
    "4259788d946e59c931a3a2f31736ba57fc491e36dd089306fa4e945e3b4c1263",
    "19b74dc9c1d66979c23f8ee6ec11af7025b31bc67c12fb8afbd89daebd43bc69",
    "c995f140920cbc43fc3e8d097b48af5448af7def6436cf9cabe58d924441b959",
    "16bfc416b410415d170e78fe73d4356ac8a394ca104a996372e0238a9e0fbf44",
}
"""SHA-256 of the names of persons that stand in the report."""


@pytest.fixture(scope="module")
def campaign():
    return bangfu.load_campaign()


def test_seven_captions_and_six_municipal_bodies(campaign):
    facts = campaign.sentences
    captions = facts[(facts["section"] == "caption") & (facts["content"] == "facts")]
    assert len(captions) == 7
    spans = campaign.actions["span"]
    assert {s.split(".")[1] for s in spans if s.startswith("caption")} == {
        str(n) for n in captions["sentence"]
    }
    bodies = campaign.actors[
        campaign.actors["note"].fillna("").str.contains("one of the six municipal bodies")
    ]
    assert sorted(bodies["name_zh"]) == sorted(
        ["市直机关工委", "市文广新局", "市农委", "市机关事务管理局", "市审计局", "市职业技术学院"]
    )


def test_every_organisation_of_the_captions_acts(campaign):
    named = {
        "通榆县驻村民警", "通榆县委组织部", "县民政局", "县第一医院", "大安市委政法委扶贫工作队", "镇赉县团县委",
        "大安市政务服务中心驻村工作队", "白城市市委办公室", "白城医学高等专科学校",
    }  # fmt: skip
    acting = campaign.actors[campaign.actors["actor_id"].isin(campaign.action_actors["actor_id"])]
    assert named <= set(acting["name_zh"])


def test_amounts_as_printed(campaign):
    funds = campaign.funds.set_index("fund_id")
    printed = funds["printed_amount"].dropna().to_dict()
    assert printed == {"F1": 95, "F2": 700, "F3": 447, "F4": 300}
    assert (funds["printed_unit"].dropna() == "万元").all()
    assert (funds.loc[["F1", "F2", "F3"], "amount_yuan"] == [950_000, 7_000_000, 4_470_000]).all()
    assert (
        funds.loc["F4", ["amount_yuan", "amount_min"]].isna().all()
        and funds.loc["F4", "amount_max"] == 3_000_000
    )
    assert funds.loc["F5", ["amount_yuan", "amount_min", "amount_max"]].isna().all()
    assert funds["disbursed_yuan"].isna().all()


def test_counts_that_the_report_gives(campaign):
    total = campaign.problems.set_index("problem_id")
    assert total.loc["PB_TOTAL", "count"] == 359
    assert total.drop("PB_TOTAL")["count"].isna().all() and len(total) == 6
    assert total["resolved_on"].isna().all()
    assert len(campaign.work_areas) == 10 and list(campaign.work_areas["order"]) == list(range(1, 11))
    greenhouses = campaign.actions[campaign.actions["quantity_unit"] == "greenhouse"]
    assert sorted(greenhouses["quantity"].dropna()) == [16, 100] and greenhouses["quantity"].isna().sum() == 1
    assert list(campaign.findings["event_id"]).count("E1") == 3


def test_components_are_the_words_of_the_house(campaign):
    assert list(campaign.components["component_id"]) == list(COMPONENTS)
    models = campaign.components[campaign.components["is_income_model"]]["component_id"]
    assert list(models) == ["courtyard", "cooperative", "enterprise"]
    assert campaign.ambiguities["issue_en"].str.contains("only cooperative and enterprise models").any()


def test_no_education_action_and_no_measured_income(campaign):
    counts = campaign.actions_by_component().set_index("component_id")["actions"]
    assert counts["education"] == 0 and counts.drop("education").gt(0).all()
    assert not campaign.claims["measures_income"].any()
    told = campaign.claims[campaign.claims["kind"] != "umbrella"]
    assert told["evidence_status"].value_counts().to_dict() == {"asserted": 19, "goal": 8, "counted": 1}
    assert list(campaign.claims.loc[campaign.claims["evidence_status"] == "counted", "claim_id"]) == ["O11"]


def test_every_claim_says_what_would_test_it(campaign):
    assert set(campaign.claims["claim_id"]) == set(campaign.claim_gaps["claim_id"])


def test_no_sentence_of_the_source_and_no_private_person(campaign):
    """No cell repeats a whole sentence's words, and no cell holds a name that stands in the source as a person's."""
    shortest = campaign.sentences.loc[campaign.sentences["content"] == "facts", "characters"].min()
    for frame in campaign.tables.values():
        for column in frame.columns:
            for cell in frame[column].dropna().map(str):
                if column not in ("span_sha256", "layout") and not column.endswith("_en"):
                    run = max(map(len, re.findall(r"[\u4e00-\u9fff]+", cell)), default=0)
                    assert run <= shortest + 6, (column, cell)
                for n in (2, 3):
                    for i in range(len(cell) - n + 1):
                        assert hashlib.sha256(cell[i : i + n].encode()).hexdigest() not in PERSONS, column


def test_totals_take_one_kind(campaign):
    assert campaign.total("loan").exact == 7_000_000
    funds = campaign.total("project funds")
    assert (funds.exact, funds.low, funds.high, funds.sums) == (None, 4_470_000, 7_470_000, 2)
    unspecified = campaign.total("unspecified")
    assert (unspecified.exact, unspecified.sums, unspecified.without_amount) == (None, 0, 1)
    assert funds.text("zh") == "项目资金：不少于4,470,000元，不到7,470,000元（共2笔）"
    assert unspecified.text("zh") == "性质未说明：无金额（1笔）"
    for wrong in ("all", "", None, list(KINDS), ("loan", "investment")):
        with pytest.raises(WrongUse, match="one kind"):
            campaign.total(wrong)


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "campaign")
    return tmp_path / "campaign"


def edit(folder: Path, table: str, row: int, **cells: str) -> None:
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 1].update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("table", "row", "cells", "rule", "column", "value"),
    [
        ("actions", 3, {"component_id": "orchard"}, "reference_exists", "component_id", "orchard"),
        ("actions", 4, {"place_id": "P_XX"}, "reference_exists", "place_id", "P_XX"),
        ("funds", 2, {"action_id": "X99"}, "reference_exists", "action_id", "X99"),
        ("funds", 1, {"amount_yuan": "95万"}, "type_number", "amount_yuan", "95万"),
        ("funds", 1, {"amount_yuan": "nan"}, "type_number", "amount_yuan", "nan"),
        ("funds", 1, {"amount_min": "2000000"}, "amounts_in_order", "amount_min, amount_yuan, amount_max", "2,000,000, 950,000, 950,000"),
        ("funds", 4, {"precision": "exact"}, "amount_matches_precision", "precision", "exact"),
        ("funds", 5, {"amount_max": "5"}, "missing_has_no_amount", "precision", "missing"),
        ("funds", 3, {"kind": "gift"}, "known_value", "kind", "gift"),
        ("events", 2, {"date_min": "2017-06-31"}, "type_date", "date_min", "2017-06-31"),
        ("events", 2, {"date_min": "2018-01-01"}, "dates_in_order", "date_min, date_max", "2018-01-01, 2017-05-03"),
        ("claims", 1, {"measures_income": "perhaps"}, "type_boolean", "measures_income", "perhaps"),
        ("problems", 6, {"count": "-1"}, "minimum", "count", "-1"),
        ("actors", 2, {"actor_id": "AC01"}, "key_unique", "actor_id", "AC01"),
        ("actions", 5, {"span": "body.4.9-3"}, "span_form", "span", "body.4.9-3"),
        ("actions", 5, {"span_sha256": ""}, "span_has_hash", "span", "caption.6.30-38"),
        ("funds", 2, {"action_id": "", "actor_id": "", "place_id": ""}, "fund_belongs", "action_id", "F2"),
        ("funds", 3, {"disbursed_yuan": "4470001"}, "paid_within_amount", "disbursed_yuan", "4,470,001"),
        ("funds", 1, {"amount_yuan": "-950000"}, "minimum", "amount_yuan", "-950000"),
        ("time_expressions", 1, {"refers_to": "E99"}, "reference_exists", "refers_to", "E99"),
        ("places", 2, {"parent_id": "P_DA"}, "no_circle", "parent_id", "P_DA"),
        ("problems", 1, {"found_on": "2017-05-01", "resolved_on": "2017-04-30"}, "dates_in_order", "found_on, resolved_on", "2017-05-01, 2017-04-30"),
    ],
)  # fmt: skip
def test_a_broken_folder_is_named_with_table_row_column_value_and_rule(
    folder, table, row, cells, rule, column, value
):
    edit(folder, table, row, **cells)
    with pytest.raises(DataFault) as caught:
        bangfu.load_campaign(folder)
    fault = next(f for f in caught.value.faults if f.rule == rule)
    assert (fault.table, fault.column, fault.value) == (table, column, value)
    assert row in fault.rows
    assert any("\u4e00" <= c <= "\u9fff" for c in fault.text("zh"))


def test_an_action_without_actor(folder):
    path = folder / "action_actors.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("X05,")), encoding="utf-8")
    with pytest.raises(
        DataFault, match=r"\[action_has_actor\] actions, row 5, column action_id, value 'X05'"
    ):
        bangfu.load_campaign(folder)


def test_all_faults_in_one_run(folder):
    edit(folder, "actions", 3, component_id="orchard")
    edit(folder, "funds", 2, amount_yuan="much")
    (folder / "places.csv").unlink()
    with pytest.raises(DataFault) as caught:
        bangfu.load_campaign(folder)
    assert {"reference_exists", "type_number", "table_present"} <= {f.rule for f in caught.value.faults}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "header_present"),
        (b"gap_id,topic,missing_zh,missing_en,needed_for_income_question\nG01,\"cut", "readable"),
        ("gap_id,topic\n缺口".encode("gb18030"), "readable"),
        (b"gap_id,gap_id,missing_zh,needed_for_income_question\n", "column_once"),
        (b"gap_id,colour,missing_zh,needed_for_income_question\n", "column_known"),
        (b"gap_id,missing_zh\n", "column_present"),
        (b"gap_id,topic,missing_zh,missing_en,needed_for_income_question\nG01,x\n", "row_width"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_table(folder, content, rule):
    (folder / "gaps.csv").write_bytes(content)
    with pytest.raises(DataFault) as caught:
        bangfu.load_campaign(folder)
    assert rule in {f.rule for f in caught.value.faults}


def test_no_such_folder(tmp_path):
    with pytest.raises(WrongUse, match="no folder"):
        bangfu.load_campaign(tmp_path / "none")


def test_a_ledger_of_ones_own(tmp_path):
    """A county keeps dates per action, one row per problem, and payments; optional tables may be absent."""
    own = tmp_path / "own"
    own.mkdir()
    tables = {
        "source": "source_id,kind\nS1,synthetic\n",
        "components": "component_id,is_income_model,name_zh,name_en\ngoats,true,养羊,goats\n",
        "places": "place_id,level,name_zh\nV1,village,模拟村001\n",
        "actors": "actor_id,name_zh\nA1,模拟单位\n",
        "actions": "action_id,place_id,component_id,link,activity,date_min,date_max,date_quality\nX1,V1,goats,explicit,planting,2018-03-02,2018-03-02,exact\n",
        "action_actors": "action_id,actor_id\nX1,A1\n",
        "funds": "fund_id,action_id,amount_yuan,precision,kind,status,disbursed_yuan,disbursed_on\nF1,X1,5000,exact,loan,completed,4000,2018-04-01\n",
        "problems": "problem_id,area_zh,place_id,found_on,status,resolved_on\nP1,危房改造,V1,2018-03-05,resolved,2018-06-01\nP2,医疗,V1,2018-03-05,open,\n",
    }
    for name, text in tables.items():
        (own / f"{name}.csv").write_text(text, encoding="utf-8")
    loaded = bangfu.load_campaign(own)
    assert loaded.synthetic and loaded.total("loan").exact == 5000
    assert list(loaded.problems["status"]) == ["resolved", "open"]
    assert len(loaded.claims) == 0 and list(loaded.claims.columns) == list(
        bangfu.load_campaign().claims.columns
    )
