"""A page built from the committed figures, one with hostile words, and a browser to open them."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import bangfu
from bangfu import facts
from bangfu.figures import Figure, Number, write
from bangfu.page import page
from bangfu.words import Word
from tests.page.browser import FLAGS, NAMES, chromium
from tests.shared import ROOT

EVIL = '<script>window.evil=1</script><img src=x onerror="window.evil=1"> & "quoted"'
VILLAGE = "=HYPERLINK(0)"


def numbers():
    return facts.record_facts(bangfu.load_campaign()) | facts.study_facts()


def figure(number, badge, text=EVIL, source=None, **more):
    """A small figure whose every word and cell is ``text``."""

    def draw(panel, lang):
        axes = panel.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.plot([1, 2], [2, 1])
        axes.text(1, 1, text)

    word = Word(text, text)
    data = pd.DataFrame({"village": [VILLAGE, text], "x": [1.5, -2.0]})
    keyed = {"x": Number(1.5, "yuan")}
    return Figure(number, badge, word, word, word, word, word, data, draw, source or word, keyed, **more)


def folder_of(figures, folder: Path) -> Path:
    """Write figures and their manifest."""
    for item in figures:
        write(item, folder)
    listed = [
        {"figure": f.id, "name": f"{lang}/{f.stem}", "badge": f.badge, "notebook": "", "cell": 0, "files": {}}
        for f in figures
        for lang in ("en", "zh")
    ]
    (folder / "manifest.json").write_text(json.dumps({"data": {}, "figures": listed}), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The page of the committed figures."""
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_bytes(page(ROOT / "figures", ROOT / "notebooks", numbers()))
    return path


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A page of a survey and of invented data whose names are scripts."""
    folder = tmp_path_factory.mktemp("hostile")
    figures = [
        figure("01_own", "own", smallest_group=50),
        figure("02_few", "own", smallest_group=3),
        figure("09_invented", "synthetic"),
    ]
    folder_of(figures, folder)
    path = folder / "index.html"
    path.write_bytes(page(folder, folder, numbers(), sure=Word(EVIL, EVIL), name=Word(EVIL, EVIL)))
    return path


@dataclass
class Tab:
    """A page in the browser, and everything it said, asked for and downloaded."""

    view: object
    said: list
    asked: list

    def text(self, selector):
        return self.view.locator(selector).first.inner_text()


@pytest.fixture(scope="session")
def browser():
    pytest.importorskip("playwright", reason="the package playwright is not installed")
    program = chromium()
    if program is None:
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} on the path, and BANGFU_CHROMIUM is not set")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def tab(browser):
    """Opens a page in a fresh profile: ``tab(path, width=..., lang=..., script=...)``."""
    contexts = []

    def opened(path, *, width=1280, before="", script=True, locale="en-GB"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale=locale, java_script_enabled=script,
            accept_downloads=True,
        )  # fmt: skip
        contexts.append(context)
        if before:
            context.add_init_script(before)
        view = context.new_page()
        said, asked = [], []
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        view.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        view.on("request", lambda request: asked.append(request.url))
        view.goto(Path(path).as_uri())
        return Tab(view, said, asked)

    yield opened
    for context in contexts:
        context.close()
