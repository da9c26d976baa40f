"""The same data through csdid, moderndid, diff-diff, linearmodels, statsmodels and wildboottest."""

from __future__ import annotations

import contextlib
import io
import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bangfu.estimates import GroupTimeEffects, group_time_effects
from bangfu.estimates.wild import stacked, wild_p_value
from tests.estimates.panels import cells_of, panel

KINDS = {"simple": "overall", "dynamic": "event", "group": "cohort", "calendar": "calendar"}
CONTROLS = {"nevertreated": "never", "notyettreated": "not_yet"}
warnings.filterwarnings("ignore")


@cache
def frame(clustered: bool) -> pd.DataFrame:
    """One arm, no weights: a village of one household each (errors without clusters), or twelve villages with gaps."""
    size = (
        {"villages": 12, "households": 20, "missing": 0.1}
        if clustered
        else {"villages": 60, "households": 1, "missing": 0}
    )
    return panel(3, **size, weights=False, arms=("a",))  # type: ignore[arg-type]


@cache
def ours(clustered: bool = False, **rules: Any) -> GroupTimeEffects:
    return group_time_effects(cells_of(frame(clustered)), "y", scale="level", errors="normal", **rules)


def close(left: Any, right: Any) -> None:
    np.testing.assert_allclose(np.asarray(left, float), np.asarray(right, float), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("base", ["varying", "universal"])
@pytest.mark.parametrize("control", list(CONTROLS))
def test_csdid(base: str, control: str) -> None:
    """Group-time effects, all four aggregates and their errors (weights' error included)."""
    from csdid.att_gt import ATTgt

    mine = ours(base=base, control=CONTROLS[control])
    with contextlib.redirect_stdout(io.StringIO()):
        fit = ATTgt(
            yname="y",
            tname="year",
            idname="id",
            gname="cohort",
            data=frame(False).copy(),
            control_group=[control],
        ).fit(est_method="reg", base_period=base, bstrap=False)
        theirs = pd.DataFrame({k: fit.results[k] for k in ("group", "year", "att", "se")})
        both = mine.table.merge(theirs, left_on=["cohort", "year"], right_on=["group", "year"])
        assert len(both) == len(mine.table)
        close(both["estimate"], both["att"])
        close(both["std_error"], both["se"])
        for name, kind in KINDS.items():
            found = fit.aggte(typec=name, bstrap=False).atte
            table = mine.aggregate(kind)  # type: ignore[arg-type]
            if name == "simple":
                close(table["estimate"], [found["overall_att"]])
                close(table["std_error"], [np.ravel(found["overall_se"])[0]])
                continue
            key = {"dynamic": "event_time", "group": "cohort", "calendar": "year"}[name]
            at = pd.DataFrame(
                {key: found["egt"], "att": np.ravel(found["att_egt"]), "se": np.ravel(found["se_egt"])}
            ).merge(table, on=key)
            assert len(at) == len(table)
            close(at["estimate"], at["att"])
            close(at["std_error"], at["se"])


def test_moderndid_influence_by_village() -> None:
    """On complete households: estimates, and its influence functions added up by village (it offers no closed clustered errors)."""
    import moderndid
    import polars as pl

    mine, data = ours(True, missing="complete"), frame(True)
    theirs = moderndid.att_gt(
        data=pl.from_pandas(data), yname="y", tname="year", idname="id", gname="cohort", est_method="reg",
        base_period="universal", boot=False,
    )  # fmt: skip
    keys = list(zip(np.asarray(theirs.groups), np.asarray(theirs.times), strict=True))
    at = [keys.index((c, y)) for c, y in zip(mine.table["cohort"], mine.table["year"], strict=True)]
    close(mine.table["estimate"], np.asarray(theirs.att_gt)[at])
    counts = data.groupby("id")["year"].nunique()
    people = data[data["id"].map(counts) == 5].drop_duplicates("id")
    people = people.assign(last=people["cohort"].replace(0, 9999)).sort_values(["last", "id"])
    dense = theirs.influence_func
    dense = np.asarray(dense.todense() if hasattr(dense, "todense") else dense)
    sums = pd.DataFrame(dense / len(people)).groupby(people["village"].to_numpy()).sum().to_numpy()
    close(mine.covariance, (sums.T @ sums)[np.ix_(at, at)])


def test_diff_diff_pairwise_clustered() -> None:
    """On an unbalanced panel; its clustered errors carry the factor root of G / (G - 1), G villages."""
    import diff_diff

    mine = ours(True, missing="pairwise")
    theirs = diff_diff.CallawaySantAnna(
        control_group="never_treated", estimation_method="reg", cluster="village", base_period="universal"
    ).fit(frame(True), outcome="y", unit="id", time="year", first_treat="cohort")
    rows = [(c, y, e["effect"], e["se"]) for (c, y), e in theirs.group_time_effects.items()]
    both = mine.table.merge(
        pd.DataFrame(rows, columns=["cohort", "year", "att", "se"]), on=["cohort", "year"]
    )
    assert len(both) == len(mine.table)
    close(both["estimate"], both["att"])
    close(both["std_error"] * np.sqrt(12 / 11), both["se"])
    overall = mine.aggregate("overall")
    close(overall["estimate"], [theirs.overall_att])
    close(overall["std_error"] * np.sqrt(12 / 11), [theirs.overall_se])


def one_difference() -> tuple[pd.DataFrame, GroupTimeEffects]:
    """One cohort, two years: the households' change on having joined."""
    data = panel(9, villages=9, households=25, missing=0, arms=("a",))
    data = data[data["year"].isin([2014, 2016]) & (data["cohort"] != 2015)]
    wide = data.pivot(index="id", columns="year", values="y").assign(change=lambda w: w[2016] - w[2014])
    people = data.drop_duplicates("id").set_index("id").join(wide["change"])
    people["joined"] = (people["cohort"] > 0).astype(float)
    return people, group_time_effects(cells_of(data), "y", scale="level", errors="normal")


def test_statsmodels_and_linearmodels_weighted() -> None:
    """One difference as weighted least squares with clustered errors; corrections for few clusters taken out."""
    import statsmodels.formula.api as smf
    from linearmodels.panel import PooledOLS

    people, mine = one_difference()
    fit = smf.wls("change ~ joined", people, weights=people["weight"]).fit(
        cov_type="cluster", cov_kwds={"groups": people["village"], "use_correction": False}
    )
    close(mine.table["estimate"], [fit.params["joined"]])
    close(mine.table["std_error"], [fit.bse["joined"]])
    rows = people.assign(time=1, constant=1.0).reset_index().set_index(["id", "time"])
    panel_fit = PooledOLS(rows["change"], rows[["constant", "joined"]], weights=rows["weight"]).fit(
        cov_type="clustered", clusters=rows[["village"]], group_debias=False, debiased=False
    )
    close(mine.table["estimate"], [panel_fit.params["joined"]])
    close(mine.table["std_error"], [panel_fit.std_errors["joined"]])


def test_wildboottest_on_household_rows() -> None:
    """From villages' sums as from household rows: the same p-value, draw for draw."""
    import statsmodels.api as sm
    from wildboottest.wildboottest import wildboottest

    people, mine = one_difference()
    root = np.sqrt(people["weight"])
    model = sm.OLS(people["change"] * root, pd.DataFrame({"gain": people["joined"] * root, "constant": root}))
    theirs = wildboottest(
        model, B=499, cluster=people["village"].to_numpy(), param="gain", weights_type="webb", bootstrap_type="11",
        seed=5, show=False,
    )  # fmt: skip
    assert wild_p_value(mine, "a", draws=499, seed=5) == pytest.approx(
        float(theirs["p-value"].iloc[0]), abs=1e-12
    )


@pytest.mark.parametrize("scale", ["percent", "level"])
def test_the_stacked_regression_gives_the_gain(scale: str) -> None:
    """Its first coefficient is the overall gain, its clustered error that of the gain at fixed cohort weights."""
    import statsmodels.api as sm

    mine = group_time_effects(cells_of(frame(True)), "y", scale=scale, errors="normal")
    y, x, weight, village = stacked(mine, "a")
    fit = sm.WLS(y, x, weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": village, "use_correction": False}
    )
    close(fit.params[0], mine.aggregate("overall")["estimate"].iloc[0])
    after = (mine.table["event_time"] >= 0).to_numpy()
    size = mine.weight[mine.group[after]]
    fixed = mine.influence[:, after] @ (size / size.sum())
    close(fit.bse[0], np.sqrt((fixed**2).sum()))


def test_multiplier_errors_are_near_the_closed_form() -> None:
    cells = cells_of(panel(4, villages=80, households=12))
    closed, drawn = (
        group_time_effects(cells, "y", errors=e).aggregate("overall") for e in ("normal", "multiplier")
    )
    np.testing.assert_allclose(drawn["std_error"], closed["std_error"], rtol=0.12)
    assert (drawn["std_error"] != closed["std_error"]).all()
