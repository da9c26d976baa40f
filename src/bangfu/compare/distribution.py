"""Where in the distribution of incomes joiners and comparison households part: the share below each of several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.cells import build
from bangfu.cells.agreement import fitting, settled
from bangfu.compare.release import released_cells
from bangfu.design import Design
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import estimate
from bangfu.reference import deflator
from bangfu.register.outcomes import per_head, poverty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.campaign import Campaign
    from bangfu.cells.outcomes import Expression
    from bangfu.register import HouseholdRegister


def gains_over_lines(
    register: HouseholdRegister,
    lines: Sequence[float],
    design: Design | None = None,
    campaign: Campaign | None = None,
    *,
    inside: bool = False,
) -> pd.DataFrame:
    """Changes of the share below each line, for joiners beyond comparison households.

    Parameters
    ----------
    register : HouseholdRegister
    lines : sequence of float
        Yuan per head a year at the base year's prices.
    design : Design, optional
        Its outcome and scale give way to shares below each line; its base year is that of the lines.
    campaign : Campaign, optional
        For ``exposure="campaign"``.
    inside : bool
        Also of households that are too few to be told of; see :mod:`bangfu.release`.

    Returns
    -------
    DataFrame
        ``line, arm, estimate, std_error, df, ci_low, ci_high, households, villages, note``; shares of one, so that -0.02 is
        two households of a hundred fewer.
    """
    design = Design.of(design, scale="level")
    base_year = max(register.years) if design.base_year is None else design.base_year
    factors = deflator(register.years, base_year, design.prices)
    below = {f"below_{line:g}": _below(line, factors) for line in lines}
    cells = build(register, design, below, campaign=campaign)
    frames = []
    for line, outcome in zip(lines, below, strict=True):
        asked = fitting(cells, design).replace(outcome=outcome)
        told = cells if inside else released_cells(cells, settled(cells, asked))
        effects = estimate(told, asked)
        frames.append(aggregate(effects, "overall", draws=0).table.assign(line=line))
    columns = [
        "line",
        "arm",
        "estimate",
        "std_error",
        "df",
        "ci_low",
        "ci_high",
        "households",
        "villages",
        "note",
    ]
    return pd.concat(frames, ignore_index=True)[columns]


def _below(line: float, factors: dict[int, float]) -> Expression:
    """One for a household below the line in a year."""

    def value(table: ir.Table) -> ir.NumericValue:
        import ibis

        income = per_head(table, "income", factors)
        assert income is not None  # every register has an income
        return poverty(income, ibis.literal(float(line)), "headcount")

    return value
