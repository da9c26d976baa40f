"""Figure 17: intervals of the same world at several sizes."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.cells import CellsInfo
from bangfu.compare.terms import UNITS
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, colour, labelled, marker, source
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SMALL
from bangfu.formats import number
from bangfu.words import TERMS, Word


def sizes_figure(rows: pd.DataFrame, info: CellsInfo, years: tuple[int, ...]) -> Figure:
    """One panel per size: gains with intervals beside the planted truth, and possible ranks.

    Parameters
    ----------
    rows : DataFrame
        As :func:`bangfu.montecarlo.size_table` gives it, several sizes together.
    info : CellsInfo
        Of any of the comparisons.
    years : tuple of int
    """
    sizes = sorted(int(s) for s in rows["size"].unique())
    models = list(dict.fromkeys(rows["arm"]))
    unit = str(rows["unit"].iloc[0])
    apart = {s: int((rows.loc[rows["size"] == s, "rank_low"].fillna(1) - 1).sum()) for s in sizes}
    pairs = len(models) * (len(models) - 1) // 2
    held = {s: int(rows.loc[rows["size"] == s, "holds"].sum()) for s in sizes}
    width = {
        s: float((rows.loc[rows["size"] == s, "ci_high"] - rows.loc[rows["size"] == s, "ci_low"]).median())
        / 2
        for s in sizes
    }

    def draw(panel: SubFigure, lang: Language) -> None:
        wide = 0.76 / len(sizes)
        for i, size in enumerate(sizes):
            axes = panel.add_axes((0.23 + i * wide, 0.15, wide - 0.02, 0.7))
            axes.axvline(0, color=INK, lw=0.9)
            of = rows[rows["size"] == size].set_index("arm")
            for y, name in enumerate(models):
                if name not in of.index:
                    continue
                row = of.loc[name]
                shade = colour(name, info)
                axes.plot([row["ci_low"], row["ci_high"]], [y, y], color=shade, lw=2.6)
                axes.plot(row["estimate"], y, marker(name, info), ms=8, color=shade)
                axes.plot([row["truth"]] * 2, [y - 0.27, y + 0.27], color=INK, lw=1.8)
                low, high = number(row["rank_low"]), number(row["rank_high"])
                word = Word(
                    f"rank {low}" if low == high else f"ranks {low} to {high}",
                    f"第{low}" if low == high else f"第{low}至第{high}",
                )
                middle = (float(row["ci_low"]) + float(row["ci_high"])) / 2
                axes.text(
                    middle,
                    y - 0.33,
                    word[lang],
                    ha="center",
                    va="bottom",
                    fontsize=SMALL,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.6},
                )
            axes.set_xlim(*_limits(rows))
            axes.set_ylim(len(models) - 0.5, -0.75)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x", color=RULE, lw=0.5)
            axes.set_title(
                Word(f"{number(size)} households", f"{number(size)}户")[lang], fontsize=BODY + 1, color=INK
            )
            if not i:
                for y, name in enumerate(models):
                    axes.text(-0.04, y, info.arm(name)[lang], transform=axes.get_yaxis_transform(), ha="right", va="center")  # fmt: skip
        foot = Word(
            f"{TERMS['gain'].en} ({UNITS[unit].en.strip()}); black strokes: {TERMS['planted_truth'].en}",
            f"{TERMS['gain'].zh}({UNITS[unit].zh});黑色短线:{TERMS['planted_truth'].zh}",
        )
        panel.text(0.58, 0.02, foot[lang], ha="center", fontsize=SMALL + 1, color=QUIET)

    said = Word(
        "; ".join(f"{number(s)} households tell {apart[s]} of {pairs} pairs apart (half-width of an interval about {number(width[s], 1)} points; {held[s]} of {len(models)} intervals include the true value)" for s in sizes),
        ";".join(f"{number(s)}户检出{pairs}对差别中的{apart[s]}对,置信区间半宽约{number(width[s], 1)}个百分点,{len(models)}个区间中{held[s]}个包含真实值" for s in sizes),
    )  # fmt: skip
    return Figure(
        id="17_sizes",
        badge=badge(info),
        title=_title(sizes[0], sizes[-1], apart[sizes[0]], apart[sizes[-1]], pairs),
        subtitle=Word(
            f"the same invented county at {len(sizes)} sizes, {years[0]}-{years[-1]}; 95% intervals and possible ranks",
            f"同一模拟县(非真实农户)的{len(sizes)}种规模,{years[0]}—{years[-1]}年;95%置信区间与可能名次",
        ),
        reading=Word(f"{said.en[0].upper()}{said.en[1:]}.", f"{said.zh}。"),
        not_shown=Word(
            "This does not show that size cures bias: in a larger register, households that differed before give the wrong answer more precisely.",
            "不能认为户数多就没有偏差。参加户若原本就不同,户数越多,错误的结论看起来越精确。",
        ),
        alt=Word(
            f"{len(sizes)} panels with dots, intervals and strokes at the true value for {len(models)} models. {said.en}.",
            f"{len(sizes)}幅图,{len(models)}种模式的点、区间与设定的真实值短线。{said.zh}。",
        ),
        data=labelled(rows, info),
        draw=draw,
        source=source(info, years),
        numbers={"sizes.pairs": Number(pairs, "count"), "sizes.models": Number(len(models), "count"), "sizes.sizes": Number(len(sizes), "count")}
        | {f"sizes.{i}.households": Number(s, "count") for i, s in enumerate(sizes)}
        | {f"sizes.{i}.apart": Number(apart[s], "count") for i, s in enumerate(sizes)}
        | {f"sizes.{i}.margin": Number(width[s], "points") for i, s in enumerate(sizes)}
        | {f"sizes.{i}.held": Number(held[s], "count") for i, s in enumerate(sizes)},
        smallest_group=int(rows["households"].min()),
        height=4.6,
    )  # fmt: skip


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    low, high = float(rows["ci_low"].min()), float(rows["ci_high"].max())
    pad = 0.06 * (high - low)
    return min(low, 0.0) - pad, max(high, 0.0) + pad


def _title(small: int, large: int, few: int, many: int, pairs: int) -> Word:
    a, b = number(small), number(large)
    if many == 0:
        return Word(f"Even {b} households cannot show which model gained more", f"{b}户仍不足以判断高低")
    if many < pairs:
        return Word(f"Even {b} households do not settle the full ranking", f"{b}户仍不足以定出全部名次")
    if few == 0:
        return Word(
            f"{a} households settle nothing; {b} settle the full ranking",
            f"{a}户不足以判断,{b}户可定出全部名次",
        )
    if few < pairs:
        return Word(
            f"{a} households settle part of the ranking; {b} all of it",
            f"{a}户定出一部分名次,{b}户定出全部名次",
        )
    return Word(f"{a} households already settle the full ranking", f"{a}户即可定出全部名次")
