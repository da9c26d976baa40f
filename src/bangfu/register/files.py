"""Which files make up a table: one file, many, or Hive partitions, of one format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from bangfu.errors import DataFault, Fault
from bangfu.register.excel import sheets
from bangfu.register.home import Home

FORMATS = {".parquet": "parquet", ".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "excel"}

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one table.

    Attributes
    ----------
    format : {"parquet", "text", "excel"}
    paths : tuple of Path
        Sorted; at least one.
    partitions : tuple of dict
        For each path the columns that its folders name (``year=2017``); ``None`` where a folder stands for no value.
    """

    format: str
    paths: tuple[Path, ...]
    partitions: tuple[dict[str, str | None], ...]


def find(home: Home, table: str) -> Files:
    """The files of a table: ``<table>.<ending>``, all files below ``<table>/``, or a workbook with a sheet of that name.

    Raises
    ------
    DataFault
        When there is none, more than one choice, more than one format, or a link that leads out of the folder.
    """
    folder = home.folder
    if home.book is not None:
        return _sheet(home, table)
    single = sorted(p for p in folder.glob(f"{table}.*") if p.suffix.lower() in FORMATS and p.is_file())
    below = sorted(
        p
        for p in (folder / table).rglob("*")
        if p.suffix.lower() in FORMATS and p.is_file() and not p.name.startswith((".", "_"))
    )
    endings = ", ".join(FORMATS)
    if not single and not below and home.books:
        return _sheet(home, table)
    if not single and not below:
        words = (
            f"the table is missing; add {table} with one of {endings}, or a folder {table}/",
            f"缺少该表,请补上 {table}({endings})或文件夹 {table}/",
        )
        raise DataFault([Fault(table, "table_present", *words)])
    if len(single) + bool(below) > 1:
        names = ", ".join([p.name for p in single] + ([f"{table}/"] if below else []))
        raise DataFault(
            [
                Fault(
                    table,
                    "table_once",
                    f"the table is there more than once ({names}); keep one",
                    f"该表有多份({names}),请只留一份",
                )
            ]
        )
    paths = single or below
    inside = folder.resolve()
    for path in paths:
        if not path.resolve().is_relative_to(inside):
            words = (
                f"{path.name} is a link that leads out of the register's folder; copy the file",
                f"{path.name} 是指向文件夹之外的链接,请复制文件",
            )
            raise DataFault([Fault(table, "inside_folder", *words)])
    formats = {FORMATS[p.suffix.lower()] for p in paths}
    if len(formats) > 1:
        words = f"files of more than one format below {table}/; keep one", f"{table}/ 下有多种格式,请只留一种"
        raise DataFault([Fault(table, "one_format", *words)])
    return Files(formats.pop(), tuple(paths), tuple(_folders(p.relative_to(folder)) for p in paths))


def _sheet(home: Home, table: str) -> Files:
    """The workbook that has a sheet for the table."""
    books = [book for book in home.books if table in sheets(book, table)]
    if len(books) == 1:
        return Files("excel", (books[0],), ({},))
    names = ", ".join(p.name for p in books or home.books)
    words = (
        (f"several workbooks have a sheet {table} ({names}); keep one", f"多个工作簿都有 {table} 工作表({names}),请只留一个")
        if books
        else (f"no sheet is called {table} in {names}; name it so, or add the table", f"{names} 中没有名为 {table} 的工作表,请补上或改名")
    )  # fmt: skip
    raise DataFault([Fault(table, "table_once" if books else "table_present", *words)])


def _folders(path: Path) -> dict[str, str | None]:
    pairs = (part.split("=", 1) for part in path.parts[:-1] if "=" in part)
    return {unquote(name): None if value == NO_VALUE else unquote(value) for name, value in pairs}
