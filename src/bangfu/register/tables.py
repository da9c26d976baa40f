"""The three tables of a register: their columns, and how a file of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import DataFault, Fault
from bangfu.register.excel import rows
from bangfu.register.files import Files, find
from bangfu.register.text import broken_rows, prepare, write_rows
from bangfu.scratch import private_folder

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
        The cells as they stand in the file (text, for CSV and Excel).
    typed : ibis Table
        The known columns as their types; cells that do not convert are missing, and a fault of ``check``.
    """

    raw: ir.Table
    typed: ir.Table


def read_table(backend: Backend, folder: Path, table: str) -> Source:
    """Read a table from its file, files or Hive partitions.

    Raises
    ------
    DataFault
        When a file is missing, more than once there, unreadable, or lacks a column.
    """
    files = find(folder, table)
    raw = _parquet(backend, files, table) if files.format == "parquet" else _text(backend, files, table)
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


def _parquet(backend: Backend, files: Files, table: str) -> ir.Table:
    import duckdb

    listed = ", ".join(_literal(str(p)) for p in files.paths)
    hive = "true" if any(files.partitions) else "false"
    try:
        backend.con.execute(
            f"CREATE OR REPLACE VIEW raw_{table} AS SELECT * FROM read_parquet([{listed}], hive_partitioning = {hive})"
        )
        found = backend.table(f"raw_{table}")
    except duckdb.Error:
        broken = [p for p in files.paths if not _whole(backend, p)] or list(files.paths)
        names = ", ".join(p.name for p in broken[:3])
        words = (
            f"{names}: not a whole Parquet file, or not of the same columns as the others",
            f"{names}:不是完整的 Parquet 文件,或列与其他文件不同",
        )
        raise DataFault([Fault(table, "readable", *words)]) from None
    lowered = [c.lower() for c in found.columns]
    twice = sorted({c for c in found.columns if lowered.count(c.lower()) > 1})
    if twice:
        raise DataFault(
            [
                Fault(
                    table,
                    "column_once",
                    "this column stands twice; keep one",
                    "该列重复,请只留一列",
                    column=c,
                )
                for c in twice
            ]
        )
    return found


def _whole(backend: Backend, path: Path) -> bool:
    import duckdb

    try:
        backend.con.execute(f"SELECT * FROM read_parquet({_literal(str(path))}) LIMIT 0")
    except duckdb.Error:
        return False
    return True


def _text(backend: Backend, files: Files, table: str) -> ir.Table:
    """All cells as text, by our own reading of the header and one fixed dialect."""
    import duckdb

    scratch = private_folder("text")
    for position, (path, partition) in enumerate(zip(files.paths, files.partitions, strict=True)):
        source = path
        if files.format == "excel":
            source = scratch / f"{table}-{position}.csv"
            write_rows(rows(path, table), source)
        text = prepare(source, table, scratch)
        columns = ", ".join(f"{_literal(c)}: 'VARCHAR'" for c in text.header)
        named = "".join(f", {_literal(value)} AS {_name(column)}" for column, value in partition.items())
        query = (
            f"SELECT *{named} FROM read_csv({_literal(str(text.path))}, columns = {{{columns}}}, header = true, delim = {_literal(text.delimiter)}, "
            "quote = '\"', escape = '\"', auto_detect = false, strict_mode = true, nullstr = '', max_line_size = 4194304)"
        )
        action = (
            f"CREATE OR REPLACE TABLE raw_{table} AS "
            if position == 0
            else f"INSERT INTO raw_{table} BY NAME "
        )
        try:
            backend.con.execute(action + query)
        except duckdb.Error:
            faults = list(broken_rows(text, table, path.name))
            words = (
                f"{path.name} does not have the same columns as the files before it",
                f"{path.name} 的列与前面的文件不同",
            )
            raise DataFault(faults or [Fault(table, "same_columns", *words)]) from None
    return backend.table(f"raw_{table}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _typed(raw: ir.Table, table: str) -> ir.Table:
    known = COLUMNS[table]
    return raw.select(
        **{
            name: raw[name].try_cast(TYPES[known[name]]) if known.get(name) in TYPES else raw[name]
            for name in raw.columns
        }
    )
