"""The house style: one font, one colour per model, one set of sizes; notebooks set none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import matplotlib as mpl
from matplotlib.font_manager import FontEntry, FontProperties, fontManager
from matplotlib.textpath import TextPath

from bangfu.glyphs import spelt

INK = "#222222"
QUIET = "#6b6b6b"
RULE = "#d0d0d0"
PAPER = "#ffffff"
ACCENT = "#0b5c8a"
WARN = "#a63603"

MODEL_COLOURS = {"courtyard": "#1b7837", "cooperative": "#d95f02", "enterprise": "#5e3c99"}
"""One colour per model, apart for the common colour deficiencies and of different lightness for grey print."""

OTHER_COLOURS = ("#0b5c8a", "#b8860b", "#8c2d4b", "#00665e", "#c51b7d", "#7a5230", "#4d4d4d")
"""For models that a register declares itself, in their order."""

COMPONENT_COLOURS = MODEL_COLOURS | {"education": "#b8860b", "medical": "#0b5c8a", "habitat": "#8c8c8c"}

SOURCE_COLOURS = {"wage": "#08306b", "business": "#2171b5", "property": "#c6dbef", "transfer": "#f58518"}
"""Income by source, each of another lightness, so that stacked parts stay apart in grey print."""

MARKERS = {"courtyard": "o", "cooperative": "s", "enterprise": "D"}
OTHER_MARKERS = ("o", "s", "D", "^", "v")
"""As the other colours; so many that a colour that comes round again has another marker."""

BADGE_COLOURS = {"real": "#22543d", "published": "#1a365d", "synthetic": "#a63603"}

ON_PAPER = {"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}
"""The ground of a label that may cross a line."""

SIZE = (9.0, 5.4)
"""Width and height in inches."""

DPI = 150
TITLE, BODY, SMALL = 15.0, 10.5, 8.5
"""Text sizes in points."""


FONTS = Path(str(files("mplfonts") / "fonts"))
"""The bundled fonts; only Noto Sans and Noto Serif are used."""

FONT = FONTS / "NotoSansCJKsc-Regular.otf"

FAMILY = "bangfu"
"""The font's name here. Asked for by its own, it would give way to whatever the system has under that name."""


def font_family() -> str:
    """The family name of the bundled font; registered again where matplotlib has read its fonts again."""
    if all(entry.name != FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(FontEntry(fname=str(FONT), name=FAMILY))
    return FAMILY


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house style, whatever the reader's own matplotlib settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "font.family": font_family(),
                "font.size": BODY,
                "axes.unicode_minus": False,
                "axes.edgecolor": RULE,
                "axes.labelcolor": INK,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.titlesize": BODY,
                "xtick.color": QUIET,
                "ytick.color": QUIET,
                "xtick.labelcolor": INK,
                "ytick.labelcolor": INK,
                "text.color": INK,
                "text.parse_math": False,
                "lines.linewidth": 1.8,
                "figure.facecolor": PAPER,
                "svg.fonttype": "path",
                "svg.hashsalt": "bangfu",
                "path.simplify": False,
            }
        )
        yield


@cache
def text_width(text: str, size: float) -> float:
    """The width of one line in points, from the font's outlines: the same on every machine."""
    if not text.strip():
        return size * 0.3 * len(text)
    text = spelt(text)
    font = FontProperties(fname=str(FONT))
    return float(TextPath((0, 0), text, size=size, prop=font, usetex=False).get_extents().width)


_NO_LINE_STARTS_WITH = ",。;:、!?)》”』」]%…·，；：！？）"


def wrap(text: str, width: float, size: float) -> str:
    """Break a text into lines of at most ``width`` points: at spaces, or between Chinese characters.

    Parameters
    ----------
    text : str
    width, size : float
        Points.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and text_width((line + piece).rstrip(), size) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return "\n".join(lines)


def _pieces(text: str) -> Iterator[str]:
    """Split where a line may break: after a space, around a Chinese character, never before punctuation."""
    piece = ""
    for i, character in enumerate(text):
        piece += character
        following = text[i + 1 : i + 2]
        wide = _is_wide(character) or (following and _is_wide(following))
        if character == " " or (
            wide and following not in _NO_LINE_STARTS_WITH and character not in "(《“『「[（"
        ):
            yield piece
            piece = ""
    if piece:
        yield piece


def _is_wide(character: str) -> bool:
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uff00" <= character <= "\uffef"
        or "\u3000" <= character <= "\u303f"
    )


def arm_colour(arm: str, declared: Sequence[str]) -> str:
    """The colour of an arm: its model's, and grey for several models together.

    Models that only their register knows take the other colours in the order in which it declares them.
    """
    if "+" in arm:
        return QUIET
    return MODEL_COLOURS.get(arm, OTHER_COLOURS[_place(arm, declared) % len(OTHER_COLOURS)])


def arm_marker(arm: str, declared: Sequence[str]) -> str:
    """The marker of an arm, chosen as its colour."""
    return "P" if "+" in arm else MARKERS.get(arm, OTHER_MARKERS[_place(arm, declared) % len(OTHER_MARKERS)])


def _place(model: str, declared: Sequence[str]) -> int:
    """The position among the models that are not default ones; the last for one that is not declared."""
    own = [m for m in declared if m not in MODEL_COLOURS]
    return own.index(model) if model in own else -1
