"""What cells decide of a design: their outcomes, exposure, covariates, line and prices cannot be changed any more."""

from __future__ import annotations

from typing import Any, cast

from bangfu.cells.cells import Cells
from bangfu.cells.outcomes import Terms
from bangfu.design import LOG, Design, Settled
from bangfu.errors import WrongUse, option, spoken
from bangfu.register.outcomes import POVERTY

SUMMED = ("outcome", "exposure", "by", "late", "line", "base_year", "prices")
"""The options that change what is summed."""


def summed(design: Design) -> tuple[Any, ...]:
    """What of a design changes what is summed: equal for designs that can be read from the same cells."""
    return tuple(getattr(design, name) for name in SUMMED)


def settled(cells: Cells, design: Design) -> Settled:
    """The design with all that cells and outcome decide filled in: nothing of it is left open.

    Raises
    ------
    WrongUse
        For an option that contradicts the cells, or an outcome that they lack.
    """
    spec = cells.info.spec
    outcome = design.outcome or cells.outcomes[0]
    scale = design.scale or ("log" if outcome.startswith(LOG) else None)
    outcome = outcome.removeprefix(LOG)
    made = {
        "exposure": spec.get("exposure", design.exposure or "participation"),
        "by": tuple((name, tuple(breaks) if breaks else None) for name, breaks in spec.get("by", {}).items()),
        "late": spec.get("late", design.late or "refuse"),
    }
    wrong = [name for name, value in made.items() if getattr(design, name) not in (None, value)]
    if wrong := [*wrong, *_other_money(cells, design)]:
        raise WrongUse(
            f"these cells were made already, with another {', '.join(map(option, wrong))}: leave {'it' if len(wrong) == 1 else 'them'} "
            f"out, or make cells again, {spoken('register.cells()', 'bangfu cells DIR --out FILE')}",
            f"分村汇总数据已经做好,其 {'、'.join(map(option, wrong))} 与此不同:请不要给出,或重新汇总,即 "
            f"{spoken('register.cells()', 'bangfu cells DIR --out FILE')}",
        )
    out = design.replace(
        outcome=outcome,
        scale=scale or ("percent" if cells.info.unit(outcome) else "level"),
        best=design.best or ("low" if outcome in POVERTY else "high"),
        line=design.line if design.line is not None else spec.get("line"),
        base_year=design.base_year if design.base_year is not None else spec.get("base_year"),
        **made,
    )
    return cast("Settled", out)


def fitting(cells: Cells, design: Design) -> Design:
    """The design without what newly made cells do not rest on: a line for incomes, prices for nominal ones."""
    idle = [name for name in ("line", "base_year", "prices") if not _rests_on(cells, name)]
    return design.replace(**dict.fromkeys(idle))


def _rests_on(cells: Cells, name: str) -> bool:
    return name in cells.info.spec or (name != "line" and "line" in cells.info.spec)


def _other_money(cells: Cells, design: Design) -> list[str]:
    """Which of line, base year and prices are said and are not those of the cells."""
    spec = cells.info.spec
    said = [n for n in ("line", "base_year", "prices") if getattr(design, n) is not None]
    wrong = [n for n in said if not _rests_on(cells, n)]
    last = max(cells.years) if design.base_year is None else design.base_year
    base_year = spec.get("base_year", last)
    terms = Terms(cells.years, base_year, design.prices, design.line)
    if "line" in said and "line" in spec and _texts(terms.current_line()) != spec["line"]:
        wrong.append("line")
    if "base_year" in said and design.base_year != base_year:
        wrong.append("base_year")
    if "prices" in said and "prices" in spec and _texts(terms.factors()) != spec["prices"]:
        wrong.append("prices")
    return wrong


def _texts(by_year: dict[int, float]) -> dict[str, float]:
    return {str(year): value for year, value in by_year.items()}
