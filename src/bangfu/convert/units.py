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
    **dict.fromkeys(("10000yuan", "10kyuan", "wanyuan", "wan_yuan", "wan", "万", "rmb10k"), (MONEY, 10000.0)),
    **dict.fromkeys(
        ("10krmb", "10kcny", "cny10k", "10k", "10000rmb", "万人民币", "元(万)"), (MONEY, 10000.0)
    ),
    **dict.fromkeys(("krmb", "rmbk", "kcny", "cnyk", "1krmb", "rmb1k", "1000rmb", "千"), (MONEY, 1000.0)),
    **dict.fromkeys(("rmb'000", "'000rmb", "'000yuan", "yuan'000", "000yuan", "000rmb"), (MONEY, 1000.0)),
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
_MONEY_WORDS = "|".join(
    sorted((re.escape(w) for w, (k, _) in _WORDS.items() if k == MONEY), key=len, reverse=True)
)
_SCALED = re.compile(
    r"(?<![\d.一二三四五六七八九十几数多余百千万亿])(?:人民币)?((?:百|千|万|百万|亿)元|美元|港元|港币|日元|欧元)"
)
"""A unit other than yuan that no figure stands before."""
_SAID = re.compile(
    rf"[以按用](?:人民币)?({_ANY})(?:为单位|计|统计|填|表示|列示|核算|为准)"
    rf"|(?:金额|收入|支出|数据|数[字值额]|计量|款项|各项)(?:单位)?(?:均|都)?(?:为|是|以|按|:)?({_ANY})(?![\d\w])"
    rf"|单位(?:均|都)?[为是]({_ANY})(?![\w])"
)
_THOUSANDS = re.compile(
    r"\bin (?:units of )?(?:rmb |cny |yuan )?((?:ten |10 ?)?thousands?|10,?000s?|1,?000s?|'?000s?|millions?|wan|usd|us dollars?|dollars?)\b",
    re.IGNORECASE,
)
_ENGLISH = {"thousand": 1e3, "1000": 1e3, "000": 1e3, "million": 1e6} | dict.fromkeys(
    ("tenthousand", "10thousand", "10000", "wan"), 1e4
)
_MONEYLIKE = re.compile(
    r"rmb|cny|yuan|usd|dollar|[元币圆¥$€£万亿]|(?<![a-z])(?:\d*k|wan|thousands?|millions?|[\d']*0{2,}s?|mn|bn)(?![a-z0-9])|[×x*]\d"
    r"|斤|[两吨担石]$|kg",
    re.IGNORECASE,
)
_PARTLY = re.compile(
    r"[上下前后]?半年|(?:第|[前头首])[一二三四两三1-4]个?季度?|(?<!\d)[一二三四1-4][、至到和-]*[一二三四1-4]?季度?"
    r"|\d{1,2}月?[-—–―~～至到]+\d{1,2}月|[一二三四五六七八九十]+月?[-—–―~～至到]+[一二三四五六七八九十]+月"
    r"|[前头](?:[一二三四五六七八九十两]+|\d+)个?月|(?<!\d)\d{1,2}月(?!均)|(?<!每个)[一二三四五六七八九十]+月(?!均)"
    r"|截[至止]|年初至|至今|(?:19|20)\d\d[-_]?[hq][1-4](?![a-z0-9])|(?<![a-z])[hq][1-4][-_]?(?:19|20)\d\d"
    r"|(?<![a-z0-9])[hq][1-4](?=[-_]?(?:income|收入|净|纯))|(?<=[_(\-])[hq][1-4](?=\)|$)"
    r"|(?<![a-z])(?:ytd|half[-_]?years?|(?:first|second|1st|2nd)[-_]?half|(?:first|second|third|fourth|[1-4][a-z]{2})[-_]?quarter"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])",
    re.IGNORECASE,
)
_SURVEYED = re.compile(r"调查|[填制报]表|日期|时间|截[至止]|参[加与]|加入")
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
    behind = _behind(_BRACKETS.sub("", squeezed))
    return units[0] if units else parse(behind.lstrip("_")) if behind else None


def _behind(bare: str) -> str:
    """The unit at the end of a header without brackets: 收入万元, income_10k_yuan."""
    parts = bare.split("_")
    for at in range(max(1, len(parts) - 3), len(parts)):
        unit = parse("".join(parts[at:]))
        if unit and unit.what in (MONEY, FOREIGN) and len(parts[at]) > 1:
            return "_" + "_".join(parts[at:])
    found = _BEHIND.search(bare)
    return found[0] if found else ""


def unknown(name: str) -> str:
    """What stands in a header's brackets like a unit of money, and is none that is known; empty where nothing does."""
    squeezed = header(name)
    ends = re.findall(r"_(k|\d*000s?|mn|bn)$", _BRACKETS.sub("", squeezed).lower())
    odd = ends + [i for i in _BRACKETS.findall(squeezed) if _MONEYLIKE.search(i) and not parse(i)]
    return odd[0] if odd and of_header(name) is None else ""


def part_of_year(text: str) -> str:
    """The words of a header that tell of less than a year (上半年, 第三季度, 1-6月, H1, Q3); empty where none do."""
    found = _PARTLY.search(re.sub(r"\(?(?:元|万元)?/(?:月|季度?)\)?", "", header(text)))
    return found[0] if found else ""


def part_of_year_above(text: str) -> str:
    """The same of a title, whose dates may be those of a survey."""
    squeezed = header(text)
    found = "" if _SURVEYED.search(squeezed) else part_of_year(squeezed)
    return "" if re.fullmatch(r"\d{1,2}月|[一二三四五六七八九十]+月", found) else found


def per_head(name: str) -> bool:
    """Whether a header or label says that its amounts are per head."""
    return bool(_PER_HEAD.search(header(name)))


def without(name: str) -> str:
    """A header without brackets, and without a unit at its end."""
    bare = _BRACKETS.sub("", name)
    return bare.removesuffix(_behind(bare)).strip("_:/-.的")


def of_row(cells: Sequence[Any]) -> list[Unit | None] | None:
    """A row of units under a header, one per column; ``None`` where the row is something else."""
    texts = [header(c) for c in cells]
    units = [parse(t) if isinstance(c, str) else None for t, c in zip(texts, cells, strict=True)]
    known = all(u or t in _NEUTRAL for u, t in zip(units, texts, strict=True))
    return units if known and any(u and u.what in (MONEY, AREA, FOREIGN) for u in units) else None


def of_title(texts: Iterable[Any]) -> tuple[Unit, ...]:
    """The units that lines above the header state: 单位:万元, 单位:万元、亩, 以千元计, a title that ends in (万元)."""
    return tuple(dict.fromkeys(u for t in texts if isinstance(t, str) for u in stated(t)))


def stated(text: str) -> list[Unit]:
    """The units that a line of text states."""
    cell = header(text)
    words = [w for found in _TITLE.findall(cell) for w in re.split("[、,;和及]", found)]
    words += [w for found in _SAID.findall(cell) for w in found if w]
    units = [u for w in (*words, *_BRACKETS.findall(cell)) if (u := parse(w)) and u.what != COUNT]
    for found in _THOUSANDS.findall(text):
        factor = _ENGLISH.get(re.sub(r"[\s,']", "", found.lower()).rstrip("s"))
        units.append(Unit(found, MONEY if factor else FOREIGN, factor or 1.0))
    return units


def of_note(text: str) -> list[Unit]:
    """The units that a line below the header states, or only names: 表中收入均为千元."""
    named = [parse(w) for w in _SCALED.findall(header(text))]
    return list(dict.fromkeys([*stated(text), *(u for u in named if u)]))
