"""The answer switches with the result: no effect, three alike, one arm, six villages, a winner and none."""

from dataclasses import replace

import pytest

from bangfu import load_campaign
from bangfu.brief import Findings, own_brief, shipped_brief
from bangfu.facts import record_facts, study_facts
from bangfu.words import TERMS, Word
from tests.brief.worlds import ARMS, first, found, gain, nothing, single, six_villages, tied

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
        (tied(), "cannot tell the 3 kinds of take-up apart: each could rank first. For 2 of 3", "分不出3类参加户的高低"),
        (nothing(), "cannot tell the 3 kinds of take-up apart: each could rank first. None of the 3 gains", "没有一类的相对增收超出误差范围"),
        (six_villages(), "cannot answer the question. In too few villages", "给不出误差范围,不能下结论"),
        (single(9.0), "courtyard economy alone grew more than those of households that did not join", "收入增长多于未参加户"),
        (single(-9.0), "courtyard economy alone grew less", "收入增长少于未参加户"),
        (single(2.0), "a gain cannot be told from none: the margin of error includes zero", "误差范围包含零"),
        (first(named=True), "Courtyard economy alone went with the largest gain, in every reasonable way", "各种合理算法都如此"),
        (first(named=False), "no winner can be named", "不能说谁最好"),
        (tied(trends="apart"), "incomes moved apart before joining already", "参加之前收入走势就已不同"),
        (tied(trends="unknown"), "before joining cannot be checked", "参加之前收入走势是否一致,无从核对"),
        (found(problem=Word("nobody joined", "无人参加")), "cannot answer the question. nobody joined", "无人参加"),
    ],
    ids=["tied", "null", "six", "one", "less", "zero", "winner", "unstable", "apart", "unknown", "none"],
)  # fmt: skip
def test_the_answer_follows_the_result(world, en, zh):
    assert en in said(world)
    assert Word("", zh).zh in said(world, "zh")


def test_some_can_be_told_apart():
    gains = [
        gain(ARMS[0], 9.0, 3.0, (1, 2)),
        gain(ARMS[1], 8.0, 3.0, (1, 2)),
        gain(ARMS[2], -9.0, 3.0, (3, 3)),
    ]
    assert "cannot say which comes first: 2 of 3 kinds of take-up could" in said(found(*gains))


def test_without_a_comparison_no_count_is_made_up():
    nobody = Findings(Word("A register", "一份台账"), False, problem=Word("nobody joined", "无人参加"))
    brief = own(nobody)
    assert "nobody joined" in kinds(brief, "answer")[0]["words"]
    assert kinds(brief, "quiet") == []
    assert set(brief.numbers) == {"rule.smallest"}
    invented = shipped_brief("en", FACTS, load_campaign(), replace(nobody, synthetic=True))
    assert not any("0 households" in str(b) for b in blocks(invented))


def test_what_cannot_be_compared_is_counted():
    bare = gain("enterprise", 30.0, None, (None, None))
    assert "1 more cannot be compared: too few villages or households." in said(
        found(gain("courtyard", 9.0, 5.0, (1, 1)), bare)
    )
    assert "另有1类" in said(found(gain(ARMS[0], 9.0, 5.0), gain(ARMS[1], 8.0, 5.0), bare), "zh")
    assert "more cannot" not in said(tied())


def test_a_gain_without_a_margin_of_error_is_never_a_number():
    chart = kinds(own(six_villages), "gains")[0]
    assert [row["estimate"] for row in chart["rows"]] == [None] * 3
    assert {row["said"] for row in chart["rows"]} == {"no margin of error: too few villages"}
    assert "30" not in chart["alt"]


def test_a_gain_of_few_households_is_withheld():
    hidden = gain("enterprise", None, None, (None, None), households=4, withheld=True)
    brief = own(found(gain("courtyard", 6.0, 2.0, (1, 1)), hidden, synthetic=False), "zh")
    rows = kinds(brief, "gains")[0]["rows"]
    assert [r["said"] for r in rows] == ["+6.0%", TERMS["withheld"].zh]
    assert not any("enterprise" in key for key in brief.numbers)


def test_what_to_do_never_chooses_a_model_that_the_data_do_not_bear():
    for world in (tied, nothing):
        lines = kinds(own(world), "list")[0]["lines"]
        assert any("Do not choose between models" in line for line in lines)
        assert any("differences of 8.2% or more" in line for line in lines)
    assert any(
        "nothing can be said on which model" in line for line in kinds(own(single(9.0)), "list")[0]["lines"]
    )
    assert any("6 villages" in line for line in kinds(own(six_villages), "list")[0]["lines"])
    assert not any("Do not choose" in line for line in kinds(own(first(named=True)), "list")[0]["lines"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_invented_register_gets_records_to_keep_and_no_advice_on_models(lang):
    brief = shipped_brief(lang, FACTS, load_campaign(), first(named=True))
    real, invented = brief.content["pages"]
    assert real[0]["badge"] == "real" and invented[0]["badge"] == "synthetic"
    assert invented[1]["words"] == "Worked example with invented households 演示：虚构农户"
    assert kinds(brief, "list") == []
    assert kinds(brief, "answer")[0]["sure"].endswith(TERMS["not_graded"][lang])
    for chart in kinds(brief, "gains") + kinds(brief, "years"):
        assert "虚构农户" in chart["stamp"]
        assert chart["alt"].startswith("SYNTHETIC" if lang == "en" else "模拟数据·虚构农户")
    box = kinds(brief, "box")[0]["lines"]
    assert len(box) == 7
    assert "359" in box[-1]
    shown = str([b for b in real if b["kind"] != "quiet"])
    assert "gain.courtyard" not in shown and "20.0" not in shown


def test_the_box_of_a_register_of_ones_own_speaks_of_nothing_invented():
    box = kinds(own(tied), "box")[0]["lines"]
    assert len(box) == 5
    assert not any("invented" in line or "359" in line for line in box)
