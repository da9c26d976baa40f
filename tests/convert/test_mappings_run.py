"""Mappings that load and files that open, in odd pairs: a register that ``check`` passes, or a refusal; nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from .sheets import mapping
from .test_sound import outcome

MAIN = {
    "household_id": '"id"', "village_id": '"v"', "year": '"y"', "members": '"m"', "income_total": '"i"', "joined": '"j"',
}  # fmt: skip
MORE = '[[files]]\nname = "more"\nmatch = "more*"\nadds_to = "main"\n'
DATA = "id,v,y,m,i,j,t,p\n1,A,2015,2,100,否,x,1\n1,A,2016,2,120,是,x,2\n2,A,2015,3,90,否,,1\n2,A,2016,3,95,否,7,\n"
PERSONS = "id,n,y,w\n1,2,2015,5\n1,1,2016,6\n2,3,2015,\n9,3,2015,1\n"

VARIABLES: dict[str, dict[str, str]] = {
    "a constant text for members": {"members": '{ value = "two" }'},
    "a constant for members": {"members": "{ value = 3 }"},
    "a constant false for members": {"members": "{ value = false }"},
    "a constant for the household": {"household_id": '{ value = "1" }'},
    "a constant for the year": {"year": "{ value = 2016 }"},
    "a constant year that is none": {"year": "{ value = 16 }"},
    "an expression of itself": {"members": '{ expr = "members + 1" }'},
    "expressions of one another": {"members": '{ expr = "a + 1" }', "a": '{ expr = "members - 1" }'},
    "arithmetic with text": {"income_total": '{ expr = "t + 1" }'},
    "arithmetic with a constant text": {"income_total": "{ expr = \"i + 'a'\" }"},
    "division by zero": {"income_total": '{ expr = "i / (m - 2)" }'},
    "a comparison for an income": {"income_total": '{ expr = "i > 100" }'},
    "a text for an income": {"income_total": "{ expr = \"joined('-', i, m)\" }"},
    "a number for the household": {"household_id": '{ expr = "i / 7" }'},
    "an absent column": {"income_total": '"nowhere"'},
    "an absent column in an expression": {"income_total": '{ expr = "i + nowhere" }'},
    "an absent column, optional": {"weight": '{ from = "nowhere", optional = true }'},
    "an absent village, optional": {"village_id": '{ from = "nowhere", optional = true }'},
    "an absent income, optional": {"income_total": '{ from = "nowhere", optional = true }'},
    "absent members, optional": {"members": '{ from = "nowhere", optional = true }'},
    "absent joining, optional": {"joined": '{ from = "nowhere", optional = true }'},
    "the name of a sheet in a text table": {"township_id": '"{sheet}"'},
    "labels in a text table": {"members": '{ from = "m", labels = true }'},
    "recoded to text": {"income_total": '{ from = "i", recode = { "100" = "a" } }'},
    "recoded to true": {"income_total": '{ from = "i", recode = { "100" = true } }'},
    "all of it missing codes": {"income_total": '{ from = "i", missing = [100, 120, 90, 95] }'},
    "by head and month": {"income_total": '{ from = "i", per = ["head", "month"], unit = "万元" }'},
    "too large by its unit": {"income_total": '{ from = "i", per = ["head", "month"], unit = "万元" }', "members": '{ value = 90 }'},
    "wide identifiers": {"household_id": '{ from = "id", width = 40 }'},
    "blank text for a village": {"village_id": '"t"'},
    "a village that is a number": {"village_id": '"i"'},
    "parts that do not add up": {"income_wage": '"m"'},
    "a flag of numbers": {"head_female": '"m"'},
    "a year of birth": {"head_birth_year": '"m"'},
    "an observed year of text": {"observed_year": '"t"'},
    "a wave of text": {"wave": '"t"'},
    "a wave of a constant": {"wave": "{ value = 1 }"},
    "weights": {"weight": '{ expr = "p - 1" }'},
    "joining by a number": {"joined": '"m"'},
    "joining by itself": {"joined": '{ expr = "joined" }'},
}  # fmt: skip
FILES: dict[str, str] = {
    "a column to fill down that is not there": 'fill_down = ["nowhere"]',
    "a column to fill down": 'fill_down = ["t"]',
    "keep of an absent column": 'keep = "nowhere == 1"',
    "keep nobody": 'keep = "m > 50"',
    "keep by text": "keep = \"t == 'x'\"",
    "keep by arithmetic with text": 'keep = "t > 1"',
    "years beside a year": "years = [2015, 2016]",
    "a wave": "wave = 2016",
    "a header that is not there": "header_row = 99",
    "a header of data": "header_row = 2",
    "a header of three rows": "header_row = [1, 2, 3]",
    "another encoding": 'encoding = "utf-16"',
    "ascii": 'encoding = "ascii"',
    "another delimiter": 'delimiter = ";"',
    "sums by household and year": 'combine = { income_total = "sum" }',
    "the largest answer": 'combine = { joined = "max" }',
    "sums of texts": 'combine = { village_id = "sum" }',
    "sums of keys": 'combine = { household_id = "sum" }',
    "counted years": 'combine = { year = "count" }',
}
ADDED: dict[str, str] = {
    "several rows of a key": '[files.variables]\nhousehold_id = "id"\nsize = "n"\n',
    "put together": 'combine = { size = "sum" }\n[files.variables]\nhousehold_id = "id"\nsize = "n"\n',
    "by household and year": '[files.variables]\nhousehold_id = "id"\nyear = "y"\nconsumption = "w"\n',
    "by years of the mapping": 'years = [2015, 2016]\n[files.variables]\nhousehold_id = "id"\nconsumption = "w"\n',
    "a key that the main file lacks": 'key = "who"\n[files.variables]\nwho = "id"\nsize = "n"\n',
    "no row is kept": 'keep = "n > 50"\n[files.variables]\nhousehold_id = "id"\nsize = "n"\n',
    "a column that is not there": '[files.variables]\nhousehold_id = "id"\nsize = "nowhere"\n',
    "a joining": 'combine = { since = "min" }\n[files.variables]\nhousehold_id = "id"\nsince = "y"\n[[participation]]\nmodel = "courtyard"\nsince = "since"\n',
}  # fmt: skip
CASES = [("variables", n) for n in VARIABLES] + [("files", n) for n in FILES] + [("added", n) for n in ADDED]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_register_or_a_refusal(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / "main.csv").write_text(DATA, encoding="utf-8")
    (tmp_path / "more.csv").write_text(PERSONS, encoding="utf-8")
    variables = MAIN | (VARIABLES[name] if kind == "variables" else {})
    body = f'[[files]]\nname = "main"\nmatch = "main*"\n{FILES[name] if kind == "files" else ""}\n[files.variables]\n'
    body += "".join(f"{n} = {v}\n" for n, v in variables.items())
    body += '[[participation]]\nmodel = "cooperative"\nyes = "joined"\n'
    body += MORE + ADDED[name] if kind == "added" else ""
    paths = [tmp_path / "main.csv", *([tmp_path / "more.csv"] if kind == "added" else [])]
    m = mapping(tmp_path / "m.toml", body)
    said = outcome(paths, m, tmp_path / "r")
    assert said is None or not any(word in said.text("en") for word in ("Error", "Traceback"))
