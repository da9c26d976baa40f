"""Figures 3 to 5: the money by kind, the dates as far as known, and what is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from bangfu.campaign import KIND_WORDS, KINDS, Campaign
from bangfu.errors import Language, NotEstimable
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import source
from bangfu.figures.style import ACCENT, BODY, INK, PAPER, QUIET, RULE, SMALL, WARN, wrap
from bangfu.formats import number
from bangfu.words import Word

_STATUS_WORDS = {
    "completed": Word("completed", "已完成"),
    "arranged": Word("arranged", "协调"),
    "obtained": Word("obtained", "争取"),
    "unspecified": Word("status not stated", "情况未说明"),
}
_KIND_COLOURS = {"investment": "#4d4d4d", "loan": "#8c2d4b", "project funds": ACCENT, "unspecified": QUIET}
"""None of them a model's colour."""


def funds_figure(campaign: Campaign) -> Figure:
    """Figure 3: every sum of money on its own bar, grouped by kind, never added across kinds."""
    funds = campaign.funds.copy()
    funds["order"] = funds["kind"].map({k: i for i, k in enumerate(KINDS)})
    funds = funds.sort_values(["order", "fund_id"], kind="stable")
    shown = funds["amount_yuan"].fillna(funds["amount_max"])
    kinds = int(funds["kind"].nunique())
    missing = int((funds["precision"] == "missing").sum())

    def amount(row: pd.Series, lang: Language) -> str:
        value = row["amount_yuan"] if not pd.isna(row["amount_yuan"]) else row["amount_max"]
        if pd.isna(value):
            return "amount not stated" if lang == "en" else "金额未说明"
        if lang == "zh":
            return f"{'近' if row['precision'] != 'exact' else ''}{number(float(value) / 1e4)}万元"
        return (
            f"{'nearly ' if row['precision'] != 'exact' else ''}{number(float(value) / 1e6, 2)} million yuan"
        )

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.24, 0.04, 0.74, 0.94))
        top = float(shown.max())
        y, last = 0.0, None
        for (_, row), value in zip(funds.iterrows(), shown, strict=True):
            kind = str(row["kind"])
            if kind != last:
                y += 0.0 if last is None else 0.45
                if last is not None:
                    axes.axhline(y - 0.72, color=RULE, lw=1, xmin=-0.27, xmax=0.98, clip_on=False)
                axes.text(-0.02 * top, y, KIND_WORDS[kind][lang], ha="right", va="center", fontsize=BODY + 1)
                last = kind
            colour = _KIND_COLOURS[kind]
            length = 0.0 if pd.isna(value) else float(value)
            if row["precision"] == "exact":
                axes.barh(y, length, height=0.56, color=colour)
            elif length:
                axes.barh(y, length * 0.93, height=0.56, color=colour)
                for i in range(3):  # an open end: the amount is below this, by how much is not said
                    axes.barh(
                        y,
                        length * 0.015,
                        left=length * (0.94 + 0.024 * i),
                        height=0.56,
                        color=colour,
                        alpha=0.6 - 0.2 * i,
                    )
            said = f"{amount(row, lang)} · {_STATUS_WORDS[str(row['status'])][lang]}"
            axes.text(length + 0.015 * top, y, said, va="center", color=INK if length else WARN)
            y += 1.0
        axes.set_xlim(0, top * 1.46)
        axes.set_ylim(y - 0.4, -0.6)
        axes.axis("off")

    return Figure(
        id="03_funds",
        badge="synthetic" if campaign.synthetic else "real",
        title=Word("Sums of different kinds cannot be added", "资金性质不同,不能相加") if kinds > 1 else Word("All sums are of one kind", "资金性质相同"),
        subtitle=Word(f"the {len(funds)} sums of money in the report, by kind; an open end means nearly", f"报道所列{len(funds)}笔资金,按性质分列;末端虚化表示“近”"),
        reading=Word(
            f"The report names {len(funds)} sums of {kinds} kinds; {missing} without an amount; whether arranged or obtained money was paid out is not said.",
            f"报道列出{len(funds)}笔资金,分{kinds}类,其中{missing}笔没有金额;协调、争取的资金是否到位,未说明。",
        ),
        not_shown=Word(
            "No total spent: a loan is a debt, an investment is built, project funds are promised; the bars must not be added.",
            "不表示总投入:贷款是债,投资已建成,项目资金只是争取到;各条不能相加。",
        ),
        alt=Word(
            "Separate bars: " + "; ".join(f"{KIND_WORDS[str(r['kind'])].en} {amount(r, 'en')}" for _, r in funds.iterrows()) + ".",
            "分列的条形:" + ";".join(f"{KIND_WORDS[str(r['kind'])].zh}{amount(r, 'zh')}" for _, r in funds.iterrows()) + "。",
        ),
        data=funds[["fund_id", "kind", "status", "precision", "amount_yuan", "amount_min", "amount_max"]],
        draw=draw,
        source=source(campaign),
        numbers={"funds.sums": Number(len(funds), "count"), "funds.kinds": Number(kinds, "count"), "funds.without_amount": Number(missing, "count")},
    )  # fmt: skip


def dates_figure(campaign: Campaign) -> Figure:
    """Figure 4: the campaign's dates as intervals.

    Raises
    ------
    NotEstimable
        When the record does not say within which days the campaign began, how long it lasted and when it was reported.
    """
    start_low, start_high, days, published = _window(campaign)
    end_low, end_high = start_low + timedelta(days), start_high + timedelta(days)
    window = (end_high - start_low).days
    rows = _dated(campaign)

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.25, 0.12, 0.72, 0.86))
        first, last = date(start_low.year, start_low.month, 1).toordinal(), published.toordinal()
        for y, (name, kind) in enumerate(rows):
            axes.text(first - 1.0, y, name[lang], ha="right", va="center")
            if kind in ("stay", "within campaign"):
                _fuzzy(axes, y, [d.toordinal() for d in (start_low, start_high, end_low, end_high)])
            if kind == "stay":
                for a, b, word in (
                    (start_low, start_high, Word("began on one of these days", "始于其中一天")),
                    (end_low, end_high, Word("ended on one of these days", "止于其中一天")),
                ):
                    middle = (a.toordinal() + b.toordinal()) / 2
                    axes.text(
                        middle, y - 0.33, word[lang], ha="center", va="bottom", fontsize=SMALL, color=QUIET
                    )
            elif kind == "exact":
                axes.plot(last, y, "D", color=ACCENT, ms=9)
                axes.text(last - 0.9, y, _day(published, lang), ha="right", va="center")
            elif kind != "within campaign":
                axes.barh(y, last - first + 1, left=first - 0.5, height=0.42, color=RULE, alpha=0.6)
                words = {
                    "this year": Word(
                        "some day this year, perhaps before the campaign", "今年某天,可能早于活动"
                    ),
                    "upper bound": Word("some day before the report", "报道刊出前某天"),
                }
                axes.text(first + 0.3, y, words[kind][lang], va="center", fontsize=SMALL)
        ticks = [d for d in range(first, last + 2) if date.fromordinal(d).day in (1, 11, 21)]
        axes.set_xticks(ticks, [_day(date.fromordinal(d), lang) for d in ticks])
        axes.set_xlim(first - 0.5, last + 1.5)
        axes.set_ylim(len(rows) - 0.4, -0.9)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)

    dated = int((campaign.actions["date_quality"] == "exact").sum())
    return Figure(
        id="04_dates",
        badge="synthetic" if campaign.synthetic else "real",
        title=Word(
            f"{_weeks(days, 'en')}, dates known only roughly", f"驻村{_weeks(days, 'zh')},起止只知大概"
        ),
        subtitle=Word(
            f"what the report says of time, {start_low.year}; pale means that the day is not known",
            f"报道中的时间({start_low.year}年);浅色表示具体日期不明",
        ),
        reading=Word(
            f"The stay of {days} days lies somewhere within {window} days; {dated} of {len(campaign.actions)} actions carry a date of their own.",
            f"{days}天的驻村落在{window}天之内的某处;{len(campaign.actions)}项行动中{dated}项写明日期。",
        ),
        not_shown=Word(
            "Not a treatment date: a yearly income of that year lies partly before, partly after.",
            "不能当作政策起点:当年的年收入一部分在活动之前,一部分在之后。",
        ),
        alt=Word(
            f"Timeline: the stay begins between {start_low} and {start_high} and ends between {end_low} and {end_high}; the report is of {published}.",
            f"时间轴:驻村始于{start_low}至{start_high}之间,止于{end_low}至{end_high}之间;报道刊于{published}。",
        ),
        data=campaign.events[
            ["event_id", "type", "name_en", "name_zh", "date_min", "date_max", "date_quality"]
        ],
        draw=draw,
        source=source(campaign),
        numbers={
            "dates.window": Number(window, "days"),
            "dates.stay": Number(days, "days"),
            "dates.exact": Number(dated, "count"),
            "actions.total": Number(len(campaign.actions), "count"),
        },
    )


def _window(campaign: Campaign) -> tuple[date, date, int, date]:
    """First and last possible day of the start, length in days, day of the report."""
    events, times = campaign.events, campaign.time_expressions
    stays = events.loc[events["type"] == "campaign", "event_id"]
    about = times[times["refers_to"].isin(stays)]
    starts, lengths = about[about["days"].isna() & about["date_min"].notna()], about["days"].dropna()
    reports = events.loc[events["type"] == "publication", "date_max"].dropna()
    if starts.empty or lengths.empty or reports.empty:
        raise NotEstimable(
            "this record does not say when the campaign began, how long it lasted and when it was reported; fill in events and time_expressions",
            "该记录未写明活动何时开始、持续多久、何时报道;请在 events 和 time_expressions 中填写",
        )
    return starts["date_min"].iloc[0], starts["date_max"].iloc[0], int(lengths.iloc[0]), reports.iloc[0]


def _dated(campaign: Campaign) -> list[tuple[Word, str]]:
    """What the timeline shows, in order, each with how its date is known."""
    rows: list[tuple[Word, str]] = []
    for row in campaign.events.itertuples(index=False):
        if row.type in ("campaign", "survey", "plan", "meeting", "publication"):
            quality = "stay" if row.type == "campaign" else str(row.date_quality)
            rows.append((Word(_short(str(row.name_en)), str(row.name_zh)), quality))
    for action in campaign.actions[campaign.actions["date_quality"] == "this year"].to_dict("records"):
        many = "" if pd.isna(action["quantity"]) else number(float(action["quantity"]))
        rows.insert(
            -1, (Word(f"{many} {action['quantity_unit']}s", f"{action['activity_zh']}({many})"), "this year")
        )
    return rows


def _short(text: str) -> str:
    return wrap(text, 140, BODY)


def _weeks(days: int, lang: Language) -> str:
    if days % 7 or days // 7 > 4:
        return f"{days} days" if lang == "en" else f"{days}天"
    return (
        f"{['One', 'Two', 'Three', 'Four'][days // 7 - 1]} week{'s' if days > 7 else ''}"
        if lang == "en"
        else f"{'一两三四'[days // 7 - 1]}周"
    )


def _day(day: date, lang: Language) -> str:
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[
        day.month - 1
    ]
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {month}"


def _fuzzy(axes: Axes, y: float, days: list[int]) -> None:
    """A bar that fades in over the days of its possible start, and out over those of its end."""
    start_low, start_high, end_low, end_high = days
    for day in range(start_low, end_high + 1):
        rising = (day - start_low + 1) / (start_high - start_low + 1)
        falling = (end_high - day + 1) / (end_high - end_low + 1)
        axes.barh(
            y,
            1.0,
            left=day - 0.5,
            height=0.5,
            color=ACCENT,
            alpha=max(0.06, min(rising, falling, 1.0)) * 0.9,
            lw=0,
        )


def gaps_figure(campaign: Campaign) -> Figure:
    """Figure 5: what one would have to know."""
    gaps = campaign.gaps
    needed = gaps[gaps["needed_for_income_question"].astype(bool)]
    others = gaps[~gaps["needed_for_income_question"].astype(bool)]
    n = len(needed)

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.039, 0.0, 0.95, 1.0))
        axes.set_xlim(0, 100)
        longest = max((n + 1) // 2, 1)
        total = longest + 1.3 + (len(others) + 1) // 2 + 0.6
        axes.set_ylim(total, -0.4)
        axes.axis("off")
        top = 0.6
        for rows, colour, ink, head in (
            (
                needed,
                WARN,
                INK,
                Word("needed to say what the campaign did to incomes", "要回答增收问题,必须知道"),
            ),
            (others, QUIET, QUIET, Word("also missing", "另外还缺")),
        ):
            axes.text(0, top - 0.35, head[lang], fontsize=SMALL + 1, color=colour, va="center")
            half = (len(rows) + 1) // 2
            for i, row in enumerate(rows.itertuples(index=False)):
                x, y = (0.1 if i < half else 51), top + 0.55 + (i % half)
                axes.add_patch(Rectangle((x, y - 0.24), 1.9, 0.48, fc=PAPER, ec=colour, lw=1.6))
                text = str(row.missing_zh if lang == "zh" else row.missing_en)
                axes.text(x + 3.2, y, wrap(text, 265, BODY), va="center", color=ink)
            top += half + 1.0

    return Figure(
        id="05_gaps",
        badge="synthetic" if campaign.synthetic else "real",
        title=Word(f"{n} facts missing to answer the question", f"要回答问题,还缺{n}项信息"),
        subtitle=Word(
            "which model went with larger income gains? an empty box: the report does not say",
            "哪种模式增收更多?空框表示报道没有说明",
        ),
        reading=Word(
            f"Of {len(gaps)} things that the report leaves out, {n} would be needed to say what became of incomes.",
            f"报道未提供的{len(gaps)}项信息中,要说明收入变化,必须知道的有{n}项。",
        ),
        not_shown=Word(
            "A newspaper report need not hold these facts; that it lacks them does not mean that anybody hid them.",
            "报纸报道本不必提供这些信息;没有写,不等于隐瞒。",
        ),
        alt=Word(
            "Checklist of missing facts: " + "; ".join(needed["missing_en"]) + ".",
            "所缺信息清单:" + ";".join(needed["missing_zh"]) + "。",
        ),
        data=gaps,
        draw=draw,
        source=source(campaign),
        numbers={"gaps.needed": Number(n, "count"), "gaps.total": Number(len(gaps), "count")},
    )
