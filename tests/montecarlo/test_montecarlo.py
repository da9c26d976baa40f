"""Monte Carlo: cells in memory against the written register, truth against the counterfactual, sums by hand, committed results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import montecarlo as driver

import bangfu
from bangfu.estimates.aggregate import aggregate
from bangfu.montecarlo import METHODS, beside_truth, committed, replicate, summary
from bangfu.montecarlo.panel import cells_of, panel_of, truth_of
from bangfu.simulation import SCENARIOS, draw


def test_in_memory_gives_what_the_written_register_gives(tmp_path: Path) -> None:
    drawn = draw(1_500, scenario="switching", seed=4)
    panel = panel_of(drawn)
    ours = bangfu.group_time_effects(cells_of(panel, drawn)).table
    folder = bangfu.simulate(tmp_path / "world", 1_500, scenario="switching", seed=4)
    register = bangfu.load_register(folder)
    theirs = bangfu.group_time_effects(register.cells()).table
    keys = ["arm", "cohort", "year"]
    both = ours.merge(theirs, on=keys, suffixes=("", "_other"))
    alone = theirs[theirs["estimate"].notna()]
    assert len(both[both["estimate"].notna()]) == len(alone) > 20
    np.testing.assert_allclose(both["estimate"], both["estimate_other"], rtol=1e-6, equal_nan=True)
    np.testing.assert_allclose(both["std_error"], both["std_error_other"], rtol=1e-6, equal_nan=True)
    flat = register.to_pandas().sort_values(["household_id", "year"], ignore_index=True)
    mine = panel.sort_values(["household_id", "year"], ignore_index=True)
    assert list(mine["arm"]) == list(flat["arm"])
    assert list(mine["cohort"]) == list(flat["cohort"])
    np.testing.assert_allclose(mine["income_per_head"], flat["income_per_head"], rtol=1e-5, equal_nan=True)


def test_truth_is_the_counterfactual_of_the_same_households() -> None:
    drawn = draw(1_500, seed=4)
    effects = bangfu.group_time_effects(cells_of(panel_of(drawn), drawn))
    overall = aggregate(effects, "overall", draws=0)
    truth = dict(zip(overall.table["arm"], truth_of(drawn.truth.att, effects, overall), strict=True))
    null = draw(1_500, scenario="null", seed=4)
    other = bangfu.group_time_effects(cells_of(panel_of(null), null))
    assert np.abs(truth_of(null.truth.att, other, aggregate(other, "overall", draws=0))).max() == 0
    for arm in ("courtyard", "cooperative", "enterprise"):
        att = drawn.truth.att.query(
            "arm == @arm and scale == 'percent' and measure == 'income' and population == 'sample'"
        )
        after = effects.table.query("arm == @arm and event_time >= 0").merge(att[["cohort", "year", "value"]])
        size = {g.cohort: w for g, w in zip(effects.groups, effects.weight, strict=True) if g.arm == arm}
        by_hand = np.average(after["value"], weights=after["cohort"].map(size))
        assert truth[arm] == pytest.approx(by_hand)


def _rows(estimates: list[tuple[str, float, float, float]], seed: int) -> list[dict[str, object]]:
    return [
        {"scenario": "x", "seed": seed, "method": "cohorts", "arm": a, "estimate": e, "truth": t, "ci_low": e - 1, "ci_high": e + 1,
         "rank_low": 1, "rank_high": high, "true_rank": 1 if t == 5 else 2}
        for a, e, t, high in estimates
    ]  # fmt: skip


def test_summary_by_hand() -> None:
    right = [("all", 4.5, 4.0, np.nan), ("a", 6, 5, 2), ("b", 3, 3, 2)]
    wrong = [("all", 6.5, 4.0, np.nan), ("a", 2, 5, 2), ("b", 9, 3, 1)]
    row = summary(pd.DataFrame(_rows(right, 1) + _rows(wrong, 2))).iloc[0]
    assert row["bias"] == pytest.approx(1.5)  # (0.5 + 2.5) / 2
    assert row["coverage"] == 0.5
    assert row["false_first"] == 0.5  # in the second world b is named, a is first
    assert row["false_rank"] == 0.5  # and b, truly second, can only be first
    assert row["worlds"] == 2
    tie = [("all", 1, 0, np.nan), ("a", 1, 0, 2), ("b", 0, 0, 2)]
    assert (
        summary(pd.DataFrame(_rows(tie, 1))).iloc[0]["false_first"] == 1
    )  # nobody is first where all are equal


def test_an_interrupted_run_leaves_whole_rounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "SCENARIOS", {"null": SCENARIOS["null"]})
    told: list[str] = []

    def stop(message: str) -> None:
        told.append(message)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        driver.run(tmp_path, replications=3, households=600, say=stop)
    frame = pd.read_csv(tmp_path / "replications.csv", keep_default_na=False, na_values=[""])
    assert set(frame["scenario"]) == {"null"}
    assert '"replications": 1' in (tmp_path / "run.json").read_text()
    again = replicate("null", 1_000, 600)
    np.testing.assert_allclose(frame["estimate"], again["estimate"], atol=6e-4)


def test_committed_results_are_of_this_code() -> None:
    done = committed()
    assert set(done.summary["scenario"]) == set(SCENARIOS)
    assert set(done.summary["method"]) == set(METHODS)
    assert done.replications["seed"].nunique() == done.about["replications"] >= 10
    again = replicate("timing", done.about["first_seed"], done.about["households"])
    both = again.merge(done.replications, on=["scenario", "seed", "method", "arm"], suffixes=("", "_then"))
    assert len(both) == len(again)
    np.testing.assert_allclose(both["estimate"], both["estimate_then"], atol=6e-4)
    np.testing.assert_allclose(both["truth"], both["truth_then"], atol=6e-4)


def test_beside_truth_reads_a_written_world(tmp_path: Path) -> None:
    folder = bangfu.simulate(tmp_path / "w", 1_500, seed=4, truth=False)
    table = beside_truth(bangfu.compare_models(bangfu.load_register(folder)), folder)
    assert sorted(table["true_rank"]) == [1, 2, 3]
    assert (table["truth"] > 0).all()
    first = table.loc[table["true_rank"] == 1, "truth"].iloc[0]
    assert first == table["truth"].max()
