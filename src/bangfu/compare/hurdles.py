"""What a finding must get over: tables of sensitivity by arm, from a comparison or a register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.errors import BangfuError, NotEstimable
from bangfu.estimates.wild import wild_p_value
from bangfu.reference import poverty_line
from bangfu.sensitivity import (
    breakdown,
    density_at_line,
    event_study_of,
    heaping,
    lee_bounds,
    neighbours,
    spillover,
    trend_bounds,
)

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison
    from bangfu.register import HouseholdRegister

NONE = "none"
"""The arm of comparison households in :func:`changes`."""


def trend_table(
    result: ModelComparison, sizes: Sequence[float], before: int | None = 3
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Gains under trend differences of several sizes, and the size at which each arm's interval takes in zero.

    Parameters
    ----------
    result : ModelComparison
    sizes : sequence of float
        Multiples of the largest change of the trend difference before joining.
    before : int, optional
        How many years before the base count; far years rest on few cohorts.

    Returns
    -------
    DataFrame, dict of str to float
        ``arm, size, low, high, ci_low, ci_high``; breakdown by arm (0: the interval holds zero as it is). Arms of one
        model without a usable event study are left out.

    Raises
    ------
    NotEstimable
        When that leaves no arm.
    """
    result = result.released
    frames, ends = [], {}
    for arm in (a for a in result.table["arm"] if "+" not in a):
        try:
            event = event_study_of(result, arm, before)
        except NotEstimable:
            continue
        frames.append(trend_bounds(event, sizes=sizes).assign(arm=arm))
        ends[arm] = breakdown(event)
    if not frames:
        raise NotEstimable(
            "no group has effects with standard errors before and after joining",
            "没有一种参加组合在参加前后都有带标准误的估计",
        )
    table = pd.concat(frames, ignore_index=True)
    return table[["arm", "size", "low", "high", "ci_low", "ci_high"]], ends


def changes(
    register: HouseholdRegister, outcome: str = "income_per_head", *, landmark: int | None = None
) -> pd.DataFrame:
    """One row per household seen in the last year before anybody joined: its change until the last year.

    Parameters
    ----------
    register : HouseholdRegister
    outcome : str
    landmark : int, optional
        Keep households that are still seen in this year, and have joined by then or never: whoever leaves early cannot
        join, and would count among the others.

    Returns
    -------
    DataFrame
        ``household_id, village_id, arm, cohort, before, change`` and the household's facts; ``change`` is missing where the
        household is not seen in the last year, and ``arm`` is what it had taken up by its last record (``"none"``).

    Raises
    ------
    NotEstimable
        When nobody joined after the first year.
    """
    panel = register.to_pandas()
    first, last = panel.loc[panel["cohort"] > 0, "cohort"].min(), panel["year"].max()
    earlier = panel.loc[panel["year"] < first, "year"]
    if earlier.empty:
        raise NotEstimable("nobody joined after the first year", "第一年之后无人参加")
    at = {y: panel[panel["year"] == y].set_index("household_id")[outcome] for y in (earlier.max(), last)}
    before = at[earlier.max()].dropna().rename("before")
    ends = panel.sort_values("year").groupby("household_id")[["village_id", "arm", "cohort"]].last()
    if landmark is not None:
        there = set(panel.loc[(panel["year"] == landmark) & panel[outcome].notna(), "household_id"])
        ends = ends[ends.index.isin(there) & (ends["cohort"] <= landmark)]
    out = ends.join(before, how="inner").assign(change=lambda f: at[last].reindex(f.index) - f["before"])
    known = register.households.to_pandas().set_index("household_id")
    out = out.join(known[[c for c in known.columns if c not in out.columns]])
    return out.assign(arm=out["arm"].where(out["arm"] != "", NONE)).reset_index()


def bounds_by_arm(register: HouseholdRegister, outcome: str = "income_per_head") -> pd.DataFrame:
    """Lee bounds of each model's difference in changes, for households that stay either way.

    Of households seen in the year by which half of the joiners had joined; who leaves is counted from there on.

    Parameters
    ----------
    register : HouseholdRegister
    outcome : str

    Returns
    -------
    DataFrame
        ``arm, difference, low, high`` in percent of the comparison households' mean before; ``seen_joiners, seen_others,
        trimmed`` (shares), ``households``.
    """
    panel = register.to_pandas()
    starts = panel[panel["cohort"] > 0].groupby("household_id")["cohort"].first()
    households = changes(register, outcome, landmark=int(starts.median()))
    base = float(households.loc[households["arm"] == NONE, "before"].mean())
    rows = []
    for arm in sorted(a for a in households["arm"].unique() if a != NONE and "+" not in a):
        mine = households[households["arm"].isin([arm, NONE])]
        found = lee_bounds(
            mine.assign(joined=(mine["arm"] == arm).astype(float)),
            "change",
            "joined",
            cluster="village_id",
            draws=2,
        )
        row = {k: 100 * float(found[k]) / base for k in ("difference", "low", "high")}
        shares = {
            "seen_joiners": found["seen_treated"],
            "seen_others": found["seen_others"],
            "trimmed": found["trimmed"],
        }
        rows.append({"arm": arm} | row | shares | {"households": int((mine["arm"] == arm).sum())})
    return pd.DataFrame(rows)


def at_the_line(registers: Mapping[str, HouseholdRegister], year: int) -> pd.DataFrame:
    """Do recorded incomes of a year bunch just above that year's line, or at whole hundreds?

    Parameters
    ----------
    registers : mapping of str to HouseholdRegister
        By the name that the table prints.
    year : int

    Returns
    -------
    DataFrame
        ``register, line, above_to_below`` (densities at the line), ``p_value, households_below, households_above,
        share_of_whole_100, note``.
    """
    rows = []
    for name, register in registers.items():
        panel = register.to_pandas()
        panel = panel[panel["year"] == year]
        line = poverty_line([year])[year]
        row: dict[str, object] = {"register": name, "line": line}
        try:
            found = density_at_line(panel["income_per_head_nominal"], line, most=3 * line)
            row |= {
                "above_to_below": found["ratio"], "p_value": found["p_value"],
                "households_below": int(found["households_below"]), "households_above": int(found["households_above"]),
            }  # fmt: skip
        except BangfuError as why:
            row["note"] = why.en
        if "income_total" in panel:
            heaps = heaping(panel["income_total"]).set_index("step")["share"]
            row["share_of_whole_100"] = float(np.asarray(heaps.loc[100]))
        rows.append(row)
    return pd.DataFrame(rows)


def neighbours_table(results: Mapping[str, ModelComparison]) -> pd.DataFrame:
    """How much more comparison households gained where ten percent more of the village had joined.

    Parameters
    ----------
    results : mapping of str to ModelComparison
        By the name that the table prints.

    Returns
    -------
    DataFrame
        ``register, unit, estimate, ci_low, ci_high, p_value, villages, against_all, against_other_villages``: in the unit of
        the comparison, per ten percent; and the gain of all joiners by comparison group (missing where not estimable).
    """
    from bangfu.compare.pooled import pooled, pooled_effects
    from bangfu.estimates.aggregate import aggregate
    from bangfu.estimates.group_time import estimate

    rows = []
    for name, result in results.items():
        result = result.released
        cells, design = result.cells, result.design
        first = min(g.cohort for g in result.effects.groups)
        base = max(y for y in cells.years if y < first)
        slope = spillover(neighbours(cells, design, base, cells.years[-1]))
        away = np.nan
        try:
            other = estimate(cells, design.replace(control="never_elsewhere"))
            away = pooled_effects(other, aggregate(other, "overall", draws=0))["estimate"]
        except NotEstimable:
            pass
        rows.append(
            {"register": name, "unit": result.effects.unit, **{k: slope[k] for k in ("estimate", "ci_low", "ci_high", "p_value")}, "villages": int(slope["villages"]),
             "against_all": pooled(result)["estimate"], "against_other_villages": away}
        )  # fmt: skip
    return pd.DataFrame(rows)


def few_villages_table(result: ModelComparison) -> pd.DataFrame:
    """P-values by arm three ways: t with CR2, wild cluster bootstrap, and the normal one that few villages make too small.

    Returns
    -------
    DataFrame
        ``arm, estimate, villages, p_value, wild_p_value, normal_p_value``.
    """
    from scipy import stats

    from bangfu.estimates.aggregate import aggregate
    from bangfu.estimates.group_time import estimate

    result = result.released
    normal = estimate(result.cells, result.design.replace(errors="normal"))
    plain = aggregate(normal, "overall", draws=0)
    table = result.table[["arm", "estimate", "villages", "p_value"]].copy()
    table["wild_p_value"] = [wild_p_value(result.effects, a) for a in table["arm"]]
    table["normal_p_value"] = 2 * stats.norm.sf(np.abs(plain.estimate / plain.combination.std_error))
    return table
