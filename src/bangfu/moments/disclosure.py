"""Disclosure control of what is handed upward: the rules that checkers of statistical outputs apply.

Every number handed up is a sum over atoms: the households of one arm and cohort (or the comparison households) in one
covariate cell that are seen in the same years. An atom is safe when it has enough households in enough villages and no
village or pair of villages makes up nearly all of it. Households of an unsafe atom first forget some of the years in which they are
seen, so that they join others; where nothing fits they are withheld. Since every atom is safe, so is every
difference of two handed-up numbers: that is the complementary control.

Cross-products fix the village sums up to a rotation, so that of very few villages they could be worked out: a group
needs ten villages. That makes it hard, not impossible, with many sums of few villages; moments are for statistical
offices that keep them confidential, not for publication.

Not controlled: one household that makes up most of an atom's income (cells know no household), and differences between
several releases of the same county under different rules. Thresholds as in the SACRO/ACRO tools (households 10, ten
degrees of freedom, dominance of two 90%, p% 10), and three villages in an atom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bangfu.estimates.sample import Sample

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Protection:
    """When an atom is safe.

    Attributes
    ----------
    households : int
        At least so many.
    villages : int
        In at least so many villages.
    group_villages : int
        The atoms of one group and covariate cell together, in at least so many villages.
    dominance : float
        The two largest villages have at most this share of the households.
    p : float
        All villages but the two largest have at least this share of the largest, so that the second largest cannot
        work out the largest closely.
    """

    households: int = 10
    villages: int = 3
    group_villages: int = 10
    dominance: float = 0.9
    p: float = 0.1

    def safe(self, by_village: Floats) -> bool:
        """Whether an atom with so many households by village is safe."""
        total = float(by_village.sum())
        largest, second = (float(x) for x in np.append(np.sort(by_village)[::-1], [0.0, 0.0])[:2])
        return (
            total >= self.households
            and int(np.count_nonzero(by_village)) >= self.villages
            and largest + second <= self.dominance * total
            and total - largest - second >= self.p * largest
        )


@dataclass(frozen=True, slots=True)
class Withheld:
    """What disclosure control kept back, rounded up to tens.

    Attributes
    ----------
    households, household_years : int
        Households that are in no sum, and years of other households that are forgotten.
    """

    households: int = 0
    household_years: int = 0

    def __add__(self, other: Withheld) -> Withheld:
        return Withheld(self.households + other.households, self.household_years + other.household_years)


@dataclass(slots=True)
class _Atom:
    seen: int
    by_village: Floats
    rows: NDArray[np.int64]

    @property
    def households(self) -> float:
        return float(self.by_village.sum())

    def lost(self, seen: int) -> float:
        """Household-years forgotten when only these years stay."""
        return self.households * (self.seen.bit_count() - (self.seen & seen).bit_count())

    def with_(self, other: _Atom) -> _Atom:
        rows = np.concatenate([self.rows, other.rows])
        return _Atom(self.seen & other.seen, self.by_village + other.by_village, rows)


def protect(chosen: Sample, rule: Protection) -> tuple[Sample, Withheld]:
    """Forget years and withhold households until every atom is safe."""
    seen = chosen.seen.copy()
    gone = np.zeros(len(seen), dtype=bool)
    used = (chosen.group >= 0) | chosen.comparison
    keys = np.stack([chosen.group, chosen.stratum], axis=1)
    forgotten = 0.0
    for key in np.unique(keys[used], axis=0):
        rows = np.flatnonzero(used & (keys == key).all(1))
        atoms = [_atom(chosen, rows[seen[rows] == p], int(p)) for p in np.unique(seen[rows])]
        while unsafe := [a for a in atoms if not rule.safe(a.by_village)]:
            least = min(unsafe, key=lambda a: (a.households, a.seen))
            atoms.remove(least)
            cost, partner = least.households * least.seen.bit_count(), None
            for other in atoms:
                both = least.lost(other.seen) + other.lost(least.seen)
                if other.seen & least.seen and both < cost:
                    cost, partner = both, other
            forgotten += cost if partner else 0.0
            if partner is None:
                gone[least.rows] = True
            else:
                atoms.remove(partner)
                atoms.append(least.with_(partner))
        there = sum((a.by_village for a in atoms), np.zeros(chosen.villages))
        if np.count_nonzero(there) < rule.group_villages:
            gone[rows] = True
        for atom in atoms:
            seen[atom.rows] = atom.seen
    withheld = Withheld(_tens(chosen.households[gone].sum()), _tens(forgotten))
    keep = used & ~gone
    return replace(
        chosen,
        **{name: getattr(chosen, name)[keep] for name in
           ("group", "comparison", "cohort", "village", "stratum", "households", "weight", "sums", "uncensored")},
        seen=seen[keep],
    ), withheld  # fmt: skip


def _atom(chosen: Sample, rows: NDArray[np.int64], seen: int) -> _Atom:
    by_village = np.bincount(chosen.village[rows], chosen.households[rows], chosen.villages).astype(float)
    return _Atom(seen, by_village, rows)


def _tens(count: float) -> int:
    return int(-(-int(count) // 10) * 10)
