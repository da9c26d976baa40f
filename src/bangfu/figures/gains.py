"""The gains by arm as a figure: a dot and an interval each, one line for no gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import SubFigure

from bangfu.compare.headline import gains_title, of_kind, reading
from bangfu.compare.terms import CONTROLS, UNITS
from bangfu.compare.text import places, span
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    backing,
    badge,
    colour,
    counted,
    counts,
    in_unit,
    labelled,
    marker,
    measured,
    source_of,
)
from bangfu.figures.style import BODY, ON_PAPER, QUIET, RULE, SMALL, wrap
from bangfu.formats import number
from bangfu.texts import texts
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison


def gains_figure(result: ModelComparison, id: str = "gains_by_arm") -> Figure:
    """Gains by arm.

    Parameters
    ----------
    result : ModelComparison
    id : str
        File name.
    """
    result = result.released
    table, n = result.table, places(result)
    info, what = result.cells.info, of_kind(result.statements, "joined")[0].words["thing"]
    control = CONTROLS[result.design.control]

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.32, 0.25, 0.62, 0.71))
        unit = UNITS[table["unit"].iloc[0]][lang]
        axes.axvline(0, color=QUIET, lw=1)
        for i, row in enumerate(table.to_dict("records")):
            shade = colour(row["arm"], info)
            axes.text(-0.02, -i, wrap(result.arm(row["arm"])[lang], 190, BODY), transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=BODY)  # fmt: skip
            ends = (row["band_low"], row["band_high"])
            if np.isfinite(ends[0]):
                axes.plot(ends, [-i, -i], color=shade, lw=1)
                axes.plot(
                    [row["ci_low"], row["ci_high"]], [-i, -i], color=shade, lw=2.4, solid_capstyle="butt"
                )
            if np.isfinite(row["estimate"]):
                label = f"{number(row['estimate'], n, sign=True)}{unit}"
                between = span(*ends, n, unit, lang)
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
        axes.set_xlabel(in_unit(what, table["unit"].iloc[0])[lang])
        panel.text(
            0.94,
            0.01,
            texts("figures")["gains.lines"][lang],
            ha="right",
            va="bottom",
            fontsize=SMALL,
            color=QUIET,
        )

    numbers = (
        {
            f"gain.{row['arm']}": measured(row, UNITS[row["unit"]].en.strip() or "count")
            for row in table[table["estimate"].notna()].to_dict("records")
        }
        | {"gain.arms": Number(len(table), "count")}
        | {f"gain.{k}": v for k, v in counts(result).items()}
        | backing(result.statements)
    )
    return Figure(
        id=id,
        badge=badge(info),
        title=gains_title(result.statements),
        subtitle=Word(
            f"against {control.en}; {counted(result).en}", f"与{control.zh}相比;{counted(result).zh}"
        ),
        reading=reading(result.statements),
        not_shown=Word(
            "This does not show that the model caused the gain: households chose, and may have been on another path already.",
            "不能认为相对增收由该模式带来。参加与否由农户自己选择,收入趋势也可能原本不同。",
        ),
        alt=Word(
            f"One dot with a 95% interval for each of {len(table)} groups, against a line at no gain.",
            f"{len(table)}种参加组合各一个点和95%置信区间,竖线为零。",
        ),
        data=labelled(table.drop(columns=["note"]), info).assign(
            arm=[result.arm(a).en if "+" in a else a for a in table["arm"]]
        ),
        draw=draw,
        source=source_of(result),
        numbers=numbers,
        smallest_group=int(table["households"].min()),
        height=max(4.4, 2.9 + 0.72 * len(table)),
    )  # fmt: skip
