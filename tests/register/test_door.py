"""One door: what check calls a fault refuses everywhere, by the same rules; what passes check works everywhere."""

import numpy as np
import pytest

import bangfu
from bangfu.errors import DataFault
from bangfu.register import checking, content, excel
from bangfu.register import door as doorway
from bangfu.register.changes import lower_incomes
from bangfu.register.home import home_of
from bangfu.register.info import UNKNOWN, read_info
from bangfu.register.sources import income_by_source
from bangfu.sensitivity.balance import balance
from tests.register import damages
from tests.register.damages import DESCRIBED, STORED, TEXT, tables, write

DOORS = {
    "cells": lambda r: r.cells(),
    "compare": bangfu.compare_models,
    "describe": lambda r: r.describe(),
    "to_pandas": lambda r: r.to_pandas(),
}
OTHERS = {
    "panel": lambda r: r.panel(),
    "attrition": lambda r: r.attrition(),
    "balance": lambda r: balance(r, ("labour",)),
    "changes": lambda r: lower_incomes(r, 1),
    "sources": income_by_source,
    "campaign": lambda r: r.cells(by=["labour"]),
    "tables": lambda r: (r.households, r.incomes, r.participation),
    "arms": lambda r: r.sums_by_arm,
    "years": lambda r: r.years,
    "poverty": lambda r: r.cells("headcount", line=5000.0),
}


def rules(faults):
    return {(f.table, f.rule, f.column) for f in faults if f.severity == "fault"}


def refused(register, door):
    with pytest.raises(DataFault) as caught:
        door(register)
    assert caught.value.text("zh") != caught.value.text("en")
    return rules(caught.value.faults)


def told(folder, expected, doors):
    """Check names the rule, and every door refuses with all that check names."""
    found = rules(bangfu.check(folder))
    assert expected in {rule for _, rule, _ in found}
    for name, door in doors.items():
        assert refused(folder, lambda f, door=door: door(bangfu.load_register(f))) == found, name


@pytest.fixture
def look_once(monkeypatch):
    """Check and door ask the same question of a register; here it is answered once, to save time."""
    whole, answers = content.content_faults, {}

    def asked(register, *args, warnings=False, **more):
        if id(register) not in answers:
            answers[id(register)] = whole(register, *args, warnings=True, **more)
        return [f for f in answers[id(register)] if warnings or f.severity != "warning"]

    for place in (checking, doorway):
        monkeypatch.setattr(place, "content_faults", asked)


def told_of(folder, expected):
    """The same of one register that is loaded once."""
    try:
        register = bangfu.load_register(folder)
    except DataFault as fault:
        assert rules(fault.faults) == rules(bangfu.check(folder))
        assert expected in {f.rule for f in fault.faults}
        return
    found = rules(bangfu.check(register))
    assert expected in {rule for _, rule, _ in found}
    for name, door in DOORS.items():
        assert refused(register, door) == found, name


@pytest.mark.parametrize("what", TEXT)
@pytest.mark.usefixtures("look_once")
def test_damaged_text(tmp_path, what):
    rule, change = TEXT[what]
    parts = tables()
    change(parts)
    told_of(write(tmp_path, parts), rule)


@pytest.mark.parametrize("what", STORED)
@pytest.mark.usefixtures("look_once")
def test_damaged_columns_of_parquet_files(tmp_path, what):
    rule, change = STORED[what]
    told_of(damages.stored(tmp_path, change), rule)


@pytest.mark.parametrize("what", DESCRIBED)
def test_damaged_descriptions(tmp_path, what):
    rule, line = DESCRIBED[what]
    folder = write(tmp_path, {}, more=line)
    info, faults = read_info(home_of(folder))
    assert info is UNKNOWN
    assert [f.rule for f in faults] == [rule]
    assert all(
        "\u202e" not in f.text(lang) and f.text("en") != f.text("zh") for f in faults for lang in ("en", "zh")
    )


@pytest.mark.parametrize("what", ["nested five thousand deep", "a model twice"])
def test_a_damaged_description_refuses(tmp_path, what):
    rule, line = DESCRIBED[what]
    told(write(tmp_path, tables(), more=line), rule, DOORS)


@pytest.mark.parametrize("form", ["csv", "parquet", "book"])
def test_a_sound_register_passes_every_door(tmp_path, form):
    folder = write(tmp_path, tables(), form)
    assert rules(bangfu.check(folder)) == set()
    for door in (DOORS | OTHERS).values():
        assert door(bangfu.load_register(folder)) is not None


@pytest.mark.parametrize(
    "what", ["an unknown household joins", "absurd", "a household-year again", "a village with a blank"]
)
def test_every_other_door_refuses_too(tmp_path, what):
    rule, change = TEXT[what]
    parts = tables()
    change(parts)
    told(write(tmp_path, parts), rule, OTHERS)
    assert "not to be used" in repr(bangfu.load_register(tmp_path))


def test_a_register_is_looked_at_once(tmp_path, monkeypatch):
    looks, whole = [], content.content_faults
    monkeypatch.setattr(doorway, "content_faults", lambda *a, **k: looks.append(1) or whole(*a, **k))
    register = bangfu.load_register(write(tmp_path / "a", tables(), "parquet"))
    bangfu.compare_models(register)
    register.describe()
    assert looks == []  # sums of incomes proved all that was left
    other = bangfu.load_register(tmp_path / "a")
    other.describe()
    other.to_pandas()
    other.cells()
    assert looks == [1]
    parts = tables()
    TEXT["absurd"][1](parts)
    bad = bangfu.load_register(write(tmp_path / "b", parts))
    for _ in range(3):
        with pytest.raises(DataFault):
            bad.cells()
    assert looks == [1, 1]


def test_values_are_masked_at_every_door(tmp_path):
    parts = tables()
    damages.cell("incomes", "income_total", "7777777777777")(parts)
    for kind, shown in (("survey", False), ("synthetic", True)):
        folder = write(tmp_path / kind, parts, kind=kind)
        with pytest.raises(DataFault) as caught:
            bangfu.load_register(folder).cells()
        assert ("7777777777777" in str(caught.value)) == shown


def read(book):
    """All cells of all sheets."""
    return {name: list(excel.rows(book, name)) for name in excel.sheets(book, "x")}


def test_a_flipped_byte_of_a_workbook(tmp_path):
    """Any byte: all is as before, or the workbook is refused; never another number."""
    few = {name: frame[frame["household_id"] < "005"] for name, frame in tables().items()}
    book = write(tmp_path, few, "book")
    content, before, rng = book.read_bytes(), read(book), np.random.default_rng(20_170_601)
    refusals = 0
    for at in rng.choice(len(content), 300, replace=False):
        changed = bytearray(content)
        changed[at] ^= 1 << int(rng.integers(8))
        book.write_bytes(changed)
        try:
            assert read(book) == before, at
        except DataFault as fault:
            assert {f.rule for f in fault.faults} <= {"readable", "not_a_bomb"}
            refusals += 1
            last = changed
    assert refusals > 100
    book.write_bytes(last)
    found = rules(bangfu.check(book))
    assert ("households", "readable", "") in found
    assert refused(book, bangfu.load_register) == found
