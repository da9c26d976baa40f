"""The page in a real browser: languages, downloads, nothing asked of a network, widths, keyboard, print, and axe."""

import io
import re
from importlib.resources import files
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread

from tests.page.conftest import VILLAGE
from tests.shared import ROOT

SVG = "{http://www.w3.org/2000/svg}"
BARE = "document.querySelectorAll('.draw svg > :not(title, desc)').forEach(e => e.remove())"
"""A picture's outlines are nothing to a screen reader, and thousands of them slow the check down."""
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new Error('none'); }})"


def language(tab):
    return tab.view.evaluate("document.documentElement.lang")


def save(tab, article, kind):
    """Click a download button; gives the name and the bytes."""
    with tab.view.expect_download() as waiting:
        article.locator(f"[data-save={kind}]").click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


@pytest.mark.parametrize("before", ["", NO_STORAGE], ids=["storage", "no storage"])
def test_the_language_switch_survives_a_reload(tab, built, before):
    opened = tab(built, before=before)
    view = opened.view
    assert (language(opened), view.title()) == ("en", "bangfu: support models and household incomes")
    view.get_by_role("button", name="中文").click()
    for _ in range(2):
        assert (language(opened), view.title()) == ("zh-CN", "帮扶：帮扶模式与农户收入")
        assert view.get_by_role("heading", level=1).inner_text() == "参加哪种帮扶模式的农户增收更多？"
        assert view.locator(".en:visible").count() == 0
        assert view.get_by_role("button", name="中文").get_attribute("aria-pressed") == "true"
        view.reload()
    view.get_by_role("button", name="English").click()
    view.reload()
    assert language(opened) == "en"
    assert view.locator(".zh:visible").count() == 0
    assert opened.said == []


def test_a_chinese_reader_and_an_address_get_their_language(tab, built):
    assert language(tab(built, locale="zh-CN")) == "zh-CN"
    opened = tab(built)
    opened.view.goto(built.as_uri() + "#zh")
    assert language(opened) == "zh-CN"


def test_downloads_are_whole_figures(tab, built):
    """The SVG stands alone and looks as the committed one; the PNG is drawn from it; the CSV is the figure's own."""
    opened = tab(built)
    view = opened.view
    for article in view.locator("article").all():
        name, content = save(opened, article, "svg")
        root = ElementTree.fromstring(content)
        defined = {e.get("id") for e in root.iter() if e.get("id")}
        used = {e.get("href")[1:] for e in root.iter(f"{SVG}use")}
        assert used <= defined
        assert root.find(f"{SVG}title").text
        assert name.endswith(".en.svg")
    first = view.locator("article").first
    stem = first.get_attribute("id").removeprefix("fig-")
    name, content = save(opened, first, "png")
    assert name == f"{stem}.en.png"
    drawn = imread(io.BytesIO(content))[..., :3]
    committed = imread(ROOT / f"figures/en/{stem}.png")[..., :3]
    assert drawn.shape[1] == 3 * 648
    assert np.abs(_squares(drawn) - _squares(committed)).max() < 0.06
    name, content = save(opened, first, "csv")
    assert name == f"{stem}.csv"
    assert content.decode("utf-8-sig").encode() == (ROOT / f"figures/en/{stem}.csv").read_bytes()
    view.get_by_role("button", name="中文").click()
    name, content = save(opened, first, "svg")
    assert name == f"{stem}.zh.svg"
    assert 'lang="zh-CN"' in content.decode()
    assert view.locator("article .said").first.inner_text() == f"{stem}.zh.svg 已保存"
    assert opened.said == []


def _squares(image, across=27):
    """Mean colours on a coarse grid of squares."""
    side = image.shape[1] // across
    rows = image.shape[0] // side
    cut = image[: rows * side, : across * side]
    return cut.reshape(rows, side, across, side, 3).mean(axis=(1, 3))


def test_nothing_is_asked_of_a_network_and_nothing_goes_wrong(tab, built):
    opened = tab(built)
    view = opened.view
    view.get_by_role("button", name="中文").click()
    for summary in view.locator("summary").all():
        summary.click()
    view.mouse.wheel(0, 20_000)
    view.wait_for_timeout(200)
    assert opened.asked == [built.as_uri()]
    assert opened.said == []


@pytest.mark.parametrize("width", [375, 768, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_fits_a_phone_a_tablet_and_a_desk(tab, built, width, lang, tmp_path):
    view = tab(built, width=width, locale="zh-CN" if lang == "zh" else "en-GB").view
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    sizes = view.evaluate(
        "[...document.querySelectorAll('main *, footer *')].filter(e => !e.closest('svg') && e.getClientRects().length"
        " && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12
    buttons = view.evaluate(
        "[...document.querySelectorAll('button')].map(b => Math.min(b.offsetWidth, b.offsetHeight))"
    )
    assert min(buttons) >= 24
    shot = view.screenshot(path=tmp_path / "page.png")
    assert imread(io.BytesIO(shot))[..., :3].std() > 0.05


@pytest.mark.parametrize(("lang", "width"), [("en", 375), ("zh", 1280)])
def test_axe_finds_no_fault(tab, built, lang, width):
    pytest.importorskip("axe_playwright_python", reason="the package axe-playwright-python is not installed")
    view = tab(built, width=width, locale="zh-CN" if lang == "zh" else "en-GB").view
    for summary in view.locator("summary").all()[:3]:
        summary.click()
    view.evaluate(BARE)
    view.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = view.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    faults = [
        f"{f['id']}: {n['html'][:120]} {n['failureSummary'][:200]}"
        for f in found["violations"]
        for n in f["nodes"]
    ]
    assert faults == []
    assert {f["id"] for f in found["passes"]} >= {
        "color-contrast",
        "landmark-one-main",
        "svg-img-alt",
        "html-has-lang",
    }


def test_a_fault_would_be_found(tab, built, tmp_path):
    """The checks above see what they guard against: a picture without words, faint text, a request, an error."""
    text = built.read_text(encoding="utf-8")
    broken = re.sub(r'<svg xmlns[^>]*?role="img"', '<svg role="img"', text).replace(
        'aria-labelledby="s-', 'data-x="s-'
    )
    broken = (
        broken.replace("<title id=", "<g id=").replace("</title><desc", "</g><g").replace("</desc>", "</g>")
    )
    broken = broken.replace("--ink: #222", "--ink: #ccc").replace(
        "</main>", '<img src="https://example.org/x.png"></main>'
    )
    path = tmp_path / "broken.html"
    path.write_text(broken, encoding="utf-8")
    opened = tab(path)
    assert any("Content Security Policy" in line for line in opened.said)
    pytest.importorskip("axe_playwright_python", reason="the package axe-playwright-python is not installed")
    opened.view.evaluate(BARE.replace("title, desc", "g[id]"))
    opened.view.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    rules = ["svg-img-alt", "color-contrast", "image-alt"]
    found = opened.view.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
    assert {f["id"] for f in found["violations"]} == set(rules)


def test_a_screen_reader_gets_landmarks_headings_and_the_badge_in_every_picture(tab, built):
    view = tab(built).view
    assert view.get_by_role("main").count() == view.get_by_role("banner").count() == 1
    assert view.get_by_role("navigation").count() == view.get_by_role("contentinfo").count() == 1
    assert view.get_by_role("complementary").count() == 1
    articles = view.locator("article").count()
    assert view.get_by_role("heading", level=3).count() == articles
    pictures = view.locator("figure.en svg")
    for i in range(pictures.count()):
        name = pictures.nth(i).locator("desc").text_content()
        badge = view.locator("article").nth(i).locator(".badge .en").text_content()
        assert name.startswith(badge)


def test_it_works_from_the_keyboard(tab, built):
    view = tab(built).view
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.className") == "skip"
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.id") == "main"
    view.get_by_role("button", name="中文").focus()
    view.keyboard.press("Space")
    assert view.evaluate("document.documentElement.lang") == "zh-CN"
    outline = view.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_on_paper_controls_go_and_the_badge_stays(tab, built):
    view = tab(built).view
    view.emulate_media(media="print")
    for gone in (".switch", ".save", "details", ".contents"):
        assert view.locator(f"{gone}:visible").count() == 0
    assert view.locator(".badge:visible").count() == view.locator("article").count()
    assert view.locator(".box:visible").count() == 1
    assert view.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_without_scripts_both_languages_can_be_read(tab, built):
    view = tab(built, script=False).view
    assert view.locator("h1 .en").is_visible()
    assert view.locator("h1 .zh").is_visible()
    assert view.locator(".save:visible").count() == 0


def test_names_from_data_show_as_text(tab, hostile):
    opened = tab(hostile)
    view = opened.view
    view.get_by_role("button", name="中文").click()
    assert view.evaluate("window.evil") is None
    assert opened.said == []
    assert opened.asked == [hostile.as_uri()]
    assert "<script>window.evil=1</script>" in view.locator("#own-title").inner_text()
    assert view.locator("article img").count() == 0
    own = view.locator("article").first
    _, content = save(opened, own, "csv")
    assert f"'{VILLAGE}" in content.decode("utf-8-sig")
    assert "window.evil=1" in own.locator("h3").inner_text()
