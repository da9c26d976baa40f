"""Figures 9, 10, 20 and 21 from tables written by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bangfu.errors import WrongUse
from bangfu.figures import Figure
from bangfu.figures.households import balance_figure, sources_figure
from bangfu.figures.losers import losers_figure
from bangfu.figures.poverty_curve import national_lines, poverty_curve_figure
from bangfu.words import Word
from tests.figures import worlds
from tests.figures.texts import complaints, drawn

INFO = worlds.cells(worlds.frame({"courtyard": 0.1}, villages=4, households=4)).info
OWN = replace(INFO, kind="administrative")
YEARS = (2016, 2017, 2018)


def by_source(
    wage: tuple[float, float, float], transfer: tuple[float, float, float], households: int = 500
) -> pd.DataFrame:
    rows = []
    for year, w, t in zip(YEARS, wage, transfer, strict=True):
        for source, level in (("wage", w), ("transfer", t), ("income", w + t)):
            rows.append((year, source, level, level, level * 0.95, level * 1.05, households))
    return pd.DataFrame(rows, columns=["year", "source", "level", "real", "ci_low", "ci_high", "households"])


def differences(p: float, *, size: float = 0.3, households: int = 80) -> pd.DataFrame:
    rows = [
        (arm, fact, size * sign, size * sign - 0.1, size * sign + 0.1, households, 9, p)
        for arm in ("courtyard", "cooperative", "courtyard+cooperative")
        for fact, sign in (("labour", 1.0), ("land_mu", -0.5))
    ]
    return pd.DataFrame(
        rows, columns=["arm", "fact", "difference", "ci_low", "ci_high", "households", "villages", "joint_p"]
    )


def lower(joiners: float, comparison: float, households: int = 200) -> pd.DataFrame:
    rows = [
        (g, households, s, 0.02, s - 0.04, s + 0.04, 20)
        for g, s in (("joiners", joiners), ("comparison", comparison))
    ]
    return pd.DataFrame(
        rows, columns=["group", "households", "share", "std_error", "ci_low", "ci_high", "villages"]
    )


MARKED = {"low": (3000.0, Word("the line", "标准")), "twice": (6000.0, Word("twice the line", "两倍标准"))}


def curve(shares: tuple[float, ...], households: int = 1000) -> pd.DataFrame:
    yuan = (2000.0, 3000.0, 6000.0, 9000.0)
    return pd.DataFrame(
        {"line": [str(y) for y in yuan], "year": 2018, "estimate": shares, "std_error": 0.01, "ci_low": np.array(shares) - 0.02,
         "ci_high": np.array(shares) + 0.02, "households": households, "villages": 30}
    )  # fmt: skip


def figures(info: object, households: int) -> dict[str, Figure]:
    return {
        "sources": sources_figure(info, YEARS, by_source((1000, 2000, 4000), (500, 550, 600), households)),
        "balance": balance_figure(info, YEARS, differences(0.00001, households=households)),
        "losers": losers_figure(info, YEARS, lower(0.213, 0.27, households), 2),
        "curve": poverty_curve_figure(info, YEARS, curve((0.01, 0.04, 0.3, 0.6), households), MARKED),
    }  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sources", "balance", "losers", "curve"])
def test_texts_badges_and_withholding(name: str) -> None:
    assert complaints(figures(INFO, 500)[name]) == []
    assert complaints(figures(OWN, 500)[name]) == []
    assert figures(OWN, 9)[name].withheld
    assert figures(OWN, 9)[name].heading("zh") == "农户过少，为保护隐私不予显示"


def test_the_fastest_source_follows_the_numbers() -> None:
    wages = sources_figure(INFO, YEARS, by_source((1000, 2000, 4000), (500, 550, 600)))
    assert wages.title == Word(
        "Of the main sources wages grew fastest, by 300%", "主要来源中工资性收入增长最快,增300%"
    )
    assert wages.reading.en.endswith(
        "from 1,500 to 4,600 yuan at current prices; wages accounted for 97% of the increase."
    )
    transfers = sources_figure(INFO, YEARS, by_source((1000, 1000, 1000), (500, 900, 1500)))
    assert "net transfers grew fastest, by 200%" in transfers.title.en


def test_sources_that_are_small_new_or_falling() -> None:
    small = sources_figure(INFO, YEARS, by_source((1000, 2000, 4000), (1, 5, 90)))
    assert small.title.en == "Income per head over the years", (
        "one source of weight has nothing to be faster than"
    )
    new = sources_figure(INFO, YEARS, by_source((1000, 2000, 4000), (0, 500, 900)))
    assert "inf%" not in new.title.en and complaints(new) == []
    falling = sources_figure(INFO, YEARS, by_source((4000, 3000, 2000), (500, 500, 500)))
    assert "increase" not in falling.reading.en and complaints(falling) == []


def test_balance_titles() -> None:
    assert balance_figure(INFO, YEARS, differences(0.01)).title.en == "Joiners differed before they joined"
    assert balance_figure(INFO, YEARS, differences(0.4)).title.zh == "参加之前的差别未检出"
    mixed = differences(0.4)
    mixed.loc[mixed["arm"] == "cooperative", "joint_p"] = 0.01
    figure = balance_figure(INFO, YEARS, mixed)
    assert figure.title == Word(
        "1 of 2 groups of joiners differed before joining", "仅合作社的农户参加之前就与对照户不同"
    )
    assert complaints(figure) == []


def test_balance_p_value_is_never_zero() -> None:
    figure = balance_figure(INFO, YEARS, differences(1e-9))
    assert "p <0.001" in figure.reading.en and "0.000" not in figure.reading.en + figure.reading.zh


def test_balance_without_errors() -> None:
    rows = differences(np.nan).assign(ci_low=np.nan, ci_high=np.nan)
    rows.loc[0, "difference"] = np.nan
    figure = balance_figure(INFO, YEARS, rows)
    assert figure.title.en == "No difference before joining was detected"
    assert "not available" in figure.reading.en and complaints(figure) == []


def test_arms_of_several_models_stay_out_of_the_balance_figure() -> None:
    assert "合作社两项" not in " ".join(drawn(balance_figure(INFO, YEARS, differences(0.4)), "zh"))


def test_icons_are_as_many_as_the_title_says() -> None:
    figure = losers_figure(INFO, YEARS, lower(0.216, 0.274), 2)
    assert figure.title == Word(
        "22% of joiners, and 27% of comparison households, had lower incomes than before",
        "收入低于之前的，参加户占22%，对照户占27%",
    )
    assert "22 of 100 joiners" in drawn(figure, "en") and "27 of 100 comparison households" in drawn(
        figure, "en"
    )


def test_curve_title_and_marks() -> None:
    figure = poverty_curve_figure(INFO, YEARS, curve((0.01, 0.042, 0.303, 0.6)), MARKED)
    assert figure.title == Word(
        "The share below the line ranges from 4.2% to 30.3%, depending on the line",
        "标准不同，低于标准的农户占比从4.2%到30.3%不等",
    )
    one = poverty_curve_figure(INFO, YEARS, curve((0.01, 0.042, 0.303, 0.6)), {"low": MARKED["low"]})
    assert one.title.en == "4.2% are below the line" and complaints(one) == []
    with pytest.raises(WrongUse, match="3,500"):
        poverty_curve_figure(INFO, YEARS, curve((0.01, 0.04, 0.3, 0.6)), {"other": (3500.0, Word("x", "乙"))})


def test_a_share_that_rests_on_few_is_withheld() -> None:
    figure = poverty_curve_figure(OWN, YEARS, curve((0.004, 0.04, 0.3, 0.6)), MARKED)
    assert figure.smallest_group == 4 and figure.withheld


def test_national_lines() -> None:
    lines = national_lines(2020)
    assert lines["twice"][0] == 2 * lines["national"][0]
    assert lines["exit"][0] == 4000, "the exit threshold of 2020"
    assert "exit" not in national_lines(2014)
