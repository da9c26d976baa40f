"""Control and direction characters, markup and formulas in every name, through whatever prints it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.characters import in_json, unfit, visible
from bangfu.errors import BangfuError, Fault
from bangfu.figures.render import csv as figure_csv
from bangfu.figures.render import png, svg
from bangfu.figures.show import json_bytes, texts
from bangfu.formats import csv_bytes
from bangfu.papers import comparison_tables
from bangfu.words import Word, arm_name
from tests.attack.hostile import BAD, HOSTILE, silent

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def hostile():
    """A panel whose arms and villages have such names; control characters in arms, and titles of registers, are refused."""
    random = np.random.default_rng(3)
    names = [n for n in HOSTILE if "+" not in n and "\0" not in n]
    units = np.arange(24 * len(names))
    frame = pd.DataFrame({"id": units.repeat(3), "t": np.tile([2015, 2016, 2017], len(units))})
    shown = [n for n in names if unfit(n) is None]
    frame["arm"] = np.array(shown, dtype=object)[frame["id"] % len(names) % len(shown)]
    frame["g"] = np.where(frame["id"] // len(names) % 2, 2016, 0)
    frame["v"] = [
        f"{n}{i // len(names) % 12}"
        for n, i in zip(np.array(names)[frame["id"] % len(names)], frame["id"], strict=True)
    ]
    frame["y"] = 100 + random.normal(size=len(frame)) + (frame["t"] >= frame["g"]) * (frame["g"] > 0)
    frame.loc[frame["g"] == 0, "arm"] = ""
    cells = bangfu.Cells.from_frame(
        frame, unit="id", cluster="v", time="t", cohort="g", outcome="y", arm="arm"
    )
    return bangfu.compare_models(cells, scale="yuan")


@pytest.mark.parametrize("name", HOSTILE)
def test_words_errors_and_faults(name):
    for lang in LANGUAGES:
        assert silent(Word(name, name)[lang]) and silent(arm_name([name, "b"], lang))
        assert silent(BangfuError(name, name).text(lang))
        fault = Fault("t", "r", name, name, column=name, value=name, file=name)
        assert silent(fault.text(lang)) and silent(json.dumps(dataclasses.asdict(fault), ensure_ascii=False))


@pytest.mark.parametrize("name", HOSTILE)
def test_json_and_csv(name):
    text = json_bytes({name: [name]}).decode()
    assert silent(text) and json.loads(text) == {name: [name]}
    assert in_json(text) == text
    content = csv_bytes(pd.DataFrame({"a": [name]})).decode()
    (cell,) = list(csv.reader(io.StringIO(content)))[1]
    assert silent(content) and cell[:1] not in "=+-@" and cell.removeprefix("'") == visible(name)


def test_every_bad_character_is_spelt_out():
    for c in BAD:
        if c not in "\n\t":
            assert silent(visible(f"a{c}b")) and visible(f"a{c}b") != "ab" and len(visible(f"a{c}b")) >= 4
    for kept in ("庭院经济", "ئۇيغۇر\u200c", "ᠮᠣᠩᠭᠣᠯ", "བོད", "ꆈꌠ", "👩\u200d🌾", "é", "a\tb\nc"):
        assert visible(kept) == kept


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terminal_html_and_svg(hostile, lang):
    assert silent(hostile.text(lang)) and "\x1b" not in repr(hostile)
    html = hostile._repr_html_()
    assert silent(html) and "<script" not in html and "<svg onload" not in html
    figure = hostile.figure()
    drawn = svg(figure, lang)
    ElementTree.fromstring(drawn)
    assert silent(drawn.decode()) and b"<script" not in drawn and png(figure, lang)
    assert silent(figure_csv(figure).decode()) and silent(json_bytes(texts(figure, lang)).decode())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_for_papers(hostile, lang):
    for table in comparison_tables(hostile):
        html = table.html(lang)
        assert silent(html) and "<script" not in html and "<svg onload" not in html
        assert silent(table.latex(lang)) and "\\input{" not in table.latex(lang)
        assert table.docx(lang)[:2] == b"PK"


@pytest.mark.parametrize("name", [n for n in HOSTILE if "\0" not in n and "/" not in n])
def test_names_of_files_and_arguments(name, tmp_path, run):
    """Whatever a name holds, the message shows it and does nothing else."""
    for words in (
        ["check", name],
        ["compare", name],
        ["campaign", "--table", name],
        ["convert", name, "--suggest"],
    ):
        ended = run(*words)
        assert ended.code == 2 and silent(ended.out + ended.err)
    (tmp_path / name).write_bytes(b"PAR1")
    ended = run("compare", tmp_path / name)
    assert ended.code == 1 and silent(ended.err)


@pytest.mark.parametrize("name", [n for n in HOSTILE if "\0" not in n])
def test_a_register_with_such_identifiers(register, run, name):
    """Villages and models of such names: every command prints them harmlessly, or refuses."""
    for table in ("households", "participation"):
        frame = pd.read_parquet(register / f"{table}.parquet")
        column = "village_id" if table == "households" else "model"
        frame[column] = name + frame[column].astype(str)
        frame.to_parquet(register / f"{table}.parquet", index=False)
    for words in (
        ["check", register],
        ["check", register, "--json"],
        ["compare", register],
        ["compare", register, "--json", "-"],
    ):
        ended = run(*words)
        assert ended.code in (0, 1, 2) and silent(ended.out + ended.err)
