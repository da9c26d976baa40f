"""Do households that never joined gain more where more neighbours joined?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.cells.paths import exposure
from bangfu.design import Design
from bangfu.errors import NotEstimable, WrongUse


def neighbours(cells: Cells, design: Design, base: int, year: int) -> pd.DataFrame:
    """Comparison households by village: their change of income, and the share of households that had joined.

    Parameters
    ----------
    cells : Cells
    design : Design
        Outcome and scale of the change.
    base, year : int
        Two years of the cells; households seen in both count.

    Returns
    -------
    DataFrame
        ``village, share, change, weight, households``: ``share`` of all households by weight that had joined by ``year``,
        ``change`` of the comparison households' mean (in percent of the base, missing where that is not positive; or the
        difference, of logarithms in log points), ``weight`` and ``households`` of the comparison households.
    """
    design = settled(cells, design)
    own = cells.only(design.column)
    for y in (base, year):
        if y not in own.years:
            raise WrongUse(
                f"no year {y} in the cells; there is {own.years}", f"汇总数据中没有{y}年;现有 {own.years}"
            )
    starts = np.array([exposure(p, own.years, own.info.models).cohort for p in own.paths])[own.path]
    count = len(own.villages)
    joined = np.bincount(own.village, own.weight * ((starts > 0) & (starts <= year)), count)
    share = joined / np.bincount(own.village, own.weight, count)
    rows = np.flatnonzero((starts == 0) & own.sees(base) & own.sees(year))
    at = own.village[rows]
    weight = np.bincount(at, own.weight[rows], count)
    sums = own.sums[design.column][rows]
    before, after = (np.bincount(at, sums[:, own.years.index(y)], count) for y in (base, year))
    if design.scale == "percent":
        change = 100 * (np.divide(after, before, out=np.full(count, np.nan), where=before > 0) - 1)
    else:
        size = 100.0 if design.scale == "log" else 1.0
        change = size * np.divide(after - before, weight, out=np.full(count, np.nan), where=weight > 0)
    frame = pd.DataFrame(
        {
            "village": own.villages["village_id"].to_numpy(), "share": share, "change": change,
            "weight": weight,
            "households": np.bincount(at, own.households[rows], count).astype(int),
        }
    )  # fmt: skip
    return frame[frame["weight"] > 0].reset_index(drop=True)


def spillover(villages: pd.DataFrame) -> pd.Series[float]:
    """How much more comparison households gained where ten percent more of the village had joined.

    Weighted regression of the change on the share, one row per village, HC3 errors (statsmodels). Villages with more
    joiners may differ in other ways: a slope is a warning, its absence no proof.

    Parameters
    ----------
    villages : DataFrame
        As :func:`neighbours` gives it.

    Returns
    -------
    Series
        ``estimate, std_error, df, ci_low, ci_high, p_value, villages``: in the unit of the change, per ten percent of the village.

    Raises
    ------
    NotEstimable
        With fewer than five villages, or the same share everywhere.
    """
    import statsmodels.api as sm

    known = villages[np.isfinite(villages["change"])]
    if len(known) < 5 or known["share"].nunique() < 2:
        raise NotEstimable(
            "the slope needs five villages with comparison households, and different shares of joiners",
            "至少需要五个有对照户的村,且参加比例不同",
        )
    fit = sm.WLS(known["change"], sm.add_constant(10 * known[["share"]]), weights=known["weight"]).fit(
        cov_type="HC3", use_t=True
    )
    low, high = fit.conf_int().loc["share"]
    values = [
        fit.params["share"],
        fit.bse["share"],
        fit.df_resid,
        low,
        high,
        fit.pvalues["share"],
        len(known),
    ]
    names = ["estimate", "std_error", "df", "ci_low", "ci_high", "p_value", "villages"]
    return pd.Series(values, index=names, dtype=float)
