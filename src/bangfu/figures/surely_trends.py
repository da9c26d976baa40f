"""Figure 19: how far trends may have parted before a gain is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.compare.headline import of_kind, titled
from bangfu.compare.statement import name_list
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, colour, counted, counts, in_unit, labelled, source_of
from bangfu.figures.style import BODY, INK, QUIET, RULE, SMALL, WARN
from bangfu.formats import number
from bangfu.sensitivity.trends import MOST
from bangfu.texts import say, texts
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def trends_figure(result: ModelComparison, bounds: pd.DataFrame, ends: dict[str, float]) -> Figure:
    """One panel per model: its interval over the size of trend differences, and where the interval takes in zero.

    Parameters
    ----------
    result : ModelComparison
    bounds : DataFrame
        As :func:`bangfu.compare.hurdles.trend_table` gives it.
    ends : dict of str to float
        Breakdown by arm.
    """
    result = result.released
    models = list(ends)
    unit = str(result.table["unit"].iloc[0])
    core = [s.arms[0] for s in of_kind(result.statements, "arm") if s.direction]
    stated = {m: ends[m] for m in models if m in core}

    def draw(panel: SubFigure, lang: Language) -> None:
        wide, gap = 0.89 / len(models), 0.035
        low, high = float(bounds["ci_low"].min()), float(bounds["ci_high"].max())
        for i, model in enumerate(models):
            axes = panel.add_axes((0.09 + i * wide, 0.17, wide - gap, 0.7))
            of = bounds[bounds["arm"] == model].sort_values("size")
            shade = colour(model, result.cells.info)
            axes.fill_between(of["size"], of["ci_low"], of["ci_high"], color=shade, alpha=0.22, lw=0)
            axes.plot(of["size"], of["ci_low"], color=shade, lw=1.8)
            axes.plot(of["size"], of["ci_high"], color=shade, lw=1.8)
            axes.axhline(0, color=INK, lw=0.9)
            axes.axhline(float(of["low"].iloc[0]), color=shade, lw=1, ls=(0, (4, 3)))
            if model in stated and ends[model] < MOST:
                axes.axvline(ends[model], color=WARN, lw=1.6)
            mark = _end(ends[model], model in stated)
            axes.text(0.03, 0.97, mark[lang], transform=axes.transAxes, ha="left", va="top", fontsize=SMALL + 0.5, color=WARN)  # fmt: skip
            axes.set_xlim(0, float(bounds["size"].max()))
            axes.set_ylim(low, high)
            axes.set_title(result.arm(model)[lang], fontsize=BODY + 1, color=shade)
            axes.grid(axis="y", color=RULE, lw=0.5)
            if i:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel(in_unit(TERMS["gain"], unit)[lang])
        label = Word(
            "trend difference after joining, in multiples of the largest yearly one before (0: parallel trends)",
            "参加后的趋势差异相当于参加前最大年度差异的倍数(0为平行趋势)",
        )
        panel.text(0.53, 0.02, label[lang], ha="center", fontsize=SMALL + 1, color=QUIET)

    said = Word(
        "; ".join(f"{result.arm(m).en} {_end(ends[m], m in stated).en}" for m in models),
        ";".join(f"{result.arm(m).zh}{_end(ends[m], m in stated).zh}" for m in models),
    )
    return Figure(
        id="19_breakdown",
        badge=badge(result.cells.info),
        title=_title(result, stated),
        subtitle=Word(
            f"95% intervals when trends may differ (Rambachan & Roth 2023); {counted(result).en}",
            f"允许趋势不平行时相对增收的95%置信区间;{counted(result).zh}",
        ),
        reading=Word(
            f"Where the interval of a stated difference first includes zero, in multiples of the largest yearly trend difference before joining: {said.en}.",
            f"已检出的差额，其区间开始包含零时，趋势差异为参加前最大年度差异的倍数:{said.zh}。",
        ),
        not_shown=Word(
            "This does not show how large the trend difference after joining really was, nor which multiple is likely.",
            "不能判断参加后的趋势差异实际有多大,也不能判断哪个倍数更可能。",
        ),
        alt=Word(
            f"{len(models)} panels with intervals that widen as trend differences grow, a line at zero and one where it is reached: {said.en}.",
            f"{len(models)}幅图,区间随趋势差异变宽,横线为零,竖线为达到零之处:{said.zh}。",
        ),
        data=labelled(bounds, result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={f"breakdown.{m}": Number(ends[m], "times") for m in models}
        | {"breakdown.models": Number(len(models), "count"), "breakdown.most": Number(MOST, "times")}
        | {f"breakdown.{k}": n for k, n in counts(result).items()},
        smallest_group=int(result.table["households"].min()),
        height=4.9,
    )  # fmt: skip


def _end(value: float, stated: bool) -> Word:
    if not stated:
        return texts("figures")["breakdown.end_open"]
    if value >= MOST:
        return say("figures", "breakdown.end_above", most=number(MOST))
    return say("figures", "breakdown.end", times=number(value, 2))


def _title(result: ModelComparison, stated: dict[str, float]) -> Word:
    if not stated:
        return titled(result.statements[0], "breakdown.none")
    last = max(stated.values())
    if last >= MOST:
        firm = name_list([result.arm(m) for m in stated if stated[m] >= MOST])
        return say("figures", "breakdown.firm", most=number(MOST), names=firm)
    return say("figures", "breakdown.last", times=number(last, 1 if last >= 0.095 else 2))
