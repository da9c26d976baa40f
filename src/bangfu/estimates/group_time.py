"""Group-time effects by arm: ATT(arm, cohort, year) against one shared comparison group, with their joint errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.design import Design, Settled
from bangfu.estimates.aggregate import Kind, aggregate
from bangfu.estimates.effects import Compared, Effect, compared, effect, effective, unit_of
from bangfu.estimates.joint import Floats, Joint, quantile
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import Group, Members, Sample, sample
from bangfu.formats import frame_text


@dataclass(frozen=True, slots=True, repr=False)
class GroupTimeEffects:
    """Effects by arm, cohort and year.

    Attributes
    ----------
    table : DataFrame
        ``arm, cohort, year, event_time, unit, estimate, std_error, df, ci_low, ci_high, households, villages,
        effective_villages, note``; one row per effect, the base year left out (it is zero by definition under a
        universal base).
    joint : Joint
    groups : tuple of Group
    group : int array (K,)
        Position in ``groups`` of each row of the table.
    weight : float array (G,)
        Fixed household weight of each group.
    sample : Sample
    design : Design
        By which they were estimated, with nothing left open.
    unit : str
        Of the estimates; empty where the outcome has none.
    """

    table: pd.DataFrame
    joint: Joint
    groups: tuple[Group, ...]
    group: np.ndarray[Any, np.dtype[np.int64]]
    weight: Floats
    sample: Sample
    design: Settled
    unit: str

    @property
    def influence(self) -> Floats:
        """Influence sums by village (V, K)."""
        return self.joint.influence[:, : len(self.table)]

    @property
    def covariance(self) -> Floats:
        """Joint covariance of all effects (K, K); NaN where an effect has no error."""
        return self.joint.combine(np.eye(len(self.weight) + len(self.table))[:, : len(self.table)]).covariance

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms in order."""
        return tuple(dict.fromkeys(g.arm for g in self.groups))

    def aggregate(self, kind: Kind = "overall") -> pd.DataFrame:
        """Averages by arm, weighted by the cohorts' fixed household weights, whose estimation error counts.

        Parameters
        ----------
        kind : {"overall", "event", "calendar", "cohort"}
            All years from joining on; by years since joining (also before); by year; by cohort.

        Returns
        -------
        DataFrame
            ``arm``, then ``event_time``, ``year`` or ``cohort``, then ``unit, estimate, std_error, df, ci_low, ci_high,
            band_low, band_high, p_value, households, villages, effective_villages, note``. Bands hold for all rows of
            the table at once.
        """
        return aggregate(self, kind).table

    def _repr_html_(self) -> str:
        text = frame_text(self.table, {"estimate": 3, "std_error": 3, "ci_low": 3, "ci_high": 3, "df": 1})
        return f"<p>{escape(repr(self))}</p>{text.to_html(index=False)}"

    def __repr__(self) -> str:
        rows = self.table["estimate"].notna().sum()
        unit = f" in {self.unit}" if self.unit else ""
        return (
            f"GroupTimeEffects: {len(self.arms)} arms, {len(self.groups)} arm-cohorts, {rows} effects{unit}"
        )


def group_time_effects(
    cells: Cells, outcome: str | None = None, *, design: Design | None = None, **options: Any
) -> GroupTimeEffects:
    """Estimate ATT(arm, cohort, year) (Callaway & Sant'Anna 2021, with several arms and one comparison group).

    Parameters
    ----------
    cells : Cells
    outcome : str, optional
        One of ``cells.outcomes``; the first by default.
    design : Design, optional
    **options
        Of :class:`bangfu.Design`, in the place of its own: ``scale``, ``control``, ``missing`` and so on.

    Returns
    -------
    GroupTimeEffects

    Raises
    ------
    WrongUse
        For an unknown option, or one that contradicts the cells.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    """
    return estimate(cells, Design.of(design, **({"outcome": outcome} if outcome else {}), **options))


def estimate(cells: Cells, design: Design) -> GroupTimeEffects:
    """Effects of cells by a design: the one way in which anything is estimated, and estimated again.

    Raises
    ------
    WrongUse
        For an option that contradicts the cells, or an outcome that they lack.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    """
    return estimate_settled(cells, settled(cells, design))


def estimate_settled(cells: Cells, design: Settled) -> GroupTimeEffects:
    """As :func:`estimate`, by a design that is :func:`~bangfu.cells.agreement.settled` for such cells: for many in a row."""
    return effects_of(sample(cells, design), unit_of(design.scale, cells.info.unit(design.column)))


def effects_of(chosen: Sample, unit: str = "") -> GroupTimeEffects:
    """Effects of a sample."""
    errors = chosen.design.errors
    shared: dict[tuple[int, ...], Compared] = {}
    members = [chosen.members(position) for position in range(len(chosen.groups))]
    pieces = [_one(chosen, m, year, shared) for m in members for year in chosen.years]
    kept = [(row, e, w, position) for found in pieces if found for row, e, w, position in [found]]
    table = pd.DataFrame([row for row, *_ in kept]).assign(unit=unit)
    group = np.array([position for *_, position in kept], dtype=np.int64)
    joint, weight = _joined(
        chosen, members, [e for _, e, *_ in kept], [w for *_, w, _ in kept], group, errors
    )
    if errors == "jackknife":
        from bangfu.estimates.jackknife import jackknifed

        joint = jackknifed(joint, chosen)
    result = joint.combine(np.eye(len(table) + len(weight))[:, : len(table)])
    error, half = result.std_error, quantile(result.df) * result.std_error
    table.insert(6, "std_error", error)
    table.insert(7, "df", np.where(np.isfinite(error), result.df, np.nan))
    table.insert(8, "ci_low", table["estimate"] - half)
    table.insert(9, "ci_high", table["estimate"] + half)
    return GroupTimeEffects(table, joint, chosen.groups, group, weight, chosen, chosen.design, unit)


def base_of(years: Sequence[int], design: Settled, cohort: int, year: int) -> int | None:
    """The year that a year is compared with, or None."""
    before = [y for y in years if y < cohort - design.anticipation]
    if not before:
        return None
    if design.base == "varying" and year <= before[-1]:
        earlier = [y for y in before if y < year]
        return earlier[-1] if earlier else year
    return before[-1]


def _one(
    chosen: Sample, members: Members, year: int, shared: dict[tuple[int, ...], Compared]
) -> tuple[dict[str, Any], Effect, Floats, int] | None:
    """One row of the table, its effect (treated by the group's villages), and its comparison villages' weights; None in a base year.

    ``shared`` keeps what comes of the comparison households, which is the same for every group unless they join later.
    """
    position, design = members.position, chosen.design
    group = chosen.groups[position]
    before = base_of(chosen.years, design, group.cohort, year)
    if before == year:
        return None
    row: dict[str, Any] = {
        "arm": group.arm, "cohort": group.cohort, "year": year, "event_time": year - group.cohort, "unit": ""
    }  # fmt: skip
    if before is None:
        none = np.zeros(chosen.villages)
        found = Effect(np.nan, none, none, NOTES["no_base"].en)
        return row | _counts(np.nan, 0, none, found.note), found, none, position
    treated = chosen.four(members.rows, before, year, members.places)
    key = (before, year, position) if design.control == "not_yet" else (before, year)
    if key not in shared:
        four = chosen.four(chosen.comparison_rows(position, year, before), before, year)
        shared[key] = compared(four, design.scale, cr2=design.errors in ("cr2", "jackknife"))
    others = shared[key]
    found = effect(treated, others, design.scale)
    counts = _counts(found.estimate, treated.households, treated.weight.sum(1), found.note)
    return row | counts, found, others.extent, position


def _counts(estimate: float, households: int, weight: Floats, note: str) -> dict[str, Any]:
    return {
        "estimate": estimate, "households": households, "villages": int(np.count_nonzero(weight)),
        "effective_villages": effective(weight), "note": note,
    }  # fmt: skip


def _joined(
    chosen: Sample,
    members: list[Members],
    found: list[Effect],
    comparison: list[Floats],
    group: Any,
    errors: str,
) -> tuple[Joint, Floats]:
    """Stack influence sums, parts and overlaps."""
    n_effects, n_groups = len(found), len(chosen.groups)
    columns = n_effects + n_groups
    influence = np.zeros((columns, chosen.villages))  # rows are contiguous
    parts = np.zeros((n_groups + 1, columns, columns))
    unknown = np.zeros(columns, dtype=bool)
    for k, e in enumerate(found):
        unknown[k] = not (np.isfinite(e.estimate) and np.isfinite(e.treated[0] + e.comparison[0]))
        if not unknown[k]:
            influence[k] = e.comparison
    parts[-1] = influence @ influence.T
    weights = np.stack([chosen.village_weight(h) for h in range(n_groups)])
    sizes = weights * _size_factor(chosen, weights, errors)
    for h in range(n_groups):
        places, of_group = members[h].places, np.flatnonzero((group == h) & ~unknown[:n_effects])
        mine = np.vstack([*(found[k].treated for k in of_group), sizes[h, places]])
        at = np.append(of_group, n_effects + h)
        parts[h][np.ix_(at, at)] = mine @ mine.T
        influence[np.ix_(at, places)] += mine
    compared_weight = np.zeros(chosen.villages)
    for weight in comparison:
        compared_weight += weight
    shares = np.vstack([weights, compared_weight])
    shares /= np.where(shares.sum(1, keepdims=True) > 0, shares.sum(1, keepdims=True), 1.0)
    estimate = np.array([e.estimate for e in found])
    kind = errors if errors in ("normal", "multiplier") else "t"
    products = influence @ influence.T
    return Joint(estimate, influence.T, unknown, parts, shares @ shares.T, kind, products), weights.sum(1)


def _size_factor(chosen: Sample, weights: Floats, errors: str) -> Floats:
    """CR2 for the cohorts' weights (G, V): one over the root of one minus a village's share of its arm."""
    out = np.ones_like(weights)
    if errors in ("cr2", "jackknife"):
        arms = np.array([g.arm for g in chosen.groups])
        for arm in dict.fromkeys(arms):
            of_arm = weights[arms == arm].sum(0)
            left = 1 - of_arm / of_arm.sum() if of_arm.sum() > 0 else np.ones(len(of_arm))
            out[arms == arm] = 1 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out
