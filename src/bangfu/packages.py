"""Read a folder of CSV tables against its Frictionless description, and name every fault.

The description (``datapackage.json``) is the only schema: types, constraints, keys and references are read from it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import pandas as pd

from bangfu.errors import Fault, WrongUse

Resource = Mapping[str, Any]

_MOST_EXAMPLES = 5
_BOOLEANS = {"true": True, "false": False}


def _number(text: str) -> float:
    value = float(text)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    return _BOOLEANS[text.lower()]


_TYPES: dict[str, tuple[Callable[[str], Any], str, str, str]] = {
    "integer": (int, "Int64", "a whole number", "整数"),
    "number": (_number, "Float64", "a number", "数字"),
    "date": (date.fromisoformat, "object", "a date like 2017-04-24", "日期,如2017-04-24"),
    "boolean": (_boolean, "boolean", "true or false", "true 或 false"),
    "string": (str, "str", "text", "文字"),
}


def description(folder: Path) -> list[Resource]:
    """The resources that ``folder/datapackage.json`` describes."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return list(package["resources"])


def read(folder: Path, resources: list[Resource]) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Read every table of a folder.

    Parameters
    ----------
    folder : Path
    resources : list of mapping
        The description, perhaps of another folder in the same format. A resource marked ``bangfu:required`` must be
        there; another that is absent reads as an empty table.

    Returns
    -------
    tables : dict of str to DataFrame
        One frame per resource, with the described types; text columns hold ``None`` where empty.
    faults : list of Fault
        Everything that is wrong, in the order of the tables; empty when all is well.

    Raises
    ------
    WrongUse
        When the folder does not exist.
    """
    if not folder.is_dir():
        raise WrongUse(f"no folder {folder}", f"找不到文件夹 {folder}")
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for resource in resources:
        raw, found = _raw(folder, resource)
        faults += found
        frame, found = _typed(resource, raw)
        tables[resource["name"]] = frame
        faults += found + list(_duplicate_keys(resource, raw))
    for resource in resources:
        faults += _dangling(resource, tables)
    return tables, faults


def _raw(folder: Path, resource: Resource) -> tuple[pd.DataFrame, list[Fault]]:
    """The cells as text."""
    name = resource["name"]
    fields = [f["name"] for f in resource["schema"]["fields"]]
    empty = pd.DataFrame(columns=fields, dtype=object)
    path = folder / resource["path"]
    if not path.is_file():
        if not resource.get("bangfu:required"):
            return empty, []
        return empty, [
            Fault(
                name,
                "table_present",
                f"the file {path.name} is missing; add it",
                f"缺少文件 {path.name},请补上",
            )
        ]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        en, zh = (
            f"not readable as UTF-8 CSV ({error}); save it as UTF-8 CSV",
            "不是完整的 UTF-8 CSV 文件,请另存为 UTF-8 CSV",
        )
        return empty, [Fault(name, "readable", en, zh)]
    if not rows:
        return empty, [
            Fault(name, "header_present", "the file is empty; it needs a header line", "文件为空,应有标题行")
        ]
    header, body = rows[0], rows[1:]
    required = {f["name"] for f in resource["schema"]["fields"] if f.get("constraints", {}).get("required")}
    wrong = [
        *(
            ("column_once", c, "this column stands twice; keep one", "该列重复,请只留一列")
            for c in sorted(set(header))
            if header.count(c) > 1
        ),
        *(
            ("column_known", c, "unknown column; remove or rename it", "未知的列,请删除或改名")
            for c in header
            if c not in fields
        ),
        *(
            ("column_present", c, "this column is missing; add it", "缺少该列,请补上")
            for c in sorted(required - set(header))
        ),
    ]
    faults = [Fault(name, rule, en, zh, column=column) for rule, column, en, zh in wrong]
    for i, row in enumerate(body, start=1):
        if len(row) != len(header):
            en = f"{len(row)} cells where the header has {len(header)}; mend the row"
            faults.append(
                Fault(name, "row_width", en, f"有{len(row)}格,标题行有{len(header)}格,请改正", rows=(i,))
            )
    if faults:
        return empty, faults
    frame = pd.DataFrame(body, columns=header, dtype=object)
    return frame.reindex(columns=fields, fill_value="").map(str.strip), []


def _typed(resource: Resource, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Cells as values of their type; faults for those that are not, or that break a constraint."""
    frame = pd.DataFrame(index=raw.index)
    faults: list[Fault] = []
    for field in resource["schema"]["fields"]:
        column, rules = field["name"], field.get("constraints", {})
        convert, dtype, en, zh = _TYPES[field["type"]]
        values: list[Any] = []
        for row, cell in enumerate(raw[column], start=1):
            value = None
            if cell == "":
                if rules.get("required"):
                    words = "empty, but every row needs it; fill it in", "不能为空,请填写"
                    faults.append(Fault(resource["name"], "required", *words, column=column, rows=(row,)))
            else:
                try:
                    value = convert(cell)
                except (ValueError, KeyError):
                    words = f"not {en}; mend the cell", f"应为{zh},请改正"
                    faults.append(
                        Fault(
                            resource["name"],
                            f"type_{field['type']}",
                            *words,
                            column=column,
                            rows=(row,),
                            value=cell,
                        )
                    )
                else:
                    faults += _constraints(resource["name"], column, row, cell, value, rules)
            values.append(value)
        frame[column] = (
            pd.array(values, dtype=cast("Any", dtype))
            if dtype not in ("object", "str")
            else pd.Series(values, dtype=object)
        )
    return frame, faults


def _constraints(
    table: str, column: str, row: int, cell: str, value: Any, rules: Mapping[str, Any]
) -> Iterator[Fault]:
    def fault(rule: str, en: str, zh: str) -> Fault:
        return Fault(table, rule, en, zh, column=column, rows=(row,), value=cell)

    if "enum" in rules and cell not in rules["enum"]:
        allowed = ", ".join(rules["enum"])
        yield fault("known_value", f"not one of: {allowed}", f"应为以下之一:{allowed}")
    if "minimum" in rules and value < rules["minimum"]:
        yield fault("minimum", f"below {rules['minimum']}", f"不应小于{rules['minimum']}")
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        yield fault("pattern", f"not of the form {rules['pattern']}", f"格式应为 {rules['pattern']}")


def _duplicate_keys(resource: Resource, raw: pd.DataFrame) -> Iterator[Fault]:
    key = resource["schema"]["primaryKey"]
    twice = raw.duplicated(key, keep=False) & raw[key].ne("").all(axis=1)
    for _, rows in raw[twice].groupby(key, sort=False):
        value = ", ".join(rows.iloc[0][key])
        numbers = tuple(int(i) + 1 for i in rows.index[:_MOST_EXAMPLES])
        words = "this key stands more than once; keys are unique", "主键重复,主键必须唯一"
        yield Fault(
            resource["name"],
            "key_unique",
            *words,
            column=", ".join(key),
            rows=numbers,
            value=value,
            count=len(rows),
        )


def _dangling(resource: Resource, tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """References to rows that do not exist."""
    for reference in resource["schema"].get("foreignKeys", []):
        column, target = reference["fields"][0], reference["reference"]
        known = set(tables[target["resource"]][target["fields"][0]].dropna())
        for row, value in enumerate(tables[resource["name"]][column], start=1):
            if value is not None and value not in known:
                en = f"no such {target['fields'][0]} in {target['resource']}; add it there or mend the reference"
                zh = f"{target['resource']} 中没有此 {target['fields'][0]},请补上或改正"
                yield Fault(
                    resource["name"], "reference_exists", en, zh, column=column, rows=(row,), value=str(value)
                )
