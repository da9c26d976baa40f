"""Spans hold against the text in any copy of it, and a changed one is named."""

import dataclasses
import subprocess
import sys
import textwrap
import time

import pytest

import bangfu
from bangfu.campaign import verify
from bangfu.campaign.spans import Span, digest, normalise, sentences
from bangfu.errors import BangfuError, WrongUse
from tests.campaign import others
from tests.shared import shared

INVENTED = """页眉

模拟报 2018-03-02

模拟村001的干部帮助五户养羊,买羊30只。
年底再看!“效果”还不知道。
"""
LAYOUT = "head 2, body 2"


@pytest.fixture(scope="module")
def article():
    return shared("source/*.txt").read_text(encoding="utf-8")


def verdicts(campaign, text):
    return {(c.table, c.key): c.verdict for c in verify(campaign, text)}


def full_width(text):
    return text.translate(str.maketrans({",": "，", ":": "：", "(": "（", ")": "）", "+": "＋", "5": "５"}))


COPIES = {
    "as stored": lambda t: t,
    "full-width punctuation": full_width,
    "windows line ends": lambda t: t.replace("\n", "\r\n"),
    "old mac line ends": lambda t: t.replace("\n", "\r"),
    "byte order mark": lambda t: "\ufeff" + t,
    "wrapped at 30 characters": lambda t: "\n".join(textwrap.wrap(t, 30)),
    "in one line": lambda t: "".join(t.split()),
    "added white space": lambda t: t.replace(",", ", ").replace("\n", "\n\u3000\n"),
}


@pytest.mark.parametrize("copy", COPIES)
def test_every_fact_stands_where_the_record_says(article, copy):
    campaign = bangfu.load_campaign()
    found = verdicts(campaign, COPIES[copy](article))
    facts = sum(frame["span"].notna().sum() for frame in campaign.tables.values() if "span" in frame)
    assert len(found) == facts + 1 > 100
    assert set(found.values()) == {"holds"}


def test_every_sentence_with_facts_is_covered(article):
    """Each sentence of captions and body holds at least one recorded fact, unless the record says what else it is."""
    campaign = bangfu.load_campaign()
    layout = campaign.source["layout"].iloc[0]
    cut = sentences(article, layout)
    stored = campaign.sentences
    assert [(s.section, s.number, len(s.text)) for s in cut] == list(
        stored[["section", "sentence", "characters"]].itertuples(index=False, name=None)
    )
    covered = set()
    for frame in campaign.tables.values():
        for text in frame["span"].dropna() if "span" in frame else []:
            span = Span.parse(text)
            first = next(s for s in cut if (s.section, s.number) == (span.section, span.sentence))
            low, high = first.offset + span.start, first.offset + span.end
            covered |= {
                (s.section, s.number) for s in cut if s.offset < high and low < s.offset + len(s.text)
            }
    facts = stored[stored["content"] == "facts"]
    assert set(zip(facts["section"], facts["sentence"], strict=True)) <= covered


def test_a_page_without_its_head_still_verifies_but_says_so(article):
    body = article[article.index("2017-05-08") :]
    found = verdicts(bangfu.load_campaign(), body)
    head = {k: v for k, v in found.items() if k[0] == "sentences"}
    assert head and all(k[1].startswith("head.") for k in head)
    assert {v for k, v in found.items() if k not in head} == {"moved"}
    changed = verdicts(bangfu.load_campaign(), body.replace("扛在肩上", "扛在手上"))
    assert changed["source", "S1"] == "differs" and changed["sentences", "body.10"] == "differs"


def test_a_change_of_any_digit_and_of_any_sentence_is_reported(article):
    """Each digit of the page, and one character of every sentence, in a span or not."""
    campaign = bangfu.load_campaign()
    whole = normalise(article)
    digits = [i for i, c in enumerate(whole) if c.isdigit()]
    starts = campaign.sentences["characters"].cumsum().sub(campaign.sentences["characters"])
    for i in {*digits, *starts.astype(int) + 1}:
        other = "〇" if whole[i] != "〇" else "一"
        found = verdicts(campaign, whole[:i] + other + whole[i + 1 :])
        assert found["source", "S1"] == "differs", i
        assert sum(table == "sentences" for table, _ in found) == 1, i


def test_words_added_between_sentences_are_reported(article):
    found = verdicts(
        bangfu.load_campaign(), article.replace("庭院经济已经破题", "另有一句。庭院经济已经破题")
    )
    assert found["source", "S1"] == "differs"


@pytest.mark.parametrize("text", ["好" * 3_000_000, "好。" * 1_500_000], ids=["no sentence", "sentences"])
def test_a_long_line_that_is_no_copy_is_refused_in_a_second(text):
    campaign = bangfu.load_campaign()
    start = time.process_time()
    with pytest.raises(BangfuError, match="no copy"):
        verify(campaign, text)
    assert time.process_time() - start < 3, "a second on an idle machine"


def test_several_sources_each_against_its_own_text(tmp_path):
    campaign = bangfu.load_campaign(others.write(tmp_path / "r", "work report"))
    texts = others.TEXTS["work report"]
    assert {c.verdict for c in verify(campaign, texts)} == {"holds"}
    assert {c.source_id for c in verify(campaign, texts["S2"])} == {"S2"}, "known by its hash"
    crossed = verify(campaign, {"S1": texts["S2"], "S2": texts["S1"]})
    assert {c.verdict for c in crossed if c.table == "source"} == {"differs"}
    with pytest.raises(WrongUse, match="several sources"):
        verify(campaign, "something else")
    with pytest.raises(WrongUse, match="no source 'S9'"):
        verify(campaign, {"S9": "x"})
    one = verify(dataclasses.replace(campaign, source=campaign.source.assign(normalised_sha256=None)), texts)
    assert [c.verdict for c in one if c.table == "source"] == ["unrecorded"] * 2


def test_a_layout_alone_holds_in_any_line_breaks():
    """Without sentences the places are found by the layout, or, where lines broke otherwise, in the proven text."""
    shipped = bangfu.load_campaign()
    source = shipped.source.head(1).assign(
        layout=LAYOUT, characters=len(normalise(INVENTED)), normalised_sha256=digest(INVENTED), reposts=None
    )
    funds = shipped.funds.head(1).assign(span="body.1.12-20", span_sha256=digest("户养羊,买羊30"))
    empty = {name: frame.head(0) for name, frame in shipped.tables.items()}
    record = type(shipped)(**empty | {"source": source, "funds": funds})
    for text in (INVENTED, "".join(INVENTED.split())):
        assert {c.verdict for c in verify(record, text)} == {"holds"}


@pytest.mark.parametrize(
    ("word", "other", "hit"), [("447", "474", ("funds", "F3")), ("359", "395", ("problems", "PB_TOTAL"))]
)
def test_a_changed_number_in_the_text_is_named(article, word, other, hit):
    found = verdicts(bangfu.load_campaign(), article.replace(word, other))
    assert found[hit] == "differs"
    assert 1 <= sum(v == "differs" for v in found.values()) <= 6


@pytest.mark.parametrize("change", ["body.17.33-46", "body.18.32-45", "caption.17.32-45"])
def test_a_changed_span_in_the_record_is_named(article, change):
    campaign = bangfu.load_campaign()
    funds = campaign.funds.copy()
    funds.loc[funds["fund_id"] == "F3", "span"] = change
    found = verdicts(dataclasses.replace(campaign, funds=funds), article)
    assert [key for key, verdict in found.items() if verdict != "holds"] == [("funds", "F3")]
    assert found["funds", "F3"] == "differs"


def test_the_command_names_what_does_not_match(article, tmp_path):
    copy = tmp_path / "copy.txt"
    copy.write_text(full_width(article).replace("16栋", "61栋"), encoding="utf-8")
    run = [sys.executable, "-m", "bangfu.cli", "campaign", "--verify", str(copy)]
    result = subprocess.run(run, capture_output=True, text=True)
    assert result.returncode == 1
    assert "actions X21" in result.stdout and "DOES NOT MATCH" in result.stdout
    for encoding in ("utf-8", "gb18030"):
        copy.write_text(full_width(article), encoding=encoding, newline="\r\n")
        assert subprocess.run(run, capture_output=True, text=True).returncode == 0


def test_sentences_of_an_invented_text():
    cut = sentences(INVENTED, LAYOUT)
    assert [(s.section, s.number, s.text) for s in cut] == [
        ("head", 1, "页眉"),
        ("head", 2, "模拟报2018-03-02"),
        ("body", 1, "模拟村001的干部帮助五户养羊,买羊30只。"),
        ("body", 2, "年底再看!"),
        ("body", 3, "“效果”还不知道。"),
    ]
    whole = normalise(INVENTED)
    assert all(whole[s.offset :].startswith(s.text) for s in cut)


def test_hashes_do_not_depend_on_the_copy():
    assert digest("买羊30只,年底") == digest("买羊３０只，\r\n 年底")


def test_a_text_too_short_for_its_layout_is_refused():
    with pytest.raises(BangfuError, match="has 4 paragraphs"):
        sentences(INVENTED, "head 2, body 9")


def test_a_missing_text_is_wrong_use(tmp_path):
    run = [sys.executable, "-m", "bangfu.cli", "campaign", "--verify", str(tmp_path / "none.txt")]
    result = subprocess.run(run, capture_output=True, text=True)
    assert result.returncode == 2 and "Traceback" not in result.stderr
