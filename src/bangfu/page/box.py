"""The box 不能据此得出 / what this does not show: on the page and in every brief."""

from __future__ import annotations

from bangfu.words import Word

TITLE = Word("What this does not show", "不能据此得出")

_INVENTED = Word(
    "All incomes in the worked example are of invented households; they say nothing about Baicheng or any county.",
    "演示中的收入均由程序生成,不反映白城或任何县。",
)
_ALWAYS = (
    Word(
        '"Cannot be told which is higher" does not mean that all work, that none works, or that all are equal.',
        "“不足以判断”不等于都有效、都无效或一样好。",
    ),
    Word(
        "A gain is not a growth rate; do not compare it with an income target.",
        "“相对增收”不是收入增速,不能与增收任务对比。",
    ),
    Word(
        "Those who joined differed before; results may differ for other households.",
        "参加户本来就不同,推广到其他农户,未必有同样结果。",
    ),
    Word(
        "The share below the line is not the official decision on leaving poverty.",
        "收入低于标准的比例不等于贫困退出认定(还看“两不愁三保障”)。",
    ),
    Word("Not for ranking townships, officials or firms.", "不得用于对乡镇、干部、企业排名考核。"),
)
_RECORD = Word(
    "{problems.planned} problems were put in a plan; the report does not say how many were solved. The sums of money cannot be added.",
    "{problems.planned}个问题“纳入方案”,报道未说解决多少;各笔资金不能相加。",
)


def box(*, synthetic: bool, record: bool) -> list[Word]:
    """The lines of the box.

    Parameters
    ----------
    synthetic : bool
        Whether incomes of invented households are shown; then the first line says so.
    record : bool
        Whether the record of the report is shown; then the last line speaks of it, by the key ``problems.planned``.
    """
    return [*([_INVENTED] if synthetic else []), *_ALWAYS, *([_RECORD] if record else [])]
