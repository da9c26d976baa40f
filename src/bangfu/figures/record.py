"""Figure 1: what a record says was done; and what all figures of a record share."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.campaign import Campaign, citation, document
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.style import (
    BODY,
    COMPONENT_COLOURS,
    INK,
    OTHER_COLOURS,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    WARN,
    wrap,
)
from bangfu.words import COMPONENTS, Word

MOST_DOTS = 24
"""A row of more actions than this is drawn as a bar."""


def source(campaign: Campaign) -> Word:
    """The foot of a figure drawn from a record: its sources, and what such a document can bear."""
    cited, bears = citation(campaign), document(campaign).bears
    return Word(f"Record of: {cited.en}. {bears.en}", f"依据:{cited.zh}。{bears.zh}")


def badge(campaign: Campaign) -> str:
    """The badge of a figure drawn from a record."""
    return "synthetic" if campaign.synthetic else "real"


def unrecorded(campaign: Campaign, figure: str, what: Word) -> Figure:
    """A figure whose tables have no rows says that, and nothing else: not recorded is not none."""
    noun = document(campaign).noun
    title = Word(f"{what.en}: not recorded", f"{what.zh}:未记载")

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.02, 0.1, 0.96, 0.8))
        axes.axis("off")
        axes.text(
            0.5,
            0.5,
            "not recorded" if lang == "en" else "未记载",
            ha="center",
            va="center",
            color=QUIET,
            fontsize=BODY + 6,
        )

    return Figure(
        id=figure, badge=badge(campaign), title=title, draw=draw, source=source(campaign), data=pd.DataFrame({"recorded": ["no"]}),
        subtitle=Word("the tables that would hold it have no rows", "相应的表没有内容"),
        reading=Word(f"This record of the {noun.en} holds nothing on it.", f"该记录没有登记{noun.zh}中的相关内容。"),
        not_shown=Word("This does not show that there was none: not recorded does not mean none.", "不能认为没有:未记载不等于没有。"),
        alt=title, height=3.0,
    )  # fmt: skip


def names(campaign: Campaign, component: str) -> Word:
    """A component's name; a campaign of one's own brings its own."""
    if component in COMPONENTS:
        return COMPONENTS[component]
    row = campaign.components.set_index("component_id").loc[component]
    return Word(str(row["name_en"]), str(row["name_zh"]))


def listed(items: list[Word], most: int, of: Word) -> Word:
    """A few names, or how many there are."""
    if len(items) > most:
        return Word(f"{len(items)} {of.en}", f"{len(items)}{of.zh}")
    return Word(" or ".join(w.en for w in items), "、".join(w.zh for w in items))


def actions_figure(campaign: Campaign) -> Figure:
    """Figure 1: one dot per action on record, by component."""
    noun = document(campaign).noun
    if campaign.actions.empty:
        return unrecorded(campaign, "01_actions", Word("Actions", "行动"))
    counts = campaign.actions_by_component()
    links = campaign.actions["link"].value_counts()
    loose, whole, total = int(links.get("none", 0)), int(links.get("campaign", 0)), len(campaign.actions)
    absent = [names(campaign, c) for c in counts.loc[counts["actions"] == 0, "component_id"]]
    some = "1 action" if total == 1 else f"{total} actions"
    if absent and len(absent) == len(counts):
        title = Word(
            f"{some} on record, none of them under a component", f"{noun.zh}记载{total}项行动,均未归入举措"
        )
    elif absent:
        none = listed(absent, 2, Word("components", "项举措"))
        title = Word(
            f"{some} on record, none on {none.en}", f"{noun.zh}记载{total}项行动,未见{none.zh}方面的内容"
        )
    else:
        title = Word(f"{some} on record, some on every component", f"{noun.zh}记载{total}项行动,各项举措都有")
    others = iter(OTHER_COLOURS * len(counts))
    rows = [
        (
            names(campaign, r["component_id"]),
            int(r["explicit"]),
            int(r["inferred"]),
            COMPONENT_COLOURS.get(r["component_id"]) or next(others),
        )
        for r in counts.to_dict("records")
    ]
    placed = len(rows)
    rows.append((Word("no component fits", "不属于任何一项"), 0, loose, QUIET))
    if whole:
        rows.append((Word("the campaign as a whole", "整个活动"), whole, 0, QUIET))
    mapped, explicit = int(counts["actions"].sum()), int(counts["explicit"].sum())
    links_said = {
        "explicit": Word(f"the {noun.en} uses the component's name", f"{noun.zh}用了该举措的名称"),
        "inferred": Word("our mapping", "按内容归类(我们的判断)"),
    }

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.327, 0.13, 0.64, 0.84))
        _rows(axes, rows, placed, lang)
        for x, (key, face) in enumerate({"explicit": QUIET, "inferred": PAPER}.items()):
            left = 0.327 + 0.42 * x
            legend = panel.add_axes((left, 0.01, 0.03, 0.08))
            legend.plot(0, 0, "o", ms=9, mfc=face, mec=QUIET, mew=1.6)
            legend.axis("off")
            panel.text(left + 0.032, 0.05, links_said[key][lang], va="center", fontsize=SMALL, color=QUIET)

    return Figure(
        id="01_actions",
        badge=badge(campaign),
        title=title,
        subtitle=Word(
            f"actions that the {noun.en} names, by component of the campaign",
            f"{noun.zh}所述行动,按活动举措排列",
        ),
        reading=Word(
            f"Of {total} actions {mapped} can be placed under a component, {explicit} of them because the {noun.en} itself uses its name.",
            f"{noun.zh}所述{total}项行动中,{mapped}项可归入某项举措,其中{explicit}项是{noun.zh}自己用了该名称。",
        ),
        not_shown=Word(
            f"This does not show that nothing was done where there is no dot: the {noun.en} names no action there, and numbers of actions are numbers of mentions.",
            f"不能认为没有点的举措没有开展:{noun.zh}未必写全;行动数反映{noun.zh}篇幅,不反映工作规模。",
        ),
        alt=Word(
            "Actions on record: " + "; ".join(f"{n.en} {a + b}" for n, a, b, _ in rows) + ".",
            "所记行动:" + ";".join(f"{n.zh}{a + b}项" for n, a, b, _ in rows) + "。",
        ),
        data=campaign.actions[
            ["action_id", "component_id", "link", "activity", "activity_en", "activity_zh", "place_id"]
        ],
        draw=draw,
        source=source(campaign),
        numbers=_numbers(counts) | {
            "actions.total": Number(total, "count"),
            "actions.mapped": Number(mapped, "count"),
            "actions.explicit": Number(explicit, "count"),
            "actions.unplaced": Number(loose, "count"),
            "actions.campaign": Number(whole, "count"),
            **({"actions.absent": Number(len(absent), "count")} if len(absent) > 2 else {}),
        },
        height=max(5.4, 1.9 + 0.5 * len(rows)),
    )  # fmt: skip


def _numbers(counts: pd.DataFrame) -> dict[str, Number]:
    return {
        f"actions.{r['component_id']}": Number(int(r["actions"]), "count") for r in counts.to_dict("records")
    }


def _rows(axes: Axes, rows: list[tuple[Word, int, int, str]], placed: int, lang: Language) -> None:
    """One row per component: a dot per action, or a bar where there are too many."""
    widest = max(a + b for _, a, b, _ in rows)
    unit = 1.0 if widest <= MOST_DOTS else MOST_DOTS / widest
    for y, (name, told, inferred, colour) in enumerate(rows):
        count = told + inferred
        if unit == 1.0:
            for x in range(count):
                face = (colour if x < told else PAPER) if y < placed else RULE
                edge, mark, size = (colour, "o", 13) if y < placed else (RULE, "s", 9)
                axes.plot(x + 1, y, mark, ms=size, mfc=face, mec=edge, mew=2)
        else:
            face = colour if y < placed else RULE
            axes.barh(y, told * unit, left=0.5, height=0.5, fc=face, ec=face, lw=1.6)
            hollow = PAPER if y < placed else RULE
            axes.barh(y, inferred * unit, left=0.5 + told * unit, height=0.5, fc=hollow, ec=face, lw=1.6)
        label = str(count) if count else ("none named" if lang == "en" else "未提及")
        axes.text(
            count * unit + 0.75, y, label, va="center", color=WARN if not count else INK, fontsize=BODY + 1
        )
        axes.text(-0.1, y, wrap(name[lang], 190, BODY), va="center", ha="right")
    axes.axhline(placed - 0.5, color=RULE, lw=1)
    axes.set_xlim(0.2, max(min(widest, MOST_DOTS) + 3, 11))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axis("off")
