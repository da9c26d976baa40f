"""Figure 3: every sum of money on its own bar, by kind."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.campaign import KIND_WORDS, KINDS, Campaign, document
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import badge, source, unrecorded
from bangfu.figures.style import ACCENT, BODY, INK, QUIET, RULE, WARN
from bangfu.formats import number
from bangfu.words import Word

_STATUS_WORDS = {
    "completed": Word("completed", "已完成"),
    "paid out": Word("paid out", "已拨付"),
    "arranged": Word("arranged", "协调"),
    "obtained": Word("obtained", "争取"),
    "unspecified": Word("status not stated", "情况未说明"),
}
_KIND_COLOURS = {
    "investment": "#4d4d4d", "loan": "#8c2d4b", "grant": "#b8860b", "donation": "#2f6f6f", "project funds": ACCENT,
    "unspecified": QUIET,
}  # fmt: skip
"""None of them a model's colour."""

_MOST = 16
"""So many bars are drawn, the largest; the CSV has them all."""

_DONE = ("completed", "paid out")


def kind_word(fund: pd.Series) -> Word:
    """A sum's kind in words."""
    return KIND_WORDS[str(fund["kind"])]


def amount_words(fund: pd.Series) -> Word:
    """A sum as its source gives it: exact, nearly, more than, about, from one to another."""
    low, exact, high = (fund[c] for c in ("amount_min", "amount_yuan", "amount_max"))
    if not pd.isna(exact):
        return yuan(float(exact))
    if pd.isna(low) and pd.isna(high):
        return Word("amount not stated", "金额未说明")
    if pd.isna(low):
        return Word(f"nearly {yuan(float(high)).en}", f"近{yuan(float(high)).zh}")
    if pd.isna(high):
        return Word(f"more than {yuan(float(low)).en}", f"{yuan(float(low)).zh}以上")
    return Word(
        f"{yuan(float(low)).en} to {yuan(float(high)).en}", f"{yuan(float(low)).zh}至{yuan(float(high)).zh}"
    )


def yuan(value: float) -> Word:
    """An amount in the units that each language uses."""
    en = f"{_short(value / 1e6)} million yuan" if value >= 1e6 else f"{number(value)} yuan"
    divided = ((1e8, "亿元"), (1e4, "万元"), (1.0, "元"))
    size, unit = next((s, u) for s, u in divided if value >= s or s == 1.0)
    return Word(en, f"{_short(value / size)}{unit}")


def _short(value: float) -> str:
    text = number(value, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def funds_figure(campaign: Campaign) -> Figure:
    """Figure 3: every sum of money on its own bar, grouped by kind, never added across kinds."""
    noun = document(campaign).noun
    if campaign.funds.empty:
        return unrecorded(campaign, "03_funds", Word("Sums of money", "资金"))
    funds = campaign.funds.copy()
    funds["order"] = funds["kind"].map({k: i for i, k in enumerate(KINDS)})
    funds["shown"] = funds["amount_yuan"].fillna(funds["amount_max"]).fillna(funds["amount_min"])
    funds = funds.sort_values(["order", "fund_id"], kind="stable")
    drawn = funds.loc[funds["shown"].fillna(0).sort_values(ascending=False, kind="stable").index[:_MOST]]
    drawn = drawn.sort_values(["order", "fund_id"], kind="stable")
    own = funds[funds["part_of"].isna()]  # a part of a sum is drawn, and not counted again
    n, stated = len(own), sorted(set(own["kind"]) - {"unspecified"})
    unstated = int((own["kind"] == "unspecified").sum())
    missing = int(own["shown"].isna().sum())
    done = own[own["status"].isin(_DONE)]
    numbers = {
        "funds.sums": Number(n, "count"),
        "funds.kinds": Number(len(stated), "count"),
        "funds.unstated_kind": Number(unstated, "count"),
        "funds.without_amount": Number(missing, "count"),
        "funds.completed": Number(len(done), "count"),
    }
    said = Word("", "")
    if len(done) == 1 and not pd.isna(done["amount_yuan"].iloc[0]):
        amount = float(done["amount_yuan"].iloc[0])
        said = Word(f": {yuan(amount).en}", f",{yuan(amount).zh}")
        numbers |= {f"funds.completed_{i}": Number(amount / by, unit) for i, (by, unit) in enumerate(_UNITS)}

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.24, 0.04, 0.74, 0.94))
        top = float(drawn["shown"].max()) if drawn["shown"].notna().any() else 1.0
        y, last = 0.0, None
        for _, fund in drawn.iterrows():
            kind = str(fund["kind"])
            if kind != last:
                y += 0.0 if last is None else 0.45
                if last is not None:
                    axes.axhline(y - 0.72, color=RULE, lw=1, xmin=-0.27, xmax=0.98, clip_on=False)
                axes.text(-0.02 * top, y, KIND_WORDS[kind][lang], ha="right", va="center", fontsize=BODY + 1)
                last = kind
            length = 0.0 if pd.isna(fund["shown"]) else float(fund["shown"])
            _bar(axes, y, fund, length)
            part = "" if fund["part_of"] is None else {"en": "of which: ", "zh": "其中："}[lang]
            text = f"{part}{amount_words(fund)[lang]} · {_STATUS_WORDS[str(fund['status'])][lang]}"
            axes.text(length + 0.015 * top, y, text, va="center", color=INK if length else WARN)
            y += 1.0
        axes.set_xlim(0, top * 1.56)
        axes.set_ylim(max(y, 4.0) - 0.4, -0.6)
        axes.axis("off")

    paid = (done["status"] == "paid out").any()
    as_what = Word("completed or paid out", "已完成或已拨付") if paid else _STATUS_WORDS["completed"]
    is_or_are = "is" if len(done) == 1 else "are"
    sums = "1 sum" if n == 1 else f"{n} sums"
    more = (
        Word(f"; the {_MOST} largest are drawn", f";只画最大的{_MOST}笔")
        if len(funds) > _MOST
        else Word("", "")
    )
    return Figure(
        id="03_funds",
        badge=badge(campaign),
        title=Word(f"{len(done)} of {sums} {is_or_are} recorded as {as_what.en}{said.en}", f"{n}笔资金中,记为{as_what.zh}的{len(done)}笔{said.zh}")
        if len(done)
        else Word(f"Of {sums} none is recorded as completed or paid out", f"{n}笔资金均未记为已完成或已拨付"),
        subtitle=Word(f"sums of money in the {noun.en}, by kind; a fading end means nearly, more than or about{more.en}", f"{noun.zh}所列资金,按性质分列;末端渐隐表示{noun.zh}写作“近”“余”“约”{more.zh}"),
        reading=Word(
            f"The {noun.en} lists {sums} of money. It states the kind of {n - unstated} ({len(stated)} {'kind' if len(stated) == 1 else 'kinds'}) and gives no amount for {missing or 'none'}. Money that was arranged or obtained need not have been paid out.",
            f"{noun.zh}列出{n}笔资金,{n - unstated}笔写明性质(共{len(stated)}种){f',{unstated}笔未写明' if unstated else ''};{f'{missing}笔没有金额' if missing else '均有金额'}。协调、争取的资金不一定已经到位。",
        ),
        not_shown=Word(
            "This does not show the total spent: a loan is a debt, money that was obtained may not have been paid out, and sums of different kinds must not be added.",
            "不能看作总投入:贷款须归还,争取的资金未必到位;不同性质的资金不能相加。",
        ),
        alt=Word(
            f"Separate bars for {sums}, by kind: " + "; ".join(f"{KIND_WORDS[k].en} {c}" for k, c in _by_kind(own)) + ".",
            f"{n}笔资金的分列条形:" + ";".join(f"{KIND_WORDS[k].zh}{c}笔" for k, c in _by_kind(own)) + "。",
        ),
        data=funds[["fund_id", "part_of", "kind", "status", "precision", "amount_yuan", "amount_min", "amount_max"]],
        draw=draw,
        source=source(campaign),
        numbers=numbers | {"funds.stated": Number(n - unstated, "count")} | {f"funds.{k.replace(' ', '_')}": Number(c, "count") for k, c in _by_kind(own)} | ({"funds.drawn": Number(_MOST, "count")} if len(funds) > _MOST else {}),
        height=max(5.4, 1.9 + 0.42 * len(drawn)),
    )  # fmt: skip


_UNITS = ((1.0, "yuan"), (1e4, "10,000 yuan"), (1e6, "million yuan"), (1e8, "100 million yuan"))


def _by_kind(funds: pd.DataFrame) -> list[tuple[str, int]]:
    counts = funds["kind"].value_counts()
    return [(kind, int(counts[kind])) for kind in KINDS if kind in counts]


def _bar(axes: Axes, y: float, fund: pd.Series, length: float) -> None:
    """A bar; one that lies within another sum is pale, one whose amount is not exact fades at its end."""
    colour, alpha = _KIND_COLOURS[str(fund["kind"])], 1.0 if fund["part_of"] is None else 0.45
    if not length:
        return
    if fund["precision"] == "exact":
        axes.barh(y, length, height=0.56, color=colour, alpha=alpha)
        return
    axes.barh(y, length * 0.93, height=0.56, color=colour, alpha=alpha)
    for i in range(3):
        left = length * (0.94 + 0.024 * i)
        axes.barh(y, length * 0.015, left=left, height=0.56, color=colour, alpha=(0.6 - 0.2 * i) * alpha)
