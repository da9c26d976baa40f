"""Figure 18: from which source the gain comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.compare.headline import both, in_a_row
from bangfu.compare.secondary import inside, sentence, sources
from bangfu.compare.sources import COLUMNS, POOLED, TOTAL
from bangfu.compare.statement import Statement, name_list
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    backing,
    badge,
    counted,
    counts,
    labelled,
    measured,
    source_of,
    thousands,
)
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SIZE, SMALL, SOURCE_COLOURS, WARN, text_width
from bangfu.formats import number
from bangfu.texts import say
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
    result = result.released
    arms = [a for a in dict.fromkeys(rows["arm"]) if "+" not in a and a != POOLED] + [POOLED]
    parts = [s for s in dict.fromkeys(rows["source"]) if s != TOTAL]
    value = rows.set_index(["arm", "source"])["estimate"]
    total = rows[rows["source"] == TOTAL].set_index("arm")[["estimate", "ci_low", "ci_high"]].astype(float)
    share = 100 * value.get((POOLED, TRANSFER), float("nan")) / value[(POOLED, TOTAL)]
    known, read, core = share == share, sources(result, rows), result.stated("joined")
    said = ([core] if core is not None else []) + read

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
        axes.set_xlabel(Word("gain, yuan per head a year (dot and line: total, 95% interval)", "相对增收,元/人·年(点和线:合计及95%置信区间)")[lang], fontsize=SMALL + 1)  # fmt: skip
        left = 0.23
        for part in parts:
            panel.text(left, 0.93, "■", color=_colour(part), fontsize=BODY, va="center")
            panel.text(left + 0.017, 0.93, _name(part)[lang], fontsize=SMALL, color=INK, va="center")
            left += 0.05 + text_width(_name(part)[lang], SMALL) / (SIZE[0] * 72)

    return Figure(
        id="18_gain_sources",
        badge=badge(result.cells.info),
        title=_title(result, read),
        subtitle=Word(
            f"sources add up to the total gain; {counted(result).en}",
            f"相对增收分来源(人均,扣除价格因素),相加等于合计;{counted(result).zh}",
        ),
        reading=in_a_row(map(both, said)),
        not_shown=Word(f"This does not show that income other than transfers was earned by own work. {CAUTION.en}", f"不能判断转移净收入以外的部分是否来自自身劳动。{CAUTION.zh}"),
        alt=Word(
            "Stacked bars by model and source: " + "; ".join(f"{'all joiners' if a == POOLED else result.arm(a).en} {number(value[(a, TOTAL)], sign=True)} yuan" for a in arms) + ".",
            "按模式和来源的堆叠条:" + ";".join(f"{'全部参加户' if a == POOLED else result.arm(a).zh}{number(value[(a, TOTAL)], sign=True)}元" for a in arms) + "。",
        ),
        data=labelled(rows[COLUMNS[:10]], result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={
            **{f"gain_sources.{'total' if a == POOLED else a}": measured(dict(total.loc[a]), "yuan") for a in arms},
            **{f"gain_sources.{k}": n for k, n in counts(result).items()},
            **backing(said, "gain_sources."),
            **({"gain_sources.transfer": Number(float(value[(POOLED, TRANSFER)]), "yuan")} if known else {}),
            **({"gain_sources.transfer_share": Number(float(share), "%")} if known else {}),
        },
        smallest_group=int(rows["households"].min()),
        height=2.9 + 0.75 * len(arms),
    )  # fmt: skip


def _title(result: ModelComparison, read: list[Statement]) -> Word:
    core = result.stated("joined")
    by = {way: name_list([inside(s.of) for s in read if s.direction == way]) for way in (1, -1)}
    if core is None or not core.direction:
        clear = core is not None and any(v.scale == "level" and v.direction for v in core.other_scales)
        key = "sources.scale" if clear else "sources.closed"
    elif not read:
        key = "sources.unrecorded"
    else:
        key = _KEYS[bool(by[1].en), bool(by[-1].en)]
    return say("figures", key, more=sentence(by[1]), less=by[-1] if by[1].en else sentence(by[-1]))


_KEYS = {
    (True, True): "sources.both", (True, False): "sources.more", (False, True): "sources.less", (False, False): "sources.open"
}  # fmt: skip


def _colour(part: str) -> str:
    return SOURCE_COLOURS.get(part.removesuffix("_per_head"), QUIET if part == "rest" else WARN)


def _name(part: str) -> Word:
    return SOURCES.get(part.removesuffix("_per_head"), REST)
