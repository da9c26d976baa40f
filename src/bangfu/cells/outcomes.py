"""Outcomes by name: from ``income_per_head`` or ``log:headcount`` to an expression over household-years."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bangfu.design import Line
from bangfu.errors import WrongUse, option, spoken, unknown
from bangfu.reference import deflator, poverty_line, poverty_lines
from bangfu.register.outcomes import MEASURES, POVERTY, SOURCES, by_year, per_head, poverty

if TYPE_CHECKING:
    import ibis.expr.types as ir

Expression = Callable[["ir.Table"], "ir.NumericValue"]
Outcomes = str | Sequence[str] | Mapping[str, Expression]

REAL, NOMINAL = "_per_head", "_per_head_nominal"


@dataclass(frozen=True, slots=True)
class Terms:
    """What outcomes are made with.

    Attributes
    ----------
    years : tuple of int
    base_year : int
        Real yuan are yuan at this year's prices.
    prices : path or None
        A price index of one's own.
    line : float, str, mapping or None
        Yuan per head a year at the base year's prices; or a series of the reference data, or a line for each year, both
        at current prices.
    """

    years: tuple[int, ...]
    base_year: int
    prices: str | Path | None = None
    line: Line | None = None

    def __post_init__(self) -> None:
        if isinstance(self.line, tuple):
            object.__setattr__(self, "line", dict(self.line))

    def factors(self) -> dict[int, float]:
        """Nominal yuan to yuan at the base year's prices."""
        return deflator(self.years, self.base_year, self.prices)

    def current_line(self) -> dict[int, float]:
        """The poverty line of each year at current prices."""
        if self.line is None:
            number, series = option("line", 3200), option("line", "price_updated")
            years = spoken("; or one value per year", ""), spoken(",或逐年数值", "")
            raise WrongUse(
                f"poverty outcomes need a line: {number} (yuan at base-year prices), or a series such as {series}{years[0]}",
                f"贫困类指标需给出标准:如 {number} (元,基年价格),或序列,如 {series}{years[1]}",
            )
        if isinstance(self.line, str):
            known = poverty_lines(None)["series"].unique()
            if self.line not in known:
                raise unknown("line", self.line, [*known, spoken("a number", "3200")])
            return poverty_line(self.years, self.line)
        if isinstance(self.line, Mapping):
            absent = [str(y) for y in self.years if y not in self.line]
            if absent:
                raise WrongUse(
                    f"the line has no value for {', '.join(absent)}", f"贫困标准缺少{'、'.join(absent)}年"
                )
            return {y: float(self.line[y]) for y in self.years}
        return {year: float(cast(float, self.line)) / factor for year, factor in self.factors().items()}


def named(outcome: Outcomes, terms: Terms) -> tuple[dict[str, Expression], dict[str, Any]]:
    """Expressions by name, and what of the terms they rest on (the part of a spec that must match in a merge).

    Raises
    ------
    WrongUse
        For an unknown outcome, or a poverty outcome without a line.
    BangfuError
        For a year that prices or lines lack.
    """
    if isinstance(outcome, Mapping):
        return dict(outcome), {}
    names = [outcome] if isinstance(outcome, str) else list(dict.fromkeys(outcome))
    if not names:
        raise WrongUse("name at least one outcome", "请至少给出一个指标")
    expressions: dict[str, Expression] = {}
    spec: dict[str, Any] = {}
    for name in names:
        _known(name.removeprefix("log:"))
    if terms.line is not None and not {name.removeprefix("log:") for name in names} & set(POVERTY):
        raise WrongUse(
            f"a poverty line goes with {', '.join(POVERTY)} alone, and the outcome is {', '.join(names)}; leave the line out, "
            "or take one of these outcomes",
            f"贫困标准只用于 {'、'.join(POVERTY)},而指标为 {'、'.join(names)};请去掉标准,或改用这些指标",
        )
    for name in names:
        plain = name.removeprefix("log:")
        if plain in POVERTY:
            spec["line"] = {str(y): v for y, v in terms.current_line().items()}
        elif plain.endswith(REAL):
            spec["base_year"] = terms.base_year
            spec["prices"] = {str(y): v for y, v in terms.factors().items()}
        expressions[name] = (
            _logarithm(_expression(plain, terms)) if name != plain else _expression(plain, terms)
        )
    spec["units"] = {
        n.removeprefix("log:"): "share" if n.removeprefix("log:") in POVERTY else "yuan" for n in names
    }
    return expressions, spec


def _expression(name: str, terms: Terms) -> Expression:
    if name in POVERTY:
        line = terms.current_line()
        return lambda t: poverty(_found(per_head(t, "income"), name), by_year(t, line), name)
    measure = _known(name)
    factors = None if name.endswith(NOMINAL) else terms.factors()
    return lambda t: _found(per_head(t, measure, factors), name)


def _known(name: str) -> str:
    """The measure of an outcome that is no poverty index; columns of the register are no outcomes, but each has one.

    Raises
    ------
    WrongUse
        For an unknown outcome.
    """
    measure = name.removesuffix(NOMINAL).removesuffix(REAL)
    if name in POVERTY or (measure in MEASURES and measure != name):
        return measure
    there = [*(f"{m}{end}" for m in MEASURES for end in (REAL, NOMINAL)), *POVERTY]
    meant = _OF_COLUMNS.get(name) or next(iter(get_close_matches(name, there, 1)), "")
    en, zh = (f"; did you mean {meant!r}?", f";是否指 {meant!r}?") if meant else ("", "")
    known = ", ".join([*(f"{m}{REAL}[_nominal]" for m in MEASURES), *POVERTY, "log:<outcome>"])
    raise WrongUse(
        f"unknown outcome {name!r}; choose one of: {known}{en}",
        f"没有指标 {name!r};可用:{known}{zh}",
    )


_OF_COLUMNS = {column: f"{measure}{REAL}" for measure, column in SOURCES.items()} | {
    "income_total": f"income{REAL}", "income": f"income{REAL}", "consumption": f"consumption{REAL}",
}  # fmt: skip
"""Columns of incomes, and the outcomes that are made of them."""


def _logarithm(expression: Expression) -> Expression:
    import ibis

    def value(table: ir.Table) -> ir.NumericValue:
        y = expression(table)
        out: ir.NumericValue = ibis.ifelse(y > 0, ibis.ifelse(y > 0, y, 1.0).ln(), ibis.null("float64"))
        return out

    return value


def _found(value: ir.NumericValue | None, name: str) -> ir.NumericValue:
    if value is None:
        raise WrongUse(
            f"the register lacks the column that {name} needs", f"农户台账缺少计算 {name} 所需的列"
        )
    return value
