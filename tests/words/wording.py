"""What no text of the project may say: cause where there is correlation, synthetic results unmarked, other words than its own.

Rules look at one sentence at a time. A word of cause is allowed where the sentence denies or asks, or speaks of planted
truth; everything else is a fault, unless the test that runs the rules lists it by name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bangfu.errors import Fault
from bangfu.notebooks.normal import load

CAUSE = {
    "en": re.compile(
        r"\b(?:raise[sd]?|cause[sd]?|leads? to|led to|boost(?:s|ed)?|thanks to|due to|results? in|resulted in|drive[sn]?"
        r"|lift(?:s|ed)?|owing to|improve[sd]? (?:the )?incomes?|increase[sd]? (?:the )?incomes?|because of the models?)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"带动|促进|提高了|导致|得益于|拉动|归功于|使(?:得)?[^,;\uff0c\uff1b。用]{0,12}(?:增收|增长|提高|受益)"
    ),
}
"""Words of cause. 三帮扶一推动 is a name and no claim."""

DENIED = {
    "en": re.compile(
        r"\b(?:not|no|nor|never|neither|cannot|without|whether|would|nobody|nothing|if)\b|n't\b|\?",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"不|未|没|无|非|是否|若|如果|[?\uff1f]"),
}
"""What makes a sentence a denial, a question or a supposition."""

PLANTED = {
    "en": re.compile(
        r"planted|true (?:value|gain)|built in|by construction|w(?:as|ere) given|invented world|meant to",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"真实值|设定[为的]|造数据时设定|意在"),
}
"""Planted truth may be told as cause, for there it is known; and so may what a campaign was meant to do."""

OTHER_WORDS = {
    "en": {
        r"treatment effects?": "gain",
        r"treat(?:ment|ed) (?:group|households?)": "joiners",
        r"control (?:group|households?)": "comparison households",
        r"beneficiar(?:y|ies)": "joiners",
        r"simulated (?:data|households?|registers?|results?)": "synthetic (no real households)",
    },
    "zh": {
        "农户合作社": "合作社",
        "处理组|实验组|干预组": "参加户",
        "控制组|对照组": "对照户",
        "处理效应|平均处理": "相对增收",
        "受益户|受益人": "参加户",
        "脱贫率": "收入低于标准的比例",
        "事件时间": "距参加的年数(当年为0)",
        r"模拟(?!数据·非真实农户|(?:数据|台账)[(\uff08]非真实|数据[,\uff0c](?:不评级|非真实)|县[(\uff08]非真实|器)": "模拟数据(非真实农户)",
    },
}
"""What is not said, and what is said in its place (design section 2)."""

FORBIDDEN = {
    "误差范围": "95%范围, 95%置信区间 or 置信区间半宽",
    "把握": "可信程度, 检验功效 or 置信水平",
    "走势": "趋势",
    "算法": "设定 or 计算方法",
    "穷户": "低收入户",
    "虚构|编造": "由程序生成, 非真实农户",
    "隐瞒|照抄|作假|造假": "what the report contains, neutrally",
    "(?<!运行)失败": "未达预期",
    "一项也没有": "报道未涉及",
    "分不出|分不分得出|定不下来|定不了先后": "不足以判断高低",
    "预设真值|(?<!设定的)(?<!真实)真值": "设定的真实值",
    "参加类型": "参加组合",
    "分组汇总": "分村汇总数据",
    "户年(?!份)|户次|村年(?!份)": "户·年观测, 村·年观测",
    "参加后第几年": "距参加的年数（当年为0）",
    "村里有此项目": "所在村已开展该项目",
    "实际收入|不变价": "扣除价格因素",
    "只参加(?:庭院|合作社|龙头)": "仅……",
    "户均扶持|扶持金额": "户均帮扶金额",
    "利益连接机制": "利益联结机制",
    r"(?<!\d)\d{4}[-–]\d{4}年": "2014—2020年",
    r"\d;\d": "；",
    "(?<!《)吉林日报(?!讯)": "《吉林日报》",
    "看不到了|看不出|再真也|藏着|站错|说不准|谈不上|答不了|查得到": "written language",
    r"(?i)\b(?:economy|cooperative|enterprise) only\b": "alone",
    r"(?i)\bholds? (?:the truth|zero)\b|\b(?:leaves?|leaving) out zero\b|\btakes? in zero\b": "includes, excludes",
    r"(?i)\bmiss(?:es)? (?:zero|the truth)\b|\bgive or take\b|\bbeyond chance\b": "includes, detected",
    r"(?i)\bstands? out\b|\bplanted truth\b|\bdoes anything\b": "detected, true value, has an effect",
    r"(?i)margins? of error (?:includes?|holds?)|(?:beyond|than|in) (?:the |its )?margins? of error": "95% range",
    r"(?i)\bmend(?:s|ed)?\b|\banew\b|\bstands (?:twice|more than once)\b": "correct, again, appears twice",
    r"(?i)\bhold it against\b|\bfare otherwise\b|\bwhat became of\b|\bhid them\b": "compare with, differ",
    r"\bno [a-z]+ '?\S+'?; there (?:is|are)\b": "unknown x 'y'; choose one of: ...",
}
"""What no text says, in either language, and what it says in its place (the glossary, one sense a word)."""

NOT_SHOWN = {"en": re.compile(r"This (?:does not show|is not)\b"), "zh": re.compile("不能|不等于")}
"""How the sentence on what a figure does not show begins: true by itself, without its heading."""

_GAIN = re.compile("(?<!相对)增收(?!更多)")
_QUOTED = re.compile("“[^”]*”|《[^》]*》")
_TWO_COLONS = re.compile("[：][^，。；：“”（）]*[：]")
_LATIN = re.compile(r"(?<![/.\w-])[a-z_]{4,}")

_JOINED = re.compile(r"\b[a-z]{4,}\+[a-z]{4,}\b")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。\uff01\uff1f])|\n+|;|\uff1b")
_CODE = re.compile(r"```.*?```|`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]+>", re.DOTALL)


def sentences(text: str) -> list[str]:
    """The sentences of a text, code and addresses apart."""
    return [s.strip() for s in _SENTENCE.split(_CODE.sub(" ", text)) if s and s.strip()]


def language(text: str) -> str:
    """``"zh"`` for a sentence that has more Chinese characters than Latin words."""
    wide = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return "zh" if wide > len(re.findall(r"[A-Za-z]{2,}", text)) else "en"


def wording(text: str, where: str) -> Iterator[Fault]:
    """Every sentence that claims cause, uses another word than the project's, or prints an arm as an identifier.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    where : str
        For the fault.
    """
    for sentence in sentences(text):
        lang = language(sentence)
        found = CAUSE[lang].search(sentence)
        if found and not DENIED[lang].search(sentence) and not PLANTED[lang].search(sentence):
            yield _fault(
                where,
                "no_cause",
                f"claims cause: {found.group()!r}",
                f"用了因果词“{found.group()}”",
                sentence,
            )
        for pattern, instead in OTHER_WORDS[lang].items():
            if other := re.search(pattern, sentence, re.IGNORECASE):
                yield _fault(where, "one_word", f"{other.group()!r}; the word is {instead}", f"“{other.group()}”应作“{instead}”", sentence)  # fmt: skip
        if joined := _JOINED.search(sentence):
            yield _fault(
                where,
                "arms_in_words",
                f"an arm printed as {joined.group()!r}",
                "参加组合应写作文字",
                sentence,
            )


def forbidden(text: str, where: str, names: tuple[str, ...] = ()) -> Iterator[Fault]:
    """Every word of :data:`FORBIDDEN`; ``names`` are passages that quote one."""
    for name in names:
        text = text.replace(name, " ")
    for pattern, instead in FORBIDDEN.items():
        if found := re.search(pattern, text):
            yield _fault(where, "forbidden", f"{found.group()!r}; say {instead}", f"“{found.group()}”应作“{instead}”", text[:120])  # fmt: skip


def form(text: str, part: str, lang: str, where: str) -> Iterator[Fault]:
    """What holds for the parts of a figure and for templates: gains said in full, one colon a clause, no identifier in Chinese.

    Parameters
    ----------
    text : str
    part : {"title", "reading", "not_shown", ...}
    lang : {"en", "zh"}
    where : str
    """
    if part == "not_shown" and not NOT_SHOWN[lang].match(text):
        yield _fault(
            where, "not_shown", "does not begin with its denial", "应以“不能”或“不等于”开头", text[:120]
        )
    if lang == "zh" and part in ("title", "reading"):
        if _GAIN.search(_QUOTED.sub(" ", text)):
            yield _fault(where, "gain", "a gain not said in full", "“增收”应作“相对增收”", text[:120])
        if found := _LATIN.search(text):
            yield _fault(where, "chinese", f"identifier {found.group()!r}", "中文中的英文标识", text[:120])
    if lang == "zh" and part != "alt" and _TWO_COLONS.search(text):
        yield _fault(where, "colons", "two colons in one clause", "一个分句两个冒号", text[:120])


def badges(texts: dict[str, Any], stem: str) -> Iterator[Fault]:
    """A synthetic figure without its badge, from its file of texts."""
    if texts["badge"] != "synthetic":
        return
    lang_opening = ("SYNTHETIC", "模拟数据·非真实农户")
    for part in ("title", "alt", "badge_text"):
        if not texts[part].startswith(lang_opening):
            yield _fault(
                stem, "badge", f"{part} does not open with the badge", f"{part} 未以标识开头", texts[part]
            )
    if not stem.endswith("_SYNTHETIC"):
        yield _fault(stem, "badge", "the file name does not say SYNTHETIC", "文件名未标明 SYNTHETIC", stem)


def notebook_texts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Where, kind (``markdown``, ``output`` or ``figure``) and text of what a committed notebook prints."""
    for number, cell in enumerate(load(path).cells):
        where = f"{path.name} cell {number}"
        if cell.cell_type == "markdown":
            yield where, "markdown", cell.source
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                yield where, "figure", str(data.get("text/plain", ""))
            elif "text/html" in data:
                yield where, "output", plain(str(data["text/html"]))
            else:
                yield where, "output", str(output.get("text", data.get("text/plain", "")))


def plain(page: str) -> str:
    """The text of an HTML page: scripts and styles apart, every element a line."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL | re.IGNORECASE)
    return html.unescape(re.sub(r"<[^>]+>", "\n", page))


_TOKEN = re.compile(r"(?<![A-Za-z0-9_./])\d[\d,]*(?:\.\d+)?(?![A-Za-z0-9_])")
_NOT_RESULTS = re.compile(
    r"\d{4}-\d{2}-\d{2}|(?<!\d)(?:19|20)\d{2}(?!\d)|95%|^#+ .*$|^\s*\d+\. |doi \S+|\d+_\w+|\b\d\d\b and \b\d\d\b",
    re.MULTILINE,
)


def typed_numbers(markdown: str) -> list[str]:
    """Numbers that prose states: years, headings, numbering, code and the level of intervals apart."""
    return [t.rstrip(",") for t in _TOKEN.findall(_NOT_RESULTS.sub(" ", _CODE.sub(" ", markdown)))]


def _fault(where: str, rule: str, en: str, zh: str, value: str) -> Fault:
    return Fault(where, rule, en, zh, value=value)
