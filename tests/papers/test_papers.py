"""Tables for papers: right numbers, escaped in every format, badge where invented, the same bytes twice."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import docx
import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.errors import WrongUse
from bangfu.papers import PaperTable, comparison_tables, write_tables
from bangfu.words import Word, outcome_word

HOSTILE = [
    "<script>alert(1)</script>",
    '#import "x"',
    "50% of_x & $y$ \\input{/etc/passwd}",
    "[0pt]",
    "a\nb\x00c",
    "=1+1",
]


def panel() -> pd.DataFrame:
    """Twelve villages of eight households over four years; two arms in half of them, from 2017."""
    rng = np.random.default_rng(7)
    rows = []
    for village in range(12):
        for household in range(8):
            arm = ("courtyard", "cooperative")[village % 2] if household < 4 and village < 8 else ""
            level = rng.normal(5000, 800)
            rows += [
                (f"{village}-{household}", village, year, 2017 if arm else 0, arm, level + rng.normal(100, 200) + 600 * (bool(arm) and year >= 2017))
                for year in (2015, 2016, 2017, 2018)
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=["id", "village", "year", "cohort", "arm", "income_per_head"])


def cells_of_panel() -> bangfu.Cells:
    return bangfu.Cells.from_frame(
        panel(),
        unit="id",
        cluster="village",
        time="year",
        cohort="cohort",
        outcome="income_per_head",
        arm="arm",
    )


@pytest.fixture(scope="module")
def results():
    cells = cells_of_panel()
    kinds = {}
    for kind in ("synthetic", "survey"):
        spec = {**cells.info.spec, "units": {"income_per_head": "yuan"}}
        info = replace(cells.info, spec=spec, kind=kind, title_en="A & B", title_zh="甲乙")
        kinds[kind] = bangfu.compare_models(replace(cells, info=info), scale="level")
    return kinds


class Cells(HTMLParser):
    """The texts of a table's cells, and every tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.cells, self.inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside = tag in {"td", "th"}
        if self.inside:
            self.cells.append("")

    def handle_endtag(self, tag):
        self.inside = False if tag in {"td", "th"} else self.inside

    def handle_data(self, data):
        if self.inside:
            self.cells[-1] += data


def hostile() -> PaperTable:
    words = [Word(t, t) for t in HOSTILE]
    return PaperTable(
        "hostile", words[0], tuple(words[:2]), tuple((a, b) for a in words for b in words), (words[2],), True
    )


def test_gains_carry_the_numbers_and_what_they_rest_on(results):
    result = results["synthetic"]
    gains, differences, event_study = comparison_tables(result, stability=False)
    frame, row = gains.frame("en"), result.table.iloc[0]
    assert gains.id == "gains"
    assert frame.index[0] == "cooperative alone"
    assert frame.iloc[0, :3].to_list() == [
        f"{row['estimate']:+,.0f}", f"{row['std_error']:,.0f}", f"{row['ci_low']:,.0f} to {row['ci_high']:,.0f}"
    ]  # fmt: skip
    assert frame.iloc[0, 3] == f"{row['df']:.1f}"
    assert frame.iloc[0, -3:].to_list() == ["16", "4", "4.0"]
    notes = " ".join(gains.printed_notes("en"))
    for said in (
        "invented",
        "clustered by village, CR2",
        "Welch-Satterthwaite",
        "64 households in 12 villages",
        "yuan",
        "not shown to be caused",
    ):
        assert said in notes
    chinese = "".join(gains.printed_notes("zh"))
    for said in ("并非真实", "按村聚类", "64户、12个村", "不等于因果"):
        assert said in chinese
    assert gains.frame("zh").index[0] == "仅合作社"
    assert len(differences.rows) == len(result.contrasts)
    assert len(event_study.rows) == len(result.event_study)


def test_badge_only_where_invented(results):
    for kind, table in ((k, comparison_tables(r, stability=False)[0]) for k, r in results.items()):
        invented = kind == "synthetic"
        assert table.heading("en").startswith("SYNTHETIC: ") is invented
        assert table.heading("zh").startswith("模拟数据·非真实农户：") is invented
        assert table.stem.endswith("_SYNTHETIC") is invented
        assert ("invented" in table.latex() and "invented" in table.html()) is invented
        texts = docx.Document(BytesIO(table.docx("zh"))).paragraphs[0].text
        assert ("非真实" in texts) is invented


def test_few_households_are_withheld(results):
    result = results["survey"]
    frame = panel()
    few = frame[(frame["arm"] != "courtyard") | frame["village"].isin([0, 4]) | (frame["cohort"] == 0)]
    cells = bangfu.Cells.from_frame(
        few, unit="id", cluster="village", time="year", cohort="cohort", outcome="income_per_head", arm="arm"
    )
    result = bangfu.compare_models(replace(cells, info=replace(result.cells.info, spec=cells.info.spec)))
    frame = comparison_tables(result, stability=False)[0].frame("en")
    assert frame.iloc[1].to_list() == ["withheld: too few households, to protect them", *[""] * 8]
    assert frame.iloc[0, 0].startswith("+")


def test_other_choices(results):
    table = comparison_tables(results["synthetic"])[-1]
    assert table.id == "other_choices"
    assert len(table.rows) == 2 * 3  # two arms; percent, yuan and logarithm


def test_html_is_escaped():
    page = hostile().html("en")
    found = Cells(page)
    assert not {"script", "img", "iframe"} & set(found.tags)
    assert HOSTILE[0] in "".join(found.cells)
    assert "<script" not in page


def test_latex_is_escaped():
    text = hostile().latex("en")
    body = text.split(r"\midrule")[1].split(r"\bottomrule")[0]
    assert r"\textbackslash{}input\{" in body
    assert r"\input" not in body
    assert r"50\% of\_x \& \$y\$" in body
    assert re.search(r"(?<!\\)[%#$_]", body.replace(r"\addlinespace[1ex]", "")) is None
    assert "{[}0pt{]}" in body
    assert all(line.count(" & ") == 1 for line in body.splitlines() if line.endswith(r"\\"))
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")


def test_word_holds_the_text():
    document = docx.Document(BytesIO(hostile().docx("en")))
    cells = [[c.text for c in row.cells] for row in document.tables[0].rows]
    assert cells[1] == [HOSTILE[0], HOSTILE[0]]
    assert r"a b\x00c" in [row[0] for row in cells]


def test_files_are_the_same_twice(tmp_path, results):
    tables = comparison_tables(results["synthetic"], stability=False)
    first = write_tables(tables, tmp_path / "a")
    second = write_tables(tables, tmp_path / "b")
    assert [p.name for p in first][:2] == ["gains_SYNTHETIC.en.tex", "gains_SYNTHETIC.en.docx"]
    assert len(first) == 3 * 2 * 3
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    with pytest.raises(WrongUse, match="unknown format pdf"):
        write_tables(tables, tmp_path, formats=["pdf"])


def test_outcome_words():
    assert outcome_word("income_per_head").en == "disposable income per head (constant prices)"
    assert outcome_word("wage_per_head_nominal").zh == "人均工资性收入（当年价）"
    assert outcome_word("headcount").en == "share below the line"
    assert outcome_word("my_own") == Word("my_own", "my_own")
