"""The main tables of a comparison of models: gains, differences, years since joining, and other choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bangfu.compare.headline import both
from bangfu.compare.release import marks
from bangfu.compare.terms import CONTROLS, LEVELS, UNITS
from bangfu.compare.text import HEADS, places, span
from bangfu.errors import Language
from bangfu.estimates.contrasts import WAYS
from bangfu.estimates.notes import said
from bangfu.formats import chance, number
from bangfu.papers.table import PaperTable
from bangfu.words import TERMS, Word, outcome_word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

ERROR = Word("std. error", "标准误")
DF = Word("df", "自由度")
EFFECTIVE = Word("effective villages", "有效村数")
EVENT_TIME = TERMS["event_time"]

ERRORS: dict[str, Word] = {
    "cr2": Word(
        "Standard errors are clustered by {level}, CR2 (Bell & McCaffrey 2002), with Welch-Satterthwaite degrees of freedom (df).",
        "标准误按{level}聚类,CR2(Bell & McCaffrey 2002),自由度按 Welch-Satterthwaite 计算。",
    ),
    "jackknife": Word(
        "Standard errors leave out one {level} at a time, with Welch-Satterthwaite degrees of freedom (df).",
        "标准误用逐{level}剔除法(刀切法),自由度按 Welch-Satterthwaite 计算。",
    ),
    "normal": Word(
        "Standard errors are clustered by {level} without a small-sample correction, normal quantiles: too small with few villages.",
        "标准误按{level}聚类,未作小样本修正,用正态分位数:村少时偏小。",
    ),
    "multiplier": Word(
        "Standard errors by the multiplier bootstrap over {level}s: too small with few villages.",
        "标准误采用乘数自助法,按{level}抽取:村少时偏小。",
    ),
}
OWN_UNIT = Word("that of the outcome", "指标自身的单位")


def comparison_tables(result: ModelComparison, *, stability: bool = True) -> list[PaperTable]:
    """The tables of a comparison, ready to be written.

    Parameters
    ----------
    result : ModelComparison
    stability : bool
        Also the table of other choices, which estimates everything again for each of them.

    Returns
    -------
    list of PaperTable
        ``gains``, ``differences``, ``event_study`` and ``other_choices``, of the comparison as it may leave the building.
    """
    result = result.released
    made = [_gains(result), _differences(result), _event_study(result)]
    return [t for t in [*made, *([_other_choices(result)] if stability else [])] if t.rows]


def _gains(r: ModelComparison) -> PaperTable:
    heads = (
        HEADS["arm"], HEADS["estimate"], ERROR, HEADS["interval"], DF, HEADS["p_value"], HEADS["ranks"],
        HEADS["households"], HEADS["villages"], EFFECTIVE,
    )  # fmt: skip
    rows = [
        (
            r.arm(row["arm"]), *_estimate(r, row),
            _both(lambda lang, w=row: _ranks(w, lang)), *_counts(row),
        )
        for row in _plain(r.table)
    ]  # fmt: skip
    gone = () if r.release is None else r.release.arms
    rows += [(r.arm(arm), TERMS["withheld"], *(_same(""),) * 8) for arm in gone]
    what = outcome_word(r.design.outcome)
    title = Word(f"{what.en.capitalize()}: gains by models taken up", f"按参加组合的相对增收:{what.zh}")
    ranks = Word(
        "Possible ranks are those that one simultaneous 95% band over all joiners, models and pairs of models leaves open.",
        "可能名次为全部参加户、各模式及各模式两两之差的联合95%区间不能排除的名次。",
    )
    return PaperTable(
        "gains",
        title,
        heads,
        tuple(rows),
        (*_stated(r, "first", "joined", "arm"), *_notes(r), *_why(r, r.table), ranks),
        r.synthetic,
    )


def _differences(r: ModelComparison) -> PaperTable:
    heads = (HEADS["arm"], HEADS["way"], HEADS["contrast"], ERROR, HEADS["interval"], DF, HEADS["p_value"])
    rows = [
        (
            _both(
                lambda lang, w=row: (
                    f"{r.arm(w['arm'])[lang]}{' − ' if lang == 'zh' else ' minus '}{r.arm(w['other'])[lang]}"
                )
            ),
            WAYS[row["way"]],
            *_estimate(r, row),
        )
        for row in _plain(r.contrasts)
    ]
    what = outcome_word(r.design.outcome)
    title = Word(f"{what.en.capitalize()}: differences between models", f"各模式之间的差别:{what.zh}")
    own = Word(
        "Only the comparison among similar households may be read as one of models.",
        "只有条件相同的农户之间的比较才可理解为模式之间的比较。",
    )
    return PaperTable(
        "differences",
        title,
        heads,
        tuple(rows),
        (*_stated(r, "pair"), *_notes(r), *_why(r, r.contrasts), own),
        r.synthetic,
    )


def _event_study(r: ModelComparison) -> PaperTable:
    heads = (
        HEADS["arm"], EVENT_TIME, HEADS["estimate"], ERROR, HEADS["interval"], DF, HEADS["households"],
        HEADS["villages"], EFFECTIVE,
    )  # fmt: skip
    rows = [
        (r.arm(row["arm"]), _same(number(row["event_time"])), *_estimate(r, row)[:-1], *_counts(row))
        for row in _plain(r.event_study)
    ]
    what = outcome_word(r.design.outcome)
    title = Word(f"{what.en.capitalize()}: by years since joining", f"参加后各年的相对增收:{what.zh}")
    base = Word("The year before joining is the base and is left out.", "参加前一年为基年,不列出。")
    return PaperTable(
        "event_study",
        title,
        heads,
        tuple(rows),
        (*_stated(r, "when", "trend"), *_notes(r), base),
        r.synthetic,
    )


def _other_choices(r: ModelComparison) -> PaperTable:
    heads = (
        HEADS["arm"], Word("scale", "计量方式"), Word("specifications", "设定数"), Word("smallest gain", "最小相对增收"),
        Word("largest gain", "最大相对增收"), Word("surely first", "必为第一"), Word("possibly first", "可能第一"),
    )  # fmt: skip
    known = r.stability[r.stability["arm"] != ""]
    rows = []
    for (arm, unit), of in known.groupby(["arm", "unit"], sort=False):
        n = 0 if unit == "yuan" else 3 if unit == "share" else 1
        rows.append(
            (
                r.arm(str(arm)), _unit(str(unit)), _same(number(len(of))),
                _same(number(of["estimate"].min(), n, sign=True)), _same(number(of["estimate"].max(), n, sign=True)),
                _same(number(int((of["rank_high"] == 1).sum()))), _same(number(int((of["rank_low"] == 1).sum()))),
            )
        )  # fmt: skip
    every = Word(
        "Every combination of scale, comparison households, rule for missing years and rule for a second model.",
        "计量方式、对照户、缺失年份处理和后来又参加其他模式的处理的全部组合。",
    )
    failed = [
        Word(f"{number(int(n))} of them: {note}.", f"其中{number(int(n))}种{said(str(note), 'zh')}。")
        for note, n in r.stability.loc[r.stability["arm"] == "", "note"].value_counts(sort=False).items()
    ]
    notes = (*marks(r), every, *failed)
    title = Word("Gains under other reasonable ways of computing", "换用其他合理计算方法的结果")
    return PaperTable("other_choices", title, heads, tuple(rows), notes, r.synthetic)


def _stated(r: ModelComparison, *kinds: str) -> Iterable[Word]:
    """What is stated of a table's rows, in the statements' own words."""
    return [both(s) for s in r.statements if s.kind in kinds]


def _notes(r: ModelComparison) -> tuple[Word, ...]:
    o, info, counts = r.design, r.cells.info, r.counts
    years = f"{r.cells.years[0]}-{r.cells.years[-1]}"
    unit, level = _unit(str(r.table["unit"].iloc[0])), LEVELS[o.cluster]
    none = counts[counts["cohort"] == 0].iloc[0]
    error, control = ERRORS[o.errors], CONTROLS[o.control]
    exposure = TERMS["participation" if o.exposure == "participation" else "offered"]
    out = [
        *marks(r),
        Word(
            f"{info.title_en}, {years}. Unit: {unit.en}; joining as: {exposure.en}; compared with {control.en}: "
            f"{number(none['households'])} households in {number(none['villages'])} villages ({number(none['effective_villages'], 1)} effective).",
            f"{info.title_zh},{years}年。单位:{unit.zh};参加的界定:{exposure.zh};对照:{control.zh},{number(none['households'])}户、"
            f"{number(none['villages'])}个村(有效村数{number(none['effective_villages'], 1)})。",
        ),
        Word(error.en.format(level=level.en), error.zh.format(level=level.zh)),
    ]
    censored = r.switchers
    if len(censored) and censored["censored"].sum():
        share = number(100 * censored["censored"].sum() / censored["households"].sum(), 1)
        out.append(
            Word(
                f"{share}% of household-years after joining are left out, since a second model was taken up.",
                f"参加后户·年观测的{share}%因后来又参加其他模式而不计入。",
            )
        )
    ever, gone = int(r.left["first"].sum()), int(r.left["left"].sum())
    if ever:
        share = number(100 * gone / r.left["households"].sum(), 1)
        out.append(
            Word(
                f"{number(ever)} households left ({share}% of household-years after joining); they still count as joiners.",
                f"中途退出{number(ever)}户,退出后的户·年观测占参加后户·年观测的{share}%;仍按参加户计算。",
            )
        )
    out.append(
        Word(
            "Gains go with taking up a model; they are not shown to be caused by it.",
            "相对增收与参加相关,不等于因果。",
        )
    )
    return tuple(out)


def _why(r: ModelComparison, table: Any) -> Iterable[Word]:
    """Why an estimate or interval is missing."""
    for note in dict.fromkeys(n for n in table["note"] if n):
        mine = table[table["note"] == note]
        names = [[r.arm(a)[lang] for a in dict.fromkeys(mine["arm"])] for lang in ("en", "zh")]
        yield Word(f"{', '.join(names[0])}: {note}.", f"{'、'.join(names[1])}:{said(note, 'zh')}。")


def _plain(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_dict("records")
    return rows


def _estimate(r: ModelComparison, row: Mapping[str, Any]) -> tuple[Word, ...]:
    """Estimate, standard error, interval, degrees of freedom and p-value."""
    n, unit = places(r), UNITS[row["unit"]]
    p = row["p_value"]
    return (
        _same(number(row["estimate"], n, sign=True)),
        _same(number(row["std_error"], n)),
        _both(
            lambda lang: span(row["ci_low"], row["ci_high"], n, unit[lang] if unit.en == "%" else "", lang)
        ),
        _same("" if not np.isfinite(row["df"]) else number(row["df"], 1)),
        _same("" if p is None or p != p else chance(p)),
    )


def _counts(row: Mapping[str, Any]) -> tuple[Word, ...]:
    return tuple(
        _same(number(row.get(name), n))
        for name, n in (("households", 0), ("villages", 0), ("effective_villages", 1))
    )


def _ranks(row: Mapping[str, Any], lang: Language) -> str:
    from bangfu.formats import interval

    low, high = row.get("rank_low"), row.get("rank_high")
    if low is None or low != low:
        return ""
    return number(low) if low == high else interval(low, high, 0, lang=lang)


def _unit(unit: str) -> Word:
    return {
        "percent": UNITS["percent"],
        "yuan": Word("yuan", "元"),
        "share": Word("share", "比例"),
        "": OWN_UNIT,
    }.get(unit, Word(unit, UNITS[unit].zh.lstrip("个") if unit in UNITS else unit))


def _same(text: str) -> Word:
    return Word(text, text)


def _both(text: Any) -> Word:
    return Word(text("en"), text("zh"))
