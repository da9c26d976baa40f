"""Excel sheets and text tables as rows of cells, and the header above them."""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.convert.values import header
from bangfu.errors import DataFault, Fault

if TYPE_CHECKING:
    from bangfu.convert.mapping import FileSpec

SHEETS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".txt", ".tsv")
_LARGEST, _LARGEST_RATIO = 1 << 30, 200
"""Unpacked bytes of a workbook; unpacked over packed of a part above a megabyte."""
_SAMPLE = 1 << 20


def fault(path: Path, rule: str, en: str, zh: str, **more: Any) -> DataFault:
    """One fault of a file, to raise."""
    return DataFault([Fault(path.name, rule, en, zh, **more)])


def merged_headers(rows: list[list[Any]]) -> list[str]:
    """One header per column from one or more header rows; upper cells reach over merged columns."""
    width = max(map(len, rows), default=0)
    parts: list[list[str]] = []
    for depth, row in enumerate(rows):
        names = [header(v) for v in row] + [""] * (width - len(row))
        if depth < len(rows) - 1:
            for i in range(1, width):
                names[i] = names[i] or names[i - 1]
        parts.append(names)
    return ["".join(dict.fromkeys(p[i] for p in parts if p[i])) for i in range(width)]


def table_rows(path: Path, spec: FileSpec | None = None) -> tuple[Iterator[list[Any]], int, bool]:
    """All rows of a sheet or text table as they stand, how many other sheets there are, and whether days count from 1904."""
    if path.suffix.lower() in SHEETS:
        return _sheet_rows(path, spec.sheet if spec else "")
    return _text_rows(path, spec), 0, False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headers, the rows below them (all of the headers' width), the rows down to the header, and the count of other sheets.

    Attributes
    ----------
    mac : bool
        Whether the workbook counts its days from 1904.
    """

    headers: list[str]
    rows: Iterator[list[Any]]
    above: list[list[Any]]
    others: int
    mac: bool


def below_header(path: Path, spec: FileSpec | None) -> Sheet:
    """The sheet as its mapping says where the header is; row 1 without one."""
    rows, others, mac = table_rows(path, spec)
    at = spec.header_rows if spec else (1,)
    top = list(itertools.islice(rows, max(at)))
    headers = merged_headers([top[i - 1] for i in at]) if len(top) == max(at) else []
    if not any(headers):
        raise fault(
            path,
            "header_present",
            f"row {max(at)}, where the header should be, is empty or not there; set header_row",
            f"第{max(at)}行应为表头,但为空或不存在;请设置 header_row",
        )
    return Sheet(headers, _even(path, rows, len(headers), max(at)), top, others, mac)


def _even(path: Path, rows: Iterator[list[Any]], width: int, above: int) -> Iterator[list[Any]]:
    text = path.suffix.lower() in TEXTS
    for number, row in enumerate(rows, above + 1):
        if text and len(row) != width and any(c.strip() for c in row):
            raise fault(
                path,
                "row_width",
                f"the row has {len(row)} cells where the header has {width}; mend the file (a delimiter inside a value needs quotes)",
                f"该行有{len(row)}个单元格,表头有{width}个;请修正(值内含分隔符时须加引号)",
                rows=(number,),
            )
        yield (list(row) + [None] * width)[:width]


def _text_rows(path: Path, spec: FileSpec | None) -> Iterator[list[Any]]:
    encoding = (spec.encoding if spec else "") or _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as lines:
            sample = lines.read(_SAMPLE).splitlines()[:20]
            lines.seek(0)
            delimiter = (spec.delimiter if spec else "") or max(",\t;|,", key=lambda d: _width(sample, d))
            yield from csv.reader(lines, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise fault(path, "csv_readable", f"broken text table: {error}", f"文本表格损坏:{error}") from None
    except (UnicodeError, LookupError):
        raise fault(
            path,
            "encoding",
            f"not all of the file is {encoding}; save it in one encoding, UTF-8 best",
            f"文件并非全部为 {encoding} 编码,请统一另存为 UTF-8",
        ) from None


def _width(lines: list[str], delimiter: str) -> int:
    """How many cells most of the lines have with this delimiter."""
    widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
    return max(widths, key=lambda w: (widths[w], w)) if widths else 0


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 (with or without mark), else GB18030."""
    with path.open("rb") as content:
        if content.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as lines:
            while lines.read(_SAMPLE):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _sheet_rows(path: Path, sheet: str) -> tuple[Iterator[list[Any]], int, bool]:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        with zipfile.ZipFile(path) as parts:
            _guard(path, parts.infolist())
            formulas = any(_has_formula(parts, p) for p in parts.infolist() if "worksheets/" in p.filename)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        names = book.sheetnames
        if sheet and sheet not in names:
            raise fault(
                path,
                "sheet_present",
                f"no such sheet; there are: {', '.join(names)}",
                f"没有该工作表;现有:{'、'.join(names)}",
                value=sheet,
            )
        shown = book[sheet or names[0]]
        written = openpyxl.load_workbook(path, read_only=True)[shown.title] if formulas else None
    except DataFault:
        raise
    except Exception:  # openpyxl lets many kinds through
        raise fault(
            path,
            "workbook_readable",
            "not a readable .xlsx workbook (damaged, or protected by a password); save it again",
            "不是可读取的 .xlsx 工作簿(损坏或有密码),请重新保存",
        ) from None
    return _cells(path, shown, written), len(names) - 1, book.epoch == CALENDAR_MAC_1904


def _guard(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    steep = any(
        p.file_size > 1 << 20 and p.file_size > _LARGEST_RATIO * max(p.compress_size, 1) for p in parts
    )
    if steep or sum(p.file_size for p in parts) > _LARGEST:
        raise fault(
            path,
            "not_a_bomb",
            "the workbook unpacks to far more than it should; it was not opened. Save it as .csv",
            "工作簿解压后过大,未打开;请另存为 .csv",
        )


def _has_formula(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with parts.open(part) as content:
        while block := content.read(_SAMPLE):
            if b"<f>" in tail + block or b"<f " in tail + block:
                return True
            tail = block[-2:]
    return False


def _cells(path: Path, shown: Any, written: Any) -> Iterator[list[Any]]:
    """Rows of cells; a formula whose result was never saved is refused, it would read as empty."""
    for sheet in (shown, written):
        if sheet is not None:
            sheet.reset_dimensions()
    rows = shown.iter_rows(values_only=True)
    if written is None:
        yield from map(list, rows)
        return
    for number, (row, texts) in enumerate(zip(rows, written.iter_rows(values_only=True), strict=False), 1):
        if any(v is None and str(f or "").startswith("=") for v, f in zip(row, texts, strict=False)):
            raise fault(
                path,
                "formula_value",
                "a formula without a saved result; open the file in a spreadsheet program and save it",
                "公式没有保存结果;请用表格软件打开后保存",
                rows=(number,),
            )
        yield list(row)
