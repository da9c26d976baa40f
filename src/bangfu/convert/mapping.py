"""A mapping file: which column of a survey or office sheet becomes which column of a register."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.convert.expressions import Expression, NotAllowed, parse
from bangfu.convert.values import header
from bangfu.errors import DataFault, Fault, WrongUse
from bangfu.register.info import CONCEPTS, KINDS
from bangfu.register.tables import COLUMNS

UNITS = {
    **{"yuan": 1.0, "元": 1.0, "thousand_yuan": 1e3, "千元": 1e3, "ten_thousand_yuan": 1e4, "万元": 1e4},
    **{"mu": 1.0, "亩": 1.0, "hectare": 15.0, "公顷": 15.0},
}
"""Unit -> factor to yuan, or to mu (1 hectare is 15 mu)."""
PERIODS = {"year": 1.0, "quarter": 4.0, "month": 12.0}
AGGREGATES = ("sum", "count", "max", "min", "first")
KNOWN = {c for table in COLUMNS.values() for c in table} - {
    "model",
    "from_year",
    "to_year",
    "support_yuan",
    "contract",
}

_REGISTER = {"id": str, "title_en": str, "title_zh": str, "kind": str, "income_concept": str, "own_consumption": bool, "licence": str, "citation": str, "notes": str}  # fmt: skip
_TOP = {"register": dict, "about": dict, "codes": dict, "options": dict, "link": dict, "variables": dict, "files": list, "participation": list, "models": list}  # fmt: skip
_FILE = {"name": str, "match": str, "wave": int, "years": list, "sheet": str, "header_row": (int, list), "encoding": str, "delimiter": str, "fill_down": list, "keep": str, "adds_to": str, "key": str, "combine": dict, "variables": dict}  # fmt: skip
_VARIABLE = {"from": (str, list), "expr": str, "value": (str, int, float, bool), "missing": (str, list), "recode": dict, "labels": bool, "unit": str, "per": (str, list), "optional": bool, "width": int}  # fmt: skip
_PARTICIPATION = {"model": str, "yes": str, "since": str, "until": str, "support_yuan": str, "contract": str}
_LINK = {"earlier": str, "split_offs": str}
_OPTIONS = {"unreadable": str, "duplicates": str}
_MODEL = {"id": str, "title_en": str, "title_zh": str}
_CHOICES = {"unreadable": ("refuse", "missing"), "duplicates": ("refuse", "first", "last"), "split_offs": ("new", "drop"), "kind": KINDS, "income_concept": CONCEPTS}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variable:
    """How one column is made; see the codebook of the mappings for every key."""

    name: str
    sources: tuple[str, ...] = ()
    expression: str = ""
    value: str | int | float | bool | None = None
    missing: tuple[Any, ...] = ()
    recode: MappingType[str, Any] = field(default_factory=dict)
    labels: bool = False
    factor: float = 1.0
    per_head: bool = False
    optional: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One kind of input file."""

    name: str
    match: str
    wave: int | None
    years: tuple[int, ...]
    sheet: str
    header_rows: tuple[int, ...]
    encoding: str
    delimiter: str
    fill_down: tuple[str, ...]
    keep: str
    adds_to: str
    key: str
    combine: MappingType[str, str]
    variables: tuple[Variable, ...]

    def fill(self, text: str, year: int | None) -> str:
        """The text with ``{wave}``, ``{ww}``, ``{year}``, ``{yy}`` filled in."""
        for mark, number in (("wave", self.wave), ("year", year)):
            if number is not None:
                text = text.replace("{" + mark + "}", str(number))
                text = text.replace("{ww}" if mark == "wave" else "{yy}", f"{number % 100:02d}")
        return text

    def read(self, text: str, year: int | None) -> Expression:
        """The expression for one year."""
        return parse(self.fill(text, year))


@dataclass(frozen=True, slots=True)
class Participation:
    """How joining a model is known: by a yes/no variable, or by the variable of a date."""

    model: str
    yes: str
    since: str
    until: str
    support_yuan: str
    contract: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file, checked."""

    path: Path
    register: MappingType[str, Any]
    models: tuple[MappingType[str, str], ...]
    files: tuple[FileSpec, ...]
    participation: tuple[Participation, ...]
    earlier: str
    split_offs: str
    unreadable: str
    duplicates: str


class _Check:
    """Collects every fault of one mapping file."""

    def __init__(self, name: str) -> None:
        self.name, self.faults = name, list[Fault]()

    def say(self, key: str, rule: str, en: str, zh: str, value: object = "") -> None:
        self.faults.append(Fault(self.name, rule, en, zh, column=key, value=str(value)[:80]))

    def table(
        self, given: Any, schema: MappingType[str, Any], key: str, need: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The known keys of the right type; faults for all others."""
        if not isinstance(given, dict):
            self.say(key, "is_table", "must be a table of keys and values", "应为键值表", given)
            return {}
        good = {}
        for name, value in given.items():
            where = f"{key}.{name}".lstrip(".")
            kinds = schema.get(name)
            if kinds is None:
                near = nearest(name, schema)
                self.say(
                    where,
                    "known_key",
                    f"no such key{near[0]}; known: {', '.join(schema)}",
                    f"没有此键{near[1]};可用:{'、'.join(schema)}",
                )
            elif not isinstance(value, kinds) or (isinstance(value, bool) and kinds is int):
                kinds = kinds if isinstance(kinds, tuple) else (kinds,)
                names = " / ".join(k.__name__ for k in kinds)
                self.say(where, "value_type", f"must be of type {names}", f"类型应为 {names}", value)
            elif name in _CHOICES and value not in _CHOICES[name]:
                self.say(
                    where,
                    "known_value",
                    f"must be one of: {', '.join(_CHOICES[name])}",
                    f"应为以下之一:{'、'.join(_CHOICES[name])}",
                    value,
                )
            else:
                good[name] = value
        for name in need:
            if name not in given:
                self.say(
                    f"{key}.{name}".lstrip("."),
                    "key_present",
                    "this key is missing; add it",
                    "缺少该键,请补上",
                )
        return good


def nearest(name: str, known: Any) -> tuple[str, str]:
    """A hint with the names that look alike, in English and Chinese; empty where none does."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    near += [
        k for k in known if k not in near and (k.lower() == name.lower() or (len(name) > 2 and name in k))
    ][:3]
    return (f"; near: {', '.join(near)}", f";相近的有:{'、'.join(near)}") if near else ("", "")


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises
    ------
    WrongUse
        When the file is not there.
    DataFault
        With everything that is wrong in it.
    """
    if not path.is_file():
        raise WrongUse(f"there is no mapping file {path}", f"没有映射文件 {path}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataFault([Fault(path.name, "readable", f"not valid TOML in UTF-8: {error}", f"不是有效的 UTF-8 TOML:{error}")]) from None  # fmt: skip
    check = _Check(path.name)
    top = check.table(content, _TOP, "", ("register", "files"))
    register = check.table(
        top.get("register", {}), _REGISTER, "register", ("id", "title_en", "title_zh", "kind")
    )
    options = check.table(top.get("options", {}), _OPTIONS, "options")
    link = check.table(top.get("link", {}), _LINK, "link")
    codes = top.get("codes", {})
    shared = top.get("variables", {})
    files = tuple(_file(check, f, i, shared, codes) for i, f in enumerate(top.get("files", []), 1))
    if not files and "files" in content:
        check.say("files", "files_listed", "name at least one [[files]]", "至少需要一个 [[files]]")
    names = {v.name for f in files for v in f.variables}
    models = [
        check.table(m, _MODEL, f"models[{i}]", tuple(_MODEL)) for i, m in enumerate(top.get("models", []), 1)
    ]
    declared = {m.get("id") for m in models} or {"courtyard", "cooperative", "enterprise"}
    joins = tuple(
        _participation(check, p, i, names, declared) for i, p in enumerate(top.get("participation", []), 1)
    )
    _whole(check, files, names)
    if check.faults:
        raise DataFault(check.faults)
    return Mapping(
        path, register, tuple(models), files, joins, link.get("earlier", ""), link.get("split_offs", "new"),
        options.get("unreadable", "refuse"), options.get("duplicates", "refuse"),
    )  # fmt: skip


def _whole(check: _Check, files: tuple[FileSpec, ...], names: set[str]) -> None:
    main = [f for f in files if not f.adds_to]
    for spec in files:
        own = {v.name for v in spec.variables}
        where = f"files.{spec.name}"
        if spec.adds_to and spec.adds_to not in {f.name for f in main}:
            check.say(
                f"{where}.adds_to",
                "known_file",
                "must name another of the files",
                "应为另一个文件的 name",
                spec.adds_to,
            )
        need = {spec.key} if spec.adds_to else {"household_id"} | (set() if spec.years else {"year"})
        for name in sorted(need - own):
            check.say(
                f"{where}.variables.{name}",
                "variable_present",
                f"{name} is needed: say which column it comes from (a year may also stand in `years`)",
                f"需要 {name}:请指明来自哪一列(年份也可写在 years 中)",
            )
        for name in set(spec.combine) - own:
            check.say(
                f"{where}.combine.{name}",
                "known_variable",
                "no such variable in this file",
                "该文件没有此变量",
            )
    if main and "village_id" not in names:
        check.say(
            "variables.village_id",
            "variable_present",
            "village_id is needed: say which column it comes from",
            "需要 village_id:请指明来自哪一列",
        )
    if main and not any(n == "income_total" or n.startswith("income_") for n in names & KNOWN):
        check.say(
            "variables", "variable_present", "at least one income column is needed", "至少需要一个收入列"
        )


def _file(check: _Check, given: Any, at: int, shared: Any, codes: Any) -> FileSpec:
    name = str(given.get("name", at)) if isinstance(given, dict) else str(at)
    key = f"files.{name}"
    good = check.table(given, _FILE, key, ("name", "match"))
    years = good.get("years", [])
    for year in years:
        if not isinstance(year, int) or not 1900 <= year <= 2100:
            check.say(
                f"{key}.years",
                "year_range",
                "years are whole numbers from 1900 to 2100",
                "年份应为1900至2100的整数",
                year,
            )
    rows = good.get("header_row", 1)
    rows = rows if isinstance(rows, list) else [rows]
    if not rows or any(not isinstance(r, int) or r < 1 for r in rows):
        check.say(
            f"{key}.header_row",
            "row_number",
            "a row number from 1, or a list of them",
            "应为从1起的行号或行号列表",
            rows,
        )
        rows = [1]
    for how, kind in good.get("combine", {}).items():
        if kind not in AGGREGATES:
            check.say(
                f"{key}.combine.{how}",
                "known_value",
                f"must be one of: {', '.join(AGGREGATES)}",
                f"应为以下之一:{'、'.join(AGGREGATES)}",
                kind,
            )
    raw = ({} if "adds_to" in good else dict(shared)) | good.get("variables", {})
    spec = FileSpec(
        name, good.get("match", ""), good.get("wave"), tuple(y for y in years if isinstance(y, int)), good.get("sheet", ""), tuple(rows),
        good.get("encoding", ""), good.get("delimiter", ""), tuple(header(c) for c in good.get("fill_down", [])), good.get("keep", ""),
        good.get("adds_to", ""), good.get("key", "household_id"), good.get("combine", {}),
        tuple(_variable(check, n, v, f"{key}.variables.{n}" if n in good.get("variables", {}) else f"variables.{n}", codes) for n, v in raw.items()),
    )  # fmt: skip
    for text, where in [
        (spec.keep, f"{key}.keep"),
        *((v.expression, f"variables.{v.name}.expr") for v in spec.variables),
    ]:
        try:
            if text:
                spec.read(text, spec.years[0] if spec.years else None)
        except NotAllowed as error:
            check.say(
                where,
                "expression_allowed",
                f"not allowed in an expression: {error}",
                f"表达式中不允许:{error}",
                text,
            )
    return spec


def _variable(check: _Check, name: str, given: Any, key: str, codes: Any) -> Variable:
    good = check.table({"from": given} if isinstance(given, str) else given, _VARIABLE, key)
    if good and sum(k in good for k in ("from", "expr", "value")) != 1:
        check.say(
            key, "one_origin", "needs exactly one of: from, expr, value", "from、expr、value 须且只能有一个"
        )
    missing = good.get("missing", [])
    if isinstance(missing, str):
        if missing not in codes:
            near = nearest(missing, codes)
            check.say(
                f"{key}.missing",
                "known_codes",
                f"no such list under [codes]{near[0]}",
                f"[codes] 中没有此列表{near[1]}",
                missing,
            )
        missing = codes.get(missing, [])
    if good.get("unit", "yuan") not in UNITS:
        check.say(
            f"{key}.unit",
            "known_value",
            f"must be one of: {', '.join(UNITS)}",
            f"应为以下之一:{'、'.join(UNITS)}",
            good["unit"],
        )
    per = good.get("per", [])
    per = [per] if isinstance(per, str) else per
    for one in per:
        if one not in {*PERIODS, "head"}:
            check.say(
                f"{key}.per",
                "known_value",
                "must be one of: head, year, quarter, month",
                "应为以下之一:head、year、quarter、month",
                one,
            )
    factor = UNITS.get(good.get("unit", "yuan"), 1.0)
    for one in per:
        factor *= PERIODS.get(one, 1.0)
    sources = good.get("from", [])
    sources = [sources] if isinstance(sources, str) else sources
    return Variable(
        name, tuple(header(s) for s in sources), good.get("expr", ""), good.get("value"), tuple(missing), good.get("recode", {}),
        good.get("labels", False), factor, "head" in per, good.get("optional", False), good.get("width", 0),
    )  # fmt: skip


def _participation(check: _Check, given: Any, at: int, names: set[str], models: set[Any]) -> Participation:
    key = f"participation[{at}]"
    good = check.table(given, _PARTICIPATION, key, ("model",))
    if ("yes" in good) == ("since" in good):
        check.say(
            key,
            "one_origin",
            "needs exactly one of: yes (a yes/no variable) or since (a date variable)",
            "yes(是否变量)与 since(日期变量)须且只能有一个",
        )
    if good.get("model", "") and good["model"] not in models:
        check.say(
            f"{key}.model",
            "model_declared",
            f"not declared under [[models]]; declared: {', '.join(sorted(map(str, models)))}",
            "未在 [[models]] 中声明",
            good["model"],
        )
    for part in ("yes", "since", "until", "support_yuan", "contract"):
        if part in good and good[part] not in names:
            near = nearest(good[part], names)
            check.say(
                f"{key}.{part}",
                "known_variable",
                f"no variable of this name{near[0]}; add it under [variables]",
                f"没有此变量{near[1]};请在 [variables] 中添加",
                good[part],
            )
    return Participation(
        *(good.get(k, "") for k in ("model", "yes", "since", "until", "support_yuan", "contract"))
    )
