"""What speaks against a comparison, always stated, with what it could have seen: trends, attrition, spillover, support."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from bangfu.compare.grade import evidence_of
from bangfu.compare.statement import NO_INTERVAL, Interval, Kind, Statement, printed, side
from bangfu.compare.terms import rests_on
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.detectable import POWER
from bangfu.sensitivity.spillover import neighbours, spillover
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

_ATTRITION = {1: "attrition.more", -1: "attrition.less", 0: "attrition.open"}
_SPILLOVER = {1: "spillover.more", -1: "spillover.less", 0: "spillover.open"}


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look at the data gives."""

    kind: Kind
    key: str
    unit: str
    arms: tuple[str, ...] = ()
    estimate: float = np.nan
    interval: Interval = NO_INTERVAL
    detectable: float = np.nan
    words: Mapping[str, Word] = field(default_factory=dict)
    beside: Mapping[str, tuple[float, str]] = field(default_factory=dict)


def against(result: ModelComparison) -> list[Statement]:
    """The four statements."""
    joined = result.effects.sample.joiners()
    rest, evidence = rests_on(result.design, *joined), partial(evidence_of, result)
    return [
        Statement(
            f.kind, f.arms, side(*f.interval), f.estimate, f.interval, f.unit, *joined, f.detectable, rest, f.key,
            f.words, f.beside, evidence=evidence,
        )
        for f in (_trend(result), _attrition(result), _spillover(result), _support(result))
    ]  # fmt: skip


def _trend(result: ModelComparison) -> _Found:
    found = result.drift
    unit, times = printed(result.effects.unit, difference=True)
    if found is None:
        return _Found("trend", "trend.unknown", unit)
    ends = times * found.low, times * found.high
    over = Word(f"{found.years} year{'s' if found.years > 1 else ''}", f"{found.years}年")
    return _Found(
        "trend", "trend.apart" if side(*ends) else "trend.open", unit, (found.arm,), times * found.estimate, ends,
        times * found.detectable, {"name": result.arm(found.arm), "over": over}, {"k": (float(found.years), "count")},
    )  # fmt: skip


def _attrition(result: ModelComparison) -> _Found:
    """Joiners without a record in the last year, less comparison households; errors over villages, of a difference of ratios."""
    s, last = result.effects.sample, len(result.cells.years) - 1
    gone = (s.uncensored >> last) & 1 == 0
    shares, influence = [], np.zeros(s.villages)
    for mine, sign in ((s.group >= 0, 1), (s.comparison, -1)):
        size = np.bincount(s.village[mine], s.households[mine], s.villages)
        lost = np.bincount(s.village[mine], s.households[mine] * gone[mine], s.villages)
        share = lost.sum() / max(size.sum(), 1)
        shares.append(100 * float(share))
        influence += sign * 100 * (lost - share * size) / max(size.sum(), 1)
    words = {"year": Word(*[str(result.cells.years[-1])] * 2)}
    beside = {"mine": (shares[0], "percent"), "theirs": (shares[1], "percent")}
    if not any(shares):
        return _Found("attrition", "attrition.none", "points", estimate=0.0, words=words, beside=beside)
    n = int(np.count_nonzero(np.bincount(s.village, s.households, s.villages)))
    error = float(np.sqrt((influence**2).sum() * n / max(n - 1, 1)))
    value = shares[0] - shares[1]
    ends, seen = _tested(value, error, n - 1)
    return _Found("attrition", _ATTRITION[side(*ends)], "points", (), value, ends, seen, words, beside)


def _spillover(result: ModelComparison) -> _Found:
    cells, (unit, times) = result.cells, printed(result.effects.unit, difference=True)
    first = min(g.cohort for g in result.effects.groups)
    before = [y for y in cells.years if y < first]
    try:
        if not before:
            raise NotEstimable("no year before anybody joined", "没有无人参加的年份")
        found = spillover(neighbours(cells, result.design, before[-1], cells.years[-1]))
    except (NotEstimable, WrongUse):
        return _Found("spillover", "spillover.unknown", unit)
    value = times * float(found["estimate"])
    ends, seen = _tested(value, times * float(found["std_error"]), float(found["df"]))
    return _Found("spillover", _SPILLOVER[side(*ends)], unit, (), value, ends, seen)


def _support(result: ModelComparison) -> _Found:
    """How much of two arms has a counterpart in the other: of the pair that has least."""
    rows, arms = result.contrasts, result.core.arms
    cells = bool(len(result.cells.strata.columns))
    rows = rows[rows["arm"].isin(arms) & rows["other"].isin(arms)]
    rows = rows[rows["way"] == ("common_cells" if cells else "common_cohorts")]
    if rows.empty:
        return _Found("support", "support.one", "percent", arms)
    least = rows.iloc[int(rows["support"].to_numpy(float).argmin())]
    pair, value = (str(least["arm"]), str(least["other"])), 100 * float(least["support"])
    words = {"name": result.arm(pair[0]), "other": result.arm(pair[1])}
    return _Found(
        "support", "support.cells" if cells else "support.cohorts", "percent", pair, value, words=words,
        beside={"part": (value, "percent")},
    )  # fmt: skip


def _tested(value: float, error: float, df: float) -> tuple[Interval, float]:
    """The 95% interval, and what would be seen with 80% power."""
    if not error > 0:
        return NO_INTERVAL, np.nan
    half = float(stats.t.isf(0.025, df)) * error
    return (value - half, value + half), half + float(stats.t.ppf(POWER, df)) * error
