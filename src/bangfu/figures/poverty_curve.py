"""Figure 21: the share below a line, over all lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language, WrongUse
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, opening, source, thousands
from bangfu.figures.style import ACCENT, INK, ON_PAPER, QUIET, RULE, SMALL
from bangfu.formats import number, percent
from bangfu.reference import poverty_line, poverty_lines
from bangfu.texts import say
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.cells import CellsInfo


HALF_A_FEN = 0.005
"""Lines closer than this, in yuan, are the same line."""


def poverty_curve_figure(
    info: CellsInfo, years: tuple[int, ...], rows: pd.DataFrame, marked: Mapping[str, tuple[float, Word]]
) -> Figure:
    """The share of households below each line, with its interval, and the lines that somebody uses.

    Parameters
    ----------
    info : CellsInfo
    years : tuple of int
    rows : DataFrame
        As :func:`bangfu.poverty_indices` gives it for lines named by their yuan, index headcount, one year.
    marked : mapping of str to (float, Word)
        Key -> yuan per head and name of the lines to point at; each must be among the lines of ``rows``.

    Raises
    ------
    WrongUse
        When a line to point at is not among them.
    """
    curve = rows.assign(yuan=rows["line"].astype(float)).sort_values("yuan", ignore_index=True)
    year = int(curve["year"].iloc[0])
    at = {key: 100 * _share(curve, yuan) for key, (yuan, _) in marked.items()}
    low, high = min(at, key=lambda k: at[k]), max(at, key=lambda k: at[k])

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.09, 0.15, 0.87, 0.8))
        x = curve["yuan"]
        axes.fill_between(x, 100 * curve["ci_low"], 100 * curve["ci_high"], color=ACCENT, alpha=0.22, lw=0)
        axes.plot(x, 100 * curve["estimate"], color=ACCENT)
        top = float(100 * curve["ci_high"].max())
        for i, (key, (yuan, name)) in enumerate(sorted(marked.items(), key=lambda item: item[1][0])):
            axes.plot([yuan, yuan], [0, top * (0.9 - 0.17 * i)], color=RULE, lw=1)
            axes.plot(yuan, at[key], "o", color=ACCENT, ms=7)
            text = f"{name[lang]} {number(yuan)}\n{percent(at[key])}"
            late = 100 * np.interp(yuan + 0.25 * (x.max() - x.min()), x, curve["estimate"]) > top * (
                0.8 - 0.17 * i
            )
            axes.annotate(
                text, (yuan, top * (0.9 - 0.17 * i)), (-4 if late else 4, 0), textcoords="offset points", fontsize=SMALL + 0.5,
                color=INK, va="top", ha="right" if late else "left", linespacing=1.4, bbox=ON_PAPER,
            )  # fmt: skip
        axes.set_ylim(0, top * 1.05)
        axes.set_xlim(x.min(), x.max())
        thousands(axes.xaxis)
        axes.set_xlabel(
            Word(f"line, yuan per head a year at prices of {year}", f"标准,元/人·年({year}年价)")[lang]
        )
        axes.set_ylabel(f"{TERMS['headcount'][lang]}{' (%)' if lang == 'en' else '（%）'}")
        panel.text(
            0.96,
            0.2,
            Word("shaded: 95% interval", "阴影:95%置信区间")[lang],
            ha="right",
            fontsize=SMALL,
            color=QUIET,
        )

    households, villages = int(curve["households"].iloc[0]), int(curve["villages"].iloc[0])
    return Figure(
        id="21_poverty_curve",
        badge=badge(info),
        title=say("figures", "lines.one" if percent(at[low]) == percent(at[high]) else "lines.title", low=percent(at[low]), high=percent(at[high])),
        subtitle=Word(
            f"share of households below each line in {year}; {number(households)} households, {number(villages)} villages",
            f"{year}年收入低于各标准的农户比例;{number(households)}户,{number(villages)}个村",
        ),
        reading=Word(
            opening("; ".join(f"{name.en} ({number(yuan)} yuan): {percent(at[key])}" for key, (yuan, name) in marked.items())) + ".",
            ";".join(f"{name.zh}({number(yuan)}元):{percent(at[key])}" for key, (yuan, name) in marked.items()) + "。",
        ),
        not_shown=Word(
            "This does not show who leaves poverty by official decision, which also asks for food, clothing, schooling, medical care and housing.",
            "不等于贫困退出认定:认定还须稳定实现“两不愁三保障”。",
        ),
        alt=Word(
            f"A rising curve of the share of households below each line, from {percent(float(100 * curve['estimate'].min()))} to {percent(float(100 * curve['estimate'].max()))}.",
            f"收入低于各标准的农户比例曲线,由{percent(float(100 * curve['estimate'].min()))}升至{percent(float(100 * curve['estimate'].max()))}。",
        ),
        data=curve[["yuan", "year", "estimate", "std_error", "ci_low", "ci_high", "households", "villages"]],
        draw=draw,
        source=source(info, years),
        numbers={f"poverty_curve.{key}": Number(at[key], "%") for key in marked}
        | {f"poverty_curve.line.{key}": Number(yuan, "yuan") for key, (yuan, _) in marked.items()}
        | {"poverty_curve.households": Number(households, "count"), "poverty_curve.villages": Number(villages, "count")}
        | {
            "poverty_curve.least": Number(100 * float(curve["estimate"].min()), "%"),
            "poverty_curve.most": Number(100 * float(curve["estimate"].max()), "%"),
        }
        | {"poverty_curve.year": Number(year, "year")},
        smallest_group=_smallest(curve),
    )  # fmt: skip


def national_lines(year: int) -> dict[str, tuple[float, Word]]:
    """Lines to point at in a year: the national line updated by prices, the income threshold for leaving the register where known, and twice the line."""
    line = poverty_line((year,), "price_updated")[year]
    out = {"national": (line, Word("national line updated by prices", "按价格指数推算的现行农村贫困标准"))}
    known = poverty_lines("exit_threshold")
    for value in known.loc[known["year"] == year, "value"]:
        out["exit"] = (
            float(value),
            Word("income threshold for leaving the poverty register", "贫困退出的收入参考标准"),
        )
    out["twice"] = (2 * line, Word("twice the national line", "国家标准的两倍"))
    return out


def _share(curve: pd.DataFrame, yuan: float) -> float:
    """The share below a line that was computed; nothing is read off between two others."""
    found = curve.loc[(curve["yuan"] - yuan).abs() < HALF_A_FEN, "estimate"]
    if found.empty:
        raise WrongUse(
            f"a line of {number(yuan, 2)} yuan is to be marked, but its share was not computed; add it to the lines",
            f"要标出{number(yuan, 2)}元的标准,却没有计算其比例;请把它加入各标准",
        )
    return float(found.iloc[0])


def _smallest(curve: pd.DataFrame) -> int:
    """The fewest households that a share above zero rests on."""
    below = (curve["estimate"] * curve["households"]).round()
    return int(below[below > 0].min()) if (below > 0).any() else int(curve["households"].min())
