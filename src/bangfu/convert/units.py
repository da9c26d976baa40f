"""Units that a file states: in a header, in a row under it, in a title line above it, in a variable's label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bangfu.convert.values import header

MONEY, AREA, COUNT, FOREIGN = "money", "area", "count", "foreign"

_WORDS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("人民币元", "元", "yuan", "rmb", "cny", "¥"), (MONEY, 1.0)),
    **dict.fromkeys(("百元",), (MONEY, 100.0)),
    **dict.fromkeys(
        ("千元", "1000元", "thousandyuan", "thousand_yuan", "1000yuan", "kyuan"), (MONEY, 1000.0)
    ),
    **dict.fromkeys(
        ("万元", "人民币万元", "10000元", "tenthousandyuan", "ten_thousand_yuan"), (MONEY, 10000.0)
    ),
    **dict.fromkeys(("10000yuan", "10kyuan", "wanyuan", "wan_yuan", "万"), (MONEY, 10000.0)),
    **dict.fromkeys(("百万元", "millionyuan"), (MONEY, 1000000.0)),
    **dict.fromkeys(("亿元",), (MONEY, 100000000.0)),
    **dict.fromkeys(("亩", "mu"), (AREA, 1.0)),
    **dict.fromkeys(("公顷", "hectare", "hectares", "ha"), (AREA, 15.0)),
    **dict.fromkeys(("人", "口", "个", "户", "岁", "年", "persons", "people"), (COUNT, 1.0)),
    **dict.fromkeys(
        ("美元", "港元", "港币", "日元", "欧元", "usd", "us$", "$", "hkd", "eur"), (FOREIGN, 1.0)
    ),
}
_ANY = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_PER = {
    "人": "head",
    "口": "head",
    "person": "head",
    "head": "head",
    "capita": "head",
    "月": "month",
    "month": "month",
}
_PER |= {
    "季": "quarter",
    "季度": "quarter",
    "quarter": "quarter",
    "户": "",
    "年": "",
    "household": "",
    "year": "",
}
_DIVISORS = "|".join(sorted(_PER, key=len, reverse=True))
_UNIT = re.compile(rf"(?:单位:?)?({_ANY})((?:(?:/|每|per|[·.])?(?:{_DIVISORS}))*)")
_BEHIND = re.compile(
    r"(?<![单美公港日欧])((?:百|千|万|百万|亿)?元|亩|公顷|(?<=_)(?:wan_?)?yuan)((?:/(?:人|口|户|月|季|年))*)$"
)
_BRACKETS = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_TITLE = re.compile(
    rf"(?<!填报)(?<!填表)(?<!编制)(?<!制表)(?<!报送)(?<!主管)(?<!帮扶)单位:?((?:(?:{_ANY})(?:/(?:{_DIVISORS}))*[、,;和及]?)+)"
)
_PER_HEAD = re.compile(r"人均|per_?head|per_?cap(ita)?|(^|_)pc(_|$)", re.IGNORECASE)
_NEUTRAL = {"", "-", "—", "--", "/", "单位", "个", "年", "岁", "月", "日期", "是/否", "文字", "无"}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a file states it.

    Attributes
    ----------
    what : {"money", "area", "count", "foreign"}
    factor : float
        To yuan, or to mu.
    per : frozenset of str
        "head", "month", "quarter", where the unit is divided so.
    """

    word: str
    what: str
    factor: float
    per: frozenset[str] = frozenset()


def parse(text: str) -> Unit | None:
    """The unit that a text is; ``None`` where it is none.

    >>> parse("万元/人").factor
    10000.0
    """
    squeezed = header(text).lower().strip("()[]【】")
    found = _UNIT.fullmatch(squeezed)
    if not found:
        return None
    what, factor = _WORDS[found[1]]
    per = {_PER[p] for p in re.findall(_DIVISORS, found[2])} - {""}
    return Unit(found[1] + found[2], what, factor, frozenset(per))


def of_header(name: str) -> Unit | None:
    """The unit in a header's brackets or at its end."""
    squeezed = header(name)
    units = [u for inside in _BRACKETS.findall(squeezed) if (u := parse(inside))]
    bare = _BRACKETS.sub("", squeezed)
    behind = _BEHIND.search(bare)
    return units[0] if units else parse(behind[0].lstrip("_")) if behind else None


def per_head(name: str) -> bool:
    """Whether a header or label says that its amounts are per head."""
    return bool(_PER_HEAD.search(header(name)))


def without(name: str) -> str:
    """A header without brackets, and without a unit at its end."""
    return _BEHIND.sub("", _BRACKETS.sub("", name)).strip("_:/-.的")


def of_row(cells: Sequence[Any]) -> list[Unit | None] | None:
    """A row of units under a header, one per column; ``None`` where the row is something else."""
    texts = [header(c) for c in cells]
    units = [parse(t) if isinstance(c, str) else None for t, c in zip(texts, cells, strict=True)]
    known = all(u or t in _NEUTRAL for u, t in zip(units, texts, strict=True))
    return units if known and any(u and u.what in (MONEY, AREA, FOREIGN) for u in units) else None


def of_title(rows: Iterable[Sequence[Any]]) -> tuple[Unit, ...]:
    """The units that lines above the header state: 单位:万元, 单位:万元、亩, a title that ends in (万元)."""
    out: list[Unit] = []
    for cell in (header(c) for row in rows for c in row if isinstance(c, str)):
        stated = [w for found in _TITLE.findall(cell) for w in re.split("[、,;和及]", found)]
        out += [u for w in (*stated, *_BRACKETS.findall(cell)) if (u := parse(w)) and u.what != COUNT]
    return tuple(dict.fromkeys(out))
