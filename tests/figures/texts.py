"""What every figure's texts must keep to: both languages, every number backed, badge or title of the register."""

from __future__ import annotations

import json
import re

import matplotlib.text
from matplotlib.figure import Figure as Sheet

from bangfu.errors import Language
from bangfu.figures import Figure, Number
from bangfu.figures.render import csv
from bangfu.figures.show import texts
from bangfu.figures.style import BODY, SIZE, style, text_width, wrap
from bangfu.formats import decimals_of, number

OPENINGS: dict[Language, str] = {"en": "SYNTHETIC", "zh": "模拟数据·非真实农户"}
USABLE = (SIZE[0] - 0.7) * 72
"""Points between the margins."""

PARTS = ("title", "subtitle", "reading", "not_shown", "alt")
_NO_RESULT = re.compile(
    r"95%|(?<!\d)(?:19|20)\d{2}(?!\d)|of 100|a hundred|每100户|<0\.001"
)  # levels, years, icons
_TOKEN = re.compile(r"(?<![A-Za-z0-9_./])\d[\d,]*(?:\.\d+)?(?![A-Za-z0-9_])")


def printed(text: str) -> list[str]:
    """The numbers of a text, without signs; years and levels of intervals apart."""
    return [t.rstrip(",") for t in _TOKEN.findall(_NO_RESULT.sub(" ", text))]


def unbacked(figure: Figure) -> dict[str, list[str]]:
    """Numbers that texts print and ``figure.numbers`` does not have."""
    known = [v for n in figure.numbers.values() for v in (n.value, n.low, n.high) if v is not None]
    out = {}
    for part in PARTS:
        for lang in ("en", "zh"):
            text = getattr(figure, part)[lang]
            loose = [t for t in printed(text) if t not in {number(abs(v), decimals_of(t)) for v in known}]
            if loose:
                out[f"{part}.{lang}"] = loose
    return out


def drawn(figure: Figure, lang: Language = "zh") -> list[str]:
    """Every text inside the plot."""
    with style():
        panel = Sheet(figsize=(9, figure.height)).subfigures(1, 1)
        figure.draw(panel, lang)
        return [t.get_text() for t in panel.findobj(matplotlib.text.Text) if t.get_text()]  # type: ignore[attr-defined]


def complaints(figure: Figure) -> list[str]:
    """Everything wrong with a figure's texts, badge and files."""
    out = [f"{k} {v}" for k, v in unbacked(figure).items()]
    for part in (*PARTS, "source"):
        for lang in ("en", "zh"):
            text = getattr(figure, part)[lang]
            if (
                not text.strip()
                or "nan" in text.replace("financ", "")
                or "inf%" in text
                or "+" in re.sub(r"\+\d", "", text)
            ):
                out.append(f"{part}.{lang}: {text!r}")
        if re.search(r"[A-Za-z]{4}", getattr(figure, part).zh.replace("yuan", "")):
            out.append(f"{part}: English in Chinese")
    for lang in OPENINGS:
        lines = wrap(figure.subtitle[lang], USABLE, BODY).split("\n")
        if len(lines) > 1 and text_width(lines[-1], BODY) < USABLE / 4:
            out.append(f"subtitle.{lang} leaves {lines[-1]!r} alone on a line")
    out += [f"{k} is {n}" for k, n in figure.numbers.items() if not _sound(n)]
    drawn(figure)
    marked = "SYNTHETIC" in csv(figure).decode() and "_SYNTHETIC" in figure.stem
    if figure.synthetic:
        for lang, opening in OPENINGS.items():
            if not figure.heading(lang).startswith(opening) or not figure.alternative(lang).startswith(
                opening
            ):
                out.append("badge missing in heading or alternative text")
        if not marked:
            out.append("badge missing in CSV or file name")
    else:
        said = "".join(json.dumps(texts(figure, lang), ensure_ascii=False) for lang in OPENINGS)
        if re.search("SYNTHETIC|非真实|invented", said + figure.stem + csv(figure).decode()):
            out.append("says synthetic of a register of one's own")
    return out


def _sound(n: Number) -> bool:
    return all(v is None or abs(v) < 1e12 for v in (n.value, n.low, n.high))
