"""The PDF: two pages, tagged, fonts inside, text that can be selected, the same bytes twice, nothing run."""

import io
import re

import pytest

from bangfu import load_campaign
from bangfu.brief import own_brief, shipped_brief
from bangfu.brief.findings import Findings, Gain
from bangfu.brief.write import MOST_CHARACTERS, MOST_WORDS
from bangfu.facts import record_facts, study_facts
from bangfu.words import Word
from tests import decoy
from tests.brief.worlds import found, gain, tied, told
from tests.shared import ROOT

pypdf = pytest.importorskip("pypdf", reason="the package pypdf is not installed")

FACTS = record_facts(load_campaign()) | study_facts()
LOW = Word("low (trends before joining cannot be tested)", "较低(参加之前的趋势无从检验)")
EVIL = '<script>alert(1)</script> #import "x" #panic("x") *b* $x$ {arms.told} \\'


@pytest.fixture(scope="module", params=["en", "zh"])
def lang(request):
    return request.param


@pytest.fixture(scope="module")
def shipped(lang):
    return shipped_brief(lang, FACTS, load_campaign(), tied(statements=told("drifting").statements))


@pytest.fixture(scope="module")
def made(shipped):
    return shipped.pdf()


def read(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    return reader, [page.extract_text() for page in reader.pages]


def test_the_same_bytes_twice(shipped, made):
    assert shipped.pdf() == made


def test_the_same_bytes_beside_system_fonts_of_the_same_families(shipped, made, tmp_path, monkeypatch):
    for name, value in decoy.install(tmp_path / "home").items():
        monkeypatch.setenv(name, value)
    assert shipped.pdf() == made


def test_it_is_two_tagged_pages_with_language_and_title(made, lang):
    reader, _ = read(made)
    root = reader.trailer["/Root"]
    assert len(reader.pages) == 2
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(lang)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in re.sub(r"\s", "", root["/Metadata"].get_data().decode())
    assert reader.metadata.title


def test_every_font_is_inside(made):
    reader, _ = read(made)
    fonts = [f.get_object() for page in reader.pages for f in page["/Resources"]["/Font"].values()]
    assert {str(f["/BaseFont"]).split("+")[1].split("-")[0] for f in fonts} == {
        "NotoSansCJKsc",
        "NotoSerifCJKsc",
    }
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile3" in described and "/ToUnicode" in font


def test_every_figure_has_an_alternative_text(made):
    reader, _ = read(made)
    alts, seen, queue = [], set(), [reader.trailer["/Root"]["/StructTreeRoot"]]
    while queue:
        item = queue.pop()
        item = item.get_object() if hasattr(item, "get_object") else item
        if isinstance(item, list):
            queue += item
        elif isinstance(item, dict) and id(item) not in seen:
            seen.add(id(item))
            alts += [str(item["/Alt"])] if item.get("/S") == "/Figure" and "/Alt" in item else []
            queue += [item["/K"]] if "/K" in item else []
    assert len(alts) == 3
    assert sum("SYNTHETIC" in a or "非真实农户" in a for a in alts) == 2


def short_and_plain(pages, lang):
    text = "\n".join(pages)
    if lang == "en":
        assert len(re.findall(r"[A-Za-z]+(?:['-][A-Za-z]+)*|[+-]?[\d.,]*\d%?", text)) <= MOST_WORDS
    else:
        assert len(re.sub(r"\s", "", text)) <= MOST_CHARACTERS
    for word in (
        "p-value",
        "p值",
        "*",
        "significan",
        "显著",
        "difference-in-differences",
        "双重差分",
        "CR2",
        "cohort",
        "std",
    ):
        assert word not in text


def test_it_is_short_and_plain(made, lang):
    _, pages = read(made)
    short_and_plain(pages, lang)
    assert "28" in pages[0]
    assert "+4.0%" in pages[1]
    assert "+4.0%" not in pages[0]


def test_the_committed_brief_is_too(lang):
    reader, pages = read((ROOT / f"figures/brief.{lang}.pdf").read_bytes())
    assert len(reader.pages) == 2
    short_and_plain(pages, lang)
    assert "Worked example" in pages[1]
    assert "非真实农户" in pages[1]
    assert "%" not in pages[0]


def test_names_from_data_are_text(lang):
    evil = Word(EVIL, EVIL)
    gains = [Gain("a", evil, 5.0, 1.0, 9.0, 1, 2, 90), Gain("b", evil, 6.0, 2.0, 9.0, 1, 2, 90)]
    world = Findings(evil, False, 2014, 2020, gains=tuple(gains), villages=40)
    _, pages = read(own_brief(lang, world, evil).pdf())
    flat = re.sub(r"\s", "", pages[0])
    for piece in ("<script>alert(1)</script>", '#import"x"', '#panic("x")', "*b*$x${arms.told}"):
        assert flat.count(piece) >= 3


def test_seven_arms_with_long_names_keep_to_two_pages(lang):
    arms = ("a", "b", "c", "a+b", "a+c", "b+c", "a+b+c")
    name = Word(
        "cooperative of several villages and leading enterprise together",
        "几个村联办的合作社与龙头企业两项都参加的农户",
    )
    gains = [gain(a, 3.0 + i, 5.0, (1, 7)) for i, a in enumerate(arms)]
    gains = [Gain(g.arm, name, g.estimate, g.low, g.high, 1, 7, 900, by_year=g.by_year) for g in gains]
    reader, _ = read(own_brief(lang, found(*gains, synthetic=False), LOW).pdf())
    assert len(reader.pages) == 2
    reader, _ = read(shipped_brief(lang, FACTS, load_campaign(), found(*gains)).pdf())
    assert len(reader.pages) == 2
