"""Figure 20: households whose income fell, joiners and comparison households side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, source
from bangfu.figures.style import ACCENT, BODY, INK, QUIET, RULE, SMALL, WARN
from bangfu.formats import interval, number
from bangfu.release import fewest
from bangfu.texts import say
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.cells import CellsInfo

NAMES = {"joiners": Word("joiners", "参加户"), "comparison": Word("comparison households", "对照户")}


def losers_figure(info: CellsInfo, years: tuple[int, ...], rows: pd.DataFrame, after: int) -> Figure:
    """Two grids of a hundred households: filled where real income per head is lower than before joining.

    Parameters
    ----------
    info : CellsInfo
        Of the register's cells.
    years : tuple of int
    rows : DataFrame
        As :func:`bangfu.register.changes.lower_incomes` gives it.
    after : int
        Years since joining.
    """
    table = rows.set_index("group")
    share = {group: 100 * float(table.at[group, "share"]) for group in NAMES}  # type: ignore[arg-type]
    ends = {
        group: (100 * float(table.at[group, "ci_low"]), 100 * float(table.at[group, "ci_high"]))  # type: ignore[arg-type]
        for group in NAMES
    }

    joined, villages = int(table["households"]["joiners"]), int(rows["villages"].max())

    def draw(panel: SubFigure, lang: Language) -> None:
        for i, (group, name) in enumerate(NAMES.items()):
            axes = panel.add_axes((0.06 + 0.48 * i, 0.12, 0.42, 0.72))
            lost = round(share[group])
            for k in range(100):
                column, row = k % 10, k // 10
                fell = k < lost
                axes.plot(
                    column, row, "o" if fell else ".", ms=10 if fell else 7, color=WARN if fell else RULE
                )
            axes.set_xlim(-0.7, 9.7)
            axes.set_ylim(9.7, -0.7)
            axes.set_aspect("equal", anchor="W")
            axes.axis("off")
            low, high = ends[group]
            n = table.at[group, "households"]
            label = Word(f"{lost} of 100 {name.en}", f"每100户{name.zh}有{lost}户")[lang]
            panel.text(0.07 + 0.48 * i, 0.92, label, fontsize=BODY + 3, color=INK if i else ACCENT)
            margin = Word(
                f"95% interval {interval(low, high, 1, unit='%', lang='en')}; {number(int(str(n)))} {'households' if group == 'joiners' else 'household comparisons'}",
                f"95%置信区间{interval(low, high, 1, unit='%', lang='zh')};{number(int(str(n)))}{'户' if group == 'joiners' else '个户·年观测'}",
            )[lang]
            panel.text(0.07 + 0.48 * i, 0.1, margin, fontsize=SMALL, color=QUIET)

    j, c = number(share["joiners"]), number(share["comparison"])
    return Figure(
        id="20_lower_incomes",
        badge=badge(info),
        title=say("figures", "losers.title", joiners=j, others=c),
        subtitle=Word(
            f"income per head (constant prices) {after} years after joining, against the last year before; {number(joined)} joiners, {number(villages)} villages",
            f"参加后第{after}年(参加当年记为零)的人均可支配收入(扣除价格因素),与参加前一年比;参加户{number(joined)}户,{number(villages)}个村",
        ),
        reading=Word(
            f"{j} of 100 joiners and {c} of 100 comparison households have a lower income per head (constant prices) over the same years. Recorded incomes vary from year to year, so many rise or fall by chance.",
            f"同一时期,每100户参加户中有{j}户、每100户对照户中有{c}户的人均可支配收入(扣除价格因素)下降。单年收入起伏大,不少升降属于偶然。",
        ),
        not_shown=Word(
            "This does not show that joining lowered anybody's income: comparison households' incomes fall too, and recorded income has errors.",
            "不能认为收入下降由参加造成:对照户也有下降,记录的收入也有误差。",
        ),
        alt=Word(
            f"Two grids of a hundred dots: {j} filled for joiners, {c} for comparison households.",
            f"两组各一百个点:参加户实心{j}个,对照户实心{c}个。",
        ),
        data=rows,
        draw=draw,
        source=source(info, years),
        numbers={
            f"lower_incomes.{group}": Number(share[group], "%", *ends[group]) for group in NAMES
        }
        | {
            "lower_incomes.after": Number(after, "years since joining"), "lower_incomes.households": Number(joined, "count"),
            "lower_incomes.villages": Number(villages, "count"),
        },
        smallest_group=fewest(rows),
        height=5.6,
    )  # fmt: skip
