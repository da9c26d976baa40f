"""Cells of a flat panel: cases worked by hand, refusals, and regressions on the weighted rows."""

import math

import numpy as np
import pandas as pd
import pytest

from bangfu.cells import Cells, merge
from bangfu.errors import BangfuError, WrongUse
from tests.cells.plain import as_plain, assert_same
from tests.cells.registers import tables

KEYS = {"unit": "id", "cluster": "village", "time": "year", "cohort": "first", "outcome": "y"}

FIVE = pd.DataFrame(
    [
        ("a", "V", 2010, 2012, 5.0), ("a", "V", 2012, 2012, 9.0),
        ("b", "V", 2010, 2012, 1.0), ("b", "V", 2012, 2012, 4.0),
        ("c", "V", 2010, 0, 2.0), ("c", "V", 2012, 0, math.nan),
        ("d", "W", 2012, 0, -3.0),
        ("e", "V", 2012, 0, 7.0),
    ],
    columns=["id", "village", "year", "first", "y"],
)  # fmt: skip
BOTH, FIRST, SECOND = (2010, 2012), (2010,), (2012,)


def test_five_households_by_hand():
    cells = Cells.from_frame(FIVE, **KEYS)
    found = {(key[2], *key[3:]): row for key, row in as_plain(cells.only("y")).items()}
    assert found == {
        ("V", "treated@2012", (), (BOTH,)): (2, 2.0, {"y": [6.0, 13.0]}),
        ("V", "", (), (FIRST,)): (1, 1.0, {"y": [2.0, 0.0]}),
        ("V", "", (), (SECOND,)): (1, 1.0, {"y": [0.0, 7.0]}),
        ("W", "", (), (SECOND,)): (1, 1.0, {"y": [0.0, -3.0]}),
    }
    assert cells.villages["county_id"].isna().all()
    assert cells.info.unseen == 0
    frame = cells.to_frame()
    rows = frame[["village_id", "path", "arm", "cohort", "year", "households", "y"]].itertuples(index=False)
    assert sorted(map(tuple, rows)) == [
        ("V", "", "", 0, 2010, 1, 2.0),
        ("V", "", "", 0, 2012, 1, 7.0),
        ("V", "treated@2012", "", 2012, 2010, 2, 3.0),
        ("V", "treated@2012", "treated", 2012, 2012, 2, 6.5),
        ("W", "", "", 0, 2012, 1, -3.0),
    ]


def test_weights_by_hand():
    weighted = FIVE.assign(w=FIVE["id"].map({"a": 3.0, "b": 0.5, "c": 1.0, "d": 2.0, "e": 1.0}))
    cells = Cells.from_frame(weighted, **KEYS, weight="w")
    row = next(v for k, v in as_plain(cells.only("y")).items() if k[3])
    assert row == (2, 3.5, {"y": [15.5, 29.0]})


def test_arms_and_covariates_by_hand():
    marked = FIVE.assign(
        kind=FIVE["id"].map({"a": "tea", "b": "goats"}),
        land=FIVE["id"].map({"a": 1, "b": 1, "c": 2, "d": 2, "e": 2}),
    )
    cells = Cells.from_frame(marked, **KEYS, arm="kind", by=["land"])
    assert {(k[3], k[4]) for k in as_plain(cells)} == {
        ("tea@2012", ("1",)),
        ("goats@2012", ("1",)),
        ("", ("2",)),
    }
    assert cells.info.models == ("goats", "tea")


def test_an_arm_may_be_several_models():
    marked = FIVE.assign(kind=FIVE["id"].map({"a": "tea+goats", "b": "goats+tea"}))
    cells = Cells.from_frame(marked, **KEYS, arm="kind")
    assert {k[3] for k in as_plain(cells)} == {"goats@2012 tea@2012", ""}
    assert set(cells.to_frame()["arm"]) == {"", "goats+tea"}


def test_never_has_many_spellings():
    spelt = [Cells.from_frame(FIVE.assign(first=FIVE["first"].astype(float).replace(0, never)), **KEYS)
             for never in (0, np.nan, np.inf)]  # fmt: skip
    for other in spelt[1:]:
        assert_same(as_plain(other), as_plain(spelt[0]))


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.astype({"first": "Int64", "y": "Float64"}),
        lambda f: f.astype({"village": "category", "id": "category", "year": str}),
        lambda f: f.astype(object).set_index(pd.Index([5] * len(f))),
        lambda f: f.sample(frac=1.0, random_state=2),
    ],
)
def test_types_and_order_do_not_matter(change):
    assert as_plain(Cells.from_frame(change(FIVE), **KEYS)) == as_plain(Cells.from_frame(FIVE, **KEYS))


def test_two_outcomes_keep_their_own_years():
    two = FIVE.assign(z=FIVE["y"].where(FIVE["y"] > 0))
    cells = Cells.from_frame(two, **{**KEYS, "outcome": ["y", "z"]})
    assert_same(as_plain(cells.only("y")), as_plain(Cells.from_frame(FIVE, **KEYS).only("y")))
    assert_same(
        as_plain(cells.only("z")), as_plain(Cells.from_frame(two, **{**KEYS, "outcome": "z"}).only("z"))
    )
    assert cells.only("z").info.unseen == 1
    assert cells.to_frame().query("village_id == 'W'")["z"].isna().all()


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        (lambda f: f.drop(columns="y"), {}, WrongUse, "unknown column y in the frame"),
        (lambda f: pd.concat([f, f[:1]]), {}, BangfuError, r"id, year: unit and time repeat in 1 row \(first in row 9\)"),
        (lambda f: f.assign(village=None), {}, BangfuError, "village: missing or blank in 8 rows"),
        (lambda f: f.assign(w=range(1, 9)), {"weight": "w"}, BangfuError, r"w: changes over time within a unit in 3 rows \(first in row 2\)"),
        (lambda f: f.assign(first=f["year"]), {}, BangfuError, r"first: changes over time within a unit in 3 rows \(first in row 2\)"),
        (lambda f: f.assign(w=0.0), {"weight": "w"}, BangfuError, "w: weights that are not positive numbers .* in 8 rows"),
        (lambda f: f.assign(y=float("nan")), {}, BangfuError, "y: missing in every unit and time"),
        (lambda f: f[:0], {}, BangfuError, "no rows"),
        (lambda f: f.assign(first=2012.5), {}, BangfuError, "first: values that are no whole numbers, .* in 8 rows"),
        (lambda f: f.assign(year=pd.to_datetime(f["year"].astype(str) + "-02-01")), {}, BangfuError, "year: values that are no whole numbers"),
        (lambda f: f.assign(first="soon"), {}, BangfuError, "first: values that are no whole numbers, .* in 8 rows"),
        (lambda f: f.assign(k="", first=2012), {"arm": "k"}, BangfuError, "k: the arm of treated units is missing in 8 rows"),
    ],
)  # fmt: skip
def test_refusals(change, options, error, message):
    with pytest.raises(error, match=message) as raised:
        Cells.from_frame(change(FIVE), **KEYS, **options)
    assert raised.value.zh != raised.value.en


def panel(weighted, missing):
    parts = tables(11, households=240, villages=12, missing=missing, weighted=True)
    rng = np.random.default_rng(1)
    first = parts["participation"].groupby("household_id")["from_year"].min()
    rows = parts["incomes"].merge(
        parts["households"][["household_id", "village_id", "weight"]], on="household_id"
    )
    rows["first"] = rows["household_id"].map(first).fillna(0).astype(int)
    rows["y"] = rows["income_total"] + 500 * (rows["year"] >= rows["first"]) * (rows["first"] > 0)
    whole = rows["household_id"].map({h: int(rng.integers(1, 5)) for h in rows["household_id"].unique()})
    if weighted == "integer":
        rows["weight"] = whole
    rows["treat"] = ((rows["first"] > 0) & (rows["year"] >= rows["first"])).astype(float)
    return rows


@pytest.mark.filterwarnings("ignore:The inplace keyword", "ignore:.*singleton fixed effect")
@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("weighted", ["integer", "real"])
def test_two_way_fixed_effects_on_cells_equal_those_on_households(weighted, missing):
    from pyfixest import feols, ssc
    from pyfixest.demeaners import MapDemeaner

    rows = panel(weighted, missing)
    cells = Cells.from_frame(
        rows,
        unit="household_id",
        cluster="village_id",
        time="year",
        cohort="first",
        outcome="y",
        weight="weight",
    ).to_frame()
    cells["treat"] = (cells["arm"] != "").astype(float)
    kind = "fweights" if weighted == "integer" else "aweights"
    small = ssc() if weighted == "integer" else ssc(k_adj=False)
    by_household, by_cell = (
        feols(
            f"y ~ treat | {unit} + year", data, weights="weight", weights_type=kind,
            vcov={"CRV1": "village_id"}, ssc=small, demeaner=MapDemeaner(fixef_tol=1e-12),
        )
        for unit, data in (("household_id", rows), ("cell", cells))
    )  # fmt: skip
    assert by_cell.coef()["treat"] == pytest.approx(by_household.coef()["treat"], rel=1e-8)
    assert by_cell.se()["treat"] == pytest.approx(by_household.se()["treat"], rel=1e-8)


def test_merged_frames_equal_the_whole():
    whole = Cells.from_frame(FIVE, **KEYS)
    parts = [
        Cells.from_frame(FIVE[FIVE["id"].isin(ids)], **KEYS) for ids in (["a", "b", "c", "e"], ["d", "a"])
    ]
    with pytest.raises(BangfuError, match="years"):
        merge(parts[0], Cells.from_frame(FIVE[FIVE["id"] == "d"], **KEYS))
    with pytest.raises(BangfuError, match="1 villages stand in more than one part"):
        merge(*parts)
    twice = merge(*parts, disjoint=True)
    assert int(twice.households.sum()) == int(whole.households.sum()) + 1
