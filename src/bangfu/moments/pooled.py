"""Gains of the joiners of several counties, each compared within its own county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.design import Settled
from bangfu.errors import Language, WrongUse
from bangfu.estimates.aggregate import with_errors
from bangfu.estimates.detectable import detectable
from bangfu.estimates.effects import unit_of
from bangfu.estimates.joint import Combination, sup_t_p_value
from bangfu.estimates.notes import NOTES
from bangfu.estimates.ranks import rank_sets
from bangfu.estimates.sample import arms_in_order
from bangfu.moments.moments import Moments
from bangfu.words import NAMES, Word, arm_name

Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class PooledEffects:
    """What :func:`bangfu.compare_models` says, from moments.

    The estimand: of all joiners of these counties, their mean over what it would have been had they changed as the
    comparison households of their own county did. With ``scale="percent"`` it is the sum of n times the joiners' means
    over the sum of n times the means that would have been, less one; on the other scales the mean difference. Errors are
    by the delta method; numbers of households are taken as given.

    Attributes
    ----------
    moments : Moments
    design : Design
        That they were made by; ``best`` and ``seed`` as asked for.
    """

    moments: Moments
    design: Settled

    @property
    def unit(self) -> str:
        """Of the estimates."""
        return unit_of(self.design.scale, str(self.moments.rules["unit"]))

    @cached_property
    def _arms(self) -> list[str]:
        return arms_in_order(self._results["arm"].unique().tolist(), self.moments.rules["models"])

    @property
    def arms(self) -> pd.DataFrame:
        """``arm, title_en, title_zh``: what each arm is called in print."""
        words = [(arm, self.arm(arm)) for arm in self._arms]
        return pd.DataFrame([(a, w.en, w.zh) for a, w in words], columns=["arm", "title_en", "title_zh"])

    def arm(self, arm: str) -> Word:
        """How an arm prints, in the words of its registers."""
        en, zh = (arm_name(arm.split("+"), lang, names=self.moments.names) for lang in ("en", "zh"))
        return Word(en, zh)

    @property
    def synthetic(self) -> bool:
        """Whether the households are invented."""
        return bool(self.moments.rules["kind"] == "synthetic")

    @property
    def _results(self) -> pd.DataFrame:
        return self.moments.table

    @cached_property
    def _overall(self) -> tuple[pd.DataFrame, Floats]:
        """One row per arm, and the derivatives of its average over the years from joining on."""
        table = self._results
        after = (table["event_time"] >= 0).to_numpy()
        rows, columns = list[dict[str, Any]](), list[Floats]()
        for arm in self._arms:
            row, column = self._average(np.flatnonzero(after & (table["arm"] == arm).to_numpy()))
            rows.append({"arm": arm, **row})
            columns.append(column)
        return pd.DataFrame(rows), np.stack(columns, axis=1)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per arm; ranks are among the arms of one model (where there is none, among all), from whichever end is better.

        ``arm, unit, estimate, std_error, df, ci_low, ci_high, band_low, band_high, p_value, rank_low, rank_high,
        counties, households, villages, note``.
        """
        rows, weights = self._overall
        combination = self._combined(weights)
        out = with_errors(rows, combination, self.design.seed)
        pairs = np.full((len(rows), len(rows)), np.inf)
        for i, j in combinations(range(len(rows)), 2):
            df = self._combined(weights[:, [i]] - weights[:, [j]]).df[0]
            pairs[i, j] = pairs[j, i] = df if np.isfinite(df) else np.inf
        alone = ~out["arm"].str.contains("+", regex=False).to_numpy(bool)
        rivals = out["estimate"].where(alone | ~alone.any())
        ranks = rank_sets(rivals, combination.covariance, pairs, best=self.design.best, seed=self.design.seed)
        at = list(out.columns).index("p_value") + 1
        for i, name in enumerate(("rank_low", "rank_high")):
            out.insert(at + i, name, ranks[name].array)
        return out

    @cached_property
    def event_study(self) -> pd.DataFrame:
        """Arm by years since joining."""
        return self._each(range(len(self._results)))

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Arm minus other arm, each over its own counties and years: ``way, arm, other, unit, estimate, ..., note``."""
        rows, weights = self._overall
        pairs = list(combinations(range(len(rows)), 2))
        found = [
            {
                "way": "as_they_are", "arm": rows["arm"][i], "other": rows["arm"][j], "unit": self.unit,
                "estimate": rows["estimate"][i] - rows["estimate"][j], "support": 1.0,
                "note": "; ".join(dict.fromkeys(n for n in rows["note"].iloc[[i, j]] if n)),
            } for i, j in pairs
        ]  # fmt: skip
        names = ["way", "arm", "other", "unit", "estimate", "support", "note"]
        columns = weights[:, [i for i, _ in pairs]] - weights[:, [j for _, j in pairs]]
        return with_errors(pd.DataFrame(found, columns=names), self._combined(columns), self.design.seed)

    @cached_property
    def detectable(self) -> pd.DataFrame:
        """Minimum detectable gains and contrasts: ``arm, other, unit, std_error, df, detectable``."""
        return detectable(self.table, self.contrasts)

    @cached_property
    def pretrend(self) -> pd.DataFrame:
        """Evidence on trends before joining: ``arm, years, largest_t, p_value``; the last row is of all arms."""
        before = (self._results["event_time"] < 0).to_numpy()
        rows = []
        for arm in (*self._arms, ""):
            at = np.flatnonzero(before & ((self._results["arm"] == arm) | (arm == "")).to_numpy())
            found = [self._average(np.array([i])) for i in at]
            largest = p_value = np.nan
            if found:
                combination = self._combined(np.stack([column for _, column in found], axis=1))
                estimate = np.array([row["estimate"] for row, _ in found])
                largest = float(np.abs(estimate / combination.std_error).max())
                p_value = sup_t_p_value(estimate, combination, self.design.seed)
            rows.append((arm, len(at), largest, p_value))
        return pd.DataFrame(rows, columns=["arm", "years", "largest_t", "p_value"])

    @property
    def about(self) -> dict[str, Any]:
        """Registers, options and versions."""
        rules, packages = self.moments.rules, ("bangfu", "numpy", "scipy", "pandas")
        models = {m: self.moments.names.get(m) or NAMES.get(m) or Word(m, m) for m in rules["models"]}
        return {
            "register": " + ".join(self.moments.registers), "kind": rules["kind"], "years": rules["years"], **self.design.options(),
            "models": [{"model": m, "title_en": w.en, "title_zh": w.zh} for m, w in models.items()],
            "inside": self.moments.inside, "withheld": [list(w) for w in self.moments.withheld],
            "versions": {p: version(p) for p in packages},
        }  # fmt: skip

    def text(self, lang: Language = "en") -> str:
        """As a terminal prints it."""
        from bangfu.moments.text import text

        return text(self, lang)

    def __repr__(self) -> str:
        return self.text()

    def _each(self, positions: Sequence[int]) -> pd.DataFrame:
        found = [self._average(np.array([i])) for i in positions]
        rows = self._results[["arm", "event_time"]].iloc[list(positions)].reset_index(drop=True)
        rows = pd.concat([rows, pd.DataFrame([row for row, _ in found])], axis=1)
        return with_errors(
            rows, self._combined(np.stack([column for _, column in found], axis=1)), self.design.seed
        )

    def _average(self, members: NDArray[np.int64]) -> tuple[dict[str, Any], Floats]:
        """Some results of an arm as one, and its derivatives by the differences and by what would have been (2R,)."""
        table, count = self._results, len(self._results)
        column = np.zeros(2 * count)
        row: dict[str, Any] = {"unit": self.unit, "estimate": np.nan}
        if not len(members):
            return row | {
                "counties": 0,
                "households": 0,
                "villages": 0,
                "note": NOTES["no_effect"].en,
            }, column
        n, has, would = (table[name].to_numpy()[members] for name in ("weight", "joiners", "would_have_been"))
        if self.design.scale == "percent":
            total = n @ would
            ratio = float(n @ has / total)
            row["estimate"] = 100 * (ratio - 1)
            column[members], column[count + members] = 100 * n / total, 100 * (1 - ratio) * n / total
        else:
            size = 100.0 if self.design.scale == "log" else 1.0
            row["estimate"] = size * float(n @ (has - would) / n.sum())
            column[members] = size * n / n.sum()
        counts = {
            name: int(table[name].iloc[members].max()) for name in ("counties", "households", "villages")
        }
        return row | counts | {"note": ""}, column

    def _combined(self, weights: Floats) -> Combination:
        """Covariance, and degrees of freedom: of the results' own, as each has a share in the variance."""
        moved = self.moments.covariance @ weights
        covariance = weights.T @ moved
        share = np.abs(weights * moved)
        df = np.tile(self._results["df"].to_numpy(), 2)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            return Combination(covariance, share.sum(0) / (share / df).sum(0))


READ = ("best", "drawn_by_lot", "seed")
"""Options that can still be chosen: they change no mean."""


def pooled_effects(moments: Moments, **options: Any) -> PooledEffects:
    """Compare models by merged moments, by the design that they carry.

    Results of fewer than three counties are left out unless the moments are ``inside``.

    Parameters
    ----------
    moments : Moments
    **options
        Of :class:`bangfu.Design`, in the place of its own: ``best``, ``seed``.

    Returns
    -------
    PooledEffects

    Raises
    ------
    WrongUse
        For an unknown option, or one that the moments have fixed.
    NotEstimable
        Where no result is of three counties or more.
    """
    made = moments.design
    design = made.replace(**options)
    fixed = [n for n in options if n not in READ and getattr(design, n) != getattr(made, n)]
    if fixed:
        raise WrongUse(
            f"moments of {made.column} are made already, with another {', '.join(fixed)}: leave {'it' if len(fixed) == 1 else 'them'} out, or make moments again",
            f"{made.column} 的矩汇总已经做好,其 {'、'.join(fixed)} 与此不同:请不要给出,或重新汇总",
        )
    return PooledEffects(moments.going_back(), design)
