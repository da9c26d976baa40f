"""Figure 26: every choice of the stability table at once, each gain in units of its own margin of error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import SubFigure

from bangfu.compare.headline import titled
from bangfu.errors import Language
from bangfu.estimates.stability import CHOICES
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import badge, colour, counted, counts, labelled, scale_name, source_of
from bangfu.figures.style import BODY, INK, PAPER, QUIET, SMALL
from bangfu.formats import number
from bangfu.literals import SCALES
from bangfu.texts import say
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

CUT = 6.0
"""Margins of error beyond which a dot is drawn at the edge."""


def specifications_figure(result: ModelComparison) -> Figure:
    """One panel per model: its gain under every choice, in margins of error, sorted; beyond one the interval leaves out zero."""
    result = result.released
    table = result.stability
    models = [a for a in result.table["arm"] if "+" not in a]
    names = [scale_name(s, result.cells.info.unit(result.design.outcome)) for s in SCALES]
    choices = len(table[list(CHOICES)].drop_duplicates())
    rows = table[table["arm"].isin(models)].copy()
    half = (rows["ci_high"] - rows["ci_low"]) / 2
    rows["margins"] = (rows["estimate"] / half.where(half > 0)).round(
        9
    )  # equal choices differ in the last bits
    rows = rows[np.isfinite(rows["margins"])]
    clear = {m: int((rows.loc[rows["arm"] == m, "margins"].abs() > 1).sum()) for m in models}
    counted_in = {m: int((rows["arm"] == m).sum()) for m in models}
    negative = int((rows["margins"] < -1).sum())

    def draw(panel: SubFigure, lang: Language) -> None:
        wide = 0.9 / max(len(models), 1)
        for i, model in enumerate(models):
            axes = panel.add_axes((0.08 + i * wide, 0.16, wide - 0.03, 0.7))
            axes.axhspan(-1, 1, color="#eeeeee", lw=0)
            axes.axhline(0, color=INK, lw=0.9)
            of = (
                rows[rows["arm"] == model]
                .sort_values(["margins", *CHOICES], kind="stable")
                .reset_index(drop=True)
            )
            shade = colour(model, result.cells.info)
            for scale, filled in (("percent", True), ("level", False), ("log", None)):
                at = of[of["scale"] == scale]
                face = shade if filled else PAPER if filled is False else QUIET
                axes.plot(at.index, at["margins"].clip(-CUT, CUT), "o" if filled is not None else "x", ms=4.2, mfc=face, mec=shade if filled is not None else QUIET, mew=1, ls="none")  # fmt: skip
            axes.set_title(result.arm(model)[lang], fontsize=BODY + 1, color=shade)
            word = Word(f"{clear[model]} of {counted_in[model]}", f"{counted_in[model]}种中{clear[model]}种")
            axes.text(0.97, 0.03, word[lang], transform=axes.transAxes, ha="right", va="bottom", fontsize=BODY, color=shade)  # fmt: skip
            limit = max(1.6, min(CUT, float(rows["margins"].abs().max()) * 1.1)) if len(rows) else 2.0
            axes.set_ylim(-limit if (rows["margins"] < -0.5).any() else -1.5, limit)
            axes.set_xticks([])
            if i:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel(Word("gain / half-width of its interval", "相对增收与置信区间半宽之比")[lang])
        key = Word(
            f"one mark per specification, sorted; filled: {names[0].en}, open: {names[1].en}, cross: {names[2].en}; grey band: the interval includes zero",
            f"每点一种设定,由小到大;实心:{names[0].zh},空心:{names[1].zh},叉:{names[2].zh};灰带:区间包含零",
        )
        panel.text(0.08, 0.04, key[lang], fontsize=SMALL, color=QUIET)

    said = Word(
        "; ".join(f"{result.arm(m).en} {clear[m]} of {counted_in[m]}" for m in models),
        ";".join(f"{result.arm(m).zh}{counted_in[m]}种中{clear[m]}种" for m in models),
    )
    stated = [s for s in result.statements if s.kind == "arm" and s.direction and counted_in.get(s.arms[0])]
    same = {
        s.arms[0]: int((s.direction * rows.loc[rows["arm"] == s.arms[0], "margins"] > 0).sum())
        for s in stated
    }
    low, high = min(clear.values(), default=0), max(clear.values(), default=0)
    title = (
        say("figures", "specifications.stated", least=number(min(same.values())), n=number(choices)) if same
        else titled(result.statements[0], "specifications.open", low=number(low), high=number(high), n=number(choices))
    )  # fmt: skip
    return Figure(
        id="26_specifications",
        badge=badge(result.cells.info),
        title=title,
        subtitle=Word(
            f"{choices} specifications: scale, comparison, missing years, second models; {counted(result).en}",
            f"计量方式、对照户、缺失年份、后来又参加:{choices}种设定;{counted(result).zh}",
        ),
        reading=Word(
            f"Specifications whose interval excludes zero: {said.en}; {negative or 'none'} of these {'lies' if negative < 2 else 'lie'} entirely below zero.",
            f"置信区间不含零的设定:{said.zh};其中{f'{negative}种在零以下' if negative else '没有在零以下的'}。",
        ),
        not_shown=Word(
            "This does not show that the true value lies where most marks are: the specifications are no random sample and may share faults.",
            "不能认为点最密集处就是真实值。这些设定不是随机样本,可能有共同的偏差。",
        ),
        alt=Word(
            f"{len(models)} panels of sorted marks, one per specification, against a grey band in which the interval includes zero. Outside it: {said.en}.",
            f"{len(models)}幅图,每点一种设定,灰带内区间包含零。带外:{said.zh}。",
        ),
        data=labelled(rows[[*CHOICES, "arm", "unit", "estimate", "ci_low", "ci_high", "margins"]].sort_values(["arm", "margins", *CHOICES], kind="stable"), result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={f"specifications.{k}": n for k, n in counts(result).items()}
        | {"specifications.models": Number(len(models), "count")}
        | {"specifications.choices": Number(choices, "count"), "specifications.below": Number(negative, "count")}
        | {f"specifications.{m}.same": Number(k, "count") for m, k in same.items()}
        | {f"specifications.{m}": Number(clear[m], "count") for m in models}
        | {f"specifications.{m}.known": Number(counted_in[m], "count") for m in models},
        smallest_group=int(result.table["households"].min()),
        height=5.0,
    )  # fmt: skip
