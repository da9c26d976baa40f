"""What a county may hand upward: which results, and how exact.

Every number handed up, and every difference of two of them, rests on enough households and villages. A covariance
counts as such a number: two results whose households meet in one village would give a product of that village's own
deviations, and with one year's income of a household known, its others. Products over villages fix the deviations
of villages up to a rotation, so there may be few results for the villages there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log10

import numpy as np
from numpy.typing import NDArray

from bangfu.errors import BangfuError
from bangfu.estimates.effects import POVERTY
from bangfu.words import Word

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

HOUSEHOLDS = 10
VILLAGES = 10
PER_RESULT = 4
"""Villages for each result."""
P = 0.1
"""What is left of a sum without the two largest is at least this share of the largest (the p% rule)."""
COUNTIES = 3
"""Behind every pooled result that goes back to counties: with two, each would subtract its own."""
FIFTH = 5

RULES = Word(
    f"a result rests on {HOUSEHOLDS} households and {VILLAGES} villages or more, and so does the difference of two; no household or "
    f"village makes up nearly all of it; households of two results meet in {VILLAGES} villages or in none; one result "
    f"for every {PER_RESULT} villages",
    f"每项结果及两项之差至少涉及{HOUSEHOLDS}户、{VILLAGES}村;没有一户或一村占绝大部分;两项结果的农户同在{VILLAGES}个以上村或没有共同的村;"
    f"每{PER_RESULT}个村至多一项",
)


@dataclass(frozen=True, slots=True)
class Side:
    """The households behind one side of a result, at the base and in the year.

    Attributes
    ----------
    households, weight, sums : arrays (2, V)
    largest : float
        The largest amount of one household.
    """

    households: NDArray[np.int64]
    weight: Floats
    sums: Floats
    largest: float

    @property
    def villages(self) -> Mask:
        """Where they are (V,)."""
        return np.asarray((self.households > 0).any(0))

    def safe(self, outcome: str) -> bool:
        """Whether they are enough, and nobody and no village stands out.

        Cells know the largest household alone: the second is taken for as large. Of a poverty outcome the poor must be
        enough, of a headcount those who are not poor too.
        """
        few = (self.households.sum(1) < HOUSEHOLDS) | ((self.households > 0).sum(1) < VILLAGES)
        total, by_size = np.abs(self.sums.sum(1)), np.sort(np.abs(self.sums), axis=1)
        if few.any() or not (total > 0).all():
            return False
        least = HOUSEHOLDS if outcome in POVERTY else 2 + P
        alone = (total < least * self.largest) | (
            total - by_size[:, -1] - by_size[:, -2] < P * by_size[:, -1]
        )
        if outcome == "headcount":
            alone |= self.weight.sum(1) - total < least * self.largest
        return not alone.any()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result before it is known whether it may be handed up.

    Attributes
    ----------
    arm : str
    event_time : int
    cohorts : frozenset of int
        The groups in it, by position.
    joiners : Side
    comparison : tuple of Side
        By cohort and covariate cell.
    compared : tuple of (int, int, int)
        Base, year and covariate cell of each of those.
    """

    arm: str
    event_time: int
    cohorts: frozenset[int]
    joiners: Side
    comparison: tuple[Side, ...]
    compared: tuple[tuple[int, int, int], ...] = ()
    beside: Mask = field(init=False)

    def __post_init__(self) -> None:
        beside = np.any([s.villages for s in self.comparison], axis=0)
        object.__setattr__(self, "beside", beside)


def select(found: Sequence[Candidate], outcome: str, households: NDArray[np.int64]) -> list[int]:
    """Which results may be handed up together: single models and early years first, larger arms before smaller.

    What is chosen depends on who is where, never on an estimate.

    Parameters
    ----------
    found : sequence of Candidate
    outcome : str
    households : int array (G, V)
        Of every group.
    """

    def order(i: int) -> tuple[bool, int, bool, int, str]:
        c = found[i]
        size = int(sum(households[g].sum() for g in c.cohorts))
        return c.event_time < 0, abs(c.event_time), "+" in c.arm, -size, c.arm

    there = np.any([c.joiners.villages | c.beside for c in found], axis=0) if found else np.zeros(0)
    kept: list[int] = []
    for i in sorted(range(len(found)), key=order):
        c = found[i]
        mine = [found[k] for k in kept if found[k].arm == c.arm]
        least = min(int(o.joiners.villages.sum()) for o in (c, *mine))
        room = (len(kept) + 1) * PER_RESULT <= np.count_nonzero(there) and (
            len(mine) + 1
        ) * PER_RESULT <= least
        sides = (c.joiners, *c.comparison)
        if (
            room
            and all(s.safe(outcome) for s in sides)
            and _meet(c.joiners.villages, c.beside)
            and all(_together(c, found[k], households) for k in kept)
        ):
            kept.append(i)
    return sorted(kept)


def _meet(one: Mask, other: Mask) -> bool:
    """Whether two sides are in the same villages often enough, or never."""
    both = np.count_nonzero(one & other)
    return bool(both == 0 or both >= VILLAGES)


def _together(one: Candidate, other: Candidate, households: NDArray[np.int64]) -> bool:
    """Whether neither the covariance nor the difference of two results rests on too few."""
    for a, b in ((one, other), (other, one)):
        if not _meet(a.joiners.villages, b.joiners.villages) or not _meet(a.joiners.villages, b.beside):
            return False
        only = households[sorted(a.cohorts - b.cohorts)].sum(0)
        few = only.sum() < HOUSEHOLDS or np.count_nonzero(only) < VILLAGES
        if a.arm == b.arm and only.any() and few:
            return False
    if one.arm == other.arm:
        sizes = [int(households[sorted(c.cohorts)].sum()) for c in (one, other)]
        return not 0 < abs(sizes[0] - sizes[1]) < HOUSEHOLDS
    return True


def nothing(register: str) -> BangfuError:
    """The refusal of a file without any result."""
    return BangfuError(
        f"{register}: no result may be handed up ({RULES.en}); take a larger area, or fewer arms and cohorts",
        f"{register}:没有可以上报的结果({RULES.zh});请扩大范围,或减少参加组合和起始年份",
    )


def digits(value: float, count: int = 2, how: str = "nearest") -> float:
    """A number at so many significant digits.

    >>> digits(0.034567), digits(0.034567, how="down"), digits(1234.0, 3)
    (0.035, 0.034, 1230.0)
    """
    if value == 0 or not np.isfinite(value):
        return value
    scale = count - 1 - floor(log10(abs(value)))
    whole = floor(value * 10.0**scale) if how == "down" else round(value * 10.0**scale)
    return float(f"{whole}e{-scale}")


def rounded(value: float, error: float) -> float:
    """To the nearest multiple of a fifth of the error, so that it is at most a tenth of an error off."""
    step = digits(error / FIFTH, 2, "down")
    return float(f"{round(value / step) * step:.12g}")
