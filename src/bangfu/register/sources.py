"""Income per head by source and year, as the statistics bureau lays it out: level, share, growth, contribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.reference import deflator
from bangfu.register.outcomes import SOURCES, household_total

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister

TOTAL, REST = "income", "other"
LEVEL = 0.95


def income_by_source(register: HouseholdRegister, base_year: int | None = None) -> pd.DataFrame:
    """All households' income per head: total income over total members, by source and year.

    Parameters
    ----------
    register : HouseholdRegister
    base_year : int, optional
        Whose prices; the register's last year by default.

    Returns
    -------
    DataFrame
        ``year, source`` (the four sources that the register has, ``"other"`` for what they leave, ``"income"`` for the
        total), ``level`` and ``real`` (yuan a year per head), ``std_error, ci_low, ci_high`` (of ``level``, by village),
        ``share`` (percent of the total), ``nominal_growth`` and ``real_growth`` (percent, since the year before in the
        register), ``contribution`` (percentage points of the total's nominal growth), ``households``.
    """
    table, people = register.incomes, register.households
    kept = people.select("household_id", "village_id", *(["weight"] if "weight" in people.columns else []))
    joined = table.inner_join(kept, "household_id")
    weight = joined["weight"].fill_null(1.0) if "weight" in kept.columns else 1.0
    measures = {m: household_total(joined, m) for m in (TOTAL, *SOURCES)}
    have = {m: v.fill_null(0.0) for m, v in measures.items() if v is not None}
    total = measures[TOTAL]
    assert total is not None
    known = joined.filter(total.notnull() & (joined["members"] >= 1))
    sums = (
        known.group_by(["village_id", "year"])
        .aggregate(
            n=known.count(), people=(known["members"] * weight).sum(), **{m: (v * weight).sum() for m, v in have.items()}
        )
        .to_pandas()
        .sort_values(["year", "village_id"], ignore_index=True)
    )  # fmt: skip
    named = [m for m in SOURCES if m in have]
    rest = sums[TOTAL] - sums[named].sum(axis=1)
    if len(named) and float(rest.abs().max()) > 1e-6 * float(sums[TOTAL].abs().max() or 1):
        sums[REST] = rest
    shown = [*named, *([REST] if REST in sums else []), TOTAL]
    years = sorted(int(y) for y in sums["year"].unique())
    factors = deflator(tuple(years), years[-1] if base_year is None else base_year)
    rows = [
        _row(of, int(str(year)), source) for year, of in sums.groupby("year", sort=True) for source in shown
    ]
    out = pd.DataFrame(
        rows, columns=["year", "source", "level", "std_error", "ci_low", "ci_high", "households"]
    )
    out.insert(3, "real", out["level"] * out["year"].map(factors))
    whole = out[out["source"] == TOTAL].set_index("year")["level"]
    by = out.groupby("source", sort=False)
    out["share"] = 100 * out["level"] / out["year"].map(whole)
    out["nominal_growth"] = 100 * by["level"].pct_change()
    out["real_growth"] = 100 * by["real"].pct_change()
    out["contribution"] = 100 * by["level"].diff() / out["year"].map(whole.shift())
    return out


def _row(of: pd.DataFrame, year: int, source: str) -> tuple[int, str, float, float, float, float, int]:
    """A ratio of sums and its error by village."""
    people, value = of["people"].to_numpy(float), of[source].to_numpy(float)
    level, villages = float(value.sum() / people.sum()), len(of)
    influence = (value - level * people) / people.sum()
    error = float(np.sqrt((influence**2).sum() * villages / (villages - 1))) if villages > 1 else np.nan
    half = float(stats.t.ppf(0.5 + LEVEL / 2, villages - 1)) * error if villages > 1 else np.nan
    return year, source, level, error, level - half, level + half, int(of["n"].sum())
