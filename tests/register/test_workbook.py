"""A register as one workbook: the same tables, rules and doors as a folder."""

import sys

import pandas as pd
import pytest

import bangfu
from bangfu.cli import main
from bangfu.errors import DataFault, WrongUse
from tests.register.damages import TEXT, cell, tables, write

ABOUT = [
    ("id", "forty"),
    ("title_en", "Forty"),
    ("title_zh", "四十户"),
    ("kind", "survey"),
    ("own_consumption", "true"),
]
MODELS = [("courtyard", "tea", "茶"), ("cooperative", "goats", "羊")]


def book(path, parts=None, about=ABOUT, models=MODELS):
    """A workbook with the sheets of three tables, and those that describe the register."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with pd.ExcelWriter(path) as file:
        for name, frame in (tables() if parts is None else parts).items():
            frame.to_excel(file, sheet_name=name, index=False)
        if about:
            pd.DataFrame(about, columns=["key", "value"]).to_excel(file, sheet_name="register", index=False)
        if models:
            pd.DataFrame(models, columns=["id", "title_en", "title_zh"]).to_excel(
                file, sheet_name="models", index=False
            )
    return path


def rules(path):
    return sorted((f.table, f.rule) for f in bangfu.check(path) if f.severity == "fault")


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return bangfu.load_register(write(tmp_path_factory.mktemp("plain"), tables())).to_pandas()


def test_a_workbook_is_the_folder(tmp_path, plain):
    register = bangfu.load_register(book(tmp_path / "county.xlsx"))
    pd.testing.assert_frame_equal(register.to_pandas(), plain)
    assert register.info.title.zh == "四十户" and register.info.own_consumption is True
    assert [(m.id, m.name.en) for m in register.info.models] == [
        ("courtyard", "tea"),
        ("cooperative", "goats"),
    ]


@pytest.mark.parametrize("name", ["county.xlsx", "County.XLSX"])
def test_a_description_beside_and_a_folder_with_one_workbook(tmp_path, plain, name):
    folder = write(tmp_path / "a", {})
    path = book(folder / name, about=None, models=None)
    for named in (path, folder):
        pd.testing.assert_frame_equal(bangfu.load_register(named).to_pandas(), plain)


def test_a_folder_whose_workbook_describes_it(tmp_path, plain):
    path = book(tmp_path / "a" / "county.xlsx")
    pd.testing.assert_frame_equal(bangfu.load_register(path.parent).to_pandas(), plain)


def test_a_table_of_its_own_goes_before_the_workbook(tmp_path):
    path = book(tmp_path / "county.xlsx")
    other = tables()["participation"].head(5)
    other.to_csv(tmp_path / "participation.csv", index=False)
    assert len(bangfu.load_register(tmp_path).participation.to_pandas()) == 5
    assert len(bangfu.load_register(path).participation.to_pandas()) == 14


def test_what_is_accepted_may_stand_in_the_sheet(tmp_path):
    parts = tables()
    TEXT["an undeclared model"][1](parts)
    path = book(tmp_path / "a.xlsx", parts, [*ABOUT, ("accept.model_declared", "old names")])
    assert [(a.rule, a.reason, a.households) for a in bangfu.load_register(path).accepted] == [
        ("model_declared", "old names", 1)
    ]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda f: book(f / "a.xlsx", {k: v for k, v in tables().items() if k != "participation"}), [("participation", "table_present")]),
        (lambda f: book(f / "a.xlsx", about=[("key", "value"), *ABOUT[:2]]), [("register", "key_present")] * 2),
        (lambda f: book(f / "a.xlsx", about=[*ABOUT, ABOUT[0]]), [("register", "key_unique")]),
        (lambda f: book(f / "a.xlsx", about=[*ABOUT[:4], ("own_consumption", "perhaps")]), [("register", "value_type")]),
        (lambda f: book(f / "a.xlsx", about=[*ABOUT[:4], ("notes", "a\u202eb")]), [("register", "characters_fit")]),
        (lambda f: book(f / "a.xlsx", about=[*ABOUT, ("accept.readable", "old")]), [("register", "rule_known")]),
        (lambda f: book(f / "a.xlsx", models=[("a", "b", "")]), [("register", "model_complete")]),
        (lambda f: book(f / "a.xlsx", about=None), [("register.toml", "file_present")]),
        (lambda f: (write(f, {}), book(f / "a.xlsx"))[1], [("register.toml", "description_once")]),
        (lambda f: (book(f / "a.xlsx"), book(f / "b.xlsx", about=None))[0].parent, [(t, "table_once") for t in sorted(tables())]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_workbook_is_named(tmp_path, make, expected):
    path = make(tmp_path)
    assert rules(path) == expected
    with pytest.raises(DataFault):
        bangfu.load_register(path)


def test_what_is_no_workbook(tmp_path):
    with pytest.raises(WrongUse, match="no folder or workbook"):
        bangfu.load_register(tmp_path / "absent.xlsx")
    (tmp_path / "old.xls").write_bytes(b"x")
    with pytest.raises(WrongUse, match="no folder or workbook"):
        bangfu.load_register(tmp_path / "old.xls")


@pytest.mark.parametrize("damaged", [False, True])
def test_commands_take_a_workbook(tmp_path, monkeypatch, capsys, damaged):
    parts = tables()
    if damaged:
        cell("incomes", "members", 0)(parts)
    path = book(tmp_path / "county.xlsx", parts)
    out = tmp_path / "cells.parquet"
    for words in (["check", path], ["compare", path, "--inside"], ["cells", path, "--out", out]):
        monkeypatch.setattr(sys, "argv", ["bangfu", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        assert left.value.code == (1 if damaged else 0)
        assert (
            "FAULT [members_at_least_one] incomes, row 4, column members" in said.out + said.err
        ) == damaged
    assert out.exists() != damaged
