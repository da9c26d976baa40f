"""Every option reaches every re-estimation: a changed design gives exactly what a fresh comparison by it gives, and moves it."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu import linking
from bangfu.brief.findings import findings
from bangfu.cells import build
from bangfu.compare import ModelComparison, comparison, hurdles, naive
from bangfu.compare.distribution import gains_over_lines
from bangfu.compare.hurdles import few_villages_table, neighbours_table, trend_table
from bangfu.compare.pooled import pooled
from bangfu.compare.schema import document, records
from bangfu.compare.sources import gains_by_source
from bangfu.compare.subgroups import gains_within
from bangfu.errors import BangfuError
from bangfu.estimates.lot import lot_p_values
from bangfu.estimates.wild import stacked
from bangfu.papers import comparison_tables
from bangfu.sensitivity import placebo

from .register import OFFERS, write

FACTS: dict[str, Any] = {"by": {"labour": [1]}, "late": "missing"}
BASES: dict[str, dict[str, Any]] = {
    "facts": FACTS,
    "level": FACTS | {"scale": "level"},
    "poor": FACTS | {"outcome": "headcount", "line": 4000.0},
    "offered": {"exposure": "campaign"},
}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("facts", {"outcome": "wage_per_head"}), ("facts", {"scale": "level"}), ("facts", {"scale": "log"}),
    ("facts", {"exposure": "campaign"}), ("facts", {"control": "never_elsewhere"}),
    ("facts", {"control": "never_same_village"}), ("facts", {"control": "not_yet"}), ("facts", {"missing": "complete"}),
    ("facts", {"missing": "cross_section"}), ("facts", {"switchers": "own_arm"}), ("facts", {"switchers": "drop"}),
    ("facts", {"base": "varying"}), ("facts", {"anticipation": 1}), ("facts", {"cluster": "township_id"}),
    ("facts", {"errors": "jackknife"}), ("facts", {"errors": "normal"}), ("facts", {"best": "low"}), ("facts", {"seed": 7}),
    ("facts", {"by": {"labour": [2]}}), ("facts", {"adjust": True}), ("level", {"base_year": 2016}),
    ("level", {"prices": "prices.csv"}), ("poor", {"line": 6000.0}), ("offered", {"drawn_by_lot": True}),
]  # fmt: skip


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> bangfu.HouseholdRegister:
    folder = write(tmp_path_factory.mktemp("eight") / "register")
    os.chdir(folder.parent)
    return bangfu.load_register(folder)


@pytest.fixture(scope="module")
def fresh(register: bangfu.HouseholdRegister) -> Any:
    """A comparison of the register by some options, made once."""

    @cache
    def of(text: str) -> ModelComparison:
        return bangfu.compare_models(register, design=bangfu.Design.from_json(text), campaign=OFFERS)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "lot_p_values", partial(lot_p_values, draws=9))
        for room in (comparison, hurdles):
            patch.setattr(
                room, "wild_p_value", lambda effects, arm: float(np.square(stacked(effects, arm)[0]).sum())
            )
        patch.setattr(linking, "link", lambda campaign, register: SimpleNamespace(offers=campaign))
        yield lambda options: of(bangfu.Design(**options).to_json())


def by_source(r: ModelComparison) -> pd.DataFrame:
    cells = build(
        r.register, r.asked, ["income_per_head", "wage_per_head", "business_per_head"], campaign=r.campaign
    )
    return gains_by_source(cells, r.design)


def by_moments(r: ModelComparison) -> pd.DataFrame:
    first = r.cells.moments(design=r.design)
    second = r.cells.moments(design=r.design, pooled=first)
    return bangfu.pooled_effects(second).comparison()


WAYS: dict[str, Callable[[ModelComparison], Any]] = {
    "table": lambda r: r.table, "event_study": lambda r: r.event_study, "by_year": lambda r: r.by_year,
    "by_cohort": lambda r: r.by_cohort, "as_they_are": lambda r: r.contrasts.query("way == 'as_they_are'"),
    "common_cohorts": lambda r: r.contrasts.query("way == 'common_cohorts'"),
    "common_cells": lambda r: r.contrasts.query("way == 'common_cells'"), "detectable": lambda r: r.detectable,
    "pretrend": lambda r: r.pretrend, "few_villages": lambda r: r.few_villages, "stability": lambda r: r.stability,
    "pooled": lambda r: pd.DataFrame([pooled(r)]), "few_villages_table": few_villages_table,
    "neighbours_table": lambda r: neighbours_table({"x": r}).drop(columns="unit"),
    "trend_table": lambda r: trend_table(r, [1.0])[0], "placebo": lambda r: placebo(r.cells, r.design),
    "lot": lambda r: lot_p_values(r.cells, r.design, draws=9), "by_source": by_source,
    "within": lambda r: gains_within(r.register, {"land_mu": [4]}, r.asked, r.campaign),
    "over_lines": lambda r: gains_over_lines(r.register, (4000.0,), r.asked, r.campaign), "moments": by_moments,
    "naive": lambda r: naive.estimates(r.register.to_pandas(), r.register.households.to_pandas(), r)[-1:],
    "papers": lambda r: pd.concat(t.frame() for t in comparison_tables(r, stability=False)),
    "figure": lambda r: pd.DataFrame({k: [n.value, n.low, n.high] for k, n in r.figure().numbers.items()}),
    "brief": lambda r: pd.DataFrame({k: [n.value, n.low, n.high] for k, n in findings(r).numbers().items()}),
    "json": lambda r: pd.DataFrame(document(r)["table"]),
}  # fmt: skip
"""Name -> what estimates, or says, something of a comparison."""


def found(way: str, result: ModelComparison) -> Any:
    """What a way gives, or why it refuses."""
    try:
        return records(WAYS[way](result).reset_index(drop=True))
    except BangfuError as why:
        return why.en


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("base", "change"), CHANGES, ids=lambda x: x if isinstance(x, str) else "=".join(map(str, *x.items()))
)
def test_a_changed_option_gives_what_a_fresh_comparison_gives(
    way: str, base: str, change: dict[str, Any], fresh: Any, register: Any
) -> None:
    change = _there(change, register)
    before, after = fresh(BASES[base]), fresh(BASES[base] | change)
    expected = found(way, after)
    assert found(way, before.under(**change)) == expected
    (option,) = change
    print(way, option, expected != found(way, before))


def _there(change: dict[str, Any], register: Any) -> dict[str, Any]:
    """Files of the test by their paths."""
    folder = register.sources["households"].paths[0].parents[1] if "prices" in change else None
    return {"prices": str(folder / change["prices"])} if folder else change
