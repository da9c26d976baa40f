"""Figure 25: how much of a coefficient belongs to other models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import SubFigure
from scipy import stats

from bangfu.compare.statement import name_list
from bangfu.errors import Language
from bangfu.estimates.contamination import Contamination
from bangfu.figures.figure import Figure, Number
from bangfu.figures.results import amount, badge, colour, labelled, marker, source_of
from bangfu.figures.style import BODY, INK, QUIET, SMALL, WARN
from bangfu.formats import number
from bangfu.texts import say, texts
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

WAYS: dict[str, Word] = {
    "PL": Word("one regression for all", "各模式同入一个回归"),
    "OWN": Word("its own part alone", "本模式部分"),
    "CW": Word("common weights", "统一权数"),
}


def contamination_figure(result: ModelComparison, split: Contamination) -> Figure:
    """Per model: the coefficient of one regression, its own part, and an estimate with weights common to all models.

    Parameters
    ----------
    result : ModelComparison
        Of the same register.
    split : Contamination
        Of the change of income per head in yuan.
    """
    result = result.released
    table = split.table[split.table["sample"] == "full"]
    models = [m for m in result.table["arm"] if "+" not in m and m in set(table["arm"])]
    by = table.set_index(["arm", "estimator"])
    bias = {m: float(by.loc[(m, "OWN"), "bias"]) for m in models}
    error = {m: float(by.loc[(m, "OWN"), "bias_std_error"]) for m in models}
    critical = stats.norm.isf(0.025 / len(models))
    clear = [m for m in models if abs(bias[m]) > critical * error[m]]
    most = max(abs(b) for b in bias.values())

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.37, 0.14, 0.6, 0.8))
        axes.axvline(0, color=INK, lw=0.9)
        names, y = list(WAYS), 0.0
        for model in models:
            axes.text(-0.58, y + 1, result.arm(model)[lang], transform=axes.get_yaxis_transform(), ha="left", va="center", fontsize=BODY)  # fmt: skip
            for way in names:
                row = by.loc[(model, way)]
                if row["estimate"] != row["estimate"]:
                    y += 1
                    continue
                half = stats.norm.isf(0.025) * float(row["std_error"])
                shade = colour(model, result.cells.info) if way != "PL" else QUIET
                axes.plot([row["estimate"] - half, row["estimate"] + half], [y, y], color=shade, lw=2.4)
                axes.plot(row["estimate"], y, marker(model, result.cells.info), ms=8, color=shade)
                axes.annotate(amount(float(row["estimate"]), "yuan", lang), (float(row["estimate"]) + half, y), (7, 0), textcoords="offset points", va="center", fontsize=SMALL)  # fmt: skip
                axes.text(-0.02, y, WAYS[way][lang], transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=SMALL, color=QUIET)  # fmt: skip
                y += 1
            word = Word(
                f"from other models: {amount(bias[model], 'yuan', 'en')}",
                f"来自其他模式:{amount(bias[model], 'yuan', 'zh')}",
            )
            axes.text(0.0, y - 0.25, " " + word[lang], ha="left", va="center", fontsize=SMALL, color=WARN)
            y += 0.9
        axes.set_ylim(y - 0.4, -0.7)
        axes.margins(x=0.16)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: number(value))
        axes.set_xlabel(
            Word("difference in the change of income per head (yuan)", "人均收入变化之差(元)")[lang]
        )

    said = Word(
        ", ".join(f"{result.arm(m).en} {amount(bias[m], 'yuan', 'en')}" for m in models),
        "、".join(f"{result.arm(m).zh}{amount(bias[m], 'yuan', 'zh')}" for m in models),
    )
    rows = int(table["rows"].max())
    which = (
        say("figures", "mixture.which", names=name_list([result.arm(m) for m in clear]))
        if clear
        else texts("figures")["mixture.no_one"]
    )
    return Figure(
        id="25_contamination",
        badge=badge(result.cells.info),
        title=say("figures", "mixture.clear" if clear else "mixture.none", most=number(most)),
        subtitle=Word(
            f"change of income per head from before anybody joined to the last year, {number(rows)} households; bars: 95% intervals",
            f"从无人参加时到最后一年的人均收入变化,{number(rows)}户;横条:95%置信区间",
        ),
        reading=say("figures", "mixture.reading", parts=said, which=which),
        not_shown=Word(
            "This does not show that the part of its own is a gain caused by the model: it only keeps the other models out.",
            "不能把“本模式部分”看作该模式带来的增收。这里只剔除了其他模式的混入。",
        ),
        alt=Word(
            f"Dots with intervals: for each of {len(models)} models the coefficient of one regression, its own part, and an estimate with common weights. From other models: {said.en}.",
            f"{len(models)}种模式的点与区间:同一回归的系数、本模式部分、统一权数的估计。来自其他模式:{said.zh}。",
        ),
        data=labelled(table[table["estimator"].isin(WAYS)].drop(columns=["note", "oracle_std_error"]), result.cells.info),
        draw=draw,
        source=source_of(result),
        numbers={"contamination.most": Number(most, "yuan"), "contamination.rows": Number(rows, "count")}
        | {f"contamination.{m}": Number(bias[m], "yuan") for m in models},
        smallest_group=int(result.table["households"].min()),
        height=5.2,
    )  # fmt: skip
