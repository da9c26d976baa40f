"""Households one by one, incomes by source, balance: held against hand-worked cases, pandas and statsmodels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import bangfu
from bangfu.errors import NotEstimable
from bangfu.register import HouseholdRegister
from bangfu.register.changes import above_and_back, lower_incomes, means_by_event_time
from bangfu.register.sources import income_by_source
from bangfu.sensitivity.balance import CHANGE, INCOME, balance
from tests.register import four

PEOPLE = "household_id,village_id\na,V1\nb,V1\nc,V1\nd,V2\ne,V2\n"
JOINED = "household_id,model,from_year\na,courtyard,2016\nb,courtyard,2016\ne,cooperative,2017\n"
INCOMES = {  # members are one, years 2015 to 2018
    "a": (1000, 5000, 500, 4000),
    "b": (1000, 2000, 3000, 1000),
    "c": (4000, 1000, 2000, 5000),
    "d": (1000, 2000, 3000, 4000),
    "e": (1000, 1000, 5000, 6000),
}


def by_hand(folder: Path, **changed: tuple[int | None, ...]) -> HouseholdRegister:
    rows = [
        f"{name},{year},1,{value}"
        for name, values in (INCOMES | changed).items()
        for year, value in zip((2015, 2016, 2017, 2018), values, strict=True)
        if value is not None
    ]
    text = "household_id,year,members,income_total\n" + "\n".join(rows) + "\n"
    return bangfu.load_register(four.write(folder, households=PEOPLE, incomes=text, participation=JOINED))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> HouseholdRegister:
    """Some six hundred invented households in twelve villages."""
    return bangfu.load_register(bangfu.simulate(tmp_path_factory.mktemp("drawn") / "r", 600, seed=3))


@pytest.fixture(scope="module")
def panel(drawn: HouseholdRegister) -> pd.DataFrame:
    return drawn.to_pandas()


def clustered(
    y: pd.Series, villages: pd.Series, weights: pd.Series | None = None
) -> tuple[float, float, float, float]:
    """Mean, error and interval as statsmodels gives them for a regression on a constant."""
    fit = sm.WLS(
        y.to_numpy(float), np.ones(len(y)), weights=1.0 if weights is None else weights.to_numpy(float)
    ).fit(
        cov_type="cluster", cov_kwds={"groups": villages.astype("category").cat.codes.to_numpy()}, use_t=True
    )
    return float(fit.params[0]), float(fit.bse[0]), *(float(v) for v in fit.conf_int()[0])


def test_lower_incomes_by_hand(tmp_path: Path) -> None:
    """One year after: a fell and b rose from 2015 to 2017, e rose from 2016 to 2018; c fell over the first years only."""
    table = lower_incomes(by_hand(tmp_path / "r"), after=1).set_index("group")
    assert table.loc["joiners", "share"] == pytest.approx(1 / 3)
    assert table.loc["joiners", "households"] == 3
    assert table.loc["comparison", "share"] == pytest.approx((2 / 3) * (1 / 2) + (1 / 3) * 0)
    assert table.loc["comparison", "households"] == 4
    assert table["villages"].tolist() == [2, 2]


def test_lower_incomes_leaves_out_who_is_not_seen(tmp_path: Path) -> None:
    table = lower_incomes(by_hand(tmp_path / "r", b=(1000, 2000, None, 1000)), after=1).set_index("group")
    assert table.loc["joiners", "share"] == pytest.approx(1 / 2)
    assert table.loc["joiners", "households"] == 2


def test_lower_incomes_errors_are_those_of_a_regression(
    drawn: HouseholdRegister, panel: pd.DataFrame
) -> None:
    table = lower_incomes(drawn, after=2).set_index("group")
    wide = panel.pivot(index="household_id", columns="year", values="income_per_head")
    facts = panel.drop_duplicates("household_id").set_index("household_id")[["cohort", "village_id"]]
    pieces = []
    for cohort in sorted(c for c in facts["cohort"].unique() if c > 0):
        before = max((y for y in wide.columns if y < cohort), default=None)
        if before is None or cohort + 2 not in wide.columns:
            continue
        both = wide[before].notna() & wide[cohort + 2].notna()
        fell = (wide[cohort + 2] < wide[before])[both].astype(float)
        pieces.append(facts[both].assign(fell=fell, of=cohort))
    seen = pd.concat(pieces)
    mine = seen[seen["cohort"] == seen["of"]]
    assert table.loc["joiners", "share"] == pytest.approx(mine["fell"].mean())
    assert table.loc["joiners", "households"] == len(mine)
    size = mine.groupby("of").size()
    others = seen[(seen["cohort"] == 0) & seen["of"].isin(size.index)]
    share = others.groupby("of")["fell"].mean()
    assert table.loc["comparison", "share"] == pytest.approx((share * size).sum() / size.sum())
    assert table.loc["comparison", "households"] == len(others)


def test_error_of_a_share_in_one_cohort(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    village = rng.integers(0, 8, 120)
    text = "household_id,village_id\n" + "".join(f"h{i},v{v}\n" for i, v in enumerate(village))
    values = rng.normal(5000, 1500, (120, 2)).round(2)
    rows = "".join(f"h{i},{2015 + 2 * t},1,{values[i, t]}\n" for i in range(120) for t in range(2))
    joined = "household_id,model,from_year\n" + "".join(f"h{i},courtyard,2016\n" for i in range(70))
    register = bangfu.load_register(
        four.write(
            tmp_path / "r", households=text, participation=joined,
            incomes="household_id,year,members,income_total\n" + rows,
        )
    )  # fmt: skip
    table = lower_incomes(register, after=1)
    prices = register.to_pandas().pivot(index="household_id", columns="year", values="income_per_head")
    fell = (prices[2017] < prices[2015]).astype(float)
    number = fell.index.str[1:].astype(int)
    for row, members in zip(table.to_dict("records"), (number < 70, number >= 70), strict=True):
        expected = clustered(fell[members], pd.Series(village[number[members]]))
        assert (row["share"], row["std_error"]) == pytest.approx(expected[:2])
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(expected[2:])


def test_nobody_to_look_at_is_an_error(tmp_path: Path) -> None:
    register = by_hand(tmp_path / "r")
    with pytest.raises(NotEstimable, match="5 years after joining"):
        lower_incomes(register, after=5)
    alone = by_hand(tmp_path / "alone", c=(None,) * 4, d=(None, None, None, 4000))
    with pytest.raises(NotEstimable, match="comparison households"):
        lower_incomes(alone, after=1)


def test_above_and_back_by_hand(tmp_path: Path) -> None:
    """Line 2,500 a year at 2018 prices; what happens one and two years after joining.

    Joiners below before: a, b (2015) and e (2016). One year after a and b are at 500 and 3000, e at 6000: two of three above.
    Two years after b is at 1000 again; e is not seen so late.
    """
    table = above_and_back(by_hand(tmp_path / "r"), 2500.0, after=1, later=2).set_index(["step", "group"])
    assert table.loc[("above", "joiners"), "share"] == pytest.approx(2 / 3)
    assert table.loc[("below_again", "joiners"), "share"] == 1.0
    assert table.loc[("below_again", "joiners"), "households"] == 1
    # d is below in 2015 and above in 2017; c and d are below in 2016 and above in 2018
    assert table.loc[("above", "comparison"), "share"] == pytest.approx(1.0)
    assert table.loc[("above", "comparison"), "households"] == 3
    assert table.loc[("below_again", "comparison"), "share"] == 0.0


def test_means_by_event_time(drawn: HouseholdRegister, panel: pd.DataFrame) -> None:
    table = means_by_event_time(drawn, (-2, 1)).set_index(["event_time", "group"])
    seen = panel[panel["income_per_head"].notna()]
    joined = seen[seen["cohort"] > 0]
    for time in (-2, -1, 0, 1):
        mine = joined[joined["year"] - joined["cohort"] == time]
        mean, _, low, high = clustered(mine["income_per_head"], mine["village_id"])
        row = table.loc[(time, "joiners")]
        assert (row["mean"], row["ci_low"], row["ci_high"]) == pytest.approx((mean, low, high))
        assert row["households"] == len(mine)
        of_year = mine.groupby("year").size()
        others = seen[(seen["cohort"] == 0) & seen["year"].isin(of_year.index)]
        weights = others["year"].map(of_year / others.groupby("year").size())
        expected = clustered(others["income_per_head"], others["village_id"], weights)
        row = table.loc[(time, "comparison")]
        assert (row["mean"], row["ci_low"], row["ci_high"]) == pytest.approx((expected[0], *expected[2:]))


# income by source


def test_income_by_source_by_hand(tmp_path: Path) -> None:
    """Two households of three people: 6,000 yuan in 2016 (wages 1,500), 9,000 in 2017 (wages 4,500)."""
    incomes = (
        "household_id,year,members,income_wage,income_transfer,income_total\n"
        "a,2016,1,500,500,1000\nb,2016,2,1000,4000,5000\na,2017,1,500,500,1000\nb,2017,2,4000,4000,8000\n"
    )
    people = "household_id,village_id\na,V1\nb,V2\n"
    folder = four.write(
        tmp_path / "r", households=people, incomes=incomes, participation="household_id,model,from_year\n"
    )
    table = income_by_source(bangfu.load_register(folder)).set_index(["year", "source"])
    assert table.loc[(2016, "income"), "level"] == 2000 and table.loc[(2017, "income"), "level"] == 3000
    assert table.loc[(2016, "wage"), "share"] == 25 and table.loc[(2017, "wage"), "share"] == 50
    assert table.loc[(2017, "wage"), "nominal_growth"] == pytest.approx(200)
    assert table.loc[(2017, "income"), "nominal_growth"] == pytest.approx(50)
    assert table.loc[(2017, "wage"), "contribution"] == pytest.approx(50)
    assert table.loc[(2017, "transfer"), "contribution"] == pytest.approx(0)
    assert table.loc[(2017, "income"), "real"] == 3000  # prices of the last year
    growth = table.loc[(2017, "income"), "real_growth"]
    assert growth == pytest.approx(
        100 * (1.5 / 1.013 - 1), abs=0.01
    )  # rural consumer prices rose by 1.3% in 2017
    assert not (table.index.get_level_values("source") == "other").any()


def test_income_by_source_counts_a_household_by_its_weight(tmp_path: Path) -> None:
    incomes = "household_id,year,members,income_total\na,2016,1,1000\nb,2016,2,5000\n"
    people = "household_id,village_id,weight\na,V1,4\nb,V2,1\n"
    folder = four.write(
        tmp_path / "r", households=people, incomes=incomes, participation="household_id,model,from_year\n"
    )
    table = income_by_source(bangfu.load_register(folder)).set_index("source")
    assert table.loc["income", "level"] == pytest.approx((4 * 1000 + 5000) / (4 * 1 + 2))


def test_income_by_source_against_pandas(drawn: HouseholdRegister) -> None:
    table = income_by_source(drawn).set_index(["year", "source"])
    raw = drawn.incomes.to_pandas()
    villages = drawn.households.to_pandas().set_index("household_id")["village_id"]
    raw = raw[raw["income_total"].notna() & (raw["members"] >= 1)].join(villages, on="household_id")
    for year, rows in raw.groupby("year"):
        assert table.loc[(year, "income"), "households"] == len(rows)
        for source, column in (
            ("wage", "income_wage"),
            ("transfer", "income_transfer"),
            ("income", "income_total"),
        ):
            part = rows[column].fillna(0.0)
            expected = clustered(part / rows["members"], rows["village_id"], rows["members"])
            found = table.loc[(year, source), ["level", "std_error", "ci_low", "ci_high"]].to_numpy(float)
            assert found == pytest.approx(np.array(expected))
    parts = table.drop("income", level="source").groupby("year")[["level", "share", "contribution"]].sum()
    total = table.xs("income", level="source")
    assert parts["level"].to_numpy() == pytest.approx(total["level"].to_numpy())
    assert parts["share"].to_numpy() == pytest.approx(100)
    assert parts["contribution"].to_numpy()[1:] == pytest.approx(total["nominal_growth"].to_numpy()[1:])


# balance


def test_balance_against_a_clustered_regression(drawn: HouseholdRegister, panel: pd.DataFrame) -> None:
    table = balance(drawn).set_index(["arm", "fact"])
    people = drawn.households_by_arm.to_pandas().set_index("household_id")
    wide = panel.pivot(index="household_id", columns="year", values="income_per_head")
    first = int(panel.loc[panel["cohort"] > 0, "cohort"].min())
    years = [y for y in wide.columns if y < first]
    people[INCOME] = wide[years[-1]]
    people[CHANGE] = wide[years[-1]] - wide[years[-2]]
    for arm in ("cooperative", "enterprise"):
        both = people[people["arm"].isin([arm, ""])]
        for fact in ("labour", "land_mu", INCOME, CHANGE):
            rows = both[both[fact].notna()]
            y, x = rows[fact].to_numpy(float), (rows["arm"] == arm).to_numpy(float)
            codes = rows["village_id"].astype("category").cat.codes.to_numpy()
            fit = sm.OLS(y, sm.add_constant(x)).fit(
                cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
            )
            villages = both.loc[both["arm"] == arm, "village_id"].nunique()
            spread = np.sqrt((y[x == 1].var() + y[x == 0].var()) / 2)
            row = table.loc[(arm, fact)]
            assert row["joiners"] - row["comparison"] == pytest.approx(fit.params[1])
            assert row["difference"] == pytest.approx(fit.params[1] / spread)
            error = fit.bse[1] * np.sqrt(villages / (villages - 1)) / spread
            assert row["std_error"] == pytest.approx(error)
            assert row["villages"] == villages and row["households"] == int(x.sum())
    assert table.groupby("arm")["joint_p"].nunique(dropna=False).eq(1).all()


def test_balance_by_hand(tmp_path: Path) -> None:
    """Joiners a and b have 1 and 3 members, others 4, 5 and 6: means 2 and 5, variances 1 and 2/3."""
    people = "household_id,village_id,members,labour\na,V1,1,2\nb,V2,3,2\nc,V1,4,2\nd,V2,5,2\ne,V3,6,2\n"
    joined = "household_id,model,from_year\na,courtyard,2016\nb,courtyard,2016\n"
    rows = "".join(f"{name},{year},1,{1000 + year}\n" for name in "abcde" for year in (2015, 2016))
    incomes = "household_id,year,members,income_total\n" + rows
    register = bangfu.load_register(
        four.write(tmp_path / "r", households=people, incomes=incomes, participation=joined)
    )
    table = balance(register).set_index("fact")
    assert table.loc["members", "difference"] == pytest.approx(-3 / np.sqrt((1 + 2 / 3) / 2))
    assert np.isnan(table.loc["labour", "difference"]), "nobody differs in labour"
    assert np.isfinite(table["joint_p"]).all() and CHANGE not in table.index


def test_balance_gives_no_error_for_one_village(drawn: HouseholdRegister) -> None:
    table = balance(drawn)
    alone = table[table["villages"] == 1]
    assert len(alone) and alone[["std_error", "ci_low", "ci_high", "joint_p"]].isna().all(axis=None)
    assert alone["difference"].notna().any()


def test_balance_needs_a_before(tmp_path: Path) -> None:
    late = by_hand(tmp_path / "r", **{k: (None, *v[1:]) for k, v in INCOMES.items()})
    with pytest.raises(NotEstimable, match="no year before"):
        balance(late)
