"""Check a register: every fault in one run, one aggregate query per table and one pass by household, values masked unless
the households are invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.connect import engine_at_work
from bangfu.errors import Fault
from bangfu.register.between import between
from bangfu.register.examples import Examples
from bangfu.register.info import UNKNOWN
from bangfu.register.parts import HOUSEHOLDS
from bangfu.register.register import HouseholdRegister, open_register
from bangfu.register.roll import roll, years_of
from bangfu.register.rules import FIRST_YEAR, LAST_YEAR, RULES, Rule
from bangfu.register.suspicions import coverage, same_every_year, units, village_units
from bangfu.register.tables import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir


def check(
    register: HouseholdRegister | str | Path,
    *,
    engine: str | Any = "duckdb",
    show_values: bool = False,
    households_at_once: int = HOUSEHOLDS,
) -> tuple[Fault, ...]:
    """Every fault and warning of a register.

    Parameters
    ----------
    register : HouseholdRegister or path
    engine : {"duckdb", "spark"} or SparkSession
        For a path.
    show_values : bool
        Show offending values of a register that is not synthetic; they are masked by default. Identifiers shaped
        like ID-card numbers are never shown.
    households_at_once : int
        Above so many the register is looked at in parts, which bounds memory.

    Returns
    -------
    tuple of Fault
        Empty when all is well.

    Raises
    ------
    BangfuError
        When the engine cannot finish, for example on a file that is broken in the middle.
    """
    if isinstance(register, HouseholdRegister):
        opened, faults = register, list[Fault]()
    else:
        opened, faults = open_register(register, engine)
    with engine_at_work():
        faults += _rows(opened, shown=show_values or opened.info.synthetic)
        faults += _households(opened, households_at_once)
    return tuple(sorted(faults, key=lambda f: f.severity != "fault"))


def _rows(register: HouseholdRegister, shown: bool) -> Iterator[Fault]:
    """The rules on single rows: one aggregate query per table, examples only of what is broken."""
    for table, source in register.sources.items():
        checked = source.checked
        rules = [r for r in _rules(register) if r.table == table and r.column in checked.columns]
        broken = {i: b for i, r in enumerate(rules) if (b := r.breaks(checked)) is not None}
        counts = checked.aggregate(
            rows=checked.count(), **{f"r{i}": b.fill_null(False).sum() for i, b in broken.items()}
        )
        found = counts.to_pandas().fillna(0).iloc[0]
        if not int(found["rows"]) and table != "participation":
            yield Fault(
                table, "rows_present", "the table has no rows; fill it", "表中没有数据,请填写", count=0
            )
        for i, breaks in broken.items():
            if found[f"r{i}"] > 0:
                yield _fault(source, rules[i], breaks, int(found[f"r{i}"]), shown)


def _rules(register: HouseholdRegister) -> tuple[Rule, ...]:
    """The rules that hold for every register, and that its models be declared."""
    if register.info is UNKNOWN:
        return RULES
    declared = ", ".join(register.models)
    words = (
        f"not declared in register.toml ({declared}); declare it or mend the cell",
        f"该模式未在 register.toml 中声明(已声明:{declared}),请声明或改正",
    )
    models = list(register.models)
    rule = Rule("participation", "model_declared", "model", lambda t: t["model"].notin(models), *words)
    return (*RULES, rule)


def _fault(source: Source, rule: Rule, breaks: ir.BooleanValue, count: int, shown: bool) -> Fault:
    found = Examples(source, source.checked.filter(breaks), rule.column)
    value = found.value if shown and not rule.secret else ""
    return Fault(
        rule.table, rule.name, rule.en, rule.zh, rule.column, found.rows, value, count, rule.severity, found.file
    )  # fmt: skip


def _households(register: HouseholdRegister, most: int) -> Iterator[Fault]:
    """What shows only when rows are held against one another."""
    sources = register.sources
    if not sources:
        return
    years = years_of(register.incomes, FIRST_YEAR, LAST_YEAR) if "incomes" in sources else ()
    found = roll(sources, years, most)
    yield from between(register, found, most)
    if "incomes" not in sources:
        return
    yield from units(register)
    if "households" in sources:
        yield from village_units(found)
        yield from coverage(found)
    yield from same_every_year(found)
