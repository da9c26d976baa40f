"""What the page says of itself, in both languages; numbers by their keys."""

from __future__ import annotations

from bangfu.words import TERMS, Word

QUESTION = Word("Which support model went with larger income gains?", "参加哪种帮扶模式的农户增收更多?")

LEAD_RECORD = Word(
    "The public record cannot answer this for Baicheng in 2017: the one report that we have names {actions.total} actions and claims {claims.all} results, but gives no household's income.",
    "关于白城2017年的活动,公开材料不足以回答这一问题。现有的一篇报道记载了{actions.total}项行动、{claims.all}项成效,未披露农户收入。",
)
LEAD_PUBLISHED = Word(
    "Studies of other places are listed here, {studies.total} in all; {studies.with_error} of them give a margin of error that could be read. None is about Baicheng.",
    "其他地区已有相关研究,本页收录{studies.total}项,其中{studies.with_error}项可查到抽样误差,均不涉及白城。",
)
LEAD_EXAMPLE = Word(
    "How the question can be answered once records are kept is shown last and apart, on invented households.",
    "建立记录之后怎样回答,见最后一节(用非真实农户演示)。",
)
LEAD_INVENTED = Word(
    "Everything on this page is computed from invented households; it shows how the method answers, and nothing about a real place.",
    "本页全部由模拟数据(非真实农户)算出,只演示方法怎样回答,不反映任何真实地方。",
)
LEAD_OWN = Word(
    "Computed from the register named below. Each figure says how sure its comparison can be, and what it does not show.",
    "由下列台账算出。每张图都注明可信程度和不能据此得出的结论。",
)

SECTIONS: dict[str, tuple[Word, Word]] = {
    "real": (
        Word("What the report records", "报道记载了什么"),
        Word(
            "Real: what one newspaper chose to print. It is neither a census of what was done nor evidence that anything worked.",
            "真实材料:一篇报道所写的内容。不是全面统计,也不能用来判断成效。",
        ),
    ),
    "published": (
        Word("What others published", "其他来源公布了什么"),
        Word(
            "Real: public facts of the same places, and studies of other places and programmes. Nothing here measures the campaign in Baicheng.",
            "真实材料:同一地区的公开数据,以及其他地区和项目的研究,都没有测量白城的这次活动。",
        ),
    ),
    "synthetic": (
        Word("Worked example with invented households", "演示:非真实农户"),
        Word(
            "Every household, village and income from here on is invented. The figures show how the question is answered and where the answer can mislead. Quote none of these numbers as a result.",
            "以下农户、村庄、收入均由程序生成,并非真实,只演示怎样回答问题、哪里容易误判。不要把这里的任何数字当作结果引用。",
        ),
    ),
    "own": (
        Word("This register", "本台账"),
        Word(
            "Numbers that rest on too few households are not shown, to protect them.",
            "农户过少的数字,为保护隐私不予显示。",
        ),
    ),
}
"""Badge -> heading and note, in the order of the page."""

SURE: dict[str, Word] = {
    "real": Word(
        "Every count can be traced to its words in the report. Whether they are right is not graded.",
        "每个计数都能追到报道原句;所述是否属实,不评级。",
    ),
    "published": Word(
        "As published by others, each with its source; not graded again here.",
        "照录其他来源所公布的内容,逐条注明来源;此处不再评级。",
    ),
    "synthetic": TERMS["not_graded"],
}
"""How sure, by badge; a register of one's own brings the grade of its comparison."""

UNGRADED = Word("not graded: no comparison of models could be made", "未能作出模式之间的比较,不评级")

UI: dict[str, Word] = {
    "title": Word("bangfu: support models and household incomes", "帮扶:帮扶模式与农户收入"),
    "skip": Word("Skip to the content", "跳到正文"),
    "contents": Word("On this page", "本页内容"),
    "language": Word("Language", "语言"),
    "figure": Word("Figure", "图"),
    "download": Word("Download", "下载"),
    "of": Word("of figure", "图"),
    "sure": TERMS["how_sure"],
    "not_shown": Word("What it does not show", "不能据此得出"),
    "source": Word("Source", "资料来源"),
    "made": Word("How it was made", "怎样画出来的"),
    "cell": Word("cell", "单元格"),
    "saved": Word("saved", "已保存"),
    "failed": Word(
        "this browser could not draw the picture; take the SVG", "此浏览器无法生成图片,请下载 SVG"
    ),
    "scroll": Word("Figure, scrolls sideways", "图,可左右滚动"),
    "brief": Word("Two-page brief (PDF)", "两页简报(PDF)"),
    "data": Word("Data behind this page", "本页所用数据"),
    "offline": Word(
        "This page is one file. It opens without a network and sends nothing.",
        "本页是一个文件,不联网即可打开,不发送任何信息。",
    ),
}
