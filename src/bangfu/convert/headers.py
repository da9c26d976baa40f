"""What one header of a sheet or survey file seems to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bangfu.convert.units import Unit, of_header, part_of_year, per_head, without
from bangfu.convert.values import header

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(年度?|_)?")
_SHORT_YEARS = (
    re.compile(r"(?<!\d)([0-4]\d)(?:年度?)"),
    re.compile(r"(?<=[a-z_一-鿿])(0[5-9]|[1-3]\d)$", re.IGNORECASE),
)
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
    "income_total": r"(人均|家庭|全?年|家庭年|农民|户均)*(可支配|纯|净|总)?收入(合计|总额)?|((hh|fam|family|household|total|net|annual)_?)*(income|inc)(_?(total|per_head|per_capita|percap|pc))?|fincome1",
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

_QUESTION = re.compile(
    r"^[a-z]{0,3}\d{0,4}[a-z]?[.、:)_\-]+|^(去年|过去一年|您家(里|庭)?|你们家)+|的?(是|有)?多少(元|人|亩)?[??]?$|[??]$",
    re.IGNORECASE,
)
_WHEN = re.compile(r"(参[加与]|加入|帮扶|起始|开始|带动)(时间|日期|年份|年月|年)")


@dataclass(slots=True)
class Guess:
    """What one header, or the headers of several years, seem to be.

    Attributes
    ----------
    name : str
        Variable of the mapping.
    sources : list of str
        Headers, the year replaced by ``{year}`` or ``{yy}``.
    columns : dict of (int or None) to str
        Year that stands in a header, or in a variable's label -> the header.
    shown : str
        The first header, with its label where that told what it is.
    options : list of str
        TOML keys and values beside ``from``.
    role : {"", "yes", "since", "kind", "when"}
        Of participation; "kind" is a text that names models, "when" a date of joining that names none.
    """

    name: str
    sources: list[str]
    columns: dict[int | None, str]
    shown: str
    options: list[str] = field(default_factory=list)
    role: str = ""
    model: str = ""
    remark: str = ""

    @property
    def source(self) -> str:
        """The first header."""
        return self.sources[0]

    @property
    def years(self) -> set[int]:
        """Years that stand in the headers."""
        return {y for y in self.columns if y is not None}

    def take(self, other: Guess) -> bool:
        """Take the same variable of another year in; false where it is something else."""
        if not other.years or not self.years or self.years & other.years:
            return False
        if (self.name, self.options, self.role) != (other.name, other.options, other.role):
            return False
        self.columns |= other.columns
        self.sources += [s for s in other.sources if s not in self.sources]
        return True


def guess(name: str, label: str = "", short: bool = False) -> Guess | None:
    """What this header seems to be; ``None`` where it is not known, names a person, or its label says something else.

    Parameters
    ----------
    label : str
        What the file itself says of the column.
    short : bool
        Two digits at the end are a year even where the name is known with digits (familysize14 beside familysize16).
    """
    by_name = _guess(name, short)
    if by_name and part_of_year(label) and by_name.name.startswith(("income_", "consum")):
        return None
    by_label = _guess(_QUESTION.sub("", header(label)), False) if label else None
    if by_label is None:
        return by_name
    if by_name is not None:
        same = (by_name.name, by_name.role) == (by_label.name, by_label.role)
        if same and by_name.options != by_label.options:
            by_name.options = list(dict.fromkeys(by_name.options + by_label.options))
        return by_name if same else None
    by_label.columns = dict.fromkeys(by_label.columns, name)
    by_label.sources, by_label.shown = [name], f"{name} ({label})"
    return by_label


def _guess(name: str, short: bool) -> Guess | None:
    dated = (
        _YEAR.search(name)
        or _SHORT_YEARS[0].search(name)
        or (_SHORT_YEARS[1].search(name) if short else None)
    )
    found = _named(name, dated)
    late = _SHORT_YEARS[1].search(without(name)) if found is None and dated is None else None
    if late is None:
        return found
    again = _named(name, late)
    if again:
        again.remark += "; two digits taken for a year 末两位数字视为年份"
    return again


def _named(name: str, dated: re.Match[str] | None) -> Guess | None:
    year = int(dated[1]) if dated else None
    mark = "{year}" if year is not None and year > 99 else "{yy}"
    bare = name[: dated.start()] + name[dated.end() :] if dated else name
    source = name[: dated.start(1)] + mark + name[dated.end(1) :] if dated else name
    columns: dict[int | None, str] = {year + 2000 if year is not None and year < 100 else year: name}
    unit = of_header(bare)
    inside = "".join(re.findall(r"[(\[【](.*?)[)\]】]", bare))
    bare = without(bare)
    if _PERSONAL.search(bare):
        return None
    for model, word in MODELS.items():
        named = word in bare or _ENGLISH[model] in bare.lower()
        if named and (_ASKS.search(bare) or _SINCE.search(bare)):
            role = "since" if _SINCE.search(bare) else "yes"
            return Guess(f"{model}_{role}", [source], columns, name, role=role, model=model)
    if _KIND.fullmatch(bare):
        return Guess("kind", [source], columns, name, role="kind")
    if _WHEN.fullmatch(bare):
        return Guess("joined", [source], columns, name, role="when")
    for column, compiled in _COMPILED.items():
        short = bare.removeprefix("人均") if column.startswith("income_") else bare
        if compiled.fullmatch(bare) or compiled.fullmatch(short):
            if part_of_year(name) and (column.startswith("income_") or column == "consumption"):
                return None
            options, remark = _options(column, bare + inside, unit)
            return Guess(column, [source], columns, name, options, remark=remark)
    return None


def _options(column: str, text: str, unit: Unit | None) -> tuple[list[str], str]:
    out, remark = [], ""
    if column.startswith("income_") or column == "consumption":
        per = unit.per if unit else frozenset[str]()
        head = "head" in per or per_head(text)
        spans = [p for p, word in (("month", "月"), ("quarter", "季")) if p in per or word in text]
        chosen = ['"head"'] * head + [f'"{p}"' for p in spans]
        out += [f"per = [{', '.join(chosen)}]"] if chosen else []
        if "总收入" in text:
            remark = "; gross or net? 总收入是否已扣除成本?"
    if column == "head_female":
        out.append('recode = { "男" = 0, "女" = 1 }')
    return out, remark


def names_kinds(name: str) -> bool:
    """Whether a header is of a column that names models."""
    return bool(_KIND.search(name))
