"""What accepted faults let through and no sum could count right is left out: household-years, or whole households.

A household whose joining cannot be read is left out entirely: it is never one that did not join. One that joined a model
again without leaving it stays, and counts from the first joining.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.accepted import Accepted
from bangfu.errors import Fault
from bangfu.register.between import JOINED_AGAIN, ONE_VILLAGE, TWICE, UNKNOWN_HOUSEHOLD, rejoined
from bangfu.register.confused import confused, located
from bangfu.register.names import near
from bangfu.register.rows import broken
from bangfu.register.rules import years_of
from bangfu.register.tables import KEYS

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister

ID, YEAR, RULE = "household_id", "year", "__rule"


@dataclass(frozen=True, slots=True)
class Admitted:
    """The tables of a register that may be used.

    Attributes
    ----------
    tables : dict of str to ibis Table
    rows : dict of str to int
    years : tuple of int
        With incomes.
    accepted : tuple of Accepted
        What was left out of them.
    """

    tables: dict[str, ir.Table]
    rows: dict[str, int]
    years: tuple[int, ...]
    accepted: tuple[Accepted, ...] = ()


def leave_out(register: HouseholdRegister, faults: Sequence[Fault]) -> Admitted:
    """The tables without what is accepted, and what that was.

    Parameters
    ----------
    register : HouseholdRegister
    faults : sequence of Fault
        All of them accepted.
    """
    homes, all_incomes, joined = (
        register.sources[t].checked for t in ("households", "incomes", "participation")
    )
    people = _stored(homes, [ID, RULE], list(_people(register, faults)))
    years = _stored(all_incomes, [ID, YEAR, RULE], list(_years(register, faults)))
    bad_rows = _broken(register, "incomes", faults)
    incomes = all_incomes.filter(~reduce(lambda a, b: a | b, bad_rows.values())) if bad_rows else all_incomes
    incomes = incomes.anti_join(years, [ID, YEAR])
    kept = homes.filter(homes[ID].notnull()).anti_join(people, ID)
    emptied = _stored(homes, [ID, RULE], [years.semi_join(kept, ID).anti_join(incomes, ID)])
    kept = kept.anti_join(emptied, ID)  # whose years are all left out
    tables = {
        "households": kept,
        "incomes": incomes.semi_join(kept, ID),
        "participation": joined.semi_join(kept, ID),
    }
    tables = {n: t.select(*(c for c in t.columns if not c.startswith("__"))) for n, t in tables.items()}
    tables["households"] = located(tables["households"], register.sources["households"])
    accepted = []
    for rule in sorted({f.rule for f in faults}):
        out, gone, spoilt = (t.filter(t[RULE] == rule) for t in (people, emptied, years))
        left = homes.semi_join(out.select(ID).union(gone.select(ID)), ID)
        left = rejoined(joined).semi_join(kept, ID) if rule == JOINED_AGAIN else left
        lost = all_incomes.semi_join(out, ID).select(ID, YEAR).union(spoilt.select(ID, YEAR))
        rows = sum(f.count for f in faults if f.rule == rule)
        households, household_years = _count(left.select(ID).distinct()), _count(lost.distinct())
        accepted.append(Accepted(rule, _reason(faults, rule), rows, households, household_years))
    counts = {n: _count(t) for n, t in tables.items()}
    return Admitted(tables, counts, years_of(tables["incomes"]), tuple(accepted))


def _people(register: HouseholdRegister, faults: Sequence[Fault]) -> Iterator[ir.Table]:
    """Households that are left out, and by which rule."""
    homes, joined = (register.sources[t].checked for t in ("households", "participation"))

    def of(table: ir.Table, rule: str) -> ir.Table:
        return table.select(ID, **{RULE: _text(rule)})

    for table in ("households", "participation"):
        rows = register.sources[table].checked
        for rule, breaks in _broken(register, table, faults).items():
            yield of(rows.filter(breaks), rule)
    for table in ("incomes", "participation"):
        if _has(faults, table, UNKNOWN_HOUSEHOLD):
            unknown = register.sources[table].checked.anti_join(homes, ID)
            yield of(unknown, UNKNOWN_HOUSEHOLD)
            if table == "participation" and homes[ID].type().is_string():
                # such a joiner may stand in households by another spelling, and look as if it never joined
                yield of(near(homes, unknown), UNKNOWN_HOUSEHOLD)
    for rule in (TWICE, ONE_VILLAGE):
        if _has(faults, "households", rule):
            yield of(_twice(homes, "households"), rule)
    if _has(faults, "participation", TWICE):
        yield of(_twice(joined, "participation"), TWICE)
    accepted = {f.rule for f in faults}
    for found in confused(register.sources["households"], register.info.not_totals):
        if found.rule in accepted:
            yield of(homes.semi_join(_listed(found.column, found.identifiers), found.column), found.rule)


def _years(register: HouseholdRegister, faults: Sequence[Fault]) -> Iterator[ir.Table]:
    """Rows of incomes that are left out, and by which rule."""
    incomes = register.sources["incomes"].checked
    for rule, breaks in _broken(register, "incomes", faults).items():
        yield incomes.filter(breaks).mutate(**{RULE: _text(rule)})
    if _has(faults, "incomes", TWICE):
        again = incomes.semi_join(_twice(incomes, "incomes"), [ID, YEAR])
        yield again.mutate(**{RULE: _text(TWICE)})


def _broken(register: HouseholdRegister, table: str, faults: Sequence[Fault]) -> dict[str, ir.BooleanValue]:
    """Accepted rules on single rows, and where they are broken in any column."""
    found: dict[str, ir.BooleanValue] = {}
    for rule, breaks in broken(register, table):
        if any((f.table, f.rule, f.column) == (table, rule.name, rule.column) for f in faults):
            found[rule.name] = found[rule.name] | breaks if rule.name in found else breaks
    return found


def _has(faults: Sequence[Fault], table: str, rule: str) -> bool:
    return any(f.table == table and f.rule == rule for f in faults)


def _reason(faults: Sequence[Fault], rule: str) -> str:
    return next(f.reason for f in faults if f.rule == rule)


def _twice(rows: ir.Table, table: str) -> ir.Table:
    """Keys that stand more than once."""
    keys = list(KEYS[table])
    counted = rows.group_by(keys).aggregate(n=rows.count())
    return counted.filter(counted["n"] > 1).select(*keys)


def _stored(source: ir.Table, columns: Sequence[str], tables: Sequence[ir.Table]) -> ir.Table:
    """Distinct rows of all, found once; of the types of a source."""
    import ibis

    none = source.mutate(**{RULE: _text("")}).limit(0)
    whole = reduce(lambda a, b: a.union(b), (t.select(*columns) for t in (none, *tables)))
    return ibis.memtable(whole.filter(whole[ID].notnull()).distinct().to_pyarrow())


def _listed(column: str, identifiers: pd.Series) -> ir.Table:
    import ibis

    return ibis.memtable(pd.DataFrame({column: identifiers.to_numpy()}))


def _text(rule: str) -> ir.StringValue:
    import ibis

    return ibis.literal(rule)


def _count(table: ir.Table) -> int:
    return int(table.count().to_pandas())
