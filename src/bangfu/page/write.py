"""The page from the files of a build."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from bangfu.errors import Language
from bangfu.facts import Numbers
from bangfu.figures.figure import Number
from bangfu.figures.show import LANGUAGES
from bangfu.page import words
from bangfu.page.box import TITLE, box
from bangfu.page.entries import Entry, entries
from bangfu.page.svg import Drawing, Shared, drawing, opening
from bangfu.texts import fill, keys_in
from bangfu.words import Word

LARGEST = 8_000_000
"""Bytes that the page may have."""


def page(
    figures: Path,
    notebooks: Path,
    numbers: Numbers,
    *,
    sure: Word | None = None,
    name: Word | None = None,
    briefs: bool = True,
) -> bytes:
    """The page of a build, one HTML file.

    Parameters
    ----------
    figures : Path
        Holds ``en/``, ``zh/`` and ``manifest.json``.
    notebooks : Path
        The executed notebooks.
    numbers : mapping of str to Number
        The facts that the page's own sentences print.
    sure : Word, optional
        The grade of the comparison in a register of one's own, in words.
    name : Word, optional
        That register's title and date: the heading of its part.
    briefs : bool
        Whether briefs lie beside the page.
    """
    found = entries(figures, notebooks)
    badges = {e.badge for e in found}
    shared = Shared()
    sections = []
    for badge, (title, note) in words.SECTIONS.items():
        items = [_item(e, shared, sure) for e in found if e.badge == badge]
        if items:
            heading = name if badge == "own" and name is not None else title
            sections.append({"badge": badge, "title": heading, "note": note, "figures": items})
    boxed = box(synthetic="synthetic" in badges, record="real" in badges)
    script, css = _source("page.js"), _source("page.css")
    manifest = json.loads((figures / "manifest.json").read_text(encoding="utf-8"))
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.from_string(_source("page.html.j2")).render(
        heading=words.QUESTION,
        lead=[fill(line, numbers) for line in _recorded(lead(badges), numbers)],
        box_title=TITLE,
        box=[fill(line, numbers) for line in _recorded(boxed, numbers)],
        sections=sections,
        outlines=shared.markup(),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        css=css,
        ui=words.UI,
        data=manifest["data"],
        briefs=briefs,
    )
    return (text.strip() + "\n").encode("utf-8")


def printed(badges: set[str], numbers: Numbers) -> dict[str, Number]:
    """The numbers that the page's own sentences print."""
    lines = [*lead(badges), *box(synthetic="synthetic" in badges, record="real" in badges)]
    return {key: numbers[key] for line in _recorded(lines, numbers) for key in sorted(keys_in(line))}


def _recorded(lines: list[Word], numbers: Numbers) -> list[Word]:
    """The sentences whose numbers a record holds; of the others it says nothing."""
    return [line for line in lines if keys_in(line) <= numbers.keys()]


def lead(badges: set[str]) -> list[Word]:
    """The opening sentences, by what the page shows."""
    if "own" in badges:
        return [words.LEAD_OWN]
    if badges == {"synthetic"}:
        return [words.LEAD_INVENTED]
    said = {
        "real": words.LEAD_RECORD,
        "published": words.LEAD_PUBLISHED,
        "synthetic": words.LEAD_EXAMPLE,
    }
    return [line for badge, line in said.items() if badge in badges]


def _item(entry: Entry, shared: Shared, sure: Word | None) -> dict[str, Any]:
    drawn = {lang: drawing(entry.svg[lang], f"s-{entry.stem}-{lang}", shared) for lang in LANGUAGES}
    return {
        "entry": entry,
        "svg": {lang: _svg(entry, lang, drawn[lang]) for lang in LANGUAGES},
        "tall": any(d.body[3] > 0.6 * d.body[2] for d in drawn.values()),
        "sure": words.SURE.get(entry.badge) or sure or words.UNGRADED,
    }


def _svg(entry: Entry, lang: Language, drawn: Drawing) -> str:
    name = f"s-{entry.stem}-{lang}"
    start = opening(
        name, entry.words["title"][lang], entry.words["alt"][lang], "zh-CN" if lang == "zh" else "en", drawn
    )
    return f"{start}{drawn.inner}</svg>"


def _source(name: str) -> str:
    return (files("bangfu.page") / name).read_text(encoding="utf-8")
