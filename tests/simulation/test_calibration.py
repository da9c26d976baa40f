"""The default world against its targets; tolerances stand in ``targets.csv`` and were stated beforehand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bangfu.errors import WrongUse
from bangfu.simulation import calibration, draw
from bangfu.simulation.calibration import produced, targets
from bangfu.simulation.parameters import load
from tests.shared import ROOT


def test_shipped_register_is_within_all_tolerances() -> None:
    table = calibration(ROOT / "data" / "register")
    assert table["within"].all(), table[~table["within"]].to_string()
    assert (table["tolerance"] > 0).all() and table["source"].str.len().gt(0).all()


def test_another_seed_and_size_is_too() -> None:
    table = calibration(draw(48_000, seed=1))
    assert table["within"].all(), table[~table["within"]].to_string()


def test_the_other_pair_of_reliabilities_is_reached_by_the_error_alone() -> None:
    p = load().with_values({"record.error_sd": 0.30, "record.mean_reversion": 0.05})
    found = produced(draw(12_000, parameters=p).world)
    assert found["reliability_levels"] == pytest.approx(0.92, abs=0.03)
    assert found["reliability_changes"] == pytest.approx(0.81, abs=0.04)


def test_means_follow_from_the_tables_alone() -> None:
    drawn = draw(5_000)
    found = produced(drawn.world)
    sums = drawn.incomes.groupby("year")[["income_total", "income_wage", "members"]].sum()
    mean = sums["income_total"] / sums["members"]
    for year in range(2014, 2021):
        assert found[f"mean_{year}"] == pytest.approx(mean[year], abs=1)
    assert found["wage_2019"] == pytest.approx(
        sums.loc[2019, "income_wage"] / sums.loc[2019, "members"], abs=1
    )
    per_head = drawn.incomes["income_total"] / drawn.incomes["members"]
    logs = np.log(per_head[per_head > 0])
    spread = logs.groupby(drawn.incomes["year"]).var(ddof=0).mean()
    assert found["sd_log_recorded"] == pytest.approx(np.sqrt(spread), abs=0.01)
    start = drawn.participation.groupby("household_id")["from_year"].min()
    cohort = drawn.incomes["household_id"].map(start)
    rows = pd.DataFrame(
        {"y": per_head, "year": drawn.incomes["year"], "after": cohort <= drawn.incomes["year"]}
    )
    after, never = rows[rows["after"]], rows[cohort.isna()]
    ratio = after["y"].groupby(after["year"]).mean() / never["y"].groupby(never["year"]).mean() - 1
    weights = after.groupby("year").size()
    assert found["plain_comparison"] == pytest.approx(
        np.average(ratio.dropna(), weights=weights) * 100, abs=0.1
    )


def test_village_share_of_variance_agrees_with_pairs_of_neighbours() -> None:
    """The covariance of pairs of households of one village over the variance: no analysis of variance."""
    w = draw(12_000).world
    shares = []
    for t in range(7):
        total = w.true.sum(axis=0)[:, t].astype(float)
        logs = pd.Series(np.log(total[total > 0]))
        logs -= logs.mean()
        village = logs.groupby(w.households.village[total > 0])
        n, sums, squares = (
            village.size(),
            village.sum(),
            (logs**2).groupby(w.households.village[total > 0]).sum(),
        )
        covariance = (sums**2 - squares).sum() / (n * (n - 1)).sum()
        shares.append(covariance / logs.var())
    assert produced(w)["village_share"] == pytest.approx(np.mean(shares), abs=0.01)


def test_targets_from_published_figures_are_those_of_the_reference_data() -> None:
    from bangfu.reference import rural_incomes

    published = rural_incomes("China poor areas")
    known = {
        (s, int(y)): float(v)
        for s, y, v in zip(published["series"], published["year"], published["value"], strict=True)
    }
    names = {"mean": "disposable_income"}
    checked = 0
    for name, value in zip(targets()["target"], targets()["value"], strict=True):
        stem, _, year = name.rpartition("_")
        if year.isdigit() and (names.get(stem, stem), int(year)) in known:
            assert known[names.get(stem, stem), int(year)] == value
            checked += 1
    assert checked >= 9


def test_a_folder_of_something_else_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(WrongUse, match="bangfu simulate"):
        calibration(tmp_path)
