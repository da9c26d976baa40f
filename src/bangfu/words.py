"""The words of the field, one meaning each, in both languages.

Everything that prints takes its words from here, so that figures, page, brief and terminal say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bangfu.characters import typeset, visible
from bangfu.errors import Language


@dataclass(frozen=True, slots=True)
class Word:
    """A text in both languages.

    Attributes
    ----------
    en, zh : str
        As printed; the Chinese takes full-width punctuation (:func:`bangfu.characters.typeset`).
    """

    en: str
    zh: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "en", visible(self.en))
        object.__setattr__(self, "zh", typeset(visible(self.zh)))

    def __getitem__(self, lang: Language) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Model:
    """An income model that a register declares.

    Attributes
    ----------
    id : str
        Identifier in the data.
    name : Word
        Short name, used in figures.
    full : Word
        Full name, used once per page.
    """

    id: str
    name: Word
    full: Word


MODELS: tuple[Model, ...] = (
    Model("courtyard", Word("courtyard economy", "庭院经济"), Word("courtyard economy", "庭院经济")),
    Model(
        "cooperative", Word("cooperative", "合作社"), Word("cooperative + poor household", "合作社+贫困户")
    ),
    Model(
        "enterprise",
        Word("leading enterprise", "龙头企业"),
        Word("leading enterprise + poor household", "龙头企业+贫困户"),
    ),
)
"""The default models. The source calls only the last two 模式; that courtyard is the third is ours."""

COMPONENTS: dict[str, Word] = {
    "courtyard": Word("courtyard economy", "庭院经济"),
    "cooperative": Word("cooperative + poor household", "合作社+贫困户"),
    "enterprise": Word("leading enterprise + poor household", "龙头企业+贫困户"),
    "education": Word("education", "教育"),
    "medical": Word("medical support", "医疗"),
    "habitat": Word("living conditions", "人居环境"),
}

SOURCES: dict[str, Word] = {
    "wage": Word("wages", "工资性收入"),
    "business": Word("net business income", "经营净收入"),
    "property": Word("net property income", "财产净收入"),
    "transfer": Word("net transfers", "转移净收入"),
}

BADGES: dict[str, Word] = {
    "real": Word("REAL RECORD", "报道记载"),
    "published": Word("PUBLISHED", "已公开发表"),
    "synthetic": Word("SYNTHETIC", "模拟数据·非真实农户"),
}

TERMS: dict[str, Word] = {
    "campaign": Word("campaign", "活动"),
    "component": Word("component", "举措"),
    "model": Word("model", "模式"),
    "arm": Word("models taken up", "参加组合"),
    "cohort": Word("joined in {year}", "{year}年起参加"),
    "register": Word("register", "农户台账"),
    "cells": Word("grouped totals", "分村汇总数据"),
    "gain": Word("gain", "相对增收"),
    "gain_long": Word(
        "real disposable income per head beyond what comparison households gained",
        "比对照户多增的人均可支配收入(扣除价格因素)",
    ),
    "participation": Word("taken up", "已参加"),
    "offered": Word("offered in the village", "所在村已开展该项目"),
    "comparison": Word("comparison households", "对照户(未参加户)"),
    "event_time": Word("years since joining", "距参加的年数(当年为0)"),
    "correlated": Word("goes with (correlated)", "相关(不等于因果)"),
    "interval": Word("95% interval", "95%置信区间"),
    "interval_plain": Word("95% range", "95%范围"),
    "not_distinguishable": Word("cannot be told apart", "现有数据不足以判断哪种更高"),
    "ranks": Word("possible ranks", "可能名次"),
    "how_sure": Word("how sure", "可信程度"),
    "not_graded": Word("not graded: synthetic data", "模拟数据,不评级"),
    "synthetic": Word("synthetic (no real households)", "模拟数据(非真实农户)"),
    "planted_truth": Word("true value", "设定的真实值"),
    "selection": Word("joiners differed already (selection)", "参加户本来就不同(选择偏误)"),
    "return_to_mean": Word("return to the mean", "均值回归"),
    "attrition": Word("attrition", "样本流失"),
    "spillover": Word("spillover", "溢出"),
    "parallel_trends": Word("parallel trends", "平行趋势"),
    "matching": Word("matching", "倾向得分匹配"),
    "did": Word("staggered difference-in-differences", "交叠(多时点)双重差分"),
    "headcount": Word("share below the line", "收入低于标准的比例"),
    "withheld": Word("withheld: too few households, to protect them", "农户过少,为保护隐私不予显示"),
    "households": Word("households", "户"),
    "villages": Word("villages", "村"),
}

OUTCOMES: dict[str, Word] = {
    "income": Word("disposable income per head", "人均可支配收入"),
    "income_without_transfers": Word("income per head without transfers", "人均收入(不含转移净收入)"),
    "consumption": Word("consumption per head", "人均消费支出"),
    **{k: Word(f"{v.en} per head", f"人均{v.zh}") for k, v in SOURCES.items()},
}
HEADCOUNTS = {
    "headcount": TERMS["headcount"],
    "gap": Word("poverty gap", "贫困缺口率"),
    "severity": Word("squared poverty gap", "贫困缺口平方"),
    "watts": Word("Watts index", "瓦茨指数"),
}

NAMES: dict[str, Word] = {m.id: m.name for m in MODELS}
"""Short names of the default models."""


def outcome_word(name: str) -> Word:
    """What an outcome is called in print; its own name where it has none."""
    if name in HEADCOUNTS:
        return HEADCOUNTS[name]
    nominal = name.endswith("_nominal")
    known = OUTCOMES.get(name.removesuffix("_nominal").removesuffix("_per_head"))
    if known is None or not name.removesuffix("_nominal").endswith("_per_head"):
        return Word(name, name)
    return Word(
        f"{known.en} ({'current' if nominal else 'constant'} prices)",
        f"{known.zh}({'当年价' if nominal else '扣除价格因素'})",
    )


def own_names(names: Mapping[str, Word]) -> dict[str, Word]:
    """Those of a register's titles that are its own, and not the default models'."""
    return {model: title for model, title in names.items() if title != NAMES.get(model)}


def arm_name(models: Iterable[str], lang: Language = "en", *, names: Mapping[str, Word] | None = None) -> str:
    """How an arm prints: never with a plus sign.

    Parameters
    ----------
    models : iterable of str
        The model identifiers taken up; empty for comparison households. A joined identifier such as
        ``"courtyard+cooperative"`` may be given as ``name.split("+")``.
    lang : {"en", "zh"}
    names : mapping of str to Word, optional
        Names of models that a register declares itself.

    >>> arm_name(["courtyard"], "zh"), arm_name(["courtyard", "cooperative"], "zh"), arm_name([], "zh")
    ('仅庭院经济', '庭院经济、合作社两项', '均未参加')
    >>> arm_name(["courtyard", "cooperative"])
    'courtyard economy and cooperative'
    """
    known = NAMES | dict(names or {})
    said = [known[m][lang] if m in known else visible(m) for m in models if m]
    if lang == "zh":
        if not said:
            return "均未参加"
        if len(said) == 1:
            return f"仅{said[0]}"
        return f"{'、'.join(said)}{'零一两三四五六七八九'[len(said)] if len(said) < 10 else len(said)}项"
    if not said:
        return "none"
    if len(said) == 1:
        return f"{said[0]} alone"
    return f"{', '.join(said[:-1])} and {said[-1]}"
