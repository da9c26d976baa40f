"""Figures 14 to 16, 18, 23 and 24: titles follow the results, and no text says more than they do."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from bangfu.compare import ModelComparison
from bangfu.compare.sources import gains_by_source
from bangfu.compare.statement import name_list
from bangfu.errors import NotEstimable
from bangfu.figures import Figure
from bangfu.figures.event_study import event_study_figure
from bangfu.figures.gain_sources import gain_sources_figure
from bangfu.figures.gains import gains_figure
from bangfu.figures.ranks import ranks_figure
from bangfu.figures.results import measured, opening
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
    return gain_sources_figure(of, gains_by_source(of.cells, inside=of.inside))


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
    with pytest.raises(NotEstimable, match="withheld: too few households"):
        FIGURES[name](few)
    whole = FIGURES[name](replace(few, inside=True))
    assert not whole.withheld and "not for release" in whole.source.en and "不得上报" in whole.source.zh


def test_no_claim_survives_in_a_world_without_gains() -> None:
    of = result("null")
    assert gains_figure(of).title.en == "These data cannot show which model went with the largest gain"
    assert (
        event_study_figure(of).title.en == "No gain was detected for any model over the years since joining"
    )
    assert ranks_figure(of).title == Word("Any of the 3 models could rank first", "3种模式都可能排第一")
    assert "Which model is first is undecided; 108 of 108" in stability_figure(of).title.en
    assert sources(of).title.en == "No gain of all joiners together was detected, so no source is read"
    assert support_figure(of, PAID).title.en.endswith("no difference in gains was detected")


def test_a_winner_is_named_only_when_first_in_every_choice() -> None:
    of = result("winner")
    assert of.stated("first").arms == ("cooperative",)  # type: ignore[union-attr]
    assert (
        ranks_figure(of).title.en
        == "Households with cooperative alone rank first in every reasonable way of computing"
    )
    assert (
        stability_figure(of).title.en
        == "Households with cooperative alone come first in all 108 reasonable ways of computing"
    )
    assert gains_figure(of).title.zh == "仅合作社的农户相对增收最多，各种计算方法均如此"
    assert support_figure(of, PAID).title.en == "Support per household and gain, side by side"


def test_one_arm_is_not_ranked() -> None:
    of = result("one_arm")
    assert ranks_figure(of).title.zh == stability_figure(of).title.zh == "只有一种模式可供比较，无从排名"
    assert (
        gains_figure(of).title.en
        == "Households with courtyard economy alone gained more than comparison households"
    )
    none = worlds.comparison({"courtyard": 0.0}, noise=0.1)
    assert gains_figure(none).title.zh == "未检出仅庭院经济的相对增收"
    assert "difference in gains" not in support_figure(of, PAID).title.en


def test_drift_before_joining_goes_before_any_gain() -> None:
    figure = event_study_figure(result("drifting"))
    assert figure.title.en == "Joiners and comparison households were moving apart before joining"
    assert "no gain is reported that this could explain" in figure.reading.en


def test_years_that_stand_out() -> None:
    figure = event_study_figure(result("winner"))
    assert figure.title.en.startswith(
        "Differences in single years since joining were detected for cooperative alone"
    )
    assert figure.numbers["event_study.seen"].value >= 1
    open_years = event_study_figure(worlds.comparison({"courtyard": 0.06}, noise=0.15, villages=60, seed=3))
    assert (
        open_years.title.en
        == "No difference was detected in any single year; what is stated holds for all years together"
    )


def test_where_less_is_better_nothing_is_gained() -> None:
    turned = event_study_figure(result("tie").under(best="low"))
    assert turned.title.en == "No relative change was detected for any model over the years since joining"
    assert turned.subtitle.en.startswith("relative change by years since joining")


def test_sources_are_read_only_under_a_stated_gain() -> None:
    of = result("one_arm")
    figure = sources(of)
    share = figure.numbers["gain_sources.transfer_share"].value
    assert share == pytest.approx(20, abs=3)
    assert (
        figure.title.en == "Wages and net transfers of joiners rose more than those of comparison households"
    )
    part = figure.numbers["gain_sources.statement.source.wage_per_head.part"].value
    assert part == pytest.approx(80, abs=3) and share + part == pytest.approx(100, abs=2)
    assert f"That is {part:.1f}% of the whole difference" in figure.reading.en
    rows = gains_by_source(of.cells)

    def moved(**values: float) -> Figure:
        changed = rows.copy()
        for column, value in values.items():
            changed.loc[changed["source"] == "transfer_per_head", column] = value
        return gain_sources_figure(of, changed)

    assert moved(band_low=-900.0, band_high=-100.0).title.en == (
        "Wages of joiners rose more than those of comparison households, net transfers less"
    )
    assert moved(band_low=-1.0).title.en == "Wages of joiners rose more than those of comparison households"
    assert (
        "of the whole" not in moved(share_low=np.nan).reading.en.split("Net transfers")[1]
    )  # it has no bounds
    none = rows.assign(band_low=np.nan)
    assert "cannot be read" in gain_sources_figure(of, none).title.en


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
    assert "元" in gains_figure(result("winner", scale="level")).reading.zh
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
    assert name_list([Word("a", "甲"), Word("b", "乙"), Word("c", "丙")]) == Word("a, b and c", "甲、乙、丙")
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
