"""Figures 6 and 7: what published studies found."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.style import (
    BODY,
    INK,
    MODEL_COLOURS,
    PAPER,
    QUIET,
    RULE,
    SMALL,
)
from bangfu.formats import interval, number, percent
from bangfu.studies import evidence
from bangfu.words import MODELS, Word

NEAREST = {
    "courtyard": Word("home gardens", "家庭菜园"),
    "cooperative": Word("membership", "加入合作社"),
    "enterprise": Word("contract farming", "订单农业"),
}
"""What was studied in place of each model."""

GROUPS: dict[str, Word] = {
    m.id: Word(f"{m.name.en} ({NEAREST[m.id].en})", f"{m.name.zh}({NEAREST[m.id].zh})") for m in MODELS
} | {
    "assets": Word("livestock and assets", "资产扶持(牲畜等)"),
    "policy": Word("whole policies", "综合性扶贫政策"),
    "crops": Word("speciality crops", "特色种植"),
}

DESIGNS: dict[str, Word] = {
    "randomised": Word("randomised", "随机对照试验"),
    "discontinuity": Word("cut-off", "断点回归"),
    "differences": Word("differences", "双重差分"),
    "matching_with_differences": Word("matching, differences", "匹配加双重差分"),
    "matching": Word("matching", "倾向得分匹配"),
    "selection_model": Word("selection model", "选择模型"),
    "review": Word("review", "系统综述"),
    "unstated": Word("not stated", "未说明"),
}

DIRECTIONS: dict[str, Word] = {
    "positive": Word("positive", "为正"),
    "negative": Word("negative", "为负"),
    "none": Word("none found", "未见差异"),
    "mixed": Word("mixed", "有正有负"),
}

UNITS: dict[str, Word] = {
    "yuan per head": Word("yuan per head", "元/人"),
    "kg per year": Word("kg a year", "公斤/年"),
    "kg per month": Word("kg a month", "公斤/月"),
    "standard deviations": Word("standard deviations", "个标准差"),
    "percent of the raw gap between members and others": Word("% of the raw gap", "%,占原始差距"),
    "percent per percent of participation likelihood": Word(
        "% per 1% likelier to join", "%,参加可能性每高1%"
    ),
    "as printed, unit unclear": Word("as printed, unit unclear", "(原文单位不明)"),
}

PERCENT = Word("percent (outcomes differ: never an average)", "百分比(各研究的结果变量不同,不能平均)")
DESIGN = Word("design", "研究设计")

SOURCE = Word(
    "Published studies as recorded in data/reference/studies.csv, with what was and was not verified.",
    "已发表研究,见 data/reference/studies.csv;各项是否核实均有注明。",
)


def evidence_figure(studies: pd.DataFrame | None = None) -> Figure:
    """Figure 6: one row per study; hollow where no margin of error could be read.

    Parameters
    ----------
    studies : DataFrame, optional
        As :func:`bangfu.reference.studies` gives it; the shipped one where absent.
    """
    rows = evidence.headlines(studies)
    rows = rows.assign(group=pd.Categorical(rows["model"], list(GROUPS))).sort_values(
        ["group", "has_error", "percent", "study"], ascending=[True, False, False, True], kind="stable"
    )
    n, k = len(rows), int(rows["has_error"].sum())
    sized, verified = int(rows["percent"].notna().sum()), int((rows["status"] == "verified").sum())
    if k == n:
        title = Word(f"All {n} studies give a margin of error", f"{n}项研究均可查到抽样误差")
    else:
        title = Word(
            f"Only {k} of {n} studies give a margin of error that could be read",
            f"{n}项研究中,仅{k}项可查到抽样误差",
        )

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.475, 0.06, 0.375, 0.93))
        y, ticks = 0.0, []
        for group, members in rows.groupby("group", observed=True, sort=False):
            colour = MODEL_COLOURS.get(str(group), QUIET)
            axes.text(
                -1.165, y, GROUPS[str(group)][lang], transform=axes.get_yaxis_transform(), va="center",
                fontsize=BODY, color=colour,
            )  # fmt: skip
            for row in members.to_dict("records"):
                y += 1
                ticks.append(y)
                _study_row(axes, row, y, colour, lang)
            y += 1.25
        axes.axvline(0, color=QUIET, lw=1)
        axes.set_ylim(y - 0.5, -0.7)
        axes.set_xlim(-12, 62)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(PERCENT[lang], fontsize=SMALL)
        axes.text(1.03, -0.1, DESIGN[lang], transform=axes.get_yaxis_transform(), fontsize=SMALL, color=QUIET)

    return Figure(
        id="06_published_evidence",
        badge="published",
        title=title,
        subtitle=Word(
            "filled: effect with a margin of error; hollow: without; words: no effect in percent; *: read at the paper itself",
            "实心:可查到抽样误差;空心:未查到;文字:没有百分比形式的效应值;*:在原文或发布机构处核实",
        ),
        reading=Word(
            f"Of {n} studies {sized} report an effect in percent, and {k} a margin of error that could be read; {verified} could be checked at the paper or the institute that issued it.",
            f"{n}项研究中,{sized}项有百分比形式的效应值,{k}项可查到抽样误差;{verified}项在论文或发布机构处核实过。",
        ),
        not_shown=Word(
            "This does not show an average effect: models, outcomes and places differ. A study without a margin here may print one that we could not read. None is about Baicheng.",
            "不能看作平均效果:模式、结果和地区各不相同。此处未查到误差的研究,原文可能载有。各项研究均不涉及白城。",
        ),
        alt=Word(
            f"One row for each of {n} studies, by model. {k} carry a margin of error; {sized - k} show an effect without one; {n - sized} show words only.",
            f"{n}项研究按模式各占一行。{k}项带抽样误差;{sized - k}项只有效应值;{n - sized}项只有文字。",
        ),
        data=rows[
            [
                "study", "model", "place_en", "outcome_en", "unit", "estimate", "std_error", "ci_low", "ci_high",
                "percent", "percent_low", "percent_high", "has_error", "direction", "design", "sample", "status", "doi",
            ]
        ],
        draw=draw,
        source=SOURCE,
        numbers={
            "studies.total": Number(n, "count"),
            "studies.with_error": Number(k, "count"),
            "studies.with_percent": Number(sized, "count"),
            "studies.percent_without_error": Number(sized - k, "count"),
            "studies.words_only": Number(n - sized, "count"),
            "studies.verified": Number(verified, "count"),
        },
        height=9.2,
    )  # fmt: skip


def _study_row(axes: Axes, row: dict[Hashable, Any], y: float, colour: str, lang: Language) -> None:
    """One study: its name and outcome, its size or words, its design."""
    edge = axes.get_yaxis_transform()
    place, outcome = str(row[f"place_{lang}"]), str(row[f"outcome_{lang}"])
    write = axes.text
    star = "*" if row["status"] == "verified" else ""
    write(-1.145, y, f"{row['study']}{star}", transform=edge, va="center", fontsize=SMALL - 0.6)
    name = Word(f"{outcome}, {place}", f"{place},{outcome}")[lang]
    write(-0.02, y, name, transform=edge, va="center", ha="right", fontsize=SMALL - 1.6, color=QUIET)
    write(
        1.03,
        y,
        DESIGNS[str(row["design"])][lang],
        transform=edge,
        va="center",
        fontsize=SMALL - 1,
        color=QUIET,
    )
    size = row["percent"]
    if not isinstance(size, float) or pd.isna(size):
        write(1.2, y, _words(row, lang), va="center", fontsize=SMALL - 1, color=QUIET, style="normal")
        return
    low, high = float(str(row["percent_low"])), float(str(row["percent_high"]))
    if row["has_error"]:
        axes.plot([low, high], [y, y], color=colour, lw=2)
        label = f"{percent(size, _decimals(size), sign=True)} ({interval(low, high, 0, lang=lang)})"
    else:
        label = percent(size, _decimals(size), sign=True)
    right = high if row["has_error"] else size
    face = colour if row["has_error"] else PAPER
    axes.plot(size, y, "o", ms=7, mfc=face, mec=colour, mew=1.6)
    inside = right < 35
    write(
        right + 1.8 if inside else float(low if row["has_error"] else size) - 1.8, y, label, va="center",
        ha="left" if inside else "right", fontsize=SMALL - 0.5, color=INK,
    )  # fmt: skip


def _words(row: dict[Hashable, Any], lang: Language) -> str:
    """What is said of a study whose size is not a percentage."""
    if pd.isna(row["estimate"]):
        direction = DIRECTIONS[str(row["direction"])][lang]
        if row["direction"] in ("none", "mixed"):
            return direction
        return Word(f"{direction}, effect not read", f"方向{direction},效应值未查到")[lang]
    value = float(str(row["estimate"]))
    text = number(value, _decimals(value), sign=True)
    unit = UNITS.get(str(row["unit"]), Word(str(row["unit"]), str(row["unit"])))[lang]
    joint = "" if unit.startswith("%") or lang == "zh" else " "
    return f"{text}{joint}{unit}"


def _decimals(value: float) -> int:
    """As few decimals as show the printed value; one for what was computed."""
    return next((d for d in range(3) if abs(round(value, d) - value) < 1e-9), 1)


LEVELS = (
    ("positive", Word("a gain", "收入较高")),
    ("none", Word("no significant difference", "未见显著差异")),
    ("negative", Word("a loss", "收入较低")),
)


def sign_pair_figure(studies: pd.DataFrame | None = None) -> Figure:
    """Figure 7: the same cooperative, matched, and matched with differences to income before.

    Parameters
    ----------
    studies : DataFrame, optional
        With the findings ``hoken_psm`` and ``hoken_psm_did``.
    """
    table = evidence.findings(studies).set_index("finding_id")
    pair = table.loc[["hoken_psm", "hoken_psm_did"]]
    plain, differenced = pair["direction"]
    gain, none = plain == "positive", differenced == "none"
    if gain and none:
        title = Word(
            "Matching finds a gain; matching with differences does not", "改用匹配加双重差分后,差异不再显著"
        )
    elif plain == differenced:
        title = Word("Matching and matching with differences agree", "两种方法,结论一致")
    else:
        title = Word("Matching and matching with differences disagree", "两种方法,结论不一致")
    methods = (
        Word("matching on characteristics", "只作倾向得分匹配"),
        Word("matching, and differences\nto income before joining", "匹配,再减去\n参加前的收入"),
    )

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.27, 0.2, 0.68, 0.78))
        order = {name: -i for i, (name, _) in enumerate(LEVELS)}
        places = [order[str(d)] for d in pair["direction"]]
        for name, word in LEVELS:
            axes.axhline(order[name], color=RULE, lw=1, zorder=0)
            axes.text(-0.48, order[name], word[lang], ha="right", va="center", fontsize=BODY)
        axes.annotate(
            "", (0.93, places[1] + 0.07), (0.07, places[0] - 0.07), arrowprops={"arrowstyle": "->", "color": QUIET, "ls": "--"}
        )  # fmt: skip
        colour = MODEL_COLOURS["cooperative"]
        for x, (y, row) in enumerate(zip(places, pair.to_dict("records"), strict=True)):
            face = colour if row["direction"] != "none" else PAPER
            axes.plot(x, y, "s", ms=24, mfc=face, mec=colour, mew=2.5)
            axes.text(x, y + 0.3, str(row["study"]), ha="center", fontsize=SMALL, color=QUIET)
            axes.text(x, -2.42, methods[x][lang], ha="center", va="top", fontsize=BODY, linespacing=1.5)
        axes.set_xlim(-0.45, 1.45)
        axes.set_ylim(-2.3, 0.6)
        axes.axis("off")

    return Figure(
        id="07_sign_pair",
        badge="published",
        title=title,
        subtitle=Word(
            "net rice income, members of one rice cooperative in China against other farmers; direction only, no effects were read",
            "中国某水稻合作社社员与其他农户的水稻净收入;只有方向,未查到效应值",
        ),
        reading=Word(
            "The same authors, on a rice-producing cooperative: once income before joining is taken out, the difference is no longer significant.",
            "同一组作者研究水稻合作社:减去参加前的收入后,差异不再显著。",
        ),
        not_shown=Word(
            "This does not show that cooperatives fail: not finding a difference is not finding that there is none. What members earned before decides the answer.",
            "不能认为合作社无效:未发现差异,不等于没有差异。参加前的收入不同,会左右结论。",
        ),
        alt=Word(
            f"Two markers: matching, {DIRECTIONS[plain].en}; matching with differences, {DIRECTIONS[differenced].en}.",
            f"两个标记:匹配,{DIRECTIONS[plain].zh};匹配加双重差分,{DIRECTIONS[differenced].zh}。",
        ),
        data=pair.reset_index()[
            ["finding_id", "study", "publication", "outcome_en", "direction", "significant", "design", "status", "source"]
        ],
        draw=draw,
        source=SOURCE,
    )  # fmt: skip
