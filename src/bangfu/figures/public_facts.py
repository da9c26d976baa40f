"""Figure 5b: public facts around the campaign on a time line: headcounts, and when the counties left the list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from bangfu.campaign import Campaign, day_word
from bangfu.campaign.window import window
from bangfu.context import Context
from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.record import unrecorded
from bangfu.figures.style import ACCENT, BODY, ON_PAPER, OTHER_COLOURS, PAPER, QUIET, RULE, SMALL
from bangfu.formats import number
from bangfu.words import Word

_COLOURS = (ACCENT, OTHER_COLOURS[2], OTHER_COLOURS[1], OTHER_COLOURS[3])
_MARKS = ("o", "s", "^", "v")
_SOURCE = Word(
    "Public facts (data/context), each with issuer and how it was read. The campaign's dates: its record.",
    "公开数据,逐条注明发布单位和读取方式;活动日期据活动记录。",
)


def public_facts_figure(context: Context, campaign: Campaign) -> Figure:
    """Figure 5b: poverty headcounts and the days on which counties left the list, with the campaign in it.

    What was read in a copy is hollow. Nothing here is of the campaign's report but its dates.
    """
    facts = context.facts
    rates = facts[(facts["measure"] == "headcount") & facts["value"].notna()].copy()
    exits = facts[(facts["measure"] == "county_exit") & facts["date"].notna()].sort_values(
        ["date", "fact_id"]
    )
    if rates.empty and exits.empty:
        return unrecorded(campaign, "05b_context", Word("Public facts", "公开数据"))
    stay = window(campaign)
    rates["x"] = [_when(r) for r in rates.to_dict("records")]
    rates = rates.drop_duplicates(["place_zh", "x", "value"])
    copies = int((pd.concat([rates, exits])["read"] == "copy").sum())
    n = len(rates) + len(exits)
    years = sorted({d.year for d in exits["date"]})
    when = f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}" if years else ""
    title = (
        Word(f"{len(exits)} counties{_of(facts, exits).en} left the list of poor counties, {when}", f"{_of(facts, exits).zh}{len(exits)}个县(市、区){when.replace('-', '至')}年退出贫困县")
        if len(exits)
        else Word(f"{len(rates)} published headcounts", f"已公布的贫困发生率{len(rates)}个")
    )  # fmt: skip

    def draw(panel: SubFigure, lang: Language) -> None:
        low = int(min([*rates["x"], *(d.year for d in exits["date"])])) - 1
        high = max([*rates["x"], *(d.year for d in exits["date"])]) + 1.6
        share = 0.58 if len(exits) else 0.9
        upper = panel.add_axes((0.09, 0.98 - share, 0.88, share - 0.02))
        _rates(upper, rates, lang, None if stay is None else _year(stay.start_low))
        frames = [upper]
        if len(exits):
            lower = panel.add_axes((0.09, 0.09, 0.88, 0.26))
            _exits(lower, exits, lang)
            frames.append(lower)
        for axes in frames:
            axes.set_xlim(low, high)
            axes.spines["left"].set_visible(False)
            if stay is not None:
                a, b = _year(stay.start_low), _year(stay.end_high)
                axes.axvspan(a, max(b, a + 0.06), color=RULE, alpha=0.75, lw=0, zorder=0)
        upper.set_xticks([])
        frames[-1].set_xticks(range(low + 1, int(high) + 1), [str(y) for y in range(low + 1, int(high) + 1)])
        if stay is not None:
            word = {"en": "the campaign", "zh": "活动"}[lang]
            upper.text(
                _year(stay.end_high) + 0.1,
                1.0,
                word,
                transform=upper.get_xaxis_transform(),
                va="top",
                color=QUIET,
                fontsize=SMALL,
            )

    places = list(dict.fromkeys(rates["place_en"]))
    return Figure(
        id="05b_context",
        badge="synthetic" if campaign.synthetic else "published",
        title=title,
        subtitle=Word(
            f"poverty headcounts ({', '.join(places)}; percent, by the rules of the day) and days of leaving the list; in mid-year where the source says no more; hollow: read in a copy",
            f"贫困发生率({'、'.join(dict.fromkeys(rates['place_zh']))};%,按当时口径)和退出日期;来源未注明年初或年末的画在年中;空心表示读自转载",
        ),
        reading=Word(
            f"Of {n} values drawn, {copies} were read in a copy. Headcounts of one year differ by source and base, so no line joins them.",
            f"图中{n}个数值,{copies}个读自转载。同一年的贫困发生率因来源和基期而异,所以不连线。",
        ),
        not_shown=Word(
            "This does not show that the campaign did it: leaving the list is an official decision, other programmes ran at the same time, and the campaign was held again in later years.",
            "不能认为是活动的作用:退出贫困县是行政认定,同期另有其他项目,活动以后各年也重复开展。",
        ),
        alt=Word(
            "Time line: " + "; ".join(f"{r['place_en']} {day_word(r['date']).en}" for r in exits.to_dict("records")) + ".",
            "时间轴:" + ";".join(f"{r['place_zh']}{day_word(r['date']).zh}" for r in exits.to_dict("records")) + "。",
        ),
        data=pd.concat([rates, exits])[
            ["fact_id", "place_en", "place_zh", "place_code", "year", "measure", "unit", "value", "date", "status", "issuer", "address", "read", "conflict_id"]
        ],
        draw=draw,
        source=_SOURCE,
        numbers={
            "context.exits": Number(len(exits), "count"),
            "context.values": Number(n, "count"),
            "context.copies": Number(copies, "count"),
            "context.rates": Number(len(rates), "count"),
            **{f"context.day_{r['fact_id']}_{i}": Number(v, "day") for r in exits.to_dict("records") for i, v in enumerate((r["date"].month, r["date"].day))},
        },
        height=6.4,
    )  # fmt: skip


def _of(facts: pd.DataFrame, exits: pd.DataFrame) -> Word:
    """The prefecture that the counties lie in, if it is one and named among the facts."""
    above = {str(code)[:4] + "00" for code in exits["place_code"]}
    named = facts[facts["place_code"].isin(above)]
    if len(above) != 1 or named.empty:
        return Word("", "")
    return Word(f" of {named['place_en'].iloc[0]}", str(named["place_zh"].iloc[0]))


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 365.25


def _when(fact: Mapping[Any, Any]) -> float:
    """Where a headcount stands on the axis: in the middle of its year, where its source does not say start or end."""
    said = str(fact["measure_en"])
    return float(str(fact["year"])) + (
        0.0 if "start of year" in said else 0.98 if "end of year" in said else 0.5
    )


def _hollow(fact: Mapping[Any, Any], colour: str) -> str:
    return PAPER if fact["read"] == "copy" else colour


def _rates(axes: Axes, rates: pd.DataFrame, lang: Language, bar: float | None) -> None:
    """Every headcount as a mark with its value, beside it on the side that neither the bar nor another value takes."""
    labels: list[tuple[float, float]] = []
    apart = float(rates["value"].max()) * 0.055
    for i, (_, of) in enumerate(rates.groupby("place_zh", sort=False)):
        colour, mark = _COLOURS[i % len(_COLOURS)], _MARKS[i % len(_MARKS)]
        look: dict[str, Any] = {"fontsize": SMALL + 0.5, "va": "center", "color": colour}
        rows = of.sort_values(["value", "x"], ascending=[False, True]).to_dict("records")
        for row, r in enumerate(rows):
            x, y = r["x"], r["value"]
            axes.plot(x, y, mark, ms=9 - 2 * i, mfc=_hollow(r, colour), mec=colour, mew=1.8, zorder=3 + i)
            text = f"{_plain(y)}{_basis(r, of)[lang]}"
            ends = x + 0.15 + len(text.encode("gbk", "replace")) * 0.085
            left = row > 0 and ((bar is not None and x < bar < ends) or _near(labels, x + 0.3, y, apart))
            while _near(labels, at := x - 0.3 if left else x + 0.3, y, apart):
                y += apart
            labels.append((at, y))
            axes.text(
                x - 0.1 if left else x + 0.1, y, text, ha="right" if left else "left", bbox=ON_PAPER, **look
            )
        name = str(rows[0]["place_zh" if lang == "zh" else "place_en"])
        axes.text(rows[0]["x"] - 0.12, rows[0]["value"], name, ha="right", **look | {"fontsize": BODY})
    axes.set_ylim(-1.5, float(rates["value"].max()) * 1.12)
    axes.set_ylabel("%", rotation=0, labelpad=10)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=RULE, lw=0.6)
    axes.set_axisbelow(True)


def _near(labels: list[tuple[float, float]], x: float, y: float, apart: float) -> bool:
    return any(abs(x - at) < 0.4 and abs(y - height) < apart for at, height in labels)


def _basis(fact: Mapping[Any, Any], of: pd.DataFrame) -> Word:
    """What tells a value from another of the same place and year, as its measure says it; else whether it is derived."""
    en = str(fact["measure_en"]).partition("headcount")[2].strip(" ,()")
    zh = str(fact["measure_zh"]).partition("贫困发生率")[2].strip("（）")
    if en and (of["year"] == fact["year"]).sum() > 1:
        return Word(f" ({en})", f"（{zh}）")
    return Word(" (derived)", "（推算）") if fact["status"] == "derived" else Word("", "")


def _plain(value: float) -> str:
    return number(value, 2).rstrip("0").rstrip(".")


def _exits(axes: Axes, exits: pd.DataFrame, lang: Language) -> None:
    for y, r in enumerate(exits.to_dict("records")):
        x = _year(r["date"])
        axes.plot(x, y, "D", ms=8, mfc=_hollow(r, ACCENT), mec=ACCENT, mew=1.8, zorder=3)
        day = f"{r['date'].year}年{r['date'].month}月{r['date'].day}日" if lang == "zh" else str(r["date"])
        axes.text(x + 0.13, y, day, va="center", fontsize=SMALL + 0.5)
        axes.text(
            x - 0.13,
            y,
            str(r["place_zh" if lang == "zh" else "place_en"]),
            va="center",
            ha="right",
            fontsize=SMALL + 1,
        )
    axes.set_ylim(len(exits) - 0.4, -0.6)
    axes.set_yticks([])
