"""Outcomes as expressions over household-years: incomes per head, by source, real and nominal, and poverty indicators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from bangfu.errors import WrongUse
from bangfu.register.tables import PARTS

if TYPE_CHECKING:
    import ibis.expr.types as ir

SOURCES = {
    "wage": "income_wage",
    "business": "income_business",
    "property": "income_property",
    "transfer": "income_transfer",
}

MEASURES = ("income", *SOURCES, "income_without_transfers", "consumption")
"""Each gives ``<measure>_per_head_nominal`` and, with prices, ``<measure>_per_head``."""

TOTALS = ("income", "income_without_transfers", "consumption")
"""Measures of all that a household has or spends: about alike from village to village."""

POVERTY = ("headcount", "gap", "severity", "watts")

WATTS_FLOOR = 0.1
"""Incomes below this share of the line count as this share, so that the logarithm exists."""


def household_total(table: ir.Table, measure: str) -> ir.NumericValue | None:
    """A measure in yuan a year of the whole household, current prices; ``None`` where the register lacks its column.

    Total income is ``income_total``, or the sum of the parts where that column is absent. A blank is unknown, not zero:
    what is made with it is missing.
    """
    have = set(table.columns)
    if measure in SOURCES:
        return table[SOURCES[measure]] if SOURCES[measure] in have else None
    if measure == "consumption":
        return table["consumption"] if measure in have else None
    parts = [p for p in PARTS if p in have]
    total: ir.NumericValue = (
        table["income_total"]
        if "income_total" in have
        else reduce(lambda a, b: a + b, (table[p] for p in parts))
    )
    if measure == "income":
        return total
    if measure == "income_without_transfers":
        return total - table["income_transfer"] if "income_transfer" in have else None
    raise WrongUse(
        f"unknown measure {measure!r}; choose one of: {', '.join(MEASURES)}",
        f"没有指标 {measure!r};可用:{'、'.join(MEASURES)}",
    )


def per_head(
    table: ir.Table, measure: str, deflator: Mapping[int, float] | None = None
) -> ir.NumericValue | None:
    """A measure in yuan a year per household member; missing where members are below one.

    Parameters
    ----------
    table : ibis Table
        Household-years with ``year`` and ``members``.
    measure : str
        One of ``MEASURES``.
    deflator : mapping of int to float, optional
        What nominal yuan of a year are multiplied by (:func:`bangfu.reference.deflator`); nominal without.
    """
    import ibis

    total = household_total(table, measure)
    if total is None:
        return None
    value = ibis.ifelse(table["members"] >= 1, total / table["members"], ibis.null("float64"))
    return value if deflator is None else value * by_year(table, deflator)


def by_year(table: ir.Table, values: Mapping[int, float]) -> ir.NumericValue:
    """A number for each row's year; missing for years without one."""
    import ibis

    cases = [(table["year"] == year, float(value)) for year, value in sorted(values.items())]
    out: ir.NumericValue = ibis.cases(*cases, else_=ibis.null("float64"))
    return out


def poverty(
    income: ir.NumericValue, line: ir.NumericValue, index: str, floor: float = WATTS_FLOOR
) -> ir.NumericValue:
    """A household's contribution to a poverty index (Foster, Greer & Thorbecke 1984; Watts 1968).

    Parameters
    ----------
    income, line : ibis values
        Per head, in the same prices.
    index : {"headcount", "gap", "severity", "watts"}
        Powers 0, 1, 2 of the shortfall as a share of the line; Watts is the logarithm of line over income, incomes
        floored.
    floor : float
        Share of the line that incomes below it count as in Watts.
    """
    import ibis

    if index not in POVERTY:
        raise WrongUse(
            f"unknown index {index!r}; choose one of: {', '.join(POVERTY)}",
            f"没有指数 {index!r};可用:{'、'.join(POVERTY)}",
        )
    short = (line - income) / line
    floored = ibis.ifelse(income > line * floor, income, line * floor)
    value: ir.NumericValue = {
        "headcount": ibis.literal(1.0),
        "gap": short,
        "severity": short * short,
        "watts": (line / floored).ln(),
    }[index]
    known = income.notnull() & line.notnull()
    return ibis.ifelse(known, ibis.ifelse(income < line, value, 0.0), ibis.null("float64"))
