"""Figures 1 and 2: what the report says was done, and what it claims."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.campaign import Campaign
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.style import ACCENT, BODY, COMPONENT_COLOURS, INK, PAPER, QUIET, RULE, SMALL, WARN
from bangfu.words import COMPONENTS, Word

LINKS = {
    "explicit": Word("the report uses the component's name", "报道用了该举措的名称"),
    "inferred": Word("our mapping", "按内容归类(我们的判断)"),
}


def source(campaign: Campaign) -> Word:
    """The foot of a figure drawn from the record."""
    row = campaign.source.iloc[0]
    return Word(
        f"Record of one report: {row['outlet_en']}, {row['published']}. What a newspaper chose to print, not a census.",
        f"依据一篇报道:{row['outlet_zh']} {row['published']}。报道有取舍,不是普查。",
    )


def names(campaign: Campaign, component: str) -> Word:
    """A component's name; a campaign of one's own brings its own."""
    if component in COMPONENTS:
        return COMPONENTS[component]
    row = campaign.components.set_index("component_id").loc[component]
    return Word(str(row["name_en"]), str(row["name_zh"]))


def actions_figure(campaign: Campaign) -> Figure:
    """Figure 1: one dot per reported action, by component."""
    counts = campaign.actions_by_component()
    loose = int((campaign.actions["link"] == "none").sum())
    whole = int((campaign.actions["link"] == "campaign").sum())
    total = len(campaign.actions)
    absent = [names(campaign, c) for c in counts.loc[counts["actions"] == 0, "component_id"]]
    if absent:
        title = Word(
            f"{total} actions reported, none on {' or '.join(w.en for w in absent)}",
            f"报道{total}项行动,{'、'.join(w.zh for w in absent)}一项也没有",
        )
    else:
        title = Word(f"{total} actions reported, some on every component", f"报道{total}项行动,各项举措都有")
    rows = [
        (
            names(campaign, r["component_id"]),
            int(r["explicit"]),
            int(r["inferred"]),
            COMPONENT_COLOURS.get(r["component_id"], ACCENT),
        )
        for r in counts.to_dict("records")
    ]
    rows.append((Word("no component fits", "不属于任何一项"), 0, loose, QUIET))
    rows.append((Word("the campaign as a whole", "整个活动"), whole, 0, QUIET))
    mapped = int(counts["actions"].sum())
    explicit = int(counts["explicit"].sum())

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.327, 0.13, 0.64, 0.84))
        widest = max(a + b for _, a, b, _ in rows)
        for y, (name, told, inferred, colour) in enumerate(rows):
            placed = y < len(rows) - 2
            for x in range(told + inferred):
                if placed:
                    face = colour if x < told else PAPER
                    axes.plot(x + 1, y, "o", ms=13, mfc=face, mec=colour, mew=2)
                else:
                    axes.plot(x + 1, y, "s", ms=9, color=RULE)
            count = told + inferred
            label = str(count) if count else ("none reported" if lang == "en" else "未见报道")
            axes.text(
                count + 0.75, y, label, va="center", color=WARN if not count else INK, fontsize=BODY + 1
            )
            axes.text(-0.1, y, name[lang], va="center", ha="right")
        axes.axhline(len(rows) - 2.5, color=RULE, lw=1)
        axes.set_xlim(0.2, widest + 3)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.axis("off")
        for x, (key, face) in enumerate({"explicit": QUIET, "inferred": PAPER}.items()):
            left = 0.327 + 0.34 * x
            legend = panel.add_axes((left, 0.01, 0.03, 0.08))
            legend.plot(0, 0, "o", ms=9, mfc=face, mec=QUIET, mew=1.6)
            legend.axis("off")
            panel.text(left + 0.032, 0.05, LINKS[key][lang], va="center", fontsize=SMALL, color=QUIET)

    return Figure(
        id="01_actions",
        badge="synthetic" if campaign.synthetic else "real",
        title=title,
        subtitle=Word(
            "one dot per action in the report, by component of the campaign",
            "报道中的每项行动一个点,按活动举措排列",
        ),
        reading=Word(
            f"Of {total} reported actions {mapped} can be placed under a component, {explicit} of them because the report itself uses its name.",
            f"报道的{total}项行动中,{mapped}项可归入某项举措,其中{explicit}项是报道自己用了该名称。",
        ),
        not_shown=Word(
            "That a component has no dot means that the report names no action, not that nothing was done; counts measure a newspaper's attention.",
            "没有点,说明报道没写,不等于没做;行动数反映报道取舍,不反映规模。",
        ),
        alt=Word(
            "Dot matrix of reported actions: " + "; ".join(f"{n.en} {a + b}" for n, a, b, _ in rows) + ".",
            "报道行动点阵:" + ";".join(f"{n.zh}{a + b}项" for n, a, b, _ in rows) + "。",
        ),
        data=campaign.actions[
            ["action_id", "component_id", "link", "activity", "activity_en", "activity_zh", "place_id"]
        ],
        draw=draw,
        source=source(campaign),
        numbers={
            "actions.total": Number(total, "count"),
            "actions.mapped": Number(mapped, "count"),
            "actions.explicit": Number(explicit, "count"),
            "actions.unplaced": Number(loose, "count"),
            "actions.campaign": Number(whole, "count"),
            **{
                f"actions.{r['component_id']}": Number(int(r["actions"]), "count")
                for r in counts.to_dict("records")
            },
        },
    )


STEPS = (
    ("goal", Word("an aim", "只是目标")),
    ("asserted", Word("said", "只有说法")),
    ("counted", Word("counted", "有数字")),
    ("income", Word("measured income", "测得收入")),
)


def claims_figure(campaign: Campaign) -> Figure:
    """Figure 2: every claimed result on the ladder of evidence."""
    claims = campaign.claims.copy()
    claims["step"] = claims["evidence_status"].where(~claims["measures_income"].astype(bool), "income")
    order = {name: i for i, (name, _) in enumerate(STEPS)}
    claims = claims.assign(rank=claims["step"].map(order)).sort_values(
        ["rank", "claim_id"], ascending=[False, True], kind="stable"
    )
    results = claims[claims["step"] != "goal"]
    n, counted, income = (
        len(results),
        int((results["step"] == "counted").sum()),
        int((results["step"] == "income").sum()),
    )
    aims = len(claims) - n
    none_en = "none is income" if not income else f"{income} on income"
    none_zh = "无一项是收入" if not income else f"{income}项是收入"
    verb = "is a count" if counted == 1 else "are counts"

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.45, 0.01, 0.52, 0.92))
        for y, row in enumerate(claims.to_dict("records")):
            x = order[str(row["step"])]
            colour = {"goal": RULE, "asserted": QUIET, "counted": ACCENT, "income": WARN}[str(row["step"])]
            axes.plot([-0.45, x], [y, y], color=RULE, lw=1, zorder=1)
            axes.plot(x, y, "o", ms=10, color=colour, zorder=2)
            text = str(row["claim_zh"] if lang == "zh" else row["claim_en"])
            axes.text(-0.55, y, text, ha="right", va="center", fontsize=SMALL + 0.7)
            if not pd.isna(row["hedge"]):
                hedge = (
                    str(row["hedge"])
                    if lang == "zh"
                    else {"基本": '"basically"', "正在": '"in progress"'}.get(
                        str(row["hedge"]), str(row["hedge"])
                    )
                )
                axes.text(x + 0.15, y, hedge, va="center", fontsize=SMALL, color=QUIET)
        axes.axvspan(2.6, 3.4, color=RULE, alpha=0.25, lw=0)
        if not income:
            axes.text(
                3,
                len(claims) / 2,
                "none" if lang == "en" else "一项也没有",
                ha="center",
                va="center",
                color=WARN,
                fontsize=BODY + 2,
            )
        for x, (_, word) in enumerate(STEPS):
            axes.text(x, -1.15, word[lang], ha="center", va="bottom", fontsize=BODY)
        axes.set_xlim(-0.5, 3.55)
        axes.set_ylim(len(claims) - 0.4, -0.8)
        axes.axis("off")

    return Figure(
        id="02_claims",
        badge="synthetic" if campaign.synthetic else "real",
        title=Word(f"{counted} of {n} claimed results {verb}; {none_en}", f"{n}项成效,{counted}项有数,{none_zh}"),
        subtitle=Word(f"every result and aim that the report states ({n} results, {aims} aims), by the evidence it gives", f"报道所述的每项成效和目标(成效{n}项,目标{aims}项),按所给证据排列"),
        reading=Word(
            f"The report states {n} results: {counted} with a number, {n - counted - income} without, {income} on measured income; {aims} more are aims.",
            f"报道共述{n}项成效:{counted}项有数字,{n - counted - income}项没有,测得收入的{income}项;另有{aims}项只是目标。",
        ),
        not_shown=Word(
            "A claim without a number may well be true; the figure shows what evidence the report gives, not what happened.",
            "没有数字的成效未必不真;本图只说报道给了什么证据,不说事实如何。",
        ),
        alt=Word(
            f"Ladder of evidence: {aims} aims, {n - counted - income} results said without a number, {counted} counted, {income} with measured income.",
            f"证据阶梯:目标{aims}项,只有说法{n - counted - income}项,有数字{counted}项,测得收入{income}项。",
        ),
        data=claims[["claim_id", "step", "hedge", "kind", "component_id", "claim_en", "claim_zh"]],
        draw=draw,
        source=source(campaign),
        numbers={
            "claims.results": Number(n, "count"),
            "claims.counted": Number(counted, "count"),
            "claims.unnumbered": Number(n - counted - income, "count"),
            "claims.income": Number(income, "count"),
            "claims.aims": Number(aims, "count"),
        },
        height=7.3,
    )  # fmt: skip
