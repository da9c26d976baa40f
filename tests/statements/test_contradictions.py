"""Nothing that is read contradicts a statement: every rendering of every planted world, both languages, by one checker."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from bangfu.brief import findings, own_brief, shipped_brief
from bangfu.campaign import load_campaign
from bangfu.compare import ModelComparison, hurdles
from bangfu.compare.schema import document
from bangfu.compare.sources import gains_by_source
from bangfu.compare.text import html, stability_text
from bangfu.errors import Language, NotEstimable
from bangfu.facts import record_facts, study_facts
from bangfu.figures import Figure
from bangfu.figures.event_study import event_study_figure
from bangfu.figures.gain_sources import gain_sources_figure
from bangfu.figures.gains import gains_figure
from bangfu.figures.ranks import ranks_figure
from bangfu.figures.stability import stability_figure
from bangfu.figures.support import support_figure
from bangfu.figures.surely_specifications import specifications_figure
from bangfu.figures.surely_trends import trends_figure
from bangfu.words import Word
from tests.figures.texts import complaints
from tests.statements.planted import WORLDS, paid, result

LANGUAGES: tuple[Language, ...] = ("en", "zh")


def breakdown(of: ModelComparison) -> Figure:
    pytest.importorskip("diff_diff", reason="diff-diff is not installed")
    return trends_figure(of, *hurdles.trend_table(of, [0.0, 1.0]))


FIGURES: dict[str, Callable[[ModelComparison], Figure]] = {
    "gains": gains_figure, "event": event_study_figure, "ranks": ranks_figure, "stability": stability_figure,
    "specifications": specifications_figure, "support": lambda of: support_figure(of, paid()),
    "sources": lambda of: gain_sources_figure(of, gains_by_source(of.cells)), "breakdown": breakdown,
}  # fmt: skip


@cache
def figure(world: str, name: str) -> Figure | None:
    of = result(world)
    if name == "sources" and not {"income_per_head", "wage_per_head"} <= set(of.cells.outcomes):
        return None
    try:
        return FIGURES[name](of)
    except NotEstimable:
        return None


@cache
def renderings(world: str, lang: Language) -> dict[str, str]:
    """Everything that is read of a world, by where it stands."""
    of, own = result(world), result(world, "administrative")
    out = {"terminal": of.text(lang), "html": html(of, lang), "stability": stability_text(of, lang)}
    for name in FIGURES:
        made = figure(world, name)
        if made is not None:
            out |= {
                f"{name} {part}": getattr(made, part)[lang]
                for part in ("title", "subtitle", "reading", "alt")
            }
    facts = record_facts(load_campaign()) | study_facts()
    shipped = shipped_brief(lang, facts, load_campaign(), findings(of)).content["pages"][1]
    out["brief"] = " ".join(str(block) for block in shipped)
    try:
        out["own brief"] = str(own_brief(lang, findings(own), Word("s", "s")).content["pages"])
    except NotEstimable:  # too few for any number that may leave the building
        assert world == "six_villages"
    out["json"] = " ".join(s[f"text_{lang}"] for s in document(of)["statements"])
    return out


Directions = dict[tuple[str, ...], int]


def claims(text: str, names: dict[str, str], lang: Language) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every direction that a text tells, of whom: 1 more, -1 less, 0 not detected; of a first place under ``("first", arm)``."""
    one = "(" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + ")"
    several = rf"((?:{one[1:-1]})(?:(?:, | and |、)(?:{one[1:-1]}))*)"
    number = r"[\d.,]+(?:%| yuan| log points| percentage points|元|个百分点|个对数点)?"
    if lang == "en":
        forms = [
            (rf"ouseholds with {one} gained (?:{number} )?more than comparison", 1),
            (rf"ouseholds with {one} gained (?:{number} )?less than comparison", -1),
            (rf"of households with {one} rose by", 1),
            (rf"of households with {one} fell by", -1),
            (
                rf"[Nn]o (?:gain|relative change in the [\w ]+?|relative change) was detected for {several}[:;. ]",
                0,
            ),
        ]
        pairs = [
            (rf"ouseholds with {one} gained more than those with {one}", 1),
            (rf"ouseholds with {one} gained less than those with {one}", -1),
            (rf"of households with {one} came out higher than of those with {one}", 1),
            (rf"of households with {one} came out lower than of those with {one}", -1),
        ]
        firsts = [
            rf"ouseholds with {one} (?:gained most|did best|did better than those of every|come first in all|rank first in every)"
        ]
    else:
        forms = [
            (rf"{one}的农户比对照户多增", 1),
            (rf"{one}的农户比对照户少增", -1),
            (rf"{one}的农户(?!.{{0,30}}变化比)[^，。]{{0,20}}相对上升", 1),
            (rf"{one}的农户(?!.{{0,30}}变化比)[^，。]{{0,20}}相对下降", -1),
            (rf"未检出{several}的(?:农户[^，。]{{0,20}}有)?相对", 0),
        ]
        pairs = [
            (rf"{one}的农户比{one}的农户多增", 1),
            (rf"{one}的农户比{one}的农户少增", -1),
            (rf"{one}的农户[^，。]{{0,20}}的变化比{one}的农户高", 1),
            (rf"{one}的农户[^，。]{{0,20}}的变化比{one}的农户低", -1),
        ]
        firsts = [
            rf"{one}的农户(?:相对增收最多|表现最好|优于其他|均居首位|在各种合理计算方法下均居首位|按[^，。；]{{0,20}}衡量最好)"
        ]
    for pattern, way in forms:
        for match in re.finditer(pattern, text):
            for name in re.findall(one, match[1]):
                yield (names[name],), way
    for pattern, way in pairs:
        for match in re.finditer(pattern, text):
            yield (names[match[1]], names[match[2]]), way
    for pattern in firsts:
        for match in re.finditer(pattern, text):
            yield ("first", names[match[1]]), 1


def told(of: ModelComparison) -> Directions:
    out = {s.arms: s.direction for s in of.statements if s.kind in ("arm", "pair")}
    return out | {("first", s.arms[0]): 1 for s in of.statements if s.kind == "first" and s.direction}


def contradictions(world: str, lang: Language, known: Directions) -> list[str]:
    names = {result(world).arm(a)[lang]: a for a in result(world).effects.arms}
    return [
        f"{where}: {who} {way}"
        for where, text in renderings(world, lang).items()
        for who, way in claims(re.sub(r"<[^>]*>", " ", text), names, lang)
        if known.get(who, 2) != way
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("world", WORLDS)
def test_no_rendering_contradicts_a_statement(world: str, lang: Language) -> None:
    assert contradictions(world, lang, told(result(world))) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("world", ["winner", "two_tied", "losing", "one_only", "poverty"])
def test_the_checker_reads_every_direction_that_is_stated(world: str, lang: Language) -> None:
    """Of each stated direction, and of the first place, at least the terminal says it; turned round, each is found."""
    known = told(result(world))
    for who, way in known.items():
        if way:
            assert contradictions(world, lang, known | {who: -way}), who
    some = (
        next(k for k, d in known.items() if not d and len(k) == 1)
        if 0 in [d for k, d in known.items() if len(k) == 1]
        else None
    )
    if some:
        assert contradictions(world, lang, known | {some: 1})


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("world", ["losing", "two_tied", "one_only", "six_villages"])
def test_every_number_of_a_figure_has_a_key(world: str, name: str) -> None:
    made = figure(world, name)
    if made is None:
        pytest.skip("not of this world")
    assert complaints(made) == []


@pytest.mark.parametrize("world", WORLDS)
def test_no_place_first_is_told_where_none_is_stated(world: str) -> None:
    """Not even without a name."""
    first = result(world).stated("first")
    assert first is not None
    words = {"en": r"gained most|did best by|in every reasonable way|come first in all|rank first in every", "zh": r"均居首位|各种计算方法均如此|均是如此"}  # fmt: skip
    if not first.direction:
        for lang in LANGUAGES:
            for where, text in renderings(world, lang).items():
                found = re.sub(
                    r"but not in every reasonable way|未必如此|which of the \d models did best by|which model did best by",
                    "",
                    text,
                )
                assert not re.search(words[lang], found), where


def test_a_withheld_arm_is_named_by_no_statement_of_a_brief() -> None:
    """On a register that is not synthetic, statements on fewer than ten households are left out."""
    few = replace(findings(result("winner", "administrative")), synthetic=False)
    hidden = [s for s in few.statements if s.households < 10]
    assert hidden == []
