"""The comparisons that mislead, as they are usually made, so that they can be held against the truth.

All of them look at households that joined any model. Estimates are in percent of what the method takes for the income
that joiners would have had otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bangfu.errors import NotEstimable
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

METHODS: dict[str, Word] = {
    "before_after": Word("before and after", "前后对比"),
    "members": Word("joiners against others", "参加户与未参加户直接对比"),
    "matching": Word("matching", "倾向得分匹配"),
    "matching_differences": Word("matching with differences", "匹配加双重差分"),
    "cohorts": Word("cohort by cohort, against never-joiners", "分批次双重差分(对照:始终未参加户)"),
}
FACTS = ("members", "labour", "head_schooling", "land_mu", "ill_or_disabled")


def before_after(panel: pd.DataFrame, outcome: str = "income_per_head") -> tuple[float, float, float]:
    """Joiners' mean in the years since joining against their mean in the last year before.

    Parameters
    ----------
    panel : DataFrame
        As :meth:`bangfu.HouseholdRegister.to_pandas` gives it.
    outcome : str

    Returns
    -------
    tuple of float
        Estimate and 95% interval, in percent; errors by village.
    """
    rows = panel[(panel["event_time"] >= -1) & panel[outcome].notna()]
    after = (rows["event_time"] >= 0).astype(float)
    return _regression(rows[outcome], after.to_frame("joined"), rows["village_id"])


def members(panel: pd.DataFrame, outcome: str = "income_per_head") -> tuple[float, float, float]:
    """Joiners against everybody else, in the years since anybody joined, with a column for each year."""
    first = panel.loc[panel["cohort"] > 0, "cohort"].min()
    rows = panel[(panel["year"] >= first) & panel[outcome].notna()]
    joined = ((rows["cohort"] > 0) & (rows["year"] >= rows["cohort"])).astype(float).rename("joined")
    years = pd.get_dummies(rows["year"], prefix="year", drop_first=True, dtype=float)
    return _regression(rows[outcome], pd.concat([joined, years], axis=1), rows["village_id"])


def members_by_arm(panel: pd.DataFrame, outcome: str = "income_per_head") -> pd.DataFrame:
    """:func:`members` for each arm by itself against households that never joined: ``arm, estimate, ci_low, ci_high``."""
    last = panel.sort_values("year").groupby("household_id")["arm"].last()
    ends = panel["household_id"].map(last)
    rows = [
        (arm, *members(panel[(ends == arm) | (panel["cohort"] == 0)], outcome))
        for arm in sorted(set(last) - {""}, key=lambda a: (a.count("+"), a))
    ]
    return pd.DataFrame(rows, columns=["arm", "estimate", "ci_low", "ci_high"])


def matching(
    panel: pd.DataFrame, households: pd.DataFrame, outcome: str = "income_per_head", *, differences: bool = False,
    facts: Sequence[str] = FACTS,
) -> tuple[float, float, float]:  # fmt: skip
    """Joiners against others of the same propensity to join, by what is known of the household (not its past income).

    Weights of the propensity score for the joiners (``statsmodels`` ``TreatmentEffect.ipw``, the effect on the treated).

    Parameters
    ----------
    panel, households : DataFrame
    outcome : str
        In the last year.
    differences : bool
        Compare the change since the last year before the first cohort instead of the level.
    facts : sequence of str
        Those that the register lacks are left out.

    Raises
    ------
    NotEstimable
        When nobody joined, or everybody did, among the households with all facts.
    """
    import statsmodels.api as sm
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    last, first = panel["year"].max(), panel.loc[panel["cohort"] > 0, "cohort"].min()
    known = [f for f in facts if f in households.columns and f != "members"]
    rows = panel[panel["year"] == last].join(households.set_index("household_id")[known], on="household_id")
    before = panel[panel["year"] == panel.loc[panel["year"] < first, "year"].max()].set_index("household_id")[
        outcome
    ]
    rows = rows.assign(before=rows["household_id"].map(before)).dropna(
        subset=[outcome, "before", "members", *known]
    )
    joined = ((rows["cohort"] > 0) & (rows["cohort"] <= last)).to_numpy(float)
    if joined.min(initial=1) == joined.max(initial=0):
        raise NotEstimable("nobody to match: all or none joined", "全部参加或无人参加,无从匹配")
    x = sm.add_constant(rows[["members", *known]].to_numpy(float))
    value = rows[outcome] - (rows["before"] if differences else 0)
    score = sm.Logit(joined, x).fit(disp=0)
    found = TreatmentEffect(sm.OLS(value.to_numpy(float), x), joined, results_select=score).ipw(
        effect_group=1
    )
    table = found.summary_frame()
    base = float(rows[outcome].to_numpy(float)[joined == 1].mean() - table["coef"].iloc[0])
    low, high = (float(v) for v in np.asarray(found.conf_int())[0])
    return 100 * float(table["coef"].iloc[0]) / base, 100 * low / base, 100 * high / base


def estimates(panel: pd.DataFrame, households: pd.DataFrame, result: ModelComparison) -> pd.DataFrame:
    """All methods side by side, of the outcome of a comparison.

    Returns
    -------
    DataFrame
        ``method, estimate, ci_low, ci_high``, percent, for households that joined any model.
    """
    from bangfu.compare.pooled import pooled

    ours, outcome = pooled(result.under(scale="percent")), result.design.outcome
    if outcome not in panel:
        raise NotEstimable(f"the panel has no column {outcome}", f"面板数据中没有 {outcome} 列")
    rows = [
        ("before_after", *before_after(panel, outcome)),
        ("members", *members(panel, outcome)),
        ("matching", *matching(panel, households, outcome)),
        ("matching_differences", *matching(panel, households, outcome, differences=True)),
        ("cohorts", ours["estimate"], ours["ci_low"], ours["ci_high"]),
    ]
    return pd.DataFrame(rows, columns=["method", "estimate", "ci_low", "ci_high"])


def _regression(y: pd.Series[Any], x: pd.DataFrame, villages: pd.Series[Any]) -> tuple[float, float, float]:
    """The coefficient of ``joined`` in percent of the mean without it."""
    import statsmodels.api as sm

    codes = villages.astype("category").cat.codes.to_numpy()
    fit = sm.OLS(y.to_numpy(float), sm.add_constant(x).astype(float)).fit(
        cov_type="cluster", cov_kwds={"groups": codes}
    )
    base = float(y[x["joined"] == 1].mean() - fit.params["joined"])
    low, high = (100 * float(v) / base for v in fit.conf_int().loc["joined"])
    return 100 * float(fit.params["joined"]) / base, low, high
