"""The comparison: its tables, its prints, its JSON and command, and everything it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from bangfu.cells import Cells
from bangfu.cells.paths import Path as Taken
from bangfu.cli import app
from bangfu.compare import ModelComparison, compare_models
from bangfu.compare.schema import SCHEMA, document
from bangfu.compare.text import stability_text
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates import group_time_effects
from bangfu.estimates.lot import lot_p_values
from bangfu.estimates.notes import NOTES, said
from bangfu.figures.render import png
from tests.estimates.panels import cells_of, panel, with_switch

COLUMNS = [
    "arm", "unit", "estimate", "std_error", "df", "ci_low", "ci_high", "band_low", "band_high", "p_value", "rank_low",
    "rank_high", "households", "villages", "effective_villages", "note",
]  # fmt: skip


def synthetic(cells: Cells) -> Cells:
    return replace(
        cells, info=replace(cells.info, kind="synthetic", title_en="Invented", title_zh="非真实台账")
    )


@pytest.fixture(scope="module")
def result() -> ModelComparison:
    return compare_models(synthetic(cells_of(panel(3, villages=12, households=15), by=("stratum",))))


def test_tables(result: ModelComparison) -> None:
    assert list(result.table.columns) == COLUMNS
    assert result.table["arm"].tolist() == ["a", "b"] and (result.table["unit"] == "percent").all()
    assert (result.table["band_low"] <= result.table["ci_low"]).all()
    assert list(result.event_study.columns[:3]) == ["arm", "event_time", "unit"]
    assert list(result.effects.table.columns[:4]) == ["arm", "cohort", "year", "event_time"]
    assert set(result.contrasts["way"]) == {"as_they_are", "common_cohorts", "common_cells"}
    assert result.contrasts["estimate"].notna().all()
    assert result.pretrend["arm"].tolist() == ["a", "b", "all"]
    assert result.counts["households"].sum() == result.cells.households.sum()
    assert (result.detectable["detectable"] > 2.5 * result.detectable["std_error"]).all()
    assert result.about["kind"] == "synthetic" and result.about["seed"] == result.design.seed


def test_stability_has_every_choice(result: ModelComparison) -> None:
    table = result.stability
    choices = table[["scale", "control", "missing", "switchers"]].drop_duplicates()
    assert len(choices) == 3 * 4 * 3 * 3
    first = table[
        (table["scale"] == "percent") & (table["control"] == "never") & (table["missing"] == "pairwise")
    ]
    first = first[first["switchers"] == "censor"].set_index("arm")["estimate"]
    pd.testing.assert_series_equal(first, result.table.set_index("arm")["estimate"])
    refused = table[table["arm"] == ""]
    assert set(refused["control"]) == {"never_elsewhere"} and (refused["note"] != "").all()
    assert "27 specifications" in stability_text(result)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_prints(result: ModelComparison, lang: str) -> None:
    text = result.text(lang)  # type: ignore[arg-type]
    badge = "SYNTHETIC" if lang == "en" else "模拟数据·非真实农户"
    assert text.startswith(badge)
    assert badge in result._repr_html_() or lang == "zh"
    assert ("possible ranks" if lang == "en" else "可能名次") in text
    assert ("not shown to be caused" if lang == "en" else "不等于因果") in text
    assert png(result.figure(), lang)[:4] == b"\x89PNG"  # type: ignore[arg-type]
    assert result.figure().badge == "synthetic"


def test_json_follows_its_schema(result: ModelComparison) -> None:
    found = json.loads(json.dumps(document(result), allow_nan=False))
    jsonschema.validate(found, SCHEMA)
    assert found["badge"].startswith("SYNTHETIC")
    assert [s["kind"] for s in found["statements"]][:2] == ["first", "joined"]
    assert [s["text_zh"] for s in found["statements"]] == [s.text("zh") for s in result.statements]
    assert found["table"][0]["estimate"] == pytest.approx(result.table["estimate"].iloc[0], rel=1e-9)


def test_command(result: ModelComparison, tmp_path: Path) -> None:
    cells, out = result.cells.save(tmp_path / "some.parquet"), tmp_path / "out.json"
    run = CliRunner().invoke(
        app, ["compare", str(cells), "--scale", "level", "--json", str(out), "--lang", "zh"]
    )
    assert run.exit_code == 0, run.output
    assert run.output.startswith("模拟数据")
    jsonschema.validate(json.loads(out.read_text(encoding="utf-8")), SCHEMA)
    schema = CliRunner().invoke(app, ["compare", str(cells), "--schema"])
    assert json.loads(schema.output) == SCHEMA


def test_few_villages_get_other_p_values() -> None:
    result = compare_models(
        cells_of(panel(3, villages=8, households=12, arms=("a",)), logs=False), scale="level"
    )
    beside = result.few_villages
    assert beside["arm"].tolist() == ["a"] and beside["wild_p_value"].between(0, 1).all()
    assert "wild cluster bootstrap" in result.text()


def by_village(gain: float, seed: int = 4) -> Cells:
    """Twelve villages, six drawn by lot, with everybody in them."""
    frame = panel(seed, villages=12, households=15, missing=0, weights=False)
    chosen = np.random.default_rng(1).permutation(12)[:6]
    frame["arm"] = np.where(frame["village"].isin(chosen), "a", "")
    frame["cohort"] = np.where(frame["arm"] == "a", 2016, 0)
    after = (frame["cohort"] > 0) & (frame["year"] >= 2016)
    return cells_of(frame.assign(y=frame["y"] + gain * after), logs=False)


def test_drawn_by_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large gain is beyond all other draws; where households of a village differ there was no lot of villages."""
    large = lot_p_values(by_village(40.0), draws=39).iloc[0]
    assert large["p_value"] == pytest.approx(1 / 40)
    none = lot_p_values(by_village(0.0), draws=39).iloc[0]
    assert none["p_value"] > 1 / 40
    monkeypatch.setattr("bangfu.compare.comparison.lot_p_values", partial(lot_p_values, draws=3))
    result = compare_models(by_village(40.0), drawn_by_lot=True)
    assert result.few_villages["lot_p_value"].tolist() == [0.25]
    with pytest.raises(NotEstimable, match="villages were not drawn"):
        lot_p_values(cells_of(panel(3)), draws=9)


class TestRefusals:
    """An error or a row that says why; never a silent drop."""

    def test_nobody_joined(self) -> None:
        frame = panel(1).assign(arm="", cohort=0)
        with pytest.raises(NotEstimable, match="no household joined"):
            compare_models(cells_of(frame))

    def test_everybody_joined_at_once(self) -> None:
        frame = panel(1).assign(arm="a", cohort=2015)
        for control in ("never", "not_yet"):
            with pytest.raises(NotEstimable, match="at once"):
                compare_models(cells_of(frame), control=control)

    def test_no_village_without_joiners(self) -> None:
        with pytest.raises(NotEstimable, match="no village is without joiners"):
            compare_models(cells_of(panel(1)), control="never_elsewhere")

    def test_no_base_year(self) -> None:
        frame = panel(1, villages=14)
        cells = cells_of(frame.assign(cohort=frame["cohort"].replace(2015, 2013)))
        effects = group_time_effects(cells)
        row = effects.table[effects.table["cohort"] == 2013]
        assert row["estimate"].isna().all() and (row["note"] == NOTES["no_base"].en).all()
        overall = effects.aggregate("overall")
        assert overall["estimate"].notna().all() and overall["note"].str.contains("leaves out 2013").all()
        assert "台账中没有参加之前的年份" in said(overall["note"].iloc[0], "zh")

    def test_one_village(self) -> None:
        frame = panel(1, villages=14)
        group = (frame["arm"] == "a") & (frame["cohort"] == 2015)
        out = group & (frame["village"] != frame.loc[group, "village"].min())
        effects = group_time_effects(cells_of(frame[~out]))
        table = effects.table[(effects.table["arm"] == "a") & (effects.table["cohort"] == 2015)]
        assert len(table) == 4 and table["estimate"].notna().all() and table["std_error"].isna().all()
        overall = effects.aggregate("overall").set_index("arm")
        assert np.isfinite(overall.loc["a", "estimate"]) and np.isnan(overall.loc["a", "ci_low"])
        assert "fewer than two villages" in overall.loc["a", "note"] and overall.loc["b", "ci_low"] < 99
        ranks = compare_models(cells_of(frame[~out])).table.set_index("arm")
        assert ranks.loc["a", ["rank_low", "rank_high"]].tolist() == [1, 2]

    def test_percent_of_what_is_not_positive(self) -> None:
        frame = panel(1)
        result = compare_models(cells_of(frame.assign(y=frame["y"] - 60)))
        assert result.table["estimate"].isna().all()
        assert result.table["note"].str.contains("use the scale level").all()
        assert result.text()

    def test_covariate_cell_without_comparison_households(self) -> None:
        frame = panel(1, villages=14)
        frame = frame[(frame["cohort"] > 0) | (frame["stratum"] == 0)]
        table = group_time_effects(cells_of(frame, by=("stratum",)), adjust=True).table
        assert (table["note"] == NOTES["no_comparison_cell"].en).all()

    def test_no_common_cells(self) -> None:
        frame = panel(1, villages=14)
        frame["stratum"] = np.where(
            frame["arm"] == "a", 1, np.where(frame["arm"] == "b", 0, frame["stratum"])
        )
        way = compare_models(cells_of(frame, by=("stratum",))).contrasts.set_index("way").loc["common_cells"]
        assert np.isnan(way["estimate"]) and way["note"] == NOTES["no_support"].en

    def test_no_common_cohorts(self) -> None:
        frame = panel(1, villages=14)
        frame = frame[(frame["cohort"] == 0) | ((frame["cohort"] == 2015) == (frame["arm"] == "a"))]
        way = compare_models(cells_of(frame)).contrasts.set_index("way").loc["common_cohorts"]
        assert np.isnan(way["estimate"]) and way["note"] == NOTES["no_common_cohorts"].en

    def test_unknown_options_and_contradictions(self) -> None:
        cells = cells_of(panel(1))
        for wrong in (
            {"scale": "dollars"},
            {"control": "all"},
            {"missing": "x"},
            {"errors": "hc1"},
            {"base": "x"},
        ):
            with pytest.raises(WrongUse):
                compare_models(cells, **wrong)  # type: ignore[arg-type]
        for wrong in ({"exposure": "campaign"}, {"by": ("stratum",)}, {"line": 3000.0}):
            if wrong == {"exposure": "campaign"}:
                cells = replace(cells, info=replace(cells.info, spec={"exposure": "participation"}))
            with pytest.raises(WrongUse, match="made already"):
                compare_models(cells, **wrong)  # type: ignore[arg-type]
        with pytest.raises(WrongUse):
            compare_models(cells, "z")
        with pytest.raises(WrongUse):
            compare_models(cells).effects.aggregate("nonsense")  # type: ignore[arg-type]

    def test_log_without_logs(self) -> None:
        with pytest.raises(WrongUse, match="log:y"):
            compare_models(cells_of(panel(1), logs=False).only("y"), scale="log")

    def test_coarser_clusters(self) -> None:
        cells = cells_of(panel(1, villages=14))
        with pytest.raises(WrongUse, match="township_id"):
            compare_models(cells, cluster="township_id")
        places = cells.villages.assign(county_id=np.arange(14) // 2, township_id=np.arange(14) // 2)
        table = compare_models(replace(cells, villages=places), cluster="county_id").table
        assert (table["villages"] == 7).all()


def test_switchers_are_counted() -> None:
    cells = with_switch(cells_of(panel(5, villages=14)), "a", 2015, "b", 2017)
    result = compare_models(cells)
    assert result.switchers["censored"].sum() > 0
    assert "years after taking up a second model are left out" in result.text()
    own = compare_models(cells, switchers="own_arm").table["arm"].tolist()
    assert own == ["a", "b", "a+b"]


def test_paths_after_the_last_year_are_never() -> None:
    cells = cells_of(panel(5, villages=14))
    late = tuple(Taken(((2030, "a"),)) if p.steps == ((2016, "a"),) else p for p in cells.paths)
    counts = compare_models(replace(cells, paths=late)).counts
    assert counts[counts["arm"] == "a"]["cohort"].tolist() == [2015]
