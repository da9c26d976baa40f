"""Figure 16: the ranks that each model could have."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from matplotlib.figure import SubFigure

from bangfu.compare.headline import RANKS, of_kind, titled
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    backing,
    badge,
    colour,
    counted,
    counts,
    labelled,
    opening,
    source_of,
)
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SMALL
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def ranks_figure(result: ModelComparison) -> Figure:
    """One bar per arm over the ranks that the data leave open (95% for all arms at once)."""
    result = result.released
    rows = result.table[result.table["rank_low"].notna()]
    n = len(rows)
    first = of_kind(result.statements, "first")

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.33, 0.14, 0.62, 0.72))
        for y, row in enumerate(rows.to_dict("records")):
            low, high, shade = row["rank_low"], row["rank_high"], colour(row["arm"], result.cells.info)
            axes.barh(y, high - low + 0.7, left=low - 0.35, height=0.42, color=shade, zorder=2)
            said = (
                Word(f"{low} to {high}", f"第{low}至第{high}") if low < high else Word(f"{low}", f"第{low}")
            )
            axes.text((low + high) / 2, y, said[lang], color=PAPER, ha="center", va="center", zorder=3)
            axes.text(
                -0.02,
                y,
                result.arm(row["arm"])[lang],
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="center",
            )
        axes.set_xlim(0.4, n + 0.6)
        axes.set_ylim(
            n - 0.4 + 0.8 * (n % 2), -0.6
        )  # the middle, where the badge stands, lies between two bars
        axes.set_xticks(range(1, n + 1))
        axes.xaxis.tick_top()
        axes.grid(axis="x", color=RULE)
        axes.set_yticks([])
        for side in ("left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0)
        panel.text(0.64, 0.97, TERMS["ranks"][lang], ha="center", va="center", fontsize=BODY, color=INK)
        panel.text(
            0.64, 0.05,
            Word("A bar across all ranks: these data cannot settle the order.", "横条覆盖全部名次:现有数据不足以判断先后。")[lang],
            ha="center", fontsize=SMALL, color=QUIET,
        )  # fmt: skip

    return Figure(
        id="16_ranks",
        badge=badge(result.cells.info),
        title=titled(first[0], RANKS[first[0].key]),
        subtitle=Word(
            f"ranks by gain that the data cannot rule out (joint 95% confidence); {counted(result).en}",
            f"按相对增收排,数据不能排除的名次(联合置信水平95%);{counted(result).zh}",
        ),
        reading=Word(
            opening("; ".join(f"{result.arm(r['arm']).en}: {_span(r, 'en')}" for r in rows.to_dict("records"))) + ".",
            ";".join(f"{result.arm(r['arm']).zh}:{_span(r, 'zh')}" for r in rows.to_dict("records")) + "。",
        ),
        not_shown=Word(
            f"This is not a league table: overlapping ranks are not equal ranks. {CAUTION.en}",
            f"不能看作排行榜:名次重叠不等于相同。{CAUTION.zh}",
        ),
        alt=Word(
            "Bars of possible ranks: " + "; ".join(f"{result.arm(r['arm']).en} {_span(r, 'en')}" for r in rows.to_dict("records")) + ".",
            "可能名次条:" + ";".join(f"{result.arm(r['arm']).zh}{_span(r, 'zh')}" for r in rows.to_dict("records")) + "。",
        ),
        data=labelled(rows[["arm", "unit", "estimate", "ci_low", "ci_high", "rank_low", "rank_high", "households", "villages"]], result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={
            "ranks.arms": Number(n, "count"),
            "ranks.could_be_first": Number(int((rows["rank_low"] == 1).sum()), "count"),
            **{f"ranks.{k}": found for k, found in counts(result).items()},
            **backing(first, "ranks."),
            **{f"ranks.{r['arm']}.{end}": Number(r[f"rank_{end}"], "rank") for r in rows.to_dict("records") for end in ("low", "high")},
        },
        smallest_group=int(rows["households"].min()) if n else 0,
        height=max(4.2, 2.7 + 0.62 * n),
    )  # fmt: skip


def _span(row: dict[Hashable, Any], lang: Language) -> str:
    low, high = row["rank_low"], row["rank_high"]
    if lang == "zh":
        return f"第{low}" if low == high else f"第{low}至第{high}"
    return f"rank {low}" if low == high else f"rank {low} to {high}"
