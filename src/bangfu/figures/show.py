"""Put a figure into a notebook, and its files where the one environment variable says."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from bangfu.atomic import write_bytes
from bangfu.characters import in_json
from bangfu.errors import Language
from bangfu.figures.figure import Figure
from bangfu.figures.render import csv, png, svg
from bangfu.formats import settle
from bangfu.words import Word

FOLDER = "BANGFU_FIGURES"
"""Names the folder that figures are written to; where it is not set, nothing is written."""

LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Shown:
    """A figure as a notebook shows it: the picture, and its words as plain text."""

    def __init__(self, figure: Figure, lang: Language) -> None:
        self.figure = figure
        self.lang = lang

    def __repr__(self) -> str:
        words = self.figure.heading(self.lang), self.figure.said(self.figure.reading, self.lang)
        return "\n".join(words)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data = {"image/png": png(self.figure, self.lang), "text/plain": repr(self)}
        metadata = {
            "image/png": {"alt": self.figure.alternative(self.lang)},
            "bangfu_figure": f"{self.lang}/{self.figure.stem}",
        }
        return data, metadata


def show(figure: Figure, lang: Language = "en") -> Shown:
    """Show a figure in a notebook; write its files when ``BANGFU_FIGURES`` names a folder.

    Parameters
    ----------
    figure : Figure
    lang : {"en", "zh"}
        The language in the notebook. Files are always written in both.
    """
    if folder := os.environ.get(FOLDER):
        write(figure, Path(folder))
    return Shown(figure, lang)


def write(figure: Figure, folder: Path) -> list[Path]:
    """Write SVG, PNG, CSV and texts in both languages; gives the paths."""
    written = []
    for lang in LANGUAGES:
        base = folder / lang / figure.stem
        files = {
            ".svg": svg(figure, lang),
            ".png": png(figure, lang),
            ".csv": csv(figure),
            ".json": json_bytes(texts(figure, lang)),
        }
        for ending, content in files.items():
            path = base.with_name(base.name + ending)
            write_bytes(path, content, overwrite=True)
            written.append(path)
    return written


def texts(figure: Figure, lang: Language) -> dict[str, Any]:
    """The words of a figure in one language and the numbers they print."""

    def said(word: Word) -> str:
        return figure.said(word, lang)

    return {
        "id": figure.id,
        "badge": figure.badge,
        "badge_text": figure.badge_text(lang),
        "title": figure.heading(lang),
        "subtitle": said(figure.subtitle),
        "reading": said(figure.reading),
        "not_shown": said(figure.not_shown),
        "alt": figure.alternative(lang),
        "source": figure.source[lang],
        "withheld": figure.withheld,
        "numbers": {
            key: {
                "value": settle(float(n.value)),
                "unit": n.unit,
                **(
                    {"low": settle(n.low), "high": settle(n.high)}
                    if n.low is not None and n.high is not None
                    else {}
                ),
            }
            for key, n in sorted(figure.numbers.items())
            if not figure.withheld
        },
    }


def json_bytes(value: Any) -> bytes:
    """JSON that is the same on every machine: UTF-8, LF, two spaces."""
    return (in_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n").encode("utf-8")
