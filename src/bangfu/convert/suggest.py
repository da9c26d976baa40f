"""A first mapping guessed from the headers of a file; what is guessed and what is not stands in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from bangfu.convert.reading import first_rows, merged_headers, open_file
from bangfu.convert.values import header

_UNIT = re.compile(r"[(\[](.*?)[)\]]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(年度?|_)?")
_PATTERNS = {
    "household_id": r"户编[号码]|户号|户码|家庭编[号码]|农户编[号码]|贫困户编[号码]|household_?id|hhid|hhcode|hh_?id|fid\d*",
    "village_id": r"行政村(编码|代码|名称)?|村(编码|代码|名称?|委会)?|所在村|village(_?id)?|cid\d*|ea",
    "township_id": r"(乡镇?|镇|街道|所在乡镇?)(编码|代码|名称?)?|township(_?id)?",
    "county_id": r"(区?县|县市?|县市区|所在县)(编码|代码|名称?)?|county(_?id)?|countyid\d*",
    "year": r"年份|年度|调查年份?|统计年份?|year",
    "members": r"家庭人口数?|人口数?|家庭成员数|家庭人数|户籍?人口数?|members|hh_?size|familysize\d*|familysize",
    "income_wage": r"(家庭)?(工资|务工)性?(净)?收入|wage(_?income)?|fwage_1",
    "income_business": r"(家庭)?(生产)?经营性?(净|纯)?收入|business(_?income)?|foperate_1",
    "income_property": r"(家庭)?财产性?(净)?收入|property(_?income)?|fproperty_1",
    "income_transfer": r"(家庭)?转移性?(净)?收入|transfer(_?income)?|ftransfer_1",
    "income_other": r"(家庭)?其他(净)?收入|felse_1",
    "income_total": r"(人均|家庭|年|全年|家庭年)*(可支配|纯|净|总)?收入(合计)?|(total_?)?income(_?total)?|fincome1|income_per_head",
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
_MODELS = {
    "courtyard": "庭院",
    "cooperative": "合作社|cooperative",
    "enterprise": "龙头企业|企业带动|公司\\+|enterprise",
}
_ASKS = re.compile(r"是否|参加|加入|带动|joined|member|yes")
_SINCE = re.compile(r"(时间|日期|年份|年月|_date|_year|since)$")
_COMPILED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}


@dataclass(slots=True)
class _Guess:
    """What one header seems to be."""

    name: str
    source: str
    years: set[int] = field(default_factory=set)
    more: str = ""
    role: str = ""
    model: str = ""
    shown: str = ""


def suggest(file: str | Path) -> str:
    """A first mapping for a file, as TOML text with comments on what was guessed.

    Only headers are looked at, never the values below them. The text loads as a mapping where household,
    village, members, a year and an income were found among the headers; else the comments name what lacks.
    """
    path = Path(file)
    at = _header_rows(path)
    headers = open_file(path).headers if at is None else merged_headers([first_rows(path)[i - 1] for i in at])
    guesses, unknown = _guesses(headers)
    years = sorted({y for g in guesses.values() for y in g.years})
    title_years = {int(m[1]) for m in _YEAR.finditer(path.stem)}
    has_year = "year" in guesses and not guesses["year"].role
    if not years and not has_year and len(title_years) == 1:
        years = sorted(title_years)
    return _toml(path, at, guesses, unknown, years, has_year)


def _header_rows(path: Path) -> tuple[int, ...] | None:
    """The row, or two rows, with the most headers that are known; ``None`` where the file names its columns."""
    if path.suffix.lower() in {".dta", ".sav"}:
        return None
    rows = first_rows(path)
    choices = [(i,) for i in range(1, len(rows) + 1)] + [(i, i + 1) for i in range(1, len(rows))]
    scores = []
    for choice in choices:
        names = merged_headers([rows[i - 1] for i in choice])
        lone = [sum(bool(header(v)) for v in rows[i - 1]) for i in choice]
        found, _ = _guesses(names)
        seen = [n for n in names if n]
        cost = 0.6 * (len(seen) - len(set(seen))) + 0.2 * (len(choice) - 1) + (5 if min(lone) < 2 else 0)
        scores.append((sum(max(1, len(g.years)) for g in found.values()) - cost, choice))
    return max(scores, key=lambda s: (s[0], -s[1][0]))[1] if scores else (1,)


def _guesses(headers: list[str]) -> tuple[dict[str, _Guess], list[str]]:
    found: dict[str, _Guess] = {}
    unknown: list[str] = []
    for name in headers:
        guess = _guess(name) if name else None
        before = found.get(guess.name) if guess else None
        if guess is None or (before is not None and (before.source != guess.source or not guess.years)):
            unknown += [name] if name else []
        elif before is None:
            found[guess.name] = guess
        else:
            before.years |= guess.years
    return found, unknown


def _guess(name: str) -> _Guess | None:
    dated = _YEAR.search(name)
    bare = _YEAR.sub("", name, count=1) if dated else name
    source = name[: dated.start(1)] + "{year}" + name[dated.end(1) :] if dated else name
    years = {int(dated[1])} if dated else set()
    unit = _UNIT.search(bare)
    bare = _UNIT.sub("", bare).strip("_:：/")
    for model, pattern in _MODELS.items():
        if re.search(pattern, bare, re.IGNORECASE) and (_ASKS.search(bare) or _SINCE.search(bare)):
            role = "since" if _SINCE.search(bare) else "yes"
            return _Guess(f"{model}_{role}", source, years, role=role, model=model, shown=name)
    for column, compiled in _COMPILED.items():
        if compiled.fullmatch(bare.removeprefix("人均") if column.startswith("income_") else bare):
            return _Guess(column, source, years, _more(column, bare, unit[1] if unit else ""), shown=name)
    return None


def _more(column: str, bare: str, unit: str) -> str:
    more = ""
    if column.startswith("income_") or column == "consumption":
        for word in ("万元", "千元"):
            more += f', unit = "{word}"' if word in unit else ""
        per = [
            p for p, w in (("head", "人均"), ("month", "月")) if w in bare or (p == "month" and "月" in unit)
        ]
        more += f", per = {json.dumps(per)}" if per else ""
        if "per_head" in bare and not per:
            more += ', per = ["head"]'
    if column == "head_female":
        more = ', recode = { "男" = 0, "女" = 1 }'
    if column == "land_mu" and "公顷" in unit:
        more = ', unit = "公顷"'
    return more


def _toml(
    path: Path,
    at: tuple[int, ...] | None,
    found: dict[str, _Guess],
    unknown: list[str],
    years: list[int],
    has_year: bool,
) -> str:
    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    need = [n for n in ("household_id", "village_id", "members") if n not in found]
    need += [] if years or has_year else ["year"]
    need += [] if any(n.startswith("income_") for n in found) else ["income_total"]
    lines = [
        "# A first mapping, guessed from the headers alone; check every line. 仅根据表头猜测,请逐行核对。",
        f"# Not found, needed: {', '.join(need) or 'nothing'} / 缺少的必需项:{'、'.join(need) or '无'}",
        f"# Headers not used: {', '.join(map(quoted, unknown)) or 'none'} / 未使用的表头见左",
        "", "[register]", f"id = {quoted(re.sub(r'[^0-9A-Za-z]+', '_', path.stem).strip('_') or 'register')}",
        f"title_en = {quoted(path.stem)}", f"title_zh = {quoted(path.stem)}", 'kind = "administrative"  # or "survey"', "",
        "[[files]]", 'name = "main"', f"match = {quoted('*' + path.suffix.lower())}",
    ]  # fmt: skip
    if at and at != (1,):
        lines.append(f"header_row = {at[0] if len(at) == 1 else list(at)}")
    lines.append(
        f"years = {years}"
        if years
        else "# years = [2016]  # the year of the incomes, if no column has it 收入所属年份"
    )
    lines += ["", "[variables]"]
    joins: list[str] = []
    for guess in found.values():
        if guess.years and guess.years != set(years):
            guess.more += ", optional = true"
        text = f"{guess.name} = {{ from = {quoted(guess.source)}{guess.more} }}  # guessed from {quoted(guess.shown)}"
        if guess.name == "year" and years:
            text = f"# {text}: years stand in the headers"
        if guess.role == "yes" and not guess.years and not has_year and len(years) != 1:
            text = f"# {text}: a yes without a year cannot date the joining; name a date column 无年份的是否题不能确定起始年份"
        elif guess.role and not any(j.startswith(f'model = "{guess.model}"') for j in joins):
            joins.append(f'model = "{guess.model}"\n{guess.role} = "{guess.name}"')
        lines.append(text)
    for name in need:
        lines.append(f'# {name} = {{ from = "..." }}  # NOT FOUND, needed 未找到,必需')
    for joining in joins:
        lines += ["", "[[participation]]", joining]
    return "\n".join(lines) + "\n"
