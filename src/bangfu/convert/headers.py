"""What one header of a sheet or survey file seems to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_UNIT = re.compile(r"[(\[【](.*?)[)\]】]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(年度?|_)?")
_PERSONAL = re.compile(r"身份证|证件号|电话|手机|银行|账号|姓名|id_?card|phone|(^|_)name$", re.IGNORECASE)
_PATTERNS = {
    "household_id": r"(贫困|农|家庭|住)?户编[号码]|户号|户码|户(主)?序号|家庭编[号码]|户id|household(_?id)?|hhid|hhcode|hh_?id|fid\d*",
    "village_id": r"行政村(编码|代码|名称?)?|村(编码|代码|名称?|委会|庄|屯)?|所[在属]村|village(_?(id|code|name))?|cid\d*|ea|commid|community",
    "township_id": r"(所[在属])?(乡镇?|镇|街道|乡镇街道)(编码|代码|名称?)?|township(_?id)?",
    "county_id": r"(所[在属])?(区?县|县市?|县区|县市区)(编码|代码|名称?)?|county(_?id)?|countyid\d*",
    "year": r"年份|年度|(调查|统计|收入)年[份度]?|year",
    "members": r"(家庭|户籍|常住|家庭常住|家庭户籍)?人口数?|家庭(成员|人)数|(家庭)?成员数|人数|members|hh_?size|household_?size|familysize\d*",
    "income_wage": r"(家庭)?(工资|务工)性?(净)?收入|wage(_?income)?|income_?wage|fwage_1",
    "income_business": r"(家庭)?(生产)?经营性?(净|纯)?收入|business(_?income)?|income_?business|foperate_1",
    "income_property": r"(家庭)?(财产|资产)性?(净)?收入|property(_?income)?|income_?property|fproperty_1",
    "income_transfer": r"(家庭)?转移性?(净)?收入|transfer(_?income)?|income_?transfer|ftransfer_1",
    "income_other": r"(家庭)?其[他它](净)?收入|other_?income|felse_1",
    "income_total": r"(人均|家庭|全?年|家庭年|农民|户均)*(可支配|纯|净|总)?收入(合计|总额)?|(total_?|net_?)?income(_?total|_per_head|_per_capita)?|fincome1",
    "consumption": r"(人均|家庭|年)*(生活)?消费(性)?支出|consumption|pce|total_consump",
    "head_birth_year": r"户主出生(年份?|年月|日期)|出生(年份?|年月|日期)",
    "head_female": r"(户主)?性别",
    "head_schooling": r"(户主)?受教育年限",
    "labour": r"(家庭)?劳动力(人?数|数量|人口)?",
    "land_mu": r"(家庭)?(耕地|承包地|土地)面积",
    "registered_from": r"(建档立卡|识别|认定)(年份?|时间|日期)",
    "ill_or_disabled": r"患?病(或)?残疾?人数|患病人数|残疾人数",
    "weight": r"权重|weight",
}  # fmt: skip
_COMPILED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}
MODELS = {"courtyard": "庭院", "cooperative": "合作社", "enterprise": "企业"}
"""Model -> the word that a Chinese header or cell names it by."""
_ENGLISH = {"courtyard": "courtyard", "cooperative": "coop", "enterprise": "enterprise"}
_ASKS = re.compile(r"是否|参[加与]|加入|带动|发展|有无|joined|member|^in_|yes", re.IGNORECASE)
_SINCE = re.compile(r"(时间|日期|年份|年月|_?date|_?year|since)$", re.IGNORECASE)
_KIND = re.compile(r"(帮扶|参加|参与|带动|产业|扶贫)(模式|类型|方式|项目)|models?", re.IGNORECASE)

_WHEN = re.compile(r"(参[加与]|加入|帮扶|起始|开始|带动)(时间|日期|年份|年月|年)")


@dataclass(slots=True)
class Guess:
    """What one header, or the headers of several years, seem to be.

    Attributes
    ----------
    name : str
        Variable of the mapping.
    source : str
        Header, the year replaced by ``{year}``.
    years : set of int
        Years that stand in the headers.
    options : list of str
        TOML keys and values beside ``from``.
    role : {"", "yes", "since", "kind", "when"}
        Of participation; "kind" is a text that names models, "when" a date of joining that names none.
    """

    name: str
    source: str
    shown: str
    years: set[int] = field(default_factory=set)
    options: list[str] = field(default_factory=list)
    role: str = ""
    model: str = ""
    remark: str = ""


def guess(name: str) -> Guess | None:
    """What this header seems to be; ``None`` where it is not known, or names a person."""
    dated = _YEAR.search(name)
    bare = _YEAR.sub("", name, count=1) if dated else name
    source = name[: dated.start(1)] + "{year}" + name[dated.end(1) :] if dated else name
    years = {int(dated[1])} if dated else set()
    unit = _UNIT.search(bare)
    bare = _UNIT.sub("", bare).strip("_:/-的")
    if _PERSONAL.search(bare):
        return None
    for model, word in MODELS.items():
        named = word in bare or _ENGLISH[model] in bare.lower()
        if named and (_ASKS.search(bare) or _SINCE.search(bare)):
            role = "since" if _SINCE.search(bare) else "yes"
            return Guess(f"{model}_{role}", source, name, years, role=role, model=model)
    if _KIND.fullmatch(bare):
        return Guess("kind", source, name, years, role="kind")
    if _WHEN.fullmatch(bare):
        return Guess("joined", source, name, years, role="when")
    for column, compiled in _COMPILED.items():
        if compiled.fullmatch(bare):
            options, remark = _options(column, bare, unit[1] if unit else "")
            return Guess(column, source, name, years, options, remark=remark)
    short = bare.removeprefix("人均")
    for column in [c for c in _COMPILED if c.startswith("income_")]:
        if short != bare and _COMPILED[column].fullmatch(short):
            return Guess(column, source, name, years, _options(column, bare, unit[1] if unit else "")[0])
    return None


def _options(column: str, bare: str, unit: str) -> tuple[list[str], str]:
    out, remark = [], ""
    if column.startswith("income_") or column == "consumption":
        out += [f'unit = "{word}"' for word in ("万元", "千元") if word in unit]
        head = "人均" in bare or "per_head" in bare or "per_capita" in bare
        per = ['"head"'] * head + ['"month"'] * ("月" in unit or "月" in bare)
        out += [f"per = [{', '.join(per)}]"] if per else []
        if "总收入" in bare:
            remark = "; gross or net? 总收入是否已扣除成本?"
    if column == "head_female":
        out.append('recode = { "男" = 0, "女" = 1 }')
    if column == "land_mu" and "公顷" in unit:
        out.append('unit = "公顷"')
    return out, remark
