"""What is said of a mapping file that breaks a rule, in both languages, and where in the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from bangfu.convert.schema import (
    About,
    FileSpec,
    Link,
    Model,
    Options,
    Participation,
    Register,
    Table,
    Variable,
)
from bangfu.convert.schema import Mapping as Schema
from bangfu.errors import Fault

WORDS: dict[str, tuple[str, str]] = {
    "is_table": ("must be a table of keys and values", "应为键值表"),
    "known_key": ("no such key{near}; known: {known}", "没有此键{near_zh};可用:{known}"),
    "key_present": ("this key is missing; add it", "缺少该键,请补上"),
    "value_type": ("must be {known}", "应为{known}"),
    "known_value": ("must be one of: {known}", "应为以下之一:{known}"),
    "constant": (
        "must be a text in quotes or a number of at most 10^15 (as a constant or in recode also true or false)",
        "应为带引号的文本或不超过10^15的数字(常数和 recode 也可为 true 或 false)",
    ),
    "not_empty": ("is empty; fill it in, or take the key away", "为空;请填写,或删去该键"),
    "each_once": ("the same value appears twice; each may appear once", "有重复值;每个值只能出现一次"),
    "name_once": ("this name appears twice; give each its own", "名称重复,请各取不同名称"),
    "printable": (
        "holds a control character or a mark of direction that nobody sees; type the text again",
        "含有看不见的控制字符或方向标记;请重新输入",
    ),
    "model_id": ("an id has no + and no blank at its ends", "id 不能含加号,首尾不能有空格"),
    "delimiter": (
        'must be one character, such as "," or ";" or "\\t"; no letter, digit, quote or line end',
        '应为一个字符,如 ","、";"、"\\t";不能是字母、数字、引号或换行',
    ),
    "condition": (
        "must be a condition, such as rural == 1: a comparison, or several with and, or, not",
        "应为条件,如 rural == 1:一个比较,或用 and、or、not 连接的几个比较",
    ),
    "amount": ("{known} says yes or no and is no amount", "{known} 只回答是或否,不是金额"),
    "range": ("must be within {known}", "应在 {known} 之内"),
    "one_period": ("takes one of year, quarter, month", "year、quarter、month 只能取一个"),
    "option_fits": ("{known} does nothing here; take it away", "{known} 在此不起作用,请删去"),
    "mark_there": ("needs one of: {known}", "需要含有:{known}"),
    "mark_filled": (
        "{known} stands in a name, but the file has no `{near}` to fill it with; add that key",
        "名称中有 {known},但该文件没有 {near} 可供填入,请补上",
    ),
    "files_differ": (
        "two of the files have the same `match` and `sheet`; no file could tell which is meant",
        "两个文件的 match 和 sheet 相同,无法区分",
    ),
    "known_file": ("must name another of the files, one that adds to none", "应为另一个主文件的 name"),
    "known_variable": (
        "no variable of this name{near}; add it under [variables]",
        "没有此变量{near_zh};请在 [variables] 中添加",
    ),
    "variable_used": (
        "nothing uses this variable and the register has no such column{near}; correct the name, or take it away",
        "该变量未被使用,台账也没有此列{near_zh};请改正名称,或删去",
    ),
    "known_codes": ("no such list under [codes]{near}", "[codes] 中没有此列表{near_zh}"),
    "variable_present": (
        "{known} is needed: say which column it comes from (a year may also stand in `years`)",
        "需要 {known}:请指明来自哪一列(年份也可写在 years 中)",
    ),
    "income_present": ("at least one income column is needed", "至少需要一个收入列"),
    "year_range": ("years are whole numbers from 1900 to 2100", "年份应为1900至2100的整数"),
    "row_number": (
        "rows of the header are numbers from 1 to 1000, from the top down, each once",
        "表头行应为1至1000的行号,自上而下,各一次",
    ),
    "one_origin": ("needs exactly one of: {known}", "以下各项须且只能有一个:{known}"),
    "expression_allowed": ("not allowed in an expression: {known}", "表达式中不允许:{known}"),
    "model_declared": (
        "not declared under [[models]]; declared: {known}",
        "未在 [[models]] 中声明;已声明:{known}",
    ),
    "model_once": (
        "this model has a [[participation]] already; put its columns together in one variable",
        "该模式已有一个 [[participation]];请把各列合成一个变量",
    ),
}  # fmt: skip
"""Rule -> what is said, in English and in Chinese."""

_TYPES = {
    "string_type": ("a text in quotes", "带引号的文本"),
    "int_type": ("a whole number", "整数"),
    "bool_type": ("true or false", " true 或 false"),
    "tuple_type": ("a list, or one value where the key takes it", "列表(或该键所取的单个值)"),
}
_RULES = {"missing": "key_present", "extra_forbidden": "known_key", "path_type": "known_key"}
_RULES |= dict.fromkeys(("is_instance_of",), "known_key") | dict.fromkeys(
    ("model_type", "dict_type"), "is_table"
)
_PARTS: dict[str, type[Table]] = {
    "variables": Variable,
    "files": FileSpec,
    "register": Register,
    "about": About,
}
_PARTS |= {"options": Options, "link": Link, "models": Model, "participation": Participation}


class Check:
    """Collects every fault of one mapping file, each once."""

    def __init__(self, name: str) -> None:
        self.name, self.found = name, dict[tuple[str, str], Fault]()

    def say(
        self,
        key: str,
        rule: str,
        value: object = "",
        known: Iterable[str] | str = (),
        near: str = "",
        zh: str = "",
    ) -> None:
        """Add a fault; ``known`` is what would be right (``zh``: in Chinese), ``near`` the name to look for near it."""
        listed = [known] if isinstance(known, str) else [shown(k) for k in known]
        hint, hint_zh = nearest(near, listed) if near and rule != "mark_filled" else (near, near)
        words = WORDS[rule]
        en = words[0].format(known=", ".join(listed), near=hint)
        said = words[1].format(known=zh or "、".join(listed), near=hint_zh, near_zh=hint_zh)
        text = shown(value) if isinstance(value, str | int | float) else ""
        self.found.setdefault((rule, key), Fault(self.name, rule, en, said, column=key, value=text))

    def pydantic(self, error: ErrorDetails, content: Mapping[str, Any]) -> None:
        """Add what the schema found."""
        loc, kind, more = error["loc"], error["type"], error.get("ctx", {})
        key = where(loc, content)
        if kind in _TYPES:
            self.say(key, "value_type", error["input"], _TYPES[kind][0], zh=_TYPES[kind][1])
        elif (rule := _RULES.get(kind, kind)) == "known_key":
            self.say(key, rule, known=_keys(loc), near=str(loc[-1]))
        else:
            near = more.get("near", "")
            value = "" if rule in ("key_present", "one_origin") else error["input"]
            self.say(key, rule, value, more.get("known", more.get("en", "")), near, more.get("zh", ""))


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    """The keys of the table that a key stands in."""
    table = next((part for name, part in _PARTS.items() if name in loc[:-1]), Schema)
    given_otherwise = {"name"} if table is Variable else {"path"}
    return [f.alias or n for n, f in table.model_fields.items() if n not in given_otherwise]


def where(loc: tuple[int | str, ...], content: Mapping[str, Any]) -> str:
    """The path of a key: files by their names, shared variables where they stand."""
    parts = [shown(p) if isinstance(p, str) else f"[{p + 1}]" for p in loc]
    if loc[0] == "files" and len(loc) > 1 and isinstance(loc[1], int):
        given = content["files"][loc[1]]
        name = given.get("name", loc[1] + 1) if isinstance(given, dict) else loc[1] + 1
        parts[1] = shown(str(name))
        if len(loc) > 3 and loc[2] == "variables" and loc[3] not in given.get("variables", ()):
            parts = parts[2:]
    elif len(parts) > 1 and loc[0] in ("models", "participation"):
        parts[:2] = [parts[0] + parts[1]]
    return ".".join(p for p in parts if not p.startswith("["))


def shown(text: object) -> str:
    """A text of the file as a message may show it: short, and nothing invisible."""
    cut = str(text)[:80]
    return cut if cut.isprintable() else ascii(cut)[1:-1]


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint with the names that look alike, in English and Chinese; empty where none does."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name[:80], names, n=3, cutoff=0.6)
    near += [k for k in names if k.lower() == name.lower() or (len(name) > 2 and name in k)]
    near = list(dict.fromkeys(near))[:3]
    return (f"; near: {', '.join(near)}", f";相近的有:{'、'.join(near)}") if near else ("", "")
