"""What a conversion writes, ``check`` passes; what it would refuse is never written, and is named by the rows read."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

import bangfu
from bangfu.convert import convert
from bangfu.errors import BangfuError, DataFault

from .sheets import mapping, tables

FACTS = [
    "observed_year",
    "head_birth_year",
    "head_female",
    "head_schooling",
    "labour",
    "ill_or_disabled",
    "land_mu",
]
FACTS += ["registered_from", "weight", "township_id", "county_id"]
AMOUNTS = ["income_wage", "income_business", "income_transfer", "income_total", "consumption"]
JOINING = ["since", "until", "paid", "signed"]
HEADER = ["household_id", "village_id", "year", "members", *FACTS, *AMOUNTS, *JOINING]
BODY = '[[files]]\nname = "main"\nmatch = "*"\n[variables]\n' + "".join(f'{n} = "{n}"\n' for n in HEADER)
JOINS = '[[participation]]\nmodel = "cooperative"\nsince = "since"\nuntil = "until"\nsupport_yuan = "paid"\ncontract = "signed"\n'

GOOD: dict[str, object] = dict.fromkeys(FACTS, "") | {
    "village_id": "V", "members": 3, "observed_year": 2015, "head_birth_year": 1960, "head_female": "女", "labour": 2,
    "head_schooling": 9, "land_mu": 5, "registered_from": 2014, "weight": 1, "income_wage": 1000, "income_business": 500,
    "income_transfer": 100, "income_total": 1600, "consumption": 900, "paid": 500, "signed": "是", "ill_or_disabled": 0,
}  # fmt: skip


def sheet(path: Path, changes: dict[str, object], *, every: bool) -> Path:
    """Four households in three years, two of them joined; the third row, or every row of its household, changed."""
    rows = []
    for home, year in itertools.product(range(4), (2015, 2016, 2017)):
        dates = {"since": 2016, "until": ""} if home < 2 else dict.fromkeys(JOINING, "")
        rows.append(GOOD | dates | {"household_id": f"H{home}", "year": year})
    for i in (0, 1, 2) if every else (2,):
        rows[i] |= changes
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def outcome(path: Path | list[Path], m: Path, out: Path) -> BangfuError | None:
    """``None`` where a register was written, and then ``check`` passes it; else what was said, and nothing is left."""
    before = sorted(p.name for p in out.parent.iterdir())
    try:
        convert(path, m, out)
    except BangfuError as error:
        assert sorted(p.name for p in out.parent.iterdir()) == before
        assert error.text("zh") != error.text("en")
        return error
    assert [f.text() for f in bangfu.check(out) if f.severity == "fault"] == []
    return None


CHANGES: list[tuple[str, object]] = [
    (column, value)
    for column, values in {
        "observed_year": (0, 1, 1899, 2101, 20160),
        "head_birth_year": (0, 60, 1850, 19601),
        "head_schooling": (-1, 31, 99),
        "labour": (-2, 51, 1e6),
        "ill_or_disabled": (-1, 99),
        "land_mu": (-3, 1e6),
        "registered_from": (14, 1800, 3000),
        "weight": (0, -1, 1e12),
        "members": (0, -1, 0.5, 101, 1e300, ""),
        "consumption": (1e9, -1e12),
        "income_total": (1e9, 99, ""),
        "income_wage": (1e12, "", -8, "1e400", "nan", "inf"),
        "village_id": ("", " ", "  V", "Ｖ"),
        "household_id": ("", " H0", "H0 "),
        "since": (1800, 2500, "2016-2017", "x"),
        "until": (2001, 1700, 9999),
        "paid": (-5, 1e10),
        "signed": ("maybe",),
        "year": (1899, 2101, "", 2016),
    }.items()
    for value in values
]
STRICT, LENIENT = "", 'unreadable = "missing"\nduplicates = "first"\nparts = "total"\n'


@pytest.mark.parametrize(("number", "column", "value"), [(i, *c) for i, c in enumerate(CHANGES)])
def test_written_means_that_check_passes(tmp_path: Path, number: int, column: str, value: object) -> None:
    """In one row with a strict mapping and in a whole household with a lenient one, by turns."""
    every = number % 2 == 1 and column not in ("year", "household_id")
    m = mapping(tmp_path / "m.toml", f"[options]\n{LENIENT if number % 2 else STRICT}{BODY}{JOINS}")
    outcome(sheet(tmp_path / "t.csv", {column: value}, every=every), m, tmp_path / "r")


def test_the_base_is_written(tmp_path: Path) -> None:
    m = mapping(tmp_path / "m.toml", BODY + JOINS)
    assert outcome(sheet(tmp_path / "t.csv", {}, every=False), m, tmp_path / "r") is None
    made = tables(tmp_path / "r")
    assert [len(made[n]) for n in ("households", "incomes", "participation")] == [4, 12, 2]


@pytest.mark.parametrize(
    ("column", "value", "rule", "rows"),
    [
        ("head_schooling", 31, "range", (2,)),
        ("weight", 0, "range", (2,)),
        ("land_mu", -3, "range", (2,)),
        ("consumption", 1e9, "amount_possible", (2, 3, 4)),
        ("income_total", 99, "parts_sum_to_total", (2, 3, 4)),
        ("until", 2001, "dropout_after_adoption", (2,)),
        ("paid", -5, "range", (2,)),
        ("head_birth_year", 0, "cell_year", (2, 3, 4)),
        ("members", 0.5, "members_least", (2, 3, 4)),
    ],
)
def test_rows_are_named_as_the_file_shows_them(
    tmp_path: Path, column: str, value: object, rule: str, rows: tuple[int, ...]
) -> None:
    m = mapping(tmp_path / "m.toml", BODY + JOINS)
    error = outcome(sheet(tmp_path / "t.csv", {column: value}, every=True), m, tmp_path / "r")
    assert isinstance(error, DataFault)
    assert [(f.rule, f.rows) for f in error.faults] == [(rule, rows)]
    assert "t.csv" in error.en and "H0" not in error.en + error.zh  # values stay masked


def test_what_check_warns_of_stands_in_the_report(tmp_path: Path) -> None:
    """Two households with identity numbers for identifiers: never shown, named by their rows."""
    card = "110101196001010011"
    lines = [
        "户编号,村,年份,人口,收入",
        f"{card},A,2016,2,100",
        f"{card},A,2017,2,100",
        "9,A,2016,2,90",
        "9,A,2017,2,90",
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    body = '[[files]]\nname = "main"\nmatch = "*"\n[variables]\nhousehold_id = "户编号"\nvillage_id = "村"\nyear = "年份"\n'
    m = mapping(tmp_path / "m.toml", body + 'members = "人口"\nincome_total = "收入"\n')
    report = convert(tmp_path / "t.csv", m, tmp_path / "r")
    found = {(w.rule, w.table): w for w in report.warnings}
    assert found["no_id_card", "incomes"].rows == (2, 3) and found["no_id_card", "incomes"].file == "t.csv"
    for said in (report.text(), report.text("zh"), report.json()):
        assert "no_id_card" in said and card not in said


PARTICIPATION = 'joined = "{}"\n[[participation]]\nmodel = "cooperative"\n{} = "joined"\n'


@pytest.mark.parametrize(
    ("told", "joined", "cells", "written"),
    [
        (False, "", ("", ""), False),
        (True, "", ("", ""), True),
        (False, "yes", ("否", "否"), False),
        (True, "yes", ("否", "否"), True),
        (False, "yes", ("否", "是"), True),
        (True, "yes", ("否", "是"), False),
        (False, "since", ("", "未参加"), False),
        (False, "since", ("", "2016"), True),
        (True, "since", ("", "2016"), False),
    ],
)
def test_no_participation_only_where_the_mapping_says_so(
    tmp_path: Path, told: bool, joined: str, cells: tuple[str, str], written: bool
) -> None:
    lines = ["h,v,y,m,i,j", f"1,A,2016,2,100,{cells[0]}", f"2,A,2016,2,100,{cells[1]}"]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    names = {"household_id": "h", "village_id": "v", "year": "y", "members": "m", "income_total": "i"}
    body = '[register]\nid = "t"\ntitle_en = "T"\ntitle_zh = "测"\nkind = "survey"\n[options]\n'
    body += "no_participation = true\n" if told else ""
    body += '[[files]]\nname = "main"\nmatch = "*"\n[variables]\n' + "".join(
        f'{k} = "{v}"\n' for k, v in names.items()
    )
    body += PARTICIPATION.format("j", joined) if joined else ""
    (tmp_path / "m.toml").write_text(body, encoding="utf-8")
    error = outcome(tmp_path / "t.csv", tmp_path / "m.toml", tmp_path / "r")
    assert (error is None) == written
    if error is not None:
        assert isinstance(error, DataFault)
        assert [f.rule for f in error.faults] == ["no_participation" if told else "participation_present"]
