"""Names of places: blanks inside them fold, and spellings of one place that differ in little are asked about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bangfu.convert.faults import Faults
    from bangfu.convert.store import Store

PLACES = ("village_id", "township_id", "county_id")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BLANK = re.compile(r"\s+")
_SUFFIX = re.compile(r"(?:村(?:民)?委(?:员)?会|村委|行政村|村)$")
_PART = re.compile(r"\d+|[^\W\d_]+")


def one_name(name: str) -> str:
    """A name as it is kept: no blank and no line break within Chinese, one blank between other words.

    >>> one_name("和平\\n村"), one_name("East  village")
    ('和平村', 'East village')
    """
    return _BLANK.sub("" if _HAN.search(name) else " ", name)


def folded(name: str) -> str:
    """What spellings of one place have in common: without case, blanks, dashes, leading zeros and 村, 村委会, 村民委员会 at the end."""
    parts = _PART.findall(_SUFFIX.sub("", _BLANK.sub("", name)).casefold())
    texts = [p.lstrip("0") or "0" if p.isdigit() else p for p in parts]
    joined = ""
    for text in texts:
        joined += ("-" if joined[-1:].isdigit() and text.isdigit() else "") + text
    return joined or name


def check(store: Store, faults: Faults) -> None:
    """A fault for every file with a spelling that another one folds into; rows of its first places are named."""
    for column in PLACES:
        kinds: dict[str, list[tuple[str, str, int]]] = {}
        for name, file, row in store.first_rows(column):
            kinds.setdefault(folded(name), []).append((name, file, row))
        for found in (f for f in kinds.values() if len(f) > 1):
            for _, file, row in found:
                faults.say(file, "place_spelling", column, [row])
