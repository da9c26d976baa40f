"""What is wrong inside the tables that could be read: the faults that decide whether a register may be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bangfu.connect import engine_at_work
from bangfu.errors import Fault
from bangfu.register.between import between
from bangfu.register.confused import confused
from bangfu.register.parts import HOUSEHOLDS
from bangfu.register.roll import roll
from bangfu.register.rows import accept, columns_known, row_faults, years_held
from bangfu.register.suspicions import coverage, same_every_year, village_units, whole_household

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister


def content_faults(
    register: HouseholdRegister, shown: bool = False, most: int = HOUSEHOLDS, *, warnings: bool = False
) -> list[Fault]:
    """Faults and what is accepted of them; warnings where they are asked for."""
    with engine_at_work():
        found = list(row_faults(register, shown, warnings=warnings))
        found += [*years_held(register), *columns_known(register)]
        found += (accept(register, fault) for fault in _between(register, shown, most, warnings=warnings))
    return found if warnings else [f for f in found if f.severity != "warning"]


def _between(register: HouseholdRegister, shown: bool, most: int, *, warnings: bool) -> Iterator[Fault]:
    """What shows only when rows are held against one another."""
    sources = register.sources
    if not sources:
        return
    if "households" in sources:
        for found in confused(sources["households"], register.info.not_totals):
            yield found.fault(sources["households"], shown)
    rolled = roll(sources, register.years_read, most, heads=warnings)
    yield from between(register, rolled, most)
    if "incomes" not in sources or not warnings:
        return
    yield from whole_household(register)
    if "households" in sources:
        yield from village_units(rolled)
        yield from coverage(rolled)
    yield from same_every_year(rolled)
