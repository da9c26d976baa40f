"""Why an estimate or its interval is missing: one wording each, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bangfu.errors import Language, option, spoken
from bangfu.words import Word

_WORDS: dict[str, Word] = {
    "no_base": Word(
        "not estimable, because no year before joining is in the register",
        "无法估计:台账中没有参加之前的年份",
    ),
    "no_joiners": Word(
        "not estimable, because no household of the group is seen both at the base and in the year",
        "无法估计:该参加组合没有农户在基年和当年都有记录",
    ),
    "no_joiners_cell": Word(
        "not estimable, because among some kind of similar households nobody of the group is seen at the base",
        "无法估计:某类条件相同的农户中,该参加组合没有基年记录",
    ),
    "no_comparison": Word(
        "not estimable, because no comparison household is seen both at the base and in the year",
        "无法估计:没有基年和当年都有记录的对照户",
    ),
    "no_comparison_cell": Word(
        "not estimable, because some kind of similar households in the group has no comparison households",
        "无法估计:该参加组合中某类条件相同的农户没有对照户",
    ),
    "not_positive": Word(
        "not estimable in percent, because a mean is not positive; use the scale level",
        "无法以百分比估计:有均值不为正;请用 level(差额)",
    ),
    "one_village": Word(
        "no interval: fewer than two villages in the group and starting year",
        "没有区间:该参加组合、该起始年份的参加户不足两个村",
    ),
    "one_comparison_village": Word(
        "no interval: fewer than two villages with comparison households",
        "没有区间:有对照户的村不足两个",
    ),
    "refused_never": Word(
        "not estimable, because nobody is left to compare with: everybody joined, or every village was offered at once; "
        "households that did not join would be needed, or {not_yet}",
        "无法估计:没有对照户,全部农户都参加了,或各村同时开展;需要未参加的农户,或改用 {not_yet}",
    ),
    "refused_not_yet": Word(
        "not estimable, because nobody joined later or never: everybody joined, or every village was offered, at once; "
        "households that did not join would be needed",
        "无法估计:没有更晚参加或未参加的农户,全部同时开展;需要未参加的农户",
    ),
    "refused_never_elsewhere": Word(
        "not estimable, because no village is without joiners; another control would be needed",
        "无法估计:每个村都有参加户;需要换一种对照",
    ),
    "refused_never_same_village": Word(
        "not estimable, because in the joiners' villages everybody joined; another control would be needed",
        "无法估计:参加户所在村没有未参加户;需要换一种对照",
    ),
    "no_log": Word(
        "not estimable, because the totals hold no log:<outcome>", "无法估计:汇总数据中没有 log:<指标>"
    ),
    "only_log": Word(
        "not estimable, because the totals hold only the logarithm", "无法估计:汇总数据中只有该指标的对数"
    ),
    "no_common_cohorts": Word(
        "not estimable, because the two groups share no starting year and year after joining",
        "无法估计:两种参加组合没有共同的起始年份和年份",
    ),
    "no_cells": Word(
        "not compared (name the characteristics with {by})",
        "未作比较(如需比较,用 {by} 指定变量)",
    ),
    "no_support": Word(
        "not estimable, because the two groups have too few similar households in common",
        "无法估计:两种参加组合条件相同的农户太少",
    ),
    "unseen_cell": Word("a kind of similar households is not seen there", "该处某类条件相同的农户没有记录"),
    "one_village_cell": Word(
        "no interval: fewer than two villages for a kind of similar households",
        "没有区间:某类条件相同的农户不足两个村",
    ),
    "few_counties": Word(
        "withheld: only pooled results of at least three counties go back; hand more counties' files, or look inside, {inside}",
        "不予显示:至少三个县合并的结果才可返回;请合并更多县的文件,或用 {inside} 在内部查看",
    ),
    "no_effect": Word(
        "not estimable, because no starting year of the group has an estimate after joining",
        "无法估计:该参加组合没有一个起始年份在参加之后可以估计",
    ),
}


class _Notes(Mapping[str, Word]):
    """The notes, with options written as the reader writes them."""

    def __getitem__(self, key: str) -> Word:
        options = {
            "by": option("by"), "not_yet": option("control", "not_yet"), "inside": spoken("inside=True", "--inside"),
        }  # fmt: skip
        return Word(_WORDS[key].en.format(**options), _WORDS[key].zh.format(**options))

    def __iter__(self) -> Iterator[str]:
        return iter(_WORDS)

    def __len__(self) -> int:
        return len(_WORDS)


NOTES: Mapping[str, Word] = _Notes()


def said(note: str, lang: Language = "en") -> str:
    """A note of a result table in a language; tables hold the English.

    >>> said(NOTES["one_village"].en, "zh")
    '没有区间：该参加组合、该起始年份的参加户不足两个村'
    """
    if lang == "en":
        return note
    for word in NOTES.values():
        note = note.replace(word.en, word.zh)
    return note.replace("leaves out ", "不含").replace("; ", "；")
