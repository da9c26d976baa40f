"""Figure 24: support per household beside the gain, never one divided by the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.compare.headline import of_kind
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    amount,
    badge,
    colour,
    counted,
    counts,
    labelled,
    marker,
    measured,
    opening,
    source_of,
    thousands,
)
from bangfu.figures.style import INK, ON_PAPER, QUIET, RULE, SMALL
from bangfu.formats import number
from bangfu.texts import texts
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


ALIKE = 1.1
"""Mean amounts within this ratio count as alike."""


def support_figure(result: ModelComparison, paid: pd.DataFrame) -> Figure:
    """Two panels with one row per arm: recorded support per household, and the gain with its interval.

    Parameters
    ----------
    result : ModelComparison
        In yuan, so that both sides are money; other scales are drawn as they are.
    paid : DataFrame
        As :func:`bangfu.compare.support.support` gives it.
    """
    result = result.released
    rows = result.table.merge(paid.drop(columns="households"), on="arm", how="left")
    rows = rows[rows["estimate"].notna()]
    unit = str(rows["unit"].iloc[0])
    recorded = rows["mean_yuan"].notna()

    def draw(panel: SubFigure, lang: Language) -> None:
        left, right = (panel.add_axes((x, 0.17, 0.33, 0.68)) for x in (0.27, 0.64))
        for y, row in enumerate(rows.to_dict("records")):
            shade = colour(row["arm"], result.cells.info)
            left.text(
                -0.04,
                y,
                result.arm(row["arm"])[lang],
                transform=left.get_yaxis_transform(),
                ha="right",
                va="center",
            )
            if row["mean_yuan"] == row["mean_yuan"]:
                left.plot(row["mean_yuan"], y, marker(row["arm"], result.cells.info), ms=9, color=shade)
                label = f"{number(row['mean_yuan'])}{'元' if lang == 'zh' else ' yuan'}"
            else:
                label = Word("not recorded", "未记录")[lang]
            left.annotate(label, (row["mean_yuan"] if row["mean_yuan"] == row["mean_yuan"] else 0, y), (0, 11), textcoords="offset points", ha="center", fontsize=SMALL)  # fmt: skip
            right.plot([row["ci_low"], row["ci_high"]], [y, y], color=shade, lw=2.6)
            right.plot(row["estimate"], y, marker(row["arm"], result.cells.info), ms=9, color=shade)
            right.annotate(amount(row["estimate"], unit, lang), (row["estimate"], y), (0, 11), textcoords="offset points", ha="center", fontsize=SMALL, bbox=ON_PAPER)  # fmt: skip
        right.axvline(0, color=INK, lw=0.9)
        _dress(left, Word("support per household, once", "户均帮扶金额(实物折价,一次性)")[lang], len(rows))
        _dress(
            right,
            Word("gain per head, each year, 95% interval", "人均相对增收(每年),95%置信区间")[lang],
            len(rows),
        )
        left.set_xlim(0, 1.18 * (rows["mean_yuan"].max() if recorded.any() else 1))
        right.margins(x=0.15)
        thousands(left.xaxis)
        thousands(right.xaxis)

    return Figure(
        id="24_support",
        badge=badge(result.cells.info),
        title=_title(result, rows),
        subtitle=Word(
            f"left: recorded in the register, current prices; right: constant prices; {counted(result).en}",
            f"左:台账记录(当年价);右:扣除价格因素;{counted(result).zh}",
        ),
        reading=Word(
            opening("; ".join(
                f"{result.arm(r['arm']).en}: {'support of ' + number(r['mean_yuan']) + ' yuan per household' if r['mean_yuan'] == r['mean_yuan'] else 'support not recorded'}, gain of {amount(r['estimate'], unit, 'en')} per head a year"
                for r in rows.to_dict("records")
            )) + ".",
            ";".join(
                f"{result.arm(r['arm']).zh}:{'户均帮扶' + number(r['mean_yuan']) + '元' if r['mean_yuan'] == r['mean_yuan'] else '帮扶金额未记录'},相对增收{amount(r['estimate'], unit, 'zh')}"
                for r in rows.to_dict("records")
            ) + "。",
        ),
        not_shown=Word(
            f"This does not show a return on money: support is per household and once, the gain per head and a year, and other costs are missing. {CAUTION.en}",
            f"不能据此计算资金回报。帮扶金额按户、一次性计,相对增收按人、按年计,其他投入没有记录。{CAUTION.zh}",
        ),
        alt=Word(
            f"Paired dots for {len(rows)} groups: recorded support per household on the left, gain with interval on the right.",
            f"{len(rows)}种参加组合的成对点图:左为户均帮扶金额,右为相对增收及区间。",
        ),
        data=labelled(rows[["arm", "mean_yuan", "median_yuan", "with_amount", "unit", "estimate", "ci_low", "ci_high", "households", "villages"]], result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={f"support.{r['arm']}": Number(r["mean_yuan"], "yuan") for r in rows[recorded].to_dict("records")}
        | {f"support.gain.{r['arm']}": measured(r, unit) for r in rows.to_dict("records")}
        | {"support.arms": Number(len(rows), "count")}
        | {f"support.{k}": n for k, n in counts(result).items()},
        smallest_group=int(min(rows["households"].min(), rows.loc[recorded, "with_amount"].min() if recorded.any() else 10)),
        height=max(4.4, 2.9 + 0.72 * len(rows)),
    )  # fmt: skip


def _title(result: ModelComparison, rows: pd.DataFrame) -> Word:
    paid, pairs = rows["mean_yuan"], of_kind(result.statements, "pair")
    if paid.isna().all():
        key = "support.none"
    elif not pairs or any(s.direction for s in pairs):
        key = "support.beside"
    else:
        key = "support.differs" if paid.max() > ALIKE * paid.min() else "support.alike"
    return texts("figures")[key]


def _dress(axes: Axes, label: str, n: int) -> None:
    axes.set_ylim(n - 0.5, -0.75)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(label, fontsize=SMALL + 1, color=QUIET)
    axes.grid(axis="x", color=RULE, lw=0.6)
    axes.set_axisbelow(True)
