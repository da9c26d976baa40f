"""The answer switches with the result: no effect, three alike, one arm, six villages, a winner and none."""

from dataclasses import replace

import pytest

from bangfu import load_campaign
from bangfu.brief import Findings, findings, own_brief, shipped_brief
from bangfu.facts import record_facts, study_facts
from bangfu.words import TERMS, Word
from tests.brief.worlds import first, found, gain, single, six_villages, some, tied, told, unstable
from tests.figures import worlds

FACTS = record_facts(load_campaign()) | study_facts()
LOW = Word("low", "较低")


def blocks(brief):
    """All blocks, pairs opened."""
    for page in brief.content["pages"]:
        for block in page:
            yield from (block["left"] + block["right"]) if block["kind"] == "pair" else [block]


def kinds(brief, kind):
    return [b for b in blocks(brief) if b["kind"] == kind]


def own(world, lang="en"):
    return own_brief(lang, world(synthetic=False) if callable(world) else world, LOW)


def said(world, lang="en"):
    return kinds(own(world, lang), "answer")[0]["words"]


@pytest.mark.parametrize(
    ("world", "en", "zh"),
    [
        (told("tie"), "cannot show which of the 3 models went with the largest gain; any of them could be first", "每一种都可能排第一"),
        (told("null"), "No gain was detected for any of the models; that does not mean that there is none", "未检出不等于没有"),
        (told("six_villages", "synthetic"), "No conclusion is drawn for leading enterprise alone", "对仅龙头企业暂不下结论"),
        (single(0.3), "Households with courtyard economy alone gained 30.2% more than comparison households", "比对照户多增30.2%"),
        (single(-0.2), "Households with courtyard economy alone gained 19.9% less", "比对照户少增19.9%"),
        (single(0.0), "No gain was detected for courtyard economy alone", "未检出仅庭院经济的相对增收"),
        (told("winner"), "households with cooperative alone gained most: 61.6% more than comparison", "仅合作社的农户相对增收最多"),
        (unstable(), "in only 72 of 108 reasonable ways of computing it: no first place is stated", "因此不认定谁居首位"),
        (some(), "these could be first: courtyard economy alone and cooperative alone.", "可能排第一的有：仅庭院经济、仅合作社"),
        (told("drifting"), "were already moving apart before joining", "参加之前，参加户与对照户的收入变化就已不同"),
        (found(problem=Word("nobody joined", "无人参加"), statements=()), "cannot answer the question. nobody joined", "无人参加"),
    ],
    ids=["tied", "null", "six", "one", "less", "zero", "winner", "unstable", "some", "apart", "none"],
)  # fmt: skip
def test_the_answer_follows_the_statements(world, en, zh):
    assert en in said(world)
    assert Word("", zh).zh in said(world, "zh")


def test_a_difference_between_models_is_never_left_to_be_guessed():
    """One model's gain is stated, none of the other's, and no difference between them."""
    world = findings(
        worlds.comparison(
            {"courtyard": 0.12, "cooperative": 0.06}, noise=0.1, villages=60, seed=2, kind="survey"
        )
    )
    directions = {s.arms: s.direction for s in world.statements if s.kind in ("arm", "pair")}
    assert sorted(directions.values()) == [0, 0, 1]
    assert "No difference between models was detected, so that none of them can be called better." in said(
        world
    )
    assert "各模式之间的差别均未检出，因此不能说其中哪一种更好。" in said(world, "zh")


def test_without_a_comparison_no_count_is_made_up():
    nobody = Findings(Word("A register", "一份台账"), False, problem=Word("nobody joined", "无人参加"))
    brief = own(nobody)
    assert "nobody joined" in kinds(brief, "answer")[0]["words"]
    assert kinds(brief, "quiet") == []
    assert set(brief.numbers) == {"rule.smallest"}
    invented = shipped_brief("en", FACTS, load_campaign(), replace(nobody, synthetic=True))
    assert not any("0 households" in str(b) for b in blocks(invented))


def test_what_is_withheld_is_counted():
    hidden = gain("enterprise", None, None, (None, None), households=4, withheld=True)
    assert "Not shown, to protect households: 1 more" in said(
        found(gain("courtyard", 9.0, 5.0, (1, 1)), hidden)
    )
    assert "Not shown" not in said(tied())


def test_a_gain_without_a_margin_of_error_is_never_a_number():
    chart = kinds(own(six_villages), "gains")[0]
    assert [row["estimate"] for row in chart["rows"]] == [None] * 3
    assert {row["said"] for row in chart["rows"]} == {"no 95% range: too few villages"}
    assert "30" not in chart["alt"]


def test_a_gain_of_few_households_is_withheld():
    hidden = gain("enterprise", None, None, (None, None), households=4, withheld=True)
    brief = own(found(gain("courtyard", 6.0, 2.0, (1, 1)), hidden, synthetic=False), "zh")
    rows = kinds(brief, "gains")[0]["rows"]
    assert [r["said"] for r in rows] == ["+6.0%", TERMS["withheld"].zh]
    assert not any(key.startswith(("gain.enterprise", "rank.enterprise")) for key in brief.numbers)


def test_what_to_do_never_chooses_a_model_that_the_data_do_not_bear():
    def lines(world):
        return kinds(own(world), "list")[0]["lines"]

    for world in (told("tie"), told("null"), unstable(), some()):
        assert any("Do not choose between models" in line for line in lines(world))
    assert any("6 villages" in line for line in lines(six_villages))
    assert not any("Do not choose" in line for line in lines(told("winner")) + lines(single(0.3)))


def test_what_speaks_against_is_always_told():
    for world in (told("tie"), told("winner"), single(0.3), told("drifting")):
        for lang in ("en", "zh"):
            lines = kinds(own(world, lang), "list")[1]["lines"]
            assert lines == [
                s.text(lang)
                for s in world.statements
                if s.kind in ("trend", "attrition", "spillover", "support")
            ]
            assert len(lines) == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_invented_register_gets_records_to_keep_and_no_advice_on_models(lang):
    brief = shipped_brief(lang, FACTS, load_campaign(), first())
    real, invented = brief.content["pages"]
    assert real[0]["badge"] == "real" and invented[0]["badge"] == "synthetic"
    assert invented[1]["words"] == "Worked example, invented households 演示：非真实农户"
    assert kinds(brief, "list") == []
    assert kinds(brief, "answer")[0]["sure"].endswith(TERMS["not_graded"][lang])
    for chart in kinds(brief, "gains") + kinds(brief, "years"):
        assert "非真实农户" in chart["stamp"]
        assert chart["alt"].startswith("SYNTHETIC" if lang == "en" else "模拟数据·非真实农户")
    box = kinds(brief, "box")[0]["lines"]
    assert len(box) == 7
    assert "359" in box[-1]
    shown = str([b for b in real if b["kind"] != "quiet"])
    assert "gain.courtyard" not in shown and "20.0" not in shown


def test_the_box_of_a_register_of_ones_own_speaks_of_nothing_invented():
    box = kinds(own(tied), "box")[0]["lines"]
    assert len(box) == 5
    assert not any("invented" in line or "359" in line for line in box)
