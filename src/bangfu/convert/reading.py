"""Survey files and office sheets, read in chunks: .dta and .sav, .csv and .txt, .xlsx."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.convert.labels import missing_codes
from bangfu.convert.sheets import TEXTS, below_header
from bangfu.convert.units import Unit, of_header, of_row, of_title
from bangfu.convert.values import header
from bangfu.convert.workbook import SHEETS, Workbook, fault
from bangfu.errors import WrongUse

if TYPE_CHECKING:
    from bangfu.convert.mapping import FileSpec

CHUNK, CELLS = 50_000, 500_000
"""The most rows, and cells of a sheet or text table, that are held in memory together."""
STATISTICS = (".dta", ".sav")
SHEET = "{sheet}"
"""The header of a column that every sheet has: its own name."""
_TAGS = tuple(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")


@dataclass(slots=True)
class Opened:
    """A file that is open for reading.

    Attributes
    ----------
    headers : list of str
        Comparable headers (see :func:`bangfu.convert.values.header`), in order; empty ones are "".
    labels, declared_missing : dict
        Per column: value labels, and the ranges (low, high) that the file itself declares missing: by .sav, by labels such
        as 拒绝回答, and tagged missing values of .dta, which stand as ".a" to ".z".
    titles : dict of str to str
        Variable labels (.dta, .sav).
    units : dict of str to list of Unit
        What headers, variable labels and a row of units state, per column.
    title_units : tuple of Unit
        What the lines above the header state.
    unit_rows : int
        Rows of units below the header that are not data.
    lines : list of list of str
        The header as it stands, row by row, and a row of units.
    above : list of str
        The texts above the header, and the names of sheet and file.
    sheet : str
        Of a workbook; its name is a column of its own (:data:`SHEET`).
    mac : bool
        Whether the workbook counts its days from 1904.
    single : set of str
        Columns stored in single precision, which lose digits beyond seven.
    originals : dict
        Comparable header to the name in the file (.dta, .sav).
    """

    path: Path
    headers: list[str]
    rows: Iterator[list[Any]] | None = None
    first_row: int = 1
    sheet: str = ""
    name: str = ""
    labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    declared_missing: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    originals: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)
    title_units: tuple[Unit, ...] = ()
    unit_rows: int = 0
    lines: list[list[str]] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    mac: bool = False
    encoding: str | None = None

    @property
    def duplicates(self) -> set[str]:
        """Headers that stand more than once; they cannot be used."""
        return {h for h, n in Counter(self.headers).items() if n > 1 and h}

    def chunks(self, columns: Iterable[str]) -> Iterator[pd.DataFrame]:
        """Only these columns, some rows at a time; the index is the row as the sheet or text file shows it."""
        wanted = [c for c in dict.fromkeys(columns) if c in self.headers]
        if self.rows is None:
            yield from _statistics_chunks(self, wanted)
            return
        own = [c for c in wanted if c != SHEET]
        places, start = [self.headers.index(c) for c in own], self.first_row
        most = max(1, min(CHUNK, CELLS // len(self.headers)))
        for block in iter(lambda: list(itertools.islice(self.rows or (), most)), []):
            index = pd.RangeIndex(start, start + len(block))
            cells = [[row[p] for p in places] for row in block]
            frame = pd.DataFrame(cells, index=index, columns=own, dtype=object)
            if SHEET in wanted:
                frame[SHEET] = self.sheet
            frame.attrs["blank"] = [all(v is None or not str(v).strip() for v in row) for row in block]
            frame.attrs["alone"] = dict(filter(None, map(_alone, index, block)))
            start += len(block)
            yield frame


def open_file(
    path: Path, spec: FileSpec | None = None, book: Workbook | None = None, sheet: str = "", name: str = ""
) -> Opened:
    """Open a file by its ending, or a sheet of a workbook that is open.

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
    if kind not in STATISTICS + SHEETS + TEXTS:
        raise WrongUse(
            f"{path.name}: files of kind {kind or '(none)'} are not read; save it as .xlsx, .csv, .dta or .sav",
            f"{path.name}:不支持 {kind or '(无扩展名)'} 文件,请另存为 .xlsx、.csv、.dta 或 .sav",
        )
    if path.stat().st_size == 0:
        raise fault(path, "file_empty", "the file is empty", "文件是空的")
    if kind in STATISTICS:
        return _open_statistics(path, spec, name or path.name)
    if kind in SHEETS:
        book = book or Workbook(path)
    found = below_header(path, spec, book, sheet)
    rows, at, named = found.rows, max(spec.header_rows if spec else (1,)), spec.unit_row if spec else 0
    first = list(itertools.islice(rows, 1))
    above = found.above[named - 1] if 0 < named <= at else None
    row = of_row(above if above is not None else first[0] if first else [])
    if named and (row is None or named > at + 1):
        raise fault(
            path,
            "unit_row",
            f"row {named} is no row of units (元, 万元, 亩, 人) above or directly under the header; correct unit_row",
            f"第{named}行不是表头上方或紧接表头的单位行(元、万元、亩、人);请修改 unit_row",
        )
    below = row is not None and above is None
    headed = spec.header_rows if spec else (1,)
    unit_cells = [[header(c) for c in (first[0] if above is None else above)]] if row else []
    titles = [path.stem, *([sheet] if sheet else [])]
    titles += [
        c for i, line in enumerate(found.above, 1) if i not in headed for c in line if isinstance(c, str)
    ]
    return Opened(
        path,
        [*found.headers, SHEET] if sheet else found.headers,
        rows if below else itertools.chain(first, rows),
        first_row=at + 1 + below,
        units=units_by_column(
            {h: [h] for h in found.headers}, dict(zip(found.headers, row or [], strict=False))
        ),
        title_units=of_title(titles),
        lines=[*([header(c) for c in found.above[i - 1]] for i in headed), *unit_cells],
        above=titles,
        unit_rows=int(below),
        sheet=sheet,
        name=name or path.name,
        mac=book is not None and book.mac,
    )


def _alone(number: int, row: list[Any]) -> tuple[int, list[str]] | None:
    """A row of one or two texts and nothing else, as a note below a table is."""
    if row.count(None) + row.count("") < len(row) - 2:
        return None
    filled = [v for v in row if v not in (None, "")]
    return (number, filled) if filled and all(isinstance(v, str) for v in filled) else None


def units_by_column(texts: dict[str, list[str]], row: dict[str, Unit | None]) -> dict[str, list[Unit]]:
    """The units that headers (or labels) and a row of units state, per column."""
    found = {name: [of_header(t) for t in said] + [row.get(name)] for name, said in texts.items() if name}
    return {name: [u for u in units if u] for name, units in found.items() if any(units)}


def _reader(path: Path) -> tuple[Any, dict[str, Any]]:
    """How a file is read; codes that it declares missing are kept, so that they are counted or recoded."""
    import pyreadstat

    spss = path.suffix.lower() == ".sav"
    return pyreadstat.read_sav if spss else pyreadstat.read_dta, {"user_missing": True}


def _open_statistics(path: Path, spec: FileSpec | None, name: str) -> Opened:
    read, more = _reader(path)
    for encoding in dict.fromkeys([(spec.encoding if spec else "") or None, "gb18030"]):
        try:
            _, meta = read(path, metadataonly=True, encoding=encoding, **more)
            break
        except UnicodeDecodeError:
            continue
        except Exception as error:  # pyreadstat raises plain Exceptions of its own
            words = f"not a readable {path.suffix} file: {error}", f"不是可读取的 {path.suffix} 文件:{error}"
            raise fault(path, "file_readable", *words) from None
    else:
        words = (
            "its text is neither UTF-8 nor GB18030; set `encoding`",
            "文字既非 UTF-8 也非 GB18030,请设置 encoding",
        )
        raise fault(path, "encoding", *words)
    labels = {header(n): {_tag(c): t for c, t in v.items()} for n, v in meta.variable_value_labels.items()}
    ranges = {header(n): found for n, found in (getattr(meta, "missing_ranges", None) or {}).items()}
    numeric = {header(n) for n, t in meta.readstat_variable_types.items() if t != "string"}
    tagged = [(t, t) for t in _TAGS] if path.suffix.lower() == ".dta" else []
    missing = {
        name: [(r["lo"], r["hi"]) for r in ranges.get(name, [])]
        + [(c, c) for c in missing_codes(labels.get(name, {})) if c not in _TAGS]
        + (tagged if name in numeric else [])
        for name in map(header, meta.column_names)
    }
    titles = {header(n): str(t) for n, t in meta.column_names_to_labels.items() if t}
    return Opened(
        path,
        [header(n) for n in meta.column_names],
        name=name,
        labels=labels,
        declared_missing={name: found for name, found in missing.items() if found},
        titles=titles,
        above=[path.stem],
        title_units=of_title([path.stem]),
        units=units_by_column({h: [h, titles.get(h, "")] for h in map(header, meta.column_names)}, {}),
        single={header(n) for n, t in meta.readstat_variable_types.items() if t == "float"},
        originals={header(n): n for n in meta.column_names},
        encoding=encoding,
    )


def _tag(value: Any) -> Any:
    """A tagged missing value of .dta as Stata writes it: ``.a`` to ``.z``."""
    return f".{value}" if isinstance(value, str) and len(value) == 1 and f".{value}" in _TAGS else value


def _statistics_chunks(opened: Opened, wanted: list[str]) -> Iterator[pd.DataFrame]:
    read, more = _reader(opened.path)
    columns = [opened.originals[c] for c in wanted] or [next(iter(opened.originals.values()))]
    for start in itertools.count(0, CHUNK):
        try:
            frame, _ = read(
                opened.path, usecols=columns, row_offset=start, row_limit=CHUNK, encoding=opened.encoding, **more
            )  # fmt: skip
        except Exception as error:  # a file cut off after its header fails only here
            words = f"not a whole {opened.path.suffix} file: {error}", f"文件不完整:{error}"
            raise fault(opened.path, "file_readable", *words) from None
        frame = frame.rename(columns={v: k for k, v in opened.originals.items()})[wanted]
        for name in frame.columns[[str(d) == "object" for d in frame.dtypes]]:
            if any((tag, tag) in opened.declared_missing.get(name, ()) for tag in _TAGS[:1]):
                frame[name] = frame[name].map(_tag)
        frame.index = pd.RangeIndex(start + 1, start + 1 + len(frame))
        if len(frame):
            yield frame
        if len(frame) < CHUNK:
            return
