"""From which source the gain comes: gains in yuan by source, which add up to the gain in total income."""

from __future__ import annotations

import pandas as pd

from bangfu.cells import Cells
from bangfu.compare.pooled import pooled_effects
from bangfu.design import Design
from bangfu.errors import WrongUse, option, spoken
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import estimate

TOTAL = "income_per_head"
SOURCES = ("wage_per_head", "business_per_head", "property_per_head", "transfer_per_head", "other_per_head")
POOLED = "all"
"""The arm of the rows that are averages over all joiners."""


def gains_by_source(cells: Cells, design: Design | None = None) -> pd.DataFrame:
    """Gains in yuan by source, by arm and for all joiners.

    Parameters
    ----------
    cells : Cells
        With outcome ``income_per_head`` and at least one source, seen in the same years.
    design : Design, optional
        Its outcome and scale give way to the sources and ``level``.

    Returns
    -------
    DataFrame
        ``arm, source, unit, estimate, std_error, df, ci_low, ci_high, households, villages``; the arm ``"all"`` is the
        average over all joiners, by household weight. ``source`` is an outcome of the cells, ``"rest"`` for what the
        named sources leave of the total, or ``income_per_head`` for the total itself.

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
    rows = []
    for source in (TOTAL, *named):
        effects = estimate(cells, Design.of(design, outcome=source, scale="level"))
        overall = aggregate(effects, "overall", draws=0)
        rows.append(overall.table.assign(source=source))
        rows.append(
            pd.DataFrame(
                [{"arm": POOLED, "source": source, "unit": effects.unit, **pooled_effects(effects, overall)}]
            )
        )
    out = pd.concat(rows, ignore_index=True)
    columns = [
        "arm",
        "source",
        "unit",
        "estimate",
        "std_error",
        "df",
        "ci_low",
        "ci_high",
        "households",
        "villages",
    ]
    return pd.concat([out, _rest(out, named)], ignore_index=True)[columns]


def _rest(rows: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """What the named sources leave of the total, without an error of its own; nothing where they add up to it."""
    wide = rows.pivot(index="arm", columns="source", values="estimate")
    left = wide[TOTAL] - wide[named].sum(axis=1)
    left = left[left.abs() > 1e-6 * wide[TOTAL].abs().max()]
    return pd.DataFrame(
        {"arm": left.index, "source": "rest", "unit": rows["unit"].iloc[0], "estimate": left.to_numpy()}
    )
