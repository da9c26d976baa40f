"""The comparison as a terminal prints it, and as Jupyter shows it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from bangfu.characters import typeset
from bangfu.compare import leaving
from bangfu.compare.beside import beside
from bangfu.compare.release import marks
from bangfu.compare.terminal import terminal
from bangfu.compare.terms import CONTROLS, LEVELS, NOT_OFFERED, UNITS
from bangfu.errors import Language, NotEstimable
from bangfu.estimates.contrasts import WAYS
from bangfu.estimates.effects import POVERTY
from bangfu.estimates.notes import said
from bangfu.formats import chance, interval, number, percent
from bangfu.texts import texts
from bangfu.words import BADGES, COMPONENTS, TERMS, Word, outcome_word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

POINTS = Word(" points", "个百分点")
"""Of differences of percentages."""

CHANGE = Word("change against others", "相对变化")
"""A poverty index does not gain."""

HEADS: dict[str, Word] = {
    "arm": TERMS["arm"],
    "estimate": TERMS["gain"],
    "interval": TERMS["interval"],
    "joint": Word("joint 95%", "联合95%"),
    "ranks": TERMS["ranks"],
    "p_value": Word("p", "p值"),
    "households": TERMS["households"],
    "villages": TERMS["villages"],
    "contrast": Word("difference", "相差"),
    "way": Word("compared", "比较方式"),
}


def places(result: ModelComparison) -> int:
    """Decimals that suit the size of the numbers."""
    largest = np.nanmax(np.abs(result.table["estimate"].to_numpy(float)), initial=0.0)
    return 3 if largest < 2 else 1 if largest < 200 else 0


def span(low: float, high: float, n: int, unit: str, lang: Language) -> str:
    """An interval with its unit: twice for percent, once for a word."""
    if unit == "%":
        return interval(low, high, n, unit=unit, lang=lang)
    text = interval(low, high, n, lang=lang)
    return f"{text}{unit}" if text else ""


def heading(result: ModelComparison, lang: Language) -> str:
    """Badge and title."""
    info = result.cells.info
    title = info.title_zh if lang == "zh" else info.title_en
    dash, year = ("—", "年") if lang == "zh" else ("-", "")
    years = f"{result.cells.years[0]}{dash}{result.cells.years[-1]}{year}"
    badge = f"{BADGES['synthetic'][lang]}{'｜' if lang == 'zh' else ': '}" if result.synthetic else ""
    return f"{badge}{title}{'，' if lang == 'zh' else ', '}{years}"


def stated(result: ModelComparison, lang: Language) -> list[str]:
    """The statements; of pairs those with a direction, since the first place speaks of all."""
    return [s.text(lang) for s in result.statements if s.kind != "pair" or s.direction]


def lines(result: ModelComparison, lang: Language) -> list[str]:
    """What stands under the table: what was compared, evidence, limits."""
    o, counts, zh = result.design, result.counts, lang == "zh"
    never = counts[counts["cohort"] == 0].iloc[0]
    exposure = TERMS["participation" if o.exposure == "participation" else "offered"][lang]
    others = CONTROLS[o.control] if o.exposure == "participation" or o.control == "not_yet" else NOT_OFFERED
    against = f"{others[lang]} ({number(never['households'])} {TERMS['households'][lang]}, {number(never['villages'])} {TERMS['villages'][lang]})"
    out = [mark[lang] for mark in marks(result)]
    out += [
        f"指标:{outcome_word(o.outcome).zh};参加的界定:{exposure};对照:{against}" if zh
        else f"outcome: {outcome_word(o.outcome).en}; joining as: {exposure}; compared with: {against}"
    ]  # fmt: skip
    for row in result.few_villages.to_dict("records"):
        name = result.arm(row["arm"])[lang]
        if np.isfinite(row["wild_p_value"]):
            out.append(
                f"{name}:村数不足十,wild聚类自助法p值{chance(row['wild_p_value'])}" if zh
                else f"{name}: fewer than ten villages in a group; wild cluster bootstrap p = {chance(row['wild_p_value'])}"
            )  # fmt: skip
        if np.isfinite(row["lot_p_value"]):
            out.append(
                f"{name}:按村抽签,随机化检验p值{chance(row['lot_p_value'])}" if zh
                else f"{name}: villages drawn by lot; randomisation p = {chance(row['lot_p_value'])}"
            )  # fmt: skip
    censored = result.switchers
    if censored["censored"].sum():
        share = number(100 * censored["censored"].sum() / censored["households"].sum(), 1)
        out.append(
            f"后来又参加其他模式,其后年份不计入:占参加后户·年观测的{share}%" if zh
            else f"years after taking up a second model are left out: {share}% of household-years after joining"
        )  # fmt: skip
    out.extend(leaving.lines(result, lang))
    gaps = result.missing.groupby(result.missing["arm"] == "")[["households", "seen"]].sum()
    lost = 100 * (1 - gaps["seen"] / gaps["households"])
    if lost.max() > 0 and result.missing["seen"].notna().all():
        mine, theirs = (percent(float(lost.get(never, np.nan))) for never in (False, True))
        out.append(
            f"缺失或不计的户·年观测:参加户{mine},对照户{theirs}" if zh
            else f"household-years not seen or left out: joiners {mine}, comparison households {theirs}"
        )  # fmt: skip
    moved = result.moved
    if moved:
        out.append(
            f"{number(moved)}户在两次调查之间参加,从下一次调查起算" if zh
            else f"{number(moved)} households joined between two years of the register; they count from the next one"
        )  # fmt: skip
    out.extend(beside(result, lang))
    out.extend(_offers(result, lang))
    table = result.table
    out.extend(
        f"{result.arm(arm)[lang]}: {said(note, lang)}"
        for arm, note in zip(table["arm"], table["note"], strict=True)
        if note
    )
    refused = result.contrasts[result.contrasts["estimate"].isna()]
    for (way, note), of in refused.groupby(["way", "note"], sort=False):
        pairs = "" if len(of) == len(result.contrasts) // 3 else f" ({number(len(of))})"
        out.append(f"{WAYS[str(way)][lang]}{pairs}: {said(str(note), lang)}")
    out.append(
        f"标准误:{'CR2' if o.errors == 'cr2' else o.errors},按{LEVELS[o.cluster].zh}聚类;引擎 {result.cells.info.engine};随机种子 {o.seed}" if zh
        else f"standard errors: {'CR2' if o.errors == 'cr2' else o.errors}, clustered by {LEVELS[o.cluster].en}; engine {result.cells.info.engine}; seed {o.seed}"
    )  # fmt: skip
    out.append(texts("figures")["terminal.association"][lang])
    return [typeset(line) for line in out] if zh else out


def _offers(result: ModelComparison, lang: Language) -> list[str]:
    """What else was offered where each arm lives."""
    offers = result.offers
    if offers is None or offers.empty:
        return []
    names, said_of = COMPONENTS | result.cells.info.own_names, []
    for arm, of in offers.groupby("arm", sort=False):
        name = result.arm(str(arm))[lang] if arm else TERMS["comparison"][lang]
        parts = [
            f"{names.get(c, Word(c, c))[lang]} {percent(100 * s, 0)}"
            for c, s in zip(of["component"], of["share"], strict=True)
        ]
        said_of.append(f"{name}: {', '.join(parts)}")
    lead = "所在村另有的举措(户数占比)" if lang == "zh" else "offered in their villages (share of households)"
    return [f"{lead}; {line}" for line in said_of]


def rows(result: ModelComparison, lang: Language) -> tuple[list[str], list[list[str]]]:
    """Head and body of the main table, as text."""
    n = places(result)
    unit = UNITS[result.table["unit"].iloc[0]][lang]
    poor = result.design.outcome in POVERTY
    head = [
        CHANGE[lang] if k == "estimate" and poor else HEADS[k][lang]
        for k in ("arm", "estimate", "interval", "joint", "ranks", "p_value", "households", "villages")
    ]
    body = []
    for row in result.table.to_dict("records"):
        estimate = number(row["estimate"], n, sign=True)
        low, high = row["rank_low"], row["rank_high"]
        body.append([
            result.arm(row["arm"])[lang], f"{estimate}{unit}" if estimate else "",
            span(row["ci_low"], row["ci_high"], n, unit, lang), span(row["band_low"], row["band_high"], n, unit, lang),
            "" if low is None or low != low else f"{low}" if low == high else interval(low, high, 0, lang=lang),
            chance(row["p_value"]), number(row["households"]), number(row["villages"]),
        ])  # fmt: skip
    return head, body


def contrast_rows(result: ModelComparison, lang: Language) -> tuple[list[str], list[list[str]]]:
    """Head and body of the contrasts, as text."""
    n = places(result)
    unit = str(result.table["unit"].iloc[0])
    unit = POINTS[lang] if unit == "percent" else UNITS[unit][lang]
    body = []
    for row in result.contrasts.dropna(subset=["estimate"]).to_dict("records"):
        pair = f"{result.arm(row['arm'])[lang]} {'−' if lang == 'zh' else 'minus'} {result.arm(row['other'])[lang]}"
        estimate = number(row["estimate"], n, sign=True)
        body.append([
            WAYS[row["way"]][lang], pair, f"{estimate}{unit}",
            span(row["ci_low"], row["ci_high"], n, unit, lang), chance(row["p_value"]),
        ])  # fmt: skip
    return [HEADS[k][lang] for k in ("way", "arm", "contrast", "interval", "p_value")], body


def text(result: ModelComparison, lang: Language = "en") -> str:
    """As a terminal prints it."""
    result = result.released
    said_first = (f"- {line}" for line in stated(result, lang))
    tables = rows(result, lang), contrast_rows(result, lang)
    return terminal(heading(result, lang), *said_first, *tables, *lines(result, lang))


def stability_text(result: ModelComparison, lang: Language = "en") -> str:
    """The stability table in short: by arm and scale, over controls and rules."""
    result = result.released
    table = result.stability
    known = table[table["arm"] != ""]
    zh = lang == "zh"
    head = (
        ["参加组合", "计量方式", "设定数", "最小相对增收", "最大相对增收", "名次必为第一", "可能第一"] if zh
        else ["models taken up", "scale", "specifications", "smallest gain", "largest gain", "surely first", "possibly first"]
    )  # fmt: skip
    unranked, body = "不排名" if zh else "not ranked", []
    for (arm, unit), of in known.groupby(["arm", "unit"], sort=False):
        n = 1 if unit != "yuan" else 0
        body.append([
            result.arm(str(arm))[lang], UNITS[str(unit)][lang].strip() or str(unit), number(len(of)),
            number(of["estimate"].min(), n, sign=True), number(of["estimate"].max(), n, sign=True),
            *(number((of[c] == 1).sum()) if of[c].notna().any() else unranked for c in ("rank_high", "rank_low")),
        ])  # fmt: skip
    left = table[table["arm"] == ""].groupby("note", sort=False).size()
    refused = (
        f"{count}种设定{said(str(note), lang)}" if zh else f"{count} specifications cannot be estimated: {note}"
        for note, count in left.items()
    )  # fmt: skip
    first = next((s.text(lang) for s in result.statements if s.kind == "first"), "")
    return terminal((head, body), *refused, first)


def html(result: ModelComparison, lang: Language = "en") -> str:
    """As Jupyter shows it."""
    result = result.released
    parts = [f"<p><strong>{escape(heading(result, lang))}</strong></p>"]
    parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in stated(result, lang)) + "</ul>")
    for head, body in (rows(result, lang), contrast_rows(result, lang)):
        cells = "".join(f"<th scope='col'>{escape(h)}</th>" for h in head)
        lines_of = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in line) + "</tr>" for line in body)
        parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{lines_of}</tbody></table>")
    parts.append("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines(result, lang)) + "</ul>")
    return "\n".join(parts)


def shown(result: ModelComparison, *, as_html: bool = False) -> str:
    """As Python and Jupyter show it by themselves: why, where too few remain for any number."""
    try:
        return html(result) if as_html else text(result)
    except NotEstimable as why:
        return f"<p>{escape(why.en)}</p>" if as_html else why.en
