"""Cells of a register equal household-by-household sums in plain pandas."""

import math

import ibis
import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.errors import BangfuError, DataFault, WrongUse
from bangfu.reference import deflator
from tests.cells.plain import as_plain, assert_same, plain_cells
from tests.cells.registers import YEARS, tables, write

FACTORS = deflator(YEARS, 2020)
LINE = {year: 3000 / FACTORS[year] for year in YEARS}


def income(row):
    return row["income_total"] / row["members"] * FACTORS[row["year"]]


def short(row):
    return max(0.0, 1 - row["income_total"] / row["members"] / LINE[row["year"]])


def watts(row):
    line, head = LINE[row["year"]], row["income_total"] / row["members"]
    return math.log(line / max(head, line / 10)) if head < line else 0.0


OUTCOMES = {
    "income_per_head": income,
    "income_per_head_nominal": lambda row: row["income_total"] / row["members"],
    "wage_per_head": lambda row: row["income_wage"] / row["members"] * FACTORS[row["year"]],
    "income_without_transfers_per_head": lambda row: (
        (row["income_total"] - row["income_transfer"]) / row["members"] * FACTORS[row["year"]]
    ),
    "headcount": lambda row: float(short(row) > 0),
    "gap": short,
    "severity": lambda row: short(row) ** 2,
    "watts": watts,
}


def same(register, parts, names, **options):
    found = register.cells(names, line=3000.0, **options)
    assert_same(as_plain(found), plain_cells(parts, {name: OUTCOMES[name] for name in names}))
    return found


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("weighted", [False, True])
def test_equal_to_plain_sums(tmp_path, text, missing, weighted):
    parts = tables(1, missing=missing, text=text, weighted=weighted)
    register = bangfu.load_register(write(tmp_path, parts))
    cells = same(register, parts, list(OUTCOMES))
    assert cells.info.unseen == 150 - parts["incomes"]["household_id"].nunique()
    assert bool(cells.complete.all()) == (missing == 0.0)
    assert cells.info.spec["line"] == {str(y): pytest.approx(v) for y, v in LINE.items()}


def test_a_logarithm_is_missing_where_income_is_not_positive_and_nowhere_else(tmp_path):
    parts = tables(2)
    register = bangfu.load_register(write(tmp_path, parts))

    def log(row):
        return math.log(income(row)) if income(row) > 0 else None

    cells = register.cells(["income_per_head", "log:income_per_head"])
    assert_same(as_plain(cells), plain_cells(parts, {"income_per_head": income, "log:income_per_head": log}))
    with pytest.raises(WrongUse, match=r"cells\.only"):
        cells.seen  # noqa: B018
    alone = register.cells("log:income_per_head")
    assert_same(as_plain(cells.only("log:income_per_head")), as_plain(alone))
    assert_same(as_plain(cells.only("income_per_head")), as_plain(register.cells()))
    assert cells.only("log:income_per_head").info.unseen == alone.info.unseen


def test_an_expression_of_ones_own(tmp_path):
    parts = tables(3)
    register = bangfu.load_register(write(tmp_path, parts))
    found = register.cells({"no_wage": lambda t: (t["income_wage"] <= 0).cast("float64")})
    assert_same(as_plain(found), plain_cells(parts, {"no_wage": lambda row: float(row["income_wage"] <= 0)}))


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_covariate_cells(tmp_path, missing):
    parts = tables(4, missing=missing)
    parts["households"]["soil"] = np.where(parts["households"]["household_id"] % 3 == 0, "black", "黄土")
    register = bangfu.load_register(write(tmp_path, parts))

    def strata(h):
        land = h.land_mu
        band = (
            "missing"
            if math.isnan(land)
            else "[-inf, 2)"
            if land < 2
            else "[2, 5)"
            if land < 5
            else "[5, inf)"
        )
        return f"{h.labour:g}", band, "0" if math.isnan(h.registered_from) else "1", h.soil

    found = register.cells(by={"labour": None, "land_mu": (2, 5), "registered": None, "soil": None})
    assert list(found.strata.columns) == ["labour", "land_mu", "registered", "soil"]
    assert_same(as_plain(found), plain_cells(parts, {"income_per_head": income}, strata))


@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_late_facts_may_be_a_cell_of_their_own(tmp_path, missing):
    parts = tables(9, missing=missing)
    parts["households"]["observed_year"] = 2013 + parts["households"]["household_id"] % 7
    first = parts["participation"].groupby("household_id")["from_year"].min()
    register = bangfu.load_register(write(tmp_path, parts))

    def strata(h):
        return ("missing",) if h.observed_year >= first.get(h.household_id, 2020) else (f"{h.labour:g}",)

    found = register.cells(by=["labour"], late="missing")
    assert_same(as_plain(found), plain_cells(parts, {"income_per_head": income}, strata))
    with pytest.raises(BangfuError, match="facts of an unknown year"):
        register.cells(by=["labour"])
    with pytest.raises(WrongUse, match="unknown late 'never'"):
        register.cells(by=["labour"], late="never")


def test_the_engine_finds_out_by_itself_that_a_panel_of_the_right_size_is_not_complete(tmp_path):
    parts = tables(5)
    rows = parts["incomes"].copy()
    rows.loc[rows.index[7], "income_total"] = np.nan  # unknown income, same number of rows
    parts["incomes"] = rows
    register = bangfu.load_register(write(tmp_path / "a", parts))
    found = register.cells()
    assert (~found.complete).sum() == 1
    moved = parts["incomes"].copy()
    who = moved["household_id"].unique()
    moved.loc[(moved["household_id"] == who[3]) & (moved["year"] == 2016), "household_id"] = who[4]
    register = bangfu.load_register(write(tmp_path / "b", {**parts, "incomes": moved}))
    with pytest.raises(DataFault, match=r"key_unique.*household_id, year"):
        register.cells()


def test_row_order_and_splits_change_nothing(tmp_path):
    parts = tables(6, missing=0.1)
    one = bangfu.load_register(write(tmp_path / "a", parts)).cells()
    turned = {name: frame.sample(frac=1.0, random_state=1) for name, frame in parts.items()}
    folder = write(tmp_path / "b", turned)
    half = len(turned["incomes"]) // 2
    (folder / "incomes.parquet").unlink()
    (folder / "incomes").mkdir()
    for i, piece in enumerate((turned["incomes"][:half], turned["incomes"][half:])):
        piece.to_parquet(folder / "incomes" / f"{i}.parquet", index=False)
    assert_same(as_plain(bangfu.load_register(folder).cells()), as_plain(one))


def test_the_same_bits_every_time(tmp_path):
    register = write(tmp_path, tables(7, missing=0.1))
    one, two = (bangfu.load_register(register).cells() for _ in range(2))
    assert all((one.sums[k] == two.sums[k]).all() for k in one.sums)
    assert (one.weight == two.weight).all()


def broken(name, **changes):
    def change(parts):
        parts[name] = parts[name].assign(**changes)

    return change


def without_row(parts):
    parts["households"] = parts["households"][1:]


def twice(parts):
    parts["households"] = pd.concat([parts["households"], parts["households"][:2]])


def empty(parts):
    parts["households"], parts["incomes"] = parts["households"][:0], parts["incomes"][:0]


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (broken("incomes", income_total=float("nan")), {}, BangfuError, "income_per_head: missing in every household"),
        (broken("incomes", weight=1.0), {}, BangfuError, "weight_fixed"),
        (broken("households", weight=-1.0), {}, DataFault, "range.*column weight"),
        (broken("households", village_id=None), {}, DataFault, "required.*column village_id"),
        (broken("participation", model="bees"), {}, DataFault, "model_declared"),
        (broken("households", observed_year=2019), {"by": ["labour"]}, BangfuError, "facts of an unknown year, or of the year of joining"),
        (broken("households", observed_year=None), {"by": ["labour"]}, BangfuError, "facts of an unknown year"),
        (without_row, {}, DataFault, "unknown_household. incomes"),
        (twice, {}, DataFault, "key_unique. households"),
        (empty, {}, DataFault, "rows_present"),
        (None, {"outcome": "happiness"}, WrongUse, "unknown outcome 'happiness'; choose one of: income_per_head"),
        (None, {"outcome": "consumption_per_head"}, WrongUse, "lacks the column that consumption_per_head needs"),
        (None, {"outcome": "headcount"}, WrongUse, "poverty outcomes need a line"),
        (None, {"outcome": "gap", "line": {2014: 2800.0}}, WrongUse, "the line has no value for 2016, 2018, 2020"),
        (None, {"outcome": []}, WrongUse, "name at least one outcome"),
        (None, {"exposure": "hope"}, WrongUse, "unknown exposure 'hope'"),
        (broken("households", soil="black"), {"by": {"soil": (1, 2)}}, WrongUse, "soil is text and cannot be cut"),
        (None, {"by": ["weight"]}, WrongUse, "no household fact 'weight'"),
        (None, {"by": ["income_total"]}, WrongUse, "no household fact 'income_total'"),
        (None, {"by": ["land_mu"]}, WrongUse, "land_mu has more than 30 values; state breaks"),
        (None, {"by": {"land_mu": (5, 2)}}, WrongUse, "breaks of land_mu must rise"),
        (None, {"base_year": 1900}, BangfuError, "the price index has no value for"),
    ],
)  # fmt: skip
def test_refusals(tmp_path, change, options, error, message):
    parts = tables(8)
    if change:
        change(parts)
    folder = write(tmp_path, parts)
    with pytest.raises(error, match=message) as raised:
        bangfu.load_register(folder).cells(**options)
    assert raised.value.zh != raised.value.en


@pytest.mark.parametrize("turn", [1, -1])
def test_a_household_twice_in_the_place_of_another(tmp_path, turn):
    """As many rows as in a complete panel, in every cell and year: only the identifiers tell."""
    parts = tables(41, weighted=False)
    rows, village = parts["incomes"], parts["households"].set_index("household_id")["village_id"]
    alone = village[~village.index.isin(parts["participation"]["household_id"])]
    one, other = alone[alone == alone.iloc[0]].index[:2][::turn]
    at = (rows["year"] == 2018) & (rows["household_id"] == one)
    rows.loc[at, "household_id"] = other
    register = bangfu.load_register(write(tmp_path, parts))
    with pytest.raises(DataFault, match=r"key_unique.*household_id, year"):
        register.cells()


def test_an_infinite_value_is_missing(tmp_path):
    parts = tables(42)
    one = int(parts["households"]["household_id"].iloc[9])

    def endless(table):
        at = (table["household_id"] == one) & (table["year"] == 2018)
        return ibis.ifelse(at, float("inf"), table["income_total"])

    def plain(row):
        return math.inf if (row["household_id"], row["year"]) == (one, 2018) else row["income_total"]

    found = bangfu.load_register(write(tmp_path, parts)).cells({"total": endless})
    assert_same(as_plain(found), plain_cells(parts, {"total": plain}))
