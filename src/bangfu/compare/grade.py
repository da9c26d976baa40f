"""How sure: one grade per claim, by a rule that anybody can check.

Start at *high* where villages were drawn by lot and exposure is the offer, else at *moderate*. Then go down:

==============  ==================================================================================  =====
design          trends before joining differ (p below 0.05), where not drawn by lot                 two
design          trends before joining cannot be tested, where not drawn by lot                      one
design          comparison households live in the same villages, where gains may spill over         one
design          two models are compared among households that differ                                one
precision       no interval                                                                          all
precision       the interval includes zero, or the estimate is below the smallest detectable           one
stability       the finding does not hold in every choice of the stability table, or none was tried  one
stability       it holds in fewer than 80% of them                                                   two
sensitivity     a trend difference as large as those before joining would undo it, or not examined  one
==============  ==================================================================================  =====

Never below *very low*. Synthetic registers get no grade.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from bangfu.errors import Language, NotEstimable, WrongUse
from bangfu.estimates.family import joined_shares
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

LEVELS = (
    Word("very low", "很低"),
    Word("low", "较低"),
    Word("moderate", "中等"),
    Word("high", "较高"),
)

SIGNIFICANT = 0.05
MOSTLY = 0.8
"""Below this share of the stability table's choices a finding counts as unstable."""
AS_BEFORE = 1.0
"""Trend differences up to this multiple of the largest before joining must leave the finding standing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a grade rests on.

    Attributes
    ----------
    synthetic : bool
    estimate, ci_low, ci_high, detectable : float
        Of the claim, in one unit; NaN where missing.
    exposure : {"participation", "campaign"}
    control : {"never", "never_elsewhere", "never_same_village", "not_yet"}
    drawn_by_lot : bool
        Villages were.
    pretrend_p : float
        Joint p-value of the trends before joining; NaN where there is nothing to test.
    stable : float
        Share of the stability table's choices in which the finding holds; NaN where none was tried.
    breakdown : float
        Multiple of the largest trend difference before joining that undoes the finding; NaN where not examined.
    like_with_like : bool
        False for a comparison of models among households that differ.
    """

    synthetic: bool
    estimate: float
    ci_low: float
    ci_high: float
    detectable: float
    exposure: str = "participation"
    control: str = "never"
    drawn_by_lot: bool = False
    pretrend_p: float = np.nan
    stable: float = np.nan
    breakdown: float = np.nan
    like_with_like: bool = True


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and its reasons.

    Attributes
    ----------
    level : int or None
        0 very low to 3 high; ``None`` without a grade.
    word : Word
        As printed.
    reasons : tuple of Word
        What took it down, in the order of the rule.
    """

    level: int | None
    word: Word
    reasons: tuple[Word, ...] = ()

    def text(self, lang: Language = "en") -> str:
        """One sentence: the grade and why.

        >>> Grade(1, LEVELS[1], (Word("no interval", "无法给出区间"),)).text()
        'How sure: low (no interval)'
        """
        if lang == "zh":
            why = f"（{'；'.join(r.zh for r in self.reasons)}）" if self.reasons else ""
            return f"{TERMS['how_sure'].zh}：{self.word.zh}{why}"
        why = f" ({'; '.join(r.en for r in self.reasons)})" if self.reasons else ""
        return f"{TERMS['how_sure'].en.capitalize()}: {self.word.en}{why}"


def grade(evidence: Evidence) -> Grade:
    """Grade one claim by the rule of this module.

    Parameters
    ----------
    evidence : Evidence

    Examples
    --------
    >>> sure = Evidence(False, 6, 3, 9, 4, pretrend_p=0.6, stable=1, breakdown=1.5)
    >>> grade(sure).word.en
    'moderate'
    """
    if evidence.synthetic:
        return Grade(None, TERMS["not_graded"])
    if not np.isfinite(evidence.estimate):
        return Grade(None, Word("not graded: not estimable", "不评级:无法估计"))
    steps = list(_steps(evidence))
    start = 3 if _by_lot(evidence) else 2
    level = max(0, start - sum(down for down, _ in steps))
    return Grade(level, LEVELS[level], tuple(reason for _, reason in steps))


def grade_of(
    result: ModelComparison,
    arm: str,
    other: str = "",
    *,
    way: str = "as_they_are",
    breakdown: float | None = None,
) -> Grade:
    """Grade a gain, or a difference between two arms, of a comparison.

    Parameters
    ----------
    result : ModelComparison
    arm, other : str
        With ``other``: that ``arm`` gained more or less than ``other``.
    way : str
        Of the contrasts; see ``result.contrasts``.
    breakdown : float, optional
        From :func:`bangfu.sensitivity.breakdown`; computed for a gain where absent and diff-diff is installed.
    """
    pair = (arm, other) if other else (arm,)
    stated = [s for s in result.statements if s.kind in ("arm", "pair") and set(s.arms) == set(pair)]
    if stated and way == "as_they_are":
        return grade(evidence_of(result, stated[0], breakdown=breakdown))
    if other:
        table = result.contrasts
        row = _row(
            table[(table["way"] == way) & table["arm"].isin(pair) & table["other"].isin(pair)],
            f"{arm} minus {other}",
        )
    else:
        row = _row(result.table[result.table["arm"] == arm], arm)
    ends = float(row["band_low"]), float(row["band_high"])
    claim = _Claim("pair" if other else "arm", pair, float(row["estimate"]), ends, np.nan)
    return grade(
        replace(
            evidence_of(result, claim, breakdown=breakdown), like_with_like=not other or way == "common_cells"
        )
    )


class Claimed(Protocol):
    """What is graded: a statement, or a row of a table."""

    @property
    def kind(self) -> str: ...
    @property
    def arms(self) -> tuple[str, ...]: ...
    @property
    def estimate(self) -> float: ...
    @property
    def interval(self) -> tuple[float, float]: ...
    @property
    def detectable(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Claim:
    kind: str
    arms: tuple[str, ...]
    estimate: float
    interval: tuple[float, float]
    detectable: float


def evidence_of(result: ModelComparison, claim: Claimed, *, breakdown: float | None = None) -> Evidence:
    """What a grade rests on: the claim's own interval, and what the comparison knows of its arms.

    Of a synthetic register neither stability nor sensitivity is computed for it.

    Parameters
    ----------
    result : ModelComparison
    claim : Statement
    breakdown : float, optional
        Computed for a gain where absent and diff-diff is installed.
    """
    options, known = result.design, not result.synthetic and np.isfinite(claim.estimate)
    trends = result.pretrend.set_index("arm")["p_value"]
    alone = claim.kind == "arm"
    stable = (
        holds(result.stability, _weights(result, claim), claim.estimate)
        if known and claim.kind in CORE
        else np.nan
    )
    if breakdown is None:
        breakdown = _breakdown(result, claim.arms[0]) if known and alone else np.nan
    return Evidence(
        result.synthetic, claim.estimate, *claim.interval, claim.detectable, options.exposure, options.control,
        options.drawn_by_lot, float(trends.get(claim.arms[0] if alone else "all", np.nan)), stable, breakdown,
        claim.kind not in ("pair", "first"),
    )  # fmt: skip


CORE = ("joined", "arm", "pair")


def weakest(result: ModelComparison, claim: Claimed) -> Evidence:
    """What the grade of a first place rests on: the weakest of its pairs; nothing where none is stated."""
    pairs = [
        s for s in result.statements if s.kind == "pair" and len(claim.arms) == 1 and claim.arms[0] in s.arms
    ]
    found = [evidence_of(result, s) for s in pairs] or [evidence_of(result, claim)]
    return min(found, key=lambda e: (grade(e).level or 0, -len(grade(e).reasons)))


def _weights(result: ModelComparison, claim: Claimed) -> dict[str, float]:
    """By which the arms' gains make up what is claimed."""
    if claim.arms:
        return dict(zip(claim.arms, (1.0, -1.0), strict=False))
    return dict(zip(result.effects.arms, joined_shares(result.effects, result.overall), strict=True))


def holds(stability: pd.DataFrame, weights: Mapping[str, float], estimate: float) -> float:
    """Share of the stability table's choices in which a combination of the arms' gains has the same sign.

    Choices that cannot be estimated do not count; NaN when none can.
    """
    choices = ["scale", "control", "missing", "switchers"]
    wide = stability[stability["arm"] != ""].pivot_table(index=choices, columns="arm", values="estimate")
    if not set(weights) <= set(wide.columns):
        return np.nan
    found = sum(weight * wide[arm] for arm, weight in weights.items())
    found = pd.Series(found).dropna()
    return float((np.sign(found) == np.sign(estimate)).mean()) if len(found) else np.nan


def _breakdown(result: ModelComparison, arm: str) -> float:
    """NaN without diff-diff, or without effects before and after joining."""
    from importlib.util import find_spec

    from bangfu import sensitivity

    if find_spec("diff_diff") is None:
        return np.nan
    try:
        return sensitivity.breakdown(sensitivity.event_study_of(result, arm))
    except NotEstimable:
        return np.nan


def _by_lot(e: Evidence) -> bool:
    return e.drawn_by_lot and e.exposure == "campaign"


def _steps(e: Evidence) -> Iterator[tuple[int, Word]]:
    if not _by_lot(e):
        if np.isnan(e.pretrend_p):
            yield 1, Word("trends before joining cannot be tested", "参加之前的趋势无从检验")
        elif e.pretrend_p < SIGNIFICANT:
            yield 2, Word("trends differed before joining", "参加之前趋势就已不同")
    if e.control == "never_same_village":
        yield 1, Word("comparison households live in the same villages", "对照户与参加户同村")
    if not e.like_with_like:
        yield 1, Word("those who chose each model may differ", "选择各模式的农户可能本来就不同")
    if not (np.isfinite(e.ci_low) and np.isfinite(e.ci_high)):
        yield len(LEVELS), Word("no interval", "无法给出区间")
    elif e.ci_low <= 0 <= e.ci_high:
        yield 1, Word("the interval includes zero", "区间包含零")
    elif abs(e.estimate) < e.detectable:
        yield 1, Word("smaller than these data can reliably detect", "小于这类数据能可靠检出的幅度")
    if np.isnan(e.stable):
        yield 1, Word("other ways of computing were not tried", "未试其他计算方法")
    elif e.stable < 1:
        yield (
            (1 if e.stable >= MOSTLY else 2),
            Word("other reasonable ways of computing give another answer", "换用其他合理计算方法,结论会变"),
        )
    if np.isnan(e.breakdown):
        yield 1, Word("sensitivity to other trends was not examined", "未检验趋势差异的影响")
    elif e.breakdown < AS_BEFORE:
        yield (
            1,
            Word(
                "a trend difference as large as before joining would overturn it",
                "若出现参加前那样的趋势差异,结论就不成立",
            ),
        )


def _row(rows: pd.DataFrame, name: str) -> Any:
    if rows.empty:
        raise WrongUse(f"no {name!r} in the comparison", f"比较结果中没有 {name!r}")
    return rows.iloc[0]
