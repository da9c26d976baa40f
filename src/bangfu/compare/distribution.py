"""Where in the distribution of incomes joiners and comparison households part: the share below each of several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import group_time_effects
from bangfu.reference import deflator
from bangfu.register.outcomes import per_head, poverty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.cells.outcomes import Expression
    from bangfu.register import HouseholdRegister


def gains_over_lines(
    register: HouseholdRegister, lines: Sequence[float], *, base_year: int | None = None, **rules: Any
) -> pd.DataFrame:
    """Changes of the share below each line, for joiners beyond comparison households.

    Parameters
    ----------
    register : HouseholdRegister
    lines : sequence of float
        Yuan per head a year at the base year's prices.
    base_year : int, optional
        The register's last year by default.
    **rules
        As for :func:`bangfu.group_time_effects`.

    Returns
    -------
    DataFrame
        ``line, arm, estimate, std_error, ci_low, ci_high, households, villages, note``; shares of one, so that -0.02 is
        two households of a hundred fewer.
    """
    factors = deflator(register.years, max(register.years) if base_year is None else base_year)
    cells = register.cells({f"below_{line:g}": _below(line, factors) for line in lines})
    frames = []
    for line in lines:
        effects = group_time_effects(cells, f"below_{line:g}", scale="yuan", **rules)
        frames.append(aggregate(effects, "overall", draws=0).table.assign(line=line))
    columns = ["line", "arm", "estimate", "std_error", "ci_low", "ci_high", "households", "villages", "note"]
    return pd.concat(frames, ignore_index=True)[columns]


def _below(line: float, factors: dict[int, float]) -> Expression:
    """One for a household below the line in a year."""

    def value(table: ir.Table) -> ir.NumericValue:
        import ibis

        income = per_head(table, "income", factors)
        assert income is not None  # every register has an income
        return poverty(income, ibis.literal(float(line)), "headcount")

    return value
