"""What published studies found: which findings can be compared, and when pooling is allowed.

A finding without a standard error is never pooled; nor are findings on different outcomes, in different units or for
different models, nor a review with the studies that it reviews. Where that leaves fewer than two, there is no pooling.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bangfu import reference
from bangfu.errors import NotEstimable
from bangfu.words import Word

SAME = ["model", "outcome_kind", "unit"]
"""Findings may be compared where these are the same."""

FEWEST = 2
"""Fewest comparable findings with a standard error that may be pooled."""


def findings(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The findings with what can be said of each.

    Parameters
    ----------
    table : DataFrame, optional
        As :func:`bangfu.reference.studies` gives it; the shipped one where absent.

    Returns
    -------
    pandas.DataFrame
        The table with ``has_error`` (a standard error or an interval was found), and ``percent, percent_low, percent_high``:
        sizes that are percentages, log points turned into percent by ``exp(b) - 1`` with a 95% interval from the
        standard error; missing for every other unit.
    """
    out = (reference.studies() if table is None else table).copy()
    out["has_error"] = (out["std_error"].notna() | out["ci_low"].notna()).astype(bool)
    percents = [_percent(row) for row in out.to_dict("records")]
    names = ["percent", "percent_low", "percent_high"]
    return out.join(pd.DataFrame(percents, columns=names, index=out.index, dtype=float))


def headlines(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One finding per study."""
    out = findings(table)
    return out[out["headline"].astype(bool)].reset_index(drop=True)


def comparable(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Groups of findings on one model, outcome and unit, and whether they may be pooled.

    Returns
    -------
    pandas.DataFrame
        ``model, outcome_kind, unit, findings, with_std_error`` (studies), ``may_pool``; findings without a size are left out,
        and reviews are not counted.
    """
    out = findings(table)
    sized = out[out["estimate"].notna() & (out["design"] != "review")]
    counted = sized.assign(with_error=sized["study"].where(sized["std_error"].notna()))
    groups = (
        counted.groupby(SAME, sort=True)
        .agg(findings=("finding_id", "size"), with_std_error=("with_error", "nunique"))
        .reset_index()
    )
    return groups.assign(may_pool=groups["with_std_error"] >= FEWEST)


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect.

    Attributes
    ----------
    estimate, std_error, ci_low, ci_high : float
        Random-effects mean (DerSimonian & Laird 1986) and its 95% interval, in ``unit``.
    between : float
        Variance between studies.
    studies : int
    unit : str
    """

    estimate: float
    std_error: float
    ci_low: float
    ci_high: float
    between: float
    studies: int
    unit: str


def pool(rows: pd.DataFrame) -> Pooled:
    """Pool comparable findings by statsmodels.

    What it assumes: each study estimates its own effect, drawn from one population of effects; the studies that were
    published are like those that were not; the standard errors are right; no households are in two of them.

    Parameters
    ----------
    rows : DataFrame
        Findings, as :func:`findings` gives them.

    Raises
    ------
    NotEstimable
        For fewer than two findings, findings that cannot be compared, reviews, or any without a standard error.
    """
    from statsmodels.stats.meta_analysis import combine_effects

    kinds = rows[SAME].drop_duplicates()
    if len(kinds) > 1:
        said = "; ".join(" / ".join(map(str, kind)) for kind in kinds.to_numpy())
        raise NotEstimable(
            f"findings on different models, outcomes or units are not pooled: {said}",
            f"不同模式、结果或单位的研究不能合并:{said}",
        )
    bare = rows.loc[rows["std_error"].isna() | (rows["design"] == "review"), "finding_id"]
    if len(bare):
        said = ", ".join(bare)
        raise NotEstimable(
            f"a finding without a standard error, or a review, is never pooled: {said}; leave it out",
            f"没有标准误的研究或综述不能合并:{said};请去掉",
        )
    if len(rows) < FEWEST:
        raise NotEstimable(
            f"pooling needs at least {FEWEST} comparable findings with a standard error; there is {len(rows)}",
            f"合并至少需要{FEWEST}项可比且有标准误的研究;现有{len(rows)}项",
        )
    if rows["study"].duplicated().any():
        raise NotEstimable(
            "two findings of one study rest on the same households and are not pooled; keep one of them",
            "同一研究的两项结果来自同一批农户,不能合并;请只留一项",
        )
    estimates = rows["estimate"].to_numpy(float)
    fit = combine_effects(estimates, rows["std_error"].to_numpy(float) ** 2, method_re="dl")
    low, high = fit.conf_int(use_t=False)[1]
    return Pooled(
        estimate=float(fit.mean_effect_re),
        std_error=float(fit.sd_eff_w_re),
        ci_low=float(low),
        ci_high=float(high),
        between=float(fit.tau2),
        studies=len(rows),
        unit=str(kinds["unit"].iloc[0]),
    )


def pooled(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every group that may be pooled, pooled.

    Returns
    -------
    pandas.DataFrame
        ``model, outcome_kind, unit, studies, estimate, std_error, ci_low, ci_high, between``; no rows where no two findings
        can be compared.
    """
    rows, groups = findings(table), comparable(table)
    made = []
    for group in groups[groups["may_pool"]][SAME].to_dict("records"):
        inside = (rows[SAME] == pd.Series(group)).all(axis=1)
        usable = rows[inside & rows["std_error"].notna() & (rows["design"] != "review")]
        result = pool(usable.drop_duplicates("study"))
        numbers = {name: getattr(result, name) for name in _POOLED}
        made.append({str(name): value for name, value in group.items()} | numbers)
    return pd.DataFrame(made, columns=[*SAME, *_POOLED])


def pooling_words(table: pd.DataFrame | None = None) -> Word:
    """One sentence: what could be pooled."""
    made = pooled(table)
    if made.empty:
        return Word(
            "No two studies of one model, outcome and unit come with a standard error: nothing is pooled.",
            "没有两项研究在模式、结果和单位上都相同且都有标准误:不作合并。",
        )
    return Word(
        f"{len(made)} of {len(comparable(table))} groups of comparable findings could be pooled.",
        f"{len(comparable(table))}组可比结果中,{len(made)}组可以合并。",
    )


_POOLED = ["studies", "estimate", "std_error", "ci_low", "ci_high", "between"]


def _percent(row: dict[Hashable, Any]) -> tuple[float, float, float]:
    """A finding's size in percent with its interval, where it has them."""
    size, error, low, high = (_float(row[name]) for name in ("estimate", "std_error", "ci_low", "ci_high"))
    if row["unit"] == "percent":
        half = 1.96 * error
        return size, size - half if math.isnan(low) else low, size + half if math.isnan(high) else high
    if row["unit"] == "log points":
        half = 1.96 * error
        middle, below, above = (100 * math.expm1(b) for b in (size, size - half, size + half))
        return middle, below, above
    return math.nan, math.nan, math.nan


def _float(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)
