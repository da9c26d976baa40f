"""Text tables: encoding, delimiter, header and every row's width, found by us and not by a guess of the engine.

A clean UTF-8 file goes to the engine as it is. Anything else (GB18030, UTF-16, a byte order mark, mixed line ends) is
rewritten in chunks beside, as UTF-8 with LF; what cannot be is a fault that names the row and never shows a cell.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bangfu.errors import DataFault, Fault
from bangfu.register.layout import twice

_CHUNK = 1 << 20
_LONGEST_CELL = 1 << 20
_LONGEST_HEADER = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text table ready for the engine: UTF-8, LF or CRLF throughout, header in the first row.

    Attributes
    ----------
    path : Path
    delimiter : str
        Comma or tab.
    header : tuple of str
    """

    path: Path
    delimiter: str
    header: tuple[str, ...]


def prepare(path: Path, name: str, table: str, copy: Path) -> Text:
    """Make a text table readable for the engine.

    Parameters
    ----------
    path : Path
    name, table : str
        For faults.
    copy : Path
        Where a rewritten copy goes, if one is needed.

    Raises
    ------
    DataFault
        For an empty file, unknown or mixed encodings, a duplicate or empty column name, another delimiter.
    """
    clean = path
    if not _plain(path):
        clean = copy
        _rewrite(path, clean, _encoding(path, table))
    with clean.open(encoding="utf-8", newline="") as file:
        line = file.readline(_LONGEST_HEADER)
    if not line.strip() or len(line) == _LONGEST_HEADER:
        words = (
            f"{name} has no header line; the first line names the columns",
            f"{name} 没有标题行,第一行应为列名",
        )
        raise DataFault([Fault(table, "header_present", *words)])
    delimiter = "\t" if line.count("\t") > line.count(",") else ","
    header = _header(clean, delimiter)
    faults = list(twice([n for n in header if n], table))
    if "" in header:
        words = "a column has no name; name it or remove it", "有一列没有列名,请命名或删除"
        faults.append(Fault(table, "column_named", *words))
    if len(header) == 1 and any(mark in line for mark in ";，；|"):
        words = (
            "the columns are not separated by commas or tabs; save the file again with commas",
            "列的分隔符不是逗号或制表符,请另存为逗号分隔",
        )
        faults.append(Fault(table, "delimiter_known", *words))
    if faults:
        raise DataFault(faults)
    return Text(clean, delimiter, header)


def _header(path: Path, delimiter: str) -> tuple[str, ...]:
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        try:
            return tuple(name.strip() for name in next(csv.reader(file, delimiter=delimiter), []))
        except csv.Error:
            return ("",)


def broken_rows(text: Text, table: str, name: str) -> Iterator[Fault]:
    """Why the engine refused a file: rows of another width, or a quotation that never ends; no cell is shown."""
    csv.field_size_limit(_LONGEST_CELL)
    width = len(text.header)
    with text.path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter=text.delimiter, strict=True)
        row = -1
        found = 0
        try:
            for row, cells in enumerate(reader):
                if len(cells) != width and found < 5:
                    found += 1
                    en = f"{len(cells)} cells where the header has {width}; correct the row"
                    zh = f"有{len(cells)}格,标题行有{width}格,请改正"
                    yield Fault(table, "row_width", en, zh, rows=(row,))
        except csv.Error as error:
            if "larger than field limit" in str(error):
                words = (
                    f"a cell in {name} is longer than a million characters; a quotation may never end",
                    f"{name} 中有超过一百万字的单元格,引号可能没有结束",
                )
                yield Fault(table, "cell_length", *words, rows=(row + 1,))
                return
            words = (
                f"a quotation in {name} never ends or is malformed; the file may be cut off",
                f"{name} 中的引号没有结束或写法有误,文件可能被截断",
            )
            yield Fault(table, "quotes_closed", *words, rows=(row + 1,))


def _plain(path: Path) -> bool:
    """Whether the file is UTF-8 with one kind of line end and no byte order mark."""
    lf = crlf = cr = 0
    rest = b""
    with path.open("rb") as file:
        if file.read(3) == codecs.BOM_UTF8:
            return False
        file.seek(0)
        while chunk := file.read(_CHUNK):
            block = rest + chunk
            cut = len(block) - _unfinished(block)
            try:
                block[:cut].decode("utf-8")
            except UnicodeDecodeError:
                return False
            rest = block[cut:]
            crlf += chunk.count(b"\r\n")
            lf += chunk.count(b"\n")
            cr += chunk.count(b"\r")
    return not rest and (crlf == 0 == cr or crlf == lf == cr)


def _unfinished(block: bytes) -> int:
    """How many bytes at the end begin a UTF-8 character that the next chunk finishes, or a CRLF."""
    if block.endswith(b"\r"):
        return 1
    for back in range(1, min(4, len(block)) + 1):
        byte = block[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < needed else 0
        if byte < 0x80:
            return 0
    return 0


def _encoding(path: Path, table: str) -> str:
    """UTF-8, UTF-16 or GB18030 for the whole file.

    Raises
    ------
    DataFault
        When some lines are one and some the other, or a line is neither.
    """
    first: dict[str, int] = {}
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            return "utf-16"
        file.seek(0)
        for row, line in enumerate(iter(lambda: file.readline(_LONGEST_CELL), b"")):
            if line.isascii():
                continue
            utf8 = _decoded(line.removeprefix(codecs.BOM_UTF8) if row == 0 else line, "utf-8")
            gb = _decoded(line, "gb18030")
            if utf8 is None and gb is None:
                words = (
                    "bytes that are neither UTF-8 nor GB18030; save the file again as UTF-8",
                    "有既非 UTF-8 也非 GB18030 的字节,请另存为 UTF-8",
                )
                raise DataFault([Fault(table, "encoding_known", *words, rows=(row,) if row else ())])
            if utf8 is None:
                first.setdefault("gb18030", row)
            elif gb is None or _chinese(utf8):
                first.setdefault("utf-8", row)
    if len(first) > 1:
        words = (
            "the encoding changes within the file (UTF-8 and GB18030); save it again as UTF-8",
            "文件中混有 UTF-8 和 GB18030 两种编码,请统一另存为 UTF-8",
        )
        raise DataFault([Fault(table, "one_encoding", *words, rows=(max(first.values()),))])
    return next(iter(first), "utf-8")


def _chinese(text: str) -> bool:
    """Whether all that is not ASCII is Chinese: a short GB18030 line may pass as UTF-8, but as other letters."""
    return all(c.isascii() or "\u3000" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in text)


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _rewrite(path: Path, target: Path, encoding: str) -> None:
    """UTF-8 with LF, in chunks; a universal-newline reader turns every line end into LF."""
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    with (
        path.open(encoding=codec, newline=None) as source,
        target.open("w", encoding="utf-8", newline="\n") as out,
    ):
        while chunk := source.read(_CHUNK):
            out.write(chunk)


def write_rows(rows: Iterator[list[str]], target: Path) -> None:
    """Write rows as the one dialect that the engine reads."""
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
