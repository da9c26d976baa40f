"""The two pages as a list of blocks, in one language: what stands where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from bangfu.brief import words
from bangfu.brief.answer import answer, todo
from bangfu.brief.findings import Findings, Gain
from bangfu.errors import Language
from bangfu.facts import Numbers, fill, keys_in
from bangfu.figures.studies import NEAREST
from bangfu.figures.style import ACCENT, model_colour
from bangfu.formats import interval, number
from bangfu.page.box import TITLE, box
from bangfu.words import BADGES, COMPONENTS, MODELS, TERMS, Word

Block = dict[str, Any]
"""``kind`` and what that kind needs; see ``brief.typ``."""

MOST_PANELS = 4
"""So many kinds of take-up are drawn by year."""


class Writer:
    """Writes blocks in one language, and remembers which numbers they print."""

    def __init__(self, lang: Language, numbers: Numbers) -> None:
        self.lang = lang
        self.numbers = numbers
        self.used: set[str] = set()

    def say(self, text: Word, **names: Word) -> str:
        """A text in the writer's language."""
        self.used |= keys_in(text) & self.numbers.keys()
        return fill(text, self.numbers, **names)[self.lang]

    def badge(self, kind: str) -> Block:
        """The badge of a page, both languages."""
        word = BADGES[kind]
        return {
            "kind": "badge",
            "badge": kind,
            "words": f"{word.zh} {word.en}" if self.lang == "zh" else f"{word.en} {word.zh}",
        }

    def block(self, kind: str, text: Word, **names: Word) -> Block:
        """A block of one text."""
        return {"kind": kind, "words": self.say(text, **names)}

    def box(self, *, synthetic: bool, record: bool) -> Block:
        """不能据此得出."""
        lines = [self.say(line) for line in box(synthetic=synthetic, record=record)]
        return {"kind": "box", "title": TITLE[self.lang], "lines": lines}

    def note(self, title: Word, text: Word, **names: Word) -> Block:
        """A box in grey."""
        return {"kind": "note", "title": title[self.lang], "words": self.say(text, **names)}


def real_page(w: Writer, components: Mapping[str, int], missing: list[Word]) -> list[Block]:
    """What is on record, what was published, what is missing.

    Parameters
    ----------
    w : Writer
    components : mapping of str to int
        Actions by component.
    missing : list of Word
        The facts that would be needed.
    """
    lang = w.lang
    dots = [
        {"name": COMPONENTS[c][lang], "count": n, "said": number(n) if n else words.NONE_REPORTED[lang]}
        for c, n in components.items()
    ]
    table = [
        [
            f"{m.name[lang]}{'（' if lang == 'zh' else ' ('}{NEAREST[m.id][lang]}{'）' if lang == 'zh' else ')'}",
            *(
                w.say(Word(key, key))
                for key in (
                    f"{{studies.{m.id}}}",
                    f"{{studies.{m.id}_positive}}",
                    f"{{studies.{m.id}_by_lot}}",
                )
            ),
        ]
        for m in MODELS
    ]
    return [
        w.badge("real"),
        w.block("title", words.REAL_TITLE),
        w.block("quiet", words.REAL_OPENING),
        {"kind": "stats", "items": [{"value": w.say(Word(k, k)), "label": label[lang]} for k, label in words.STATS]},
        {
            "kind": "pair",
            "left": [
                w.block("heading", words.RECORDS),
                w.block("text", words.RECORDS_TEXT),
                {"kind": "dots", "alt": _alt(words.DOTS_ALT, [f"{r['name']} {r['said']}" for r in dots], lang), "rows": dots},
            ],
            "right": [
                w.block("heading", words.STUDIES),
                {"kind": "table", "head": [h[lang] for h in words.STUDIES_HEAD], "rows": table},
                w.block("text", words.STUDIES_TEXT),
            ],
        },
        w.block("heading", words.MISSING),
        {"kind": "columns", "lines": [m[lang] for m in missing]},
        w.block("quiet", words.MISSING_NOT),
        w.block("heading", words.KEEP),
        {"kind": "columns", "lines": [line[lang] for line in words.KEEP_LINES]},
    ]  # fmt: skip


def example_page(w: Writer, found: Findings, data: Block) -> list[Block]:
    """The worked example: the answer that such records would give, and its limits."""
    return [
        w.badge("synthetic"),
        {"kind": "title", "words": words.EXAMPLE_TITLE},
        w.block("text", words.EXAMPLE_OPENING),
        answer_block(w, found, TERMS["not_graded"]),
        *figures(w, found),
        w.box(synthetic=True, record=True),
        {"kind": "pair", "left": [w.note(words.METHOD, words.METHOD_TEXT)], "right": [data]},
    ]


def own_pages(w: Writer, found: Findings, sure: Word) -> list[list[Block]]:
    """A register of one's own: question, answer, figures; then what to do, what not to conclude, and how."""
    first = [
        {"kind": "badge", "badge": "own", "words": found.dated[w.lang]},
        w.block("title", words.QUESTION),
        w.block("quiet", words.OWN_OPENING),
        answer_block(w, found, sure),
        *figures(w, found),
    ]
    second = [
        w.block("heading", words.OWN_DO),
        {"kind": "list", "lines": [w.say(line, unit=found.unit) for line in todo(found)]},
        w.box(synthetic=False, record=False),
        w.note(words.METHOD, words.METHOD_TEXT),
        w.note(words.DATA, words.DATA_OWN),
    ]
    return [first, second]


def answer_block(w: Writer, found: Findings, sure: Word) -> Block:
    """The answer, and how sure."""
    said = (" " if w.lang == "en" else "").join(w.say(text, **names) for text, names in answer(found))
    return {
        "kind": "answer",
        "words": said,
        "sure": f"{_opened(TERMS['how_sure'][w.lang])}{'：' if w.lang == 'zh' else ': '}{sure[w.lang]}",
    }


def figures(w: Writer, found: Findings) -> list[Block]:
    """Gains with ranks, and gains by year: drawn by the brief itself, so that they can be read on paper."""
    if not found.gains:
        return []
    blocks = [w.block("heading", words.GAINS), _gains(w, found)]
    if any(g.truth is not None for g in found.told):
        blocks.append(w.block("quiet", words.TRUTH))
    panels = [g for g in found.told if g.by_year][:MOST_PANELS]
    return [*blocks, w.block("heading", words.YEARS), _years(w, found, panels)] if panels else blocks


def _gains(w: Writer, found: Findings) -> Block:
    lang, unit = w.lang, found.unit[w.lang]
    ends = [v for g in found.told for v in (g.low, g.high, g.estimate, g.truth) if v is not None]
    low, high, ticks = _scale([*ends, 0.0], unit)
    decimals = _decimals(ends)
    rows, said = [], []
    for position, gain in enumerate(found.gains):
        w.used |= {f"{room}.{gain.arm}" for room in ("gain", "rank", "truth")} & w.numbers.keys()
        if gain.estimate is None:
            text = (TERMS["withheld"] if gain.withheld else words.NO_NUMBER)[lang]
        else:
            text = f"{number(gain.estimate, decimals, sign=True)}{unit}"
        rows.append({
            "name": gain.name[lang], "estimate": gain.estimate, "low": gain.low, "high": gain.high, "truth": gain.truth, "said": text,
            "ranks": [] if gain.rank_low is None or gain.rank_high is None else [gain.rank_low, gain.rank_high],
            "colour": _colour(gain, position),
        })  # fmt: skip
        margin = interval(gain.low, gain.high, decimals, unit=unit, lang=lang)
        said.append(f"{gain.name[lang]} {text}" + (f" ({margin})" if margin else ""))
    return {
        "kind": "gains", "rows": rows, "low": low, "high": high, "ticks": ticks, "ranks": len(found.told),
        "axis": words.GAINS_AXIS[lang], "rank_axis": words.RANKS_AXIS[lang], "stamp": _stamp(w, found),
        "alt": _alt(_badged(words.GAINS, found), said, lang),
    }  # fmt: skip


def _years(w: Writer, found: Findings, panels: list[Gain]) -> Block:
    lang, unit = w.lang, found.unit[w.lang]
    values = [v for g in panels for _, *rest in g.by_year for v in rest if v is not None]
    low, high, ticks = _scale([*values, 0.0], unit)
    years = sorted({e for g in panels for e, *_ in g.by_year})
    drawn = [
        {
            "name": g.name[lang],
            "colour": _colour(g, found.gains.index(g)),
            "points": [{"x": e, "y": y, "low": a, "high": b} for e, y, a, b in g.by_year],
        }
        for g in panels
    ]
    w.used |= {f"last.{g.arm}" for g in panels}
    last = [f"{g.name[lang]} {number(g.by_year[-1][1], 1, sign=True)}{unit}" for g in panels]
    return {
        "kind": "years", "panels": drawn, "low": low, "high": high, "ticks": ticks, "first": years[0], "last": years[-1],
        "x": [{"value": e, "said": str(e)} for e in years if e % 2 == 0], "axis": words.YEARS_AXIS[lang],
        "stamp": _stamp(w, found), "alt": _alt(_badged(words.YEARS, found), last, lang),
    }  # fmt: skip


def _colour(gain: Gain, position: int) -> str:
    return ACCENT if "+" in gain.arm else model_colour(gain.arm, position)


def _stamp(w: Writer, found: Findings) -> str:
    return w.badge("synthetic")["words"] if found.synthetic else ""


def _badged(text: Word, found: Findings) -> Word:
    badge = BADGES["synthetic"]
    return Word(f"{badge.en}: {text.en}", f"{badge.zh}:{text.zh}") if found.synthetic else text


def _scale(values: list[float], unit: str) -> tuple[float, float, list[dict[str, Any]]]:
    """Round ends and three to six ticks."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = 10.0 ** math.floor(math.log10(span))
    step = next(s for s in (step / 5, step / 2, step, 2 * step) if span / s <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 3
    ticks = [
        {"value": k * step, "said": f"{number(k * step, decimals, sign=True)}{unit}"}
        for k in range(first, last + 1)
    ]
    return first * step, last * step, ticks


def _decimals(values: list[float]) -> int:
    largest = max((abs(v) for v in values), default=0.0)
    return 3 if largest < 1 else 1 if largest < 200 else 0


def _alt(opening: Word, lines: list[str], lang: Language) -> str:
    return f"{opening[lang].rstrip('.。')}{'：' if lang == 'zh' else ': '}{'；'.join(lines) if lang == 'zh' else '; '.join(lines)}{'。' if lang == 'zh' else '.'}"


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
