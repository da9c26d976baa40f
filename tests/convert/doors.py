"""One small table through every kind of file: .csv, .xlsx, .dta, .sav."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat

from bangfu.convert import ConvertReport, convert, suggest

from .sheets import tables, xlsx

DOORS = (".csv", ".xlsx", ".dta", ".sav")


def write(path: Path, rows: list[list[Any]], **labels: Any) -> Path:
    """A table with its header as the first row; columns of .dta and .sav that are not all numbers are texts."""
    kind = path.suffix
    if kind == ".xlsx":
        return xlsx(path, rows)
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    if kind == ".csv":
        frame.to_csv(path, index=False)
        return path
    for name in frame:
        if not all(isinstance(v, int | float) or v is None for v in frame[name]):
            frame[name] = pd.Series(["" if pd.isna(v) else str(v) for v in frame[name]], dtype=object)
        else:
            frame[name] = frame[name].astype("float64")
    (pyreadstat.write_dta if kind == ".dta" else pyreadstat.write_sav)(frame, str(path), **labels)
    return path


def suggested(file: Path, *changes: tuple[str, str]) -> tuple[ConvertReport, dict[str, pd.DataFrame]]:
    """The file through its own suggestion, with texts of it replaced."""
    text = suggest(file).text
    for old, new in changes:
        assert old in text, text
        text = text.replace(old, new)
    mapping = file.with_name(f"{file.name}.toml")
    mapping.write_text(text, encoding="utf-8")
    out = file.with_name(f"{file.name}.register")
    nobody = "[[participation]]" not in text
    return convert(file, mapping, out, no_participation=nobody), tables(out)


def joined(made: dict[str, pd.DataFrame]) -> dict[str, int]:
    """Household -> the year in which it joined."""
    found = made["participation"]
    return {str(h): int(y) for h, y in zip(found["household_id"], found["from_year"], strict=True)}


LEAVE_OUT = ('unreadable_joining = "refuse"', 'unreadable_joining = "leave_out"')
