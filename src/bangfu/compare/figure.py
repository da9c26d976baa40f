"""The gains by arm as a figure: a dot and an interval each, one line for no gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import SubFigure

from bangfu.compare.text import CONTROLS, UNITS, places, span
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    Arm,
    badge,
    colour,
    counted,
    counts,
    in_unit,
    labelled,
    marker,
    measured,
    opening,
    single,
    source_of,
)
from bangfu.figures.style import BODY, ON_PAPER, QUIET, RULE, SMALL, wrap
from bangfu.formats import number
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    import pandas as pd

    from bangfu.compare.comparison import ModelComparison


def gains_figure(result: ModelComparison, id: str = "gains_by_arm") -> Figure:
    """Gains by arm.

    Parameters
    ----------
    result : ModelComparison
    id : str
        File name.
    """
    table, n = result.table, places(result)
    info = result.cells.info
    control = CONTROLS[result.design.control]

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.32, 0.18, 0.62, 0.78))
        unit = UNITS[table["unit"].iloc[0]][lang]
        axes.axvline(0, color=QUIET, lw=1)
        for i, row in enumerate(table.to_dict("records")):
            shade = colour(row["arm"], info)
            axes.text(-0.02, -i, wrap(result.arm(row["arm"])[lang], 190, BODY), transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=BODY)  # fmt: skip
            if np.isfinite(row["ci_low"]):
                axes.plot(
                    [row["ci_low"], row["ci_high"]], [-i, -i], color=shade, lw=2.4, solid_capstyle="butt"
                )
            if np.isfinite(row["estimate"]):
                label = f"{number(row['estimate'], n, sign=True)}{unit}"
                between = span(row["ci_low"], row["ci_high"], n, unit, lang)
                bracket = (f" ({between})" if lang == "en" else f"（{between}）") if between else ""
                axes.plot(
                    row["estimate"],
                    -i,
                    marker(row["arm"], info),
                    ms=7,
                    color=shade,
                    mfc=shade if between else "white",
                )
                axes.text(
                    row["estimate"],
                    -i + 0.22,
                    label + bracket,
                    ha="center",
                    va="bottom",
                    fontsize=SMALL,
                    bbox=ON_PAPER,
                )
        axes.set_ylim(-len(table) + 0.4, 0.7)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.18)
        axes.grid(axis="x", color=RULE, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_xlabel(in_unit(TERMS["gain"], table["unit"].iloc[0])[lang])

    numbers = (
        {
            f"gain.{row['arm']}": measured(row, UNITS[row["unit"]].en.strip() or "count")
            for row in table[table["estimate"].notna()].to_dict("records")
        }
        | {"gain.arms": Number(len(table), "count")}
        | {f"gain.{k}": v for k, v in counts(result).items()}
    )
    return Figure(
        id=id,
        badge=badge(info),
        title=title(result),
        subtitle=Word(
            f"against {control.en}; {counted(result).en}", f"与{control.zh}相比;{counted(result).zh}"
        ),
        reading=_reading(table, n, result.arm),
        not_shown=Word(
            "It does not show what a model causes: households chose, and may have been on another path already.",
            "不能说明增收是模式带来的:参加与否由农户自己选择,原来的走势也可能不同。",
        ),
        alt=Word(
            f"One dot with a 95% interval for each of {len(table)} arms, against a line at no gain.",
            f"{len(table)}类参加户各一个点和95%置信区间,竖线为零。",
        ),
        data=labelled(table.drop(columns=["note"]), info).assign(
            arm=[result.arm(a).en if "+" in a else a for a in table["arm"]]
        ),
        draw=draw,
        source=source_of(result),
        numbers=numbers,
        smallest_group=int(table["households"].min()),
        height=max(4.2, 2.6 + 0.72 * len(table)),
    )  # fmt: skip


def _reading(table: pd.DataFrame, n: int, arm: Arm) -> Word:
    """The largest gain that has an interval; a gain without one is not read out."""
    known = table[table["ci_low"].notna()]
    if known.empty:
        return Word(
            "No gain has an interval: too few villages. The dots alone say nothing.",
            "村数太少,都无法给出区间;单看圆点说明不了什么。",
        )
    first = known.iloc[int(known["estimate"].to_numpy(float).argmax())]
    unit, size = UNITS[str(first["unit"])], number(abs(first["estimate"]), n)
    less, name = first["estimate"] < 0, arm(str(first["arm"]))
    ends = (first["ci_low"], first["ci_high"], n)
    return Word(
        f"Households with {name.en} gained {size}{unit.en} {'less' if less else 'more'} than comparison households; values from {span(*ends, unit.en, 'en')} fit the data.",
        f"{name.zh}的农户比对照户{'少' if less else '多'}增{size}{unit.zh}，95%置信区间{span(*ends, unit.zh, 'zh')}。",
    )


def title(result: ModelComparison) -> Word:
    """The finding: a winner only if it is surely first under every choice; otherwise what can be told apart."""
    arm, alone = result.winner, single(result.table)
    if len(alone) == 1:
        if not alone["ci_low"].iloc[0] > 0:
            return Word("No gain stands out for the one model taken up", "只有一种模式,看不出相对增收")
        return Word(
            "Joiners of the one model gained more than comparison households",
            "只有一种模式,参加户比对照户增收多",
        )
    if arm:
        return Word(
            f"{opening(result.arm(arm).en)}: the largest gain, under every choice examined",
            f"{result.arm(arm).zh}:各种算法下增收都最多",
        )
    table = result.table
    if (table["rank_low"].fillna(1) == 1).all():
        return Word("The data do not tell the models apart", "现有数据分不出各模式的高低")
    return Word("Gains by model; no model is first under every choice", "各模式的相对增收,没有一种始终居首")
