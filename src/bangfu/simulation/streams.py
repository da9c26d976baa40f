"""Random numbers that depend on nothing but the seed, the unit and the purpose.

Each unit (a village, a township, a county) has its own Philox generator per stream, keyed by seed, stream and unit
(Salmon, Moraes, Dror & Shaw 2011). A village's household numbers are drawn row by row, so that the j-th household has
the same numbers whatever the size of the village, the number of villages, the chunks or the threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_STREAMS = {
    "world": 1,
    "county": 2,
    "township": 3,
    "village": 4,
    "village_chance": 5,
    "household": 6,
    "household_chance": 7,
    "offshoot": 8,
    "offshoot_chance": 9,
    "campaign": 10,
}
"""A number per purpose; adding a stream at the end changes no other."""

_BITS = 48
"""Units are numbered below two to this power."""


def generator(seed: int, stream: str, unit: int) -> np.random.Generator:
    """The generator of one unit and stream."""
    key = np.array([seed, (_STREAMS[stream] << _BITS) + unit], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


class Columns:
    """Names for the columns of a matrix of draws.

    Parameters
    ----------
    widths : mapping of str to int
        Name -> number of columns, in order; add new ones at the end of nothing: any change is another world.
    """

    def __init__(self, widths: Mapping[str, int]) -> None:
        self._slices: dict[str, slice] = {}
        start = 0
        for name, width in widths.items():
            self._slices[name] = slice(start, start + width)
            start += width
        self.width = start

    def cut(self, draws: Floats) -> dict[str, Floats]:
        """Views by name: one column as a vector, several as a matrix."""
        return {
            name: draws[:, s] if s.stop - s.start > 1 else draws[:, s.start]
            for name, s in self._slices.items()
        }


def normals(seed: int, stream: str, units: Iterable[int], rows: Iterable[int], columns: Columns) -> Floats:
    """Standard normal numbers.

    Parameters
    ----------
    units : iterable of int
    rows : iterable of int
        Rows per unit, as many as units.
    columns : Columns

    Returns
    -------
    array of float32, shape (sum of rows, columns.width)
    """
    return _filled(seed, stream, units, rows, columns, normal=True)


def uniforms(seed: int, stream: str, units: Iterable[int], rows: Iterable[int], columns: Columns) -> Floats:
    """Numbers between 0 (included) and 1 (not); parameters as for :func:`normals`."""
    return _filled(seed, stream, units, rows, columns, normal=False)


def _filled(
    seed: int, stream: str, units: Iterable[int], rows: Iterable[int], columns: Columns, *, normal: bool
) -> Floats:
    sizes = list(rows)
    out = np.empty((sum(sizes), columns.width), dtype=np.float32)
    start = 0
    for unit, size in zip(units, sizes, strict=True):
        random = generator(seed, stream, unit)
        block = out[start : start + size]
        if normal:
            random.standard_normal(out=block, dtype=np.float32)
        else:
            random.random(out=block, dtype=np.float32)
        start += size
    return out
