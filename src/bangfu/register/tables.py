"""The three tables of a register: their columns, and how a file of them is read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import DataFault, Fault

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

IDENTIFIER, INTEGER, NUMBER, FLAG = "identifier", "integer", "number", "flag"

TYPES = {INTEGER: "int64", NUMBER: "float64", FLAG: "boolean"}
"""Engine types; identifiers stay as they come, text or integer."""

_FACTS = {
    "household_id": IDENTIFIER,
    "village_id": IDENTIFIER,
    "township_id": IDENTIFIER,
    "county_id": IDENTIFIER,
    "observed_year": INTEGER,
    "head_birth_year": INTEGER,
    "head_female": FLAG,
    "head_schooling": NUMBER,
    "labour": NUMBER,
    "members": NUMBER,
    "ill_or_disabled": NUMBER,
    "land_mu": NUMBER,
    "registered_from": INTEGER,
    "weight": NUMBER,
}

PARTS = ("income_wage", "income_business", "income_property", "income_transfer", "income_other")
"""Parts of income, yuan a year of the whole household, net, current prices; they may be negative."""

COLUMNS: dict[str, dict[str, str]] = {
    "households": _FACTS,
    "incomes": {"household_id": IDENTIFIER, "year": INTEGER, "members": NUMBER}
    | dict.fromkeys((*PARTS, "income_total", "consumption"), NUMBER),
    "participation": {
        "household_id": IDENTIFIER,
        "model": IDENTIFIER,
        "from_year": INTEGER,
        "to_year": INTEGER,
        "support_yuan": NUMBER,
        "contract": FLAG,
    },
}
"""Column -> kind, by table. Other columns are carried along as they come."""

KEYS = {
    "households": ("household_id",),
    "incomes": ("household_id", "year"),
    "participation": ("household_id", "model", "from_year"),
}

REQUIRED = {
    "households": ("household_id", "village_id"),
    "incomes": ("household_id", "year", "members"),
    "participation": ("household_id", "model", "from_year"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table as it was read.

    Attributes
    ----------
    raw : ibis Table
        The cells as they stand in the file (text, for CSV), with ``row``, the 1-based data row.
    typed : ibis Table
        The known columns as their types; cells that do not convert are missing, and a fault of ``check``.
    """

    raw: ir.Table
    typed: ir.Table


def read_table(backend: Backend, folder: Path, table: str) -> Source:
    """Read ``<table>.parquet`` or ``<table>.csv``.

    Raises
    ------
    DataFault
        When the file is missing, twice there, unreadable, or lacks a column.
    """
    files = [p for p in (folder / f"{table}.parquet", folder / f"{table}.csv") if p.is_file()]
    if len(files) != 1:
        what = (
            ("the table is missing; add", "缺少该表,请补上")
            if not files
            else ("the table is there twice; keep one of", "该表有两份,请只留一份")
        )
        names = f"{table}.parquet, {table}.csv"
        raise DataFault([Fault(table, "table_present", f"{what[0]} {names}", f"{what[1]} {names}")])
    path = files[0]
    raw = _parquet(backend, path, table) if path.suffix == ".parquet" else _csv(backend, path, table)
    absent = [c for c in REQUIRED[table] if c not in raw.columns]
    faults = [
        Fault(table, "column_present", "this column is missing; add it", "缺少该列,请补上", column=c)
        for c in absent
    ]
    if table == "incomes" and not {*PARTS, "income_total"} & set(raw.columns):
        words = "no income column; at least one is needed", "没有收入列,至少需要一列"
        faults.append(Fault(table, "income_present", *words, column=", ".join((*PARTS, "income_total"))))
    if faults:
        raise DataFault(faults)
    return Source(raw, _typed(raw, table))


def _parquet(backend: Backend, path: Path, table: str) -> ir.Table:
    import duckdb
    import ibis

    try:
        found = backend.read_parquet(path, table_name=f"raw_{table}")
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise DataFault(
            [
                Fault(
                    table,
                    "readable",
                    f"{path.name} is not a whole Parquet file: {first}",
                    f"{path.name} 不是完整的 Parquet 文件",
                )
            ]
        ) from None
    return found.mutate(row=ibis.row_number() + 1)


def _csv(backend: Backend, path: Path, table: str) -> ir.Table:
    """All cells as text, by our own reading of the header and one fixed dialect."""
    import duckdb
    import ibis

    header = _header(path, table)
    columns = ", ".join(f"{_quoted(c)}: 'VARCHAR'" for c in header)
    options = "header = true, delim = ',', quote = '\"', escape = '\"', auto_detect = false, strict_mode = true, nullstr = ''"
    statement = f"CREATE OR REPLACE TABLE raw_{table} AS SELECT * FROM read_csv(?, columns = {{{columns}}}, {options})"
    try:
        backend.con.execute(statement, [str(path)])
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise DataFault(
            [
                Fault(
                    table,
                    "readable",
                    f"{path.name} is not a whole CSV file: {first}",
                    f"{path.name} 不是完整的 CSV 文件",
                )
            ]
        ) from None
    return backend.table(f"raw_{table}").mutate(row=ibis.row_number() + 1)


def _header(path: Path, table: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        words = (
            f"{path.name} is not UTF-8 CSV; save it as UTF-8",
            f"{path.name} 不是 UTF-8 编码的 CSV,请另存为 UTF-8",
        )
        raise DataFault([Fault(table, "readable", *words)]) from None
    if not header:
        raise DataFault(
            [
                Fault(
                    table,
                    "header_present",
                    "the file is empty; it needs a header line",
                    "文件为空,应有标题行",
                )
            ]
        )
    twice = sorted({c for c in header if header.count(c) > 1})
    if twice:
        words = "this column stands twice; keep one", "该列重复,请只留一列"
        raise DataFault([Fault(table, "column_once", *words, column=c) for c in twice])
    return header


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _typed(raw: ir.Table, table: str) -> ir.Table:
    known = COLUMNS[table]
    columns = {}
    for name in raw.columns:
        kind = known.get(name)
        column = raw[name]
        columns[name] = column.try_cast(TYPES[kind]) if kind in TYPES else column
    return raw.select(**{n: c for n, c in columns.items() if n != "row"})
