"""Hostile names of registers, models and villages, through everything that prints them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import nbformat

import bangfu
from bangfu.errors import BangfuError
from bangfu.figures import write
from bangfu.notebooks.normal import normalise, text
from bangfu.papers import comparison_tables
from bangfu.reproduce.manifest import manifest
from bangfu.reproduce.publish import publish
from bangfu.simulation import simulate
from tests.attack.command import command
from tests.attack.full.journal import Case, fresh_folder
from tests.attack.hostile import HOSTILE, LONG_NAMES, MORE, named, silent
from tests.shared import ROOT

KIND = "names"
LANGUAGES = ("en", "zh")


def cases(seed: int) -> Iterator[Case]:
    """Every name through terminal and documents; those that markup would run through page and brief, too."""
    with fresh_folder() as home:
        few = simulate(home / "few", households=60, seed=seed, households_per_village=5)
        more = simulate(home / "more", households=300, seed=seed)
        names = [*HOSTILE, *MORE, *LONG_NAMES]
        for i, name in enumerate(names):
            yield Case(
                KIND,
                f"printed {i} {name[:40]!r}",
                lambda f, n=name: _printed(named(few, f / "register", n), f, n),
            )
        for i, name in enumerate(names):
            if i % 3 == 0 or name in MORE:
                yield Case(
                    KIND,
                    f"published {i} {name[:40]!r}",
                    lambda f, n=name: _published(named(more, f / "register", n), f / "out", n),
                )
        for i, name in enumerate(names):
            if "\0" not in name:
                yield Case(KIND, f"argument {i} {name[:40]!r}", lambda f, n=name: _argument(f, n))


def _printed(register: Path, folder: Path, name: str) -> str:
    """In a terminal, as JSON and CSV, in a notebook, in a figure and in tables of papers."""
    refused = False
    for words in (["check", register], ["check", register, "--json"], ["compare", register], ["compare", register, "--lang", "zh"],
                  ["compare", register, "--json", folder / "result.json"], ["cells", register, "--out", folder / "cells"]):  # fmt: skip
        ended = command(*words)
        assert silent(ended.out + ended.err), f"{words[0]} prints characters that do something"
        refused |= ended.code != 0
    if (folder / "result.json").exists():
        document = (folder / "result.json").read_text(encoding="utf-8")
        assert json.loads(document) and silent(document)
    try:
        result = bangfu.compare_models(bangfu.load_register(register), inside=True)
    except BangfuError as error:
        assert silent(error.en + error.zh)
        return "refused"
    _html(result._repr_html_(), name)
    output = nbformat.v4.new_output(
        "display_data", {"text/plain": repr(result), "text/html": result._repr_html_()}
    )
    cell = nbformat.v4.new_code_cell("result", outputs=[output])
    assert nbformat.reads(text(normalise(nbformat.v4.new_notebook(cells=[cell]))), 4)
    for table in comparison_tables(result):
        for lang in LANGUAGES:
            _html(table.html(lang), name)
            assert silent(table.latex(lang)) and not re.search(
                r"\\(input|write18|include|openout|catcode)", table.latex(lang)
            )
            assert table.docx(lang)[:2] == b"PK"
    write(result.figure(), folder / "figures")
    _figures(folder / "figures")
    return "refused" if refused else "harmless"


def _published(register: Path, out: Path, name: str) -> str:
    """Page, briefs and ledger, as ``reproduce --register`` writes them after its notebooks."""
    try:
        result = bangfu.compare_models(bangfu.load_register(register), inside=True)
    except BangfuError as error:
        assert silent(error.en + error.zh)
        return "refused"
    (out / "notebooks").mkdir(parents=True)
    write(result.figure(), out / "figures")
    (out / "figures/manifest.json").write_bytes(manifest(out, ROOT))
    refused = list[BangfuError]()
    publish(out, ROOT, register, refused)
    for why in refused:
        assert silent(why.en + why.zh) and "Error" not in why.en.partition(":")[2][:30], why.en
    page = (out / "figures/index.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1 and silent(page) and "javascript:" not in page.replace(name, "").lower()
    _html(re.sub(r"<script.*?</script>", "", page, flags=re.S), name)
    json.loads((out / "figures/results.json").read_text(encoding="utf-8"))
    for path in (out / "figures").glob("*.pdf"):
        content = path.read_bytes()
        assert content[:5] == b"%PDF-" and not re.search(
            rb"/(JavaScript|JS|Launch|EmbeddedFile|SubmitForm)\b", content
        )
    assert len(list((out / "figures").glob("*.pdf"))) in (0, 2)
    _figures(out / "figures")
    return "refused" if refused else "harmless"


def _figures(folder: Path) -> None:
    for path in folder.glob("*/*.svg"):
        root = ElementTree.fromstring(path.read_bytes())
        for element in root.iter():
            tag = str(element.tag).rpartition("}")[2].lower()
            assert tag not in ("script", "foreignobject", "iframe"), tag
            for key, value in element.attrib.items():
                assert not key.lower().startswith("on") and "javascript:" not in value.lower(), (key, value)
                assert not key.endswith("href") or value.startswith(("#", "data:image")), (key, value)
        assert silent(path.read_text(encoding="utf-8"))
    for path in folder.glob("*/*.csv"):
        content = path.read_text(encoding="utf-8-sig")
        assert silent(content)
        for row in csv.reader(io.StringIO(content)):
            for cell in row:
                with contextlib.suppress(ValueError):
                    float(cell)
                    continue
                assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), (
                    f"a spreadsheet would run {cell[:50]!r}"
                )
    for path in folder.glob("*/*.json"):
        assert silent(path.read_text(encoding="utf-8"))
        json.loads(path.read_text(encoding="utf-8"))


def _html(html: str, name: str) -> None:
    """Names are text there: no element, handler or address of theirs."""
    assert silent(html), "HTML with characters that do something"
    low = html.lower()
    for word in (
        "<script",
        "<svg onload",
        "<img src=x",
        "<iframe",
        "<foreignobject",
        "<!--",
        'onerror="',
        '<a href="javascript',
    ):
        assert word not in low, f"HTML with {word}"


def _argument(folder: Path, name: str) -> str:
    """As the name of a file, a folder, an option's value."""
    with contextlib.chdir(folder):
        for words in (["check", name], ["compare", name], ["campaign", "--table", name], ["convert", name, "--suggest"],
                      ["simulate", "--scenario", name, "--out", "out"], ["compare", "x", "--outcome", name]):  # fmt: skip
            ended = command(*words)
            assert ended.code in (1, 2), ended
            assert silent(ended.out + ended.err), ended.err[:200]
        assert not list(folder.iterdir())
        ended = command("simulate", "--households", 60, "--out", name)
        assert ended.code in (0, 2) and silent(ended.out + ended.err), ended.err[:200]
        if ended.code == 0 and not name.startswith("-"):
            checked = command("check", name)
            assert checked.code == 0 and silent(checked.out + checked.err)
    shutil.rmtree(folder, ignore_errors=True)
    return "refused" if ended.code else "harmless"
