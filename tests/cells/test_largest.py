"""The largest contribution of one household to each cell, household by household in plain pandas."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells, merge
from tests.cells.registers import tables, write


def expected(parts: dict[str, pd.DataFrame], logged: bool = False) -> pd.Series:
    """By place, path and years seen: the largest weight times income per head, without sign, in any year."""
    rows = parts["incomes"].assign(y=lambda f: f["income_total"] / f["members"])
    if logged:
        rows = rows[rows["y"] > 0].assign(y=lambda f: np.log(f["y"]))
    steps = parts["participation"].sort_values(["from_year", "model"])
    steps["step"] = steps["model"] + "@" + steps["from_year"].astype(str)
    each = rows.groupby("household_id").agg(
        largest=("y", lambda y: y.abs().max()), seen=("year", lambda y: tuple(sorted(y)))
    )
    each = each.join(steps.groupby("household_id")["step"].agg(" ".join).rename("path")).fillna({"path": ""})
    each = each.join(
        parts["households"].set_index("household_id")[
            ["village_id", *({"weight"} & set(parts["households"]))]
        ]
    )
    each["largest"] *= each.get("weight", 1.0)
    each["village_id"] = each["village_id"].astype(str)
    return each.groupby(["village_id", "path", "seen"])["largest"].max().sort_index()


def found(cells: Cells, outcome: str) -> pd.Series:
    one = cells.only(outcome)
    years = [tuple(y for t, y in enumerate(one.years) if p >> t & 1) for p in one.patterns[outcome]]
    keys = pd.DataFrame({"village_id": one.villages["village_id"].to_numpy()[one.village],
                         "path": [one.paths[p].text for p in one.path], "seen": years})  # fmt: skip
    values = pd.Series(one.largest[outcome], index=pd.MultiIndex.from_frame(keys), name="largest")
    return values.groupby(level=[0, 1, 2]).max().sort_index()


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_of_a_register(tmp_path, missing, weighted):
    parts = tables(3, missing=missing, weighted=weighted)
    per_head = lambda t: t["income_total"] / t["members"]  # noqa: E731
    outcomes = {"y": per_head, "logged": lambda t: ibis.ifelse(per_head(t) > 0, per_head(t).abs(), None).ln()}
    cells = bangfu.load_register(write(tmp_path / "a", parts)).cells(outcomes)
    for outcome, logged in (("y", False), ("logged", True)):
        pd.testing.assert_series_equal(found(cells, outcome), expected(parts, logged), rtol=1e-12)
    again = Cells.load(cells.save(tmp_path / "c"))
    np.testing.assert_array_equal(again.largest["y"], cells.largest["y"])


@pytest.mark.parametrize("outcome", ["y", "log:y"])
@pytest.mark.parametrize("gaps", [False, True])
def test_of_flat_panels_and_merging(tmp_path, outcome, gaps):
    random = np.random.default_rng(1)
    rows = pd.DataFrame({"id": np.repeat(np.arange(90), 4), "t": np.tile(np.arange(1, 5), 90)})
    rows = rows.assign(
        v=rows["id"] // 10, g=np.where(rows["id"] % 3 == 0, 3, 0), y=random.lognormal(size=360)
    )
    rows = rows[random.random(360) > 0.1] if gaps else rows
    roles = {"unit": "id", "cluster": "v", "time": "t", "cohort": "g"}
    rows.to_parquet(tmp_path / "rows.parquet")
    framed = Cells.from_frame(rows, outcome="y", **roles).only(outcome)
    stored = Cells.from_parquet(tmp_path / "rows.parquet", outcome=outcome, **roles)
    halves = [Cells.from_frame(rows[rows["id"] % 2 == i], outcome="y", **roles).only(outcome) for i in (0, 1)]
    value = rows["y"] if outcome == "y" else np.log(rows["y"])
    assert framed.largest[outcome].max() == pytest.approx(value.abs().max(), rel=1e-12)
    for other in (stored, merge(*halves, disjoint=True)):
        np.testing.assert_allclose(other.largest[outcome], framed.largest[outcome], rtol=1e-12)
