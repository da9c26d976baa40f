"""Arm minus arm, three ways: as they are, at common cohorts and years since joining, and within common covariate cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bangfu.estimates.aggregate import Aggregate, with_errors
from bangfu.estimates.group_time import GroupTimeEffects
from bangfu.estimates.joint import Combination, Floats
from bangfu.estimates.notes import NOTES
from bangfu.words import Word

WAYS: dict[str, Word] = {
    "as_they_are": Word("as they are (those who chose each)", "未作调整(各自的参加户)"),
    "common_cohorts": Word("at common cohorts and years since joining", "同一起始年份、参加后同一年"),
    "common_cells": Word("among similar households", "条件相同的农户之间"),
}
LABELS = ("way", "arm", "other", "unit", "support", "note")


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Contrasts of one way.

    Attributes
    ----------
    table : DataFrame
        ``way, arm, other, unit, estimate, std_error, df, ci_low, ci_high, band_low, band_high, p_value, support, note``.
    weights : float array (M, R)
    combination : Combination
    """

    table: pd.DataFrame
    weights: Floats
    combination: Combination


def as_they_are(effects: GroupTimeEffects, overall: Aggregate) -> Contrasts:
    """Differences between the arms' overall averages."""
    arms = list(overall.table["arm"])
    columns, rows = [], []
    for i, j in combinations(range(len(arms)), 2):
        estimate = float(overall.estimate[i] - overall.estimate[j])
        columns.append(overall.weights[:, i] - overall.weights[:, j])
        note = "; ".join(dict.fromkeys(n for n in overall.table["note"].iloc[[i, j]] if n))
        rows.append(_row("as_they_are", arms[i], arms[j], effects, estimate, 1.0, note))
    return _finished(effects, rows, columns)


def common_cohorts(effects: GroupTimeEffects) -> Contrasts:
    """Differences at the cohorts and years that two arms share, weighted by the households of both."""
    columns, rows = [], []
    for arm, other in combinations(effects.arms, 2):
        mine, theirs, both = _shared(effects, arm, other)
        derivative = np.zeros(len(effects.table) + len(effects.weight))
        if not len(mine):
            rows.append(
                _row("common_cohorts", arm, other, effects, np.nan, 0.0, NOTES["no_common_cohorts"].en)
            )
            columns.append(derivative)
            continue
        theta = effects.joint.estimate
        difference = theta[mine] - theta[theirs]
        size = both.sum(1)
        estimate = float((size * difference).sum() / size.sum())
        np.add.at(derivative, mine, size / size.sum())
        np.add.at(derivative, theirs, -size / size.sum())
        for side in (mine, theirs):
            np.add.at(derivative, len(theta) + effects.group[side], (difference - estimate) / size.sum())
        rows.append(
            _row(
                "common_cohorts",
                arm,
                other,
                effects,
                estimate,
                _support(effects, arm, other, mine, theirs),
                "",
            )
        )
        columns.append(derivative)
    return _finished(effects, rows, columns)


def _shared(effects: GroupTimeEffects, arm: str, other: str) -> tuple[Any, Any, Floats]:
    """Rows of two arms with the same cohort and year after joining, and their fixed weights (rows, 2)."""
    table = effects.table
    live = (table["event_time"] >= 0) & table["estimate"].notna()
    at = {
        name: {(c, y): i for i, c, y in zip(of.index, of["cohort"], of["year"], strict=True)}
        for name, of in ((n, table[live & (table["arm"] == n)]) for n in (arm, other))
    }
    keys = [k for k in at[arm] if k in at[other]]
    mine = np.array([at[arm][k] for k in keys], dtype=np.int64)
    theirs = np.array([at[other][k] for k in keys], dtype=np.int64)
    return (
        mine,
        theirs,
        np.stack([effects.weight[effects.group[mine]], effects.weight[effects.group[theirs]]], axis=1),
    )


def _support(effects: GroupTimeEffects, arm: str, other: str, mine: Any, theirs: Any) -> float:
    """The smaller of the two arms' shares of household-years after joining that have a counterpart."""
    after = (effects.table["event_time"] >= 0).to_numpy() & effects.table["estimate"].notna().to_numpy()
    shares = []
    for name, rows in ((arm, mine), (other, theirs)):
        all_rows = np.flatnonzero(after & (effects.table["arm"] == name).to_numpy())
        shares.append(
            effects.weight[effects.group[rows]].sum() / effects.weight[effects.group[all_rows]].sum()
        )
    return float(min(shares))


def _row(
    way: str, arm: str, other: str, effects: GroupTimeEffects, estimate: float, support: float, note: str
) -> dict[str, Any]:
    unit = str(effects.table["unit"].iloc[0])
    return {
        "way": way,
        "arm": arm,
        "other": other,
        "unit": unit,
        "estimate": estimate,
        "support": support,
        "note": note,
    }


def _finished(effects: GroupTimeEffects, rows: list[dict[str, Any]], columns: list[Floats]) -> Contrasts:
    names = ["way", "arm", "other", "unit", "estimate", "support", "note"]
    size = len(effects.table) + len(effects.weight)
    weights = np.stack(columns, axis=1) if columns else np.zeros((size, 0))
    combination = effects.joint.combine(weights)
    table = with_errors(pd.DataFrame(rows, columns=names), combination, effects.design.seed)
    return Contrasts(table, weights, combination)
