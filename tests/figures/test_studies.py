"""Figures 6 to 8: titles follow the numbers, and nothing is drawn that was not read."""

import matplotlib.text
import pytest
from matplotlib.figure import Figure as Sheet

from bangfu import reference
from bangfu.errors import Language
from bangfu.exhibits.replications import replication_figure
from bangfu.exhibits.studies import evidence_figure, sign_pair_figure
from bangfu.figures.figure import Figure
from bangfu.figures.render import png
from bangfu.figures.style import style
from bangfu.studies import Replication
from bangfu.words import Word

PLACE, ITEM = Word("place", "地点"), Word("item", "项目")
HIT = Replication("s", PLACE, "t", ITEM, "0.118", 0.1181, "h")
MISS = Replication("s", PLACE, "t", ITEM, "0.118", 0.1301, "h")


def _drawn(figure: Figure, lang: Language) -> list[str]:
    """Every text inside the plot."""
    with style():
        panel = Sheet(figsize=(9, 6)).subfigures(1, 1)
        figure.draw(panel, lang)
        return [t.get_text() for t in panel.findobj(matplotlib.text.Text) if t.get_text()]


def test_count_with_error_is_counted() -> None:
    studies = reference.studies()
    heads = studies[studies["headline"].astype(bool)]
    with_error = int((heads["std_error"].notna() | heads["ci_low"].notna()).sum())
    figure = evidence_figure()
    assert figure.numbers["studies.total"].value == heads["study"].nunique()
    assert figure.numbers["studies.with_error"].value == with_error
    assert f"Only {with_error} of {len(heads)} studies" in figure.title.en
    assert f"仅{with_error}项" in figure.title.zh


def test_title_changes_when_every_study_has_an_error() -> None:
    studies = reference.studies()
    studies["std_error"] = 1.0
    figure = evidence_figure(studies)
    assert figure.title.en.startswith("All 26")
    assert figure.title.zh.startswith("26项研究均")


def test_one_more_error_moves_the_title() -> None:
    studies = reference.studies()
    before = evidence_figure(studies).numbers["studies.with_error"].value
    studies.loc[studies["finding_id"] == "ma_2016", "std_error"] = 2.0
    after = evidence_figure(studies)
    assert after.numbers["studies.with_error"].value == before + 1
    assert f"Only {int(before) + 1} of" in after.title.en


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_size_that_was_not_read_is_not_drawn(lang: Language) -> None:
    texts = _drawn(evidence_figure(), lang)
    unread = "positive, effect not read" if lang == "en" else "方向为正，效应值未查到"
    assert texts.count(unread) == 8
    assert sum("%" in t and t.startswith("+") and "raw gap" not in t for t in texts) >= 6


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sign_pair_prints_no_number(lang: Language) -> None:
    figure = sign_pair_figure()
    assert not any(c.isdigit() for t in _drawn(figure, lang) if "Hoken" not in t for c in t)
    assert not figure.numbers


def test_sign_pair_title_follows_the_findings() -> None:
    studies = reference.studies()
    assert sign_pair_figure(studies).title.en == "Matching finds a gain; matching with differences does not"
    studies.loc[studies["finding_id"] == "hoken_psm_did", "direction"] = "positive"
    assert "agree" in sign_pair_figure(studies).title.en
    studies.loc[studies["finding_id"] == "hoken_psm_did", "direction"] = "negative"
    assert "disagree" in sign_pair_figure(studies).title.en


def test_replication_title_is_honest() -> None:
    assert replication_figure([HIT, HIT]).title.en == "All 2 published numbers were reproduced exactly"
    mixed = replication_figure([HIT, MISS])
    assert mixed.title.en == "1 of 2 published numbers were reproduced exactly"
    assert mixed.title.zh == "2个数字复算，一致1个"
    assert mixed.numbers["rerun.agree"].value == 1
    assert "0.13010" in _drawn(mixed, "en")


@pytest.mark.parametrize("figure", [evidence_figure(), sign_pair_figure(), replication_figure([HIT, MISS])])
def test_published_badge_and_limits_in_both_languages(figure: Figure) -> None:
    assert figure.badge == "published"
    for words in (figure.title, figure.subtitle, figure.reading, figure.not_shown, figure.alt):
        assert words.en
        assert words.zh
        assert words.en != words.zh
    assert png(figure, "zh") == png(figure, "zh")
