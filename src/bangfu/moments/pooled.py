"""Group-time effects from moments: the same numbers as from the cells of all counties together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.design import Settled
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.effects import compared, effects, unit_of
from bangfu.estimates.group_time import GroupTimeEffects, base_of
from bangfu.estimates.joint import Joint, quantile
from bangfu.estimates.notes import NOTES
from bangfu.estimates.ranks import rank_arms
from bangfu.estimates.sample import Four, Group, arms_in_order
from bangfu.moments.moments import QUANTITIES, Column, Moments

Floats = NDArray[np.float64]

UNIT = 1e-3
"""Derivatives are influence sums of villages that have a little of one quantity and nothing else."""


@dataclass(frozen=True, slots=True)
class PooledSample:
    """What effects need of a sample, from moments.

    Attributes
    ----------
    moments : Moments
    groups : tuple of Group
    strata : tuple of str
    design : Design
    """

    moments: Moments
    groups: tuple[Group, ...]
    strata: tuple[str, ...]
    design: Settled

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the registers."""
        return tuple(self.moments.rules["years"])

    def places(self, columns: list[Column]) -> NDArray[np.int64]:
        """Positions of columns among the moments; -1 where no household is."""
        at = {c: i for i, c in enumerate(self.moments.columns)}
        return np.array([at.get(c, -1) for c in columns], dtype=np.int64)

    def columns(self, arm: str, cohort: int, base: int, year: int) -> list[Column]:
        """Columns of a group's sums: quantity by quantity, each over the covariate cells."""
        return [Column(arm, cohort, base, year, x, q) for q in QUANTITIES for x in self.strata]

    def totals(self, columns: list[Column]) -> Floats:
        """Sums over villages."""
        place = self.places(columns)
        out: Floats = np.where(place >= 0, np.append(self.moments.first, 0.0)[place], 0.0)
        return out

    def villages(self, columns: list[Column]) -> NDArray[np.int64]:
        """Villages in which the sums are not zero."""
        place = self.places(columns)
        return np.where(place >= 0, np.append(self.moments.villages, 0)[place], 0)

    def products(self, weights: Floats) -> Floats:
        """Cross-products over villages of linear combinations (C, R) of the columns."""
        out: Floats = weights.T @ self.moments.second @ weights
        return out

    def group_households(self, position: int) -> int:
        """Households of a group."""
        group = self.groups[position]
        return self.moments.households.get((group.arm, group.cohort, 0, 0), 0)

    def extent(self, positions: list[int]) -> tuple[int, float]:
        """Villages, and effective villages, of some groups together."""
        names = {f"{self.groups[h].arm}@{self.groups[h].cohort}" for h in positions}
        villages = sum(n for key, n in self.moments.presence.items() if names & set(key.split(" ")))
        chosen = np.zeros((len(self.moments.columns), 1))
        for h in positions:
            chosen[self.places([_size(self.groups[h])]), 0] = 1.0
        return villages, float((self.moments.first @ chosen[:, 0]) ** 2 / self.products(chosen)[0, 0])


@dataclass(frozen=True, slots=True, repr=False)
class PooledEffects(GroupTimeEffects):
    """Group-time effects from moments; ``influence`` belongs to no village, and serves covariances alone.

    Errors are CR2 where the moments are ``scaled`` (of the second round); else CR0, too small with few villages.
    """

    scaled: bool

    def comparison(self) -> pd.DataFrame:
        """One row per arm, with possible ranks: the table of :func:`bangfu.compare_models`."""
        overall = aggregate(self, "overall")
        ranks = rank_arms(
            self.arms, overall.estimate, overall.combination.covariance, overall.pair_df(self),
            best=self.design.best, seed=self.design.seed,
        )  # fmt: skip
        found = overall.table
        at = list(found.columns).index("p_value") + 1
        for i, name in enumerate(("rank_low", "rank_high")):
            found.insert(at + i, name, ranks[name].to_numpy())
        return found


READ = ("scale", "base", "best", "drawn_by_lot", "seed")
"""Options that can still be chosen: they change nothing that is summed."""


def pooled_effects(moments: Moments, **options: Any) -> PooledEffects:
    """Effects by arm, cohort and year from merged moments, by the design that they carry.

    Parameters
    ----------
    moments : Moments
        Of the second round for CR2 errors (``scaled``); of the first, errors are CR0, too small with few villages.
    **options
        Of :class:`bangfu.Design`, in the place of its own: ``scale`` (``log`` only where the moments are of logarithms),
        ``base``, ``best``, ``seed``.

    Returns
    -------
    PooledEffects
        As :class:`bangfu.estimates.GroupTimeEffects`.

    Raises
    ------
    WrongUse
        For an unknown option, or one that the moments have fixed.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    """
    made = moments.design
    design = made.replace(**options)
    fixed = [n for n in options if n not in READ and getattr(design, n) != getattr(made, n)]
    if design.column != made.column:
        fixed = [n for n in ("outcome", "scale") if n in options]
    if fixed:
        raise WrongUse(
            f"moments of {made.column} are made already, with another {', '.join(fixed)}: leave {'it' if len(fixed) == 1 else 'them'} out, or make moments anew",
            f"{made.column} 的矩汇总已经做好,其 {'、'.join(fixed)} 与此不同:请不要给出,或重新汇总",
        )
    unit = unit_of(design.scale, str(moments.rules["spec"].get("units", {}).get(design.outcome, "")))
    order = arms_in_order(list({a for a, _ in moments.groups}), moments.rules["models"])
    groups = sorted((Group(a, c) for a, c in moments.groups), key=lambda g: (order.index(g.arm), g.cohort))
    if not groups or not any(not c.arm for c in moments.columns):
        raise NotEstimable(
            "nobody joined, or nobody is left to compare with", "没有农户参加,或没有可作对照的农户"
        )
    strata = tuple(sorted({c.stratum for c in moments.columns if c.quantity != "size"}))
    return _effects(PooledSample(moments, tuple(groups), strata, design), unit)


@dataclass(frozen=True, slots=True)
class _One:
    row: dict[str, Any]
    group: int
    treated: Floats
    others: Floats
    comparison: Floats


def _effects(sample: PooledSample, unit: str) -> PooledEffects:
    found = [
        one for h in range(len(sample.groups)) for year in sample.years if (one := _one(sample, h, year))
    ]
    n_groups = len(sample.groups)
    group = np.array([one.group for one in found], dtype=np.int64)
    sizes = np.zeros((len(sample.moments.columns), n_groups))
    scaled = sizes.copy()
    for h, g in enumerate(sample.groups):
        sizes[sample.places([_size(g)]), h] = 1.0
        scaled[sample.places([_size(g)._replace(scaled=sample.moments.scaled)]), h] = 1.0
    unknown = np.array(
        [bool(one.row["note"]) or not np.isfinite(one.row["estimate"]) for one in found] + [False] * n_groups
    )
    treated = np.where(unknown, 0.0, np.column_stack([*(one.treated for one in found), scaled]))
    others = np.where(unknown, 0.0, np.column_stack([*(one.others for one in found), np.zeros_like(sizes)]))
    parts = np.zeros((n_groups + 1, len(unknown), len(unknown)))
    for h in range(n_groups):
        mine = np.flatnonzero(np.append(group == h, np.arange(n_groups) == h))
        parts[h][np.ix_(mine, mine)] = sample.products(treated[:, mine])
    parts[-1] = sample.products(others)
    shares = np.column_stack([sizes, np.sum([one.comparison for one in found], axis=0)])
    totals = sample.moments.first @ shares
    overlap = sample.products(shares / np.where(totals > 0, totals, 1.0))
    estimate = np.array([one.row["estimate"] for one in found])
    joint = Joint(estimate, _square_root(sample.products(treated + others)), unknown, parts, overlap)
    table = pd.DataFrame([one.row for one in found]).assign(unit=unit)
    result = joint.combine(np.eye(len(unknown))[:, : len(found)])
    error, half = result.std_error, quantile(result.df) * result.std_error
    for at, (name, values) in enumerate(
        {"std_error": error, "df": np.where(np.isfinite(error), result.df, np.nan),
         "ci_low": estimate - half, "ci_high": estimate + half}.items()
    ):  # fmt: skip
        table.insert(6 + at, name, values)
    return PooledEffects(
        table, joint, sample.groups, group, totals[:n_groups], sample,  # type: ignore[arg-type]
        sample.design, unit, sample.moments.scaled,
    )  # fmt: skip


def _one(sample: PooledSample, position: int, year: int) -> _One | None:
    """One effect with its derivatives by all columns; None in a base year."""
    group, nothing = sample.groups[position], np.zeros(len(sample.moments.columns))
    scale, before = sample.design.scale, base_of(sample.years, sample.design, group.cohort, year)
    if before == year:
        return None
    row = {
        "arm": group.arm, "cohort": group.cohort, "year": year, "event_time": year - group.cohort, "unit": ""
    }  # fmt: skip
    if before is None:
        counts = {
            "estimate": np.nan,
            "households": 0,
            "villages": 0,
            "effective_villages": 0.0,
            "note": NOTES["no_base"].en,
        }
        return _One(row | counts, position, nothing, nothing, nothing)
    mine = sample.columns(group.arm, group.cohort, before, year)
    theirs = sample.columns("", 0, before, year)
    four, other = (
        _four(sample.totals(mine), len(sample.strata)),
        _four(sample.totals(theirs), len(sample.strata)),
    )
    found = effects(four, compared(other, scale, cr2=False), scale)
    note = found.note[0] or _too_few(sample, mine, theirs)
    slopes = [
        _spread(sample, columns, values[: len(columns)] / UNIT)
        for columns, values in ((mine, found.treated[0]), (theirs, found.comparison[0]))
    ]
    weight = np.isin(
        np.arange(len(nothing)), sample.places([c for c in mine if c.quantity == "weight"])
    ).astype(float)[:, None]
    total, square = float(sample.moments.first @ weight[:, 0]), float(sample.products(weight)[0, 0])
    used = [c for c in theirs if c.quantity in ("base_weight", "weight")]
    comparison = np.isin(np.arange(len(nothing)), sample.places(used)).astype(float)
    counts = {
        "estimate": float(found.estimate[0]),
        "households": sample.moments.households.get((group.arm, group.cohort, before, year), 0),
        "villages": _villages_of(sample, group, before, year),
        "effective_villages": total**2 / square if total > 0 else 0.0,
        "note": note,
    }
    return _One(row | counts, position, slopes[0], slopes[1], comparison)


def _four(totals: Floats, strata: int) -> Four:
    """Villages that have a little of one quantity each, and one that has the rest."""
    rows = np.vstack([UNIT * np.eye(len(totals)), totals - UNIT])
    base_weight, base_sum, weight, sum_ = (rows[None, :, i * strata : (i + 1) * strata] for i in range(4))
    return Four(base_weight, base_sum, weight, sum_, np.zeros(1, dtype=np.int64))


def _spread(sample: PooledSample, columns: list[Column], slopes: Floats) -> Floats:
    """Derivatives by the columns of one group, put where those columns are scaled for CR2 (in the second round)."""
    out = np.zeros(len(sample.moments.columns))
    place = sample.places([c._replace(scaled=sample.moments.scaled) for c in columns])
    out[place[place >= 0]] = slopes[place >= 0]
    return out


def _too_few(sample: PooledSample, mine: list[Column], theirs: list[Column]) -> str:
    """Why there is no interval, as from cells."""
    live = {
        c.stratum
        for c, total in zip(mine, sample.totals(mine), strict=True)
        if c.quantity == "weight" and total > 0
    }
    arm, cohort, base, year = mine[0][:4]
    if _villages_of(sample, Group(arm, cohort), base, year) < 2:
        return NOTES["one_village"].en
    used = [c for c in theirs if c.stratum in live and c.quantity in ("base_weight", "weight")]
    return NOTES["one_comparison_village"].en if (sample.villages(used) < 2).any() else ""


def _villages_of(sample: PooledSample, group: Group, base: int, year: int) -> int:
    return sample.moments.places.get((group.arm, group.cohort, base, year), 0)


def _size(group: Group) -> Column:
    return Column(group.arm, group.cohort, 0, 0, "", "size")


def _square_root(products: Floats) -> Floats:
    """A matrix whose cross-products are these."""
    size = np.sqrt(np.where(np.diag(products) > 0, np.diag(products), 1.0))
    values, vectors = np.linalg.eigh(products / np.outer(size, size))
    out: Floats = (np.sqrt(np.clip(values, 0.0, None))[:, None] * vectors.T) * size
    return out
