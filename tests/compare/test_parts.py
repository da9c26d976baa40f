"""Parts of the comparison: by source, pooled, support, lines, kinds, plain and misleading regressions, planted gains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import bangfu
from bangfu.compare.distribution import gains_over_lines
from bangfu.compare.naive import before_after, estimates, matching, members, members_by_arm
from bangfu.compare.plain import plain_table
from bangfu.compare.pooled import pooled
from bangfu.compare.sources import gains_by_source
from bangfu.compare.subgroups import gains_within
from bangfu.compare.support import support
from bangfu.errors import NotEstimable, WrongUse
from bangfu.register import HouseholdRegister
from bangfu.simulation.planted import planted_gain
from tests.figures import worlds
from tests.register import four

OUTCOME = "income_per_head"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some eight hundred invented households in sixteen villages."""
    return bangfu.simulate(tmp_path_factory.mktemp("drawn") / "r", 800, seed=12)


@pytest.fixture(scope="module")
def register(folder: Path) -> HouseholdRegister:
    return bangfu.load_register(folder)


@pytest.fixture(scope="module")
def panel(register: HouseholdRegister) -> pd.DataFrame:
    return register.to_pandas()


# by source


def test_sources_add_up_to_the_total(register: HouseholdRegister) -> None:
    parts = [f"{s}_per_head" for s in ("wage", "business", "property", "transfer")]
    table = gains_by_source(register.cells([OUTCOME, *parts]))
    wide = table.pivot(index="arm", columns="source", values="estimate")
    assert wide.drop(columns=OUTCOME).sum(axis=1).to_numpy() == pytest.approx(
        wide[OUTCOME].to_numpy(), rel=1e-6
    )
    assert set(table["unit"]) == {"yuan"} and "all" in set(table["arm"])


def test_what_sources_leave_is_the_rest() -> None:
    rows = worlds.frame({"courtyard": 0.2}, transfers=0.5)
    some = gains_by_source(worlds.cells(rows.drop(columns=["wage_per_head", "business_per_head"])))
    every = gains_by_source(worlds.cells(rows)).set_index(["arm", "source"])["estimate"]
    rest = some[some["source"] == "rest"].set_index("arm")["estimate"]
    for arm in ("courtyard", "all"):
        assert rest[arm] == pytest.approx(every[(arm, "wage_per_head")] + every[(arm, "business_per_head")])
    assert some.loc[some["source"] == "rest", "std_error"].isna().all()


def test_sources_are_needed() -> None:
    with pytest.raises(WrongUse, match="at least one"):
        gains_by_source(
            worlds.cells(
                worlds.frame({"courtyard": 0.2})[["unit", "village", "year", "cohort", "arm", OUTCOME]]
            )
        )


# pooled


def test_pooled_is_the_mean_over_joiners() -> None:
    result = worlds.comparison({"courtyard": 0.1, "cooperative": 0.3}, villages=18)
    found, table = pooled(result), result.table
    joiners = result.counts[result.counts["cohort"] > 0].groupby("arm")["households"].sum()
    weights = table["arm"].map(joiners)
    assert found["estimate"] == pytest.approx(np.average(table["estimate"], weights=weights))
    assert found["households"] == joiners.sum()
    share = (weights / weights.sum()).to_numpy(float)
    covariance = result.overall.combination.covariance
    assert found["std_error"] == pytest.approx(float(np.sqrt(share @ covariance @ share)))


def test_pooled_of_one_arm_is_that_arm() -> None:
    result = worlds.one_arm()
    row, found = result.table.iloc[0], pooled(result)
    for key in ("estimate", "std_error", "ci_low", "ci_high"):
        assert found[key] == pytest.approx(row[key])


# lines and kinds


def test_gains_over_lines_are_those_of_the_headcount(register: HouseholdRegister) -> None:
    table = gains_over_lines(register, (5000.0, 9000.0)).set_index(["line", "arm"])
    for line in (5000.0, 9000.0):
        expected = bangfu.compare_models(register, "headcount", "level", line=line).table.set_index("arm")
        for key in ("estimate", "std_error", "ci_low", "ci_high", "households"):
            assert table.loc[line][key].to_numpy(float) == pytest.approx(
                expected[key].to_numpy(float), nan_ok=True
            )


def test_gains_within_a_kind_are_those_of_a_register_of_that_kind(
    folder: Path, register: HouseholdRegister, panel: pd.DataFrame, tmp_path: Path
) -> None:
    """Households whose facts are of the year of joining or later belong to no kind."""
    people = register.households.to_pandas().set_index("household_id")
    first = panel.groupby("household_id")["cohort"].first().where(lambda c: c > 0).reindex(people.index)
    known = people["observed_year"] < first.fillna(first.max())
    assert 0 < (~known).sum() < 20
    table = gains_within(register, {"labour": [2]})
    kinds = {"labour below 2": people["labour"] < 2, "labour 2 and more": people["labour"] >= 2}
    for kind, mine in kinds.items():
        part = tmp_path / kind.replace(" ", "_")
        part.mkdir()
        (part / "register.toml").write_bytes((folder / "register.toml").read_bytes())
        for name in ("households", "incomes", "participation"):
            rows = pd.read_parquet(folder / f"{name}.parquet")
            rows[rows["household_id"].isin(people.index[mine & known])].to_parquet(
                part / f"{name}.parquet", index=False
            )
        expected = bangfu.compare_models(bangfu.load_register(part)).table
        found = table[table["kind"] == kind]
        assert found["arm"].tolist() == expected["arm"].tolist()
        for key in ("estimate", "std_error", "households", "villages"):
            assert found[key].to_numpy(float) == pytest.approx(expected[key].to_numpy(float), nan_ok=True), (
                kind,
                key,
            )


def test_kinds_that_the_register_lacks_say_why(register: HouseholdRegister) -> None:
    table = gains_within(register, {"shoe_size": [38]})
    assert table["estimate"].isna().all() and "shoe_size" in table["note"].iloc[0]


# support


def test_support_by_hand(tmp_path: Path) -> None:
    taken = (
        "household_id,model,from_year,support_yuan\n007,courtyard,2016,100\n007,cooperative,2018,300\n008,courtyard,2018,1000\n"
        "a,courtyard,2018,3000\n220882198001011234,enterprise,2018,\n"
    )
    table = support(bangfu.load_register(four.write(tmp_path / "r", participation=taken))).set_index("arm")
    assert list(table.index) == ["courtyard", "courtyard+cooperative"], "no amount, no row"
    assert table.loc["courtyard", ["mean_yuan", "median_yuan", "with_amount"]].tolist() == [2000, 2000, 2]
    assert table.loc["courtyard+cooperative", "mean_yuan"] == 400
    without = bangfu.load_register(four.write(tmp_path / "s"))
    assert support(without).empty and list(support(without).columns)[:2] == ["arm", "households"]


# comparisons that mislead


def test_naive_comparisons_are_plain_regressions(panel: pd.DataFrame) -> None:
    seen = panel.dropna(subset=[OUTCOME]).assign(
        village=lambda f: f["village_id"].astype("category").cat.codes,
        joined=lambda f: ((f["cohort"] > 0) & (f["year"] >= f["cohort"])).astype(float),
    )
    first = seen.loc[seen["cohort"] > 0, "cohort"].min()
    late = seen[seen["year"] >= first]
    by_hand(members(panel), "joined + C(year)", late)
    own = seen[seen["cohort"] > 0]
    own = own[own["year"] >= own["cohort"] - 1]
    by_hand(before_after(panel), "joined", own)


def by_hand(found: tuple[float, float, float], formula: str, rows: pd.DataFrame) -> None:
    fit = smf.ols(f"{OUTCOME} ~ {formula}", rows).fit(
        cov_type="cluster", cov_kwds={"groups": rows["village"]}
    )
    base = rows.loc[rows["joined"] == 1, OUTCOME].mean() - fit.params["joined"]
    low, high = fit.conf_int().loc["joined"]
    assert found == pytest.approx(tuple(100 * v / base for v in (fit.params["joined"], low, high)), rel=1e-6)


def test_before_and_after_by_hand() -> None:
    """Two joiners go from 1000 to 1500 and 1300, in two villages: forty percent."""
    rows = [
        (v, v, y, 2016, t, i)
        for v, pair in (("u", (1000, 1500)), ("w", (1000, 1300)))
        for y, t, i in ((2015, -1, pair[0]), (2016, 0, pair[1]))
    ]
    frame = pd.DataFrame(
        rows, columns=["household_id", "village_id", "year", "cohort", "event_time", OUTCOME]
    )
    assert before_after(frame)[0] == pytest.approx(40)


def test_members_by_arm_is_members_of_that_arm(panel: pd.DataFrame) -> None:
    table = members_by_arm(panel).set_index("arm")
    last = panel.sort_values("year").groupby("household_id")["arm"].last()
    arm = next(a for a in table.index if "+" not in a)
    mine = panel[panel["household_id"].map(last).eq(arm) | panel["cohort"].eq(0)]
    assert tuple(table.loc[arm]) == pytest.approx(members(mine))


def test_matching_weights_by_the_score(register: HouseholdRegister, panel: pd.DataFrame) -> None:
    """Held against weights p / (1 - p) of a logit made by hand."""
    people = register.households.to_pandas().set_index("household_id")
    facts = ["labour", "head_schooling", "land_mu", "ill_or_disabled"]
    last, first = panel["year"].max(), panel.loc[panel["cohort"] > 0, "cohort"].min()
    earlier = panel[panel["year"] == panel.loc[panel["year"] < first, "year"].max()].set_index(
        "household_id"
    )[OUTCOME]
    rows = panel[panel["year"] == last].join(people[facts], on="household_id")
    rows = rows.assign(before=rows["household_id"].map(earlier)).dropna(
        subset=[OUTCOME, "before", "members", *facts]
    )
    rows["joined"] = ((rows["cohort"] > 0) & (rows["cohort"] <= last)).astype(float)
    score = smf.logit(
        "joined ~ members + " + " + ".join(f"{f}.astype(float)" for f in facts),
        rows.astype(dict.fromkeys(facts, float)),
    ).fit(disp=0)
    p = score.predict()
    weight = np.where(rows["joined"] == 1, 1.0, p / (1 - p))
    for differences in (False, True):
        value = (rows[OUTCOME] - (rows["before"] if differences else 0)).to_numpy(float)
        mine, others = (
            np.average(value[rows["joined"] == j], weights=weight[rows["joined"] == j]) for j in (1, 0)
        )
        base = rows.loc[rows["joined"] == 1, OUTCOME].mean() - (mine - others)
        found = matching(panel, people.reset_index(), differences=differences)
        assert found[0] == pytest.approx(100 * (mine - others) / base, rel=1e-4)
        assert found[1] < found[0] < found[2]


def test_matching_needs_both(register: HouseholdRegister, panel: pd.DataFrame) -> None:
    joined = panel[panel["cohort"] > 0]
    with pytest.raises(NotEstimable, match="nobody to match"):
        matching(joined[joined["cohort"] == joined["cohort"].min()], register.households.to_pandas())


def test_all_methods_side_by_side(register: HouseholdRegister, panel: pd.DataFrame) -> None:
    result = bangfu.compare_models(register)
    table = estimates(panel, register.households.to_pandas(), result)
    assert table["method"].tolist() == [
        "before_after",
        "members",
        "matching",
        "matching_differences",
        "cohorts",
    ]
    assert table.iloc[-1]["estimate"] == pytest.approx(pooled(result)["estimate"])
    regressions = table.iloc[:-1]
    assert (regressions["ci_low"] < regressions["estimate"]).all()
    assert (regressions["estimate"] < regressions["ci_high"]).all()


# the plain regression as a table


def test_plain_table_reads_the_fit(register: HouseholdRegister, panel: pd.DataFrame) -> None:
    rows = panel.dropna(subset=[OUTCOME]).copy()
    for i, model in enumerate(register.models):
        rows[f"takes_{i}"] = [float(model in a.split("+")) for a in rows["arm"]]
    fit = smf.ols(f"{OUTCOME} ~ takes_0 + takes_1 + takes_2", rows).fit()
    mean = rows[OUTCOME].mean()
    table = plain_table({"without controls": fit}, register, mean)
    assert table["model"].tolist() == ["courtyard economy", "cooperative", "leading enterprise"]
    assert table.iloc[1, 2] == f"{100 * fit.params['takes_1'] / mean:+.1f}%"
    assert table.iloc[1, 4] == f"{len(rows):,}"
    assert list(plain_table({"x": fit}, register, mean, "zh").iloc[:, 0]) == [
        "庭院经济",
        "合作社",
        "龙头企业",
    ]


# planted truth


def test_planted_gain_is_the_mean_over_household_years(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    base = {"scale": "percent", "measure": "income", "population": "sample", "event_time": 0}
    rows = [
        base | {"arm": "courtyard", "value": 10.0, "households": 30},
        base | {"arm": "courtyard", "value": 20.0, "households": 10, "event_time": 1},
        base | {"arm": "cooperative", "value": 0.0, "households": 60},
        base | {"arm": "courtyard", "value": 99.0, "households": 50, "event_time": -2},
        base | {"arm": "courtyard", "value": 99.0, "households": 50, "scale": "yuan"},
        base | {"arm": "courtyard", "value": 99.0, "households": 50, "population": "population"},
        base | {"arm": "courtyard", "value": 7.0, "households": 50, "measure": "income_recorded"},
    ]
    pd.DataFrame(rows).to_parquet(tmp_path / "truth/att.parquet")
    assert planted_gain(tmp_path, "courtyard") == pytest.approx(12.5)
    assert planted_gain(tmp_path) == pytest.approx(5.0)
    assert planted_gain(tmp_path, "courtyard", recorded=True) == 7.0
    assert np.isnan(planted_gain(tmp_path, "enterprise"))


def test_planted_gain_of_the_null_world_is_none(tmp_path: Path) -> None:
    null = bangfu.simulate(tmp_path / "null", 600, scenario="null", seed=3)
    assert planted_gain(null) == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(WrongUse, match="no true values"):
        planted_gain(tmp_path)


def test_planted_gain_agrees_with_incomes_with_and_without(folder: Path) -> None:
    rows = pd.read_parquet(folder / "truth/counterfactual.parquet")
    rows = rows[rows["seen"] & (rows["year"] >= rows["cohort"])]
    parts = ["wage", "business", "property", "transfer"]
    both = rows.assign(
        have=rows[parts].sum(axis=1), without=rows[[f"{p}_without" for p in parts]].sum(axis=1)
    )
    cells = both.groupby(["arm", "cohort", "year"])[["have", "without"]].agg(["sum", "size"])
    gains = 100 * (cells[("have", "sum")] / cells[("without", "sum")] - 1)
    expected = np.average(gains, weights=cells[("have", "size")])
    assert planted_gain(folder) == pytest.approx(expected, rel=1e-3)
