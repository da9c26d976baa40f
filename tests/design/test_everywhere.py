"""Every option reaches every re-estimation: a changed design gives exactly what a fresh comparison by it gives, and moves it.

A function that loses an option on the way gives the same numbers whatever the option says: it does not move.
"""

from __future__ import annotations

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
from bangfu.cells.agreement import summed
from bangfu.compare import ModelComparison, comparison, distribution, hurdles, naive, offers, subgroups
from bangfu.compare import build as building
from bangfu.compare.distribution import gains_over_lines
from bangfu.compare.hurdles import few_villages_table, neighbours_table
from bangfu.compare.pooled import pooled
from bangfu.compare.schema import document, records
from bangfu.compare.sources import gains_by_source
from bangfu.compare.subgroups import gains_within
from bangfu.design import KINDS, choices
from bangfu.errors import BangfuError
from bangfu.estimates import stability as table_of_choices
from bangfu.estimates.lot import lot_p_values
from bangfu.estimates.wild import stacked
from bangfu.literals import CONTROLS, MISSING, SWITCHERS
from bangfu.papers import comparison_tables
from bangfu.sensitivity import event_study_of, placebo

from .register import OFFERS, write

FACTS: dict[str, Any] = {"by": {"labour": [1]}, "late": "missing"}
BASES: dict[str, dict[str, Any]] = {
    "facts": FACTS,
    "level": FACTS | {"scale": "level"},
    "poor": FACTS | {"outcome": "headcount", "line": 4000.0},
    "offered": {"exposure": "campaign"},
}
CHANGES: list[tuple[str, str, Any]] = [
    ("facts", "outcome", "wage_per_head"), ("facts", "scale", "level"), ("facts", "scale", "log"),
    ("facts", "exposure", "campaign"), ("facts", "control", "never_elsewhere"),
    ("facts", "control", "never_same_village"), ("facts", "control", "not_yet"), ("facts", "missing", "complete"),
    ("facts", "missing", "cross_section"), ("facts", "switchers", "own_arm"), ("facts", "switchers", "drop"),
    ("facts", "base", "varying"), ("facts", "anticipation", 1), ("facts", "cluster", "township_id"),
    ("facts", "errors", "jackknife"), ("facts", "errors", "normal"), ("facts", "errors", "multiplier"),
    ("facts", "best", "low"), ("facts", "seed", 7), ("facts", "by", {"labour": [2]}), ("facts", "late", "refuse"),
    ("facts", "adjust", True), ("level", "base_year", 2016), ("level", "prices", "prices.csv"), ("poor", "line", 6000.0),
    ("offered", "drawn_by_lot", True),
]  # fmt: skip


def by_source(r: ModelComparison) -> pd.DataFrame:
    parts = ["income_per_head", "wage_per_head", "business_per_head"]
    return gains_by_source(building.build(r.register, r.asked, parts, campaign=r.campaign), r.design)


def by_moments(r: ModelComparison) -> pd.DataFrame:
    return bangfu.pooled_effects(r.cells.moments(design=r.design, inside=True)).table


def lot(r: ModelComparison) -> pd.DataFrame:
    offered = r.under(exposure="campaign")
    return lot_p_values(offered.cells, offered.design, draws=9)


def trends(r: ModelComparison) -> pd.DataFrame:
    event = event_study_of(r, "courtyard")
    return pd.DataFrame(
        {"time": event.times, "estimate": event.estimate, "variance": np.diag(event.covariance)}
    )


def numbers(found: Any) -> pd.DataFrame:
    return pd.DataFrame({k: [n.value, n.low, n.high] for k, n in found.items()})


WAYS: dict[str, Callable[[ModelComparison], Any]] = {
    "table": lambda r: r.table, "event_study": lambda r: r.event_study, "by_year": lambda r: r.by_year,
    "by_cohort": lambda r: r.by_cohort, "as_they_are": lambda r: r.contrasts.query("way == 'as_they_are'"),
    "common_cohorts": lambda r: r.contrasts.query("way == 'common_cohorts'"),
    "common_cells": lambda r: r.contrasts.query("way == 'common_cells'"), "detectable": lambda r: r.detectable,
    "pretrend": lambda r: r.pretrend, "few_villages": lambda r: r.few_villages, "stability": lambda r: r.stability,
    "pooled": lambda r: pd.DataFrame([pooled(r)]), "few_villages_table": few_villages_table,
    "neighbours_table": lambda r: neighbours_table({"x": r}).drop(columns="unit"), "trends": trends,
    "placebo": lambda r: placebo(r.cells, r.design), "lot": lot, "by_source": by_source,
    "within": lambda r: gains_within(r.register, {"land_mu": [4]}, r.asked, r.campaign),
    "over_lines": lambda r: gains_over_lines(r.register, (4000.0,), r.asked, r.campaign), "moments": by_moments,
    "naive": lambda r: naive.estimates(r.register.to_pandas(), r.register.households.to_pandas(), r)[-1:],
    "papers": lambda r: pd.concat(t.frame() for t in comparison_tables(r, stability=False)),
    "figure": lambda r: numbers(r.figure().numbers), "brief": lambda r: numbers(findings(r).numbers()),
    "json": lambda r: pd.DataFrame(document(r)["table"]),
    "statements": lambda r: pd.DataFrame(document(r)["statements"]).assign(arms=lambda f: f["arms"].str.join("-")).drop(columns="other_scales"),
}  # fmt: skip
"""Name -> what estimates, or says, something of a comparison."""

USUAL = {
    "best",
    "by",
    "drawn_by_lot",
}  # facts change gains only where they adjust them; lots stand beside them; eight villages leave every rank open
SCALE = {"scale=level", "scale=log"}
ERRORS = {"errors=jackknife", "errors=normal", "errors=multiplier"}
STILL: dict[str, set[str]] = {
    "statements": {"by", "drawn_by_lot"}, "table": USUAL, "event_study": USUAL , "by_year": USUAL, "by_cohort": USUAL, "as_they_are": USUAL,
    "common_cohorts": USUAL, "common_cells": {"adjust", "best", "drawn_by_lot"}, "detectable": USUAL | {"seed"},
    "pretrend": USUAL | {"base_year"}, "few_villages": {"base=varying", "best", "by", "seed"} | ERRORS,
    "pooled": USUAL | {"seed"}, "few_villages_table": USUAL | {"seed"}, "trends": USUAL | {"seed"},
    "neighbours_table": USUAL | ERRORS | {"base=varying", "cluster=township_id", "seed"},
    "placebo": USUAL | {"base=varying"}, "by_source": USUAL | SCALE | {"line", "outcome"},
    "within": USUAL | {"adjust", "seed"}, "over_lines": USUAL | SCALE | {"line", "outcome", "seed"},
    "moments": USUAL - {"best"} | {"base=varying"}, "naive": USUAL | SCALE | {"base_year", "line", "prices", "seed"},
    "papers": {"best", "drawn_by_lot", "seed"}, "figure": USUAL, "brief": USUAL, "json": USUAL,
    "stability": SCALE | {f"control={c}" for c in CONTROLS[1:]} | {f"missing={m}" for m in MISSING[1:]}
    | {f"switchers={s}" for s in SWITCHERS[1:]} | {"by", "drawn_by_lot", "seed"},
    "lot": USUAL | {"base=varying", "control=never_elsewhere", "control=not_yet", "errors=multiplier", "errors=normal",
                    "exposure=campaign", "seed", "switchers=drop", "switchers=own_arm"},
}  # fmt: skip
"""Way -> options that rightly do not move it: the table's own choices, what it sets itself, what it does not show."""


def label(option: str, value: Any) -> str:
    return (
        f"{option}={value}"
        if option in KINDS and choices(KINDS[option]) and option not in ("best", "late")
        else option
    )


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A comparison of the register by some options; and what a way gives of a comparison. Each is made once."""
    folder = write(tmp_path_factory.mktemp("eight") / "register")
    register = bangfu.load_register(folder)
    made: dict[Any, Any] = {}

    def once(register: Any, design: bangfu.Design, outcomes: Any = None, *, campaign: Any = None) -> Any:
        key = (summed(design.replace(outcome=None) if outcomes else design), tuple(outcomes or ()))
        if key not in made:
            made[key] = build(register, design, outcomes, campaign=campaign)
        return made[key]

    @cache
    def of(text: str) -> ModelComparison | str:
        try:
            return bangfu.compare_models(register, design=bangfu.Design.from_json(text), campaign=OFFERS)  # type: ignore[arg-type]
        except BangfuError as why:
            return why.en

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        for room in (building, distribution, subgroups):
            patch.setattr(room, "build", once)
        patch.setattr(table_of_choices, "CONTROLS", CONTROLS[:2])
        patch.setattr(table_of_choices, "MISSING", MISSING[:1])
        patch.setattr(table_of_choices, "SWITCHERS", SWITCHERS[::2])
        patch.setattr(comparison, "lot_p_values", partial(lot_p_values, draws=9))
        for room in (comparison, hurdles):
            patch.setattr(
                room, "wild_p_value", lambda effects, arm: float(np.square(stacked(effects, arm)[0]).sum())
            )
        for room in (linking, offers):
            patch.setattr(room, "link", lambda campaign, register: SimpleNamespace(offers=campaign))
        yield lambda options: of(bangfu.Design(**options).to_json())


@cache
def found(way: str, result: ModelComparison) -> Any:
    """What a way gives, or why it refuses."""
    try:
        rows = records(WAYS[way](result).reset_index(drop=True))
        return [
            {k: float(f"{v:.10g}") if isinstance(v, float) else v for k, v in row.items()}
            for row in rows or ()
        ]
    except BangfuError as why:
        return why.en


UNDER: dict[Any, Any] = {}


def under(before: ModelComparison, option: str, value: Any) -> Any:
    """The comparison under a changed option, made once, or why it refuses."""
    key = (before, option, str(value))
    if key not in UNDER:
        try:
            UNDER[key] = before.under(**{option: value})
        except BangfuError as why:
            UNDER[key] = why.en
    return UNDER[key]


@pytest.mark.parametrize("way", WAYS)
def test_a_changed_option_gives_what_a_fresh_comparison_gives(way: str, fresh: Any) -> None:
    moved: dict[str, set[str]] = {"": set()}
    differ, tried = [], set()
    for base, option, value in CHANGES:
        before, after = fresh(BASES[base]), fresh(BASES[base] | {option: value})
        changed = under(before, option, value)
        if isinstance(after, str):
            assert changed == after
            continue
        tried.add(label(option, value))
        old, new = found(way, before), found(way, after)
        if found(way, changed) != new:
            differ.append((option, value))
        if old != new:
            moved[""].add(label(option, value))
        for column in POINTS.get(way, ("estimate",)):
            points = [[row.get(column) for row in x] if isinstance(x, list) else x for x in (old, new)]
            if isinstance(points[1], str) or any(p is not None for p in points[1]):
                moved.setdefault(column, set())
            if points[0] != points[1] and column in moved:
                moved[column].add(label(option, value))
    assert not differ
    assert tried - moved.pop("") == STILL[way]
    for column, by in moved.items():
        assert tried - by == EXACTLY.get((way, column), STILL[way] | INFERENCE), column


INFERENCE = ERRORS | {"base=varying", "best", "cluster=township_id", "seed"}
"""Options that move no average after joining."""
POINTS: dict[str, tuple[str, ...]] = {
    "neighbours_table": ("estimate", "against_all", "against_other_villages"),
    "few_villages_table": ("estimate", "wild_p_value", "normal_p_value"),
}
"""Way -> its columns of numbers that are estimated apart: an option must reach each of them by itself."""
EXACTLY: dict[tuple[str, str], set[str]] = {
    ("event_study", "estimate"): USUAL | INFERENCE - {"base=varying"},
    ("trends", "estimate"): USUAL | INFERENCE - {"base=varying"},
    ("statements", "estimate"): STILL["statements"] | INFERENCE - {"base=varying"},
    ("few_villages_table", "wild_p_value"): USUAL | INFERENCE - {"cluster=township_id"},
    ("few_villages_table", "normal_p_value"): USUAL | INFERENCE - {"cluster=township_id"} | {"base_year"},
    ("neighbours_table", "against_other_villages"): USUAL
    | INFERENCE
    | {f"control={c}" for c in CONTROLS[1:]},
    ("neighbours_table", "estimate"): USUAL
    | INFERENCE
    | {"adjust", "anticipation"}
    | {f"control={c}" for c in CONTROLS[1:]}
    | {f"missing={m}" for m in MISSING[1:]}
    | {f"switchers={s}" for s in SWITCHERS[1:]},
    ("moments", "estimate"): USUAL | INFERENCE - ERRORS,
}
