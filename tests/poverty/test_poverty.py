"""Poverty indices against R, by hand, and by their axioms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bangfu
from bangfu import poverty_indices
from bangfu.errors import BangfuError, WrongUse
from bangfu.reference import deflator, poverty_line
from tests.poverty.households import households
from tests.register.test_register import HOUSEHOLDS, INCOMES, PARTICIPATION, TOML

LINE = 3000
FGT = ["headcount", "gap", "severity", "watts"]


def values(frame: pd.DataFrame, line: float = LINE, **options) -> pd.Series:
    return poverty_indices(frame, line, income="income", **options).set_index("index")["estimate"]


@pytest.mark.parametrize("count", ["households", "persons"])
def test_equals_laeken_and_survey(count):
    theirs = pd.read_csv(Path(__file__).with_name("reference.csv"), index_col=["count", "index"]).loc[count]
    ours = poverty_indices(
        households(),
        LINE,
        income="income",
        members="members",
        weight="weight",
        cluster="village",
        count=count,
    ).set_index("index")
    np.testing.assert_allclose(ours["estimate"], theirs.loc[ours.index, "estimate"], rtol=1e-10)
    np.testing.assert_allclose(ours.loc[FGT, "std_error"], theirs.loc[FGT, "std_error"], rtol=1e-10)
    assert (ours["df"] == households()["village"].nunique() - 1).all()


def test_error_of_the_gini():
    """Each village's influence is the derivative of the Gini by the logarithm of the village's weights."""
    frame = households()
    options = {"members": "members", "weight": "weight", "cluster": "village", "indices": ["gini"]}
    ours = poverty_indices(frame, LINE, income="income", **options).loc[0]
    villages, step = frame["village"].unique(), 1e-5
    moved = pd.concat(
        frame.assign(case=f"{v}:{s}", weight=frame["weight"] * np.where(frame["village"] == v, 1 + s, 1))
        for v in villages
        for s in (step, -step)
    )
    table = poverty_indices(moved, LINE, income="income", by=["case"], **options).set_index("case")[
        "estimate"
    ]
    slopes = [(table[f"{v}:{step}"] - table[f"{v}:{-step}"]) / (2 * step) for v in villages]
    g = len(villages)
    assert ours["std_error"] == pytest.approx(np.sqrt(np.sum(np.square(slopes)) * g / (g - 1)), rel=1e-6)


def test_by_hand_over_lines_scales_and_prices():
    """Two households, 100 and 300 yuan, of 1 and 4 people."""
    frame = pd.DataFrame(
        {"income": [100.0, 300.0], "members": [1, 4], "year": [2016, 2017], "adults": [1, 2]}
    )
    table = poverty_indices(
        frame,
        {"low": 90, "by year": {2016: 200, 2017: 100}},
        income="income",
        members="members",
        year="year",
        scale=["per_head", "square_root", "adults", 0.0],
        deflator={"none": {2016: 1, 2017: 1}, "double": {2016: 2, 2017: 1}},
        indices=["headcount", "gap", "gini"],
    )
    gap = table[table["index"] == "gap"].set_index(["line", "scale", "prices", "year"])["estimate"]
    expected = {
        ("low", "per_head", "none", 2016): 0, ("low", "per_head", "none", 2017): 15 / 90,
        ("by year", "per_head", "none", 2016): 0.5, ("by year", "per_head", "double", 2016): 0,
        ("by year", "per_head", "none", 2017): 0.25, ("by year", "square_root", "none", 2017): 0,
        ("by year", "adults", "none", 2017): 0, ("by year", "0.0", "none", 2016): 0.5,
    }  # fmt: skip
    assert {key: gap[key] for key in expected} == pytest.approx(expected)
    assert len(table) == 2 * (2 * 4 * 2 * 2) + 4 * 2  # the Gini knows no line and no prices
    assert set(table.loc[table["index"] == "gini", "line"]) == {""}


def test_watts_has_a_floor():
    frame = pd.DataFrame({"income": [0.0, -5.0, 50.0]})
    assert values(frame, 100, indices=["watts"])["watts"] == pytest.approx((2 * np.log(10) + np.log(2)) / 3)
    floor = values(frame, 100, indices=["watts"], floor=0.5)["watts"]
    assert floor == pytest.approx(np.log(2))


def test_missing_villages_and_nothing():
    frame = pd.DataFrame({"income": [1.0, np.nan, 3, np.nan], "v": [1, 1, 1, 2], "part": list("aaab")})
    table = poverty_indices(frame, 2, income="income", cluster="v", by=["part"]).set_index(["part", "index"])
    first, second = table.loc[("a", "headcount")], table.loc[("b", "headcount")]
    assert (first["estimate"], first["households"], first["missing"]) == (0.5, 2, 1)
    assert first["note"] == "fewer than two villages: no interval"
    assert np.isnan(first["std_error"])
    assert second["note"] == "not estimable, because no income is known"
    negative = poverty_indices(pd.DataFrame({"income": [-5.0, 1]}), 2, income="income", indices=["gini"])
    assert negative["note"].to_list() == ["not estimable, because the mean income is not positive"]


def test_refusals():
    frame = households()
    for options in (
        {"indices": ["sen"]}, {"count": "heads"}, {"floor": 0}, {"scale": "nobody"}, {"scale": "square_root"},
        {"deflator": {2016: 1.0}}, {"cluster": "county"}, {"count": "persons"},
    ):  # fmt: skip
        with pytest.raises(WrongUse):
            values(frame, **options)
    with pytest.raises(BangfuError, match="no value for 2018"):
        values(frame.assign(year=2018), year="year", deflator={2017: 1.0})


@pytest.fixture
def register(tmp_path):
    (tmp_path / "register.toml").write_text(TOML.format(kind="synthetic"), encoding="utf-8")
    for name, text in (("households", HOUSEHOLDS), ("incomes", INCOMES), ("participation", PARTICIPATION)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return bangfu.load_register(tmp_path)


def test_of_a_register(register):
    """Against the published line of each year, and against one number in the prices of the last year."""
    table = poverty_indices(register, by=["arm"], indices=["headcount", "gap"])
    assert set(table["prices"]) == {"nominal"}
    table = table.set_index(["arm", "year", "index"])
    line = poverty_line([2016, 2018])
    gap = ((1 - 1500.25 / line[2016]) + (1 - 400 / line[2016]) + 2 * (1 - 50 / line[2016])) / 4
    assert table.loc[("", 2016, "gap"), "estimate"] == pytest.approx(
        gap
    )  # nobody had joined in 2016; V2 counts twice
    assert table.loc[("", 2018, "gap"), "estimate"] == pytest.approx((1 - 1200 / line[2018]) / 2)
    assert table.loc[("", 2018, "headcount"), ["households", "villages"]].to_list() == [2, 2]
    real = poverty_indices(register, 1500, indices=["headcount"]).set_index("year")
    assert set(real["prices"]) == {"prices of 2018"}
    factor = deflator([2016], 2018)[2016]
    assert 1500.25 * factor > 1500
    assert real.loc[2016, "estimate"] == pytest.approx(3 / 4)
    assert real.loc[2018, "estimate"] == pytest.approx(3 / 5)
    parts = poverty_indices(register, 1500, income="transfer", indices=["headcount"], base_year=2016)
    assert set(parts["prices"]) == {"prices of 2016"}
    with pytest.raises(WrongUse, match="lacks"):
        poverty_indices(register, income="consumption")


populations = st.lists(st.floats(1, 10_000).map(lambda x: round(x, 2)), min_size=4, max_size=12).map(np.array)
some = settings(max_examples=6, deadline=None, derandomize=True)


def cases(**incomes) -> pd.DataFrame:
    """Indices (rows) of several populations (columns) in one go."""
    frame = pd.concat([pd.DataFrame({"income": x, "case": name}) for name, x in incomes.items()])
    table = poverty_indices(frame, LINE, income="income", by=["case"])
    return table.pivot(index="index", columns="case", values="estimate")


@some
@given(populations, st.floats(1, 5000), st.integers(0, 100))
def test_focus_and_monotonicity(x, gain, which):
    """Incomes above the line do not matter; a loss of a poor household never lowers an index."""
    above = x >= LINE
    poor = np.flatnonzero(~above)
    lower = x.copy()
    if len(poor):
        lower[poor[which % len(poor)]] /= 2
    table = cases(x=x, richer=np.where(above, x + gain, x), lower=lower)
    np.testing.assert_array_equal(table.loc[FGT, "richer"], table.loc[FGT, "x"])
    assert (table.loc[FGT, "lower"] >= table.loc[FGT, "x"] - 1e-12).all()
    assert not len(poor) or table.loc["gap", "lower"] > table.loc["gap", "x"]


@some
@given(st.lists(st.integers(600, 2900), min_size=3, max_size=8, unique=True), st.floats(0.05, 0.5))
def test_transfer(poor, share):
    """From a richer to a poorer poor household: severity, Watts and Gini fall; headcount and gap stay."""
    before = np.sort(np.array([*poor, 5000], dtype=float))
    after = before.copy()
    amount = share * (before[-2] - before[0])
    after[0] += amount
    after[-2] -= amount
    table = cases(before=before, after=after)
    np.testing.assert_allclose(
        table.loc[["headcount", "gap"], "after"], table.loc[["headcount", "gap"], "before"]
    )
    falling = ["severity", "watts", "gini"]
    assert (table.loc[falling, "after"] < table.loc[falling, "before"]).all()


@some
@given(populations, st.floats(0.1, 10), st.integers(2, 4))
def test_scale_replication_and_parts(x, factor, times):
    """Money's unit, copies and weights of everybody do not matter; an index is the weighted mean of its parts'."""
    half = np.arange(len(x)) % 2 == 0
    table = cases(x=x, copies=np.tile(x, times), even=x[half], odd=x[~half])
    np.testing.assert_allclose(table["copies"], table["x"], atol=1e-12)
    parts = table["even"] * half.mean() + table["odd"] * (~half).mean()
    np.testing.assert_allclose(parts[FGT], table.loc[FGT, "x"], atol=1e-12)
    scaled = values(pd.DataFrame({"income": x * factor, "w": float(times)}), LINE * factor, weight="w")
    smooth = ["gap", "severity", "watts", "gini"]
    np.testing.assert_allclose(scaled[smooth], table.loc[smooth, "x"], atol=1e-9)
