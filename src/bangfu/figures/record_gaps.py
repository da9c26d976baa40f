"""Figure 5: what one would have to know, and the record does not say."""

from __future__ import annotations

from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from bangfu.campaign import Campaign, document
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import badge, source, unrecorded
from bangfu.figures.style import BODY, INK, PAPER, QUIET, SMALL, WARN, wrap
from bangfu.words import Word

_MOST = 24
"""So many are listed of each kind; how many more there are is said."""


def gaps_figure(campaign: Campaign) -> Figure:
    """Figure 5: what one would have to know."""
    noun = document(campaign).noun
    gaps = campaign.gaps
    if gaps.empty:
        return unrecorded(campaign, "05_gaps", Word("What is missing", "所缺信息"))
    asked = gaps["needed_for_income_question"].astype(bool)
    needed, others = gaps[asked], gaps[~asked]
    n = len(needed)
    found = (
        (
            needed,
            WARN,
            INK,
            Word(
                "needed to say which model went with larger gains",
                "要回答参加哪种模式的农户增收更多,必须知道",
            ),
        ),
        (others, QUIET, QUIET, Word("also missing", "另外还缺")),
    )
    blocks = [block for block in found if len(block[0])]

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.039, 0.0, 0.95, 1.0))
        axes.set_xlim(0, 100)
        axes.set_ylim(max(_depth(), 5.0) + 0.4, -0.1)
        axes.axis("off")
        top = 0.6
        for rows, colour, ink, head in blocks:
            axes.text(0, top - 0.35, head[lang], fontsize=SMALL + 1, color=colour, va="center")
            texts = list(rows[f"missing_{lang}"])
            if more := len(texts) - _MOST if len(texts) > _MOST else 0:
                tail = f"and {more} more, in the CSV" if lang == "en" else f"另有{more}项,见CSV"
                texts = [*texts[:_MOST], tail]
            half = (len(texts) + 1) // 2
            for i, text in enumerate(texts):
                x, y = (0.1 if i < half else 51), top + 0.55 + (i % half)
                axes.add_patch(Rectangle((x, y - 0.24), 1.9, 0.48, fc=PAPER, ec=colour, lw=1.6))
                axes.text(x + 3.2, y, wrap(str(text), 265, BODY), va="center", color=ink)
            top += half + 1.0

    def _depth() -> float:
        return sum((min(len(rows), _MOST + 1) + 1) // 2 + 1.0 for rows, *_ in blocks)

    fact = "fact is" if n == 1 else "facts are"
    return Figure(
        id="05_gaps",
        badge=badge(campaign),
        title=Word(f"{n} {fact} missing to answer the question", f"要回答问题,还缺{n}项信息"),
        subtitle=Word(
            f"which model went with larger income gains? an empty box: the {noun.en} does not say",
            f"参加哪种模式的农户增收更多?空框表示{noun.zh}没有说明",
        ),
        reading=Word(
            f"The {noun.en} leaves out {len(gaps)} {'fact' if len(gaps) == 1 else 'facts'}, {n} of which would be needed to say how incomes changed.",
            f"{noun.zh}未提供的{len(gaps)}项信息中,要说明收入变化,必须知道的有{n}项。",
        ),
        not_shown=Word(
            f"This does not show that the authorities lack these facts: the {noun.en} need not hold them.",
            f"不能认为有关部门没有掌握这些信息:{noun.zh}未写明,只说明{noun.zh}没有提供。",
        ),
        alt=Word(
            "Checklist of missing facts: " + "; ".join(needed["missing_en"]) + ".",
            "所缺信息清单:" + ";".join(needed["missing_zh"]) + "。",
        ),
        data=gaps,
        draw=draw,
        source=source(campaign),
        numbers={"gaps.needed": Number(n, "count"), "gaps.total": Number(len(gaps), "count")},
        height=max(4.2, 1.75 + 0.42 * _depth()),
    )  # fmt: skip
