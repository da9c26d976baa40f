"""Figures 14 to 16, 18, 23 and 24: titles follow the results, and no text says more than they do."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from bangfu.compare import ModelComparison
from bangfu.compare.figure import gains_figure
from bangfu.compare.sources import gains_by_source
from bangfu.figures import Figure
from bangfu.figures.event_study import appears, event_study_figure
from bangfu.figures.gain_sources import gain_sources_figure
from bangfu.figures.ranks import ranks_figure
from bangfu.figures.results import listed, measured, opening
from bangfu.figures.stability import stability_figure
from bangfu.figures.support import support_figure
from bangfu.words import Word
from tests.figures import worlds
from tests.figures.texts import complaints, drawn, printed, unbacked

WORLDS = ("null", "tie", "winner", "one_arm", "six_villages", "drifting")


@cache
def result(world: str, kind: str = "synthetic", scale: str = "percent") -> ModelComparison:
    return getattr(worlds, world)(kind=kind, scale=scale)  # type: ignore[no-any-return]


def paid(**mean: float) -> pd.DataFrame:
    rows = [(arm, 50, 50, value, value) for arm, value in mean.items()]
    return pd.DataFrame(rows, columns=["arm", "households", "with_amount", "mean_yuan", "median_yuan"])


PAID = paid(courtyard=3000.0, cooperative=2000.0, enterprise=4000.0)


def sources(of: ModelComparison) -> Figure:
    return gain_sources_figure(of, gains_by_source(of.cells))


FIGURES = {
    "gains": gains_figure,
    "event": event_study_figure,
    "ranks": ranks_figure,
    "stability": stability_figure,
    "sources": sources,
    "support": lambda of: support_figure(of, PAID),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("name", ["gains", "event", "ranks", "stability", "support"])
def test_texts_are_whole_and_backed_in_every_world(name: str, world: str) -> None:
    assert complaints(FIGURES[name](result(world))) == []


@pytest.mark.parametrize("world", ["winner", "six_villages"])
def test_texts_of_the_sources_are_whole_and_backed(world: str) -> None:
    assert complaints(sources(result(world))) == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_register_of_ones_own_says_nothing_of_synthetic(name: str) -> None:
    assert complaints(FIGURES[name](result("tie", "administrative"))) == []


@pytest.mark.parametrize("name", FIGURES)
def test_small_groups_of_ones_own_are_withheld(name: str) -> None:
    few = worlds.comparison({"courtyard": 0.3}, kind="survey", villages=4, households=6)
    figure = FIGURES[name](few)
    assert figure.smallest_group is not None and figure.smallest_group < 10 and figure.withheld
    assert figure.heading("en") == "withheld: too few households"


def test_no_claim_survives_in_a_world_without_gains() -> None:
    of = result("null")
    assert gains_figure(of).title.en == "The data do not tell the models apart"
    assert event_study_figure(of).title.en == "No gain stands out in any year since joining"
    assert ranks_figure(of).title == Word("Each could rank first to third", "都可能排第一到第三")
    assert "order stays open" in stability_figure(of).title.en
    assert sources(of).title.en == "The gain is too unsure to be split by source"
    assert support_figure(of, PAID).title.en.endswith("the gains cannot be told apart")


def test_a_winner_is_named_only_when_first_in_every_choice() -> None:
    of = result("winner")
    assert of.winner == "cooperative"
    assert ranks_figure(of).title.en == "Cooperative alone comes first in every reasonable choice"
    assert stability_figure(of).title.en.startswith("Cooperative alone comes first in all ")
    assert gains_figure(of).title.zh == "仅合作社：各种算法下增收都最多"
    assert support_figure(of, PAID).title.en == "Support per household and gain, side by side"


def test_one_arm_is_not_ranked() -> None:
    of = result("one_arm")
    assert ranks_figure(of).title.zh == "只有一类参加户，无从排名"
    assert stability_figure(of).title.zh == "只有一类参加户，无从排名"
    assert gains_figure(of).title.en == "Joiners of the one model gained more than comparison households"
    none = worlds.comparison({"courtyard": 0.0}, noise=0.1)
    assert gains_figure(none).title.zh == "只有一种模式，看不出相对增收"
    assert "told apart" not in support_figure(of, PAID).title.en


def test_drift_before_joining_goes_before_any_gain() -> None:
    figure = event_study_figure(result("drifting"))
    assert figure.title == Word("Joiners were drifting apart before they joined", "参加之前,走势就已经不同")
    assert "cannot be read as gains" in figure.reading.en


def test_first_year_that_stands_out() -> None:
    rows = pd.DataFrame({"event_time": [-2, 0, 1, 2], "band_low": [3.0, -1.0, 0.4, 2.0]})
    assert appears(rows) == 1
    assert appears(rows.assign(band_low=-1.0)) is None
    falls = pd.DataFrame({"event_time": [-2, 0, 1, 2], "band_high": [-3.0, 1.0, 0.2, -0.1]})
    assert appears(falls, "low") == 2
    figure = event_study_figure(result("winner"))
    assert figure.title.en.startswith("Gains appear")
    assert figure.numbers["event_study.seen"].value >= 1


def test_where_less_is_better_a_gain_is_no_fall() -> None:
    of = result("winner")
    turned = event_study_figure(of.under(best="low"))
    assert turned.title == Word("No fall stands out in any year since joining", "参加后各年,都看不出下降")
    assert turned.subtitle.en.startswith("difference by years since joining")


def test_share_of_transfers_in_the_title() -> None:
    of = result("one_arm")
    share = sources(of).numbers["gain_sources.transfer_share"].value
    assert share == pytest.approx(20, abs=3)
    assert sources(of).title == Word(
        f"{share:.0f}% of the gain is transfers", f"多增部分{share:.0f}%是转移净收入"
    )
    rows = gains_by_source(of.cells)
    ends = rows["source"] == "income_per_head"

    def moved(**values: float) -> Figure:
        changed = rows.copy()
        for column, value in values.items():
            changed.loc[ends, column] = value
        return gain_sources_figure(of, changed)

    assert "fell behind" in moved(ci_low=-900.0, estimate=-500.0, ci_high=-100.0).title.en
    assert "too unsure" in moved(ci_low=-1.0).title.en
    assert "Almost none" in moved(estimate=1e6).title.en
    none = rows[rows["source"] != "transfer_per_head"]
    assert "as far as sources are recorded" in gain_sources_figure(of, none).title.en


def test_support_without_amounts_and_alike() -> None:
    of = result("tie")
    nothing = support_figure(of, PAID.iloc[:0])
    assert nothing.title.en == "No support is recorded to set beside the gain"
    assert complaints(nothing) == []
    alike = support_figure(of, paid(courtyard=3000.0, cooperative=3010.0, enterprise=2990.0))
    assert "differs" not in alike.title.en
    part = support_figure(of, paid(courtyard=3000.0))
    assert complaints(part) == [] and drawn(part, "en").count("not recorded") == 2
    assert "support not recorded" in part.reading.en


def test_units_of_every_scale() -> None:
    assert "元" in gains_figure(result("tie", scale="level")).reading.zh
    assert "log points" in event_study_labels("log") and "gain, yuan" in event_study_labels("level")
    assert "gain, %" in event_study_labels("percent")


def event_study_labels(scale: str) -> str:
    return " | ".join(drawn(event_study_figure(result("tie", scale=scale)), "en"))


def test_an_arm_prints_in_words() -> None:
    switched = worlds.frame({"courtyard": 0.1, "courtyard+cooperative": 0.1}, noise=0.02)
    of = worlds.compare_models(worlds.cells(switched))
    for name in ("gains", "support"):
        figure = FIGURES[name](of)
        assert complaints(figure) == []
        assert "庭院经济、合作社两项" in " ".join(drawn(figure, "zh")), name


def test_helpers() -> None:
    assert opening("leading Enterprise") == "Leading Enterprise"
    assert listed([Word("a", "甲"), Word("b", "乙"), Word("c", "丙")]) == Word("a, b and c", "甲、乙、丙")
    alone = measured({"estimate": 2.0, "ci_low": np.nan, "ci_high": np.nan}, "%")
    assert (alone.value, alone.low) == (2.0, None)


def test_the_check_finds_what_it_should() -> None:
    assert printed("In 2017 some 12.5% (95% interval 1 to 3,400) of 100") == ["12.5", "1", "3,400"]
    figure = ranks_figure(result("tie"))
    broken = Figure(
        **{f: getattr(figure, f) for f in figure.__slots__} | {"title": Word("a gain of 77%", "增收77%")}
    )
    assert unbacked(broken) == {"title.en": ["77"], "title.zh": ["77"]}
    assert any("+" in c for c in complaints(_with(figure, title=Word("courtyard+cooperative", "甲+乙"))))
    assert any("SYNTHETIC" in c or "synthetic" in c for c in complaints(_with(figure, badge="own")))


def _with(figure: Figure, **changes: object) -> Figure:
    return Figure(**{f: getattr(figure, f) for f in figure.__slots__} | changes)
