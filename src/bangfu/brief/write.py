"""What a brief prints, and its PDF: made by Typst from data, never from text that it would run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

from bangfu.brief import layout
from bangfu.brief.findings import Findings
from bangfu.brief.writer import Block, Writer
from bangfu.campaign import Campaign, citation
from bangfu.errors import Language
from bangfu.facts import Numbers
from bangfu.figures.figure import Number
from bangfu.figures.style import FONTS
from bangfu.glyphs import spelt
from bangfu.release import HOUSEHOLDS
from bangfu.texts import texts
from bangfu.words import Word

BRIEF = texts("brief")

TIMESTAMP = 1_494_201_600
"""Seconds since 1970 of 8 May 2017, the day of the report: a fixed time, so that the bytes never change."""

PAGES = 2
SIZES = (11.4, 10.8, 10.2, 9.8, 9.4, 9.0, 8.6, 8.2, 7.8)
"""Text sizes in points: the largest that keeps to two pages is taken."""

MOST_WORDS, MOST_CHARACTERS = 900, 1500
"""The longest brief: English words, Chinese characters."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief in one language.

    Attributes
    ----------
    content : dict
        As ``brief.typ`` reads it: all words and numbers as text.
    numbers : mapping of str to Number
        Those that it prints, by key.
    """

    content: dict[str, Any]
    numbers: Mapping[str, Number]

    def pdf(self) -> bytes:
        """PDF/UA-1, the same bytes every time."""
        return pdf(self.content)


def shipped_brief(lang: Language, numbers: Numbers, campaign: Campaign, found: Findings) -> Brief:
    """The brief of a synthetic register: real material on one page, the worked example on the other.

    Parameters
    ----------
    lang : {"en", "zh"}
    numbers : mapping of str to Number
        Facts of the record and of the studies.
    campaign : Campaign
    found : Findings
    """
    w = Writer(lang, {**numbers, **found.numbers()})
    names = {"source": citation(campaign)}
    counts = campaign.actions_by_component().set_index("component_id")["actions"]
    gaps = campaign.gaps[campaign.gaps["needed_for_income_question"].astype(bool)]
    missing = [Word(str(r.missing_en), str(r.missing_zh)) for r in gaps.itertuples()]
    pages = [
        layout.real_page(w, {str(c): int(n) for c, n in counts.items()}, missing),
        layout.example_page(w, found, w.note(BRIEF["data"], BRIEF["data_shipped"], **names)),
    ]
    footers = [w.say(BRIEF["real_footer"], **names), BRIEF["example_footer"][lang]]
    return _brief(w, BRIEF["real_title"], footers, pages)


def own_brief(lang: Language, found: Findings, sure: Word) -> Brief:
    """The brief of a register of one's own.

    Parameters
    ----------
    lang : {"en", "zh"}
    found : Findings
    sure : Word
        How sure, in words.
    """
    rule = {"rule.smallest": Number(HOUSEHOLDS, "households")}
    w = Writer(lang, found.numbers() | rule)
    return _brief(w, BRIEF["question"], [found.dated[lang]] * PAGES, layout.own_pages(w, found, sure))


def _brief(w: Writer, title: Word, footers: list[str], pages: list[list[Block]]) -> Brief:
    content = {
        "lang": w.lang, "title": title[w.lang], "description": footers[0], "footers": footers, "pages": pages
    }  # fmt: skip
    return Brief(content, {key: w.numbers[key] for key in sorted(w.used)})


def _printable(value: Any) -> Any:
    """The texts of a brief, with what its fonts lack spelt by its code."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return spelt(value) if isinstance(value, str) else value


def pdf(content: dict[str, Any]) -> bytes:
    """Set a brief, as large as two pages allow; what is optional goes where even the smallest text runs over.

    Parameters
    ----------
    content : dict
        As ``brief.typ`` reads it.
    """
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[FONTS],
    )
    content = _printable(content)
    short = content | {"pages": [[b for b in page if not b.get("optional")] for page in content["pages"]]}
    tried = [(some, size) for some in (content, short) for size in SIZES]
    with as_file(files("bangfu.brief") / "brief.typ") as template:
        common: dict[str, Any] = {
            "font_paths": fonts,
            "ignore_system_fonts": True,
            "root": str(template.parent),
        }

        def inputs(some: dict[str, Any], size: float) -> dict[str, str]:
            return {"data": json.dumps(some, ensure_ascii=False), "size": str(size)}

        def fits(way: tuple[dict[str, Any], float]) -> bool:
            said = typst.query(
                str(template), "<pages>", field="value", one=True, sys_inputs=inputs(*way), **common
            )
            return int(json.loads(said)) <= PAGES

        way = next(filter(fits, tried), tried[-1])
        made = typst.compile(
            str(template), format="pdf", sys_inputs=inputs(*way), pdf_standards=["ua-1"], timestamp=TIMESTAMP,
            **common,
        )  # fmt: skip
    return bytes(made)
