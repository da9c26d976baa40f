"""The truth: what joining did, by arm, cohort and year, summed over runs of villages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.simulation.incomes import BUSINESS, PROPERTY, TRANSFER, WAGE
from bangfu.simulation.prices import factors, lines
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import MODELS, NEVER, YEARS, Integers, first_year
from bangfu.simulation.world import World

MONEY = ("income", "income_without_transfers", "wage", "business", "property", "transfer")
POVERTY = ("headcount", "gap", "severity")
LOGS = ("income", "income_without_transfers")
"""Outcomes whose effect is also given in log points."""

_YEARS = np.array(YEARS)
_ARMS = 1 << len(MODELS)
_COHORTS = len(YEARS)
_KEYS = _ARMS * _COHORTS * len(YEARS)

Sums = NDArray[np.float64]


def arm_text(mask: int) -> str:
    """The arm of a bitmask of models."""
    return "+".join(m for i, m in enumerate(MODELS) if mask >> i & 1)


def arms(joined: Integers) -> Integers:
    """The models taken up by each year as a bitmask, shape (households, years); before joining, the first one's."""
    start = np.where(joined > 0, joined, NEVER)
    cohort = start.min(axis=1)
    now = np.maximum(_YEARS[None, :], cohort[:, None])
    bits = (start[:, None, :] <= now[:, :, None]) << np.arange(len(MODELS))
    out: Integers = bits.sum(axis=2)
    return out


@dataclass(slots=True)
class Totals:
    """Sums over households by arm, cohort and year; runs of villages add up.

    Attributes
    ----------
    counts : array, shape (2, keys)
        Households of the sample and of the population.
    with_, without : dict of str to array, shape (2, keys)
        Sums of outcomes per head, prices of the last year.
    logs : dict of str to array, shape (2, keys)
        Sums of log differences, and ``<outcome>:n``, over how many.
    offered : bool
        By what was offered in the village, over all its households and for income alone, in place of what was taken up.
    bystanders : bool
        Also sum households that did not join in villages with an offer: the arm without name, its cohort the offer's.
    """

    counts: Sums
    with_: dict[str, Sums]
    without: dict[str, Sums]
    logs: dict[str, Sums]
    offered: bool
    bystanders: bool

    @classmethod
    def empty(cls, *, offered: bool = False, bystanders: bool = False) -> Totals:
        """Nothing summed yet."""
        return cls(np.zeros((2, _KEYS)), {}, {}, {}, offered, bystanders)

    def add(self, w: World) -> None:
        """Add a run of villages."""
        offers = w.villages.offers[w.households.village]
        if self.offered:
            rows = np.flatnonzero(first_year(offers) < NEVER)
            self._add(w, rows, arms(offers[rows]), first_year(offers[rows]))
            return
        joined = w.joined[w.joiners]
        self._add(w, w.joiners, arms(joined), first_year(joined))
        others = np.flatnonzero((first_year(w.joined) == NEVER) & (first_year(offers) < NEVER))
        if self.bystanders and len(others):
            none = np.zeros((len(others), len(YEARS)), dtype=np.int64)
            self._add(w, others, none, first_year(offers[others]))

    def merge(self, other: Totals) -> None:
        """Add the sums of other villages."""
        self.counts += other.counts
        pairs = (self.with_, other.with_), (self.without, other.without), (self.logs, other.logs)
        for own, more in pairs:
            for name, sums in more.items():
                own[name] = own[name] + sums if name in own else sums

    def _add(self, w: World, rows: Integers, arm: Integers, cohort: Integers) -> None:
        key = (arm * _COHORTS + (cohort - YEARS[0])[:, None]) * len(YEARS) + np.arange(len(YEARS))
        masks = (w.seen[rows], w.households.born[rows][:, None] <= _YEARS)
        self._count(key, masks)
        pairs = ("", w.true, w.true_without), ("_recorded", w.recorded, w.recorded_without)
        for suffix, with_, without in pairs:
            outcomes = _income if self.offered else _outcomes
            first, second = outcomes(with_[:, rows]), outcomes(without[:, rows])
            for name in first:
                _into(self.with_, name + suffix, key, masks, first[name])
                _into(self.without, name + suffix, key, masks, second[name])
            for name in (n for n in LOGS if n in first):
                positive = (first[name] > 0) & (second[name] > 0)
                change = np.log(np.where(positive, first[name], 1.0)) - np.log(
                    np.where(positive, second[name], 1.0)
                )
                _into(self.logs, name + suffix, key, masks, change)
                _into(self.logs, f"{name}{suffix}:n", key, masks, positive.astype(np.float64))

    def _count(self, key: Integers, masks: tuple[NDArray[np.bool_], NDArray[np.bool_]]) -> None:
        for i, mask in enumerate(masks):
            self.counts[i] += np.bincount(key[mask], minlength=_KEYS)

    def table(self) -> pd.DataFrame:
        """True effects: ``arm, cohort, year, event_time, scale, measure, population, value, households``.

        ``percent`` is the ratio of means less one, ``yuan`` the difference of means, ``log`` the mean difference of
        logs in log points, ``points`` (poverty indices) the difference of means in percentage points.
        """
        frames = []
        for i, population in enumerate(("sample", "population")):
            count = self.counts[i]
            keys = np.flatnonzero(count)
            year, rest = keys % len(YEARS), keys // len(YEARS)
            base = pd.DataFrame(
                {
                    "arm": [arm_text(int(m)) for m in rest // _COHORTS],
                    "cohort": rest % _COHORTS + YEARS[0],
                    "year": year + YEARS[0],
                }
            )
            base["event_time"] = base["year"] - base["cohort"]
            for name in self.with_:
                own, other = self.with_[name][i][keys], self.without[name][i][keys]
                values = {"points": (own - other) / count[keys] * 100}
                if not name.startswith(POVERTY):
                    with np.errstate(divide="ignore", invalid="ignore"):
                        percent = np.where(other > 0, own / np.where(other > 0, other, 1) - 1, np.nan) * 100
                    values = {"percent": percent, "yuan": (own - other) / count[keys]}
                frames += [
                    _rows(base, scale, name, population, v, count[keys]) for scale, v in values.items()
                ]
            for name in (n for n in self.logs if not n.endswith(":n")):
                usable = self.logs[f"{name}:n"][i][keys]
                value = self.logs[name][i][keys] / np.maximum(usable, 1) * 100
                frames.append(_rows(base, "log", name, population, value, usable))
        out = pd.concat(frames, ignore_index=True)
        out["households"] = out["households"].astype(np.int64)
        return out


def _rows(
    base: pd.DataFrame, scale: str, measure: str, population: str, value: Sums, count: Sums
) -> pd.DataFrame:
    return base.assign(scale=scale, measure=measure, population=population, value=value, households=count)


def _into(
    store: dict[str, Sums],
    name: str,
    key: Integers,
    masks: tuple[NDArray[np.bool_], ...],
    value: NDArray[np.float64],
) -> None:
    sums = store.setdefault(name, np.zeros((2, _KEYS)))
    for i, mask in enumerate(masks):
        sums[i] += np.bincount(key[mask], weights=value[mask], minlength=_KEYS)


def _income(sources: Floats) -> dict[str, NDArray[np.float64]]:
    return {"income": sources.sum(axis=0, dtype=np.float64) * factors()}


def _outcomes(sources: Floats) -> dict[str, NDArray[np.float64]]:
    """Outcomes per head from sources per head: money at prices of the last year, shortfalls from the year's line."""
    parts = sources.astype(np.float64)
    total = parts.sum(axis=0)
    money = {
        "income": total,
        "income_without_transfers": total - parts[TRANSFER],
        "wage": parts[WAGE],
        "business": parts[BUSINESS],
        "property": parts[PROPERTY],
        "transfer": parts[TRANSFER],
    }
    short = np.where(total < lines(), (lines() - total) / lines(), 0.0)
    poverty = {"headcount": (total < lines()).astype(np.float64), "gap": short, "severity": short**2}
    return {name: value * factors() for name, value in money.items()} | poverty
