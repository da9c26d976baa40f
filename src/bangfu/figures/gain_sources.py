"""Figure 18: from which source the gain comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.compare.sources import POOLED, TOTAL
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import CAUTION, badge, counted, counts, labelled, measured, source_of, thousands
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SIZE, SMALL, SOURCE_COLOURS, WARN, text_width
from bangfu.formats import number
from bangfu.words import SOURCES, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

TRANSFER = "transfer_per_head"
REST = Word("other", "其他")


def gain_sources_figure(result: ModelComparison, rows: pd.DataFrame) -> Figure:
    """One bar per arm, stacked by source, and a dot with interval for the total.

    Parameters
    ----------
    result : ModelComparison
    rows : DataFrame
        As :func:`bangfu.compare.sources.gains_by_source` gives it.
    """
    arms = [a for a in dict.fromkeys(rows["arm"]) if "+" not in a and a != POOLED] + [POOLED]
    parts = [s for s in dict.fromkeys(rows["source"]) if s != TOTAL]
    value = rows.set_index(["arm", "source"])["estimate"]
    total = rows[rows["source"] == TOTAL].set_index("arm")[["estimate", "ci_low", "ci_high"]].astype(float)
    middle, low, high = (float(x) for x in total.loc[POOLED].to_numpy())
    sure = 1 if low > 0 else -1 if high < 0 else 0
    share = 100 * value.get((POOLED, TRANSFER), float("nan")) / value[(POOLED, TOTAL)]
    known = share == share

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.23, 0.15, 0.74, 0.72))
        for y, name in enumerate(arms):
            edges = {True: 0.0, False: 0.0}
            for part in parts:
                size = value.get((name, part), float("nan"))
                if size != size:
                    continue
                up = size >= 0
                axes.barh(y, size, left=edges[up], height=0.5, color=_colour(part), edgecolor=PAPER, lw=0.8)
                edges[up] += size
            row = total.loc[name]
            axes.plot([row["ci_low"], row["ci_high"]], [y + 0.38] * 2, color=INK, lw=2)
            axes.plot(row["estimate"], y + 0.38, "o", ms=7, color=INK)
            label = f"{number(row['estimate'], sign=True)}{'元' if lang == 'zh' else ' yuan'}"
            axes.annotate(label, (max(row["ci_high"], edges[True]), y + 0.38), (6, 0), textcoords="offset points", va="center", fontsize=SMALL)  # fmt: skip
            text = Word("all joiners", "全部参加户") if name == POOLED else result.arm(name)
            axes.text(-0.02, y, text[lang], transform=axes.get_yaxis_transform(), ha="right", va="center")
        axes.axvline(0, color=INK, lw=0.9)
        axes.axhline(len(arms) - 1.42, color=RULE, lw=1)
        axes.set_ylim(len(arms) - 0.3, -0.6)
        axes.margins(x=0.14)
        thousands(axes.xaxis)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(Word("gain, yuan per head a year (dot and line: total, 95% interval)", "相对增收,元/人·年(点线:合计及95%置信区间)")[lang], fontsize=SMALL + 1)  # fmt: skip
        left = 0.23
        for part in parts:
            panel.text(left, 0.93, "■", color=_colour(part), fontsize=BODY, va="center")
            panel.text(left + 0.017, 0.93, _name(part)[lang], fontsize=SMALL, color=INK, va="center")
            left += 0.05 + text_width(_name(part)[lang], SMALL) / (SIZE[0] * 72)

    return Figure(
        id="18_gain_sources",
        badge=badge(result.cells.info),
        title=_title(share if known else None, sure),
        subtitle=Word(
            f"sources add up to the total gain; {counted(result).en}",
            f"人均实际收入的相对增收,分来源,相加等于合计;{counted(result).zh}",
        ),
        reading=_reading((middle, low, high), float(value[(POOLED, TRANSFER)]) if known and sure else None),
        not_shown=Word(f"That what is not transfers was earned by own work. {CAUTION.en}", f"转移净收入以外的部分是否靠自己劳动。{CAUTION.zh}"),
        alt=Word(
            "Stacked bars by model and source: " + "; ".join(f"{'all joiners' if a == POOLED else result.arm(a).en} {number(value[(a, TOTAL)], sign=True)} yuan" for a in arms) + ".",
            "按模式和来源的堆叠条:" + ";".join(f"{'全部参加户' if a == POOLED else result.arm(a).zh}{number(value[(a, TOTAL)], sign=True)}元" for a in arms) + "。",
        ),
        data=labelled(rows, result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={
            **{f"gain_sources.{'total' if a == POOLED else a}": measured(dict(total.loc[a]), "yuan") for a in arms},
            **{f"gain_sources.{k}": n for k, n in counts(result).items()},
            **({"gain_sources.transfer": Number(float(value[(POOLED, TRANSFER)]), "yuan")} if known else {}),
            **({"gain_sources.transfer_share": Number(float(share), "%")} if known else {}),
        },
        smallest_group=int(rows["households"].min()),
        height=2.9 + 0.75 * len(arms),
    )  # fmt: skip


def _title(share: float | None, sure: int) -> Word:
    if share is None:
        return Word("Gain by source, as far as sources are recorded", "相对增收的来源(按现有记录)")
    if not sure:
        return Word("The gain is too unsure to be split by source", "增收本身还说不准,来源更说不清")
    if sure < 0:
        return Word(
            "Joiners fell behind; sources add up to the difference", "参加户增收反而较少,各来源相加等于差额"
        )
    if abs(share) < 5:
        return Word("Almost none of the gain is transfers", "多增部分几乎没有转移净收入")
    if share < 0:
        return Word(
            "Transfers fell back; the gain lies in other sources", "转移净收入相对减少,增收在其他来源"
        )
    if share > 100:
        return Word("More than all of the gain is transfers", "转移净收入超过多增部分的全部")
    return Word(f"{number(share)}% of the gain is transfers", f"多增部分{number(share)}%是转移净收入")


def _reading(pooled: tuple[float, float, float], transfer: float | None) -> Word:
    middle, low, high = (number(x, sign=i == 0) for i, x in enumerate(pooled))
    ends = (
        (f"95% interval {low} to {high}", f"95%置信区间{low}至{high}")
        if low
        else ("no interval", "无法给出区间")
    )
    en = f"All joiners together: {middle} yuan per head a year ({ends[0]})"
    zh = f"全部参加户合计:每人每年{middle}元({ends[1]})"
    if transfer is not None:
        en += f", of which transfers {number(transfer, sign=True)} yuan"
        zh += f",其中转移净收入{number(transfer, sign=True)}元"
    return Word(f"{en}.", f"{zh}。")


def _colour(part: str) -> str:
    return SOURCE_COLOURS.get(part.removesuffix("_per_head"), QUIET if part == "rest" else WARN)


def _name(part: str) -> Word:
    return SOURCES.get(part.removesuffix("_per_head"), REST)
