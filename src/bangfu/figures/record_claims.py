"""Figure 2: what is claimed in words, what is counted, and what is measured on incomes."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.campaign import Campaign, document
from bangfu.campaign.counting import results
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import badge, source, unrecorded
from bangfu.figures.record_funds import amount_words, kind_word
from bangfu.figures.style import ACCENT, BODY, INK, QUIET, RULE, SMALL, WARN, wrap
from bangfu.formats import number
from bangfu.words import Word

STEPS = {
    "words": Word("claimed in words", "定性表述(未附数据)"),
    "counted": Word("counted: outputs, money, problems", "有数可查:产出、资金、问题"),
    "income": Word("measured on incomes", "实测收入"),
}
_LEFT = {"words": 0.039, "counted": 0.395, "income": 0.765}
_WIDTH = {"words": 205.0, "counted": 218.0, "income": 130.0}
"""Of a line, in points."""

_MOST = 26
"""So many lines stand in a column; how many more there are is said."""


def claims_figure(campaign: Campaign) -> Figure:
    """Figure 2: every result on record, by the evidence that its source gives for it."""
    noun = document(campaign).noun
    found = results(campaign)
    if found.empty:
        return unrecorded(campaign, "02_claims", Word("Claimed results", "所称成效"))
    count = {step: int((found["step"] == step).sum()) for step in (*STEPS, "goal")}
    by = {of: int(((found["step"] == "counted") & (found["of"] == of)).sum()) for of in ("output", "sum")}
    other = count["counted"] - sum(by.values())
    told = bool(len(campaign.claims))
    lines = {lang: _lines(campaign, found, lang) for lang in ("en", "zh")}
    if told:
        title = Word(
            f"Of {_times(sum(count[s] for s in STEPS), 'claimed result')} {count['counted'] or 'none'} {'has' if count['counted'] == 1 else 'have'} a number; {count['income'] or 'none'} {'reports' if count['income'] < 2 else 'report'} income",
            f"{noun.zh}列举成效{sum(count[s] for s in STEPS)}项,{str(count['counted']) + '项附有数字' if count['counted'] else '均未附数字'},{str(count['income']) + '项为实测收入' if count['income'] else '均未涉及农户收入'}",
        )
    else:
        title = Word(
            f"{count['counted']} with a number; claims in words are not recorded",
            f"有数可查{count['counted']}项;定性表述未登记",
        )

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0, 1)
        axes.axis("off")
        deepest = max(sum(1 + t.count("\n") for t in lines[lang][s]) for s in STEPS)
        axes.set_ylim(max(deepest, 6) + 4.2, 0)
        for step, word in STEPS.items():
            colour = {"words": QUIET, "counted": ACCENT, "income": WARN}[step]
            left, recorded = _LEFT[step], told or step == "counted"
            axes.text(
                left, 1.1, str(count[step]) if recorded else "–", fontsize=24, color=colour, va="center"
            )
            axes.text(
                left,
                2.75,
                wrap(word[lang], _WIDTH[step] + 20, BODY),
                color=colour,
                va="center",
                fontsize=BODY,
            )
            axes.plot(
                [left, left + 0.195 if step == "income" else left + 0.33], [3.5, 3.5], color=colour, lw=1.4
            )
            y = 4.2
            for text in lines[lang][step]:
                axes.text(left, y, text, va="top", color=INK, fontsize=SMALL + 0.5, linespacing=1.25)
                y += 1 + text.count("\n")
            if not lines[lang][step]:
                none = (
                    Word("none in the record", "报道未涉及") if recorded else Word("not recorded", "未登记")
                )
                axes.text(
                    left, y, none[lang], va="top", color=QUIET if recorded else RULE, fontsize=SMALL + 0.5
                )

    depth = max(sum(1 + t.count("\n") for t in lines[lang][s]) for s in STEPS for lang in ("en", "zh"))
    said = {step: str(count[step]) if told or step == "counted" else None for step in STEPS}
    aims = (
        Word(f"; {count['goal']} aims are not drawn", f";目标{count['goal']}项不画出")
        if told
        else Word("", "")
    )
    lists = [
        Word(
            f"{word.en} {said[step] or 'not recorded'}",
            f"{word.zh}{f'{said[step]}项' if said[step] else '未登记'}",
        )
        for step, word in (STEPS | {"counted": Word("counted", "有数可查")}).items()
    ]
    return Figure(
        id="02_claims",
        badge=badge(campaign),
        title=title,
        subtitle=Word(
            f"every result that the {noun.en} states, by the evidence it gives{aims.en}",
            f"{noun.zh}所述每项成效,按所给证据分列{aims.zh}",
        ),
        reading=Word(
            f"In words alone the {noun.en} claims {_times(count['words'], 'result')}. It counts {_times(by['output'], 'output')}, {_times(by['sum'], 'sum')} of money and {_times(other, 'other item')}, and reports measured incomes for {count['income'] or 'none'}.",
            f"{noun.zh}所述成效,定性表述{count['words']}项;附有数字的有产出{by['output']}项、资金{by['sum']}笔、其他{other}项;{'以实测收入为据的' + str(count['income']) + '项' if count['income'] else '均未以实测收入为据'}。",
        )
        if told
        else Word(
            f"The {noun.en} counts {_times(by['output'], 'output')}, {_times(by['sum'], 'sum')} of money and {_times(other, 'other item')}; what it claims in words was not recorded.",
            f"{noun.zh}有数可查的有产出{by['output']}项、资金{by['sum']}笔、其他{other}项;定性表述的成效未登记。",
        ),
        not_shown=Word(
            f"This does not show what happened, only what evidence the {noun.en} gives: a claim in words may be true, and a number may be wrong.",
            f"不能据此判断事实如何:本图只说明{noun.zh}给出了什么证据;定性表述未必不真,有数字也未必无误。",
        ),
        alt=Word(
            f"Three lists: {', '.join(w.en for w in lists)}.",
            f"三列清单:{'，'.join(w.zh for w in lists)}。",
        ),
        data=found[["step", "of", "id", "component_id", "text_en", "text_zh", "quantity"]].assign(
            said_en=_all(campaign, found, "en"), said_zh=_all(campaign, found, "zh")
        ),
        draw=draw,
        source=source(campaign),
        numbers=({f"claims.{k}": Number(count[v], "count") for k, v in (("words", "words"), ("income", "income"), ("aims", "goal"))} | {"claims.all": Number(sum(count[s] for s in STEPS), "count")} if told else {})
        | {
            "claims.numbered": Number(count["counted"], "count"),
            "claims.outputs": Number(by["output"], "count"),
            "claims.sums": Number(by["sum"], "count"),
            "claims.others": Number(other, "count"),
        },
        height=max(4.6, 2.3 + 0.185 * depth),
    )  # fmt: skip


def _times(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _lines(campaign: Campaign, found: pd.DataFrame, lang: Language) -> dict[str, list[str]]:
    """What each column lists, wrapped."""
    said = pd.Series(_all(campaign, found, lang), index=found.index)
    out = {}
    for step in STEPS:
        texts = [wrap(t, _WIDTH[step], SMALL + 0.5) for t in said[found["step"] == step]]
        if more := len(texts) - _MOST if len(texts) > _MOST else 0:
            tail = f"… and {more} more, in the CSV" if lang == "en" else f"…另有{more}项,见CSV"
            texts = [*texts[:_MOST], tail]
        out[step] = texts
    return out


def _all(campaign: Campaign, found: pd.DataFrame, lang: Language) -> list[str]:
    """What each row says, with its number."""
    funds = campaign.funds.set_index("fund_id")
    hedges = campaign.claims.set_index("claim_id")["hedge"]
    out = []
    for row in found.to_dict("records"):
        if row["of"] == "sum":
            fund = funds.loc[row["id"]]
            said = Word(
                f"{kind_word(fund).en}: {amount_words(fund).en}",
                f"{kind_word(fund).zh}:{amount_words(fund).zh}",
            )
            out.append(said[lang])
        elif row["of"] == "claim":
            text, hedge = str(row[f"text_{lang}"]), hedges[row["id"]]
            own = "" if pd.isna(hedge) else str(hedge) if lang == "zh" else _HEDGES.get(hedge, str(hedge))
            tail = {"en": f' ("{own}")', "zh": f"（{own}）"}[lang]
            out.append(text if own in text else f"{text}{tail}")
        else:
            count = number(float(row["quantity"]), 0 if float(row["quantity"]).is_integer() else 1)
            out.append(f"{row[f'text_{lang}']}{'：' if lang == 'zh' else ': '}{count}")
    return out


_HEDGES = {"基本": "basically", "正在": "being", "逐步": "gradually"}
"""The source's own reservations; said again only where our words do not hold them."""
