"""Averages of group-time effects by arm, with the error of the cohorts' weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import WrongUse
from bangfu.estimates.joint import DRAWS, Combination, Floats, p_values, quantile, sup_t
from bangfu.estimates.notes import NOTES

if TYPE_CHECKING:
    from bangfu.estimates.group_time import GroupTimeEffects

Kind = Literal["overall", "event", "calendar", "cohort"]
KEYS: dict[str, str] = {"overall": "", "event": "event_time", "calendar": "year", "cohort": "cohort"}


@dataclass(frozen=True, slots=True, repr=False)
class Aggregate:
    """R averages.

    Attributes
    ----------
    table : DataFrame
    estimate : float array (R,)
    weights : float array (M, R)
        Their derivatives by the columns of the joint influence sums.
    combination : Combination
    """

    table: pd.DataFrame
    estimate: Floats
    weights: Floats
    combination: Combination

    def pair_df(self, effects: GroupTimeEffects) -> Floats:
        """Degrees of freedom of each pair's difference (R, R); infinite where there is no error."""
        n = len(self.estimate)
        out = np.full((n, n), np.inf)
        i, j = np.triu_indices(n, 1)
        if len(i):
            df = effects.joint.combine(self.weights[:, i] - self.weights[:, j]).df
            out[i, j] = out[j, i] = np.where(np.isfinite(df), df, np.inf)
        return out


def aggregate(effects: GroupTimeEffects, kind: Kind, *, draws: int = DRAWS) -> Aggregate:
    """See :meth:`GroupTimeEffects.aggregate`; bands rest on ``draws``, none for no bands."""
    if kind not in KEYS:
        raise WrongUse(
            f"unknown aggregate {kind!r}; choose one of: {', '.join(KEYS)}",
            f"没有 {kind!r};可用:{'、'.join(KEYS)}",
        )
    rows: list[dict[str, Any]] = []
    columns: list[Floats] = []
    for arm, key, members in _sets(effects, kind):
        row, derivative = _average(effects, members)
        rows.append({"arm": arm} | ({KEYS[kind]: key} if KEYS[kind] else {}) | row)
        columns.append(derivative)
    estimate = np.array([row["estimate"] for row in rows])
    weights = np.stack(columns, axis=1)
    combination = effects.joint.combine(weights)
    table = with_errors(pd.DataFrame(rows), combination, effects.design.seed, draws)
    return Aggregate(table, estimate, weights, combination)


def with_errors(table: pd.DataFrame, combination: Combination, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Insert errors, interval, band and p-value after the estimate."""
    at = list(table.columns).index("estimate") + 1
    estimate = table["estimate"].to_numpy(dtype=float)
    error = combination.std_error
    error = np.where(np.isfinite(estimate), error, np.nan)
    half, band = (
        quantile(combination.df) * error,
        (sup_t(combination, seed, draws=draws) if draws else np.nan) * error,
    )
    added = {
        "std_error": error, "df": np.where(np.isfinite(error), combination.df, np.nan),
        "ci_low": estimate - half, "ci_high": estimate + half, "band_low": estimate - band, "band_high": estimate + band,
        "p_value": p_values(estimate, error, combination.df),
    }  # fmt: skip
    known = {name: table[name].array for name in table.columns}
    names = list(known)
    return pd.DataFrame(
        {name: added.get(name, known.get(name)) for name in [*names[:at], *added, *names[at:]]}
    )


def _sets(effects: GroupTimeEffects, kind: Kind) -> Iterator[tuple[str, int | None, NDArray[np.int64]]]:
    """Arm, key and rows of the group-time table of each average."""
    table = effects.table
    after = (table["event_time"] >= 0).to_numpy()
    arm_of, key = table["arm"].to_numpy(), KEYS[kind]
    for arm in effects.arms:
        mine = arm_of == arm
        if not key:
            yield arm, None, np.flatnonzero(mine & after)
            continue
        mine = mine if kind == "event" else mine & after
        for value in np.unique(table[key].to_numpy()[mine]):
            yield arm, int(value), np.flatnonzero(mine & (table[key] == value).to_numpy())


def _average(effects: GroupTimeEffects, members: NDArray[np.int64]) -> tuple[dict[str, Any], Floats]:
    """The average of some effects by the cohorts' weights, and its derivative by every column."""
    n_effects = len(effects.table)
    derivative = np.zeros(n_effects + len(effects.weight))
    theta = effects.joint.estimate
    live = members[np.isfinite(theta[members])]
    table = effects.table
    row: dict[str, Any] = {"unit": effects.unit}
    if not len(live):
        why = table["note"].iloc[members[0]] if len(members) else NOTES["no_effect"].en
        return row | {
            "estimate": np.nan,
            "households": 0,
            "villages": 0,
            "effective_villages": 0.0,
            "note": why,
        }, derivative
    group = effects.group[live]
    size = effects.weight[group]
    estimate = float((size * theta[live]).sum() / size.sum())
    derivative[live] = size / size.sum()
    np.add.at(derivative, n_effects + group, (theta[live] - estimate) / size.sum())
    villages, effective = effects.sample.extent([int(g) for g in np.unique(group)])
    return row | {
        "estimate": estimate, "households": sum(effects.sample.group_households(int(g)) for g in np.unique(group)),
        "villages": villages, "effective_villages": effective,
        "note": _note(effects, members, live),
    }, derivative  # fmt: skip


def _note(effects: GroupTimeEffects, members: NDArray[np.int64], live: NDArray[np.int64]) -> str:
    """What the average leaves out, and why its interval is missing."""
    notes = effects.table["note"].to_numpy()
    left: dict[tuple[int, str], list[int]] = {}
    for row in np.setdiff1d(members, live):
        cohort = effects.groups[effects.group[row]].cohort
        left.setdefault((cohort, notes[row]), []).append(int(effects.table["year"].iloc[row]))
    parts = [
        f"leaves out {cohort}{'' if len(years) > 1 else f'/{years[0]}'}: {note}"
        for (cohort, note), years in sorted(left.items())
    ]
    return "; ".join([n for n in dict.fromkeys(notes[live]) if n] + parts)
