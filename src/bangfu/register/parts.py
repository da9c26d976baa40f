"""A register of any size in parts of a bounded number of households, so that what is summed per household fits in memory.

Whole-number identifiers are cut into ranges: where the files are sorted by household the engine skips what lies outside,
and all parts together read the files once. Text is parted by a hash, which reads them once per part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import ibis.expr.types as ir

HOUSEHOLDS = 5_000_000
"""At most about so many households in a part."""

_BINS = 4096

Part = Callable[["ir.Table"], "ir.Table"]
"""From a table with household_id to the rows of one part."""


def parts(households: ir.Table, most: int = HOUSEHOLDS) -> Iterator[Part]:
    """The parts, which together are every row with an identifier, in any table, once."""
    key = households["household_id"]
    found = households.aggregate(n=key.count()).to_pandas().iloc[0]
    many = -(-int(found["n"]) // most)
    if many <= 1:
        yield lambda t: t.filter(t["household_id"].notnull())
    elif key.type().is_integer():
        cuts = _cuts(households, many)
        for low, high in zip([None, *cuts], [*cuts, None], strict=True):
            yield _range(low, high)
    else:
        for remainder in range(many):
            yield _remainder(remainder, many)


def _cuts(households: ir.Table, many: int) -> list[int]:
    """Where to cut the range of identifiers so that the parts are about equal."""
    key = households["household_id"].cast("int64")
    ends = households.aggregate(low=key.min(), high=key.max()).to_pandas().iloc[0]
    low, width = int(ends["low"]), (int(ends["high"]) - int(ends["low"])) // _BINS + 1
    bins = households.select(bin=(key - low) // width).filter(lambda t: t["bin"].notnull())
    counts = bins.group_by("bin").aggregate(n=bins.count()).order_by("bin").to_pandas()
    shares = counts["n"].cumsum() / counts["n"].sum()
    at = np.searchsorted(shares, np.arange(1, many) / many)
    return sorted({low + (int(counts["bin"].iloc[i]) + 1) * width for i in at})


def _range(low: int | None, high: int | None) -> Part:
    def part(t: ir.Table) -> ir.Table:
        key = t["household_id"]
        known = t.filter(key.notnull())
        known = known.filter(known["household_id"] >= low) if low is not None else known
        return known.filter(known["household_id"] < high) if high is not None else known

    return part


def _remainder(remainder: int, many: int) -> Part:
    def part(t: ir.Table) -> ir.Table:
        key = t["household_id"]
        return t.filter(key.notnull() & ((key.hash() & 1023) % many == remainder))

    return part
