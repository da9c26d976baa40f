"""From which source the gain comes: gains in yuan by source, which add up to the gain in total income."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.compare.pooled import pooled_effects
from bangfu.compare.release import released_cells
from bangfu.design import Design
from bangfu.errors import WrongUse, option, spoken
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.detectable import POWER
from bangfu.estimates.family import joined_shares
from bangfu.estimates.group_time import estimate
from bangfu.estimates.joint import Combination, Floats, sup_t

TOTAL = "income_per_head"
SOURCES = ("wage_per_head", "business_per_head", "property_per_head", "transfer_per_head", "other_per_head")
POOLED = "all"
"""The arm of the rows that are averages over all joiners."""
COLUMNS = [
    "arm", "source", "unit", "estimate", "std_error", "df", "ci_low", "ci_high", "households", "villages", "band_low",
    "band_high", "detectable", "share", "share_low", "share_high",
]  # fmt: skip


def gains_by_source(cells: Cells, design: Design | None = None, *, inside: bool = False) -> pd.DataFrame:
    """Gains in yuan by source, by arm and for all joiners.

    Parameters
    ----------
    cells : Cells
        With outcome ``income_per_head`` and at least one source, seen in the same years.
    design : Design, optional
        Its outcome and scale give way to the sources and ``level``.
    inside : bool
        Also of households that are too few to be told of; see :mod:`bangfu.release`.

    Returns
    -------
    DataFrame
        ``arm, source, unit, estimate, std_error, df, ci_low, ci_high, households, villages, band_low, band_high, detectable,
        share, share_low, share_high``; the arm ``"all"`` is the average over all joiners, by household weight. ``source`` is an
        outcome of the cells, ``"rest"`` for what the named sources leave of the total, or ``income_per_head`` for the total
        itself. From the band on: of all joiners' sources alone, at once; shares of the total where they are bounded.

    Raises
    ------
    WrongUse
        When the cells lack the total or every source.
    """
    named = [s for s in SOURCES if s in cells.outcomes]
    if TOTAL not in cells.outcomes or not named:
        way = spoken(
            "register.cells([...])", f"bangfu cells DIR {option('outcome', TOTAL)} {option('outcome')}"
        )
        raise WrongUse(
            f"cells with {TOTAL} and at least one of {', '.join(SOURCES)} are needed: {way}",
            f"需要含 {TOTAL} 和至少一种来源的汇总数据:{way}",
        )
    if not inside:
        cells = released_cells(
            cells, settled(cells, Design.of(design, outcome=TOTAL, scale="level", line=None))
        )
    rows, found = [], {}
    for source in (TOTAL, *named):
        effects = estimate(cells, Design.of(design, outcome=source, scale="level", line=None))
        overall = aggregate(effects, "overall", draws=0)
        rows.append(overall.table.assign(source=source))
        whole = pooled_effects(effects, overall)
        rows.append(pd.DataFrame([{"arm": POOLED, "source": source, "unit": effects.unit, **whole}]))
        share = joined_shares(effects, overall)
        found[source] = (whole, np.nan_to_num(effects.joint.influence @ (overall.weights @ share)))
    out = pd.concat(rows, ignore_index=True)[COLUMNS[:10]]
    out = out.merge(_band(found, effects.design.seed), how="left", on=["arm", "source"])
    return pd.concat([out, _rest(out, named)], ignore_index=True)[COLUMNS]


def _band(found: dict[str, tuple[dict[str, float], Floats]], seed: int) -> pd.DataFrame:
    """All joiners' sources, and their shares of the total, in one 95% band; shares by Fieller's interval, where it is bounded.

    The family is every source, and every source less its share of the total.
    """
    names = [s for s in found if s != TOTAL and np.isfinite(found[s][0]["std_error"])]
    total, of_total = found[TOTAL]
    whole, spread = total["estimate"], float(of_total @ of_total)
    if not names or not whole or not np.isfinite(total["std_error"]):
        return pd.DataFrame(columns=["arm", "source", *COLUMNS[10:]])
    value = np.array([found[s][0]["estimate"] for s in names])
    df = np.array([found[s][0]["df"] for s in names])
    own = np.stack([found[s][1] for s in names], axis=1)
    both = np.hstack([own, own - of_total[:, None] * value / whole])
    critical = sup_t(Combination(both.T @ both, np.tile(df, 2)), seed)[: len(names)]
    error = np.array([found[s][0]["std_error"] for s in names])
    a, b = whole**2 - critical**2 * spread, value * whole - critical**2 * (own.T @ of_total)
    root = b**2 - a * (value**2 - critical**2 * (own**2).sum(0))
    bounded = (a > 0) & (root >= 0)
    a, root = np.where(bounded, a, np.nan), np.sqrt(np.where(bounded, root, np.nan))
    half = critical * error
    return pd.DataFrame({
        "arm": POOLED, "source": names, "band_low": value - half, "band_high": value + half,
        "detectable": half + stats.t.ppf(POWER, df) * error, "share": value / whole, "share_low": (b - root) / a,
        "share_high": (b + root) / a,
    })  # fmt: skip


def _rest(rows: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """What the named sources leave of the total, without an error of its own; nothing where they add up to it."""
    wide = rows.pivot(index="arm", columns="source", values="estimate")
    left = wide[TOTAL] - wide[named].sum(axis=1)
    left = left[left.abs() > 1e-6 * wide[TOTAL].abs().max()]
    return pd.DataFrame(
        {"arm": left.index, "source": "rest", "unit": rows["unit"].iloc[0], "estimate": left.to_numpy()}
    )
