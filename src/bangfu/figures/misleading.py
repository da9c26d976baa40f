"""Figures 12, 13 and 22: comparisons that mislead, on invented worlds whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import SubFigure
from matplotlib.ticker import MaxNLocator

from bangfu.compare.headline import both, in_a_row, of_kind
from bangfu.compare.naive import METHODS
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import (
    amount,
    backing,
    badge,
    colour,
    counted,
    counts,
    labelled,
    marker,
    scale_name,
    single,
    source_of,
    thousands,
)
from bangfu.figures.style import ACCENT, BODY, INK, ON_PAPER, QUIET, RULE, SMALL, WARN
from bangfu.formats import interval, percent
from bangfu.texts import say, texts
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def methods_figure(result: ModelComparison, rows: pd.DataFrame, truth: float) -> Figure:
    """Figure 12: each method's answer against the planted truth.

    Parameters
    ----------
    result : ModelComparison
        Of the same world; gives the counts.
    rows : DataFrame
        As :func:`bangfu.compare.naive.estimates` gives it.
    truth : float
        Percent.
    """
    result = result.released
    plain = float(rows.loc[rows["method"] == "members", "estimate"].iloc[0])
    ours = rows.iloc[-1]
    covered = ours["ci_low"] <= truth <= ours["ci_high"]

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.36, 0.13, 0.6, 0.76))
        axes.axvline(0, color=RULE, lw=1)
        axes.axvline(truth, color=WARN, lw=2)
        for y, row in enumerate(rows.to_dict("records")):
            shade = ACCENT if row["method"] == "cohorts" else QUIET
            axes.plot([row["ci_low"], row["ci_high"]], [y, y], color=shade, lw=2.6)
            axes.plot(row["estimate"], y, "o", ms=9, color=shade)
            label = f"{percent(row['estimate'], 0, sign=True)}"
            axes.annotate(
                label, (row["ci_high"], y), (7, 0), textcoords="offset points", va="center", fontsize=BODY
            )
            axes.text(-0.02, y, METHODS[str(row["method"])][lang], transform=axes.get_yaxis_transform(), ha="right", va="center")  # fmt: skip
        axes.text(truth, -0.75, f"{TERMS['planted_truth'][lang]} {percent(truth, 0, sign=True)}", color=WARN, ha="center", va="bottom")  # fmt: skip
        axes.set_ylim(len(rows) - 0.5, -0.6)
        axes.margins(x=0.12)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            Word("percent; bars: each method's own 95% interval", "百分比;横条:各方法自己的95%置信区间")[
                lang
            ],
            fontsize=SMALL + 1,
        )

    close = Word(
        "the interval of the last method includes the true value"
        if covered
        else "the interval of the last method does not include the true value either",
        "最后一种方法的置信区间包含真实值" if covered else "最后一种方法的置信区间也不包含真实值",
    )
    return Figure(
        id="12_methods_truth",
        badge=badge(result.cells.info),
        title=Word(
            f"A simple comparison says {percent(plain, 0)}; the true gain is {percent(truth, 0)}",
            f"简单对比得出{percent(plain, 0)},设定的真实值为{percent(truth, 0)}",
        ),
        subtitle=Word(
            f"one set of invented households, five methods, all models together; {counted(result).en}",
            f"同一份模拟台账(非真实农户),五种方法,各模式合计;{counted(result).zh}",
        ),
        reading=Word(
            f"Households that joined were given {percent(truth)} by construction; comparing joiners with others shows {percent(plain)}, and {close.en}.",
            f"参加户的相对增收设定为{percent(truth)};参加户与未参加户直接对比得出{percent(plain)};{close.zh}。",
        ),
        not_shown=Word(
            "This does not show that the bias is as large, or in the same direction, anywhere else: it was built into these data.",
            "不能推断其他地方的偏差同样大、方向相同。这里的偏差是造数据时设定的。",
        ),
        alt=Word(
            "Dots with intervals by method: " + "; ".join(f"{METHODS[str(r['method'])].en} {percent(r['estimate'], 0, sign=True)}" for r in rows.to_dict("records")) + f"; a line at the true value, {percent(truth, 0)}.",
            "各方法的点与区间:" + ";".join(f"{METHODS[str(r['method'])].zh}{percent(r['estimate'], 0, sign=True)}" for r in rows.to_dict("records")) + f";竖线为设定的真实值{percent(truth, 0)}。",
        ),
        data=rows.assign(truth=truth),
        draw=draw,
        source=source_of(result),
        numbers={"methods.truth": Number(truth, "%")}
        | {f"methods.{k}": n for k, n in counts(result).items()}
        | {f"methods.{r['method']}": Number(r["estimate"], "%", r["ci_low"], r["ci_high"]) for r in rows.to_dict("records")},
        smallest_group=int(result.table["households"].min()),
    )  # fmt: skip


def null_figure(result: ModelComparison, plain: pd.DataFrame) -> Figure:
    """Figure 13: in a world without any gain a plain ranking still has a first place.

    Parameters
    ----------
    result : ModelComparison
        Of a world in which no model does anything.
    plain : DataFrame
        ``arm, estimate, ci_low, ci_high``: joiners of each arm against others, percent.
    """
    result = result.released
    ours = single(result.table).set_index("arm")
    left = plain[plain["arm"].isin(ours.index)].sort_values("estimate", ascending=False, ignore_index=True)
    first = str(left["arm"].iloc[0])
    stated = [
        s
        for s in result.statements
        if s.kind in ("first", "arm", "pair") and (s.direction or s.kind == "first")
    ]
    wrong = sum(s.kind == "arm" for s in stated)
    low, high = int(ours["rank_low"].min()), int(ours["rank_high"].max())
    ends = {
        str(a): (float(b), float(c))
        for a, b, c in zip(ours.index, ours["rank_low"], ours["rank_high"], strict=True)
    }

    def draw(panel: SubFigure, lang: Language) -> None:
        heads = (
            Word("joiners against others, in order", "参加户与未参加户直接对比,按大小排"),
            Word("gains against comparison households", "与对照户比的相对增收"),
        )
        for i, head in enumerate(heads):
            axes = panel.add_axes((0.2 + 0.42 * i, 0.13, 0.36, 0.72))
            axes.axvline(0, color=WARN, lw=2)
            for y, row in enumerate(left.to_dict("records")):
                name = str(row["arm"])
                value = row if i == 0 else ours.loc[name]
                shade = colour(name, result.cells.info)
                axes.plot([value["ci_low"], value["ci_high"]], [y, y], color=shade, lw=2.6)
                axes.plot(value["estimate"], y, marker(name, result.cells.info), ms=9, color=shade)
                tail = f"{y + 1}" if i == 0 else interval(*ends[name], 0, lang=lang)
                word = Word(f"rank {tail}", f"第{tail}")[lang]
                axes.annotate(
                    word,
                    (value["ci_high"], y),
                    (6, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=SMALL,
                )
                if i == 0:
                    axes.text(-0.03, y, result.arm(name)[lang], transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=SMALL + 1)  # fmt: skip
            axes.set_ylim(len(left) - 0.5, -0.6)
            axes.margins(x=0.3)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.set_title(head[lang], fontsize=BODY)
            axes.set_xlabel("%")

    opened = say(
        "figures", "null.plain", name=result.arm(first), most=percent(float(left["estimate"].iloc[0]), 0, sign=True)
    )  # fmt: skip
    return Figure(
        id="13_null",
        badge=badge(result.cells.info),
        title=Word("No model has any effect, yet one ranks first", "各模式均无作用时,简单排名仍会排出第一"),
        subtitle=Word(
            f"invented households without any gain (line: true value, 0%); {counted(result).en}",
            f"设定为没有任何相对增收的模拟台账(非真实农户;竖线:真实值0%);{counted(result).zh}",
        ),
        reading=in_a_row([opened, *map(both, stated)]),
        not_shown=Word("This does not show that models are useless: these data were made without gains.", "不能认为各模式都没有作用:这份数据造的时候就没有设定相对增收。"),
        alt=Word(
            f"Two panels over {len(ours)} models. Left, plain differences above zero in order; right, gains with intervals around the line at zero.",
            f"两幅图,{len(ours)}种参加组合。左:按大小排列的简单差别;右:相对增收及区间,竖线为零。",
        ),
        data=left.assign(method="members")
        .pipe(lambda f: pd.concat([f, ours.reset_index()[["arm", "estimate", "ci_low", "ci_high"]].assign(method="cohorts")], ignore_index=True))
        .assign(truth=0.0)
        .pipe(labelled, result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={
            **{f"null.{k}": n for k, n in counts(result).items()}, "null.truth": Number(0, "%"),
            "null.first": Number(float(left["estimate"].iloc[0]), "%"), "null.wrong": Number(wrong, "count"),
            "null.arms": Number(len(ours), "count"), "null.rank_low": Number(low, "rank"), "null.rank_high": Number(high, "rank"), **backing(stated, "null."),
        },
        smallest_group=int(result.table["households"].min()),
        height=4.9,
    )  # fmt: skip


def scales_figure(results: dict[str, ModelComparison], pooled: pd.DataFrame) -> Figure:
    """Figure 22: the same comparison on three scales.

    Parameters
    ----------
    results : dict of str to ModelComparison
        By scale: percent, level, log; of incomes.
    pooled : DataFrame
        ``scale, unit, estimate, ci_low, ci_high`` of all joiners together.
    """
    results = {scale: result.released for scale, result in results.items()}
    main = results["percent"]
    by = pooled.set_index("scale")
    yuan, ratio = float(by.loc["level", "estimate"]), float(by.loc["percent", "estimate"])  # type: ignore[arg-type]
    core = of_kind(main.statements, "joined")

    def draw(panel: SubFigure, lang: Language) -> None:
        for i, (scale, result) in enumerate(results.items()):
            axes = panel.add_axes((0.25 + 0.255 * i, 0.13, 0.22, 0.74))
            rows = single(result.table)
            unit = str(rows["unit"].iloc[0])
            axes.axvline(0, color=INK, lw=0.9)
            names = [*rows["arm"], ""]
            for y, name in enumerate(names):
                row = rows.set_index("arm").loc[name] if name else by.loc[scale]
                shade = colour(name, main.cells.info) if name else INK
                axes.plot([row["ci_low"], row["ci_high"]], [y, y], color=shade, lw=2.4)
                axes.plot(
                    row["estimate"], y, marker(name, main.cells.info) if name else "o", ms=8, color=shade
                )
                middle = float(str(row["estimate"]))
                axes.annotate(amount(middle, unit, lang), (middle, y), (0, 9), textcoords="offset points", ha="center", fontsize=SMALL, bbox=ON_PAPER)  # fmt: skip
                if i == 0:
                    text = main.arm(name) if name else Word("all joiners", "全部参加户")
                    axes.text(
                        -0.05, y, text[lang], transform=axes.get_yaxis_transform(), ha="right", va="center"
                    )
            axes.axhline(len(rows) - 0.5, color=RULE, lw=1)
            axes.set_ylim(len(names) - 0.5, -0.7)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.margins(x=0.18)
            axes.xaxis.set_major_locator(MaxNLocator(4))
            thousands(axes.xaxis)
            axes.set_title(_SCALES[scale][lang], fontsize=BODY)

    return Figure(
        id="22_scales",
        badge=badge(main.cells.info),
        title=say("figures", "scales.both", level=Word(amount(yuan, "yuan", "en"), amount(yuan, "yuan", "zh")), ratio=percent(ratio, 1, sign=True)),
        subtitle=Word(f"the same households and years on three scales; {counted(main).en}", f"同样的农户和年份,三种计量方式;{counted(main).zh}"),
        reading=in_a_row([*map(both, core), *([] if any(v.direction != s.direction for s in core for v in s.other_scales) else [texts("figures")["scales.alike"]])]),
        not_shown=Word(
            "This does not show that one scale is right: each assumes another growth without joining, and data cannot test that.",
            "不能判断哪种计量方式正确。各种方式对“没有参加会增长多少”的假定不同,数据不能检验。",
        ),
        alt=Word(
            "Three panels of gains with intervals, in percent, in yuan and in log points: " + "; ".join(f"{scale_name(str(k), 'yuan').en} {amount(float(r['estimate']), str(r['unit']), 'en')}" for k, r in by.iterrows()) + ".",
            "三幅图:百分比、元、对数点的相对增收及区间:" + ";".join(f"{amount(float(r['estimate']), str(r['unit']), 'zh')}" for _, r in by.iterrows()) + "。",
        ),
        data=pd.concat([pooled.assign(arm="all"), *(r.table.assign(scale=s)[["scale", "arm", "unit", "estimate", "ci_low", "ci_high"]] for s, r in results.items())], ignore_index=True).pipe(labelled, main.cells.info),
        draw=draw,
        source=source_of(main),
        numbers={f"scales.{scale_name(str(k), 'yuan').en}": Number(float(r["estimate"]), str(r["unit"]), float(r["ci_low"]), float(r["ci_high"])) for k, r in by.iterrows()}
        | {f"scales.{k}": n for k, n in counts(main).items()}
        | backing(core, "scales."),
        smallest_group=int(main.table["households"].min()),
        height=4.9,
    )  # fmt: skip


_SCALES = {
    "percent": Word("percent", "百分比"),
    "level": Word("yuan", "元"),
    "log": Word("log points", "对数点"),
}
