"""The rules on single rows: one aggregate query per table, examples only of what is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bangfu.errors import Fault
from bangfu.literals import MOST_TIMES
from bangfu.register.examples import Examples
from bangfu.register.info import UNKNOWN
from bangfu.register.layout import unknown_columns
from bangfu.register.rules import MODEL_DECLARED, RULES, Rule, late
from bangfu.register.tables import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister


def rules_of(register: HouseholdRegister) -> tuple[Rule, ...]:
    """The rules that hold for every register, and those on its own years and models."""
    rules = [*RULES, *([late(register.years_read[-1])] if register.years_read else [])]
    if register.info is UNKNOWN:
        return tuple(rules)
    declared, models = ", ".join(register.models), list(register.models)
    words = (
        f"not declared in register.toml ({declared}); declare it or correct the cell",
        f"该模式未在 register.toml 中声明(已声明:{declared}),请声明或改正",
    )
    return (
        *rules,
        Rule("participation", MODEL_DECLARED, "model", lambda t: t["model"].notin(models), *words),
    )


def broken(register: HouseholdRegister, table: str) -> list[tuple[Rule, ir.BooleanValue]]:
    """The rules that some row of a table may break, and where it does; not those that the files' feet prove."""
    source = register.sources[table]
    checked, found = source.checked, []
    for rule in rules_of(register):
        if rule.table == table and rule.column in checked.columns and not rule.proved(source):
            breaks = rule.breaks(checked)
            if breaks is not None:
                found.append((rule, breaks.fill_null(False)))
    return found


def row_faults(register: HouseholdRegister, shown: bool, *, warnings: bool = True) -> Iterator[Fault]:
    """What the rules on single rows find, and tables without rows."""
    for table, source in register.sources.items():
        rules = [(r, b) for r, b in broken(register, table) if warnings or r.severity == "fault"]
        rows, counts = register.rows_by_table[table], [0] * len(rules)
        if rules:
            found = source.checked.aggregate(**{f"r{i}": b.sum() for i, (_, b) in enumerate(rules)})
            row = found.to_pandas().fillna(0).iloc[0]
            counts = [int(row[f"r{i}"]) for i in range(len(rules))]
        if not rows and table != "participation":
            words = "the table has no rows; fill it", "表中没有数据,请填写"
            yield Fault(table, "rows_present", *words, count=0)
        for (rule, breaks), count in zip(rules, counts, strict=True):
            if count:
                fault = _fault(source, rule, breaks, count, shown)
                yield accept(register, fault) if rule.acceptable else fault


def accept(register: HouseholdRegister, fault: Fault) -> Fault:
    """The fault, accepted where the register's owner accepts its rule."""
    reason = dict(register.info.accept).get(fault.rule)
    if reason is None or fault.severity != "fault":
        return fault
    return replace(fault, severity="accepted", reason=reason)


def columns_known(register: HouseholdRegister) -> Iterator[Fault]:
    """Columns that a register does not have; of those that seem mistaken, faults."""
    for table, source in register.sources.items():
        yield from unknown_columns(source.typed.columns, table)


def years_held(register: HouseholdRegister) -> Iterator[Fault]:
    """More years than sums can tell apart."""
    many = len(register.years_read)
    if many > MOST_TIMES:
        words = (
            f"{many} years; at most {MOST_TIMES} can be held, one bit each: give a shorter window",
            f"共{many}个年份,最多{MOST_TIMES}个(每年一个比特),请缩短区间",
        )
        yield Fault("incomes", "years_held", *words, "year", count=many)


def _fault(source: Source, rule: Rule, breaks: ir.BooleanValue, count: int, shown: bool) -> Fault:
    found = Examples(source, source.checked.filter(breaks), rule.column)
    value = found.value if shown and not rule.secret else ""
    return Fault(
        rule.table, rule.name, rule.en, rule.zh, rule.column, found.rows, value, count, rule.severity, found.file
    )  # fmt: skip
