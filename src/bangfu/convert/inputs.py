"""Which file, or which sheets of a workbook, is described by which `[[files]]` of the mapping."""

from __future__ import annotations

import fnmatch
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bangfu.characters import half_width
from bangfu.convert.faults import Faults
from bangfu.convert.mapping import FileSpec, Mapping
from bangfu.convert.reading import Opened, open_file
from bangfu.convert.report import ConvertReport
from bangfu.convert.workbook import SHEETS, Workbook
from bangfu.errors import WrongUse


@dataclass(frozen=True, slots=True)
class Source:
    """A file or a sheet, and its description; ``name`` is what reports and messages call it."""

    path: Path
    name: str
    spec: FileSpec
    sheet: str = ""
    book: Workbook | None = None

    def open(self) -> Opened:
        """Open it for reading."""
        return open_file(self.path, self.spec, self.book, self.sheet, self.name)


def sources(paths: list[Path], rules: Mapping, report: ConvertReport, faults: Faults) -> list[Source]:
    """Every file and sheet to read, those that add to others first.

    Raises
    ------
    WrongUse
        When a file is not there, is given twice, or fits nothing; when a main file is wanting.
    DataFault
        When a workbook cannot be read.
    """
    shown = Counter(p.name for p in paths)
    found, wanted = list[Source](), dict[str, str]()
    for path in paths:
        if not path.is_file():
            raise WrongUse(f"there is no file {path}", f"没有文件 {path}")
        if sum(path.samefile(p) for p in paths if p.is_file()) > 1:
            raise WrongUse(f"{path.name} is given twice", f"{path.name} 给了两次")
        name = path.name if shown[path.name] == 1 else f"{path.absolute().parent.name}/{path.name}"
        fits = [s for s in rules.files if fnmatch.fnmatchcase(path.name.lower(), s.match.lower())]
        if path.suffix.lower() in SHEETS and fits:
            taken = _sheets(path, name, fits, report)
            wanted |= {sheet: path.name for s in fits for sheet in s.sheet}
        else:
            taken = [Source(path, name, s) for s in fits]
        if not taken or (len(taken) > 1 and taken[0].book is None):
            raise _unfit(path, fits, rules)
        if taken[0].book is None and taken[0].spec.sheet:
            raise WrongUse(
                f"{path.name} has no sheets, but the mapping asks for the sheet {taken[0].spec.sheet[0]}; take `sheet` away",
                f"{path.name} 没有工作表,而映射要求工作表 {taken[0].spec.sheet[0]};请删去 sheet",
            )
        found += taken
    books = {s.path: s.book for s in found if s.book}.values()
    for sheet in [w for w in wanted if not any(_matching(b, (w,)) for b in books)]:
        names = dict.fromkeys(n for b in books for n in (*b.names, *b.hidden))
        more = (f"{sheet}; there are: {', '.join(names)}", f"{sheet};现有:{'、'.join(names)}")
        faults.say(wanted[sheet], "sheet_present", more=more)
    _whole(found, rules, faults)
    return sorted(found, key=lambda s: not s.spec.adds_to)


def _sheets(path: Path, name: str, fits: list[FileSpec], report: ConvertReport) -> list[Source]:
    """The sheets of one workbook that are described; those that are not are named in the report."""
    book = Workbook(path)
    taken: dict[str, FileSpec] = {}
    for spec in fits:
        for sheet in _matching(book, spec.sheet):
            if sheet in taken:
                raise WrongUse(
                    f"{path.name}: the sheet {sheet} fits two of the mapping's files: {taken[sheet].name}, {spec.name}; change `sheet`",
                    f"{path.name}:工作表 {sheet} 同时匹配映射中的 {taken[sheet].name} 和 {spec.name};请修改 sheet",
                )
            taken[sheet] = spec
    for rule, names in (("other_sheets", book.names), ("hidden_sheets", book.hidden)):
        for sheet in names:
            report.note(name, rule, sheet not in taken, sheet)
    alone = len(taken) == 1
    return [
        Source(path, name if alone else f"{name}/{sheet}", taken[sheet], sheet, book)
        for sheet in (*book.names, *book.hidden)
        if sheet in taken
    ]


def _matching(book: Workbook, patterns: tuple[str, ...]) -> list[str]:
    """The sheets of some patterns; the first one without; a hidden one only by its whole name."""
    wanted = [half_width(p).lower() for p in patterns]

    def fits(sheet: str) -> bool:
        name = half_width(sheet).lower()
        return name in wanted or (sheet in book.names and any(fnmatch.fnmatchcase(name, w) for w in wanted))

    return [n for n in (*book.names, *book.hidden) if fits(n)] if wanted else [book.first]


def _unfit(path: Path, fits: list[FileSpec], rules: Mapping) -> WrongUse:
    known, found = ", ".join(s.match for s in rules.files), ", ".join(s.name for s in fits)
    if fits and path.suffix.lower() in SHEETS:
        sheets = ", ".join(n for s in fits for n in s.sheet)
        return WrongUse(
            f"{path.name} has none of the mapping's sheets: {sheets}",
            f"{path.name} 没有映射所列的任何工作表:{sheets}",
        )
    return WrongUse(
        f"{path.name} fits {'several files' if fits else 'no file'} of the mapping{': ' + found if fits else ''}; its patterns are: {known}. Change `match` in the mapping, or rename the file",
        f"{path.name} {'同时匹配映射中的多个文件:' + found if fits else '不匹配映射中的任何文件'};可用模式:{known}。请修改映射中的 match 或文件名",
    )


def _whole(found: list[Source], rules: Mapping, faults: Faults) -> None:
    """What was given belongs together: added files have their main one, and joining has its file."""
    given = {s.spec.name for s in found}
    if all(s.spec.adds_to for s in found):
        raise WrongUse(
            "no main file was given, only files that add to another", "没有给出主文件,只有附加文件"
        )
    for source in found:
        if source.spec.adds_to and source.spec.adds_to not in given:
            main = next(f.match for f in rules.files if f.name == source.spec.adds_to)
            faults.say(source.name, "file_needed", more=main)
    for joining in rules.participation:
        for name in filter(None, (joining.yes, joining.since, joining.until)):
            makers = [f for f in rules.files if name in f.table]
            if not given & {f.name for f in makers} and not all(f.table[name].optional for f in makers):
                faults.say(rules.path.name, "file_needed", name, more=" / ".join(f.match for f in makers))
