"""Figures 11 to 13 and 22: what misleads, held against planted truth; sentences follow the numbers."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from bangfu.compare import ModelComparison
from bangfu.compare.naive import METHODS
from bangfu.figures import Figure
from bangfu.figures.dip import dip_figure
from bangfu.figures.misleading import methods_figure, null_figure, scales_figure
from bangfu.words import Word
from tests.figures import worlds
from tests.figures.texts import complaints, drawn


@cache
def result(kind: str = "synthetic") -> ModelComparison:
    return worlds.tie(kind=kind)


def methods(ours: tuple[float, float, float] = (8.0, 4.0, 12.0)) -> pd.DataFrame:
    rows = [(m, 30.0 - i, 25.0, 35.0) for i, m in enumerate(METHODS)]
    rows[-1] = ("cohorts", *ours)
    return pd.DataFrame(rows, columns=["method", "estimate", "ci_low", "ci_high"])


def plain() -> pd.DataFrame:
    rows = [
        ("courtyard", 12.0, 5.0, 19.0),
        ("cooperative", 28.4, 20.0, 36.0),
        ("enterprise", 20.0, 12.0, 28.0),
    ]
    return pd.DataFrame(rows, columns=["arm", "estimate", "ci_low", "ci_high"])


def means(joiners: dict[int, float], half: float = 50.0) -> pd.DataFrame:
    rows = [
        (time, group, mean, mean - half, mean + half, 100, 20)
        for time, value in joiners.items()
        for group, mean in (("joiners", value), ("comparison", 9000.0))
    ]
    return pd.DataFrame(
        rows, columns=["event_time", "group", "mean", "ci_low", "ci_high", "households", "villages"]
    )


DIP = {-3: 9000.0, -2: 9000.0, -1: 8200.0, 0: 9500.0}


def scales(yuan: float = 300.0) -> Figure:
    of = {s: worlds_scale(s) for s in ("percent", "level", "log")}
    pooled = pd.DataFrame(
        [("percent", "percent", 4.0, -1.0, 9.0), ("level", "yuan", yuan, yuan - 400, yuan + 400), ("log", "log points", 3.0, -2.0, 8.0)],
        columns=["scale", "unit", "estimate", "ci_low", "ci_high"],
    )  # fmt: skip
    return scales_figure(of, pooled)


@cache
def worlds_scale(scale: str) -> ModelComparison:
    return worlds.tie(scale=scale)


def figures(kind: str = "synthetic") -> dict[str, Figure]:
    of = result(kind)
    return {
        "methods": methods_figure(of, methods(), 6.4),
        "null": null_figure(of, plain()),
        "dip": dip_figure(of, means(DIP)),
        "scales": scales(),
    }


@pytest.mark.parametrize("name", ["methods", "null", "dip", "scales"])
def test_texts_are_whole_and_backed(name: str) -> None:
    assert complaints(figures()[name]) == []


def test_methods_title_and_whether_the_last_holds_the_truth() -> None:
    holds = methods_figure(result(), methods(), 6.4)
    assert holds.title == Word(
        "A simple comparison says 29%; the true gain is 6%", "简单对比得出29%,设定的真实值为6%"
    )
    assert "includes the true value" in holds.reading.en
    misses = methods_figure(result(), methods((8.0, 7.0, 12.0)), 6.4)
    assert (
        "does not include the true value either" in misses.reading.en and "不包含真实值" in misses.reading.zh
    )


def test_null_ranks_by_the_plain_difference() -> None:
    figure = null_figure(result(), plain())
    assert "puts cooperative alone first, at +28%. These data cannot show which" in figure.reading.en
    assert drawn(figure, "en").count("rank 1 to 3") == 3
    parted = worlds.winner()
    assert "Households with cooperative alone gained" in null_figure(parted, plain()).reading.en


def test_a_dip_must_be_larger_than_chance() -> None:
    of = result()
    assert dip_figure(of, means(DIP)).title == Word("Incomes dipped before joining", "参加前一年收入出现下降")
    assert dip_figure(of, means(DIP)).numbers["dip.drop"].value == pytest.approx(-800)
    assert dip_figure(of, means(DIP, half=600.0)).title.en == "No dip in incomes before joining was detected"
    level = dip_figure(of, means({-3: 9000.0, -2: 9000.0, -1: 9010.0, 0: 9500.0}))
    assert (
        level.title.en == "No dip in incomes before joining was detected"
        and "10 yuan higher" in level.reading.en
    )


def test_a_dip_needs_earlier_years() -> None:
    figure = dip_figure(result(), means({-1: 8000.0, 0: 9000.0}))
    assert "no earlier year" in figure.reading.en and complaints(figure) == []


def test_scales_of_one_sign_and_of_two() -> None:
    assert scales().title.en == "The same data give +300 yuan, or +4.0%"
    assert "On the other scales the verdict is the same." in scales().reading.en
    assert (
        scales(-282.0).title.zh == "同样的数据，按金额为-282元，按百分比为+4.0%"
        and complaints(scales(-282.0)) == []
    )
