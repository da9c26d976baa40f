"""Survey files and office sheets, read in chunks: .dta and .sav, .csv and .txt, .xlsx."""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.convert.values import header
from bangfu.errors import DataFault, Fault, WrongUse

if TYPE_CHECKING:
    from bangfu.convert.mapping import FileSpec

CHUNK = 50_000
_LARGEST_SHEET = 2 * 1024**3
_SAMPLE = 1 << 20


@dataclass(slots=True)
class Opened:
    """A file that is open for reading.

    Attributes
    ----------
    headers : list of str
        Comparable headers (see :func:`bangfu.convert.values.header`), in order; empty ones are "".
    duplicates : set of str
        Headers that stand more than once; they cannot be used.
    labels, declared_missing : dict
        Per column: value labels, and the codes that the file itself declares missing (.sav).
    single : set of str
        Columns stored in single precision, which lose digits beyond seven.
    """

    path: Path
    headers: list[str]
    rows: Iterator[list[Any]] | None = None
    labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    declared_missing: dict[str, list[Any]] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    other_sheets: int = 0
    originals: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None

    @property
    def duplicates(self) -> set[str]:
        return {h for h, n in Counter(self.headers).items() if n > 1 and h}

    def chunks(self, columns: Iterable[str]) -> Iterator[pd.DataFrame]:
        """Only these columns, some rows at a time; the index is the 1-based data row."""
        wanted = [c for c in dict.fromkeys(columns) if c in self.headers]
        if self.rows is None:
            yield from _statistics_chunks(self, wanted)
            return
        places = [self.headers.index(c) for c in wanted]
        start = 1
        for block in iter(lambda: list(itertools.islice(self.rows or (), CHUNK)), []):
            index = pd.RangeIndex(start, start + len(block))
            frame = pd.DataFrame(
                [[row[p] for p in places] for row in block], index=index, columns=wanted, dtype=object
            )
            frame.attrs["blank"] = [all(v is None or not str(v).strip() for v in row) for row in block]
            start += len(block)
            yield frame


def fault(path: Path, rule: str, en: str, zh: str, **more: Any) -> DataFault:
    """One fault of a file, to raise."""
    return DataFault([Fault(path.name, rule, en, zh, **more)])


def open_file(path: Path, spec: FileSpec | None = None) -> Opened:
    """Open a file by its ending.

    Raises
    ------
    WrongUse
        When the file is not there or of no known kind.
    DataFault
        When it cannot be read.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        raise WrongUse(f"there is no file {path}", f"没有文件 {path}")
    if path.stat().st_size == 0:
        raise fault(path, "file_empty", "the file is empty", "文件是空的")
    if kind in {".dta", ".sav"}:
        return _open_statistics(path, spec)
    if kind in {".xlsx", ".xlsm"}:
        rows, others = _sheet_rows(path, spec.sheet if spec else "")
    elif kind in {".csv", ".txt", ".tsv"}:
        rows, others = _text_rows(path, spec), 0
    else:
        raise WrongUse(
            f"{path.name}: files of kind {kind or '(none)'} are not read; save it as .xlsx, .csv, .dta or .sav",
            f"{path.name}:不支持 {kind or '(无扩展名)'} 文件,请另存为 .xlsx、.csv、.dta 或 .sav",
        )
    opened = _with_header(path, rows, spec)
    opened.other_sheets = others
    return opened


def first_rows(path: Path, count: int = 16) -> list[list[Any]]:
    """The first rows of a sheet or text file as they stand, for guessing."""
    sheet = path.suffix.lower() in {".xlsx", ".xlsm"}
    rows = _sheet_rows(path, "")[0] if sheet else _text_rows(path, None)
    return list(itertools.islice(rows, count))


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


def _with_header(path: Path, rows: Iterator[list[Any]], spec: FileSpec | None) -> Opened:
    at = spec.header_rows if spec else (1,)
    top = list(itertools.islice(rows, max(at)))
    if len(top) < max(at):
        raise fault(
            path, "header_present",
            f"the file has no row {max(at)}, where the header should be; is the sheet empty?",
            f"文件没有第{max(at)}行(应为表头),是否为空表?",
        )  # fmt: skip
    headers = merged_headers([top[i - 1] for i in at])
    if not any(headers):
        raise fault(
            path,
            "header_present",
            f"row {max(at)} is empty; set header_row",
            f"第{max(at)}行为空,请设置 header_row",
        )
    return Opened(path, headers, rows=_even(path, rows, len(headers)))


def _even(path: Path, rows: Iterator[list[Any]], width: int) -> Iterator[list[Any]]:
    text = path.suffix.lower() not in {".xlsx", ".xlsm"}
    for number, row in enumerate(rows, 1):
        if text and row and len(row) != width and any(c.strip() for c in row):
            raise fault(
                path, "row_width",
                f"the row has {len(row)} cells where the header has {width}; mend the file (a delimiter inside a value needs quotes)",
                f"该行有{len(row)}个单元格,表头有{width}个;请修正(值内含分隔符时须加引号)", rows=(number,),
            )  # fmt: skip
        yield (list(row) + [None] * width)[:width]


def _text_rows(path: Path, spec: FileSpec | None) -> Iterator[list[Any]]:
    encoding = (spec.encoding if spec else "") or text_encoding(path)
    with path.open(encoding=encoding, newline="") as lines:
        try:
            sample = lines.read(_SAMPLE).splitlines()[:20]
            lines.seek(0)
            counts = {d: sum(line.count(d) for line in sample) for d in (",", "\t", ";", "|", ",")}
            delimiter = (spec.delimiter if spec else "") or max(counts, key=lambda d: counts[d])
            yield from csv.reader(lines, delimiter=delimiter, strict=True)
        except csv.Error as error:
            raise fault(
                path, "csv_readable", f"broken text table: {error}", f"文本表格损坏:{error}"
            ) from None
        except UnicodeError:
            raise fault(
                path, "encoding", f"not all of the file is {encoding}; save it in one encoding, UTF-8 best",
                f"文件并非全部为 {encoding} 编码,请统一另存为 UTF-8",
            ) from None  # fmt: skip


def text_encoding(path: Path) -> str:
    """UTF-8 or UTF-16 (with or without mark), else GB18030."""
    with path.open("rb") as content:
        start = content.read(4)
        if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
    try:
        with path.open(encoding="utf-8-sig") as lines:
            while lines.read(_SAMPLE):
                pass
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _sheet_rows(path: Path, sheet: str) -> tuple[Iterator[list[Any]], int]:
    import openpyxl

    try:
        with zipfile.ZipFile(path) as parts:
            size = sum(p.file_size for p in parts.infolist())
            if size > _LARGEST_SHEET:
                raise fault(
                    path,
                    "workbook_size",
                    "the workbook unpacks to more than 2 GB; save it as .csv",
                    "工作簿解压后超过2GB,请另存为 .csv",
                )
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
        shown.reset_dimensions()
        plain = None
        if formulas:
            plain = openpyxl.load_workbook(path, read_only=True)[shown.title]
            plain.reset_dimensions()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, AttributeError, IndexError) as error:
        raise fault(
            path, "workbook_readable", "not a readable .xlsx workbook (damaged, or protected by a password); save it again",
            "不是可读取的 .xlsx 工作簿(损坏或有密码),请重新保存",
        ) from error  # fmt: skip
    return _cells(path, shown, plain), len(names) - 1


def _has_formula(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with parts.open(part) as content:
        while block := content.read(_SAMPLE):
            if b"<f>" in tail + block or b"<f " in tail + block:
                return True
            tail = block[-2:]
    return False


def _cells(path: Path, shown: Any, plain: Any) -> Iterator[list[Any]]:
    rows = shown.iter_rows(values_only=True)
    if plain is None:
        yield from map(list, rows)
        return
    for number, (row, written) in enumerate(zip(rows, plain.iter_rows(values_only=True), strict=False), 1):
        if any(
            v is None and isinstance(f, str) and f.startswith("=") for v, f in zip(row, written, strict=False)
        ):
            raise fault(
                path, "formula_value", f"sheet row {number} holds a formula without a saved result; open the file in a spreadsheet program and save it",
                f"工作表第{number}行有公式但没有保存结果;请用表格软件打开后保存",
            )  # fmt: skip
        yield list(row)


def _open_statistics(path: Path, spec: FileSpec | None) -> Opened:
    import pyreadstat

    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    for encoding in dict.fromkeys([(spec.encoding if spec else "") or None, "gb18030"]):
        try:
            _, meta = read(path, metadataonly=True, encoding=encoding)
            break
        except UnicodeDecodeError:
            continue
        except Exception as error:
            raise fault(
                path,
                "file_readable",
                f"not a readable {path.suffix} file: {error}",
                f"不是可读取的 {path.suffix} 文件:{error}",
            ) from None
    else:
        raise fault(
            path,
            "encoding",
            "its text is neither UTF-8 nor GB18030; set `encoding`",
            "文字既非 UTF-8 也非 GB18030,请设置 encoding",
        )
    declared = {}
    for name, ranges in (getattr(meta, "missing_ranges", None) or {}).items():
        declared[header(name)] = [r["lo"] for r in ranges if r["lo"] == r["hi"]]
    return Opened(
        path,
        [header(n) for n in meta.column_names],
        labels={header(n): dict(v) for n, v in meta.variable_value_labels.items()},
        declared_missing=declared,
        single={header(n) for n, t in meta.readstat_variable_types.items() if t == "float"},
        originals={header(n): n for n in meta.column_names},
        encoding=encoding,
    )


def _statistics_chunks(opened: Opened, wanted: list[str]) -> Iterator[pd.DataFrame]:
    import pyreadstat

    spss = opened.path.suffix.lower() == ".sav"
    read = pyreadstat.read_sav if spss else pyreadstat.read_dta
    more: dict[str, Any] = {"user_missing": True} if spss else {}
    columns = [opened.originals[c] for c in wanted] or [next(iter(opened.originals.values()))]
    start = 1
    while True:
        frame, _ = read(
            opened.path, usecols=columns, row_offset=start - 1, row_limit=CHUNK, encoding=opened.encoding, **more
        )  # fmt: skip
        if not len(frame):
            return
        frame = frame.rename(columns={v: k for k, v in opened.originals.items()})[wanted]
        frame.index = pd.RangeIndex(start, start + len(frame))
        start += len(frame)
        yield frame
        if len(frame) < CHUNK:
            return
