"""Text and Excel tables become Parquet once, in a private folder: checked, typed, and no larger in memory than a chunk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bangfu.connect import connect
from bangfu.errors import DataFault, Fault
from bangfu.register.excel import rows
from bangfu.register.files import Files
from bangfu.register.layout import different, lacking, named_by_folders
from bangfu.register.tables import converted
from bangfu.register.text import Text, broken_rows, prepare, write_rows
from bangfu.scratch import private_folder

_LONGEST_ROW = 4 << 20

_MEMORY = "2GB"
"""Enough for text of any size, which passes through in chunks."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a table, ready for the engine."""

    path: Path
    text: Text
    folders: dict[str, str | None]


def transcribe(files: Files, table: str) -> list[Path]:
    """Write each text or Excel file of a table as a Parquet file: known columns by kind, cells that do not convert beside.

    Returns
    -------
    list of Path
        In the order of ``files.paths``; row n of each is data row n of the file (blank lines are not counted).

    Raises
    ------
    DataFault
        With the faults of all files of the table.
    """
    scratch = private_folder("text")
    faults = list[Fault]()
    parts = list[_Part]()
    for position, (path, folders) in enumerate(zip(files.paths, files.partitions, strict=True)):
        try:
            source = path
            if files.format == "excel":
                source = scratch / f"{position}.csv"
                write_rows(rows(path, table), source)
            parts.append(
                _Part(path, prepare(source, path.name, table, scratch / f"{position}.utf8"), folders)
            )
        except DataFault as fault:
            faults += fault.faults
    if parts:
        faults += different([p.text.header for p in parts], [p.path.name for p in parts], table)
        named_by_folders(files, parts[0].text.header, table)
        faults += lacking((*parts[0].text.header, *parts[0].folders), table)
    if faults:
        raise DataFault(faults)
    targets = [scratch / f"{table}-{position}.parquet" for position in range(len(parts))]
    for part, target in zip(parts, targets, strict=True):
        faults += _convert(part, table, target)
    if faults:
        raise DataFault(faults)
    return targets


def _convert(part: _Part, table: str, target: Path) -> Iterator[Fault]:
    import duckdb
    import ibis

    text = part.text
    columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in text.header)
    folders = "".join(f", {literal(value)} AS {quoted(column)}" for column, value in part.folders.items())
    backend = connect(rows=part.path.stat().st_size // 8, memory=_MEMORY)
    backend.con.execute(
        f"CREATE VIEW stored AS SELECT *{folders} FROM read_csv({literal(str(text.path))}, columns = {{{columns}}}, "
        f"header = true, delim = {literal(text.delimiter)}, quote = '\"', escape = '\"', auto_detect = false, "
        f"strict_mode = true, hive_partitioning = false, nullstr = '', max_line_size = {_LONGEST_ROW})"
    )
    query = ibis.to_sql(converted(backend.table("stored"), table), dialect="duckdb")
    try:
        backend.con.execute(f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet)")
    except duckdb.Error:
        words = (
            f"{part.path.name} cannot be read as a table of text; save it again as CSV, UTF-8",
            f"{part.path.name} 无法按文本表读取,请另存为 UTF-8 编码的 CSV",
        )
        yield from list(broken_rows(text, table, part.path.name)) or [Fault(table, "readable", *words)]
    finally:
        backend.disconnect()


def literal(text: str | None) -> str:
    """A text as SQL."""
    if text is None:
        return "CAST(NULL AS VARCHAR)"
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'
