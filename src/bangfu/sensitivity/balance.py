"""Were joiners like the others before they joined? Standardised differences with errors by village, and a joint test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.errors import NotEstimable
from bangfu.estimates.joint import Combination, Floats, quantile, sup_t_p_value

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister

FACTS = ("members", "labour", "head_schooling", "head_female", "ill_or_disabled", "land_mu")
INCOME, CHANGE = "income_before", "change_before"
SEED = 20_170_602


def balance(register: HouseholdRegister, facts: tuple[str, ...] = FACTS) -> pd.DataFrame:
    """Differences between joiners of each arm and households that never joined, before anybody joined.

    Parameters
    ----------
    register : HouseholdRegister
    facts : tuple of str
        Household facts; those that the register lacks are left out. Real income per head in the last year before the
        first cohort, and its change since the year before that, are added.

    Returns
    -------
    DataFrame
        ``arm, fact, joiners, comparison`` (means), ``difference`` (in standard deviations: the root of the mean of both
        variances), ``std_error, ci_low, ci_high, households, villages, joint_p`` (of all facts of the arm at once, by the
        largest t). No errors where an arm has joiners in one village only; facts that nobody differs in have no difference.

    Raises
    ------
    NotEstimable
        When nobody joined, or the register has no year before the first cohort.
    """
    people = _before(register, facts)
    names = [c for c in people.columns if c not in ("household_id", "village_id", "arm")]
    sums: dict[str, ir.Value] = {}
    for i, name in enumerate(names):
        value = people[name].cast("float64")
        sums |= {f"n{i}": value.count(), f"s{i}": value.sum(), f"q{i}": (value * value).sum()}
    table = people.group_by(["village_id", "arm"]).aggregate(**sums).to_pandas().fillna(0.0)
    villages = sorted(table["village_id"].unique())
    arms = sorted(
        set(table["arm"]) - {""}, key=lambda a: (a.count("+"), register.models.index(a.split("+")[0]), a)
    )
    frames = []
    for arm in arms:
        mine, others = (
            table[table["arm"] == a]
            .drop(columns="arm")
            .set_index("village_id")
            .reindex(villages, fill_value=0.0)
            for a in (arm, "")
        )
        found = [_difference(mine, others, i) for i in range(len(names))]
        influence = np.stack([f[3] for f in found], axis=1)
        joined = int((mine["n0"] > 0).sum())
        estimate = np.array([f[2] for f in found])
        errors, half, joint = _errors(estimate, influence, joined)
        frames.append(
            pd.DataFrame(
                {
                    "arm": arm, "fact": names, "joiners": [f[0] for f in found], "comparison": [f[1] for f in found],
                    "difference": estimate, "std_error": errors, "ci_low": estimate - half,
                    "ci_high": estimate + half, "households": [int(mine[f"n{i}"].sum()) for i in range(len(names))],
                    "villages": joined, "joint_p": joint,
                }
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _errors(estimate: Floats, influence: Floats, villages: int) -> tuple[Floats, Floats, float]:
    """Standard errors, half widths of the intervals and the joint p-value, from influences by village."""
    errors, half = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    known = np.isfinite(estimate)
    if villages < 2 or not known.any():
        return errors, half, np.nan
    used = influence[:, known]
    df = np.full(int(known.sum()), float(villages - 1))
    combination = Combination(used.T @ used * villages / (villages - 1), df)
    errors[known], half[known] = combination.std_error, quantile(df) * combination.std_error
    return errors, half, sup_t_p_value(estimate[known], combination, SEED)


def _before(register: HouseholdRegister, facts: tuple[str, ...]) -> ir.Table:
    """One row per household: arm ever taken up, facts, and income before the first cohort."""
    people = register.households_by_arm
    cohorts = register.participation["from_year"].min().to_pandas()
    years = register.years
    before = [y for y in years if cohorts is not None and cohorts == cohorts and y < cohorts]
    if not before:
        raise NotEstimable(
            "nobody joined, or no year before the first cohort is in the register: there is no before",
            "无人参加,或台账中没有首批参加之前的年份,无从比较参加之前",
        )
    panel = register.panel()
    wide = panel.group_by("household_id").aggregate(
        **{INCOME: panel["income_per_head"].max(where=panel["year"] == before[-1])},
        **(
            {"earlier": panel["income_per_head"].max(where=panel["year"] == before[-2])}
            if len(before) > 1
            else {}
        ),
    )
    if len(before) > 1:
        wide = wide.mutate(**{CHANGE: wide[INCOME] - wide["earlier"]}).drop("earlier")
    have = [f for f in facts if f in people.columns]
    joined = people.select("household_id", "village_id", "arm", *have).left_join(wide, "household_id")
    return joined.drop("household_id_right") if "household_id_right" in joined.columns else joined


def _difference(mine: pd.DataFrame, others: pd.DataFrame, i: int) -> tuple[float, float, float, Floats]:
    """Two means, their difference in standard deviations, and its influence by village (the deviation taken as known)."""
    means, spreads, influences = [], [], []
    for rows in (mine, others):
        n, s, q = (rows[f"{c}{i}"].to_numpy(float) for c in "nsq")
        total = n.sum()
        mean = s.sum() / total if total else np.nan
        means.append(mean)
        spreads.append(q.sum() / total - mean**2 if total else np.nan)
        influences.append((s - mean * n) / total if total else np.full(len(n), np.nan))
    deviation = float(np.sqrt(np.mean(spreads)))
    if not deviation > 0:
        return means[0], means[1], np.nan, np.full(len(mine), np.nan)
    return means[0], means[1], (means[0] - means[1]) / deviation, (influences[0] - influences[1]) / deviation
