"""A comparison from moments as a terminal prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from bangfu.compare.terminal import terminal
from bangfu.compare.terms import CONTROLS, UNITS
from bangfu.compare.text import POINTS, contrast_rows, places, rows, span
from bangfu.estimates.notes import said
from bangfu.formats import chance, number
from bangfu.moments.disclosure import COUNTIES
from bangfu.words import BADGES, TERMS, Word, outcome_word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison
    from bangfu.errors import Language
    from bangfu.moments.pooled import PooledEffects

WITHIN = Word(
    "outcome: {outcome}; compared within counties with {control}: all joiners' mean against what it would have been had they changed as "
    "those of their own county did",
    "指标:{outcome};在本县内与{control}比较,即全部参加户的均值,与假如其变化同本县对照户一样本来会有的均值相比",
)
YEARS = Word("{arm}: over years since joining {years}", "{arm}:距参加{years}年(当年为0)的平均")
EXACT = Word("exact, for use inside only: not for release", "未取整,仅供内部使用,不得上报或公开")
ROUNDED = Word(
    "released means are rounded to a fifth of their error: within a tenth of an error, county by county, of the exact ones",
    "各县上报的均值按误差的五分之一取整,每县与精确值相差不超过误差的十分之一",
)
HELD = Word(
    f"models and years withheld in all or some counties: {{n}} (too few households or villages there, or fewer than {COUNTIES} counties)",
    f"全部或部分县不予显示的参加组合和年份:{{n}}项(当地户数或村数过少,或不足{COUNTIES}个县)",
)
TREND = Word(
    "trends before joining: largest t {t}, joint p = {p} (a large p does not show that trends were parallel)",
    "参加之前的趋势:最大 t 值 {t},联合检验p值{p}(p值大并不证明趋势平行)",
)
NO_TREND = Word("trends before joining: cannot be tested", "参加之前的趋势:无从检验")
FOUND = Word(
    "{arm}: a gain of {size} would be seen in four of five such sets of registers",
    "{arm}:相对增收若为{size},五组这样的台账约有四组能检出",
)
APART = Word(
    "differences between models that would be seen in four of five such sets of registers: {size}",
    "两两相差须达到{size},五组这样的台账才约有四组能检出",
)
CAUSE = Word(
    "gains go with taking up a model, they are not shown to be caused by it; not distinguishable is not equal",
    "相对增收与参加相关,不等于因果;区间重叠或名次并列不等于效果相同",
)


def text(result: PooledEffects, lang: Language = "en") -> str:
    """See :meth:`PooledEffects.text`."""
    like = cast("ModelComparison", result)
    years, registers = result.moments.rules["years"], result.moments.registers
    badge = f"{BADGES['synthetic'][lang]}{'｜' if lang == 'zh' else ': '}" if result.synthetic else ""
    counties = (
        f"{len(registers)}个县"
        if lang == "zh"
        else f"{len(registers)} {'county' if len(registers) == 1 else 'counties'}"
    )
    dash, year = ("—", "年") if lang == "zh" else ("-", "")
    heading = f"{badge}{counties} ({', '.join(registers)}), {years[0]}{dash}{years[-1]}{year}"
    return terminal(heading, rows(like, lang), contrast_rows(like, lang), *lines(result, lang))


def lines(result: PooledEffects, lang: Language) -> list[str]:
    """What stands under the table."""
    design, like = result.design, cast("ModelComparison", result)
    out = [
        WITHIN[lang].format(
            outcome=outcome_word(design.outcome)[lang], control=CONTROLS[design.control][lang]
        )
    ]
    after = result.event_study[result.event_study["event_time"] >= 0]
    for arm, times in after.groupby("arm", sort=False)["event_time"]:
        years = ("、" if lang == "zh" else ", ").join(map(str, sorted(times)))
        out.append(YEARS[lang].format(arm=result.arm(str(arm))[lang], years=years))
    trend = result.pretrend.iloc[-1]
    if np.isfinite(trend["p_value"]):
        out.append(TREND[lang].format(t=number(trend["largest_t"], 2), p=chance(trend["p_value"])))
    else:
        out.append(NO_TREND[lang])
    n, unit = places(like), UNITS[result.unit][lang]
    known = result.detectable.dropna(subset=["detectable"])
    for arm, size in known.loc[known["other"] == "", ["arm", "detectable"]].itertuples(index=False):
        out.append(FOUND[lang].format(arm=result.arm(arm)[lang], size=f"{number(size, n)}{unit}"))
    least = known.loc[known["other"] != "", "detectable"]
    if len(least):
        each = POINTS[lang] if result.unit == "percent" else unit
        out.append(APART[lang].format(size=span(least.min(), least.max(), n, each, lang)))
    out.append(EXACT[lang] if result.moments.inside else ROUNDED[lang])
    table, withheld = result.table, result.moments.withheld
    if withheld:
        out.append(HELD[lang].format(n=number(len(withheld))))
    gone = sorted({arm for arm, _ in withheld} - set(table["arm"]))
    out.extend(f"{result.arm(arm)[lang]}: {TERMS['withheld'][lang]}" for arm in gone)
    out.extend(
        f"{result.arm(arm)[lang]}: {said(note, lang)}"
        for arm, note in zip(table["arm"], table["note"], strict=True)
        if note
    )
    return [*out, CAUSE[lang]]
