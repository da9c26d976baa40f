"""The statements of a comparison: the core from one simultaneous band, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bangfu.compare.against import against
from bangfu.compare.grade import evidence_of, weakest
from bangfu.compare.secondary import when
from bangfu.compare.statement import NO_INTERVAL, Interval, Kind, Statement, Verdict, name_list, printed, side
from bangfu.compare.terms import rests_on
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.aggregate import Aggregate, aggregate
from bangfu.estimates.family import Family, Member, core
from bangfu.estimates.group_time import GroupTimeEffects, estimate
from bangfu.estimates.notes import said
from bangfu.estimates.pretrend import Drift, drift
from bangfu.estimates.stability import CHOICES
from bangfu.literals import SCALES
from bangfu.texts import say, texts
from bangfu.words import Word, outcome_word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

_GAINED = {
    "joined": {1: "joined.more", -1: "joined.less", 0: "joined.open"},
    "arm": {1: "arm.more", -1: "arm.less", 0: "arm.open"},
    "pair": {1: "pair.more", -1: "pair.less", 0: "pair.open"},
}
"""Of incomes; of anything else nobody "gains"."""
_CHANGED = {
    "joined": {1: "joined.rose", -1: "joined.fell", 0: "joined.still"},
    "arm": {1: "arm.rose", -1: "arm.fell", 0: "arm.still"},
    "pair": {1: "pair.higher", -1: "pair.lower", 0: "pair.open"},
}
_KINDS: tuple[Kind, ...] = ("joined", "arm", "pair")
_UNKNOWN = {"joined": "joined.unknown", "arm": "arm.unknown", "pair": "pair.unknown"}


def statements(result: ModelComparison) -> tuple[Statement, ...]:
    """What a comparison bears out.

    Core: all joiners, each arm of one model and every two of these, in one two-sided 95% simultaneous band. A direction is
    stated where it leaves out zero, and a first place where one arm is better in all its pairs there and first in every
    choice of the stability table, which is worked out only then. Trends before joining that differ widen the band by what
    would follow if they went on. ``when`` is opened by an arm's direction and read from the event study's own band; what
    speaks against is always stated. ``source``, ``whom`` and ``poverty`` need more than the comparison: see
    :mod:`bangfu.compare.secondary`.
    """
    first = [_first(result)] if result.core.arms else []
    made = [_member(result, m) for m in result.core.members]
    opened = [s for s in made if s.kind == "arm" and s.direction]
    return (*first, *made, *when(result, opened), *against(result))


def core_of(effects: GroupTimeEffects, overall: Aggregate) -> tuple[Family, Drift | None]:
    """The core family, widened by what trends before joining could explain; and these."""
    trend = drift(effects, overall)
    return core(effects, overall, 0.0 if trend is None else trend.margin), trend


def other_scales(result: ModelComparison) -> Mapping[str, tuple[str, Family]]:
    """Unit and core family on every other scale that the cells hold and that can be estimated."""
    out: dict[str, tuple[str, Family]] = {}
    for scale in (s for s in SCALES if s != result.design.scale):
        try:
            effects = estimate(result.cells, result.design.replace(scale=scale))
        except (NotEstimable, WrongUse):
            continue
        out[scale] = (effects.unit, core_of(effects, aggregate(effects, "overall", draws=0))[0])
    return out


def _is_income(result: ModelComparison) -> bool:
    """Whether the outcome is an income, which can be gained."""
    return result.design.outcome.startswith("income") and result.design.best == "high"


def _told(family: Family, unit: str, member: Member) -> tuple[str, float, Interval, float]:
    """Unit, estimate, interval and detectable size of a member, as they are told."""
    i, (unit, times) = family.at(member), printed(unit, difference=len(member) == 2)
    value, low, high, seen = (
        times * float(x[i]) for x in (family.estimate, family.low, family.high, family.detectable)
    )
    return unit, value, (low, high), seen


def _member(result: ModelComparison, member: Member) -> Statement:
    kind: Kind = _KINDS[len(member)]
    unit, value, ends, seen = _told(result.core, result.effects.unit, member)
    households, villages = result.effects.sample.joiners(member)
    words = {"what": outcome_word(result.design.outcome), "thing": _thing(result)}
    words |= dict(zip(("name", "other"), map(result.arm, member), strict=False))
    key = (_GAINED if _is_income(result) else _CHANGED)[kind][side(*ends)]
    others: tuple[Verdict, ...] = ()
    if np.isfinite(ends[0]):
        others = _others(result, member)
    else:
        key, words["why"] = _UNKNOWN[kind], _why(result, member)
    return Statement(
        kind, member, side(*ends), value, ends, unit, households, villages, seen,
        rests_on(result.design, households, villages), key, words, other_scales=others,
        evidence=partial(evidence_of, result),
    )  # fmt: skip


def _why(result: ModelComparison, member: Member) -> Word:
    notes = result.table.loc[result.table["arm"].isin(member), "note"]
    note = next((str(n) for n in notes if n), "no interval")
    return Word(note, said(note, "zh") if note != "no interval" else "没有区间")


def _others(result: ModelComparison, member: Member) -> tuple[Verdict, ...]:
    out = []
    for scale, (of, family) in result.core_on_other_scales.items():
        unit, value, ends, _ = _told(family, of, member)
        if np.isfinite(ends[0]):
            out.append(Verdict(scale, unit, side(*ends), value, ends))
    return tuple(out)


def _first(result: ModelComparison) -> Statement:
    """The first place: who has it, or why it cannot be told."""
    family, info = result.core, result.cells.info
    arms, years, unit = family.arms, result.cells.years, result.effects.unit
    sizes = [_told(family, unit, m)[3] for m in family.members if len(m) == 2]
    seen = max((x for x in sizes if np.isfinite(x)), default=np.nan)
    words = {
        "most": _most(result), "thing": _thing(result), "county": Word(info.title_en, info.title_zh),
        "years": Word(f"{years[0]}–{years[-1]}", f"{years[0]}—{years[-1]}"),
    }  # fmt: skip
    beside: dict[str, float] = {"k": len(arms)}
    unit, value, ends = printed(unit, difference=True)[0], np.nan, NO_INTERVAL
    about, stated = arms, False
    if len(arms) == 1:
        key, words["name"] = "first.one", result.arm(arms[0])
    elif np.isnan(seen):
        key, beside["villages"] = "first.few", result.effects.sample.joiners(arms)[1]
    elif family.first:
        beside["held"], beside["n"] = _held(result, family.first)
        key, stated = "first.unstable", beside["held"] == beside["n"]
    else:
        could = [a for a, low in zip(arms, family.ranks(arms)["rank_low"], strict=True) if low == 1]
        key, beside["could"] = "first.tie" if len(could) == len(arms) else "first.some", len(could)
        words["names"] = name_list([result.arm(a) for a in could])
    if stated:
        about, words["name"] = (family.first,), result.arm(family.first)
        key = _first_key(result, family.first)
        unit, value, ends, _ = _told(family, result.effects.unit, about)
    households, villages = result.effects.sample.joiners(about)
    return Statement(
        "first", about, int(stated), value, ends, unit, households, villages, seen,
        rests_on(result.design, households, villages), key, words, {k: (float(v), "count") for k, v in beside.items()},
        evidence=partial(weakest, result),
    )  # fmt: skip


def _thing(result: ModelComparison) -> Word:
    """A gain; of what is no income, a relative change."""
    return texts("statements")["thing.gain" if _is_income(result) else "thing.other"]


def _first_key(result: ModelComparison, arm: str) -> str:
    gained = result.core.direction((arm,))
    if not _is_income(result):
        return "first.best"
    return {1: "first.named", 0: "first.least_behind", -1: "first.behind"}[gained]


def _most(result: ModelComparison) -> Word:
    if _is_income(result):
        return texts("statements")["most.gain"]
    return say("statements", "most.other", what=outcome_word(result.design.outcome))


def _held(result: ModelComparison, arm: str) -> tuple[int, int]:
    """In how many choices of the stability table an arm is first, and of how many in which anything has an error."""
    known = result.stability[result.stability["std_error"].notna()]
    first = known[(known["arm"] == arm) & (known["rank_high"] == 1).fillna(False)]
    return len(first), known[list(CHOICES)].drop_duplicates().shape[0]
