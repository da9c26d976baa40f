"""Why an estimate or its interval is missing: one wording each, in both languages."""

from __future__ import annotations

from bangfu.errors import Language
from bangfu.words import Word

NOTES: dict[str, Word] = {
    "no_base": Word(
        "not estimable, because no year before joining is in the register",
        "无法估计:台账中没有参加之前的年份",
    ),
    "no_joiners": Word(
        "not estimable, because no household of the arm is seen both at the base and in the year",
        "无法估计:该类参加户没有基年和当年都有记录的",
    ),
    "no_joiners_cell": Word(
        "not estimable, because in a covariate cell nobody of the arm is seen at the base",
        "无法估计:某一分组中该类参加户没有基年记录",
    ),
    "no_comparison": Word(
        "not estimable, because no comparison household is seen both at the base and in the year",
        "无法估计:没有基年和当年都有记录的对照户",
    ),
    "no_comparison_cell": Word(
        "not estimable, because a covariate cell of the arm has no comparison households",
        "无法估计:该类参加户所在的某一分组没有对照户",
    ),
    "not_positive": Word(
        "not estimable in percent, because a mean is not positive; use yuan",
        "无法以百分比估计:有均值不为正;请用元",
    ),
    "one_village": Word(
        "no interval: fewer than two villages in the arm and cohort",
        "没有区间:该类型、该起始年份的参加户不足两个村",
    ),
    "one_comparison_village": Word(
        "no interval: fewer than two villages with comparison households",
        "没有区间:有对照户的村不足两个",
    ),
    "no_effect": Word(
        "not estimable, because no cohort of the arm has an estimate after joining",
        "无法估计:该类参加户没有一个起始年份在参加之后可以估计",
    ),
}

LEFT_OUT = Word("leaves out {what}: {why}", "不含{what}:{why}")


def said(note: str, lang: Language = "en") -> str:
    """A note of a result table in a language; tables hold the English.

    >>> said(NOTES["one_village"].en, "zh")
    '没有区间：该类型、该起始年份的参加户不足两个村'
    """
    if lang == "en":
        return note
    for word in NOTES.values():
        note = note.replace(word.en, word.zh)
    return note.replace("leaves out ", "不含").replace("; ", "；")
