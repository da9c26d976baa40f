"""Words of totals (合计, 小计, total): which texts name a sum, and no household or place."""

from __future__ import annotations

import functools
import re

from bangfu.characters import half_width

SURE, UNSURE = 1, 2
_WORDS = (
    "[小合总共累][计計]|小[結结]|總計|汇总|總數|总[和数额]|加总|平均|均值|中位数|最[大小高低]值|标准差|[县乡镇村组户人]均"
    "|承前页|过次页"
)
WHOLE = "[全整本][县乡镇村组]"
"""A whole village may stand for its total; behind another word it may end a village's name (安全村)."""
_ENGLISH = (
    r"(?:grand[ -]?|sub[ -_]?)?totals?|average|mean|median|overall|(?:all|whole) (?:households|villages?)"
)
_COUNT = r"\d[\d,.]*(?:户|人|元|万元|页|个?村|个?组|个|households?)?"
_BEHIND = rf"(?:数|值|行|:|\(.*\)|共?{_COUNT}|[\W_])*"
_TOTAL = re.compile(
    rf".*(?:{_WORDS}){_BEHIND}|(?:.*[县乡镇村组\W\d_])?{WHOLE}(?:数|值|行|:|\(.*\)|共{_COUNT}|[\W_])*"
    rf"|(?:.*[\W_])?(?:{_ENGLISH})(?:[\W_].*)?|sum\W*|[∑Σσ].*|其中:.*"
)
_BARE = re.compile(
    rf"[\W_]*(?:本[页表村组镇乡]|全[县乡镇村]|第\d+页|[一二三四五六七八九十]、)?(?:{_WORDS}){_BEHIND}|(?:{_ENGLISH}|sum)\W*"
)
HINT = re.compile(rf"{_WORDS}|\b(?:{_ENGLISH})\b")
_BLANKS = re.compile(r"\s+")


@functools.lru_cache(maxsize=100_000)
def total_text(text: str) -> int:
    """Whether a text names a total: 0, ``SURE`` (和平村小计, 合计(12户)) or ``UNSURE`` (合计村)."""
    spaced = half_width(text).lower()
    squeezed = _BLANKS.sub("", spaced)
    if _TOTAL.fullmatch(squeezed) or _TOTAL.fullmatch(spaced):
        return SURE
    return UNSURE if HINT.search(squeezed) or HINT.search(spaced) else 0


@functools.lru_cache(maxsize=100_000)
def is_bare(text: str) -> bool:
    """Whether a text is a word of totals and nothing else (合计)."""
    spaced = half_width(text).lower()
    return bool(_BARE.fullmatch(_BLANKS.sub("", spaced)) or _BARE.fullmatch(spaced))


def total_words() -> str:
    """What is in every text that :func:`total_text` takes for a total or asks about, as a pattern for engines."""
    return HINT.pattern.replace(r"\b", "")
