"""Which rows to name beside a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bangfu.register.tables import CELL, FILE, ROW, Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

EXAMPLES = 5
"""So many row numbers are named per fault."""


class Examples:
    """The first rows at fault.

    Attributes
    ----------
    rows : tuple of int
        1-based data rows of one file.
    file : str
        Which, where the table has several.
    value : str
        The first one's cell, as it stands in the file.
    """

    def __init__(self, source: Source, faulty: ir.Table, column: str) -> None:
        cells = [c for c in dict.fromkeys((column, CELL + column)) if c in faulty.columns]
        found = faulty.select(FILE, ROW, *cells).order_by([FILE, ROW]).limit(EXAMPLES).to_pandas()
        first = named(source, found)
        self.rows, self.file = first
        values = [found[c].iloc[0] for c in reversed(cells) if len(found) and not pd.isna(found[c].iloc[0])]
        text = str(values[0]) if values else ""
        self.value = {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}.get(
            text, text
        )  # as DuckDB says it


def named(source: Source, found: pd.DataFrame) -> tuple[tuple[int, ...], str]:
    """The rows that lie in the file of the first, and its name."""
    if found.empty:
        return (), ""
    file = found[FILE].iloc[0]
    rows = sorted(int(r) for r in found.loc[found[FILE] == file, ROW])
    return tuple(rows[:EXAMPLES]), source.name(str(file))
