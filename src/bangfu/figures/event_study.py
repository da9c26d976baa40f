"""Figure 15: gains by years since joining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    UNITS,
    Arm,
    badge,
    colour,
    counted,
    counts,
    in_unit,
    labelled,
    marker,
    single,
    source_of,
)
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SMALL
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

DRIFT = 0.05
"""Below this joint p-value the years before joining speak against comparing the groups at all."""


@dataclass(frozen=True, slots=True)
class _Better:
    """Words for what is hoped for."""

    one: Word
    many: Word
    what: Word
    where: Word


BETTER = {
    "high": _Better(
        Word("gain", "增收"), Word("Gains", "相对增收"), Word("gain", "相对增收"), Word("above", "高于")
    ),
    "low": _Better(
        Word("fall", "下降"), Word("Falls", "相对下降"), Word("difference", "相对变化"), Word("below", "低于")
    ),
}


def event_study_figure(result: ModelComparison) -> Figure:
    """One panel per model: gains by years since joining, with intervals and bands.

    The title speaks of the first year whose band lies above zero (below, where less is better); of drift where the years
    before joining differ already; of nothing to be seen otherwise.
    """
    rows = single(result.event_study)
    models = list(dict.fromkeys(rows["arm"]))
    better = BETTER[result.design.best]
    first = {m: appears(rows[rows["arm"] == m], result.design.best) for m in models}
    drift = bool(result.pretrend["p_value"].iloc[-1] < DRIFT)
    unit = str(rows["unit"].iloc[0])
    base = -1 - result.design.anticipation

    def draw(panel: SubFigure, lang: Language) -> None:
        low = min(0.0, float(rows[["ci_low", "estimate"]].min().min()))
        high = max(0.0, float(rows[["ci_high", "estimate"]].max().max()))
        pad = 0.1 * (high - low or 1)
        low, high = low - pad, high + pad
        left, gap = 0.085, 0.02
        width = (0.99 - left - gap * (len(models) - 1)) / len(models)
        for i, model in enumerate(models):
            axes = panel.add_axes((left + i * (width + gap), 0.17, width, 0.71))
            mine, shade = rows[rows["arm"] == model], colour(model, result.cells.info)
            after = mine["event_time"] >= 0
            axes.axhline(0, color=INK, lw=0.9)
            axes.axvline(base + 0.5, color=RULE, lw=1)
            axes.vlines(mine["event_time"], mine["band_low"], mine["band_high"], color=shade, lw=1.1)
            axes.vlines(mine["event_time"], mine["ci_low"], mine["ci_high"], color=shade, lw=3.4)
            for when, face in ((after, shade), (~after, PAPER)):
                axes.plot(
                    mine.loc[when, "event_time"], mine.loc[when, "estimate"], marker(model, result.cells.info), ms=7, mfc=face,
                    mec=shade, mew=1.6,
                )  # fmt: skip
            axes.plot(base, 0, "|", ms=12, color=QUIET)
            axes.set_title(result.arm(model)[lang], color=shade, fontsize=BODY)
            for beyond, end, sign in (
                (mine["band_low"] < low, low, "v"),
                (mine["band_high"] > high, high, "^"),
            ):
                ends = [end] * int(beyond.sum())
                axes.plot(mine.loc[beyond, "event_time"], ends, sign, ms=5, color=shade, clip_on=False)
            axes.set_ylim(low, high)
            axes.set_xlim(rows["event_time"].min() - 0.6, rows["event_time"].max() + 0.6)
            axes.set_xticks(range(int(rows["event_time"].min()), int(rows["event_time"].max()) + 1))
            axes.tick_params(labelleft=i == 0)
            if i == 0:
                comma = f", {UNITS[unit].en.strip()}" if UNITS[unit].en else ""
                label = Word(f"{better.what.en}{comma}", in_unit(better.what, unit).zh)
                axes.set_ylabel(label[lang])
        panel.text(0.085, 0.035, TERMS["event_time"][lang], fontsize=BODY, color=INK)
        panel.text(
            0.99, 0.035, Word("thick: 95% interval; thin: band for all years, arrow: goes on", "粗线:95%置信区间;细线:各年合看的区间带,箭头表示超出图框")[lang],
            ha="right", fontsize=SMALL, color=QUIET,
        )  # fmt: skip

    return Figure(
        id="15_event_study",
        badge=badge(result.cells.info),
        title=_title(first, drift, better, result.arm),
        subtitle=Word(
            f"{better.what.en} by years since joining, against the year before; {counted(result).en}",
            f"参加后各年的{better.what.zh}(以参加前一年为基年);{counted(result).zh}",
        ),
        reading=_reading(first, drift, better, result.arm),
        not_shown=Word(
            f"How long gains last beyond the years shown. {CAUTION.en}",
            f"所示年份之后能否持续。{CAUTION.zh}",
        ),
        alt=Word(
            "Dots with intervals by years since joining. " + "; ".join(_told(result.arm(m).en, k, better, "en") for m, k in first.items()) + ".",
            "参加后各年的点与区间。" + ";".join(_told(result.arm(m).zh, k, better, "zh") for m, k in first.items()) + "。",
        ),
        data=labelled(result.event_study, result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={f"event_study.{m}.first_year": Number(k, "years since joining") for m, k in first.items() if k is not None}
        | {"event_study.models": Number(len(first), "count"), "event_study.seen": Number(sum(k is not None for k in first.values()), "count")}
        | {f"event_study.{k}": n for k, n in counts(result).items()},
        smallest_group=int(result.event_study["households"].min()),
    )  # fmt: skip


def appears(rows: pd.DataFrame, best: str = "high") -> int | None:
    """The first year since joining whose band lies above zero, or below where less is better."""
    clear = rows["band_high"] < 0 if best == "low" else rows["band_low"] > 0
    after = rows[(rows["event_time"] >= 0) & clear]
    return int(after["event_time"].min()) if len(after) else None


def _title(first: dict[str, int | None], drift: bool, better: _Better, arm: Arm) -> Word:
    seen = {m: k for m, k in first.items() if k is not None}
    if drift:
        return Word("Joiners were drifting apart before they joined", "参加之前,走势就已经不同")
    if not seen:
        return Word(
            f"No {better.one.en} stands out in any year since joining", f"参加后各年,都看不出{better.one.zh}"
        )
    years = sorted(set(seen.values()))
    when = _when(years)
    if len(seen) == len(first):
        return Word(f"{better.many.en} appear {when.en}", f"参加{when.zh}显现{better.many.zh}")
    names = "、".join(arm(m).zh for m in seen)
    return Word(
        f"{better.many.en} appear for {len(seen)} of {len(first)} models, {when.en}",
        f"{names}:{when.zh}显现{better.many.zh}",
    )


def _when(years: list[int]) -> Word:
    if years == [0]:
        return Word("in the year of joining", "当年")
    if len(years) == 1:
        return Word(f"after {years[0]} year{'s' if years[0] > 1 else ''}", f"{years[0]}年后")
    return Word(f"after {years[0]} to {years[-1]} years", f"{years[0]}至{years[-1]}年后")


def _told(name: str, k: int | None, better: _Better, lang: Language) -> str:
    if k is None:
        return f"{name}: no year stands out" if lang == "en" else f"{name}:没有一年明显不同于零"
    where = better.where[lang]
    return f"{name}: {where} zero first in year {k}" if lang == "en" else f"{name}:最早在第{k}年{where}零"


def _reading(first: dict[str, int | None], drift: bool, better: _Better, arm: Arm) -> Word:
    if drift:
        return Word(
            f"In the years before joining (hollow) the groups already moved apart, so that later differences cannot be read as {better.many.en.lower()} of joining.",
            f"参加之前(空心点)两类户的走势就不同,之后的差别不能读作参加的{better.many.zh}。",
        )
    told = Word(
        "; ".join(_told(arm(m).en, k, better, "en") for m, k in first.items()),
        ";".join(_told(arm(m).zh, k, better, "zh") for m, k in first.items()),
    )
    return Word(
        f"Hollow dots are years before joining and should lie at zero; filled dots are years since. {told.en}.",
        f"空心点是参加之前各年,应在零附近;实心点是参加之后。{told.zh}。",
    )
