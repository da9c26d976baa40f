"""Figure 15: gains by years since joining."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import SubFigure

from bangfu.compare.headline import both, event_title, in_a_row, of_kind
from bangfu.compare.terms import UNITS
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    backing,
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
from bangfu.texts import texts
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def event_study_figure(result: ModelComparison) -> Figure:
    """One panel per model: gains by years since joining, with intervals and bands."""
    result = result.released
    rows = single(result.event_study)
    models = list(dict.fromkeys(rows["arm"]))
    read = of_kind(result.statements, "when")
    trend = [s for s in of_kind(result.statements, "trend") if s.direction]
    seen = {s.arms[0]: int(s.of) for s in read if s.direction}
    what = of_kind(result.statements, "joined")[0].words["thing"]
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
                label = Word(f"{what.en}{comma}", in_unit(what, unit).zh)
                axes.set_ylabel(label[lang])
        panel.text(0.085, 0.035, TERMS["event_time"][lang], fontsize=BODY, color=INK)
        panel.text(
            0.99, 0.035, Word("thick: 95% interval; thin: joint band of all years, arrow: continues", "粗线:95%置信区间;细线:各年联合95%区间,箭头表示超出图框")[lang],
            ha="right", fontsize=SMALL, color=QUIET,
        )  # fmt: skip

    return Figure(
        id="15_event_study",
        badge=badge(result.cells.info),
        title=event_title(result.statements),
        subtitle=Word(
            f"{what.en} by years since joining, against the year before; {counted(result).en}",
            f"参加后各年的{what.zh}(以参加前一年为基年);{counted(result).zh}",
        ),
        reading=in_a_row([texts("figures")["event.legend"], *map(both, [*trend, *read])]),
        not_shown=Word(
            f"This does not show how long gains last beyond the years shown. {CAUTION.en}",
            f"不能判断所示年份之后能否持续。{CAUTION.zh}",
        ),
        alt=Word(
            f"Dots with intervals by years since joining, one panel for each of {len(models)} models.",
            f"参加后各年的点与区间，{len(models)}种模式各一幅。",
        ),
        data=labelled(result.event_study, result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={f"event_study.{m}.first_year": Number(k, "years since joining") for m, k in seen.items()}
        | {"event_study.models": Number(len(models), "count"), "event_study.seen": Number(len(seen), "count")}
        | {f"event_study.{k}": n for k, n in counts(result).items()}
        | backing([*trend, *read], "event_study."),
        smallest_group=int(result.event_study["households"].min()),
    )  # fmt: skip
