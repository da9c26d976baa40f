"""Check a register: every fault in one run, one aggregate query per table, values masked unless invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import DataFault, Fault
from bangfu.register.register import HouseholdRegister, load_register
from bangfu.register.rules import RULES, Rule
from bangfu.register.tables import COLUMNS, KEYS, Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

EXAMPLES = 5
"""So many row numbers are named per fault."""


def check(register: HouseholdRegister | str | Path, *, show_values: bool = False) -> tuple[Fault, ...]:
    """Every fault and warning of a register.

    Parameters
    ----------
    register : HouseholdRegister or path
    show_values : bool
        Show offending values of a register that is not synthetic; they are masked by default.

    Returns
    -------
    tuple of Fault
        Empty when all is well.
    """
    if not isinstance(register, HouseholdRegister):
        try:
            register = load_register(register)
        except DataFault as fault:
            return fault.faults
    shown = show_values or register.info.synthetic
    faults: list[Fault] = []
    for table, source in register.sources.items():
        both = _both(source, table)
        rules = [r for r in RULES if r.table == table and r.column in both.columns]
        counts = both.aggregate(
            rows=both.count(), **{f"r{i}": r.breaks(both).fill_null(False).sum() for i, r in enumerate(rules)}
        )
        found = counts.to_pandas().iloc[0]
        if not int(found["rows"]) and table != "participation":
            faults.append(Fault(table, "rows_present", "the table has no rows", "表中没有数据"))
        faults += [
            _fault(both, r, int(found[f"r{i}"]), shown)
            for i, r in enumerate(rules)
            if found[f"r{i}"] and found[f"r{i}"] > 0
        ]
        faults += _duplicates(source.raw, table)
    faults += _references(register, shown)
    return tuple(faults)


def _both(source: Source, table: str) -> ir.Table:
    """Raw cells beside their typed values."""
    from bangfu.register.tables import TYPES

    typed = {
        f"typed_{c}": source.raw[c].try_cast(TYPES[kind])
        for c, kind in COLUMNS[table].items()
        if kind in TYPES and c in source.raw.columns
    }
    return source.raw.mutate(**typed)


def _fault(both: ir.Table, rule: Rule, count: int, shown: bool) -> Fault:
    examples = (
        both.filter(rule.breaks(both)).select("row", rule.column).order_by("row").limit(EXAMPLES).to_pandas()
    )
    value = str(examples[rule.column].iloc[0]) if shown and examples[rule.column].notna().iloc[0] else ""
    rows = tuple(int(r) for r in examples["row"])
    return Fault(
        rule.table,
        rule.name,
        rule.en,
        rule.zh,
        column=rule.column,
        rows=rows,
        value=value,
        count=count,
        severity=rule.severity,
    )


def _duplicates(raw: ir.Table, table: str) -> Iterator[Fault]:
    key = list(KEYS[table])
    twice = raw.group_by(key).aggregate(n=raw.count(), row=raw["row"].max()).filter(lambda t: t["n"] > 1)
    found = twice.aggregate(n=twice.count()).to_pandas()["n"].iloc[0]
    if found:
        rows = tuple(int(r) for r in twice.select("row").order_by("row").limit(EXAMPLES).to_pandas()["row"])
        words = "this key stands more than once; keys are unique", "主键重复,主键必须唯一"
        yield Fault(table, "key_unique", *words, column=", ".join(key), rows=rows, count=int(found))


def _references(register: HouseholdRegister, shown: bool) -> Iterator[Fault]:
    """Households that are not in the register, and models that it does not declare."""
    for table in ("incomes", "participation"):
        raw, households = register.sources[table].raw, register.sources["households"].raw
        lost = raw.anti_join(households, "household_id")
        count = int(lost.count().to_pandas())
        if count:
            rows = tuple(
                int(r) for r in lost.select("row").order_by("row").limit(EXAMPLES).to_pandas()["row"]
            )
            words = (
                "no such household in households; add it or mend the identifier",
                "households 中没有该户,请补上或改正编号",
            )
            yield Fault(table, "household_exists", *words, column="household_id", rows=rows, count=count)
    participation = register.sources["participation"].raw
    unknown = participation.filter(participation["model"].notin(list(register.models)))
    count = int(unknown.count().to_pandas())
    if count:
        first = unknown.select("row", "model").order_by("row").limit(EXAMPLES).to_pandas()
        declared = ", ".join(register.models)
        words = (
            f"not declared in register.toml ({declared}); declare it or mend the cell",
            f"register.toml 未声明该模式(已声明:{declared}),请声明或改正",
        )
        yield Fault(
            "participation", "model_declared", *words, column="model", rows=tuple(int(r) for r in first["row"]), count=count,
            value=str(first["model"].iloc[0]) if shown else "",
        )  # fmt: skip
