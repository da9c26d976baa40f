"""From a :class:`Figure` to bytes that are the same on every machine."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Sheet
from matplotlib.gridspec import GridSpec
from matplotlib.text import Text

from bangfu.errors import Language
from bangfu.figures.figure import Figure
from bangfu.figures.style import (
    BADGE_COLOURS,
    BODY,
    DPI,
    INK,
    PAPER,
    QUIET,
    SIZE,
    SMALL,
    TITLE,
    WARN,
    style,
    text_width,
    wrap,
)
from bangfu.formats import csv_bytes
from bangfu.glyphs import spelt
from bangfu.words import BADGES, TERMS

_MARGIN = 0.35  # inches
_LINE = 1.45  # line height over text size; the font's own leading


def png(figure: Figure, lang: Language) -> bytes:
    """The figure as PNG."""
    with style():
        sheet = _sheet(figure, lang)
        FigureCanvasAgg(sheet)
        out = io.BytesIO()
        sheet.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def svg(figure: Figure, lang: Language) -> bytes:
    """The figure as SVG with title and description for screen readers."""
    with style():
        sheet = _sheet(figure, lang)
        FigureCanvasSVG(sheet)
        out = io.StringIO()
        sheet.savefig(
            out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    name = quoteattr(f"{figure.id}-{lang}")[1:-1]
    opening = (
        f'<svg role="img" lang="{lang}" aria-labelledby="{name}-title {name}-desc" '
        # matplotlib writes its own attributes after these
    )
    body = f'<title id="{name}-title">{escape(figure.heading(lang))}</title>\n<desc id="{name}-desc">{escape(figure.alternative(lang))}</desc>\n'
    start = text.index("<svg ")
    end = text.index(">", start) + 1
    lines = (
        text[:start] + opening + text[start + 5 : end] + "\n" + body + text[end:].lstrip("\n")
    ).splitlines()
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8")


def csv(figure: Figure) -> bytes:
    """The drawn data as CSV; the last column carries the badge."""
    if figure.withheld:
        return csv_bytes(figure.data.iloc[:0].assign(badge=[]))
    return csv_bytes(figure.data.assign(badge=figure.badge_text("en")))


def _sheet(figure: Figure, lang: Language) -> Sheet:
    """Header, body and foot on one page."""
    width, height = SIZE[0], figure.height
    sheet = Sheet(figsize=(width, height))
    usable = (width - 2 * _MARGIN) * 72

    badge = figure.badge_text(lang)
    colour = BADGE_COLOURS.get(figure.badge, INK)
    top = height - 0.28
    _text(
        sheet,
        _MARGIN + 0.06,
        top,
        badge,
        SMALL,
        PAPER,
        bbox={"facecolor": colour, "edgecolor": colour, "boxstyle": "square,pad=0.35"},
    )
    top -= 0.14
    top = _block(sheet, wrap(figure.heading(lang), usable, TITLE), top, TITLE, INK)
    top = _block(sheet, wrap(figure.said(figure.subtitle, lang), usable, BODY), top - 0.04, BODY, QUIET)

    foot = wrap(figure.source[lang], usable, SMALL)
    lines = foot.count("\n") + 1
    bottom = 0.12 + lines * SMALL * _LINE / 72
    _block(sheet, foot, bottom, SMALL, QUIET)

    head, foot_height = height - top + 0.05, bottom + 0.05
    rows = GridSpec(
        3, 1, figure=sheet, height_ratios=[head, height - head - foot_height, foot_height], hspace=0
    )
    panel = sheet.add_subfigure(rows[1])
    panel.set_facecolor("none")
    if figure.withheld:
        panel.text(0.5, 0.5, TERMS["withheld"][lang], ha="center", va="center", fontsize=TITLE, color=WARN)
        return _spelt(sheet)
    figure.draw(panel, lang)
    if figure.synthetic:
        _stamp(panel, lang)
    return _spelt(sheet)


def _spelt(sheet: Sheet) -> Sheet:
    """Every text with what the font lacks spelt by its code."""
    for text in sheet.findobj(Text):
        text.set_text(spelt(text.get_text()))
    return sheet


def _stamp(panel: object, lang: Language) -> None:
    """The badge inside every plot area, so that a cropped slide keeps it."""
    word = BADGES["synthetic"]
    text = f"{word.zh} {word.en}" if lang == "zh" else f"{word.en} {word.zh}"
    for axes in panel.axes:  # type: ignore[attr-defined]
        room = axes.get_position().width * SIZE[0] * 72
        size = min(BODY + 3, (BODY + 3) * 0.92 * room / text_width(text, BODY + 3))
        axes.text(
            0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=size,
            color=BADGE_COLOURS["synthetic"], alpha=0.22, zorder=6, clip_on=False,
        )  # fmt: skip


def _block(sheet: Sheet, text: str, top: float, size: float, colour: str) -> float:
    """Write lines downward from ``top`` inches; gives the height left below them."""
    for line in text.split("\n"):
        top -= size * _LINE / 72
        _text(sheet, _MARGIN, top + size * 0.35 / 72, line, size, colour)
    return top


def _text(sheet: Sheet, left: float, base: float, text: str, size: float, colour: str, **more: Any) -> None:
    width, height = sheet.get_size_inches()
    sheet.text(
        left / width, base / height, text, fontsize=size, color=colour, ha="left", va="baseline", **more
    )


def fits(text: str, width: float, size: float) -> bool:
    """Whether every line of the text stays within ``width`` points."""
    return all(text_width(line, size) <= width for line in text.split("\n"))
