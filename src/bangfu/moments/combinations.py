"""Whether releases that are added and subtracted, two of them or more, leave fewer than ten villages.

A result is a sum over villages. Whoever holds several editions of it may weigh them as he likes: a village whose
households and amounts are the same in editions whose weights add up to zero drops out, and what is left is the rest. With
ten villages left out of one edition and ten others left out of a second, the two together less a third leave what
nobody would see in any pair of them. So the fewest villages that any weights leave, other than none, are looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ABSENT = -1
"""Label of an edition that has nobody in a village."""

_STEPS = 4_000
"""After so many steps without an answer editions count as too near."""

_ZERO = 1e-9


def labels(editions: Floats) -> Ints:
    """Which editions say the same of a village.

    Parameters
    ----------
    editions : float array (E, V, M)
        M numbers of every village.

    Returns
    -------
    int array (E, V)
        The first edition that says the same; ``ABSENT`` where all numbers are zero.
    """
    count = len(editions)
    out = np.tile(np.arange(count)[:, None], (1, editions.shape[1]))
    for later in range(count):
        for first in range(later - 1, -1, -1):
            same = np.isclose(editions[first], editions[later], rtol=1e-9, atol=0.0).all(-1)
            out[later] = np.where(same, out[first], out[later])
    out[~editions.any(-1)] = ABSENT
    return out


def too_near(said: Ints, fewest: int) -> tuple[int, ...]:
    """Editions that, added to and subtracted from the last one, leave fewer villages than may be seen alone.

    Parameters
    ----------
    said : int array (E, V)
        Of :func:`labels`; the last edition is the new one. Each has somebody in ``fewest`` villages or more.
    fewest : int
        So many villages may be left, or none.

    Returns
    -------
    tuple of int
        Positions of the earlier editions; empty when no weights do that.
    """
    last = len(said) - 1
    if any((said[i] == said[last]).all() for i in range(last)):
        return ()  # what it gives away was given away before
    kept = [i for i in range(last) if not any((said[i] == said[k]).all() for k in range(i))] + [last]
    columns, counts = np.unique(said[kept], axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rules = [_rules(columns[:, i]) for i in order]
    there = [i for i, rule in enumerate(rules) if len(rule)]
    search = _Search([rules[i] for i in there], [int(counts[order[i]]) for i in there], fewest)
    found = search.look(np.eye(len(kept)), 0, 0)
    return () if found is None else tuple(kept[i] for i in np.flatnonzero(found[:-1]))


def _rules(column: Ints) -> Floats:
    """Weights (E,) drop such a village out when each of these sums of them is zero."""
    return np.array([column == label for label in np.unique(column[column != ABSENT])], dtype=float)


@dataclass
class _Search:
    """Branch and bound over kinds of villages: each drops out, or is left and counts.

    Attributes
    ----------
    rules : list of arrays (., E)
        Of each kind, those with the most villages first.
    counts : list of int
    fewest : int
    """

    rules: list[Floats]
    counts: list[int]
    fewest: int
    steps: int = field(default=0)

    def look(self, basis: Floats, position: int, left: int) -> NDArray[np.bool_] | None:
        """Which editions have a weight where fewer villages are left; the columns of ``basis`` (E, D) span the weights."""
        self.steps += 1
        if self.steps > _STEPS:
            return np.ones(len(basis), dtype=bool)
        for i in range(position, len(self.rules)):
            if not np.abs(basis[-1]).max(initial=0.0) > _ZERO:
                return None  # the new edition has no weight
            product = self.rules[i] @ basis
            if np.abs(product).max() <= _ZERO:
                continue
            if left + self.counts[i] < self.fewest:
                found = self.look(basis, i + 1, left + self.counts[i])
                if found is not None:
                    return found
            basis = basis @ _null(product)
        remain = sum(
            n
            for rule, n in zip(self.rules, self.counts, strict=True)
            if np.abs(rule @ basis).max(initial=0.0) > _ZERO
        )
        if remain == 0 or not np.abs(basis[-1]).max(initial=0.0) > _ZERO:
            return None
        return np.asarray(np.abs(basis).max(1) > _ZERO)


def _null(matrix: Floats) -> Floats:
    """Orthonormal columns that the matrix makes zero."""
    _, values, right = np.linalg.svd(matrix)
    rank = int((values > _ZERO).sum())
    return np.asarray(right[rank:].T, dtype=float)
