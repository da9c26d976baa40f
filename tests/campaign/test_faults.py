"""What a record cannot say: each rule on the shipped record, by one cell that breaks it, and files that are no table."""

import csv
import os
import shutil
import time
from pathlib import Path

import pytest

import bangfu
from bangfu.errors import DataFault
from tests.campaign import others
from tests.shared import ROOT

FOLDER = ROOT / "data" / "campaign"
ID = "22088219700101123X"


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


def faults(folder):
    try:
        bangfu.load_campaign(folder)
    except DataFault as error:
        return error.faults
    return ()


BROKEN = [
    ("funds", 1, {"amount_yuan": "9500000", "amount_min": "", "amount_max": ""}, "amount_as_printed", "amount_yuan"),
    ("funds", 4, {"amount_max": "30000000"}, "amount_as_printed", "amount_max"),
    ("funds", 1, {"printed_unit": ""}, "printed_has_unit", "printed_unit"),
    ("funds", 1, {"printed_unit": "万"}, "known_value", "printed_unit"),
    ("funds", 1, {"amount_min": "900000"}, "amount_matches_precision", "amount_min"),
    ("funds", 1, {"amount_max": "990000"}, "amount_matches_precision", "amount_max"),
    ("funds", 4, {"amount_max": ""}, "amount_matches_precision", "precision"),
    ("funds", 4, {"amount_min": "1"}, "amount_matches_precision", "amount_min"),
    ("funds", 4, {"precision": "approximate_above"}, "amount_matches_precision", "precision"),
    ("funds", 4, {"precision": "approximate", "amount_max": "2900000"}, "amount_as_printed", "amount_min, amount_max"),
    ("funds", 4, {"amount_yuan": "3000000"}, "amount_matches_precision", "precision"),
    *(("funds", 1, {"amount_yuan": text}, "type_number", "amount_yuan") for text in ("95_0000", "９５００００", "inf", "0x10", "950,000", "1e")),
    *(("problems", 6, {"count": text}, "type_integer", "count") for text in ("35_9", "３５９", "359.0")),
    *(("events", 2, {"date_min": text}, "type_date", "date_min") for text in ("20170411", "2017-W15-2", "2017/4/11", "２０１７-04-11")),
    ("funds", 2, {"part_of": "F9"}, "reference_exists", "part_of"),
    ("funds", 2, {"part_of": "F2"}, "no_circle", "part_of"),
    ("funds", 2, {"part_of": "F1"}, "parts_within_whole", "amount_yuan"),
    ("funds", 3, {"part_of": "F2"}, "part_of_its_kind", "kind"),
    ("actions", 1, {"date_max": "2017-05-09"}, "not_after_source", "date_max"),
    ("actions", 2, {"date_min": "2017-06-01", "date_max": ""}, "not_after_source", "date_min"),
    ("events", 8, {"date_min": "2017-06-01", "date_max": "2017-06-02"}, "not_after_source", "date_min"),
    ("funds", 1, {"disbursed_yuan": "5", "disbursed_on": "2018-01-01"}, "not_after_source", "disbursed_on"),
    ("problems", 1, {"found_on": "2018-01-01"}, "not_after_source", "found_on"),
    ("time_expressions", 1, {"days": "400"}, "days_have_room", "days"),
    ("time_expressions", 1, {"days": "11"}, "days_have_room", "days"),
    ("time_expressions", 2, {"days": "24"}, "days_have_room", "days"),
    ("events", 9, {"date_max": ""}, "exact_has_days", "date_quality"),
    ("actions", 3, {"link": "none"}, "link_fits_component", "link"),
    ("actions", 3, {"link": "campaign"}, "link_fits_component", "link"),
    ("actions", 3, {"component_id": ""}, "link_fits_component", "link"),
    ("actions", 2, {"component_id": ""}, "link_fits_component", "link"),
    ("places", 1, {"county_code": "220882"}, "code_of_level", "county_code"),
    ("places", 3, {"county_code": "220000"}, "code_of_level", "county_code"),
    ("places", 3, {"county_code": "220800"}, "code_of_level", "county_code"),
    ("places", 2, {"county_code": "220000"}, "code_of_level", "county_code"),
    ("places", 3, {"township_code": "220822107"}, "code_of_level", "township_code"),
    ("places", 6, {"village_code": "220822107200"}, "code_of_level", "village_code"),
    ("places", 3, {"county_code": "210822"}, "code_within", "county_code"),
    ("places", 6, {"township_code": "220882107"}, "code_within", "township_code"),
    ("places", 6, {"county_code": "220882", "township_code": "220882107"}, "code_within", "county_code"),
    ("places", 7, {"village_code": "220822108200"}, "code_within", "village_code"),
    ("places", 7, {"township_code": "", "village_code": "220882107200"}, "code_within", "village_code"),
    ("places", 6, {"parent_id": "P_TY_WLH_V"}, "parent_above", "parent_id"),
    ("places", 1, {"level": "unnamed", "parent_id": "P_BC"}, "no_circle", "parent_id"),
    *(("source", 1, {"layout": text}, "pattern", "layout") for text in ("head -6", "head 0", "head 6 caption 7", "6 head", "head 6,")),
    ("source", 1, {"layout": "head 6, head 7, body 6, foot 1"}, "layout_sections", "layout"),
    ("source", 1, {"layout": "head 6, caption 7, foot 1, body 6"}, "layout_sections", "layout"),
    ("source", 1, {"characters": "1926"}, "sentences_fill_source", "characters"),
    ("source", 1, {"reposts": "S1"}, "no_circle", "reposts"),
    ("source", 1, {"reposts": ""}, "source_is_cited", "source_id"),  # S2 is then a source of nothing
    ("actions", 1, {"source_id": "S7"}, "reference_exists", "source_id"),
    ("sentences", 4, {"sentence": "9"}, "in_order", "section, sentence"),
    ("actions", 1, {"span": "body.99.0-3"}, "span_in_text", "span"),
    ("actions", 1, {"span": "boddy.1.0-3"}, "span_in_text", "span"),
    ("actions", 1, {"span": "body.1.27-30"}, "span_in_text", "span"),
    ("actions", 1, {"span": "foot.1.0-8"}, "span_in_text", "span"),
    ("actions", 1, {"span": "text.1.1900-1928"}, "span_in_text", "span"),
    ("actors", 1, {"name_zh": "", "name_en": ""}, "one_language", "name_zh"),
    ("actors", 25, {"actor_id": ID}, "key_plain", "actor_id"),
    ("actors", 21, {"actor_id": "AC\x1b[31m"}, "key_plain", "actor_id"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "rule", "column"), BROKEN)
def test_a_rule_names_table_row_and_column(folder, table, row, cells, rule, column):
    edit(folder, table, row, **cells)
    found = [f for f in faults(folder) if f.rule == rule]
    assert found and (found[0].table, found[0].column) == (table, column)
    assert (
        rule == "in_order"
        or row in found[0].rows
        or rule in ("no_circle", "source_is_cited", "parts_within_whole")
    )
    assert any("\u4e00" <= c <= "\u9fff" for c in found[0].text("zh"))


def test_the_shipped_record_and_its_companions_have_no_fault(folder):
    (folder / "villages.csv").write_text("place_id,village_id\n", encoding="utf-8")
    (folder / ".~lock.funds.csv#").write_text("x", encoding="utf-8")
    (folder / "article.txt").write_text("x", encoding="utf-8")
    assert faults(folder) == ()


@pytest.mark.parametrize(
    "table", ["source", "places", "actors", "actions", "action_actors", "funds", "components"]
)
def test_a_missing_table_is_named_once(folder, table):
    (folder / f"{table}.csv").unlink()
    assert [(f.table, f.rule) for f in faults(folder)] == [(table, "table_present")]


@pytest.mark.parametrize("name", ["fund.csv", "fonds.csv", "Funds.CSV", "funds.csv.txt", "funds.xlsx"])
def test_a_misspelt_file_is_named_once(folder, name):
    (folder / "funds.csv").rename(folder / name)
    (found,) = faults(folder)
    assert (found.table, found.rule) == (name, "table_known") and "funds.csv" in found.en


@pytest.mark.parametrize("table", ["claims", "gaps", "events"])
def test_a_misspelt_optional_file_too(folder, table):
    (folder / f"{table}.csv").rename(folder / f"{table}2.csv")
    assert [f.rule for f in faults(folder)] == ["table_known"]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("actions", "action_id"),
        ("places", "place_id"),
        ("funds", "amount_yuan"),
        ("components", "is_income_model"),
    ],
)
def test_a_misspelt_column_is_named_once(folder, table, column):
    path = folder / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(column, column[:-1] + "x", 1), encoding="utf-8")
    (found,) = faults(folder)
    assert (found.table, found.rule, found.column) == (table, "column_known", column[:-1] + "x")
    assert column in found.en


@pytest.mark.parametrize("make", ["loop", "nothing", "folder", "pipe"])
@pytest.mark.parametrize("table", ["funds", "gaps"])
def test_a_table_that_is_no_file(folder, make, table):
    path = folder / f"{table}.csv"
    path.unlink()
    if make == "loop":
        (folder / "b").symlink_to(path)
        path.symlink_to(folder / "b")
    elif make == "nothing":
        path.symlink_to(folder / "none.csv")
    elif make == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert [(f.table, f.rule) for f in faults(folder)] == [(table, "readable")]


def test_a_source_without_rows(folder):
    path = folder / "source.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert [f.rule for f in faults(folder) if f.rule != "reference_exists"] in ([], ["has_rows"])
    for table in ("actions", "funds"):
        shutil.rmtree(folder.parent / "x", ignore_errors=True)
        own = others.write(folder.parent / "x", "Chinese only")
        (own / "source.csv").write_text("source_id,kind\n", encoding="utf-8")
        assert [f.rule for f in faults(own)] == ["has_rows"], table


def test_facts_name_the_page_that_was_read(folder):
    edit(folder, "actions", 1, source_id="S2")
    assert ("source", "reposted_not_cited", "S2") in [(f.table, f.rule, f.value) for f in faults(folder)]


def test_blank_lines_are_no_rows(folder):
    for table in ("funds", "claims"):
        path = folder / f"{table}.csv"
        header = path.read_text(encoding="utf-8").partition("\n")[0]
        with path.open("a", encoding="utf-8") as file:
            file.write("\n\n" + "," * header.count(",") + "\n")
    assert len(bangfu.load_campaign(folder).funds) == 5


def test_several_sources_need_to_be_named(tmp_path):
    own = others.write(tmp_path / "r", "work report")
    edit(own, "funds", 2, source_id="")
    (found,) = faults(own)
    assert (found.table, found.rule, found.rows) == (
        "funds",
        "fact_has_source",
        (2,),
    ) and "S1, S2" in found.en


def test_a_notice_may_speak_of_what_is_to_come(tmp_path):
    own = others.write(tmp_path / "r", "work report")
    assert faults(own) == ()
    edit(own, "source", 2, document="other")
    assert {(f.table, f.rule) for f in faults(own)} == {("events", "not_after_source")}


def test_identity_numbers_and_control_characters_never_come_out(folder):
    edit(folder, "actors", 1, note=f"holder {ID} \x1b[2J\u202e", name_en="a\x07b")
    loaded = bangfu.load_campaign(folder)
    assert loaded.actors.loc[0, ["note", "name_en"]].tolist() == ["holder *** \\x1b[2J\\u202e", "a\\x07b"]
    edit(folder, "actors", 1, level=ID)
    assert ID not in str(faults(folder)[0]) and "***" in faults(folder)[0].text()


def test_no_hash_is_taken_for_an_identity_number(folder):
    shipped = bangfu.load_campaign(folder)
    assert shipped.events["span_sha256"].dropna().str.fullmatch("[0-9a-f]{64}").all()


def test_fifty_thousand_actions_load_in_seconds(tmp_path):
    own = others.write(tmp_path / "r", "Chinese only")
    n = 50_000
    rows = "".join(f"X{i},V1,courtyard,explicit,入户{i},2018-03-02,2018-03-02,exact\n" for i in range(n))
    header = (own / "actions.csv").read_text(encoding="utf-8").partition("\n")[0]
    (own / "actions.csv").write_text(f"{header}\n{rows}", encoding="utf-8")
    acted = "".join(f"X{i},A1\n" for i in range(n))
    (own / "action_actors.csv").write_text(f"action_id,actor_id\n{acted}", encoding="utf-8")
    start = time.process_time()
    assert len(bangfu.load_campaign(own).actions) == n
    assert time.process_time() - start < 12
