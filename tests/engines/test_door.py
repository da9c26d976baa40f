"""The door on every engine: the same refusals, and the same left out, as worked out by hand."""

import pandas as pd
import pytest

import bangfu
from bangfu.errors import DataFault
from tests.register.damages import TEXT, cell, every, tables, write
from tests.register.planted import by_hand

pytestmark = pytest.mark.filterwarnings(
    "ignore:The copy keyword is deprecated", "ignore:PySpark does not yet fully support pandas"
)
REFUSED = (
    "an unknown household joins", "full width", "incomes of nobody", "scientific notation", "a household-year again",
    "a joining again", "a village with a blank", "a household with a blank", "a village in two counties", "sixty-six years",
    "a subtotal", "a household whose zeros are lost", "a village with a broken line", "joined before it left", "joined twice",
    "a joining long after", "a date of joining", "a misspelt weight",
)  # fmt: skip


def said(faults):
    return {(f.table, f.rule, f.column, f.count, f.rows, f.en) for f in faults if f.severity == "fault"}


@pytest.mark.parametrize("what", REFUSED)
def test_the_same_refusals(engine, tmp_path, what):
    parts = tables()
    TEXT[what][1](parts)
    folder = write(tmp_path, parts, "csv")
    with pytest.raises(DataFault) as refused:
        bangfu.load_register(folder, engine=engine).cells()
    assert said(refused.value.faults) == said(bangfu.check(folder))


def spoilt(parts):
    cell("participation", "household_id", "０13", 4)(parts)  # leaves out 013, whom it may be
    cell("participation", "from_year", "2201", 5)(parts)  # 016
    cell("participation", "model", "goats", 6)(parts)  # 019
    cell("incomes", "income_wage", "12,345", 20)(parts)  # 005 in 2014
    cell("households", "village_id", "V05 ", 5)(parts)  # the whole of V05
    parts["incomes"] = pd.concat(
        [parts["incomes"], parts["incomes"].iloc[[7, 3]].assign(household_id=["002", "999"])]
    )
    parts["households"] = pd.concat([parts["households"], parts["households"].iloc[[6]].assign(labour=9)])


def test_the_same_is_left_out(engine, tmp_path):
    parts = tables()
    spoilt(parts)
    rules = ("unknown_household", "year_range", "model_declared", "type_number", "one_name", "key_unique")
    folder = write(
        tmp_path / "damaged", parts, "csv", more="[accept]\n" + "".join(f'{r} = "known"\n' for r in rules)
    )
    register = bangfu.load_register(folder, engine=engine)
    homes = tables()["households"]
    out = ["013", "016", "019", "007", *homes.loc[homes["village_id"] == "V05", "household_id"]]
    expected = bangfu.load_register(
        write(tmp_path / "removed", by_hand(out, [("005", 2014), ("002", 2016)]))
    ).to_pandas()
    pd.testing.assert_frame_equal(
        register.to_pandas()[expected.columns.tolist()], expected, check_dtype=False
    )
    counts = {a.rule: (a.rows, a.households, a.household_years) for a in register.accepted}
    assert counts == {
        "key_unique": (4, 1, 6), "model_declared": (1, 1, 5), "one_name": (2, 5, 25), "type_number": (1, 0, 1),
        "unknown_household": (2, 1, 6), "year_range": (1, 1, 5),
    }  # fmt: skip
    assert int(register.cells().households.sum()) == 40 - len(out)


def test_a_sound_register_of_text_passes(engine, tmp_path):
    parts = tables()
    for table in parts:
        every(table, "household_id", lambda c: "平安 村" + c)(parts)
    cell("households", "county_id", None, 0, 9)(parts)
    found = bangfu.load_register(write(tmp_path, parts, "parquet"), engine=engine)
    cells = found.cells()
    assert int(cells.households.sum()) == 40 and found.accepted == ()
    assert len(cells.villages) == 8 and cells.villages["county_id"].notna().all()
