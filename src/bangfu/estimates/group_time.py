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
from bangfu.estimates.effects import Compared, Effects, compared, effective, effects, unit_of
from bangfu.estimates.joint import Floats, Joint, quantile
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import Four, Group, Members, Sample, sample
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


def effects_of(chosen: Sample, unit: str = "", summed: list[Summed] | None = None) -> GroupTimeEffects:
    """Effects of a sample; ``summed`` as :func:`sums_of` gives it, where it is known."""
    design, found, compared_of = chosen.design, list[Effects](), dict[int, Compared]()
    summed = sums_of(chosen) if summed is None else summed
    extent = np.zeros(chosen.villages)
    for one in summed:
        if id(one.others) not in compared_of:
            compared_of[id(one.others)] = compared(one.others, design.scale, cr2=design.errors in WITH_CR2)
        others = compared_of[id(one.others)]
        found.append(effects(one.treated, others, design.scale))
        extent += others.extent.sum(0)
    joint, weight = _joined(chosen, summed, found, extent)
    if design.errors == "jackknife":
        from bangfu.estimates.jackknife import jackknifed

        joint = jackknifed(joint, chosen)
    estimate = joint.estimate
    error, df = (x[: len(estimate)] for x in joint.each())
    half = quantile(df) * error
    facts = _facts(chosen, summed, found) | {
        "unit": [unit] * len(estimate), "estimate": estimate, "std_error": error,
        "df": np.where(np.isfinite(error), df, np.nan), "ci_low": estimate - half, "ci_high": estimate + half,
    }  # fmt: skip
    table = pd.DataFrame({name: facts[name] for name in COLUMNS})
    group = np.repeat(np.arange(len(summed)), [len(one.years) for one in summed])
    return GroupTimeEffects(table, joint, chosen.groups, group, weight, chosen, design, unit)


COLUMNS = [
    "arm", "cohort", "year", "event_time", "unit", "estimate", "std_error", "df", "ci_low", "ci_high", "households",
    "villages", "effective_villages", "note",
]  # fmt: skip
WITH_CR2 = ("cr2", "jackknife")


@dataclass(frozen=True, slots=True)
class Summed:
    """What a group's effects are made of, whatever the scale.

    Attributes
    ----------
    members : Members
    years, bases : tuple of int
        K of them: all but base years. Without a base, ``bases``, ``treated`` and ``others`` are empty (K is 0 there).
    treated, others : Four
        By the group's villages; by all.
    """

    members: Members
    years: tuple[int, ...]
    bases: tuple[int, ...]
    treated: Four
    others: Four


def sums_of(chosen: Sample) -> list[Summed]:
    """The sums of every group and of its comparison households, which groups share unless they join later."""
    shared: dict[tuple[Any, ...], Four] = {}
    out = []
    for position, group in enumerate(chosen.groups):
        members = chosen.members(position)
        bases = {year: base_of(chosen.years, chosen.design, group.cohort, year) for year in chosen.years}
        years = tuple(year for year in chosen.years if bases[year] != year)
        pairs = tuple((base, year) for year in years if (base := bases[year]) is not None)
        key = (pairs, position if chosen.design.control == "not_yet" else None)
        if key not in shared:
            shared[key] = chosen.comparison_households(position, pairs)
        out.append(
            Summed(
                members,
                years,
                tuple(b for b, _ in pairs),
                chosen.four(members.rows, pairs, members.places),
                shared[key],
            )
        )
    return out


def base_of(years: Sequence[int], design: Settled, cohort: int, year: int) -> int | None:
    """The year that a year is compared with, or None."""
    before = [y for y in years if y < cohort - design.anticipation]
    if not before:
        return None
    if design.base == "varying" and year <= before[-1]:
        earlier = [y for y in before if y < year]
        return earlier[-1] if earlier else year
    return before[-1]


def _facts(chosen: Sample, summed: list[Summed], found: list[Effects]) -> dict[str, Any]:
    """What every group and year is, and how many; nobody where there is no base."""
    parts = []
    for one, e in zip(summed, found, strict=True):
        group, years, weight = (
            chosen.groups[one.members.position],
            np.array(one.years),
            one.treated.weight.sum(2),
        )
        based = len(e.estimate) == len(years)
        none = np.zeros(len(years))
        parts.append({
            "arm": [group.arm] * len(years), "cohort": none.astype(np.int64) + group.cohort, "year": years,
            "event_time": years - group.cohort,
            "households": one.treated.households if based else none.astype(np.int64),
            "villages": np.count_nonzero(weight, axis=1) if based else none.astype(np.int64),
            "effective_villages": effective(weight) if based else none,
            "note": e.note if based else [NOTES["no_base"].en] * len(years),
        })  # fmt: skip
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _joined(
    chosen: Sample, summed: list[Summed], found: list[Effects], compared_weight: Floats
) -> tuple[Joint, Floats]:
    """Stack influence sums, parts and overlaps."""
    n_effects, n_groups = sum(len(one.years) for one in summed), len(chosen.groups)
    columns, first = n_effects + n_groups, np.cumsum([0, *(len(one.years) for one in summed)])
    influence = np.zeros((columns, chosen.villages))  # rows are contiguous
    parts = np.zeros((n_groups + 1, columns, columns))
    unknown = np.zeros(columns, dtype=bool)
    estimate = np.full(n_effects, np.nan)
    known = []
    for h, e in enumerate(found):
        here = slice(first[h], first[h] + len(e.estimate))
        estimate[here] = e.estimate
        good = np.isfinite(e.estimate) & np.isfinite(e.treated[:, 0] + e.comparison[:, 0])
        unknown[first[h] : first[h + 1]] = True
        unknown[here] = ~good
        known.append(good)
        influence[first[h] + np.flatnonzero(good)] = e.comparison[good]
    parts[-1] = influence @ influence.T
    weights = np.stack([chosen.village_weight(h) for h in range(n_groups)])
    sizes = weights * size_factor(chosen, weights)
    for h, (one, e) in enumerate(zip(summed, found, strict=True)):
        places = one.members.places
        mine = np.vstack([e.treated[known[h]], sizes[h, places]])
        at = np.append(first[h] + np.flatnonzero(known[h]), n_effects + h)
        parts[h][np.ix_(at, at)] = mine @ mine.T
        influence[np.ix_(at, places)] += mine
    shares = np.vstack([weights, compared_weight])
    shares /= np.where(shares.sum(1, keepdims=True) > 0, shares.sum(1, keepdims=True), 1.0)
    kind = chosen.design.errors if chosen.design.errors in ("normal", "multiplier") else "t"
    products = influence @ influence.T
    return Joint(estimate, influence.T, unknown, parts, shares @ shares.T, kind, products), weights.sum(1)


def size_factor(chosen: Sample, weights: Floats) -> Floats:
    """CR2 for the cohorts' weights (G, V): one over the root of one minus a village's share of its arm."""
    out = np.ones_like(weights)
    if chosen.design.errors in WITH_CR2:
        arms = np.array([g.arm for g in chosen.groups])
        for arm in dict.fromkeys(arms):
            of_arm = weights[arms == arm].sum(0)
            left = 1 - of_arm / of_arm.sum() if of_arm.sum() > 0 else np.ones(len(of_arm))
            out[arms == arm] = 1 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out
