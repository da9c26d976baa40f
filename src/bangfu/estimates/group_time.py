"""Group-time effects by arm: ATT(arm, cohort, year) against one shared comparison group, with their joint errors."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.design import SCALES, Scale, one_of
from bangfu.estimates.aggregate import Kind, aggregate
from bangfu.estimates.effects import Compared, Effect, compared, effect, effective, unit_of
from bangfu.estimates.joint import Floats, Joint, quantile
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import Group, Members, Sample, sample
from bangfu.formats import frame_text

SEED = 20_170_601
ERRORS = ("cr2", "jackknife", "normal", "multiplier")
BASES = ("universal", "varying")


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
    outcome, scale, base, errors, unit : str
    seed : int
    """

    table: pd.DataFrame
    joint: Joint
    groups: tuple[Group, ...]
    group: np.ndarray[Any, np.dtype[np.int64]]
    weight: Floats
    sample: Sample
    outcome: str
    scale: str
    base: str
    errors: str
    unit: str
    seed: int

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
    cells: Cells,
    outcome: str | None = None,
    *,
    scale: str | None = None,
    control: str = "never",
    missing: str = "pairwise",
    base: str = "universal",
    anticipation: int = 0,
    switchers: str = "censor",
    cluster: str = "village_id",
    adjust: bool = False,
    errors: str = "cr2",
    seed: int = SEED,
) -> GroupTimeEffects:
    """Estimate ATT(arm, cohort, year) (Callaway & Sant'Anna 2021, with several arms and one comparison group).

    Parameters
    ----------
    cells : Cells
    outcome : str, optional
        One of ``cells.outcomes``; the first by default.
    scale : {"percent", "level", "log"}, optional
        ``log`` takes the cells' outcome ``log:<outcome>``; ``level`` is the difference in the outcome's own unit (for
        incomes also by its older name ``yuan``). ``percent`` by default, ``level`` where the outcome has no known unit.
    control : {"never", "never_elsewhere", "never_same_village", "not_yet"}
    missing : {"pairwise", "complete", "cross_section"}
    base : {"universal", "varying"}
        The last observed year before joining; before joining ``varying`` takes the year before instead.
    anticipation : int
        Years before joining that may already be affected.
    switchers : {"censor", "own_arm", "drop"}
    cluster : {"village_id", "township_id", "county_id"}
    adjust : bool
        Within covariate cells, weighted to the arm's.
    errors : {"cr2", "jackknife", "normal", "multiplier"}
        ``jackknife`` leaves out one village at a time. The last two only match other programs: with few villages they
        cover far less than they say.
    seed : int

    Returns
    -------
    GroupTimeEffects

    Raises
    ------
    WrongUse
        For an unknown option.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    """
    outcome = outcome or cells.outcomes[0]
    scale = one_of("scale", scale, SCALES) if scale else default_scale(cells, outcome)
    base, errors = one_of("base", base, BASES), one_of("errors", errors, ERRORS)
    if scale == "log" and not outcome.startswith("log:"):
        outcome = f"log:{outcome}"
    chosen = sample(
        cells, outcome, control=control, missing=missing, switchers=switchers, anticipation=anticipation,
        cluster=cluster, adjust=adjust,
    )  # fmt: skip
    return effects_of(chosen, outcome, scale, base, errors, unit_of(scale, cells.info.unit(outcome)), seed)


def default_scale(cells: Cells, outcome: str) -> Scale:
    """Differences for an outcome without a known unit, a logarithm for instance; else percent."""
    if outcome.startswith("log:"):
        return "log"
    return "percent" if cells.info.unit(outcome) else "level"


def effects_of(
    chosen: Sample, outcome: str, scale: str, base: str, errors: str, unit: str, seed: int
) -> GroupTimeEffects:
    """Effects of a sample whose rules are set."""
    shared: dict[tuple[int, ...], Compared] = {}
    members = [chosen.members(position) for position in range(len(chosen.groups))]
    pieces = [_one(chosen, m, year, scale, base, errors, shared) for m in members for year in chosen.years]
    kept = [(row, e, w, position) for found in pieces if found for row, e, w, position in [found]]
    table = pd.DataFrame([row for row, *_ in kept]).assign(unit=unit)
    group = np.array([position for *_, position in kept], dtype=np.int64)
    joint, weight = _joined(
        chosen, members, [e for _, e, *_ in kept], [w for *_, w, _ in kept], group, errors
    )
    if errors == "jackknife":
        from bangfu.estimates.jackknife import jackknifed

        joint = jackknifed(joint, chosen, scale, base)
    result = joint.combine(np.eye(len(table) + len(weight))[:, : len(table)])
    error, half = result.std_error, quantile(result.df) * result.std_error
    table.insert(6, "std_error", error)
    table.insert(7, "df", np.where(np.isfinite(error), result.df, np.nan))
    table.insert(8, "ci_low", table["estimate"] - half)
    table.insert(9, "ci_high", table["estimate"] + half)
    return GroupTimeEffects(
        table, joint, chosen.groups, group, weight, chosen, outcome, scale, base, errors, unit, seed
    )


def base_of(chosen: Sample, cohort: int, year: int, base: str) -> int | None:
    """The year that a year is compared with, or None."""
    before = [y for y in chosen.years if y < cohort - chosen.anticipation]
    if not before:
        return None
    if base == "varying" and year <= before[-1]:
        earlier = [y for y in before if y < year]
        return earlier[-1] if earlier else year
    return before[-1]


def _one(
    chosen: Sample,
    members: Members,
    year: int,
    scale: str,
    base: str,
    errors: str,
    shared: dict[tuple[int, ...], Compared],
) -> tuple[dict[str, Any], Effect, Floats, int] | None:
    """One row of the table, its effect (treated by the group's villages), and its comparison villages' weights; None in a base year.

    ``shared`` keeps what comes of the comparison households, which is the same for every group unless they join later.
    """
    position = members.position
    group = chosen.groups[position]
    before = base_of(chosen, group.cohort, year, base)
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
    key = (before, year, position) if chosen.control == "not_yet" else (before, year)
    if key not in shared:
        four = chosen.four(chosen.comparison_rows(position, year, before), before, year)
        shared[key] = compared(four, scale, cr2=errors in ("cr2", "jackknife"))
    others = shared[key]
    found = effect(treated, others, scale)
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
