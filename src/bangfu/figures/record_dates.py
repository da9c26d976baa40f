"""Figure 4: the dates of a campaign, each as well as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.campaign import Campaign, day_word, document
from bangfu.campaign.window import Window, window
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import badge, source, unrecorded
from bangfu.figures.style import ACCENT, BODY, INK, PAPER, QUIET, RULE, SMALL, wrap
from bangfu.formats import number
from bangfu.words import Word

_MOST = 12
"""So many events are drawn, the first ones; the CSV has them all."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PALE = {
    "upper bound": Word("on or before {last}", "不晚于{last}"),
    "this year": Word("some day in {year}", "{year}年内某日"),
    "interval": Word("", ""),
    "within campaign": Word("", ""),
}


@dataclass(frozen=True, slots=True)
class _Row:
    name: Word
    kind: str
    first: date | None
    last: date | None
    days: tuple[date, ...] = ()


def dates_figure(campaign: Campaign) -> Figure:
    """Figure 4: the campaign's dates: a day, a period, or a pale bar over the days of which it may be one."""
    noun = document(campaign).noun
    stay, rows = window(campaign), _dated(campaign)
    if not rows:
        return unrecorded(campaign, "04_dates", Word("Dates", "日期"))
    known = [d for r in rows for d in (r.first, r.last, *r.days) if d is not None and r.kind != "this year"]
    known += [r.last for r in rows if r.last is not None]
    low, high = min(known), max(known)
    low = low.replace(day=1)
    dated = int((campaign.actions["date_quality"] == "exact").sum())
    total = len(campaign.actions)
    numbers = {"dates.exact": Number(dated, "count"), "actions.total": Number(total, "count")}
    numbers |= {} if stay is None else _numbers(stay)

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.27, 0.1, 0.70, 0.88))
        first, last = low.toordinal(), high.toordinal()
        pad = max(1.0, (last - first) * 0.03)
        for y, row in enumerate(rows):
            axes.text(first - 1.2 * pad, y, wrap(row.name[lang], 138, BODY), ha="right", va="center")
            _draw_row(axes, y, row, stay, (first, last, pad), lang)
        ticks = _ticks(low, high)
        axes.set_xticks([d.toordinal() for d in ticks], [_tick(d, low, high, lang) for d in ticks])
        axes.set_xlim(first - 0.5 * pad, last + 1.5 * pad)
        axes.set_ylim(len(rows) - 0.4, -0.9)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)

    years = f"{low.year}" if low.year == high.year else f"{low.year}-{high.year}"
    single = stay is not None and stay.exact
    return Figure(
        id="04_dates",
        badge=badge(campaign),
        title=_title(stay),
        subtitle=Word(
            f"what the {noun.en} says of time, {years}; pale means that the day is not known",
            f"{noun.zh}中的时间({years}年);浅色表示具体日期不明",
        ),
        reading=Word(
            f"{_lies(stay).en} {dated or 'None'} of the {total} actions {'is' if dated < 2 else 'are'} dated.",
            f"{_lies(stay).zh}{total}项行动{f'中,{dated}项写明日期' if dated else '均未写明日期'}。",
        ),
        not_shown=Word(
            "This does not show a starting date for yearly incomes: the income of that year lies partly before and partly after.",
            "不能当作年收入的政策起点:当年的收入一部分在活动之前,一部分在之后。",
        ),
        alt=Word(
            f"Time line of {len(rows)} rows. {_bounds(stay, single).en}", f"时间轴,共{len(rows)}行。{_bounds(stay, single).zh}"
        ),
        data=_data(campaign),
        draw=draw,
        source=source(campaign),
        numbers=numbers | {"dates.rows": Number(len(rows), "count")},
        height=max(5.4, 1.7 + 0.5 * len(rows)),
    )  # fmt: skip


def _numbers(stay: Window) -> dict[str, Number]:
    """What the texts print: lengths, and day and month of the first and last possible days."""
    out = {"dates.window": Number(stay.width, "days")}
    if stay.days is not None:
        out["dates.stay"] = Number(stay.days, "days")
    for i, day in enumerate((stay.start_low, stay.start_high, stay.end_low, stay.end_high)):
        out |= {f"dates.day_{i}": Number(day.day, "day"), f"dates.month_{i}": Number(day.month, "month")}
    return out


def _title(stay: Window | None) -> Word:
    if stay is None:
        return Word("When the campaign ran is not recorded; single dates are", "活动起止未记载,只有个别日期")
    a, b = day_word(stay.start_low), day_word(stay.end_high)
    if stay.exact:
        if stay.days == 1:
            return Word(f"One day: {a.en}", f"{a.zh}一天")
        return Word(
            f"{_weeks(stay.days or 0, 'en')}, from {a.en} to {b.en}",
            f"{a.zh}至{b.zh},{_weeks(stay.days or 0, 'zh')}",
        )
    if stay.days is None:
        return Word(f"Some time from {a.en} to {b.en}", f"在{a.zh}至{b.zh}之间")
    return Word(
        f"About {_weeks(stay.days, 'en').lower()}; the exact dates are not known",
        f"活动约{_weeks(stay.days, 'zh')},确切起止日期不明",
    )


def _lies(stay: Window | None) -> Word:
    if stay is None:
        return Word("When the campaign began and ended is not recorded.", "活动何时开始、何时结束未记载;")
    if stay.exact:
        return Word(f"The campaign ran for {_days(stay.days or 0)}.", f"活动历时{stay.days}天;")
    if stay.days is None:
        return Word(f"The campaign lies within {_days(stay.width)}.", f"活动在一个{stay.width}天的范围内;")
    return Word(
        f"The campaign's {stay.days} days lie within a span of {stay.width} days.",
        f"活动约{stay.days}天,起止日期在一个{stay.width}天的范围内;",
    )


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{number(n)} days"


def _bounds(stay: Window | None, single: bool) -> Word:
    if stay is None:
        return _lies(stay)
    a, b, c, d = (day_word(x) for x in (stay.start_low, stay.start_high, stay.end_low, stay.end_high))
    if single:
        return Word(f"It began on {a.en} and ended on {d.en}.", f"始于{a.zh},止于{d.zh}。")
    return Word(
        f"It began between {a.en} and {b.en} and ended between {c.en} and {d.en}.",
        f"始于{a.zh}至{b.zh}之间,止于{c.zh}至{d.zh}之间。",
    )


def _dated(campaign: Campaign) -> list[_Row]:
    """What the time line shows: events with dates, actions of some day of a year, and days of dated actions."""
    rows = []
    events = campaign.events[campaign.events["date_max"].notna() | campaign.events["date_min"].notna()]
    last = events["date_max"].where(events["date_max"].notna(), events["date_min"])
    order = pd.DataFrame(
        {"other": events["type"] != "campaign", "last": last, "first": events["date_min"].fillna(last)}
    )
    for e in events.loc[order.sort_values(["other", "last", "first"], kind="stable").index[:_MOST]].to_dict(
        "records"
    ):
        kind = "campaign" if e["type"] == "campaign" else str(e["date_quality"] or "interval")
        rows.append(_Row(Word(str(e["name_en"]), str(e["name_zh"])), kind, e["date_min"], e["date_max"]))
    actions = campaign.actions
    for a in actions[actions["date_quality"] == "this year"].head(3).to_dict("records"):
        many = "" if pd.isna(a["quantity"]) else f" ({number(float(a['quantity']))})"
        name = Word(f"{a['activity_en']}{many}", f"{a['activity_zh']}{many.strip()}")
        rows.append(_Row(name, "this year", a["date_min"], a["date_max"]))
    exact = actions[(actions["date_quality"] == "exact") & actions["date_min"].notna()]
    if len(exact):
        days = tuple(sorted({d for c in ("date_min", "date_max") for d in exact[c].dropna()}))
        name = Word(f"{number(len(exact))} dated actions", f"{number(len(exact))}项行动的日期")
        rows.append(_Row(name, "days", None, None, days))
    return rows


def _data(campaign: Campaign) -> pd.DataFrame:
    """Every event, and the actions that have a date of their own."""
    columns = ["id", "type", "name_en", "name_zh", "date_min", "date_max", "date_quality"]
    actions = campaign.actions[campaign.actions["date_quality"].isin(["exact", "this year"])]
    names = {"action_id": "id", "activity_en": "name_en", "activity_zh": "name_zh"}
    rows = [
        campaign.events.rename(columns={"event_id": "id"}),
        actions.rename(columns=names).assign(type="action"),
    ]
    return pd.concat([r[columns] for r in rows if len(r)], ignore_index=True)


def _draw_row(
    axes: Axes, y: int, row: _Row, stay: Window | None, ends: tuple[int, int, float], lang: Language
) -> None:
    first, last, pad = ends
    low = first if row.first is None else max(row.first.toordinal(), first)
    high = last if row.last is None else row.last.toordinal()
    if row.kind == "days":
        axes.plot([d.toordinal() for d in row.days], [y] * len(row.days), "|", color=ACCENT, ms=13, mew=1.6)
    elif row.kind == "campaign" and stay is not None and not stay.exact and stay.days is not None:
        _fuzzy(
            axes, y, [d.toordinal() for d in (stay.start_low, stay.start_high, stay.end_low, stay.end_high)]
        )
        for a, b, word in (
            (stay.start_low, stay.start_high, Word("began on one of these days", "始于其中一天")),
            (stay.end_low, stay.end_high, Word("ended on one of these days", "止于其中一天")),
        ):
            middle = (a.toordinal() + b.toordinal()) / 2
            axes.text(middle, y - 0.33, word[lang], ha="center", va="bottom", fontsize=SMALL, color=QUIET)
    elif row.kind == "exact" or (row.kind == "campaign" and stay is not None and stay.exact):
        ends_known = [d for d in (row.first, row.last) if d is not None]
        text = " – ".join(_day(d, lang) for d in dict.fromkeys(ends_known))
        if len(set(ends_known)) == 1:
            axes.plot(high, y, "D", color=ACCENT, ms=9)
        else:
            axes.barh(y, high - low + 1, left=low - 0.5, height=0.42, color=ACCENT)
        if high - low > (last - first) / 2:
            x, side, colour = (low + high) / 2, "center", PAPER
        elif high < (first + last) / 2:
            x, side, colour = high + 0.9 * pad, "left", INK
        else:
            x, side, colour = low - 0.9 * pad, "right", INK
        axes.text(x, y, text, ha=side, va="center", fontsize=SMALL + 1, color=colour)
    else:
        axes.barh(y, high - low + 1, left=low - 0.5, height=0.42, color=RULE, alpha=0.6)
        pale = _PALE.get(row.kind, Word("", ""))[lang]
        day = row.last or row.first
        said = pale.format(
            last="" if row.last is None else _day(row.last, lang), year="" if day is None else day.year
        )
        axes.text(low + 0.3 * pad, y, said, va="center", fontsize=SMALL)


def _ticks(low: date, high: date) -> list[date]:
    """At most about a dozen days: three a month, months, quarters or years, as the time needs."""
    months = (high.year - low.year) * 12 + high.month - low.month + 1
    if months <= 3:
        days = [low.replace(day=1).toordinal() + i for i in range(months * 31 + 1)]
        ticks = [date.fromordinal(d) for d in days]
        return [d for d in ticks if d.day in (1, 11, 21) and low <= d <= high]
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120) if months <= 13 * s), 240)
    first = low.year * 12 + low.month - 1
    origin = first if step < 3 else low.year * 12
    found = (m for m in range(first, high.year * 12 + high.month) if (m - origin) % step == 0)
    return [date(m // 12, m % 12 + 1, 1) for m in found]


def _tick(day: date, low: date, high: date, lang: Language) -> str:
    months = (high.year - low.year) * 12 + high.month - low.month + 1
    if months <= 3:
        return _day(day, lang)
    if months <= 13:
        return f"{day.month}月" if lang == "zh" else _MONTHS[day.month - 1]
    return f"{day.year}年{day.month}月" if lang == "zh" else f"{_MONTHS[day.month - 1]} {day.year}"


def _weeks(days: int, lang: Language) -> str:
    if days % 7 or days // 7 > 4:
        return f"{number(days)} days" if lang == "en" else f"{number(days)}天"
    return (
        f"{['One', 'Two', 'Three', 'Four'][days // 7 - 1]} week{'s' if days > 7 else ''}"
        if lang == "en"
        else f"{'一两三四'[days // 7 - 1]}周"
    )


def _day(day: date, lang: Language) -> str:
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]}"


def _fuzzy(axes: Axes, y: float, days: list[int]) -> None:
    """A bar that fades in over the days of its possible start, and out over those of its end."""
    start_low, start_high, end_low, end_high = days
    for day in range(start_low, end_high + 1):
        rising = (day - start_low + 1) / (start_high - start_low + 1)
        falling = (end_high - day + 1) / (end_high - end_low + 1)
        strength = max(0.06, min(rising, falling, 1.0)) * 0.9
        axes.barh(y, 1.0, left=day - 0.5, height=0.5, color=ACCENT, alpha=strength, lw=0)
