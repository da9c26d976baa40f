"""Characters that the bundled fonts lack: named by ``check``, spelt by their code in figures and briefs."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import as_file, files

FONTS = ("NotoSansCJKsc-Regular.otf", "NotoSerifCJKsc-Regular.otf")

_SURELY = re.compile(
    "[\t\n\r -~\u00a0-\u00ac\u00ae-\u00ff\u2013\u2014\u2018-\u201d\u3000-\u3015\u4e00-\u9fa5\uff01-\uff5e]*"
)
"""Texts that hold nothing else need no look into the fonts."""


@cache
def _held() -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    held = []
    for name in FONTS:
        with as_file(files("mplfonts") / "fonts" / name) as path:
            held.append(frozenset(FT2Font(str(path)).get_charmap()))
    return frozenset.intersection(*held)


def lacking(text: str) -> str:
    """The characters of a text that no bundled font has, each once.

    >>> lacking("庭院 garden"), lacking("羊🐑羊🐑") == "\\U0001f411"
    ('', True)
    """
    if _SURELY.fullmatch(text):
        return ""
    return "".join(dict.fromkeys(c for c in text if not _SURELY.fullmatch(c) and ord(c) not in _held()))


def spelt(text: str) -> str:
    """The text with such characters spelt by their code.

    >>> spelt("羊🐑"), spelt("庭院")
    ('羊[U+1F411]', '庭院')
    """
    missing = lacking(text)
    if not missing:
        return text
    runs = re.compile(f"[{re.escape(missing)}]+")
    return runs.sub(lambda run: "[" + " ".join(f"U+{ord(c):04X}" for c in run[0]) + "]", text)
