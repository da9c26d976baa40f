"""Words: no cause where there is correlation, no synthetic result unmarked, one word for one meaning, no typed result."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bangfu.characters import typeset
from bangfu.errors import Fault
from bangfu.literals import CONTROLS, MISSING, SCALES, SWITCHERS
from tests.shared import ROOT
from tests.words.wording import badges, language, notebook_texts, plain, typed_numbers, wording

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FIGURES = ROOT / "figures"
PARTS = ("title", "subtitle", "reading", "not_shown", "alt", "source")

ALLOWED = {
    "peanuts to raise output and income": "a claim of the article, listed as one",
    "progress and new results in much of the work": "a claim of the article; no word of cause",
}
"""Passages that are no claims of ours, each with its reason."""


def faults(text: str, where: str) -> list[str]:
    found: list[Fault] = [f for f in wording(text, where) if not any(a in f.value for a in ALLOWED)]
    return [f"{f.table}: {f.en}: {f.value}" for f in found]


# what is committed


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks(path: Path) -> None:
    assert [f for where, kind, text in notebook_texts(path) for f in faults(text, f"{where} {kind}")] == []


@pytest.mark.parametrize("path", sorted(FIGURES.glob("*/*.json")), ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_figures(path: Path) -> None:
    texts = json.loads(path.read_text(encoding="utf-8"))
    assert [
        f
        for part in PARTS
        for f in faults(("not shown 不能说明 " if part == "not_shown" else "") + texts[part], part)
    ] == []
    assert [f.en for f in badges(texts, path.stem)] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme(name: str) -> None:
    assert faults((ROOT / name).read_text(encoding="utf-8"), name) == []


def test_page() -> None:
    assert faults(plain((FIGURES / "index.html").read_text(encoding="utf-8")), "page") == []


# what could be printed on other results


def literals(path: Path) -> Iterator[str]:
    """Both texts of every ``Word(...)`` in a module; what is filled in stands as ``7``, what is not shown is denied."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    denied = {id(k.value) for k in ast.walk(tree) if isinstance(k, ast.keyword) and k.arg == "not_shown"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Word":
            opening = "not shown 不能说明 " if id(node) in denied else ""
            for argument in node.args:
                parts = [
                    p.value
                    for p in ast.walk(argument)
                    if isinstance(p, ast.Constant) and isinstance(p.value, str)
                ]
                yield opening + typeset("7".join(parts))


@pytest.mark.parametrize(
    "room", ["figures", "exhibits", "compare", "page", "brief", "papers", "estimates", "study"]
)
def test_titles_that_other_results_would_print(room: str) -> None:
    paths = sorted((ROOT / "src/bangfu" / room).glob("**/*.py"))
    assert paths
    assert [f for path in paths for text in literals(path) for f in faults(text, path.name)] == []


# synthetic results


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_with_synthetic_figures_says_so_at_once_and_beside_each(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [
        o
        for c in cells
        for o in c.get("outputs", [])
        if "_SYNTHETIC" in o.get("metadata", {}).get("bangfu_figure", "")
    ]
    if outputs:
        first = "".join(cells[0]["source"])
        assert "invented" in first.lower() or "非真实" in first or "并非真实" in first, (
            "the first cell does not say that households are invented"
        )
    for output in outputs:
        assert "".join(output["data"]["text/plain"]).startswith(("SYNTHETIC", "模拟数据·非真实农户"))
        assert output["metadata"]["image/png"]["alt"].startswith(("SYNTHETIC", "模拟数据·非真实农户"))


# numbers


OF_THE_LIBRARY = {
    *(str(n) for n in range(13)),  # twelve and below are words of prose: two waves, five cells
    "95",  # the level of intervals, also as 95 of 100
    "100",
    str(len(SCALES) * len(CONTROLS) * len(MISSING) * len(SWITCHERS)),  # choices of the stability table
}


def printed_by(path: Path) -> str:
    return " ".join(text for _, kind, text in notebook_texts(path) if kind != "markdown")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_notebook_types_a_result(path: Path) -> None:
    """A number in prose is one that an output of the same notebook prints."""
    assert typed_results(path) == {}


def typed_results(path: Path) -> dict[str, list[str]]:
    known = OF_THE_LIBRARY | set(typed_numbers(printed_by(path)))
    out = {}
    for where, kind, text in notebook_texts(path):
        loose = [t for t in typed_numbers(text) if t not in known] if kind == "markdown" else []
        if loose:
            out[where] = loose
    return out


# each rule fails on what it guards


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("The cooperative raises incomes by a tenth.", "no_cause"),
        ("Joining leads to larger gains.", "no_cause"),
        ("Incomes grew thanks to courtyard economy.", "no_cause"),
        ("It boosts income; nobody knows by how much.", "no_cause"),
        ("Courtyard economy increased incomes of joiners.", "no_cause"),
        ("合作社带动农户增收一成。", "no_cause"),
        ("参加使农户收入明显提高。", "no_cause"),
        ("庭院经济提高了收入。", "no_cause"),
        ("龙头企业促进了增收。", "no_cause"),
        ("The treatment effect is 5.", "one_word"),
        ("The control group grew too.", "one_word"),
        ("On simulated data this holds.", "one_word"),
        ("农户合作社的增收最多。", "one_word"),
        ("处理组与控制组比较。", "one_word"),
        ("模拟结果如下。", "one_word"),
        ("模拟数据显示如此。", "one_word"),
        ("households in courtyard+cooperative gained more", "arms_in_words"),
        ("参加 courtyard+enterprise 的户", "arms_in_words"),
    ],
)
def test_rules_find(sentence: str, rule: str) -> None:
    assert rule in {f.rule for f in wording(sentence, "here")}


@pytest.mark.parametrize(
    "sentence",
    [
        "Joining is not shown to raise incomes.",
        "A dip does not mean that the model caused it.",
        "Would the model raise incomes elsewhere?",
        "The planted truth raises joiners' incomes by six percent.",
        "Gains go with joining.",
        "增收与参加相关,不能说明是模式带动的。",
        "设定的真实值使参加户收入提高。",
        "模拟数据(非真实农户)共若干户。",
        "模拟数据·非真实农户",
        "合作社+贫困户",
        "Call `simulated_data()` and read `courtyard+cooperative`.",
    ],
)
def test_rules_let_pass(sentence: str) -> None:
    assert list(wording(typeset(sentence), "here")) == []


def test_a_denial_covers_its_own_sentence_only() -> None:
    assert faults("That is not shown. It raises incomes.", "x") and faults(
        "这不说明什么。合作社带动增收。", "x"
    )


def test_badge_rule_finds() -> None:
    texts = {
        "badge": "synthetic",
        "badge_text": "SYNTHETIC x",
        "title": "SYNTHETIC: a",
        "alt": "SYNTHETIC x: b",
    }
    assert list(badges(texts, "11_dip_SYNTHETIC")) == []
    assert [f.rule for f in badges(texts | {"title": "a"}, "11_dip_SYNTHETIC")] == ["badge"]
    assert [f.rule for f in badges(texts | {"alt": "b"}, "11_dip_SYNTHETIC")] == ["badge"]
    assert [f.rule for f in badges(texts, "11_dip")] == ["badge"]
    assert list(badges(texts | {"badge": "own", "title": "a"}, "11_dip")) == []


def test_typed_numbers_are_found() -> None:
    text = "# 4 Models\n\n1. In 2017 `x = 33` 12,345 households gained 6.5% (95% interval), see [a](b/77.md)."
    assert typed_numbers(text) == ["12,345", "6.5"]


def test_a_typed_result_is_found(tmp_path: Path) -> None:
    notebook = json.loads(NOTEBOOKS[0].read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = ["Households gained 98.7% more."]
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert list(typed_results(tmp_path / "n.ipynb").values()) == [["98.7"]]


def test_language_of_a_sentence() -> None:
    assert language("A gain 相对增收 is real income per head.") == "en"
    assert language("用 register.cells 汇总农户收入") == "zh"
