"""The figures of a build, as their files say: nothing about a figure is known here beforehand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.errors import BangfuError, Language
from bangfu.figures.figure import Number
from bangfu.figures.show import LANGUAGES
from bangfu.notebooks.normal import load
from bangfu.page.words import SECTIONS
from bangfu.words import Word


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure.

    Attributes
    ----------
    id, stem, badge : str
        As in the figure's files.
    words : dict of str to Word
        badge_text, title, subtitle, reading, not_shown, alt, source.
    svg : dict of {"en", "zh"} to str
        The files' text.
    csv : str
    numbers : dict of str to Number
    notebook, code : str
        The notebook that made it, and the source of the cell.
    cell : int
        Which executed cell.
    editions : Word
        The notebook's file in each language; the same file where it has one edition.
    """

    id: str
    stem: str
    badge: str
    words: dict[str, Word]
    svg: dict[Language, str]
    csv: str
    numbers: dict[str, Number]
    notebook: str
    cell: int
    code: str
    editions: Word = field(default_factory=lambda: Word("", ""))

    @property
    def label(self) -> str:
        """The figure's number, without leading zeros."""
        return self.id.split("_")[0].lstrip("0") or self.id


_WORDS = ("badge_text", "title", "subtitle", "reading", "not_shown", "alt", "source")


def entries(figures: Path, notebooks: Path) -> list[Entry]:
    """Every figure of a build, in the order of the page: real, published, synthetic or own, then by number.

    Parameters
    ----------
    figures : Path
        Holds ``en/``, ``zh/`` and ``manifest.json``.
    notebooks : Path
        The executed notebooks.

    Raises
    ------
    BangfuError
        When a figure that the manifest lists lacks a file, or has an unknown badge.
    """
    listed = json.loads((figures / "manifest.json").read_text(encoding="utf-8"))["figures"]
    made = {item["name"].split("/")[1]: item for item in listed}
    order = list(SECTIONS)
    found = [_entry(figures, notebooks, stem, item) for stem, item in made.items()]
    return sorted(found, key=lambda e: (order.index(e.badge), e.id))


def _entry(figures: Path, notebooks: Path, stem: str, item: dict[str, Any]) -> Entry:
    try:
        texts = {lang: json.loads(_read(figures / lang / f"{stem}.json")) for lang in LANGUAGES}
        svg = {lang: _read(figures / lang / f"{stem}.svg") for lang in LANGUAGES}
        csv = _read(figures / "en" / f"{stem}.csv")
    except FileNotFoundError as error:
        raise BangfuError(
            f"the figure {stem} lacks the file {error.filename}; run bangfu reproduce",
            f"图 {stem} 缺少文件 {error.filename},请运行 bangfu reproduce",
        ) from None
    en, zh = texts["en"], texts["zh"]
    if en["badge"] not in SECTIONS:
        raise BangfuError(f"the figure {stem} has an unknown badge", f"图 {stem} 的标识不明")
    return Entry(
        id=en["id"],
        stem=stem,
        badge=en["badge"],
        words={key: Word(en[key], zh[key]) for key in _WORDS},
        svg=svg,
        csv=csv,
        numbers={
            key: Number(n["value"], n["unit"], n.get("low"), n.get("high"))
            for key, n in en["numbers"].items()
        },
        notebook=item["notebook"],
        cell=item["cell"],
        code=_code(notebooks / item["notebook"], item["cell"]) if item["notebook"] else "",
        editions=_editions(notebooks, item["notebook"]),
    )


def _editions(notebooks: Path, name: str) -> Word:
    chinese = name.replace(".ipynb", ".zh.ipynb")
    return Word(name, chinese if name and (notebooks / chinese).is_file() else name)


def _code(notebook: Path, cell: int) -> str:
    for found in load(notebook).cells:
        if found.cell_type == "code" and found.get("execution_count") == cell:
            return str(found.source)
    return ""


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
