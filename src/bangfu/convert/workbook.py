"""A workbook (.xlsx): its sheets, hidden ones among them, and their rows of cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bangfu.errors import DataFault, Fault

SHEETS = (".xlsx", ".xlsm")
_LARGEST, _LARGEST_RATIO = 4 << 30, 200
"""Unpacked bytes of a workbook; unpacked over packed of a part above a megabyte."""
_LAST_ROW = 1 << 20
_BLOCK = 1 << 20
_FORMULA = re.compile(rb"<(\w+:)?f[ />]")


def fault(path: Path, rule: str, en: str, zh: str, **more: Any) -> DataFault:
    """One fault of a file, to raise."""
    return DataFault([Fault(path.name, rule, en, zh, **more)])


def _unreadable(path: Path) -> DataFault:
    return fault(
        path,
        "workbook_readable",
        "not a readable .xlsx workbook (damaged, or protected by a password); open it in a spreadsheet program and "
        "save it again, or copy it again",
        "不是可读取的 .xlsx 工作簿(损坏或有密码);请用表格软件打开后重新保存,或重新复制",
    )


class Workbook:
    """A workbook open for reading; a part whose checksum is wrong fails at the end of its rows.

    Attributes
    ----------
    names, hidden : list of str
        Sheets with cells that are shown, in order; and those that are hidden.
    mac : bool
        Whether serial numbers of days count from 1904.

    Raises
    ------
    DataFault
        When it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        import openpyxl
        from openpyxl.utils.datetime import CALENDAR_MAC_1904

        self.path = path
        self._written: Any = None
        try:
            with zipfile.ZipFile(path) as parts:
                _guard(path, parts.infolist())
            self._book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            sheets = {s.title: s.sheet_state for s in self._book.worksheets}
            self.mac = self._book.epoch == CALENDAR_MAC_1904
        except DataFault:
            raise
        except Exception:  # openpyxl lets many kinds through
            raise _unreadable(path) from None
        self.names = [n for n, state in sheets.items() if state == "visible"]
        self.hidden = [n for n in sheets if n not in self.names]
        if not sheets:
            raise _unreadable(path)

    @property
    def first(self) -> str:
        """The first sheet that is shown."""
        return str((self.names or self.hidden)[0])

    def rows(self, sheet: str) -> Iterator[list[Any]]:
        """Rows of cells; a formula whose result was never saved is refused, it would read as empty."""
        try:
            yield from self._cells(self._book[sheet])
        except DataFault:
            raise
        except Exception:  # a part that is no XML, or not what it should be, fails only here
            raise _unreadable(self.path) from None

    def _values(self, shown: Any) -> Iterator[tuple[Any, ...]]:
        """Values of cells; an amount whose format shows a unit (0.00"万元") is read with it, as it is shown."""
        units = {i: u for i, u in enumerate(map(self._unit, self._book._cell_styles)) if u}
        if not units:
            yield from shown.iter_rows(values_only=True)
            return
        for row in shown.iter_rows():
            yield tuple(self._shown(c, units.get(getattr(c, "_style_id", 0))) for c in row)

    def _unit(self, style: Any) -> tuple[str, float] | None:
        """The unit that a style shows behind a number, and what it divides the number by."""
        own = style.numFmtId - 164  # those below are built in
        code = str(self._book._number_formats[own]) if 0 <= own < len(self._book._number_formats) else ""
        first = code.split(";")[0]
        text = re.sub(r"\[[^\]]*\]|_.|\*.", "", first)
        word = "".join(re.findall("百万|[百千万亿]?元|[百千万亿]", text)[:1])
        commas = re.search(r"(?<=[0#])(,+)(?![0#,])", text)
        scale = 1000.0 ** len(commas[1] if commas else "")
        literal = re.search(r"[!\\]\.(0+)|\"\.\"(0+)", text)
        scale *= 10.0 ** len((literal[1] or literal[2]) if literal else "")
        return (word, scale) if scale != 1 or word not in ("", "元") else None

    def _shown(self, cell: Any, unit: tuple[str, float] | None) -> Any:
        value = cell.value
        if unit is None or isinstance(value, bool) or not isinstance(value, int | float):
            return value
        if not unit[0]:
            raise fault(
                self.path,
                "number_format",
                "the cell's number format shows a part of the number that is stored (such as thousands: #,##0,); set the format to General, and write the unit of what then stands there into the header",
                "单元格的数字格式只显示所存数字的一部分(如以千为单位:#,##0,);请改为“常规”格式,并在表头写明届时所显示数字的单位",
                rows=(cell.row,),
            )
        return f"{value / unit[1]:.15g}{unit[0]}"

    def _cells(self, shown: Any) -> Iterator[list[Any]]:
        import openpyxl

        shown.reset_dimensions()
        rows = self._values(shown)
        if not _has_formula(self.path, shown._worksheet_path):
            for number, row in enumerate(rows, 1):
                if number > _LAST_ROW:
                    raise _unreadable(self.path)
                yield list(row)
            return
        self._written = self._written or openpyxl.load_workbook(self.path, read_only=True)
        written = self._written[shown.title]
        written.reset_dimensions()
        pairs = zip(rows, written.iter_rows(values_only=True), strict=False)
        for number, (row, texts) in enumerate(pairs, 1):
            if any(v is None and _is_formula(f) for v, f in zip(row, texts, strict=False)):
                raise fault(
                    self.path,
                    "formula_value",
                    "a formula without a saved result; open the file in a spreadsheet program and save it",
                    "公式没有保存结果;请用表格软件打开后保存",
                    rows=(number,),
                )
            if number > _LAST_ROW:
                raise _unreadable(self.path)
            yield list(row)


def _is_formula(cell: Any) -> bool:
    """A formula, or one of the kinds that openpyxl keeps as objects (over several cells, of a data table)."""
    return (isinstance(cell, str) and cell.startswith("=")) or type(
        cell
    ).__module__ == "openpyxl.worksheet.formula"


def _guard(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    steep = any(
        p.file_size > 1 << 20 and p.file_size > _LARGEST_RATIO * max(p.compress_size, 1) for p in parts
    )
    if steep or sum(p.file_size for p in parts) > _LARGEST:
        raise fault(
            path,
            "not_a_bomb",
            "the workbook is suspiciously large when unpacked and was not opened. Save it as .csv",
            "工作簿解压后过大,未打开;请另存为 .csv",
        )


def _has_formula(path: Path, part: str) -> bool:
    tail = b""
    with zipfile.ZipFile(path) as parts, parts.open(part) as content:
        while block := content.read(_BLOCK):
            if _FORMULA.search(tail + block):
                return True
            tail = block[-20:]
    return False
