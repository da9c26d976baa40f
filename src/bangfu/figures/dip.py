"""Figure 11: whether incomes of joiners dipped before they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, counted, counts, source_of
from bangfu.figures.style import ACCENT, PAPER, QUIET, RULE
from bangfu.formats import number
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def dip_figure(result: ModelComparison, means: pd.DataFrame) -> Figure:
    """Figure 11: joiners' income by years since joining beside that of comparison households in the same years.

    Parameters
    ----------
    result : ModelComparison
    means : DataFrame
        ``event_time, group`` (joiners, comparison), ``mean, ci_low, ci_high, households``; see
        :func:`bangfu.register.changes.means_by_event_time`.
    """
    result = result.released
    wide = means.pivot(index="event_time", columns="group", values="mean")
    gap = wide["joiners"] - wide["comparison"]
    earlier = gap[gap.index < -1]
    drop = float(gap.get(-1, float("nan")) - earlier.mean())
    dipped = drop < -_margin(means)

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.1, 0.15, 0.7, 0.8))
        for group, shade, face in (("comparison", QUIET, PAPER), ("joiners", ACCENT, ACCENT)):
            rows = means[means["group"] == group].sort_values("event_time")
            axes.fill_between(
                rows["event_time"], rows["ci_low"], rows["ci_high"], color=shade, alpha=0.15, lw=0
            )
            axes.plot(rows["event_time"], rows["mean"], "o-", ms=7, color=shade, mfc=face, mew=1.6)
            last = rows.iloc[-1]
            name = (
                Word("joiners", "参加户") if group == "joiners" else Word("comparison\nhouseholds", "对照户")
            )
            axes.annotate(
                name[lang],
                (last["event_time"], last["mean"]),
                (10, 0),
                textcoords="offset points",
                va="center",
                color=shade,
            )
        axes.axvline(-0.5, color=RULE, lw=1)
        axes.set_xlabel(TERMS["event_time"][lang])
        axes.set_ylabel(Word("yuan per head, constant prices", "元/人(扣除价格因素)")[lang])
        axes.set_xticks(sorted(means["event_time"].unique()))
        axes.yaxis.set_major_formatter(lambda v, _: number(v))

    told = Word(
        f"Compared with comparison households, joiners' incomes were {number(abs(drop))} yuan {'lower' if drop < 0 else 'higher'} in the year before joining than in earlier years.",
        f"与对照户相比,参加户参加前一年的收入比更早各年{'低' if drop < 0 else '高'}{number(abs(drop))}元。",
    )
    return Figure(
        id="11_dip",
        badge=badge(result.cells.info),
        title=Word("Incomes dipped before joining", "参加前一年收入出现下降") if dipped else Word("No dip in incomes before joining was detected", "未检出参加前一年收入下降"),
        subtitle=Word(
            f"mean income per head (constant prices) by years since joining; {counted(result).en}",
            f"人均可支配收入均值(扣除价格因素),按距参加的年数;对照户取相同年份;{counted(result).zh}",
        ),
        reading=told if drop == drop else Word("There is no earlier year to compare the year before joining with.", "没有更早的年份可与参加前一年对照。"),
        not_shown=Word(
            "This does not show that the rise afterwards is a gain: incomes recover after a bad year without help, too.",
            "不能认为后来的回升是相对增收:坏年景后参加的农户,没有帮扶收入也会回升。",
        ),
        alt=Word(
            "Two lines of mean income by years since joining, with shaded intervals, for joiners and comparison households.",
            "参加户与对照户按距参加的年数的收入均值两条线,带区间阴影。",
        ),
        data=means,
        draw=draw,
        source=source_of(result),
        numbers=({"dip.drop": Number(drop, "yuan")} if drop == drop else {}) | {f"dip.{k}": n for k, n in counts(result).items()},
        smallest_group=int(means["households"].min()),
    )  # fmt: skip


def _margin(means: pd.DataFrame) -> float:
    """How far the gap of the year before joining may lie from that of earlier years by chance.

    From the intervals of the four means, taken as independent; they share villages, so that this is too wide rather than
    too narrow.
    """
    half = (means["ci_high"] - means["ci_low"]) / 2
    last, earlier = means["event_time"] == -1, means["event_time"] < -1
    squares = half[last].pow(2).sum() + half[earlier].pow(2).groupby(means["group"]).mean().sum()
    return float(squares**0.5)
