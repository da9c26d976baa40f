"""What the joiners of one county have and would have had, by arm and years since joining, with their joint covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.estimates.effects import NO_ERROR, Compared, Means, compared, means
from bangfu.estimates.group_time import Summed, size_factor, sums_of
from bangfu.estimates.joint import welch
from bangfu.estimates.sample import Sample
from bangfu.moments.disclosure import Candidate, Side

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = {
    "arm": str, "event_time": int, "counties": int, "households": int, "villages": int, "weight": float,
    "joiners": float, "would_have_been": float, "df": float,
}  # fmt: skip
"""Of a table of results."""


@dataclass(frozen=True, slots=True)
class County:
    """R results of a county, as they are.

    Attributes
    ----------
    table : DataFrame
        One row per result, with ``COLUMNS``.
    influence : float array (2R, V)
        Influence sums by village: on the difference of the two means, then on the mean that would have been.
    candidates : list of Candidate
    households : int array (G, V)
        Of every group.
    """

    table: pd.DataFrame
    influence: Floats
    candidates: list[Candidate]
    households: Ints


@dataclass(frozen=True, slots=True)
class _Of:
    """A group's means, and the comparison households that they rest on."""

    summed: Summed
    means: Means
    others: Compared


def county(chosen: Sample) -> County:
    """Every result that can be estimated.

    The average over cohorts is weighted by their fixed weights, whose estimation error counts.
    """
    groups = list[_Of]()
    for one in sums_of(chosen):
        others = compared(one.others, chosen.design.scale)
        groups.append(_Of(one, means(one.treated, others, chosen.design.scale), others))
    weights = np.stack([chosen.village_weight(h) for h in range(len(groups))])
    sizes = weights * size_factor(chosen, weights)
    at: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for h, (group, of) in enumerate(zip(chosen.groups, groups, strict=True)):
        for k, why in enumerate(of.means.why):
            if why in NO_ERROR:
                at.setdefault((group.arm, of.summed.years[k] - group.cohort), []).append((h, k))
    rows, influence, candidates = [], list[tuple[Floats, Floats]](), list[Candidate]()
    for (arm, event_time), members in at.items():
        row, gain, expected = _result(chosen, groups, weights, sizes, members)
        if row["df"] >= 1 and gain.any():
            rows.append({"arm": arm, "event_time": event_time, **row})
            influence.append((gain, expected))
            candidates.append(_candidate(chosen, groups, arm, event_time, members))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    stacked = np.array([i[0] for i in influence] + [i[1] for i in influence])
    households = np.zeros(weights.shape, dtype=np.int64)
    mine = chosen.group >= 0
    np.add.at(households, (chosen.group[mine], chosen.village[mine]), chosen.households[mine])
    return County(table, stacked.reshape(2 * len(rows), chosen.villages), candidates, households)


def _result(
    chosen: Sample, groups: list[_Of], weights: Floats, sizes: Floats, members: list[tuple[int, int]]
) -> tuple[dict[str, float], Floats, Floats]:
    """The two means over cohorts, and their influence sums (V,)."""
    places = [h for h, _ in members]
    size = weights[places].sum(1)
    share = size / size.sum()
    has, expects = (
        np.array([getattr(groups[h].means, name)[k] for h, k in members]) for name in ("joiners", "expected")
    )
    joiners, expected = float(share @ has), float(share @ expects)
    mine, base = np.zeros((len(members), chosen.villages)), np.zeros((len(members), chosen.villages))
    others, extent = np.zeros(chosen.villages), np.zeros(chosen.villages)
    for i, (h, k) in enumerate(members):
        of, there = groups[h], groups[h].summed.members.places
        mine[i] = (has[i] - joiners) / size.sum() * sizes[h]
        base[i] = (expects[i] - expected) / size.sum() * sizes[h]
        mine[i, there] += share[i] * of.means.joiners_influence[k]
        base[i, there] += share[i] * of.means.base_influence[k]
        others += share[i] * of.means.comparison_influence[k]
        extent += of.others.extent[k]
    ratio = joiners / expected if chosen.design.scale == "percent" else 1.0
    by_part = np.vstack([mine - ratio * base, ratio * others])
    shares = np.vstack([weights[places], extent])
    shares /= shares.sum(1, keepdims=True)
    row = {
        "counties": 1, "households": sum(chosen.group_households(h) for h in places),
        "villages": int(np.count_nonzero(weights[places].sum(0))), "weight": float(size.sum()),
        "joiners": joiners, "would_have_been": expected,
        "df": float(welch((by_part**2).sum(1)[:, None], shares @ shares.T)[0]),
    }  # fmt: skip
    would = base.sum(0) + others
    return row, mine.sum(0) - would, would


def _candidate(
    chosen: Sample, groups: list[_Of], arm: str, event_time: int, members: list[tuple[int, int]]
) -> Candidate:
    """Who is behind a result."""
    own, comparison, compared = list[Side](), list[Side](), list[tuple[int, int, int]]()
    for h, k in members:
        year = groups[h].summed.years[k]
        pair = (groups[h].summed.bases[k], year)
        rows = chosen.rows(h)
        own.append(_side(chosen, rows, pair))
        others = chosen.comparison_rows(h, pair)
        for x in np.unique(chosen.stratum[rows]):
            comparison.append(_side(chosen, others[chosen.stratum[others] == x], pair))
            compared.append((*pair, int(x)))
    joiners = Side(
        np.sum([s.households for s in own], axis=0), np.sum([s.weight for s in own], axis=0),
        np.sum([s.sums for s in own], axis=0), max(s.largest for s in own),
    )  # fmt: skip
    cohorts = frozenset(h for h, _ in members)
    return Candidate(arm, event_time, cohorts, joiners, tuple(comparison), tuple(compared))


def _side(chosen: Sample, rows: Ints, pair: tuple[int, int]) -> Side:
    """Rows at a base and in a year, by village."""
    there = [mask[:, 0] for mask in chosen.there(rows, [pair])]
    village = chosen.village[rows]

    def by_village(values: NDArray[Any], mask: NDArray[np.bool_]) -> Floats:
        return np.asarray(np.bincount(village[mask], values[mask], chosen.villages), dtype=float)

    at = [chosen.years.index(year) for year in pair]
    used = there[0] | there[1]
    return Side(
        np.array([by_village(chosen.households[rows], m) for m in there]).astype(np.int64),
        np.array([by_village(chosen.weight[rows], m) for m in there]),
        np.array([by_village(chosen.sums[rows, t], m) for t, m in zip(at, there, strict=True)]),
        float(chosen.largest[rows][used].max(initial=0.0)),
    )
