"""Figures 9 and 10: incomes by source over the years, and how joiners differed before they joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.compare.statement import name_list
from bangfu.compare.terms import FACTS
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import Arm, badge, colour, labelled, marker, measured, source
from bangfu.figures.style import INK, PAPER, QUIET, RULE, SMALL, SOURCE_COLOURS
from bangfu.formats import chance, number, percent
from bangfu.register.sources import TOTAL
from bangfu.sensitivity.balance import CHANGE, INCOME
from bangfu.words import SOURCES, Word

if TYPE_CHECKING:
    from bangfu.cells import CellsInfo

NAMES: dict[str, Word] = FACTS | {
    INCOME: Word("income before", "参加前收入"),
    CHANGE: Word("change of income before", "参加前收入变化"),
}
MAIN = 0.05
"""A source below this share of the total is too small for its growth to be a finding."""

SMALL_DIFFERENCE = 0.1
"""Standardised differences below this are commonly read as balance (Austin 2009)."""


def sources_figure(info: CellsInfo, years: tuple[int, ...], rows: pd.DataFrame) -> Figure:
    """Figure 9: stacked sources by year, as :func:`bangfu.register.sources.income_by_source` gives them."""
    parts = [s for s in dict.fromkeys(rows["source"]) if s != TOTAL]
    level = rows.pivot(index="year", columns="source", values="level")
    total = rows[rows["source"] == TOTAL].set_index("year")
    first, last = int(level.index[0]), int(level.index[-1])
    growth = {
        s: 100 * (float(level[s].iloc[-1]) / float(level[s].iloc[0]) - 1)
        for s in parts
        if s in SOURCES
        and float(level[s].iloc[0]) > 0
        and float(level[s].iloc[-1]) >= MAIN * float(level[TOTAL].iloc[-1])
    }
    added = {s: float(level[s].iloc[-1] - level[s].iloc[0]) for s in parts}
    whole = float(level[TOTAL].iloc[-1] - level[TOTAL].iloc[0])
    most = max(added, key=lambda s: added[s]) if added else TOTAL

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.1, 0.1, 0.71, 0.84))
        base = pd.Series(0.0, index=level.index)
        for part in parts:
            axes.bar(level.index, level[part], bottom=base, width=0.62, color=SOURCE_COLOURS.get(part, QUIET), edgecolor=PAPER, lw=0.8)  # fmt: skip
            middle = float(base.iloc[-1] + level[part].iloc[-1] / 2)
            name = SOURCES[part][lang] if part in SOURCES else Word("other", "其他")[lang]
            text = f"{name}\n{number(float(level[part].iloc[-1]))}"
            axes.text(last + 0.42, middle, text, va="center", fontsize=SMALL + 0.5, linespacing=1.35)
            base = base + level[part].clip(lower=0)
        axes.vlines(total.index, total["ci_low"], total["ci_high"], color=INK, lw=1.6)
        for year, value, top in zip(total.index, total["level"], total["ci_high"], strict=True):
            axes.annotate(
                number(value), (year, top), (0, 4), textcoords="offset points", ha="center", fontsize=SMALL
            )
        axes.set_xticks(list(level.index))
        axes.set_ylabel(Word("yuan per head, current prices", "元/人(当年价)")[lang])
        axes.yaxis.set_major_formatter(lambda v, _: number(v))
        axes.set_ylim(0, float(total["ci_high"].max()) * 1.1)
        axes.tick_params(axis="x", length=0)

    households = int(total["households"].iloc[-1])
    name = SOURCES.get(most, Word("income", "收入"))
    share = 100 * added.get(most, whole) / whole if whole else float("nan")
    return Figure(
        id="09_sources",
        badge=badge(info),
        title=_fastest(growth),
        subtitle=Word(
            f"income per head by source, current prices, all households; line: 95% interval of the total; {number(households)} households in {last}",
            f"人均收入分来源(当年价),全部农户;竖线:合计的95%置信区间;{last}年{number(households)}户",
        ),
        reading=Word(
            f"From {first} to {last} income per head {'rose' if whole > 0 else 'changed'} from {number(float(level[TOTAL].iloc[0]))} to {number(float(level[TOTAL].iloc[-1]))} yuan at current prices"
            + (f"; {name.en} accounted for {percent(share, 0)} of the increase." if whole > 0 else "."),
            f"{first}年至{last}年人均收入由{number(float(level[TOTAL].iloc[0]))}元{'增至' if whole > 0 else '变为'}{number(float(level[TOTAL].iloc[-1]))}元(当年价)"
            + (f";{name.zh}占增量的{percent(share, 0)}。" if whole > 0 else "。"),
        ),
        not_shown=Word(
            "This does not show gains beyond those of comparison households: it is the growth of everybody's income.",
            "不能看作相对增收:这只是全部农户的收入增长。",
        ),
        alt=Word(
            f"Stacked bars of income per head by source, {first} to {last}: " + ", ".join(f"{SOURCES[s].en} {number(float(level[s].iloc[-1]))}" for s in parts if s in SOURCES) + f" yuan in {last}.",
            f"{first}至{last}年人均收入堆叠条:{last}年" + "、".join(f"{SOURCES[s].zh}{number(float(level[s].iloc[-1]))}元" for s in parts if s in SOURCES) + "。",
        ),
        data=rows,
        draw=draw,
        source=source(info, years),
        numbers={f"sources.growth.{s}": Number(g, "%") for s, g in growth.items()}
        | {f"sources.last.{s}": Number(float(level[s].iloc[-1]), "yuan") for s in parts}
        | {
            "sources.first": Number(float(level[TOTAL].iloc[0]), "yuan"), "sources.last": Number(float(level[TOTAL].iloc[-1]), "yuan"),
            "sources.share_of_increase": Number(share, "%"), "sources.households": Number(households, "count"),
        },
        smallest_group=int(rows["households"].min()),
    )  # fmt: skip


def _fastest(growth: dict[str, float]) -> Word:
    """Names the source that grew fastest among those of some weight."""
    if len(growth) < 2:
        return Word("Income per head over the years", "历年人均收入")
    order = sorted(growth, key=lambda s: -growth[s])
    name = SOURCES[order[0]]
    return Word(
        f"Of the main sources {name.en} grew fastest, by {percent(growth[order[0]], 0)}", f"主要来源中{name.zh}增长最快,增{percent(growth[order[0]], 0)}"
    )  # fmt: skip


def balance_figure(info: CellsInfo, years: tuple[int, ...], rows: pd.DataFrame) -> Figure:
    """Figure 10: standardised differences before joining, as :func:`bangfu.sensitivity.balance.balance` gives them."""
    shown = rows[~rows["arm"].str.contains("+", regex=False)]
    arms = list(dict.fromkeys(shown["arm"]))
    facts = list(dict.fromkeys(shown["fact"]))
    joint = shown.groupby("arm", sort=False)["joint_p"].first()
    differ = [a for a in arms if joint[a] < 0.05]
    largest = shown.iloc[int(np.nanargmax(shown["difference"].abs().to_numpy(float)))]

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.24, 0.16, 0.73, 0.82))
        axes.axvspan(-SMALL_DIFFERENCE, SMALL_DIFFERENCE, color="#eeeeee", lw=0)
        axes.axvline(0, color=INK, lw=0.9)
        for y, fact in enumerate(facts):
            axes.text(
                -0.02,
                y,
                NAMES.get(fact, Word(fact, fact))[lang],
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="center",
            )
            for i, name in enumerate(arms):
                row = shown[(shown["arm"] == name) & (shown["fact"] == fact)].iloc[0]
                at = y + 0.22 * (i - (len(arms) - 1) / 2)
                shade = colour(name, info)
                axes.plot([row["ci_low"], row["ci_high"]], [at, at], color=shade, lw=1.8)
                axes.plot(row["difference"], at, marker(name, info), ms=6.5, color=shade)
        for y in range(1, len(facts)):
            axes.axhline(y - 0.5, color=RULE, lw=0.6)
        axes.set_ylim(len(facts) - 0.45, -0.55)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(Word("joiners minus households that never joined, in standard deviations; bars: 95% intervals", "参加户减从未参加户,以标准差计;横条:95%置信区间")[lang], fontsize=SMALL + 1)  # fmt: skip
        for i, name in enumerate(arms):
            key = panel.add_axes((0.24 + 0.24 * i, 0.0, 0.02, 0.05))
            key.plot(0, 0, marker(name, info), ms=7, color=colour(name, info))
            key.axis("off")
            panel.text(0.265 + 0.24 * i, 0.025, info.arm(name)[lang], fontsize=SMALL + 1, va="center")

    fact = NAMES.get(str(largest["fact"]), Word(str(largest["fact"]), str(largest["fact"])))
    size = float(largest["difference"])
    smallest = float(joint.min())
    joined = int(shown.groupby("arm")["households"].max().sum())
    return Figure(
        id="10_balance",
        badge=badge(info),
        title=_differed(differ, arms, info.arm),
        subtitle=Word(
            f"what was known before anybody joined; grey: less than {SMALL_DIFFERENCE} standard deviations; {number(joined)} joiners",
            f"首批参加之前的情况;灰色:小于{SMALL_DIFFERENCE}个标准差;参加户{number(joined)}户",
        ),
        reading=Word(
            f"The largest difference is in {fact.en} ({info.arm(str(largest['arm'])).en}): {number(size, 2, sign=True)} standard deviations. Tested together, the characteristics of {len(differ)} of {len(arms)} groups differ from those of comparison households (smallest joint p {chance(smallest) or 'not available'}).",
            f"差别最大的是{fact.zh}({info.arm(str(largest['arm'])).zh}):{number(size, 2, sign=True)}个标准差。各项一并检验,{len(arms)}种参加组合中有{len(differ)}种与对照户有显著差异(联合检验的最小p值{chance(smallest) or '无法计算'})。",
        ),
        not_shown=Word(
            "This does not show that controlling for these facts is enough: what is not in the register may differ more.",
            "不能认为控制这些情况就够了:没有记录的情况可能差别更大。",
        ),
        alt=Word(
            f"Dots with intervals for {len(facts)} facts and {len(arms)} groups around a line at zero; the largest is {number(size, 2, sign=True)} standard deviations.",
            f"{len(facts)}项情况、{len(arms)}种参加组合的点与区间,竖线为零;最大{number(size, 2, sign=True)}个标准差。",
        ),
        data=labelled(rows, info),
        draw=draw,
        source=source(info, years),
        numbers={
            "balance.largest": measured(largest.rename({"difference": "estimate"}).to_dict(), "standard deviations"),
            "balance.arms": Number(len(arms), "count"), "balance.facts": Number(len(facts), "count"), "balance.differ": Number(len(differ), "count"),
            **({"balance.joint_p": Number(max(smallest, 0.001), "p")} if smallest == smallest else {}), "balance.joiners": Number(joined, "count"), "balance.grey": Number(SMALL_DIFFERENCE, "standard deviations"),
        },
        smallest_group=int(shown["households"].min()),
        height=2.6 + 0.52 * len(facts),
    )  # fmt: skip


def _differed(differ: list[str], arms: list[str], arm: Arm) -> Word:
    if not differ:
        return Word("No difference before joining was detected", "参加之前的差别未检出")
    if len(differ) == len(arms):
        return Word("Joiners differed before they joined", "参加户参加之前就与对照户不同")
    names = name_list([arm(a) for a in differ])
    return Word(
        f"{len(differ)} of {len(arms)} groups of joiners differed before joining",
        f"{names.zh}的农户参加之前就与对照户不同",
    )
