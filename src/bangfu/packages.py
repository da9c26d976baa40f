"""Read a folder of CSV tables against its Frictionless description, and name every fault.

The description (``datapackage.json``) is the only schema: types, constraints, keys and references are read from it.
"""

from __future__ import annotations

import csv
import difflib
import json
import re
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd

from bangfu.errors import Fault, WrongUse, plain

Resource = Mapping[str, Any]

_MOST_EXAMPLES = 5
_BOOLEANS = {"true": True, "false": False}
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _integer(text: str) -> int:
    return int(_of_form(_WHOLE, text))


def _number(text: str) -> float:
    value = float(_of_form(_DECIMAL, text))
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _date(text: str) -> date:
    return date.fromisoformat(_of_form(_DAY, text))


def _of_form(form: re.Pattern[str], text: str) -> str:
    """The text, if it is of the form: Python's own reading also takes ``95_0000``, full-width digits and ISO weeks."""
    if not form.fullmatch(text):
        raise ValueError(text)
    return text


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


_TYPES: dict[str, tuple[Callable[[str], Any], str, str, str]] = {
    "integer": (_integer, "Int64", "a whole number", "整数"),
    "number": (_number, "Float64", "a number in plain digits, like 950000", "数字,如950000"),
    "date": (_date, "object", "a date like 2017-04-24", "日期,如2017-04-24"),
    "boolean": (_boolean, "boolean", "true or false", "true 或 false"),
    "string": (plain, "str", "text", "文字"),
}


def description(folder: Path) -> list[Resource]:
    """The resources that ``folder/datapackage.json`` describes."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return list(package["resources"])


def read(
    folder: Path, resources: list[Resource], beside: Collection[str] | None = None
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read every table of a folder.

    Parameters
    ----------
    folder : Path
    resources : list of mapping
        The description, perhaps of another folder in the same format. A resource marked ``bangfu:required`` must be
        there; another that is absent reads as an empty table. A field marked ``bangfu:or`` may be empty where the field
        that the mark names is not.
    beside : collection of str, optional
        The only other CSV files that may lie in the folder: any more is a fault, as it may be a misspelt table. Where
        absent, other files are nobody's business.

    Returns
    -------
    tables : dict of str to DataFrame
        One frame per resource, with the described types; text columns hold ``None`` where empty, and no identity
        number or control character.
    faults : list of Fault
        Everything that is wrong, in the order of the tables; empty when all is well. What refers to a table that could
        not be read is not called wrong.

    Raises
    ------
    WrongUse
        When the folder does not exist or cannot be listed.
    """
    if not folder.is_dir():
        raise WrongUse(f"no folder {folder}", f"找不到文件夹 {folder}")
    tables: dict[str, pd.DataFrame] = {}
    unread: set[str] = set()
    misspelt, faults = (set[str](), list[Fault]()) if beside is None else _strays(folder, resources, beside)
    for resource in resources:
        name = resource["name"]
        raw, found = (_empty(resource), []) if name in misspelt else _raw(folder, resource)
        if found or name in misspelt:
            unread.add(name)
        faults += found
        frame, found = _typed(resource, raw)
        tables[name] = frame
        faults += found + list(_duplicate_keys(resource, raw))
    for resource in resources:
        faults += _dangling(resource, tables, unread)
    return tables, faults


def _strays(folder: Path, resources: list[Resource], beside: Collection[str]) -> tuple[set[str], list[Fault]]:
    """Files that are no table of the description: the tables that they seem to be, and their faults."""
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise WrongUse(f"cannot list {folder}: {error.strerror}", f"无法读取文件夹 {folder}") from None
    known = {Path(r["path"]).stem: r["name"] for r in resources if r["path"] not in names}
    paths = {r["path"] for r in resources} | set(beside)
    taken, faults = set[str](), list[Fault]()
    for name in names:
        stem, ending = name.split(".")[0].lower(), Path(name).suffix.lower()
        if name in paths or name.startswith((".", "~")):
            continue
        guess = [stem] if stem in known else []
        if ending == ".csv" and not guess:
            guess = difflib.get_close_matches(stem, known, 1, 0.75)
        if guess:
            taken.add(known[guess[0]])
            en = f"not a table of this format; is it {guess[0]}.csv? name it so (CSV, UTF-8)"
            zh = f"没有这个表;是否为 {guess[0]}.csv?请改名(CSV,UTF-8 编码)"
        elif ending == ".csv":
            tables = ", ".join(Path(r["path"]).stem for r in resources)
            en = f"not a table of this format; rename it or move it away (the tables are {tables})"
            zh = f"没有这个表,请改名或移走(可用的表:{tables})"
        else:
            continue
        faults.append(Fault(repr(name)[1:-1], "table_known", en, zh))
    return taken, faults


def _empty(resource: Resource) -> pd.DataFrame:
    return pd.DataFrame(columns=[f["name"] for f in resource["schema"]["fields"]], dtype=object)


def _raw(folder: Path, resource: Resource) -> tuple[pd.DataFrame, list[Fault]]:
    """The cells as text."""
    name, path = resource["name"], folder / resource["path"]

    def refused(rule: str, en: str, zh: str) -> tuple[pd.DataFrame, list[Fault]]:
        return _empty(resource), [Fault(name, rule, en, zh)]

    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return refused("readable", f"{path.name} is no file", f"{path.name} 不是文件")
        with path.open(encoding="utf-8-sig", newline="") as file:
            stripped = ([cell.strip() for cell in row] for row in csv.reader(file, strict=True))
            rows = [row for row in stripped if any(row)]
    except FileNotFoundError:
        if path.is_symlink():
            return refused("readable", f"{path.name} is a link to nothing", f"{path.name} 是失效的链接")
        if not resource.get("bangfu:required"):
            return _empty(resource), []
        return refused(
            "table_present",
            f"the file {path.name} is missing; add it (its header line alone, where there is nothing to enter)",
            f"缺少文件 {path.name},请补上(没有内容时只留标题行)",
        )
    except OSError as error:
        return refused(
            "readable", f"cannot read {path.name}: {error.strerror}", f"无法读取 {path.name}(链接或权限有误)"
        )
    except (UnicodeDecodeError, csv.Error) as error:
        return refused(
            "readable",
            f"not readable as UTF-8 CSV ({error}); save it as UTF-8 CSV",
            "不是完整的 UTF-8 CSV 文件,请另存为 UTF-8 CSV",
        )
    if not rows:
        return refused("header_present", "the file is empty; it needs a header line", "文件为空,应有标题行")
    header, body = rows[0], rows[1:]
    faults = [*_header(resource, header), *_widths(name, header, body)]
    if faults:
        return _empty(resource), faults
    frame = pd.DataFrame(body, columns=header, dtype=object)
    return frame.reindex(columns=_empty(resource).columns, fill_value=""), []


def _header(resource: Resource, header: list[str]) -> Iterator[Fault]:
    """Columns that stand twice, are unknown or missing; a misspelt one is named once."""
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    absent = [c for c in fields if c not in header]

    def fault(rule: str, column: str, en: str, zh: str) -> Fault:
        return Fault(resource["name"], rule, en, zh, column=repr(column)[1:-1])

    for column in sorted(set(header)):
        if header.count(column) > 1:
            yield fault("column_once", column, "this column appears twice; keep one", "该列重复,请只留一列")
        if column not in fields:
            guess = difflib.get_close_matches(column.lower(), absent, 1, 0.75)
            absent = [c for c in absent if c not in guess]
            en = f"is it {guess[0]}? " if guess else ""
            zh = f"是否为 {guess[0]}?" if guess else ""
            yield fault(
                "column_known",
                column,
                f"unknown column; {en}rename or remove it",
                f"未知的列,{zh}请改名或删除",
            )
    for column in absent:
        if fields[column].get("constraints", {}).get("required"):
            yield fault("column_present", column, "this column is missing; add it", "缺少该列,请补上")


def _widths(name: str, header: list[str], body: list[list[str]]) -> Iterator[Fault]:
    for i, row in enumerate(body, start=1):
        if len(row) != len(header):
            en = f"{len(row)} cells where the header has {len(header)}; correct the row (a comma inside a cell needs quotes around it)"
            zh = f"有{len(row)}格,标题行有{len(header)}格,请改正(格内有逗号时,整格加英文双引号)"
            yield Fault(name, "row_width", en, zh, rows=(i,))


def _typed(resource: Resource, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Cells as values of their type; faults for those that are not, or that break a constraint.

    Every distinct cell is converted once, so that long tables take seconds.
    """
    frame = pd.DataFrame(index=raw.index)
    faults: list[Fault] = []
    name, keys = resource["name"], resource["schema"]["primaryKey"]
    for field in resource["schema"]["fields"]:
        column = field["name"]
        dtype = _TYPES[field["type"]][1]
        wrong: dict[str, tuple[str, str, str]] = {}
        values: dict[str, Any] = {}
        for cell in dict.fromkeys(raw[column].tolist()):
            fault, values[cell] = _value(field, cell, column in keys)
            if fault:
                wrong[cell] = fault
        either = field.get("bangfu:or")
        if either:
            wrong.pop("", None)
            if (both := (raw[column] == "") & (raw[either] == "")).any():
                en = f"empty, and {either} too; fill in one of them"
                faults.append(
                    _at(name, column, "one_language", en, f"与 {either} 都为空,至少填一个", both, "")
                )
        for cell, (rule, en, zh) in wrong.items():
            faults.append(_at(name, column, rule, en, zh, raw[column] == cell, cell))
        typed = [values[cell] for cell in raw[column].tolist()]
        frame[column] = (
            pd.array(typed, dtype=cast("Any", dtype))
            if dtype not in ("object", "str")
            else pd.Series(typed, dtype=object, index=raw.index)
        )
    return frame, faults


def _value(field: Mapping[str, Any], cell: str, key: bool) -> tuple[tuple[str, str, str] | None, Any]:
    """A cell's value; where it has none, rule and words of what is wrong."""
    rules = field.get("constraints", {})
    if cell == "":
        words = "empty, but every row needs it; fill it in", "不能为空,请填写"
        return (("required", *words) if rules.get("required") else None), None
    convert, _, en, zh = _TYPES[field["type"]]
    try:
        # what has a form of its own, as a hash has, is no text to be masked
        value = cell if "pattern" in rules else convert(cell)
    except (ValueError, KeyError):
        return (f"type_{field['type']}", f"not {en}; correct the cell", f"应为{zh},请改正"), None
    fault = None
    if "enum" in rules and cell not in rules["enum"]:
        allowed = ", ".join(rules["enum"])
        fault = "known_value", f"not one of: {allowed}", f"应为以下之一:{allowed}"
    elif "minimum" in rules and value < rules["minimum"]:
        fault = "minimum", f"below {rules['minimum']}", f"不应小于{rules['minimum']}"
    elif "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        fault = "pattern", f"not of the form {rules['pattern']}", f"格式应为 {rules['pattern']}"
    elif key and field["type"] == "string" and value != cell:
        en = "a key may hold no identity number and no control character; give it another"
        fault = "key_plain", en, "主键不得含身份证号或控制字符,请更换"
    return fault, value


def _at(
    table: str, column: str, rule: str, en: str, zh: str, rows: pd.Series | Sequence[bool], value: str
) -> Fault:
    """One fault for all the rows that have it."""
    found = [i + 1 for i, hit in enumerate(rows) if hit]
    return Fault(
        table, rule, en, zh, column=column, rows=tuple(found[:_MOST_EXAMPLES]), value=value, count=len(found)
    )


def _duplicate_keys(resource: Resource, raw: pd.DataFrame) -> Iterator[Fault]:
    key = resource["schema"]["primaryKey"]
    twice = raw.duplicated(key, keep=False) & raw[key].ne("").all(axis=1)
    for _, rows in raw[twice].groupby(key, sort=False):
        numbers = tuple(int(i) + 1 for i in rows.index[:_MOST_EXAMPLES])
        words = "this key appears more than once; keys are unique", "主键重复,主键必须唯一"
        value, count = ", ".join(rows.iloc[0][key]), len(rows)
        yield Fault(
            resource["name"],
            "key_unique",
            *words,
            column=", ".join(key),
            rows=numbers,
            value=value,
            count=count,
        )


def _dangling(
    resource: Resource, tables: Mapping[str, pd.DataFrame], unread: Collection[str]
) -> Iterator[Fault]:
    """References to rows that do not exist; silent about tables that could not be read."""
    for reference in resource["schema"].get("foreignKeys", []):
        column, target = reference["fields"][0], reference["reference"]
        if target["resource"] in unread:
            continue
        own = tables[resource["name"]][column]
        known = tables[target["resource"]][target["fields"][0]].dropna()
        lost = own.notna() & ~own.isin(known)
        en = f"no such {target['fields'][0]} in {target['resource']}; add it there or correct the reference"
        zh = f"{target['resource']} 中没有此 {target['fields'][0]},请补上或改正"
        for value in dict.fromkeys(own[lost]):
            yield _at(resource["name"], column, "reference_exists", en, zh, own == value, str(value))
