"""Mapping files: every fault of one named at once, in both languages, with what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bangfu.convert import schema
from bangfu.convert.mapping import load_mapping, shipped
from bangfu.errors import DataFault, WrongUse
from bangfu.places import data

from .sheets import LONG, mapping


def faults(path: Path) -> dict[tuple[str, str], str]:
    with pytest.raises(DataFault) as caught:
        load_mapping(path)
    assert all(f.zh and f.zh != f.en for f in caught.value.faults)
    return {(f.rule, f.column): f.en for f in caught.value.faults}


def test_every_fault_at_once(tmp_path: Path) -> None:
    body = """
[options]
unreadable = "ignore"
[codes]
missing = [-9]
[[files]]
name = "main"
match = "*"
years = [16]
header_row = 0
colour = "red"
keep = "__import__('os').system('true')"
combine = { nothing = "median" }
[variables]
household_id = { from = "a", expr = "b" }
village_id = { from = 3 }
income_wage = { from = "w", unit = "jin", per = "week", missing = "missings" }
[[participation]]
model = "coop"
yes = "joined"
"""
    found = faults(mapping(tmp_path / "m.toml", body))
    assert set(found) == {
        ("known_value", "options.unreadable"),
        ("year_range", "files.main.years"),
        ("row_number", "files.main.header_row"),
        ("known_key", "files.main.colour"),
        ("expression_allowed", "files.main.keep"),
        ("known_value", "files.main.combine.nothing"),
        ("known_variable", "files.main.combine.nothing"),
        ("one_origin", "variables.household_id"),
        ("value_type", "variables.village_id.from"),
        ("known_value", "variables.income_wage.unit"),
        ("known_value", "variables.income_wage.per"),
        ("known_codes", "variables.income_wage.missing"),
        ("variable_present", "variables.members"),
        ("model_declared", "participation[1].model"),
        ("known_variable", "participation[1].yes"),
    }
    assert "near: missing" in found["known_codes", "variables.income_wage.missing"]
    assert "万元" in found["known_value", "variables.income_wage.unit"]


def test_what_every_register_needs(tmp_path: Path) -> None:
    found = faults(mapping(tmp_path / "m.toml", '[[files]]\nname = "a"\nmatch = "*"\n'))
    names = {column.rpartition(".")[2] for rule, column in found if rule == "variable_present"}
    assert names == {"household_id", "village_id", "members", "year"}
    assert ("income_present", "variables") in found
    (tmp_path / "n.toml").write_text("x = 1\n", encoding="utf-8")
    assert {("key_present", "register"), ("key_present", "files"), ("known_key", "x")} <= set(
        faults(tmp_path / "n.toml")
    )


@pytest.mark.parametrize("text", ["a = ", "\x00", "[register]\nid = 1\nid = 2"])
def test_no_toml(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    assert set(faults(tmp_path / "m.toml")) == {("readable", "")}


def test_an_unknown_mapping_names_the_shipped_ones() -> None:
    with pytest.raises(WrongUse, match="cfps, chfs, chip, generic, office_sheet"):
        load_mapping("cfpss")


def test_lists_of_wrong_type_are_said_not_raised(tmp_path: Path) -> None:
    body = "models = 1\nfiles = [1]\n[variables]\nx = 1\n"
    path = tmp_path / "m.toml"
    path.write_text("register = 3\n" + body, encoding="utf-8")
    assert {"value_type", "is_table"} <= {rule for rule, _ in faults(path)}


def test_shipped_mappings_say_what_they_rest_on() -> None:
    assert set(shipped()) == {"cfps", "chfs", "chip", "generic", "office_sheet"}
    for name, path in shipped().items():
        made = load_mapping(name)
        text = path.read_text(encoding="utf-8")
        assert made.files and "written_against" in text and "access" in text
        assert len(made.about.cautions) == len(made.about.cautions_zh)
        if name in ("cfps", "chfs", "chip"):
            assert "verified = [" in text and "unverified = [" in text and made.about.cautions


def test_cfps_takes_no_question_for_the_three_models() -> None:
    made = load_mapping("cfps")
    assert made.participation == () and made.models == ()
    assert "no verified household question" in made.about.cautions[0]
    assert "没有经核实" in made.about.cautions_zh[0]


def test_cfps_names_are_those_of_its_codebooks() -> None:
    """Names by wave as listed from public sources; a name outside would be an invention."""
    known = (
        r"fid(_base|\d\d)?|cid(\d\d)?|countyid(\d\d)?|familysize(16|18|20|22)?|faminc_net|fincome1|finc|pce"
        r"|wage_1_adj|f(wage|operate|property|transfer|else)_1"
    )
    seen = set()
    for spec in load_mapping("cfps").files:
        seen |= {spec.fill(s, None) for v in spec.variables for s in v.sources}
    assert all(re.fullmatch(known, name) for name in seen), seen
    assert {"fid", "fid22", "faminc_net", "fincome1", "wage_1_adj", "familysize", "familysize18"} <= seen


def test_every_key_is_documented() -> None:
    text = (data("surveys") / "README.md").read_text(encoding="utf-8")
    tables = (schema.Register, schema.Options, schema.Link, schema.FileSpec, schema.Variable)
    tables += (schema.Participation, schema.Model)
    keys = {f.alias or n for table in tables for n, f in table.model_fields.items()}
    assert {k for k in keys if not re.search(rf"[`.]{k}\b", text)} == set()


def test_long_mapping_loads(tmp_path: Path) -> None:
    assert load_mapping(mapping(tmp_path / "m.toml", LONG)).files[0].years == ()
