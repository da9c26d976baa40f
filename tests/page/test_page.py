"""The page as a file: its order, its box, its certainty, its size, and what it refuses to carry."""

import re

import pytest

from bangfu.errors import BangfuError
from bangfu.page import page
from bangfu.page.svg import Shared, drawing
from bangfu.page.write import LARGEST, lead
from bangfu.words import Word
from tests.page.conftest import figure, folder_of, numbers
from tests.shared import ROOT


def badges(text):
    return re.findall(r'<section id="(\w+)"', text)


def test_real_comes_first_then_published_then_invented(built):
    text = built.read_text(encoding="utf-8")
    assert badges(text) == [b for b in ("real", "published", "synthetic") if b in badges(text)]
    assert badges(text)[:2] == ["real", "published"]
    order = re.findall(r'<article id="fig-(\w+)"', text)
    assert order == sorted(order, key=lambda stem: (stem.endswith("_SYNTHETIC"), stem))
    assert not any("SYNTHETIC" in stem for stem in order[:3])


def test_it_is_the_committed_page_and_small_enough(built):
    assert len(built.read_bytes()) < LARGEST


def test_the_same_files_give_the_same_bytes(built):
    assert built.read_bytes() == page(ROOT / "figures", ROOT / "notebooks", numbers())


def test_every_figure_of_the_manifest_is_there_with_all_that_it_needs(built):
    text = built.read_text(encoding="utf-8")
    articles = text.split("<article ")[1:]
    assert len(articles) == len(list((ROOT / "figures/en").glob("*.json")))
    for article in articles:
        for needed in (
            'data-save="svg"',
            'data-save="png"',
            'data-save="csv"',
            "../notebooks/",
            "可信程度",
            "<desc",
        ):
            assert needed in article


def test_no_address_is_in_it_that_a_browser_would_load(built):
    text = built.read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', text)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert "default-src 'none'" in text


def test_invented_figures_are_not_graded_and_the_box_says_so(tmp_path):
    invented = folder_of([figure("09_x", "synthetic", "a & b")], tmp_path / "s")
    text = page(invented, invented, numbers()).decode()
    assert "not graded: synthetic data" in text
    assert "All incomes in the worked example are of invented households" in text
    assert "359 problems" not in text
    own = folder_of([figure("09_x", "own", "a & b", smallest_group=40)], tmp_path / "o")
    text = page(
        own, own, numbers(), sure=Word("low", "较低"), name=Word("A survey, 2016–2020", "调查")
    ).decode()
    assert "A survey, 2016–2020" in text
    assert ">low<" in text
    assert "invented" not in text


def test_a_figure_on_too_few_households_says_only_that(tmp_path):
    folder = folder_of(
        [figure("09_x", "own", "secret", Word("A survey", "调查"), smallest_group=9)], tmp_path
    )
    text = page(folder, folder, numbers()).decode()
    assert "农户过少，为保护隐私不予显示" in text
    assert "secret" not in text
    assert "1.5" not in text.split('class="csv"')[1]


def test_the_lead_speaks_only_of_what_is_shown():
    assert len(lead({"real", "published", "synthetic"})) == 3
    assert next(line.en for line in lead({"synthetic"})).startswith(
        "Everything on this page is computed from invented"
    )
    assert len(lead({"own"})) == 1


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">{}</svg>'


@pytest.mark.parametrize(
    "evil",
    [
        "<script>x</script>",
        "<foreignObject><p/></foreignObject>",
        '<path d="M 0 0" onclick="x"/>',
        '<a href="javascript:x"><path d="M 0 0"/></a>',
        '<image xlink:href="https://example.org/x.png"/>',
        '<use xlink:href="https://example.org/x.svg#a"/>',
        '<path style="fill: url(https://example.org/x)" d="M 0 0"/>',
        "<style>@import 'x'</style>",
    ],
)
def test_only_drawing_is_let_through(evil):
    inner = drawing(SVG.format(evil), "a", Shared()).inner
    assert not re.search(r"script|foreign|onclick|javascript|https|style>|import", inner)


def test_shared_outlines_stand_once():
    glyph = '<g><defs><path id="G-1" d="M 10.4 20.6 L 3 4" transform="scale(0.015625)"/></defs><use xlink:href="#G-1" x="1.2345"/></g>'
    shared = Shared()
    first, second = (drawing(SVG.format(glyph), name, shared) for name in "ab")
    assert first.inner == second.inner == '<use href="#o0" x="1.23"/>'
    assert shared.markup() == '<path id="o0" d="M10 21L3 4" transform="scale(0.015625)"/>'


def test_what_is_not_svg_is_said():
    with pytest.raises(BangfuError, match="not SVG"):
        drawing("<svg", "a", Shared())
