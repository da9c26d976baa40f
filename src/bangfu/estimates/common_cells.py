"""Contrasts within common covariate cells: two arms weighted to the same cohorts, years and cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bangfu.estimates.aggregate import with_errors
from bangfu.estimates.effects import compared, effects
from bangfu.estimates.group_time import WITH_CR2, base_of
from bangfu.estimates.jackknife import leave_one_out, without
from bangfu.estimates.joint import Combination, Floats, welch
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import Sample

SUPPORT = 0.5
"""The common cells must hold at least this share of the households of either arm, or the contrast is refused."""


@dataclass(frozen=True, slots=True)
class _Term:
    """One cohort and year of one arm, weighted to common cells: estimate, influence sums, gradient by the cells' shares."""

    estimate: float
    treated: Floats
    comparison: Floats
    gradient: Floats


def common_cells(chosen: Sample, overlap: Floats, unit: str) -> pd.DataFrame:
    """Differences between arms at the cohorts, years and covariate cells that both have.

    Weights are the households of both arms in the common cells. Refused where these hold less than :data:`SUPPORT` of
    the households of either arm.

    Parameters
    ----------
    chosen : Sample
        With covariate cells (``adjust=True``).
    overlap : float array (P, P)
        As :attr:`Joint.overlap` of the same groups.
    unit : str

    Returns
    -------
    DataFrame
        As :attr:`ModelComparison.contrasts`.
    """
    arms = list(dict.fromkeys(g.arm for g in chosen.groups))
    rows, columns, by_part = [], [], []
    for arm, other in combinations(arms, 2):
        row, influence, parts = _pair(chosen, arm, other)
        rows.append({"way": "common_cells", "arm": arm, "other": other, "unit": unit} | row)
        columns.append(influence)
        by_part.append(parts)
    names = ["way", "arm", "other", "unit", "estimate", "support", "note"]
    influence = np.stack(columns, axis=1) if columns else np.zeros((chosen.villages, 0))
    if chosen.design.errors == "jackknife":
        influence = leave_one_out(lambda v: _estimates(without(chosen, v), arms), chosen.villages)
    parts_of = np.stack(by_part, axis=1) if by_part else np.zeros((len(overlap), 0))
    normal = chosen.design.errors in ("normal", "multiplier")
    df = np.full(len(rows), np.inf) if normal else welch(parts_of, overlap)
    combination = Combination(influence.T @ influence, df)
    return with_errors(pd.DataFrame(rows, columns=names), combination, chosen.design.seed)


def _estimates(chosen: Sample, arms: list[str]) -> Floats:
    return np.array([_pair(chosen, *pair)[0]["estimate"] for pair in combinations(arms, 2)], dtype=float)


def _pair(chosen: Sample, arm: str, other: str) -> tuple[dict[str, Any], Floats, Floats]:
    """Estimate, influence sums (V,) and variance by part (P,) of one pair."""
    at = {(g.arm, g.cohort): h for h, g in enumerate(chosen.groups)}
    nothing = np.full(chosen.villages, np.nan), np.full(len(chosen.groups) + 1, np.nan)
    based = {c for _, c in at if base_of(chosen.years, chosen.design, c, c) is not None}
    cohorts = sorted(based & {c for a, c in at if a == arm} & {c for a, c in at if a == other})
    weights = {c: [chosen.cell_weight(at[a, c]) for a in (arm, other)] for c in cohorts}
    never = np.flatnonzero(chosen.comparison)
    compared = np.bincount(chosen.stratum[never], minlength=chosen.strata) > 0
    common = {c: (a.sum(0) > 0) & (b.sum(0) > 0) & compared for c, (a, b) in weights.items()}
    held = [sum(float(weights[c][k][:, common[c]].sum()) for c in cohorts) for k in (0, 1)]
    whole = [
        sum(float(chosen.cell_weight(h).sum()) for (a, _), h in at.items() if a == x) for x in (arm, other)
    ]
    support = min(h / w if w > 0 else 0.0 for h, w in zip(held, whole, strict=True))
    if support < SUPPORT:
        note = NOTES["no_support"].en
        return {"estimate": np.nan, "support": support, "note": note}, *nothing
    mine: dict[int, Floats] = {h: np.zeros(chosen.villages) for h in range(len(chosen.groups) + 1)}
    unseen: list[str] = []
    pieces: list[tuple[float, float, int, int, Floats]] = []
    for c in cohorts:
        both = (weights[c][0] + weights[c][1])[:, common[c]]
        if not both.size or both.sum() == 0:
            continue
        shares = np.zeros(chosen.strata)
        shares[common[c]] = both.sum(0) / both.sum()
        for year in (y for y in chosen.years if y >= c):
            found = [_term(chosen, at[a, c], c, year, shares) for a in (arm, other)]
            if None in found:
                unseen.append(f"{c}/{year}")
                continue
            first, second = (f for f in found if f is not None)
            spread = (both - both.sum(1, keepdims=True) * shares[common[c]]) / both.sum()
            drift = spread @ (first.gradient - second.gradient)[common[c]]
            pieces.append((float(both.sum()), first.estimate - second.estimate, c, year, both.sum(1)))
            for h, v in ((at[arm, c], first.treated + drift), (at[other, c], -second.treated),
                         (len(chosen.groups), first.comparison - second.comparison)):  # fmt: skip
                mine[h] = mine[h] + float(both.sum()) * v
    if not pieces:
        return {"estimate": np.nan, "support": 0.0, "note": NOTES["no_support"].en}, *nothing
    total = sum(size for size, *_ in pieces)
    estimate = sum(size * value for size, value, *_ in pieces) / total
    for _, value, c, _, places in pieces:
        mine[at[arm, c]] = mine[at[arm, c]] + places * (value - estimate)
    stacked = np.stack(list(mine.values())) / total
    note = (
        ""
        if np.isfinite(stacked).all()
        else "no interval: fewer than two villages for a kind of similar households"
    )
    return {"estimate": estimate, "support": support, "note": note}, stacked.sum(0), (stacked**2).sum(1)


def _term(chosen: Sample, position: int, cohort: int, year: int, shares: Floats) -> _Term | None:
    design = chosen.design
    before = base_of(chosen.years, design, cohort, year)
    if before is None:
        return None
    treated = chosen.four(chosen.rows(position), [(before, year)])
    others = chosen.comparison_households(position, [(before, year)])
    against = compared(others, design.scale, cr2=design.errors in WITH_CR2)
    e = effects(treated, against, design.scale, shares=shares)
    found = _Term(float(e.estimate[0]), e.treated[0], e.comparison[0], e.gradient[0])
    return found if np.isfinite(found.estimate) else None
