"""The smallest groups of which anything is told: households that share a path, and comparison households."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bangfu.cells.paths import Path, exposure
from bangfu.release import Ints, few


def atoms(paths: Iterable[Path], years: tuple[int, ...], models: tuple[str, ...]) -> Ints:
    """A number for each path: 0 for those that have not joined; else arm, first year and later change together.

    Whatever is estimated, under whichever rule for a second model, is of some of these together.
    """
    found: dict[tuple[object, ...], int] = {("", 0, None, ""): 0}
    out = []
    for path in paths:
        first = exposure(path, years, models)
        whole = exposure(path, years, models, "own_arm")
        out.append(found.setdefault((first.arm, first.cohort, first.until, whole.arm), len(found)))
    return np.array(out, dtype=np.int64)


def enough(atom: Ints, village: Ints, households: Ints) -> NDArray[np.bool_]:
    """Rows of atoms that are shared by enough; comparison households with and without joiners in their village are two.

    Parameters
    ----------
    atom, village, households : int arrays (N,)

    Returns
    -------
    bool array (N,)
    """
    kept = np.ones(len(atom), dtype=bool)
    count = int(atom.max(initial=0)) + 2
    while True:
        joined = np.unique(village[kept & (atom > 0)])
        label = np.where(atom > 0, atom + 1, np.isin(village, joined).astype(np.int64))
        bad = few(label, village, np.where(kept, households, 0), count)[label] & kept
        if not bad.any():
            return kept
        kept &= ~bad
