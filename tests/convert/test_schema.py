"""Wrong words of a mapping: every one is refused by name, in both languages, whatever key it stands under."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.convert import schema
from bangfu.convert.mapping import load_mapping
from bangfu.errors import DataFault

BASE = """
[register]
id = "t"
title_en = "T"
title_zh = "测试"
kind = "administrative"
[about]
access = "yes"
[options]
parts = "keep"
[codes]
zz = [-9]
[link]
earlier = "fid{ww}"
[[models]]
id = "mine"
title_en = "Mine"
title_zh = "自定"
[[participation]]
model = "mine"
since = "joined"
[[files]]
name = "main"
match = "*"
wave = 2016
years = [2015, 2016]
[files.variables]
household_id = { from = "户编号" }
village_id = "村"
members = { from = "人口", missing = "zz" }
income_total = { from = "{year}年收入" }
joined = "参加"
"""
FILE, VARIABLE = ("files", 0), ("files", 0, "variables", "members")
PARTS: dict[tuple[str | int, ...], type[schema.Table]] = {
    ("register",): schema.Register,
    ("about",): schema.About,
    ("options",): schema.Options,
    ("link",): schema.Link,
    ("models", 0): schema.Model,
    ("participation", 0): schema.Participation,
    FILE: schema.FileSpec,
    VARIABLE: schema.Variable,
}
KEYS = [
    (p, f.alias or n)
    for p, t in PARTS.items()
    for n, f in t.model_fields.items()
    if (p, n) != (VARIABLE, "name")
]


def toml(value: Any) -> str:
    """A value as inline TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value).lower() if isinstance(value, bool | float) else str(value)


def changed(path: tuple[str | int, ...], key: str, value: Any) -> str:
    """The base mapping with one key set."""
    content = tomllib.loads(BASE)
    table: Any = content
    for step in path:
        if isinstance(table[step], str):
            table[step] = {"from": table[step]}
        table = table[step]
    table[key] = value
    return "\n".join(f"{json.dumps(k)} = {toml(v)}" for k, v in content.items())


def faults(folder: Path, text: str) -> dict[str, str]:
    """Key path -> rule of everything that is wrong; empty where the mapping loads."""
    (folder / "m.toml").write_text(text, encoding="utf-8")
    try:
        load_mapping(folder / "m.toml")
    except DataFault as error:
        assert all(f.en != f.zh and f.en.isprintable() and f.column.isprintable() for f in error.faults)
        return {f.column: f.rule for f in error.faults}
    return {}


def test_the_base_is_right(tmp_path: Path) -> None:
    assert faults(tmp_path, BASE) == {}


WRONG: list[tuple[tuple[str | int, ...], str, Any, str]] = [
    ((), "register", 3, "is_table"),
    ((), "files", [], "not_empty"),
    ((), "files", {"a": 1}, "value_type"),
    ((), "models", [], "not_empty"),
    ((), "colour", "red", "known_key"),
    ((), "path", "x", "known_key"),
    (("codes",), "zz", 5, "value_type"),
    (("codes",), "zz", [], "not_empty"),
    (("codes",), "zz", [True], "constant"),
    (("codes",), "zz", [[1]], "constant"),
    (("codes",), "zz", [float("nan")], "constant"),
    (("register",), "id", "", "not_empty"),
    (("register",), "id", " \u3000", "not_empty"),
    (("register",), "title_en", "", "not_empty"),
    (("register",), "title_zh", "甲\x7f", "printable"),
    (("register",), "title_en", "a\u202eb", "printable"),
    (("register",), "title_en", "a\u200fb", "printable"),
    (("register",), "title_en", "a\nb", "printable"),
    (("register",), "id", "\u0000", "printable"),
    (("register",), "notes", "\u0007", "printable"),
    (("register",), "kind", "official", "known_value"),
    (("register",), "kind", ["survey"], "value_type"),
    (("register",), "income_concept", "gross", "known_value"),
    (("register",), "own_consumption", "yes", "value_type"),
    (("options",), "duplicates", "second", "known_value"),
    (("options",), "no_participation", 1, "value_type"),
    (("options",), "unreadble", "missing", "known_key"),
    (("link",), "earlier", "fid", "mark_there"),
    (("models", 0), "id", "a+b", "model_id"),
    (("models", 0), "id", "", "not_empty"),
    (("models", 0), "id", " a", "model_id"),
    (("models", 0), "title_zh", "\u2066a", "printable"),
    (("participation", 0), "until", 2, "value_type"),
    (("participation", 0), "since", "joind", "known_variable"),
    (("participation", 0), "model", "cooperative", "model_declared"),
    (FILE, "name", "", "not_empty"),
    (FILE, "match", "", "not_empty"),
    (FILE, "wave", -1, "year_range"),
    (FILE, "wave", 10**20, "year_range"),
    (FILE, "wave", True, "value_type"),
    (FILE, "wave", 2016.0, "value_type"),
    (FILE, "years", [2016, 2016], "each_once"),
    (FILE, "years", [2016, True], "value_type"),
    (FILE, "years", [1899], "year_range"),
    (FILE, "years", [], "not_empty"),
    (FILE, "years", 2016, "value_type"),
    (FILE, "header_row", True, "value_type"),
    (FILE, "header_row", 0, "row_number"),
    (FILE, "header_row", [3, 2], "row_number"),
    (FILE, "header_row", [2, 2], "row_number"),
    (FILE, "header_row", [], "not_empty"),
    (FILE, "sheet", "", "not_empty"),
    (FILE, "sheet", ["a", "a"], "each_once"),
    (FILE, "encoding", "klingon", "known_value"),
    (FILE, "encoding", "base64", "known_value"),
    (FILE, "encoding", "\u0000", "known_value"),
    (FILE, "delimiter", ",,", "delimiter"),
    (FILE, "delimiter", "", "delimiter"),
    (FILE, "delimiter", "\n", "delimiter"),
    (FILE, "delimiter", "1", "delimiter"),
    (FILE, "fill_down", [""], "not_empty"),
    (FILE, "keep", "1", "condition"),
    (FILE, "keep", "收入", "condition"),
    (FILE, "keep", "a + b", "condition"),
    (FILE, "keep", "a == 1 and b", "condition"),
    (FILE, "keep", "__import__('os')", "expression_allowed"),
    (FILE, "keep", "", "not_empty"),
    (FILE, "adds_to", "other", "known_file"),
    (FILE, "adds_to", "main", "known_file"),
    (FILE, "key", "household_id", "option_fits"),
    (FILE, "combine", {"members": "median"}, "known_value"),
    (FILE, "combine", {"menbers": "sum"}, "known_variable"),
    (FILE, "combine", {"household_id": "first"}, "option_fits"),
    (FILE, "combine", {"village_id": "sum"}, "option_fits"),
    (FILE, "combine", {"village_id": "count"}, "option_fits"),
    (VARIABLE, "from", "", "not_empty"),
    (VARIABLE, "from", [], "not_empty"),
    (VARIABLE, "from", ["a", ""], "not_empty"),
    (VARIABLE, "from", ["a", " a"], "each_once"),
    (VARIABLE, "expr", "1", "one_origin"),
    (VARIABLE, "missing", "zzz", "known_codes"),
    (VARIABLE, "never", "zzz", "known_codes"),
    (VARIABLE, "never", 5, "value_type"),
    (FILE, "unit_row", 0, "row_number"),
    (FILE, "unit_row", True, "value_type"),
    (FILE, "not_totals", [""], "not_empty"),
    (("options",), "unreadable_joining", "missing", "known_value"),
    (VARIABLE, "missing", -9, "value_type"),
    (VARIABLE, "missing", [float("inf")], "constant"),
    (VARIABLE, "recode", {"a": {"b": 1}}, "constant"),
    (VARIABLE, "recode", {"a": float("nan")}, "constant"),
    (VARIABLE, "recode", {"a": [1]}, "constant"),
    (VARIABLE, "labels", 1, "value_type"),
    (VARIABLE, "unit", "jin", "known_value"),
    (VARIABLE, "unit", -1, "value_type"),
    (VARIABLE, "unit", "万元", "option_fits"),
    (VARIABLE, "per", "month", "option_fits"),
    (VARIABLE, "width", -5, "range"),
    (VARIABLE, "width", 41, "range"),
    (VARIABLE, "width", 3, "option_fits"),
    (VARIABLE, "optional", "no", "value_type"),
    (VARIABLE, "name", "members", "known_key"),
    (("files", 0, "variables", "income_total"), "per", ["month", "month", "month"], "each_once"),
    (("files", 0, "variables", "income_total"), "per", ["head", "head"], "each_once"),
    (("files", 0, "variables", "income_total"), "per", ["month", "quarter"], "one_period"),
    (("files", 0, "variables", "income_total"), "per", "week", "known_value"),
    (("files", 0, "variables", "income_total"), "unit", "亩", "option_fits"),
    (("files", 0, "variables", "household_id"), "unit", "元", "option_fits"),
    (("files", 0, "variables"), "income_trasnfer", "x", "variable_used"),
    (("files", 0, "variables"), "income_wage", 5, "is_table"),
    (("files", 0, "variables"), "income_wage", {"expr": "a > 100"}, "amount"),
    (("files", 0, "variables"), "year", "年份", "option_fits"),
    (("files", 0, "variables"), "income_wage", {"value": float("inf")}, "constant"),
    (("files", 0, "variables"), "income_wage", {"value": 10**400}, "constant"),
    (("files", 0, "variables"), "income_wage", {"expr": "a.b"}, "expression_allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "key", "value", "rule"), WRONG)
def test_wrong_words_are_refused(
    tmp_path: Path, path: tuple[str | int, ...], key: str, value: Any, rule: str
) -> None:
    found = faults(tmp_path, changed(path, key, value))
    assert rule in found.values(), found
    steps = ["main" if path[:1] == ("files",) and s == 0 else s for s in path]
    assert any(key in where or str([*steps, 0][0]) in where for where in found)


@pytest.mark.parametrize(
    "value", [True, 7, -1.5, [], [[]], {}, {"a": {"b": []}}, "\u202e", float("nan"), 10**30]
)
@pytest.mark.parametrize(("path", "key"), KEYS)
def test_every_type_under_every_key(
    tmp_path: Path, path: tuple[str | int, ...], key: str, value: Any
) -> None:
    """Loads or is refused, and a refusal names something at or below the key, or what needs it; never another error."""
    faults(tmp_path, changed(path, key, value))


def test_two_of_the_same(tmp_path: Path) -> None:
    model = '[[models]]\nid = "MINE"\ntitle_en = "a"\ntitle_zh = "b"\n'
    assert faults(tmp_path, BASE.replace("[[participation]]", model + "[[participation]]")) == {
        "models[2].id": "name_once"
    }
    joins = '[[participation]]\nmodel = "mine"\nsince = "joined"\n'
    assert faults(tmp_path, joins + BASE.replace("[[files]]", joins + "[[files]]")) == {
        f"participation[{i}].model": "model_once" for i in (2, 3)
    }
    again = (
        '[[files]]\nname = "main"\nmatch = "*"\nwave = 2018\nyears = [2018]\n'
        + BASE.partition("years = [2015, 2016]\n")[2]
    )
    assert faults(tmp_path, BASE + again) == {
        "files.main.name": "name_once",
        "files.main.match": "files_differ",
    }


def test_marks_need_something_to_fill_them(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        BASE.replace("years = [2015, 2016]\n", "").replace('joined = "参加"', 'joined = "参加"\nyear = "年"'),
    )
    assert found == {"files.main.years": "mark_filled"}
    assert faults(tmp_path, BASE.replace("wave = 2016\n", "")) == {"link.earlier": "mark_filled"}


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000 + "]" * 5000, "a" * 10**5, "a = " + "9" * 5000, "\ufeff\ufeff", "x = 1e999999"],
)
def test_files_that_break_readers(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text)


SCALARS = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
)
VALUES = st.recursive(
    SCALARS,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text("ab+\x00中", max_size=3), v, max_size=3),
    max_leaves=5,
)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(KEYS), VALUES)
def test_anything_under_any_key(tmp_path: Path, place: tuple[tuple[str | int, ...], str], value: Any) -> None:
    faults(tmp_path, changed(*place, value))


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.dictionaries(
        st.sampled_from(["register", "files", "variables", "codes", "models", "link", "x"]), VALUES
    )
)
def test_anything_at_the_top(tmp_path: Path, content: dict[str, Any]) -> None:
    assert faults(tmp_path, "\n".join(f"{k} = {toml(v)}" for k, v in content.items()))
