"""The same seed gives the same village and household, whatever else is drawn with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.simulation import Draw, draw, writing


def _first(drawn: Draw, villages: int, size: int) -> dict[str, pd.DataFrame]:
    """The tables, cut to the first households of the first villages."""
    kept = {
        f"V{v:03d}-{j:03d}{end}"
        for v in range(1, villages + 1)
        for j in range(1, size + 1)
        for end in ("", "b")
    }
    tables = {
        "households": drawn.households,
        "incomes": drawn.incomes,
        "participation": drawn.participation,
        "counterfactual": drawn.truth.counterfactual,
    }
    return {n: t[t["household_id"].isin(kept)].reset_index(drop=True) for n, t in tables.items()}


@pytest.mark.parametrize("scenario", ["default", "spillover", "misreporting"])
def test_a_household_does_not_depend_on_how_many_there_are(scenario: str) -> None:
    small = _first(draw(13 * 20, scenario=scenario, households_per_village=20), 13, 20)
    larger = _first(draw(37 * 50, scenario=scenario, households_per_village=50), 13, 20)
    assert len(small["participation"]) > 10
    for name, table in small.items():
        pd.testing.assert_frame_equal(table, larger[name])


def test_another_seed_is_another_world() -> None:
    one, other = draw(500, seed=1), draw(500, seed=2)
    shared = one.incomes.merge(other.incomes, on=["household_id", "year"])
    assert abs(np.corrcoef(shared["income_total_x"], shared["income_total_y"])[0, 1]) < 0.1


def test_runs_and_threads_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_memory = draw(2_000)
    for name, run, threads in (("a", 10**6, 1), ("b", 350, 2), ("c", 50, 3)):
        monkeypatch.setattr(writing, "_RUN", run)
        monkeypatch.setattr(writing, "_THREADS", threads)
        bangfu.simulate(tmp_path / name, 2_000)
        written = pd.read_parquet(tmp_path / name / "incomes.parquet")
        pd.testing.assert_frame_equal(written, in_memory.incomes, check_dtype=False)
        att = pd.read_parquet(tmp_path / name / "truth" / "att.parquet")
        pd.testing.assert_frame_equal(att, in_memory.truth.att, check_dtype=False, rtol=1e-9)


def test_integer_identifiers_name_the_same_households(tmp_path: Path) -> None:
    folder = bangfu.simulate(tmp_path / "n", 1_000, identifiers="integer")
    text, numbers = draw(1_000), pd.read_parquet(folder / "incomes.parquet")
    ids = text.incomes["household_id"].str.extract(r"V(\d+)-(\d+)(b?)")
    expected = ids[0].astype(int) * 1_000_000 + (ids[1].astype(int) - 1) * 2 + (ids[2] == "b")
    assert (numbers["household_id"] == expected).all()
    assert numbers["household_id"].is_monotonic_increasing
    assert (numbers["income_total"] == text.incomes["income_total"]).all()
    assert not [f for f in bangfu.check(folder) if f.severity == "fault"]
    places = pd.read_csv(folder / "campaign" / "villages.csv")
    homes = pd.read_parquet(folder / "households.parquet")
    assert set(places["village_id"]) == set(homes["village_id"])
    assert (places["place_id"] == [f"V{n:03d}" for n in places["village_id"]]).all()
