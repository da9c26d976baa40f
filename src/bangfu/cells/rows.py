"""Some rows of cells, and equal rows as one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bangfu.cells.codes import combined

if TYPE_CHECKING:
    from bangfu.cells.cells import Cells


def some(cells: Cells, keep: NDArray[np.bool_]) -> Cells:
    """See :meth:`bangfu.Cells.rows`."""
    return replace(
        cells,
        village=cells.village[keep],
        path=cells.path[keep],
        stratum=cells.stratum[keep],
        patterns={name: x[keep] for name, x in cells.patterns.items()},
        households=cells.households[keep],
        weight=cells.weight[keep],
        sums={name: x[keep] for name, x in cells.sums.items()},
        largest={name: x[keep] for name, x in cells.largest.items()},
        info=replace(cells.info, unseen=cells.info.unseen + int(cells.households[~keep].sum())),
    )


def collapsed(cells: Cells) -> Cells:
    """See :meth:`bangfu.Cells.collapsed`."""
    key = combined([cells.village, cells.path, cells.stratum, *cells.patterns.values()])
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    first = order[starts]

    def add(values: NDArray[Any], how: np.ufunc = np.add) -> NDArray[Any]:
        if len(first) == len(order):
            return np.asarray(values[order])
        return np.asarray(how.reduceat(values[order], starts, axis=0))

    return replace(
        cells,
        village=cells.village[first],
        path=cells.path[first],
        stratum=cells.stratum[first],
        patterns={name: x[first] for name, x in cells.patterns.items()},
        households=add(cells.households),
        weight=add(cells.weight),
        sums={name: add(x) for name, x in cells.sums.items()},
        largest={name: add(x, np.maximum) for name, x in cells.largest.items()},
    )
