"""Excel tables: read as text, guarded against files that unpack without end."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from bangfu.errors import DataFault, Fault

_LARGEST = 1 << 30
"""Unpacked bytes; Excel's own limit of a million rows stays far below."""

_LARGEST_RATIO = 200
"""Unpacked over packed, for members above a megabyte."""

_EXACT = 10**15
"""Excel keeps fifteen digits; a larger number has lost its last ones."""


def sheets(path: Path, table: str) -> tuple[str, ...]:
    """The names of a workbook's sheets.

    Raises
    ------
    DataFault
        For a file that is no workbook, is damaged, or unpacks to too much.
    """
    from openpyxl import load_workbook

    _guard(path, table)
    try:
        book = load_workbook(path, read_only=True)
        book.close()
        return tuple(book.sheetnames)
    except Exception:
        raise _unreadable(path, table) from None


def rows(path: Path, table: str) -> Iterator[list[str]]:
    """The rows of a workbook's sheet as text: the sheet named like the table, or the only one.

    Raises
    ------
    DataFault
        For a file that is no workbook, is damaged, unpacks to too much, has no such sheet, or holds a number that Excel
        has cut.
    """
    formulas = _guard(path, table)
    try:
        yield from _rows(path, table, formulas)
    except DataFault:
        raise
    except Exception:  # whatever a damaged file makes of its reader, which goes through it row by row
        raise _unreadable(path, table) from None


def _rows(path: Path, table: str, formulas: bool) -> Iterator[list[str]]:
    results = _sheet(path, table, results=True)
    # a second reading only where there are formulas: one whose result is not stored would pass for an empty cell
    written = _sheet(path, table, results=False) if formulas else repeat(())
    width = 0
    for number, (cells, sources) in enumerate(zip(results, written, strict=False)):
        if any(
            c is None and isinstance(s, str) and s.startswith("=")
            for c, s in zip(cells, sources, strict=False)
        ):
            words = (
                "a formula whose result is not stored; open the file in Excel, save it, and check again",
                "公式没有保存计算结果,请在 Excel 中打开并保存后再核对",
            )
            raise DataFault([Fault(table, "formula_calculated", *words, rows=(number,))])
        values = [_text(cell, table, number) for cell in cells]
        if number == 0:
            while values and not values[-1]:
                values.pop()
            width = len(values)
        if not any(values):
            continue
        yield (values + [""] * width)[:width] if not any(values[width:]) else values


def _sheet(path: Path, table: str, *, results: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of the sheet: the results of formulas, or the formulas."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=results)
    names = book.sheetnames
    if table not in names and len(names) != 1:
        words = (
            f"{path.name} has several sheets and none is called {table}",
            f"{path.name} 有多张工作表,没有名为 {table} 的",
        )
        raise DataFault([Fault(table, "sheet_named", *words)])
    yield from book[table if table in names else names[0]].iter_rows(values_only=True)
    book.close()


def _unreadable(path: Path, table: str) -> DataFault:
    words = (
        f"{path.name} is an incomplete or damaged Excel workbook; copy it again, or save it again in Excel",
        f"{path.name} 不是完整的 Excel 文件,请重新复制,或在 Excel 中另存",
    )
    return DataFault([Fault(table, "readable", *words)])


def _guard(path: Path, table: str) -> bool:
    """Refuse what is no workbook, unpacks without end, or is not what its checksums say; whether any sheet has formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except Exception:
        raise _unreadable(path, table) from None
    total = sum(m.file_size for m in members)
    steep = any(
        m.file_size > 1 << 20 and m.file_size > _LARGEST_RATIO * max(m.compress_size, 1) for m in members
    )
    if total > _LARGEST or steep:
        words = (
            f"{path.name} is suspiciously large when unpacked and was not opened",
            f"{path.name} 解压后过大,未打开",
        )
        raise DataFault([Fault(table, "not_a_bomb", *words)])
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise _unreadable(path, table)
            return any(_has_formulas(archive, m.filename) for m in members if "worksheets/" in m.filename)
    except DataFault:
        raise
    except Exception:
        raise _unreadable(path, table) from None


def _has_formulas(archive: zipfile.ZipFile, name: str) -> bool:
    before = b""
    with archive.open(name) as file:
        while chunk := file.read(1 << 20):
            if b"<f>" in before + chunk or b"<f " in before + chunk:
                return True
            before = chunk[-2:]
    return False


def _text(cell: Any, table: str, row: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ") if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, int | float) and abs(cell) >= _EXACT:
        words = (
            "a number of more than fifteen digits, of which Excel has lost the last; store identifiers as text",
            "超过15位的数字,Excel 已丢失末几位;编号请存为文本",
        )
        raise DataFault([Fault(table, "digits_kept", *words, rows=(row,))])
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
