"""Excel sheets and text tables as rows of cells, and the header above them."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.convert.values import header
from bangfu.convert.workbook import SHEETS, Workbook, fault

if TYPE_CHECKING:
    from bangfu.convert.mapping import FileSpec

TEXTS = (".csv", ".txt", ".tsv")
_SAMPLE = 1 << 20


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


def table_rows(
    path: Path, spec: FileSpec | None = None, book: Workbook | None = None, sheet: str = ""
) -> Iterator[list[Any]]:
    """All rows of a sheet or text table as they stand; of the first sheet that is shown, where none is named."""
    if path.suffix.lower() in SHEETS:
        book = book or Workbook(path)
        return book.rows(sheet or book.first)
    return _text_rows(path, spec)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Headers, the rows below them (all of the headers' width), and the rows down to the header."""

    headers: list[str]
    rows: Iterator[list[Any]]
    above: list[list[Any]]


def below_header(path: Path, spec: FileSpec | None, book: Workbook | None = None, sheet: str = "") -> Sheet:
    """The sheet as its mapping says where the header is; row 1 without one."""
    rows = table_rows(path, spec, book, sheet)
    at = spec.header_rows if spec else (1,)
    top = list(itertools.islice(rows, max(at)))
    headers = merged_headers([top[i - 1] for i in at]) if len(top) == max(at) else []
    if path.suffix.lower() in SHEETS:  # formats may reach to the last column of a sheet
        while headers and not headers[-1]:
            headers.pop()
    if not any(headers):
        where = f"{sheet}: " if sheet else ""
        raise fault(
            path,
            "header_present",
            f"{where}row {max(at)}, where the header should be, is empty or not there; set header_row",
            f"{where}第{max(at)}行应为表头,但为空或不存在;请设置 header_row",
        )
    return Sheet(headers, _even(path, rows, len(headers), max(at)), top)


def _even(path: Path, rows: Iterator[list[Any]], width: int, above: int) -> Iterator[list[Any]]:
    text = path.suffix.lower() in TEXTS
    for number, row in enumerate(rows, above + 1):
        if text and len(row) != width and any(c.strip() for c in row):
            raise fault(
                path,
                "row_width",
                f"the row has {len(row)} cells where the header has {width}; correct the file (a delimiter inside a value needs quotes)",
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
        top = content.read(_SAMPLE)
    if top[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    for name, zeros in (("utf-16-le", top[1::2]), ("utf-16-be", top[0::2])):
        if zeros.count(0) > len(zeros) / 20:  # digits, delimiters and line ends have an empty byte
            return name
    try:
        with path.open(encoding="utf-8-sig") as lines:
            while lines.read(_SAMPLE):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"
