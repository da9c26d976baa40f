"""What a mapping file may hold: its keys, types and choices, and what is said where it breaks them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from bangfu.errors import Fault
from bangfu.register.info import CONCEPTS, KINDS
from bangfu.register.tables import COLUMNS

UNITS = {
    **{"yuan": 1.0, "元": 1.0, "thousand_yuan": 1e3, "千元": 1e3, "ten_thousand_yuan": 1e4, "万元": 1e4},
    **{"百元": 1e2, "百万元": 1e6, "亿元": 1e8},
    **{"mu": 1.0, "亩": 1.0, "hectare": 15.0, "公顷": 15.0},
}
"""Unit -> factor to yuan, or to mu (1 hectare is 15 mu)."""

PERIODS = {"year": 1.0, "quarter": 4.0, "month": 12.0}
AGGREGATES = ("sum", "count", "max", "min", "first")
KNOWN = set(COLUMNS["households"]) | set(COLUMNS["incomes"])
"""Variables that become a column of the register; all others only help to make these."""

_PARTICIPATION = ("yes", "since", "until", "support_yuan", "contract")
_REGISTER = ("id", "title_en", "title_zh", "kind", "income_concept", "licence", "citation", "notes")

KEYS: dict[str, dict[str, Any]] = {
    "": dict.fromkeys(("register", "about", "codes", "options", "link", "variables"), dict)
    | dict.fromkeys(("files", "participation", "models"), list),
    "about": {"access": str}
    | dict.fromkeys(("written_against", "verified", "unverified", "cautions", "cautions_zh"), list),
    "register": dict.fromkeys(_REGISTER, str) | {"own_consumption": bool},
    "options": dict.fromkeys(("unreadable", "unreadable_joining", "duplicates", "parts"), str),
    "link": dict.fromkeys(("earlier", "split_offs"), str),
    "files": dict.fromkeys(("name", "match", "sheet", "encoding", "delimiter", "keep", "adds_to", "key"), str)
    | {
        "wave": int,
        "years": list,
        "header_row": (int, list),
        "unit_row": int,
        "fill_down": list,
        "not_totals": list,
    }
    | {"combine": dict, "variables": dict},
    "variables": {"from": (str, list), "expr": str, "value": (str, int, float, bool)}
    | {"missing": (str, list), "never": list, "recode": dict, "labels": bool, "unit": str, "per": (str, list)}
    | {"optional": bool, "width": int},
    "participation": dict.fromkeys(("model", *_PARTICIPATION), str),
    "models": dict.fromkeys(("id", "title_en", "title_zh"), str),
}
"""Table of the mapping -> its keys and their types."""

CHOICES: dict[str, tuple[str, ...]] = {
    "unreadable": ("refuse", "missing"),
    "unreadable_joining": ("refuse", "leave_out"),
    "duplicates": ("refuse", "first", "last"),
    "parts": ("keep", "total"),
    "split_offs": ("new", "drop"),
    "kind": KINDS,
    "income_concept": CONCEPTS,
}

WORDS: dict[str, tuple[str, str]] = {
    "is_table": ("must be a table of keys and values", "应为键值表"),
    "known_key": ("no such key{near}; known: {known}", "没有此键{near_zh};可用:{known}"),
    "key_present": ("this key is missing; add it", "缺少该键,请补上"),
    "value_type": ("must be of type {known}", "类型应为 {known}"),
    "known_value": ("must be one of: {known}", "应为以下之一:{known}"),
    "files_listed": ("name at least one [[files]]", "至少需要一个 [[files]]"),
    "known_file": ("must name another of the files", "应为另一个文件的 name"),
    "known_variable": (
        "no variable of this name{near}; add it under [variables]",
        "没有此变量{near_zh};请在 [variables] 中添加",
    ),
    "known_codes": ("no such list under [codes]{near}", "[codes] 中没有此列表{near_zh}"),
    "variable_present": (
        "{known} is needed: say which column it comes from (a year may also stand in `years`)",
        "需要 {known}:请指明来自哪一列(年份也可写在 years 中)",
    ),
    "income_present": ("at least one income column is needed", "至少需要一个收入列"),
    "year_range": ("years are whole numbers from 1900 to 2100", "年份应为1900至2100的整数"),
    "row_number": ("a row number from 1, or a list of them", "应为从1起的行号或行号列表"),
    "one_origin": ("needs exactly one of: {known}", "以下各项须且只能有一个:{known}"),
    "expression_allowed": ("not allowed in an expression: {known}", "表达式中不允许:{known}"),
    "model_declared": (
        "not declared under [[models]]; declared: {known}",
        "未在 [[models]] 中声明;已声明:{known}",
    ),
}
"""Rule -> what is said, in English and in Chinese."""


class Check:
    """Collects every fault of one mapping file."""

    def __init__(self, name: str) -> None:
        self.name, self.faults = name, list[Fault]()

    def say(self, key: str, rule: str, value: object = "", known: object = "", near: str = "") -> None:
        """Add a fault; ``known`` is what would be right, ``near`` the name to look for near it."""
        listed = [known] if isinstance(known, str) else list(known)  # type: ignore[call-overload]
        hint, hint_zh = nearest(near, listed) if near else ("", "")
        en, zh = WORDS[rule]
        fill = {"near": hint, "near_zh": hint_zh}
        en = en.format(known=", ".join(map(str, listed)), **fill)
        zh = zh.format(known="、".join(map(str, listed)), **fill)
        self.faults.append(Fault(self.name, rule, en, zh, column=key.lstrip("."), value=str(value)[:80]))

    def table(self, given: Any, schema: str, key: str, need: Iterable[str] = ()) -> dict[str, Any]:
        """The known keys of the right type; faults for all others."""
        if not isinstance(given, dict):
            self.say(key, "is_table", given)
            return {}
        good = {}
        for name, value in given.items():
            kinds, where = KEYS[schema].get(name), f"{key}.{name}"
            if kinds is None:
                self.say(where, "known_key", known=KEYS[schema], near=name)
            elif not isinstance(value, kinds) or (isinstance(value, bool) and kinds is int):
                names = kinds if isinstance(kinds, tuple) else (kinds,)
                self.say(where, "value_type", value, " / ".join(k.__name__ for k in names))
            elif name in CHOICES and value not in CHOICES[name]:
                self.say(where, "known_value", value, CHOICES[name])
            else:
                good[name] = value
        for name in need:
            if name not in given:
                self.say(f"{key}.{name}", "key_present")
        return good


def nearest(name: str, known: Iterable[str]) -> tuple[str, str]:
    """A hint with the names that look alike, in English and Chinese; empty where none does."""
    names = list(dict.fromkeys(known))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    near += [k for k in names if k.lower() == name.lower() or (len(name) > 2 and name in k)]
    near = list(dict.fromkeys(near))[:3]
    return (f"; near: {', '.join(near)}", f";相近的有:{'、'.join(near)}") if near else ("", "")
