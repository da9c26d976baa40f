"""The core family of a comparison: all joiners, each arm of one model and every two of them, in one simultaneous band.

Whatever is said of who gained, how much and who comes first is read from this one band, so that no two things said can
contradict each other, and all of them are true at once in at least 95% of samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from bangfu.estimates.aggregate import Aggregate
from bangfu.estimates.detectable import POWER
from bangfu.estimates.group_time import GroupTimeEffects
from bangfu.estimates.joint import Combination, Floats, sup_t

DRAWS, MOST = 50_000, 2_000_000
"""So many that the error of a critical value, which is the same in every comparison of one seed, is below a hundredth; and
fewer where that would be more values than fit a small machine."""

Member = tuple[str, ...]
"""``()`` all joiners, ``(arm,)`` one arm, ``(arm, other)`` the first less the second."""


@dataclass(frozen=True, slots=True)
class Family:
    """R estimates in a simultaneous band.

    Attributes
    ----------
    members : dict of Member to int
        In order, and where each stands.
    estimate, low, high, detectable : float arrays (R,)
        ``detectable`` is what the band leaves out zero for in 80% of such samples. NaN where there is no error.
    best : {"high", "low"}
        Which end ranks first.
    """

    members: Mapping[Member, int]
    estimate: Floats
    low: Floats
    high: Floats
    detectable: Floats
    best: str = "high"

    def at(self, member: Member) -> int:
        """Where a member stands."""
        return self.members[member]

    def direction(self, member: Member) -> int:
        """1 or -1 where the band lies above or below zero; 0 cannot be told."""
        i = self.at(member)
        return int(self.low[i] > 0) - int(self.high[i] < 0)

    @property
    def arms(self) -> tuple[str, ...]:
        """Those that are compared with each other."""
        return tuple(m[0] for m in self.members if len(m) == 1)

    def better(self, arm: str, other: str) -> bool:
        """Whether the band shows an arm to be better than another."""
        sign = 1 if self.best == "high" else -1
        if (arm, other) in self.members:
            return self.direction((arm, other)) == sign
        return self.direction((other, arm)) == -sign

    def interval(self, arm: str) -> tuple[float, float]:
        """The band of an arm; NaN for one without an error."""
        i = self.at((arm,))
        return float(self.low[i]), float(self.high[i])

    @property
    def first(self) -> str:
        """The arm that is better than every other one; empty where there is none, or only one arm."""
        found = [a for a in self.arms if all(self.better(a, b) for b in self.arms if b != a)]
        return found[0] if len(self.arms) > 1 and found else ""

    def ranks(self, arms: Sequence[str]) -> dict[str, list[int | None]]:
        """``rank, rank_low, rank_high`` of some arms: the ranks that the band leaves open; ``None`` where there are none.

        Only arms of the family have ranks, where they have an estimate.
        """
        sign = 1 if self.best == "high" else -1
        value = {a: sign * self.estimate[self.at((a,))] for a in self.arms}
        value = {a: v for a, v in value.items() if np.isfinite(v)}
        found: dict[str, tuple[int, int, int]] = {}
        for a, v in value.items():
            worse = sum(self.better(a, b) for b in value if b != a)
            better = sum(self.better(b, a) for b in value if b != a)
            found[a] = (1 + sum(other > v for other in value.values()), 1 + better, len(value) - worse)
        return {
            name: [found[a][i] if a in found else None for a in arms]
            for i, name in enumerate(("rank", "rank_low", "rank_high"))
        }


def family(
    members: Sequence[Member],
    estimate: Floats,
    covariance: Floats,
    df: Floats,
    *,
    best: str = "high",
    seed: int,
    draws: int = DRAWS,
    margin: Floats | float = 0.0,
) -> Family:
    """Members in a two-sided 95% simultaneous band (Montiel Olea & Plagborg-Moller 2019), by draws of the multivariate t.

    Each member keeps its own degrees of freedom: what is equal over members is the tail probability, so that a pair of arms
    in few villages gets the wider quantile that it needs. Estimated variances are as dependent as their estimates
    (Wishart); a root of chi square shared by all would make the band too narrow where villages are few. Their correlation
    is estimated too, which costs one degree of freedom: else too many directions are false where villages are few.

    Parameters
    ----------
    members : sequence of Member
    estimate, df : float arrays (R,)
    covariance : float array (R, R)
        Joint, of any rank; NaN for members without an error, which get no band.
    best : {"high", "low"}
    seed, draws : int
    margin : float array (R,)
        Added on both sides: what the assumptions may be wrong by.
    """
    known = Combination(covariance, df)
    error = np.where(np.isfinite(estimate), known.std_error, np.nan)
    between = np.abs(covariance) / np.outer(error, error)
    spent = np.maximum(df - 1.0, 1.0) if (between < 1.0 - 1e-9).any() else df
    critical = sup_t(Combination(covariance, spent), seed, draws=min(draws, MOST // len(members)))
    half = critical * error + margin
    seen = (critical + stats.t.ppf(POWER, df)) * error + margin
    return Family(
        {m: i for i, m in enumerate(members)}, estimate, estimate - half, estimate + half, seen, best
    )


def rivals(arms: Sequence[str]) -> list[str]:
    """The arms of one model, which are compared with each other; all where there are none."""
    return [a for a in arms if "+" not in a] or list(arms)


def core(
    effects: GroupTimeEffects, overall: Aggregate, margin: Floats | float = 0.0, draws: int = DRAWS
) -> Family:
    """The core family of a comparison.

    Parameters
    ----------
    effects : GroupTimeEffects
    overall : Aggregate
        Its overall averages.
    margin : float array (arms,)
        What each arm's average may be off by; a pair's is that of both.
    """
    names = list(overall.table["arm"])
    alone = [names.index(a) for a in rivals(names)]
    members: list[Member] = [(), *((names[i],) for i in alone)]
    share = joined_shares(effects, overall)
    mix = [share, *(np.eye(len(names))[i] for i in alone)]
    for i, j in combinations(alone, 2):
        members.append((names[i], names[j]))
        mix.append(np.eye(len(names))[i] - np.eye(len(names))[j])
    chosen = np.stack(mix, axis=1)
    value = np.where(np.isfinite(overall.estimate), overall.estimate, 0.0) @ chosen
    value[(chosen[~np.isfinite(overall.estimate)] != 0).any(0)] = np.nan
    found = effects.joint.combine(overall.weights @ chosen)
    return family(
        members, value, found.covariance, found.df,
        best=str(effects.design.best), seed=effects.design.seed, draws=draws,
        margin=(np.zeros(len(names)) + margin) @ np.abs(chosen),
    )  # fmt: skip


def joined_shares(effects: GroupTimeEffects, overall: Aggregate) -> Floats:
    """Each arm's share of the joiners by household weight (arms,); zero for those without an estimate."""
    size = np.array([effects.weight[[g.arm == a for g in effects.groups]].sum() for a in effects.arms])
    size = np.where(np.isfinite(overall.estimate), size, 0.0)
    out: Floats = size / size.sum() if size.any() else size
    return out
