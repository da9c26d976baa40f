"""A register's own titles in everything that is read, in both languages; its identifiers, and our titles, in nothing."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import bangfu
import bangfu.exhibits
import bangfu.figures
from bangfu.brief import findings, own_brief, shipped_brief
from bangfu.cells import Cells, merge
from bangfu.cli import app
from bangfu.compare import ModelComparison, hurdles
from bangfu.compare.naive import members_by_arm
from bangfu.compare.plain import plain_table
from bangfu.compare.pooled import pooled
from bangfu.compare.schema import document
from bangfu.compare.sources import gains_by_source
from bangfu.compare.support import support
from bangfu.compare.text import stability_text
from bangfu.errors import BangfuError
from bangfu.exhibits.truth_sizes import sizes_figure
from bangfu.facts import record_facts, study_facts
from bangfu.figures import Figure, Table
from bangfu.figures.event_study import event_study_figure
from bangfu.figures.gain_sources import gain_sources_figure
from bangfu.figures.gains import gains_figure
from bangfu.figures.households import balance_figure
from bangfu.figures.misleading import null_figure, scales_figure
from bangfu.figures.ranks import ranks_figure
from bangfu.figures.render import csv
from bangfu.figures.results import colour, marker
from bangfu.figures.show import texts
from bangfu.figures.stability import stability_figure
from bangfu.figures.support import support_figure
from bangfu.figures.surely_contamination import contamination_figure
from bangfu.figures.surely_specifications import specifications_figure
from bangfu.figures.surely_trends import trends_figure
from bangfu.moments import merge_moments
from bangfu.page import page
from bangfu.papers import comparison_tables
from bangfu.register import HouseholdRegister
from bangfu.sensitivity.balance import balance
from bangfu.words import Word
from tests.figures.texts import drawn
from tests.page.conftest import folder_of, numbers
from tests.titles.registers import DECLARED, TITLES, own_register, wrong_words

LANGUAGES = ("en", "zh")
TITLED = {"en": [en for en, _ in TITLES.values()], "zh": [zh for _, zh in TITLES.values()]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_register(tmp_path_factory.mktemp("own") / "r")


@pytest.fixture(scope="module")
def register(folder: Path) -> HouseholdRegister:
    return bangfu.load_register(folder)


@pytest.fixture(scope="module")
def result(register: HouseholdRegister) -> ModelComparison:
    return bangfu.compare_models(register)


def _contamination(result: ModelComparison) -> Figure:
    register = result.register
    assert register is not None
    rows = hurdles.changes(register)
    rows = rows[~rows["arm"].str.contains("+", regex=False)].dropna(subset=["change"])
    split = bangfu.contamination(
        rows, outcome="change", arm="arm", controls="C(labour)", reference="none", cluster="village_id"
    )
    return contamination_figure(result, split)


def _trends(result: ModelComparison) -> Figure:
    pytest.importorskip("diff_diff", reason="diff-diff is not installed")
    bounds, ends = hurdles.trend_table(result, [0.0, 0.5, 1.0])
    return trends_figure(result, bounds, ends)


def _scales(result: ModelComparison) -> Figure:
    every = {s: bangfu.compare_models(result.cells, scale=s) for s in ("percent", "level", "log")}
    joint = [{"scale": s, "unit": r.table["unit"].iloc[0], **pooled(r)} for s, r in every.items()]
    return scales_figure(every, pd.DataFrame(joint))


def _sizes(result: ModelComparison) -> Figure:
    shown = result.table[~result.table["arm"].str.contains("+", regex=False)]
    rows = pd.concat([shown.assign(size=n, truth=1.0, holds=True) for n in (100, 200)], ignore_index=True)
    return sizes_figure(rows, result.cells.info, result.cells.years)


def _sources(result: ModelComparison) -> Figure:
    parts = [f"{s}_per_head" for s in ("income", "wage", "business", "property", "transfer")]
    assert result.register is not None
    return gain_sources_figure(result, gains_by_source(result.register.cells(parts)))


FIGURES: dict[str, Callable[[ModelComparison], Figure]] = {
    "gains_figure": gains_figure,
    "event_study_figure": event_study_figure,
    "ranks_figure": ranks_figure,
    "stability_figure": stability_figure,
    "specifications_figure": specifications_figure,
    "support_figure": lambda r: support_figure(r, support(r.register)),  # type: ignore[arg-type]
    "balance_figure": lambda r: balance_figure(r.cells.info, r.cells.years, balance(r.register)),  # type: ignore[arg-type]
    "null_figure": lambda r: null_figure(r, members_by_arm(r.register.to_pandas())),  # type: ignore[union-attr]
    "gain_sources_figure": _sources,
    "contamination_figure": _contamination,
    "trends_figure": _trends,
    "scales_figure": _scales,
    "sizes_figure": _sizes,
}
NO_ARMS = {
    "actions_figure", "claims_figure", "funds_figure", "dates_figure", "gaps_figure", "evidence_figure", "sign_pair_figure",
    "replication_figure", "sources_figure", "losers_figure", "methods_figure", "dip_figure", "poverty_curve_figure",
    "public_facts_figure",
}  # fmt: skip
"""Of the record and of published studies, or of all joiners together."""


def test_every_figure_is_tried_here() -> None:
    rooms = [
        importlib.import_module(m.name)
        for room in (bangfu.figures, bangfu.exhibits)
        for m in pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
    ]
    found = {name for room in rooms for name, f in inspect.getmembers(room, inspect.isfunction) if name.endswith("_figure")}  # fmt: skip
    assert found == FIGURES.keys() | NO_ARMS


@pytest.mark.parametrize("name", FIGURES)
def test_figures(name: str, result: ModelComparison) -> None:
    figure = FIGURES[name](result)
    labels = {lang: drawn(figure, lang) for lang in LANGUAGES}
    for lang in LANGUAGES:
        words = {k: v for k, v in texts(figure, lang).items() if k != "numbers"}
        read = "\n".join([*labels[lang], json.dumps(words, ensure_ascii=False)])
        assert not wrong_words(read)
        assert any(title in read for title in TITLED[lang])
    content = csv(figure).decode()
    assert "arm_en" in content
    assert "KOOP-EN" in content
    assert "合作制甲" in content


def printed(result: ModelComparison, lang: str) -> dict[str, str]:
    register = result.register
    assert register is not None
    synthetic = findings(result)
    facts = {**study_facts(), **record_facts(bangfu.load_campaign())}
    shipped = shipped_brief(lang, facts, bangfu.load_campaign(), synthetic).content["pages"][1]  # type: ignore[arg-type]
    return {
        "text": result.text(lang),  # type: ignore[arg-type]
        "stability": stability_text(result, lang),  # type: ignore[arg-type]
        "papers": "\n".join(
            f"{t.frame(lang)} {t.html(lang)} {t.latex(lang)} {t.printed_notes(lang)}" for t in comparison_tables(result)  # type: ignore[arg-type]
        ),
        "own brief": json.dumps(own_brief(lang, synthetic, Word("s", "s")).content, ensure_ascii=False),  # type: ignore[arg-type]
        "shipped brief": json.dumps(shipped, ensure_ascii=False),
        "description": register.describe().text(lang),  # type: ignore[arg-type]
        "table": repr(Table(result.table, lang=lang, models=register.info.names)),  # type: ignore[arg-type]
        "plain table": str(
            plain_table({"without controls": _Fit(len(TITLES))}, register, 1.0, lang)  # type: ignore[arg-type]
        ),
    }  # fmt: skip


class _Fit:
    """A regression's result, as far as a table reads it."""

    def __init__(self, models: int) -> None:
        self.params = pd.Series(1.0, index=[f"takes_{i}" for i in range(models)])
        self.nobs = 1

    def conf_int(self) -> pd.DataFrame:
        return pd.DataFrame({0: self.params, 1: self.params})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_tables_and_briefs(result: ModelComparison, lang: str) -> None:
    for what, text in printed(result, lang).items():
        # the page of a brief that is about published studies names their models, which are ours
        assert not wrong_words(text), what
        assert any(title in text for title in TITLED[lang]), what


def test_the_repr_and_html(result: ModelComparison, register: HouseholdRegister) -> None:
    for text in (result._repr_html_(), repr(result), repr(register), register._repr_html_()):
        assert not wrong_words(text)
        assert "KOOP-EN" in text


def test_json_keeps_identifiers_and_adds_titles(result: ModelComparison) -> None:
    found = document(result, stability=True)
    alone = {row["arm"]: (row["title_en"], row["title_zh"]) for row in found["arms"] if "+" not in row["arm"]}
    assert alone == {m: (f"{en} alone", f"仅{zh}") for m, (en, zh) in TITLES.items()}
    assert {row["arm"] for row in found["table"]} == {row["arm"] for row in found["arms"]}
    assert [(m["model"], m["title_en"], m["title_zh"]) for m in found["about"]["models"]] == [(m, *t) for m, t in TITLES.items()]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal(folder: Path, tmp_path: Path, lang: str) -> None:
    for engine in ("duckdb",):
        run = CliRunner().invoke(
            app, ["compare", str(folder), "--engine", engine, "--lang", lang, "--stability"]
        )
        assert run.exit_code == 0, run.output
        assert not wrong_words(run.output)
        assert TITLED[lang][0] in run.output
    handed = tmp_path / "a.json"
    for words in (["cells", str(folder), "--moments", "--inside", "--out", str(handed)], ["cells", str(handed), "--out", str(tmp_path / "all.json")]):  # fmt: skip
        run = CliRunner().invoke(app, [*words, "--lang", lang])
        assert run.exit_code == 0, run.output
        assert not wrong_words(run.output)
    assert TITLED[lang][0] in run.output


def test_the_page(result: ModelComparison, tmp_path: Path) -> None:
    made = folder_of([gains_figure(result), event_study_figure(result)], tmp_path)
    text = page(made, tmp_path, numbers(), name=Word("Own", "自有"), briefs=False).decode()
    # data to download, which hold identifiers beside the titles, and markup are not read
    read = re.sub(r"<script.*?</script>|<pre class=.csv.*?</pre>|<[^>]*>", " ", text, flags=re.S)
    assert not wrong_words(read)
    for titles in TITLED.values():
        assert any(t in read for t in titles)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_else_was_offered(folder: Path, register: HouseholdRegister, lang: str) -> None:
    """A component of the campaign that is a model of the register has the register's title."""
    campaign = bangfu.load_campaign(folder / "campaign")
    text = bangfu.compare_models(register, campaign=campaign).text(lang)  # type: ignore[arg-type]
    lines = [line for line in text.splitlines() if "%," in line or "%、" in line or ", COUNTY" in line]
    assert any(TITLED[lang][1] in line for line in lines)
    assert "cooperative +" not in text
    assert "合作社" not in text


def test_titles_survive_files_and_merging(result: ModelComparison, folder: Path, tmp_path: Path) -> None:
    again = Cells.load(result.cells.save(tmp_path / "c.parquet"))
    assert again.info == result.cells.info
    other = own_register(tmp_path / "other", households=200)
    about = (other / "register.toml").read_text(encoding="utf-8")
    (other / "register.toml").write_text(about.replace('id = "own"', 'id = "other"', 1), encoding="utf-8")
    cells = bangfu.load_register(other).cells(["income_per_head", "log:income_per_head"])
    assert merge(again, cells, disjoint=True).info.names == again.info.names
    (other / "register.toml").write_text(
        about.replace('id = "own"', 'id = "other"', 1).replace("KOOP-EN", "ANOTHER"), encoding="utf-8"
    )
    cells = bangfu.load_register(other).cells(["income_per_head", "log:income_per_head"])
    for refused in (
        lambda: merge(again, cells, disjoint=True),
        lambda: merge_moments(*(c.moments("income_per_head", inside=True) for c in (again, cells))),
    ):
        with pytest.raises(BangfuError, match=r"own and other, model xkoop: titled KOOP-EN") as said:
            refused()
        assert "title_zh" in said.value.zh
        assert "ANOTHER" in said.value.zh


def test_default_titles_stay_where_a_register_declares_none(tmp_path: Path) -> None:
    made = own_register(tmp_path / "r", households=300)
    about = (made / "register.toml").read_text(encoding="utf-8")
    (made / "register.toml").write_text(about.replace(DECLARED, ""), encoding="utf-8")
    names = bangfu.load_register(made).info.names
    assert names["courtyard"].zh == "庭院经济"


def test_own_models_keep_one_colour_and_marker_each(result: ModelComparison) -> None:
    """The same in every room: by the register's order, whatever of it a comparison shows; 35 of them apart."""
    info = result.cells.info
    assert colour("cooperative", info) == "#d95f02"
    assert len({colour(m, info) for m in TITLES}) == 3
    assert colour("xkoop+xyard", info) not in {colour(m, info) for m in TITLES}
    many = [f"m{i}" for i in range(35)]

    @cache
    def of(model: str) -> tuple[str, str]:
        from bangfu.figures.style import arm_colour, arm_marker

        return arm_colour(model, many), arm_marker(model, many)

    assert len({of(m) for m in many}) == 35
    blocks = own_brief("en", findings(result), Word("s", "s")).content["pages"][0]
    rows = next(b["rows"] for b in blocks if b["kind"] == "gains")
    named = {result.arm(a).en: (colour(a, info), marker(a, info)) for a in result.table["arm"]}
    assert {r["name"]: r["colour"] for r in rows} == {name: of_arm[0] for name, of_arm in named.items()}
