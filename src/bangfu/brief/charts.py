"""The brief's own figures: gains with possible ranks, and gains by year; drawn for paper, with the badge inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bangfu.brief.findings import Findings, Gain
from bangfu.brief.writer import Block, Writer, listed
from bangfu.figures.style import arm_colour
from bangfu.formats import interval, number
from bangfu.texts import texts
from bangfu.words import BADGES, TERMS, Word

BRIEF = texts("brief")

BASE = -1
"""The year before joining, which gains are measured from."""
REACH = 2.5
"""An interval is drawn up to so many times as far from zero as the farthest point."""
MOST_PANELS = 4
"""So many kinds of take-up are drawn by year."""


def figures(w: Writer, found: Findings) -> list[Block]:
    """Gains with ranks, and gains by year: drawn by the brief itself, so that they can be read on paper."""
    if not found.gains:
        return []
    blocks = [w.block("heading", BRIEF["gains"]), _gains(w, found)]
    if any(g.truth is not None for g in found.told):
        blocks.append(w.block("quiet", BRIEF["truth"]))
    panels = [g for g in found.told if g.by_year][:MOST_PANELS]
    if panels:
        blocks += [
            w.block("heading", BRIEF["years"]) | {"optional": True},
            _years(w, found, panels) | {"optional": True},
        ]
    return blocks


def _gains(w: Writer, found: Findings) -> Block:
    lang, unit = w.lang, found.unit[w.lang]
    ends = [v for g in found.told for v in g.ends if v is not None]
    points = [v for g in found.told for v in (g.estimate, g.truth) if v is not None]
    low, high, ticks, cut = _scale(ends, points, unit)
    decimals = _decimals(points)
    rows, said = [], []
    for gain in found.gains:
        w.used |= {f"{room}.{gain.arm}" for room in ("gain", "rank", "truth")} & w.numbers.keys()
        told = gain in found.told
        text = f"{number(gain.estimate, decimals, sign=True)}{unit}" if told else _reason(gain)[lang]
        rows.append({
            "name": gain.name[lang], "estimate": gain.estimate if told else None, "low": cut(gain.ends[0]), "high": cut(gain.ends[1]), "truth": gain.truth,
            "said": text,
            "ranks": [] if not told or gain.rank_low is None or gain.rank_high is None else [gain.rank_low, gain.rank_high],
            "colour": arm_colour(gain.arm, found.models),
        })  # fmt: skip
        margin = interval(*gain.ends, decimals, unit=unit, lang=lang) if told else ""
        said.append(f"{gain.name[lang]} {text}" + (f" ({margin})" if margin else ""))
    return {
        "kind": "gains", "rows": rows, "low": low, "high": high, "ticks": ticks if found.told else [], "ranks": max([g.rank_high or 0 for g in found.told], default=0),
        "axis": BRIEF["gains_axis"][lang], "rank_axis": BRIEF["ranks_axis"][lang], "stamp": _stamp(w, found),
        "alt": listed(_badged(BRIEF["gains"], found), said, lang),
    }  # fmt: skip


def _years(w: Writer, found: Findings, panels: list[Gain]) -> Block:
    lang, unit = w.lang, found.unit[w.lang]
    ends = [v for g in panels for *_, a, b in g.by_year for v in (a, b) if v is not None]
    low, high, ticks, cut = _scale(ends, [y for g in panels for _, y, *_ in g.by_year], unit)
    years = sorted({e for g in panels for e, *_ in g.by_year})
    drawn = [
        {
            "name": g.name[lang],
            "colour": arm_colour(g.arm, found.models),
            "points": [{"x": e, "y": y, "low": cut(a), "high": cut(b)} for e, y, a, b in _with_base(g)],
        }
        for g in panels
    ]
    w.used |= {f"last.{g.arm}" for g in panels}
    last = [f"{g.name[lang]} {number(g.by_year[-1][1], 1, sign=True)}{unit}" for g in panels]
    return {
        "kind": "years", "panels": drawn, "low": low, "high": high, "ticks": ticks, "first": years[0], "last": years[-1],
        "x": [{"value": e, "said": str(e)} for e in years if e % 2 == 0], "axis": BRIEF["years_axis"][lang],
        "stamp": _stamp(w, found), "alt": listed(_badged(BRIEF["years"], found), last, lang),
    }  # fmt: skip


def _with_base(gain: Gain) -> list[tuple[int, float, float | None, float | None]]:
    """The year before joining is nothing by definition; shown, so that a dip in that year can be seen."""
    years = list(gain.by_year)
    return years if any(e == BASE for e, *_ in years) else sorted([*years, (BASE, 0.0, None, None)])


def _stamp(w: Writer, found: Findings) -> str:
    return w.badge("synthetic")["words"] if found.synthetic else ""


def _badged(text: Word, found: Findings) -> Word:
    badge = BADGES["synthetic"]
    return Word(f"{badge.en}: {text.en}", f"{badge.zh}:{text.zh}") if found.synthetic else text


def _reason(gain: Gain) -> Word:
    """Why a gain is not told."""
    if gain.withheld:
        return TERMS["withheld"]
    return BRIEF["no_number"] if gain.estimate is None else BRIEF["no_interval"]


Cut = Callable[[float | None], float | None]


def _scale(
    ends: list[float], points: list[float], unit: str
) -> tuple[float, float, list[dict[str, Any]], Cut]:
    """Round ends, three to six ticks, and what cuts an interval that runs out of the frame.

    The frame holds every point and zero; an interval may run out of it where it is more than :data:`REACH` times as
    far from zero as the farthest point.
    """
    reach = REACH * max((abs(p) for p in points), default=1.0) or 1.0
    low = min(0.0, *points, max(min(ends, default=0.0), -reach))
    high = max(0.0, *points, min(max(ends, default=0.0), reach))
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if span / s <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 3
    ticks = [
        {"value": k * step, "said": f"{number(k * step, decimals, sign=True)}{unit}"}
        for k in range(first, last + 1)
    ]

    def cut(value: float | None) -> float | None:
        return None if value is None else min(max(value, first * step), last * step)

    return first * step, last * step, ticks, cut


def _decimals(values: list[float]) -> int:
    largest = max((abs(v) for v in values), default=0.0)
    return 3 if largest < 1 else 1 if largest < 200 else 0
