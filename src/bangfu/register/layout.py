"""What columns the files of a table have, before any row is read; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.errors import DataFault, Fault, option
from bangfu.register.files import Files
from bangfu.register.tables import COLUMNS, FREE, IDENTIFIER, INTEGER, NUMBER, PARTS, REQUIRED, Bounds

COLUMN_NAMES = frozenset(column for columns in COLUMNS.values() for column in columns)
"""Of all tables."""

NEAR = 0.83
"""Likeness (Ratcliff and Obershelp's, 0 to 1) above which a name is taken for a slip of another: two letters swapped in
``weight``, not ``household_name`` for ``household_id``."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one file: name -> stored type, in order; and what its foot says of them."""

    columns: Mapping[str, pa.DataType]
    rows: int
    bounds: Mapping[str, Bounds]


def parquet_layouts(files: Files, table: str) -> list[Layout]:
    """The columns of every Parquet file, read from its foot.

    Raises
    ------
    DataFault
        For files that are not whole, columns that stand twice, or files that differ in their columns.
    """
    layouts, names, faults = list[Layout](), list[str](), list[Fault]()
    for path in files.paths:
        try:
            foot = pq.ParquetFile(path)
            schema, rows, bounds = foot.schema_arrow, foot.metadata.num_rows, _bounds(foot)
            foot.close()
        except (pa.ArrowException, OSError, ValueError):
            words = (
                f"{path.name} is incomplete or damaged; copy it again",
                f"{path.name} 不是完整的 Parquet 文件,请重新复制",
            )
            faults.append(Fault(table, "readable", *words))
            continue
        faults += twice(schema.names, table)
        layouts.append(Layout(dict(zip(schema.names, schema.types, strict=True)), rows, bounds))
        names.append(path.name)
    faults += different([tuple(layout.columns) for layout in layouts], names, table)
    if faults:
        raise DataFault(faults)
    return layouts


def _bounds(foot: pq.ParquetFile) -> dict[str, Bounds]:
    """Empty cells of each column, and the smallest and largest of whole numbers, where every row group says so."""
    groups = [foot.metadata.row_group(i) for i in range(foot.metadata.num_row_groups)]
    kinds = dict(zip(foot.schema_arrow.names, foot.schema_arrow.types, strict=True))
    found = {}
    for i in range(foot.metadata.num_columns):
        column = foot.schema.column(i).path
        said = [group.column(i).statistics for group in groups]
        if (
            column not in COLUMN_NAMES
            or not said
            or not all(s is not None and s.has_null_count for s in said)
        ):
            continue
        empty = sum(s.null_count for s in said)
        if pa.types.is_signed_integer(kinds[column]) and all(s.has_min_max for s in said):
            found[column] = Bounds(empty, min(s.min for s in said), max(s.max for s in said))
        else:
            found[column] = Bounds(empty)
    return found


def joined_bounds(layouts: Sequence[Layout]) -> dict[str, Bounds]:
    """The bounds of a table of several files."""
    found = {}
    for column in set.intersection(*(set(x.bounds) for x in layouts)) if layouts else ():
        of = [x.bounds[column] for x in layouts]
        lows, highs = [b.low for b in of if b.low is not None], [b.high for b in of if b.high is not None]
        whole = len(lows) == len(of)
        found[column] = Bounds(
            sum(b.empty for b in of), min(lows) if whole else None, max(highs) if whole else None
        )
    return found


def twice(names: Sequence[str], table: str) -> Iterator[Fault]:
    """Column names that stand more than once, whatever their case. A name of no known column is not repeated aloud."""
    lowered = [name.lower() for name in names]
    for name in dict.fromkeys(lowered):
        if lowered.count(name) > 1:
            where = ", ".join(str(i) for i, other in enumerate(lowered, start=1) if other == name)
            words = (
                f"this column appears twice (columns {where}); keep one",
                f"该列重复(第{where}列),请只留一列",
            )
            yield Fault(table, "column_once", *words, column=name if name in COLUMNS[table] else "")


def different(headers: Sequence[Sequence[str]], names: Sequence[str], table: str) -> Iterator[Fault]:
    """Files whose columns are not those of the first file; order does not matter."""
    for header, name in zip(headers, names, strict=False):
        if set(header) != set(headers[0]):
            words = (
                f"{name} does not have the same columns as {names[0]}; make them equal",
                f"{name} 的列与 {names[0]} 不同,请统一",
            )
            yield Fault(table, "same_columns", *words)


def named_by_folders(files: Files, columns: Sequence[str], table: str) -> tuple[str, ...]:
    """The columns that folders name, the same for every file.

    Raises
    ------
    DataFault
        When files differ in them, or a file has such a column too.
    """
    named = tuple(files.partitions[0])
    if any(tuple(p) != named for p in files.partitions):
        words = (
            f"the folders below {table}/ do not all name the same columns",
            f"{table}/ 下各级文件夹所标的列不一致",
        )
        raise DataFault([Fault(table, "same_columns", *words)])
    both = [c for c in named if c in columns]
    if both:
        words = (
            "the column is in the files and in the folders' names; keep one",
            "该列既在文件中又在文件夹名中,请只留一处",
        )
        raise DataFault([Fault(table, "column_once", *words, column=c) for c in both])
    return named


def lacking(columns: Sequence[str], table: str) -> Iterator[Fault]:
    """Required columns that are absent, and one that must not be there."""
    for column in REQUIRED[table]:
        if column in columns:
            continue
        en, zh = _instead(column, columns, table) or ("; add it", ",请补上")
        yield Fault(table, "column_present", f"this column is missing{en}", f"缺少该列{zh}", column=column)
    if table == "incomes" and "weight" in columns:
        words = (
            "weights that change over the years cannot be exact in sums; give one weight per household in households",
            "随年份变化的权数无法精确汇总,请在 households 表中每户给一个权数",
        )
        yield Fault(table, "weight_fixed", *words, column="weight")
    incomes = (*PARTS, "income_total")
    if table == "incomes" and not {*incomes} & set(columns):
        found = [near for column in incomes if (near := _instead(column, columns, table))]
        en, zh = found[-1] if found else ("", "")
        words = f"no income column; at least one is needed{en}", f"没有收入列,至少需要一列{zh}"
        yield Fault(table, "income_present", *words, column=", ".join(incomes))


def _instead(column: str, columns: Sequence[str], table: str) -> tuple[str, str] | None:
    """Under which name a missing column seems to be there."""
    found = next((name for name, known in mistaken(columns, table).items() if known == column), None)
    if found is None:
        return None
    return f"; it is there as {found!r}, rename that to {column}", f",现名为 {found!r},请改名为 {column}"


def mistaken(columns: Sequence[str], table: str) -> dict[str, str]:
    """Unknown columns whose names are nearly those of known ones that the table lacks, and these."""
    absent = [c for c in COLUMNS[table] if c not in columns]
    found = {}
    for name in columns:
        near = get_close_matches("_".join(name.lower().split()), absent, 1, NEAR)
        if near and name not in COLUMNS[table] and name not in FREE[table]:
            found[name] = near[0]
    return found


def unknown_columns(columns: Sequence[str], table: str) -> Iterator[Fault]:
    """Columns that no sum would use: faults where the name seems mistaken, else warnings."""
    near = mistaken(columns, table)
    for name in columns:
        if name in near:
            words = (
                f"no column of a register, and nearly {near[name]}, which is missing; rename it to {near[name]}, or to something else if it is another thing",
                f"不是台账的列名,与所缺的 {near[name]} 相近;请改为 {near[name]},若另有所指请另起列名",
            )
            yield Fault(table, "column_known", *words, column=name[:60])
        elif name not in COLUMNS[table] and name not in FREE[table]:
            way = option("by", name) if table == "households" else ""
            en, zh = (
                (f", unless it is named as a fact ({way})", f",除非用 {way} 作为分组") if way else ("", "")
            )
            words = (
                f"no column of a register; nothing is computed from it{en} (known: {', '.join(COLUMNS[table])})",
                f"不是台账的列名,不参与计算{zh}(可用:{'、'.join(COLUMNS[table])})",
            )
            yield Fault(table, "column_known", *words, column=name[:60], severity="warning")


def unfit_identifiers(layouts: Sequence[Layout], table: str) -> Iterator[Fault]:
    """Identifiers stored as neither text nor whole numbers."""
    for column, kind in COLUMNS[table].items():
        stored = {x.columns[column] for x in layouts if column in x.columns and x.rows}
        if kind == IDENTIFIER and any(not _identifies(t) for t in stored):
            words = (
                "identifiers are text or whole numbers; other numbers lose digits: store them as text",
                "编号应为文本或整数,其他数字类型会丢失位数,请存为文本",
            )
            yield Fault(table, "identifier_type", *words, column=column)


def unfit_types(layouts: Sequence[Layout], table: str) -> Iterator[Fault]:
    """Durations and yes-or-no where numbers are wanted: engines would take them for numbers."""
    for column, kind in COLUMNS[table].items():
        stored = {x.columns[column] for x in layouts if column in x.columns and x.rows}
        wrong = [
            t for t in stored
            if pa.types.is_duration(t) or (pa.types.is_boolean(t) and kind in (INTEGER, NUMBER) and column != "ill_or_disabled")
        ]  # fmt: skip
        if kind != IDENTIFIER and wrong:
            words = (
                f"stored as {wrong[0]}; store plain numbers",
                f"存储类型为 {wrong[0]},请存为普通数字",
            )
            yield Fault(table, "column_type", *words, column=column)


def _identifies(stored: pa.DataType) -> bool:
    if pa.types.is_dictionary(stored):
        stored = stored.value_type
    return any(
        fits(stored)
        for fits in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_integer,
            pa.types.is_null,
        )
    )
