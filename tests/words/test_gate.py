"""Words that no text uses, and the forms that titles, readings and what is not shown keep: of sources and of what is committed."""

from __future__ import annotations

import ast
import csv
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bangfu.texts import texts
from bangfu.words import typeset
from tests.shared import ROOT
from tests.words.wording import FORBIDDEN, forbidden, form

SOURCES = ROOT / "src/bangfu"
NAMES = (
    "运行失败",
    "无法识别",
)
"""Passages that are no texts on results."""

READS = (
    "convert/values.py",
    "convert/headers.py",
    "convert/kinds.py",
    "convert/cleaning.py",
    "convert/dates.py",
)
"""What other people's files say is read there, not printed."""


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a module, documentation apart; what is filled in is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    apart = {id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values}
    apart |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            said = "".join(str(p.value) if isinstance(p, ast.Constant) else "\0" for p in node.values)
            yield node.lineno, said
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.lineno, node.value


def record() -> Iterator[tuple[str, str]]:
    """The texts of ours in the campaign's record; the article's own words are not stored."""
    for path in sorted((ROOT / "data/campaign").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, cell in row.items():
                    if column.endswith(("_zh", "_en")) and path.stem not in ("ambiguities", "source"):
                        yield f"{path.name} {column}", cell


def sources(path: Path) -> Iterator[str]:
    """Markdown and code of a notebook, without its outputs."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield "".join(cell["source"])


MODULES = [p for p in sorted(SOURCES.rglob("*.py")) if p.relative_to(SOURCES).as_posix() not in READS]
PLAIN = [
    *sorted(SOURCES.rglob("*.md")),
    *(ROOT / name for name in ("README.md", "README.zh.md", "data/register/CODEBOOK.md", "data/register/register.toml",
                               "data/montecarlo/README.md", "data/campaign/CODEBOOK.md")),
]  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(SOURCES).as_posix())
def test_no_module_says_it(path: Path) -> None:
    assert [f.text() for line, said in strings(path) for f in forbidden(said, f"line {line}", NAMES)] == []


@pytest.mark.parametrize("path", PLAIN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_document_says_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line.replace("Jilin Daily (吉林日报)", "") for line in lines]
    assert [f.text() for n, line in enumerate(said, 1) for f in forbidden(line, f"line {n}", NAMES)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda p: p.stem)
def test_no_notebook_says_it(path: Path) -> None:
    said = [text.replace("Jilin Daily (吉林日报)", "") for text in sources(path)]
    assert [f.text() for n, text in enumerate(said) for f in forbidden(text, f"cell {n}")] == []


def test_no_record_says_it() -> None:
    assert [f.text() for where, said in record() for f in forbidden(said, where)] == []


@pytest.mark.parametrize("room", ["figures", "statements", "brief"])
def test_templates(room: str) -> None:
    faults = []
    for key, word in texts(room).items():
        part = "title" if room == "figures" else "reading" if room == "statements" else "template"
        faults += [f.text() for said in (word.en, word.zh) for f in forbidden(said, key)]
        plain = word.zh if part == "template" else _filled(word.zh)
        faults += [f.text() for f in form(plain, part, "zh", key)]
    assert faults == []


def _filled(text: str) -> str:
    """A template with a Chinese word in every place."""
    out = tomllib.loads(f"x = {json.dumps(text, ensure_ascii=False)}")["x"]
    return "".join("某" if i % 2 else piece for i, piece in enumerate(_split(out)))


def _split(text: str) -> list[str]:
    return text.replace("{", "\0").replace("}", "\0").split("\0")


def parts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Part, language and text of every ``title=Word(...)`` and its like; what is filled in is a Chinese word or a number."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for keyword in (k for k in ast.walk(tree) if isinstance(k, ast.keyword)):
        if keyword.arg not in ("title", "reading", "subtitle", "not_shown", "alt"):
            continue
        for call in ast.walk(keyword.value):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Word" and len(call.args) == 2:
                for lang, argument in zip(("en", "zh"), call.args, strict=True):
                    if isinstance(argument, ast.Constant):
                        yield keyword.arg, lang, typeset(str(argument.value))
                    elif isinstance(argument, ast.JoinedStr):
                        pieces = [
                            str(p.value) if isinstance(p, ast.Constant) else "某" for p in argument.values
                        ]
                        yield keyword.arg, lang, typeset("".join(pieces))


FIGURES = [path for room in ("figures", "exhibits") for path in sorted((SOURCES / room).glob("*.py"))]


@pytest.mark.parametrize("path", FIGURES, ids=lambda p: p.stem)
def test_parts_of_figures_keep_their_forms(path: Path) -> None:
    assert [f.text() for part, lang, said in parts(path) for f in form(said, part, lang, path.name)] == []


def test_every_figure_says_what_it_does_not_show() -> None:
    denied = [said for path in FIGURES for part, _, said in parts(path) if part == "not_shown"]
    assert len(denied) >= 2 * 25


PLANTED = [
    "误差范围约2个百分点", "有八成把握检出", "原来的走势", "各种合理算法", "穷户参加", "虚构农户", "收入是编造的", "不等于隐瞒", "是否照抄上一轮",
    "失败、负面结果", "教育一项也没有", "现有数据分不出高低", "菱形为预设真值", "简单对比26%，真值6%", "按参加类型", "分组汇总数据", "占全部户年的",
    "1,767户次", "部分村年", "参加后第几年", "村里有此项目", "人均实际收入", "人均收入（不变价）", "只参加庭院经济", "户均扶持金额", "利益连接机制", "2014-2020年",
    "27.9至32.7;1,767户".replace("至32.7", ""), "吉林日报 2017年5月8日", "增收就看不到了", "courtyard economy only comes first", "the interval holds the truth",
    "it leaves out zero", "takes in zero", "misses zero", "give or take 11 points", "none beyond chance", "no year stands out", "the planted truth",
    "No model does anything", "the margin of error includes zero", "larger than its margin of error", "mend one of them", "save it anew",
    "this key stands twice", "do not hold it against a target", "no control 'nix'; there is never",
]  # fmt: skip


@pytest.mark.parametrize("said", PLANTED)
def test_a_planted_word_is_found(said: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(f"X = {said!r}\n", encoding="utf-8")
    assert [f for _, text in strings(tmp_path / "planted.py") for f in forbidden(text, "planted", NAMES)]


def test_every_forbidden_word_is_planted() -> None:
    import re

    assert [p for p in FORBIDDEN if not any(re.search(p, said) for said in PLANTED)] == []


@pytest.mark.parametrize(
    ("part", "en", "zh", "rule"),
    [
        ("title", "A gain", "参加后各年均未检出增收", "gain"),
        ("reading", "A gain", "庭院经济的增收最多", "gain"),
        ("reading", "A gain", "指标 income_per_head 上升", "chinese"),
        ("not_shown", "How long gains last", "不能判断", "not_shown"),
        ("not_shown", "This does not show it", "所示年份之后能否持续", "not_shown"),
        ("subtitle", "x", "条件相同的农户之间：无法估计：没有变量", "colons"),
    ],
)
def test_a_planted_form_is_found(part: str, en: str, zh: str, rule: str, tmp_path: Path) -> None:
    module = tmp_path / "planted.py"
    module.write_text(f"figure(id='x', {part}=Word({en!r}, {zh!r}))\n", encoding="utf-8")
    assert rule in {f.rule for p, lang, said in parts(module) for f in form(said, p, lang, "planted")}


def test_forms_let_pass() -> None:
    for part, lang, said in (
        ("title", "zh", "参加哪种模式的农户增收更多？"),
        ("title", "zh", "“增收任务”不是相对增收"),
        ("not_shown", "en", "This does not show that size cures bias."),
        ("not_shown", "zh", "不等于贫困退出认定：认定还须稳定实现“两不愁三保障”。"),
    ):
        assert list(form(said, part, lang, "here")) == []
