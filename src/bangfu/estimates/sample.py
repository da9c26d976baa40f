"""From cells to the groups that are compared: arms by cohort, and the comparison households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells import Cells
from bangfu.cells.paths import exposure
from bangfu.design import Settled
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.notes import NOTES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Pairs = Sequence[tuple[int, int]]
"""Bases and years."""


@dataclass(frozen=True, slots=True)
class Group:
    """Households of one arm and cohort.

    Attributes
    ----------
    arm : str
    cohort : int
    """

    arm: str
    cohort: int


@dataclass(frozen=True, slots=True)
class Members:
    """Where the households of a group are.

    Attributes
    ----------
    position : int
        In ``groups``.
    rows : int array
    places : int array (U,)
        Their villages, sorted.
    """

    position: int
    rows: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class Four:
    """Weights and weighted sums at the base and in a year, for K pairs of them, by village (V) and covariate cell (X).

    Attributes
    ----------
    base_weight, base_sum, weight, sum : float arrays (K, V, X)
        Of all villages, or of those asked for.
    households : int array (K,)
        Unweighted, in the year.
    """

    base_weight: Floats
    base_sum: Floats
    weight: Floats
    sum: Floats
    households: Ints


@dataclass(frozen=True, slots=True)
class Sample:
    """Cells under the rules of one analysis.

    Attributes
    ----------
    years : tuple of int
    groups : tuple of Group
        Sorted by arm (in the order of the models) and cohort.
    group : int array (N,)
        Position in ``groups``; -1 for households that never join.
    comparison : bool array (N,)
        Comparison households that never join.
    cohort : int array (N,)
    village, stratum, seen, households : int arrays (N,)
    weight : float array (N,)
    sums : float array (N, T)
    largest : float array (N,)
        See :class:`bangfu.Cells`.
    villages, strata : int
        V and X.
    design : Design
    uncensored : int array (N,)
        ``seen`` before the years after a second model were censored.
    moved : int
        Households whose first year lies between two years of the register.
    """

    years: tuple[int, ...]
    groups: tuple[Group, ...]
    group: Ints
    comparison: Mask
    cohort: Ints
    village: Ints
    stratum: Ints
    seen: Ints
    households: Ints
    weight: Floats
    sums: Floats
    largest: Floats
    villages: int
    strata: int
    design: Settled
    uncensored: Ints
    moved: int

    def rows(self, position: int) -> Ints:
        """Rows of a group."""
        return np.flatnonzero(self.group == position)

    def members(self, position: int) -> Members:
        """A group's rows, and their villages."""
        rows = self.rows(position)
        return Members(position, rows, np.unique(self.village[rows]))

    def village_weight(self, position: int) -> Floats:
        """A group's fixed household weight by village (V,)."""
        rows = self.rows(position)
        return np.asarray(np.bincount(self.village[rows], self.weight[rows], self.villages), dtype=float)

    def cell_weight(self, position: int) -> Floats:
        """A group's fixed household weight by village and covariate cell (V, X)."""
        rows = self.rows(position)
        out: Floats = self._by_place(rows, [self.weight[rows, None]])[0][0]
        return out

    def extent(self, positions: Sequence[int]) -> tuple[int, float]:
        """Villages, and effective villages, of some groups together."""
        weight = np.sum([self.village_weight(h) for h in positions], axis=0)
        return int(np.count_nonzero(weight)), float(weight.sum() ** 2 / np.square(weight).sum())

    def group_households(self, position: int) -> int:
        """Households of a group, unweighted, in whatever years they are seen."""
        return int(self.households[self.rows(position)].sum())

    def joiners(self, arms: Sequence[str] = ()) -> tuple[int, int]:
        """Households and villages of some arms together; of all without."""
        places = [i for i, g in enumerate(self.groups) if not arms or g.arm in arms]
        return sum(map(self.group_households, places)), self.extent(places)[0]

    def switched(self) -> pd.DataFrame:
        """Household-years from joining on by arm and event time, and those censored for a second model.

        Returns
        -------
        DataFrame
            ``arm, event_time, households, censored, share``.
        """
        found: dict[tuple[str, int], list[int]] = {}
        for h, g in enumerate(self.groups):
            rows = self.rows(h)
            for i, year in enumerate(self.years):
                if year >= g.cohort:
                    there = rows[(self.uncensored[rows] >> i) & 1 == 1]
                    gone = there[(self.seen[there] >> i) & 1 == 0]
                    total = found.setdefault((g.arm, year - g.cohort), [0, 0])
                    total[0] += int(self.households[there].sum())
                    total[1] += int(self.households[gone].sum())
        order = {g.arm: i for i, g in enumerate(self.groups)}
        keys = sorted(found, key=lambda k: (order[k[0]], k[1]))
        rows_of = [(*k, *found[k], found[k][1] / found[k][0] if found[k][0] else np.nan) for k in keys]
        return pd.DataFrame(rows_of, columns=["arm", "event_time", "households", "censored", "share"])

    def comparison_households(self, position: int, pairs: Pairs) -> Four:
        """The sums of the comparison households of a group at each base and year."""
        if self.design.control != "not_yet":
            return self.four(np.flatnonzero(self.comparison), pairs)
        rows = np.flatnonzero(self.group != position)
        last = np.array([max(pair) for pair in pairs], dtype=np.int64) + self.design.anticipation
        return self.four(rows, pairs, kept=self.comparison[rows, None] | (self.cohort[rows, None] > last))

    def comparison_rows(self, position: int, pair: tuple[int, int]) -> Ints:
        """Rows of the comparison households of a group at one base and year."""
        if self.design.control != "not_yet":
            return np.flatnonzero(self.comparison)
        later = self.cohort > max(pair) + self.design.anticipation
        return np.flatnonzero((self.group != position) & (self.comparison | later))

    def there(self, rows: Ints, pairs: Pairs) -> tuple[Mask, Mask]:
        """Which rows count at each base and in its year (N, K), under the rule for missing years."""
        b, t = ([self.years.index(pair[i]) for pair in pairs] for i in (0, 1))
        seen = (self.seen[rows, None] >> np.arange(len(self.years))) & 1 == 1
        if self.design.missing == "cross_section":
            return seen[:, b], seen[:, t]
        return seen[:, b] & seen[:, t], seen[:, b] & seen[:, t]

    def four(self, rows: Ints, pairs: Pairs, places: Ints | None = None, kept: Mask | bool = True) -> Four:
        """Sums of the rows' households at each base and in its year, under the rule for missing years.

        By village, or by ``places``, which are all that the rows lie in (sorted); ``kept``, which rows count for which pair.
        """
        b, t = ([self.years.index(pair[i]) for pair in pairs] for i in (0, 1))
        at_base, at_year = (mask & kept for mask in self.there(rows, pairs))
        weight, sums = self.weight[rows, None], self.sums[rows]
        values = [weight * at_base, sums[:, b] * at_base, weight * at_year, sums[:, t] * at_year]
        base_weight, base_sum, after, total = self._by_place(rows, values, places)
        return Four(base_weight, base_sum, after, total, self.households[rows] @ at_year)

    def _by_place(self, rows: Ints, values: Sequence[Floats], places: Ints | None = None) -> list[Floats]:
        """Sums of each of the values (N, K) over the rows (K, V, X)."""
        village, count = self.village[rows], self.villages
        if places is not None:
            village, count = np.searchsorted(places, village), len(places)
        code = village * self.strata + self.stratum[rows]
        order = np.argsort(code, kind="stable")
        code = code[order]
        starts = np.flatnonzero(np.append(True, code[1:] != code[:-1])) if len(code) else code
        out = []
        for x in values:
            sums = np.zeros((x.shape[1], count * self.strata))
            if len(code):
                sums[:, code[starts]] = np.add.reduceat(x[order], starts, axis=0).T
            out.append(sums.reshape(-1, count, self.strata))
        return out


def sample(cells: Cells, design: Settled) -> Sample:
    """Apply a settled design to cells.

    Raises
    ------
    WrongUse
        For an outcome that the cells lack, or places that they do not name.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    """
    outcome, control = design.column, design.control
    cells = cells.only(outcome)
    seen_as = [exposure(p, cells.years, cells.info.models, design.switchers) for p in cells.paths]
    kept = np.array([e.kept for e in seen_as])[cells.path]
    if design.missing == "complete":
        kept &= cells.complete
    cohort = np.array([e.cohort for e in seen_as], dtype=np.int64)
    order = {arm: i for i, arm in enumerate(arms_in_order([e.arm for e in seen_as], cells.info.models))}
    groups = tuple(
        sorted(
            {
                Group(e.arm, e.cohort)
                for i, e in enumerate(seen_as)
                if e.arm and (kept & (cells.path == i)).any()
            },
            key=lambda g: (order[g.arm], g.cohort),
        )
    )
    if not groups:
        raise NotEstimable(
            "no household joined a model in the years observed; there is nothing to compare",
            "观察年份内没有农户参加任何模式,无从比较",
        )
    position = {g: i for i, g in enumerate(groups)}
    group = np.array([position.get(Group(e.arm, e.cohort), -1) for e in seen_as], dtype=np.int64)[cells.path]
    until = np.array(
        [(1 << len(cells.years)) - 1 if e.until is None else _before(e.until, cells.years) for e in seen_as],
        dtype=np.int64,
    )
    seen = cells.seen & until[cells.path]
    joined = cohort[cells.path]
    never = (joined == 0) & kept
    adopters = np.zeros(len(cells.villages), dtype=bool)
    adopters[cells.village[joined > 0]] = True
    if control == "never_elsewhere":
        never &= ~adopters[cells.village]
    elif control == "never_same_village":
        never &= adopters[cells.village]
    later = control == "not_yet" and len({g.cohort for g in groups}) > 1
    if not never.any() and not later:
        raise NotEstimable(NOTES[f"refused_{control}"].en, NOTES[f"refused_{control}"].zh)
    place, places = _places(cells, design.cluster)
    n = int(kept.sum())
    return Sample(
        cells.years, groups, group[kept], never[kept], joined[kept], place[kept],
        cells.stratum[kept] if design.adjust else np.zeros(n, dtype=np.int64), seen[kept], cells.households[kept],
        cells.weight[kept], cells.sums[outcome][kept], cells.largest[outcome][kept], places, len(cells.strata) if design.adjust else 1, design,
        cells.seen[kept],
        int(cells.households[np.array([e.moved for e in seen_as])[cells.path]].sum()),
    )  # fmt: skip


def arms_in_order(arms: Sequence[str], models: Sequence[str]) -> list[str]:
    """Arms of one model first, in the models' order, then of two, then of three."""
    rank = {m: i for i, m in enumerate(models)}
    keys = {a: [rank.get(m, 99) for m in a.split("+")] for a in arms if a}
    return sorted(keys, key=lambda a: (len(keys[a]), keys[a], a))


def _before(year: int, years: Sequence[int]) -> int:
    return sum(1 << i for i, y in enumerate(years) if y < year)


def _places(cells: Cells, level: str) -> tuple[Ints, int]:
    """Cluster of each row, and how many clusters there are."""
    if level == "village_id":
        return cells.village, len(cells.villages)
    if level not in ("township_id", "county_id") or cells.villages[level].isna().any():
        raise WrongUse(f"no level {level!r}, or villages without it", f"没有 {level!r} 这一级,或有村未填")
    keys = ["county_id", "township_id"] if level == "township_id" else ["county_id"]
    codes = cells.villages.groupby(keys, dropna=False, sort=True).ngroup().to_numpy().astype(np.int64)
    return codes[cells.village], int(codes.max()) + 1
