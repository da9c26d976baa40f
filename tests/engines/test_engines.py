"""Every statistic on DuckDB, on Spark and in plain pandas: equal."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.reference import deflator
from tests.engines import plain
from tests.engines.conftest import NO_JAVA, spark_is_here
from tests.engines.registers import YEARS

pytestmark = pytest.mark.filterwarnings(
    "ignore:The copy keyword is deprecated", "ignore:PySpark does not yet fully support pandas"
)


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Equal up to the order of columns, the integer width and the last bits of sums."""
    pd.testing.assert_frame_equal(
        found[expected.columns.tolist()].reset_index(drop=True),
        expected.reset_index(drop=True),
        check_dtype=False,
        rtol=1e-12,
        atol=1e-9,
    )


@pytest.fixture(scope="session")
def expected_panel(tables):
    return plain.panel(tables, deflator(YEARS, 2019))


def test_the_panel(engine, folder, expected_panel):
    found = bangfu.load_register(folder, engine=engine).to_pandas()
    text = found["household_id"].dtype.kind not in "iu"
    expected = expected_panel.astype({"household_id": "str"}) if text else expected_panel
    assert text == folder.name.startswith("csv")
    same(found, expected)


def test_the_years(register):
    assert register.years == YEARS


def test_the_description(register, tables):
    found = register.describe()
    homes, rows = tables["households"], tables["incomes"]
    units = dict(zip(found.units["what"], found.units["count"], strict=True))
    per = rows.groupby("household_id")["year"].nunique()
    joined = tables["participation"].groupby("model")["household_id"].nunique()
    assert units == {
        "households": len(homes), "villages": homes["village_id"].nunique(), "years": len(YEARS), "income rows": len(rows),
        "households seen in every year": int((per == len(YEARS)).sum()), **{f"joined {m}": int(n) for m, n in joined.items()},
    }  # fmt: skip
    years = rows.groupby("year").size().rename("rows").reset_index()
    same(found.years, years.assign(share=years["rows"] / len(homes)))
    empty = {(t, c): int(tables[t][c].isna().sum()) for t, c in zip(found.completeness["table"], found.completeness["column"], strict=True)}  # fmt: skip
    assert list(empty.values()) == found.completeness["missing"].tolist()
    same(found.balance, plain.balance(tables))
    same(found.attrition, plain.attrition(tables))


@pytest.mark.parametrize("outcome", ["income_per_head", "business_per_head_nominal"])
def test_the_cells(register, tables, expected_panel, outcome):
    cells = register.cells(outcome)
    frame = cells.to_frame()
    frame["sum"] = frame[outcome] * frame["weight"]
    frame["path"] = [tuple((int(s.split("@")[1]), s.split("@")[0]) for s in p.split()) for p in frame["path"]]
    found = frame.groupby(["village_id", "path", "year"])[["households", "weight", "sum"]].sum()
    series = expected_panel.set_index(["household_id", "year"])[outcome]
    same(found.sort_index(), plain.cells(tables, series).sort_index())


def test_the_cells_are_the_same_on_both_engines(session, one_folder):
    outcomes = ["income_per_head", "log:income_per_head", "headcount", "gap", "watts"]
    options = {"line": 4_000.0, "by": ["head_female"]}
    both = [
        bangfu.load_register(one_folder, engine=e).cells(outcomes, **options) for e in ("duckdb", session)
    ]
    for outcome in outcomes:
        np.testing.assert_allclose(both[1].largest[outcome], both[0].largest[outcome], rtol=1e-12)
    duckdb, spark = (cells.to_frame() for cells in both)
    keys = [c for c in duckdb.columns if c not in (*outcomes, "households", "weight")]
    same(spark.sort_values(keys), duckdb.sort_values(keys))


RULES = {
    ("households", "required", "village_id"): 1,
    ("households", "key_unique", "household_id"): 2,
    ("households", "one_village", "village_id"): 1,
    ("households", "range", "weight"): 1,
    ("incomes", "type_integer", "year"): 2,
    ("incomes", "year_range", "year"): 1,
    ("incomes", "type_number", "income_wage"): 5,
    ("incomes", "finite", "income_wage"): 1,
    ("incomes", "finite", "income_business"): 1,
    ("incomes", "members_at_least_one", "members"): 1,
    ("incomes", "unknown_household", "household_id"): 1,
    ("incomes", "key_unique", "household_id, year"): 4,
    ("participation", "model_declared", "model"): 1,
    ("participation", "dropout_after_adoption", "to_year"): 1,
    ("participation", "key_unique", "household_id, model, from_year"): 2,
}
"""What was broken, by hand: table, rule and column -> how many."""


def test_the_faults(faults):
    found = faults
    counts = {(f.table, f.rule, f.column): f.count for f in found if f.severity == "fault"}
    sums = counts.pop(("incomes", "parts_sum_to_total", "income_total"))
    assert counts == RULES
    assert sums >= 1
    assert [f.rows for f in found if f.rule == "type_number"] == [(21, 22, 25, 26, 27)]


def test_the_faults_are_the_same_on_both_engines_and_in_parts(faults, spoilt_folder):
    register = bangfu.load_register(spoilt_folder)
    whole = bangfu.check(register)
    assert faults == whole
    assert bangfu.check(register, households_at_once=50) == whole


@pytest.mark.spark
def test_a_session_of_ones_own_is_used_and_keeps_its_settings(session, one_folder):
    before = session.conf.get("spark.sql.sources.partitionColumnTypeInference.enabled")
    bangfu.load_register(one_folder, engine=session)
    assert session.conf.get("spark.sql.sources.partitionColumnTypeInference.enabled") == before
    assert session.conf.get("spark.sql.session.timeZone") == "UTC"
    assert session.conf.get("spark.sql.shuffle.partitions") == "1"


@pytest.mark.spark
@pytest.mark.skipif(not spark_is_here(), reason=NO_JAVA)
def test_a_session_of_our_own_is_quiet_and_leaves_nothing_behind(one_folder, tmp_path):
    code = f"import bangfu; print(bangfu.load_register({str(one_folder)!r}, engine='spark').years)"
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert said.stdout == f"{YEARS}\n", said.stderr
    assert all(word not in said.stderr for word in ("Stage", "WARN ", "ERROR", "Traceback"))
    assert list(tmp_path.iterdir()) == []
