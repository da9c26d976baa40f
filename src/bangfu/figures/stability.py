"""Figure 23: does the order of the models survive other reasonable choices?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from bangfu.compare.headline import STABILITY, of_kind, titled
from bangfu.errors import Language
from bangfu.estimates.stability import CHOICES
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    CAUTION,
    backing,
    badge,
    colour,
    counted,
    counts,
    labelled,
    marker,
    scale_name,
    source_of,
)
from bangfu.figures.style import BODY, INK, PAPER, QUIET, RULE, SMALL
from bangfu.formats import number
from bangfu.texts import texts
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

SAME, OTHER, NONE = "#d5e7f1", "#e8ae84", "#f3f3f3"

CONTROL_NAMES = {
    "never": Word("all non-joiners", "全部未参加户"),
    "never_elsewhere": Word("in other villages", "其他村的未参加户"),
    "never_same_village": Word("in the same villages", "同村的未参加户"),
    "not_yet": Word("not yet joined", "当时尚未参加户"),
}
MISSING_NAMES = {
    "pairwise": Word("seen in both years", "两年均有记录"),
    "complete": Word("seen every year", "各年均有记录"),
    "cross_section": Word("all seen", "当年有记录"),
}
SWITCHER_NAMES = {
    "censor": Word("cut off", "换模式后不计"),
    "own_arm": Word("own group", "单独成组"),
    "drop": Word("left out", "剔除"),
}


def stability_figure(result: ModelComparison) -> Figure:
    """One tile per choice: whether the possible ranks are those of the main choice, and which gain is largest there."""
    result = result.released
    table = result.stability
    shown = [a for a in result.table["arm"] if "+" not in a]
    tiles = {
        tuple(map(str, choice)): _tile(of, shown) for choice, of in table.groupby(list(CHOICES), sort=False)
    }
    options, level = result.design, result.cells.info.unit(result.design.outcome)
    main = tiles[(options.scale, options.control, options.missing, options.switchers)]
    known = {choice: tile for choice, tile in tiles.items() if tile is not None}
    same = sum(tile is not None and main is not None and tile[0] == main[0] for tile in known.values())
    leaders = sorted({tile[1] for tile in known.values()}, key=shown.index)
    tops = list(dict.fromkeys((c[0], c[3]) for c in tiles))
    sides = list(dict.fromkeys((c[1], c[2]) for c in tiles))

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.36, 0.12, 0.62, 0.74))
        for (scale, control, missing, switchers), tile in tiles.items():
            x, y = tops.index((scale, switchers)), sides.index((control, missing))
            agrees = tile is not None and main is not None and tile[0] == main[0]
            face = NONE if tile is None else SAME if agrees else OTHER
            axes.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=face, edgecolor=PAPER))
            if tile is None:
                axes.text(x, y, "–", ha="center", va="center", color=QUIET, fontsize=SMALL)
                continue
            shade = colour(tile[1], result.cells.info)
            axes.plot(
                x,
                y,
                marker(tile[1], result.cells.info),
                ms=7.5,
                mec=shade,
                mew=1.6,
                mfc=shade if tile[2] else PAPER,
            )
            if (scale, control, missing, switchers) == (
                options.scale,
                options.control,
                options.missing,
                options.switchers,
            ):
                axes.add_patch(
                    Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, fill=False, edgecolor=INK, lw=1.8, zorder=4)
                )
        axes.set_xlim(-0.5, len(tops) - 0.5)
        axes.set_ylim(len(sides) - 0.5, -0.5)
        axes.axis("off")
        for x, (scale, switchers) in enumerate(tops):
            axes.text(
                x,
                -0.62,
                SWITCHER_NAMES[switchers][lang],
                ha="center",
                va="bottom",
                fontsize=SMALL,
                color=QUIET,
            )
            if x % 3 == 1:
                axes.text(x, -1.35, scale_name(scale, level)[lang], ha="center", va="bottom")
        for y, (control, missing) in enumerate(sides):
            axes.text(
                -0.6, y, MISSING_NAMES[missing][lang], ha="right", va="center", fontsize=SMALL, color=QUIET
            )
            if y % 3 == 1:
                panel.text(0.039, 0.12 + 0.74 * (1 - (y + 0.5) / len(sides)), CONTROL_NAMES[control][lang], va="center", fontsize=BODY - 1)  # fmt: skip
            if y % 3 == 0 and y:
                axes.axhline(y - 0.5, color=RULE, lw=1)
        key = Word("symbol: the largest gain there (filled: surely first); pale blue: possible ranks as in the framed one; orange: others; –: not estimable", "符号:该设定下相对增收最多的参加组合(实心:确定居首);浅蓝:可能名次与加框的主设定相同;橙:不同;–:无法估计")  # fmt: skip
        panel.text(0.039, 0.005, key[lang], fontsize=SMALL - 0.5, color=QUIET, va="bottom")
        for i, name in enumerate(leaders):
            left = 0.36 + 0.21 * i
            spot = panel.add_axes((left, 0.055, 0.02, 0.05))
            spot.plot(0, 0, marker(name, result.cells.info), ms=7, color=colour(name, result.cells.info))
            spot.axis("off")
            panel.text(left + 0.025, 0.08, result.arm(name)[lang], fontsize=SMALL, va="center")

    k, n = same, len(known)
    first = of_kind(result.statements, "first")[0]
    return Figure(
        id="23_stability",
        badge=badge(result.cells.info),
        title=titled(first, STABILITY[first.key], same=number(k), n=number(n)) if n else texts("figures")["stability.none"],
        subtitle=Word(
            f"rows: comparison group and sample; columns: scale and treatment of households that later took up a second model; {counted(result).en}",
            f"行:对照户和样本范围;列:计量方式、后来又参加其他模式的农户如何处理;{counted(result).zh}",
        ),
        reading=Word(
            f"Of {len(tiles)} specifications {n} can be estimated; in {k} the possible ranks are those of the framed main one. Models with the largest gain in at least one specification: {len(leaders)} of {len(shown)}.",
            f"{len(tiles)}种设定{'均' if n == len(tiles) else f'中{n}种'}可估计,{'可能名次均' if k == n else f'其中{k}种的可能名次'}与主设定(加框)相同。相对增收最多的{f'参加组合有{len(leaders)}种,因设定而异' if len(leaders) > 1 else '在各设定下是同一种参加组合'}。",
        ),
        not_shown=Word(
            f"This does not show that the most frequent answer is right: specifications that share a fault are wrong together. {CAUTION.en}",
            f"不能以格数多少作为证据。各设定若有共同的缺陷,会一起出错。{CAUTION.zh}",
        ),
        alt=Word(
            f"Tiles of {len(tiles)} specifications; {k} of {n} estimable ones give the same possible ranks as the main one.",
            f"{len(tiles)}种设定的格子图;可估计的{n}种中{k}种可能名次与主设定相同。",
        ),
        data=labelled(table[[*CHOICES, "arm", "unit", "estimate", "ci_low", "ci_high", "rank_low", "rank_high", "note"]], result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={
            "stability.same": Number(k, "count"),
            "stability.estimable": Number(n, "count"),
            "stability.choices": Number(len(tiles), "count"),
            "stability.leaders": Number(len(leaders), "count"),
            "stability.arms": Number(len(shown), "count"),
            **{f"stability.{k}": found for k, found in counts(result).items()},
            **backing([first], "stability."),
        },
        smallest_group=int(result.table["households"].min()),
        height=6.9,
    )  # fmt: skip


def _tile(rows: pd.DataFrame, shown: list[str]) -> tuple[tuple[tuple[int, int], ...], str, bool] | None:
    """Possible ranks of the arms shown, the arm with the largest gain, and whether it is surely first."""
    mine = rows[rows["arm"].isin(shown) & rows["estimate"].notna() & rows["rank_low"].notna()]
    if len(mine) < len(shown) or not shown:
        return None
    mine = mine.set_index("arm").loc[shown]
    ranks = tuple(zip(mine["rank_low"].astype(int), mine["rank_high"].astype(int), strict=True))
    lead = str(mine["rank"].astype(float).idxmin())
    return ranks, lead, bool(mine.loc[lead, "rank_high"] == 1)
