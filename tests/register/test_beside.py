"""What stands beside every number: not yet joined, never seen, usable, other units; and joinings of one model again."""

import jsonschema
import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.brief import findings
from bangfu.cells import Cells
from bangfu.cells.remarks import remarks
from bangfu.compare.schema import SCHEMA, document
from bangfu.errors import WrongUse
from tests.register.damages import again, cell, tables, write
from tests.register.test_accept import command


def compared(folder, change, **options):
    parts = tables()
    parts["incomes"] = parts["incomes"].astype({"income_total": float, "income_wage": float})
    change(parts)
    return bangfu.compare_models(
        bangfu.load_register(write(folder, parts)), scale="level", inside=True, **options
    )


def divided(parts, rows, by):
    frame = parts["incomes"].drop(columns=["income_wage", "income_transfer"])
    frame.loc[rows(frame), "income_total"] /= by
    parts["incomes"] = frame


def village(frame, number):
    return (frame["household_id"].astype(int) - 1) % 8 == number


def joined_later(parts):
    cell("participation", "from_year", 2019, 3)(parts)
    cell("participation", "from_year", 2028, 4)(parts)


UNITS = {
    "one village": (lambda p: divided(p, lambda f: village(f, 3), 1e4), "village_unit", 1),
    "a village in thousands": (lambda p: divided(p, lambda f: village(f, 3), 1e3), "village_unit", 1),
    "two villages in hundreds": (lambda p: divided(p, lambda f: village(f, 3) | village(f, 5), 100), "village_unit", 2),
    "one village in one year": (lambda p: divided(p, lambda f: village(f, 3) & (f["year"] == 2017), 1e4), "village_unit", 1),
    "one year": (lambda p: divided(p, lambda f: f["year"] == 2018, 1e4), "unit_is_yuan", 40),
    "one year in thousands": (lambda p: divided(p, lambda f: f["year"] == 2018, 1e3), "unit_is_yuan", 40),
    "all": (lambda p: divided(p, lambda f: f["year"] > 0, 1e4), "unit_is_yuan", 200),
}  # fmt: skip
SAID = {
    "not yet joined": (joined_later, "not_yet_joined", 2),
    "never seen": (
        lambda p: p.update(incomes=p["incomes"][p["incomes"]["household_id"] > "003"]),
        "unseen",
        3,
    ),
    **UNITS,
}


@pytest.mark.parametrize("what", SAID)
def test_it_is_said_in_every_print(tmp_path, what):
    change, rule, count = SAID[what]
    result = compared(tmp_path / "r", change)
    (said,) = [r for r in result.remarks if r.rule == rule]
    assert said.count == count
    for text in (result.text().replace("\n", " "), result.figure().source.en, findings(result).dated.en):
        assert said.words.en in text
    assert said.words.zh in result.figure().source.zh
    written = document(result)
    jsonschema.validate(written, SCHEMA)
    assert {"rule": rule, "count": count, "en": said.words.en, "zh": said.words.zh} in written["remarks"]
    code, out, _ = command("cells", tmp_path / "r", "--out", tmp_path / "c.parquet")
    assert code == 0
    assert said.words.en.replace("income_per_head", "") in out.replace("income_per_head", "")
    assert [(r.rule, r.count) for r in remarks(Cells.load(tmp_path / "c.parquet"))] == [(rule, count)]


@pytest.mark.parametrize("what", UNITS)
def test_units_are_suspected_by_the_rule_of_check(tmp_path, what):
    change, rule, count = UNITS[what]
    compared(tmp_path, change)
    assert [
        (f.rule, f.count) for f in bangfu.check(tmp_path) if f.rule in ("village_unit", "unit_is_yuan")
    ] == [(rule, count)]


@pytest.mark.parametrize("outcome", ["income_per_head", "income_per_head_nominal"])
def test_nothing_is_said_of_a_sound_register(tmp_path, outcome):
    result = compared(tmp_path, lambda p: None, outcome=outcome)
    assert result.remarks == ()
    assert (result.usable["usable"] == result.usable["households"]).all()
    assert "can be used" not in result.text()


def test_those_not_yet_joined_are_compared_as_not_joined(tmp_path):
    result = compared(tmp_path / "a", joined_later)
    out = ["010", "013"]
    without = compared(
        tmp_path / "b",
        lambda p: p.update(participation=p["participation"][~p["participation"]["household_id"].isin(out)]),
    )
    pd.testing.assert_frame_equal(result.table, without.table)
    assert "not yet joined by 2018: 2 households, compared as not joined" in result.text()
    assert "截至2018年尚未参加：2户，按未参加比较" in result.text("zh")


def test_a_frame_says_it_too():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(60), 4), "year": np.tile([2015, 2016, 2017, 2018], 60)})
    frame["village"] = frame["unit"] % 6
    frame["cohort"] = (frame["unit"] // 6 % 3).map({0: 0, 1: 2017, 2: 2020})
    frame["y"] = rng.normal(size=len(frame)) + 100
    frame.loc[frame["unit"] < 7, "y"] = np.nan
    cells = Cells.from_frame(frame, unit="unit", cluster="village", time="year", cohort="cohort", outcome="y")
    result = bangfu.compare_models(cells, inside=True)
    assert [(r.rule, r.count) for r in result.remarks] == [("unseen", 7), ("not_yet_joined", 18)]
    text = result.text()
    assert "not yet joined by 2018: 18 households" in text and "without y in any year: 7" in text


def test_the_share_that_can_be_used_is_said(tmp_path):
    def negative(parts):
        frame = parts["incomes"]
        joiners = parts["participation"]["household_id"].tolist()
        bad = frame["household_id"].isin(joiners[2:]) & (frame["year"] < 2017)
        parts["incomes"] = frame.drop(columns=["income_wage", "income_transfer"])
        parts["incomes"].loc[bad, "income_total"] = -5.0

    parts = tables()
    negative(parts)
    result = bangfu.compare_models(bangfu.load_register(write(tmp_path, parts)), scale="log", inside=True)
    usable = result.usable.set_index("arm")
    # of the first two joiners both have positive incomes before; of the others nobody
    assert usable["usable"].drop("").sum() == 2
    assert usable["households"].drop("").sum() == 14
    assert usable.loc["", "usable"] == usable.loc["", "households"] == 26
    assert (
        "can be used (seen in the base year and a year after): courtyard economy alone 2 of 8"
        in result.text()
    )


def test_a_model_joined_again_counts_from_the_first_joining(tmp_path):
    parts = tables()
    again("participation", 0, from_year=2018)(parts)
    folder = write(tmp_path / "a", parts, more='[accept]\njoined_again = "renewed"\n')
    result = bangfu.compare_models(bangfu.load_register(folder), inside=True)
    (accepted,) = result.cells.info.accepted
    assert (accepted.rows, accepted.households, accepted.household_years) == (1, 1, 0)
    assert "counted from the first joining, nothing left out: joined_again (renewed)" in result.text()
    whole = bangfu.compare_models(bangfu.load_register(write(tmp_path / "b", tables())), inside=True)
    pd.testing.assert_frame_equal(result.table, whole.table)


@pytest.mark.parametrize("left", [2016, 2017])
def test_a_model_joined_again_after_leaving_is_no_fault(tmp_path, left):
    parts = tables()
    cell("participation", "to_year", left, 0)(parts)
    again("participation", 0, from_year=2018, to_year=None)(parts)
    assert [f for f in bangfu.check(write(tmp_path, parts)) if f.severity == "fault"] == []
    assert bangfu.load_register(tmp_path).cells() is not None


@pytest.mark.parametrize("table", ["households", "incomes", "participation"])
@pytest.mark.parametrize(
    "name", ["权数", "income_cash", "household_name", "head_birth_day", "support_note", "id"]
)
def test_columns_that_are_not_of_a_register_are_named(tmp_path, table, name):
    parts = tables()
    parts[table][name] = 1
    found = [f for f in bangfu.check(write(tmp_path, parts)) if f.rule == "column_known"]
    assert [(f.table, f.column, f.severity) for f in found] == [(table, name, "warning")]


@pytest.mark.parametrize("name", ["village_name", "county_name", "township_name"])
def test_names_for_readers_may_stand(tmp_path, name):
    parts = tables()
    parts["households"][name] = "平安"
    assert [f for f in bangfu.check(write(tmp_path, parts)) if f.rule == "column_known"] == []


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [("incomes", "income_total", "Income_Total "), ("incomes", "income_total", "income total"), ("incomes", "members", "memebrs"), ("households", "village_id", "Village_ID"), ("participation", "from_year", "form_year")],
)  # fmt: skip
def test_a_missing_column_is_named_by_what_is_there(tmp_path, table, old, new):
    parts = tables()
    if table == "incomes":
        parts[table] = parts[table].drop(columns=["income_wage", "income_transfer"])
    parts[table] = parts[table].rename(columns={old: new})
    (fault,) = [f for f in bangfu.check(write(tmp_path, parts)) if f.severity == "fault" and f.table == table]
    assert f"it is there as {new.strip()!r}, rename that to {old}" in fault.en
    assert f"请改名为 {old}" in fault.zh


@pytest.mark.parametrize(
    ("outcome", "meant"),
    [("income_wage", "wage_per_head"), ("income_total", "income_per_head"), ("consumption", "consumption_per_head"), ("wage_perhead", "wage_per_head"), ("headcuont", "headcount"), ("log:income_transfer", "transfer_per_head")],
)  # fmt: skip
@pytest.mark.parametrize("line", [None, 2855])
def test_an_unknown_outcome_is_said_first_and_with_what_is_meant(tmp_path, outcome, meant, line):
    register = bangfu.load_register(write(tmp_path, tables()))
    with pytest.raises(WrongUse, match=f"unknown outcome .*did you mean '{meant}'"):
        register.cells(outcome, line=line)
