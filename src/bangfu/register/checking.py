"""Check a register: every fault in one run, one aggregate query per table, values masked unless invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import DataFault, Fault
from bangfu.register.register import HouseholdRegister, load_register
from bangfu.register.rules import RULES, Rule
from bangfu.register.suspicions import coverage, jumps, units
from bangfu.register.tables import COLUMNS, TYPES, Source

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
        Show offending values of a register that is not synthetic; they are masked by default. Identifiers shaped
        like ID-card numbers are never shown.

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
        rules = [r for r in RULES if r.table == table and r.column in source.raw.columns]
        counts = both.aggregate(
            rows=both.count(), **{f"r{i}": r.breaks(both).fill_null(False).sum() for i, r in enumerate(rules)}
        )
        found = counts.to_pandas().iloc[0]
        if not int(found["rows"]) and table != "participation":
            faults.append(Fault(table, "rows_present", "the table has no rows", "表中没有数据"))
        broken = [
            (rule, int(found[f"r{i}"]))
            for i, rule in enumerate(rules)
            if found[f"r{i}"] and found[f"r{i}"] > 0
        ]
        faults += [_fault(both, rule, count, shown) for rule, count in broken]
    faults += [*_twice(register), *_references(register, shown)]
    if not any(f.severity == "fault" for f in faults):
        # what follows compares rows with one another and makes sense on sound tables only
        faults += [*units(register), *jumps(register), *coverage(register)]
    return tuple(faults)


def _both(source: Source, table: str) -> ir.Table:
    """Raw cells beside their typed values."""
    columns = {c: kind for c, kind in COLUMNS[table].items() if kind in TYPES and c in source.raw.columns}
    return source.raw.mutate(
        **{f"typed_{c}": source.raw[c].try_cast(TYPES[kind]) for c, kind in columns.items()}
    )


def _numbered(table: ir.Table) -> ir.Table:
    """With ``row``, the 1-based data row; only examples need it."""
    import ibis

    return table.mutate(row=ibis.row_number() + 1)


def _rows(table: ir.Table) -> tuple[int, ...]:
    return tuple(int(r) for r in table.select("row").order_by("row").limit(EXAMPLES).to_pandas()["row"])


def _fault(both: ir.Table, rule: Rule, count: int, shown: bool) -> Fault:
    numbered = _numbered(both)
    examples = (
        numbered.filter(rule.breaks(numbered))
        .select("row", rule.column)
        .order_by("row")
        .limit(EXAMPLES)
        .to_pandas()
    )
    first = examples[rule.column].iloc[0]
    value = str(first) if shown and not rule.secret and examples[rule.column].notna().iloc[0] else ""
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


def _twice(register: HouseholdRegister) -> Iterator[Fault]:
    """Keys that stand more than once."""
    words = "this key stands more than once; keys are unique", "主键重复,主键必须唯一"
    raw = register.sources["households"].raw
    both = raw.group_by("household_id").aggregate(n=raw.count(), villages=raw["village_id"].nunique())
    found = (
        both.aggregate(twice=(both["n"] > 1).sum(), moved=(both["villages"] > 1).sum())
        .to_pandas()
        .fillna(0)
        .iloc[0]
    )
    if found["twice"]:
        keys = both.filter(both["n"] > 1).select("household_id")
        rows = _rows(_numbered(raw).semi_join(keys, "household_id"))
        yield Fault(
            "households", "key_unique", *words, column="household_id", rows=rows, count=int(found["twice"])
        )
    if found["moved"]:
        keys = both.filter(both["villages"] > 1).select("household_id")
        rows = _rows(_numbered(raw).semi_join(keys, "household_id"))
        more = (
            "the same household in more than one village; keep the one that it lives in",
            "同一户出现在多个村,请只留其所在村",
        )
        yield Fault(
            "households", "one_village", *more, column="village_id", rows=rows, count=int(found["moved"])
        )
    yield from _twice_a_year(register, words)
    raw = register.sources["participation"].raw
    key = ["household_id", "model", "from_year"]
    both = raw.group_by(key).aggregate(n=raw.count())
    count = int(both.filter(both["n"] > 1).count().to_pandas())
    if count:
        rows = _rows(_numbered(raw).semi_join(both.filter(both["n"] > 1), key))
        yield Fault("participation", "key_unique", *words, column=", ".join(key), rows=rows, count=count)


def _twice_a_year(register: HouseholdRegister, words: tuple[str, str]) -> Iterator[Fault]:
    """Household-years that stand more than once.

    Per household the sum of two to the power of its years equals their bitwise union exactly when no year repeats:
    one pass with small groups, where grouping by household and year needs one group per row.
    """
    import ibis

    source = register.sources["incomes"]
    years = register.years
    if not years or max(years) - min(years) > 60:
        return
    typed = source.typed.filter(source.typed["year"].notnull())
    bit = ibis.literal(1, "int64") << (typed["year"] - min(years)).cast("int64")
    per = typed.group_by("household_id").aggregate(total=bit.sum(), union=bit.bit_or(), n=typed.count())
    twice = per.filter(per["total"] != per["union"])
    count = int(twice.count().to_pandas())
    if count:
        raw = _numbered(source.raw).semi_join(twice.select("household_id"), "household_id")
        pairs = raw.group_by(["household_id", "year"]).aggregate(n=raw.count(), row=raw["row"].max())
        rows = _rows(pairs.filter(pairs["n"] > 1))
        yield Fault("incomes", "key_unique", *words, column="household_id, year", rows=rows, count=count)


def _references(register: HouseholdRegister, shown: bool) -> Iterator[Fault]:
    """Households that are not in the register, and models that it does not declare."""
    households = register.sources["households"].raw.select("household_id")
    for table in ("incomes", "participation"):
        raw = register.sources[table].raw
        lost = raw.select("household_id").distinct().anti_join(households, "household_id")
        lost = lost.filter(lost["household_id"].notnull())
        count = int(lost.count().to_pandas())
        if count:
            rows = _rows(_numbered(raw).semi_join(lost, "household_id"))
            words = (
                "no such household in households; add it or mend the identifier",
                "households 中没有该户,请补上或改正编号",
            )
            yield Fault(table, "household_exists", *words, column="household_id", rows=rows, count=count)
    raw = register.sources["participation"].raw
    unknown = _numbered(raw)
    unknown = unknown.filter(unknown["model"].notin(list(register.models)))
    count = int(unknown.count().to_pandas())
    if count:
        first = unknown.select("row", "model").order_by("row").limit(EXAMPLES).to_pandas()
        declared = ", ".join(register.models)
        words = (
            f"not declared in register.toml ({declared}); declare it or mend the cell",
            f"register.toml 未声明该模式(已声明:{declared}),请声明或改正",
        )
        value = str(first["model"].iloc[0]) if shown else ""
        rows = tuple(int(r) for r in first["row"])
        yield Fault(
            "participation", "model_declared", *words, column="model", rows=rows, count=count, value=value
        )
