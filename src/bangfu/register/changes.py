"""What happened to households one by one, in counts only: whose income fell, who rose above a line and fell back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.errors import NotEstimable
from bangfu.register.outcomes import poverty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister

GROUPS = ("joiners", "comparison")
LEVEL = 0.95


def lower_incomes(register: HouseholdRegister, after: int = 2, base_year: int | None = None) -> pd.DataFrame:
    """The share of households with a lower real income per head some years after joining than in the last year before.

    Parameters
    ----------
    register : HouseholdRegister
    after : int
        Years since joining at which to look.
    base_year : int, optional
        Whose prices.

    Returns
    -------
    DataFrame
        One row per group (``"joiners"``, ``"comparison"``): ``group, households`` (seen in both years), ``share, std_error,
        ci_low, ci_high, villages``. Comparison households are looked at over the years of each cohort of joiners, and
        averaged with the joiners' numbers. Errors are by village.

    Raises
    ------
    NotEstimable
        When no cohort, or nobody to compare with, is seen both before joining and so many years after.
    """
    wide, years, cohorts = _wide(register, None, base_year)
    events = {}
    for cohort in cohorts:
        before = [y for y in years if y < cohort]
        if before and cohort + after in years:
            old, new = wide[f"y{before[-1]}"], wide[f"y{cohort + after}"]
            events[cohort] = (old.notnull() & new.notnull(), new < old)
    out = _shares(wide, events, f"{after} years after joining", f"参加后第{after}年")
    if out["share"].isna().any():
        raise NotEstimable(
            f"joiners or comparison households seen before joining and {after} years after: there are none",
            f"没有参加前和参加后第{after}年都有记录的参加户或对照户",
        )
    return out


def above_and_back(
    register: HouseholdRegister, line: float, after: int = 1, later: int = 3, base_year: int | None = None
) -> pd.DataFrame:
    """Of households below a line in the last year before: who is above it later, and who of them is below again.

    Parameters
    ----------
    register : HouseholdRegister
    line : float
        Yuan per head a year at the base year's prices.
    after, later : int
        Years since joining at which to look for those above, and for those of them below again.
    base_year : int, optional

    Returns
    -------
    DataFrame
        As :func:`lower_incomes`, with a first column ``step``: ``"above"`` or ``"below_again"``.
    """
    wide, years, cohorts = _wide(register, line, base_year)
    above, again = {}, {}
    for cohort in cohorts:
        before = [y for y in years if y < cohort]
        if before and cohort + after in years:
            start, then = wide[f"y{before[-1]}"], wide[f"y{cohort + after}"]
            above[cohort] = ((start == 1) & then.notnull(), then == 0)
            if cohort + later in years:
                end = wide[f"y{cohort + later}"]
                again[cohort] = ((start == 1) & (then == 0) & end.notnull(), end == 1)
    words = f"{after} years after joining", f"参加后第{after}年"
    parts = [_shares(wide, above, *words).assign(step="above")]
    if again:
        parts.append(_shares(wide, again, *words).assign(step="below_again"))
    out = pd.concat(parts, ignore_index=True)
    return out[["step", *(c for c in out.columns if c != "step")]]


def means_by_event_time(
    register: HouseholdRegister, window: tuple[int, int] = (-4, 3), base_year: int | None = None
) -> pd.DataFrame:
    """Mean real income per head by years since joining, and of comparison households in the same years.

    Parameters
    ----------
    register : HouseholdRegister
    window : tuple of int
        First and last year since joining.
    base_year : int, optional

    Returns
    -------
    DataFrame
        ``event_time, group`` (``"joiners"``, ``"comparison"``), ``mean, ci_low, ci_high, households, villages``; the
        comparison households' mean of a year counts as often as joiners are seen in it. Intervals are by village.
    """
    panel = register.panel(base_year=base_year)
    seen = panel.filter(panel["income_per_head"].notnull())
    counts = (
        seen.group_by(["village_id", "cohort", "year"])
        .aggregate(n=seen.count(), total=seen["income_per_head"].sum())
        .to_pandas()
        .sort_values(["village_id", "cohort", "year"])
    )
    counts["event_time"] = counts["year"] - counts["cohort"]
    joined = counts[counts["cohort"] > 0]
    never = counts[counts["cohort"] == 0]
    rows = []
    for time in range(window[0], window[1] + 1):
        mine = joined[joined["event_time"] == time]
        if not len(mine):
            continue
        of_year = mine.groupby("year")["n"].sum()
        rows.append((time, "joiners", *_mean(mine.assign(share=1.0))))
        others = never[never["year"].isin(of_year.index)]
        if len(others):
            share = others["year"].map(of_year / others.groupby("year")["n"].sum())
            rows.append((time, "comparison", *_mean(others.assign(share=share))))
    columns = ["event_time", "group", "mean", "ci_low", "ci_high", "households", "villages"]
    return pd.DataFrame(rows, columns=columns)


def _mean(rows: pd.DataFrame) -> tuple[float, float, float, int, int]:
    """A weighted mean of village sums, its interval, households and villages."""
    weighted = rows[["n", "total"]].mul(rows["share"], axis=0).groupby(rows["village_id"]).sum()
    n, total = weighted["n"].to_numpy(float), weighted["total"].to_numpy(float)
    mean, villages = float(total.sum() / n.sum()), len(weighted)
    influence = (total - mean * n) / n.sum()
    error = float(np.sqrt((influence**2).sum() * villages / (villages - 1))) if villages > 1 else np.nan
    half = float(stats.t.ppf(0.5 + LEVEL / 2, villages - 1)) * error if villages > 1 else np.nan
    return mean, mean - half, mean + half, int(rows["n"].sum()), villages


def _wide(
    register: HouseholdRegister, line: float | None, base_year: int | None
) -> tuple[ir.Table, tuple[int, ...], list[int]]:
    """One row per household with a column for each year: real income per head, or 1 below the line and 0 above."""
    import ibis

    panel = register.panel(base_year=base_year)
    value = panel["income_per_head"]
    if line is not None:
        value = poverty(value, ibis.literal(float(line)), "headcount")
    panel = panel.mutate(value=value)
    years = register.years
    wide = panel.group_by("household_id").aggregate(
        village_id=panel["village_id"].max(),
        cohort=panel["cohort"].max(),
        **{f"y{y}": panel["value"].max(where=panel["year"] == y) for y in years},
    )
    found = panel.select("cohort").distinct()["cohort"].to_pandas()
    return wide, years, sorted(int(c) for c in found if c > 0)


def _shares(
    wide: ir.Table, events: Mapping[int, tuple[ir.BooleanValue, ir.BooleanValue]], en: str, zh: str
) -> pd.DataFrame:
    """Shares by group from counts by village: of those that could, who did."""
    if not events:
        raise NotEstimable(
            f"no cohort is seen both before joining and {en}; choose fewer years",
            f"没有一批参加户在参加前和{zh}都有记录;请减少年数",
        )
    sums: dict[str, Any] = {}
    for cohort, (could, did) in events.items():
        for group, member in (("joiners", wide["cohort"] == cohort), ("comparison", wide["cohort"] == 0)):
            sums[f"{group}_{cohort}_n"] = (member & could).fill_null(False).cast("int64").sum()
            sums[f"{group}_{cohort}_k"] = (member & could & did).fill_null(False).cast("int64").sum()
    counts = wide.group_by("village_id").aggregate(**sums).to_pandas().sort_values("village_id")
    joined = np.array([counts[f"joiners_{c}_n"].sum() for c in events], dtype=float)
    rows = []
    for group in GROUPS:
        n = np.stack([counts[f"{group}_{c}_n"].to_numpy(float) for c in events], axis=1)
        k = np.stack([counts[f"{group}_{c}_k"].to_numpy(float) for c in events], axis=1)
        live = (n.sum(0) > 0) & (joined > 0)
        if not live.any():
            rows.append((group, 0, np.nan, np.nan, np.nan, np.nan, 0))
            continue
        share = k[:, live].sum(0) / n[:, live].sum(0)
        weight = joined[live] / joined[live].sum()
        influence = ((k[:, live] - share * n[:, live]) / n[:, live].sum(0)) @ weight
        villages = int(np.count_nonzero(n[:, live].sum(1)))
        middle = float(share @ weight)
        error = float(np.sqrt((influence**2).sum() * villages / (villages - 1))) if villages > 1 else np.nan
        half = float(stats.t.ppf(0.5 + LEVEL / 2, villages - 1)) * error if villages > 1 else np.nan
        low, high = max(middle - half, 0.0), min(middle + half, 1.0)
        rows.append((group, int(n[:, live].sum()), middle, error, low, high, villages))
    columns = ["group", "households", "share", "std_error", "ci_low", "ci_high", "villages"]
    return pd.DataFrame(rows, columns=columns)
