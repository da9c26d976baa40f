"""Tables into a folder: one file per table, language and format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from bangfu.atomic import write_bytes
from bangfu.errors import Language, WrongUse
from bangfu.papers.table import PaperTable

FORMATS = ("tex", "docx", "html")


def write_tables(
    tables: Iterable[PaperTable],
    folder: str | Path,
    *,
    languages: Sequence[Language] = ("en", "zh"),
    formats: Sequence[str] = FORMATS,
    overwrite: bool = False,
) -> list[Path]:
    """Write ``<id>.<language>.<format>``; on invented households ``<id>_SYNTHETIC.<language>.<format>``.

    Parameters
    ----------
    tables : iterable of PaperTable
    folder : path
        Made where it is not there.
    languages : sequence of {"en", "zh"}
    formats : sequence of {"tex", "docx", "html"}
    overwrite : bool
        Replace tables that are there.

    Returns
    -------
    list of Path

    Raises
    ------
    WrongUse
        For a format that there is not, or a table that is there already.
    """
    unknown = [f for f in formats if f not in FORMATS]
    if unknown:
        raise WrongUse(
            f"unknown format {', '.join(unknown)}; choose one of: {', '.join(FORMATS)}",
            f"没有格式 {'、'.join(unknown)};可用:{'、'.join(FORMATS)}",
        )
    written = []
    for table in tables:
        for lang in languages:
            for form in formats:
                path = Path(folder) / f"{table.stem}.{lang}.{form}"
                write_bytes(path, _content(table, lang, form), overwrite=overwrite)
                written.append(path)
    return written


def _content(table: PaperTable, lang: Language, form: str) -> bytes:
    if form == "docx":
        return table.docx(lang)
    return (table.latex(lang) if form == "tex" else table.html(lang)).encode("utf-8")
