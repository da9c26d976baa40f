"""Reading a table, whatever its files, on either engine; after this there is one code path."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.errors import DataFault, Fault
from bangfu.register.files import find
from bangfu.register.home import Home
from bangfu.register.layout import (
    Layout,
    joined_bounds,
    lacking,
    named_by_folders,
    parquet_layouts,
    unfit_identifiers,
    unfit_types,
)
from bangfu.register.tables import COLUMNS, FILE, ROW, Source, converted
from bangfu.register.transcribe import literal, quoted, transcribe

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend


def read_tables(backend: SQLBackend, home: Home) -> tuple[dict[str, Source], list[Fault]]:
    """Read the tables that can be read, with the faults of those that cannot.

    Identifiers that are text in one table and numbers in another become text everywhere.
    """
    sources, faults = dict[str, Source](), list[Fault]()
    for table in COLUMNS:
        try:
            sources[table] = read_table(backend, home, table)
        except DataFault as fault:
            faults += fault.faults
    if not all(s.checked["household_id"].type().is_integer() for s in sources.values()):
        for table, source in sources.items():
            checked = source.checked
            text = checked.mutate(household_id=checked["household_id"].cast("string"))
            sources[table] = replace(source, checked=text.select(*checked.columns))
    return sources, faults


def read_table(backend: SQLBackend, home: Home, table: str) -> Source:
    """Read a table from its file, files or Hive partitions.

    Raises
    ------
    DataFault
        When a file is missing, more than once there, unreadable, or lacks a column.
    """
    files = find(home, table)
    shown = [str(p.relative_to(home.folder)) for p in files.paths]
    if files.format == "parquet":
        layouts = parquet_layouts(files, table)
        columns = tuple(layouts[0].columns)
        folders = named_by_folders(files, columns, table)
        faults = [
            *lacking((*columns, *folders), table),
            *unfit_identifiers(layouts, table),
            *unfit_types(layouts, table),
        ]
        if faults:
            raise DataFault(faults)
        paths, partitions = list(files.paths), files.partitions if folders else None
    else:
        paths, partitions = transcribe(files, table), None
        layouts = []
    stored = _stored(backend, home.folder / table, paths, partitions, layouts, table)
    rows = sum(pq.read_metadata(path).num_rows for path in paths)
    named = dict(zip(map(str, paths), shown, strict=True))
    return Source(converted(stored, table), named, rows, joined_bounds(layouts))


def _stored(
    backend: SQLBackend,
    base: Path,
    paths: Sequence[Path],
    partitions: Sequence[dict[str, str | None]] | None,
    layouts: Sequence[Layout],
    table: str,
) -> ir.Table:
    name = f"bangfu_{table}_{uuid.uuid4().hex}"
    try:
        if backend.name == "duckdb":
            _duckdb_view(backend, name, paths, partitions, layouts)
        else:
            _spark_view(backend, name, base, paths, partitions, layouts)
        return backend.table(name)
    except Exception:  # whatever an engine raises; its message may quote cells
        words = (
            f"the engine cannot read the files of {table}; a column may be of a type that it does not know",
            f"引擎无法读取 {table} 的文件,可能有其不支持的列类型",
        )
        raise DataFault([Fault(table, "readable", *words)]) from None


def _duckdb_view(
    backend: Any,
    name: str,
    paths: Sequence[Path],
    partitions: Sequence[dict[str, str | None]] | None,
    layouts: Sequence[Layout],
) -> None:
    listed = ", ".join(literal(str(p)) for p in paths)
    same = all(list(x.columns.items()) == list(layouts[0].columns.items()) for x in layouts)
    options = f"filename = '{FILE}', file_row_number = true, union_by_name = {str(not same).lower()}"
    options += f", hive_partitioning = {str(bool(partitions)).lower()}"
    if partitions:
        options += ", hive_types_autocast = false"
    texts = ", ".join(f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}" for c in _blank(layouts))
    replaced = f" REPLACE ({texts})" if texts else ""
    backend.con.execute(
        f"CREATE VIEW {name} AS SELECT * EXCLUDE (file_row_number){replaced}, file_row_number + 1 AS {quoted(ROW)} "
        f"FROM read_parquet([{listed}], {options})"
    )


def _spark_view(
    backend: Any,
    name: str,
    base: Path,
    paths: Sequence[Path],
    partitions: Sequence[dict[str, str | None]] | None,
    layouts: Sequence[Layout],
) -> None:
    from pyspark.sql import functions as sql

    session = backend._session
    inference = "spark.sql.sources.partitionColumnTypeInference.enabled"
    before = session.conf.get(inference)
    session.conf.set(inference, "false")  # a partition named 007 stays 007
    try:
        groups: dict[Any, list[str]] = {}
        for position, path in enumerate(paths):
            kinds = tuple(layouts[position].columns.items()) if layouts else None
            groups.setdefault(kinds, []).append(_plain_path(path))
        mixed = {*_mixed(layouts), *_blank(layouts)}
        frames = []
        for group in groups.values():
            reader = session.read.option("basePath", str(base)) if partitions else session.read
            frame = reader.parquet(*group)
            columns = [sql.col(quoted_spark(c)).cast("string").alias(c) if c in mixed else quoted_spark(c) for c in frame.columns]  # fmt: skip
            position_columns = (
                sql.col("_metadata.file_path").alias(FILE),
                (sql.col("_metadata.row_index") + 1).alias(ROW),
            )
            frames.append(frame.select(*columns, *position_columns))
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.unionByName(frame)
        whole.createOrReplaceTempView(name)
    finally:
        session.conf.set(inference, before)


def _plain_path(path: Path) -> str:
    """A path that Spark does not take for a pattern."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", str(path))


def _mixed(layouts: Sequence[Layout]) -> set[str]:
    """Columns that are text in one file and something else in another."""
    texts = {c for x in layouts for c, kind in x.columns.items() if "string" in str(kind)}
    return {c for c in texts if len({x.columns[c] for x in layouts}) > 1}


def _blank(layouts: Sequence[Layout]) -> list[str]:
    """Columns without a single value, stored without a type."""
    first = layouts[0].columns if layouts else {}
    return [c for c in first if all(pa.types.is_null(x.columns[c]) for x in layouts)]


def quoted_spark(name: str) -> str:
    """A column's name as Spark takes it."""
    return "`" + name.replace("`", "``") + "`"
