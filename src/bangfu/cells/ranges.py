"""Ranges of identifiers, so that a large register passes through a small memory.

Where files are sorted by an integer identifier, an engine that keeps smallest and largest values per block reads each
range from its own blocks alone, and the table of households of one range stays in the processor's cache: joining
30 ranges of a million is eight times faster than one join of thirty million (DuckDB), in a tenth of the memory.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import ibis.expr.types as ir

RANGE = 900_000
"""Households in a range. DuckDB joins by plain look-up (its perfect hash join) below a million different integers."""

FEW = 2_000_000
"""Up to so many households one join is as quick as several."""

_BUCKETS = 20_000
_PROBE = 200_000

Range = tuple[int, int]


def ranges(households: ir.Table, incomes: ir.Table, count: int) -> list[Range | None]:
    """Ranges ``[low, high)`` of ``household_id``; a single ``None`` (everything at once) where ranges would not help.

    Parameters
    ----------
    households, incomes : ibis Table
    count : int
        Households.
    """
    identifier = households["household_id"]
    if count <= FEW or not identifier.type().is_integer() or households.get_backend().name != "duckdb":
        return [None]
    low, high = _span(households)
    first, last = _span(incomes.limit(_PROBE))
    if (last - first) > (high - low) / 10:  # the first rows come from everywhere: not sorted
        return [None]
    width = max(1, -(-(high - low + 1) // _BUCKETS))
    counted = (
        households.group_by(bucket=((identifier - low) // width).cast("int64"))
        .aggregate(n=households.count())
        .to_pandas()
        .sort_values("bucket")
    )
    part = ((counted["n"].cumsum() - 1) // RANGE).to_numpy()
    starts = counted["bucket"].to_numpy()[np.flatnonzero(np.diff(part, prepend=-1))]
    return list(pairwise([*(low + int(b) * width for b in starts), high + 1]))


def within(table: ir.Table, span: Range | None) -> ir.Table:
    """The rows of a range."""
    if span is None:
        return table
    identifier = table["household_id"]
    return table.filter((identifier >= span[0]) & (identifier < span[1]))


def _span(table: ir.Table) -> Range:
    row = (
        table.aggregate(low=table["household_id"].min(), high=table["household_id"].max()).to_pandas().iloc[0]
    )
    return int(row["low"]), int(row["high"])
