"""Check a register: every fault in one run, one aggregate query per table and one pass by household, values masked unless
the households are invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bangfu.connect import engine_at_work
from bangfu.errors import Fault
from bangfu.register.between import between
from bangfu.register.names import confused
from bangfu.register.parts import HOUSEHOLDS
from bangfu.register.register import HouseholdRegister, open_register
from bangfu.register.roll import roll
from bangfu.register.rows import accept, row_faults, years_held
from bangfu.register.suspicions import coverage, same_every_year, units, village_units

_ORDER = {"fault": 0, "accepted": 1, "warning": 2}


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
        Faults, then those that ``[accept]`` of register.toml lets pass, then warnings; empty when all is well.

    Raises
    ------
    BangfuError
        When the engine cannot finish, for example on a file that is broken in the middle.
    """
    if isinstance(register, HouseholdRegister):
        opened, faults = register, list[Fault]()
    else:
        opened, faults = open_register(register, engine)
    shown = show_values or opened.info.synthetic
    faults += content_faults(opened, shown, households_at_once, warnings=True)
    return tuple(sorted(faults, key=lambda f: _ORDER[f.severity]))


def content_faults(
    register: HouseholdRegister, shown: bool = False, most: int = HOUSEHOLDS, *, warnings: bool = False
) -> list[Fault]:
    """What is wrong inside the tables that could be read: the rules that decide whether a register may be used."""
    with engine_at_work():
        found = list(row_faults(register, shown, warnings=warnings))
        found += years_held(register)
        found += (accept(register, fault) for fault in _between(register, shown, most, warnings=warnings))
    return found if warnings else [f for f in found if f.severity != "warning"]


def _between(register: HouseholdRegister, shown: bool, most: int, *, warnings: bool) -> Iterator[Fault]:
    """What shows only when rows are held against one another."""
    sources = register.sources
    if not sources:
        return
    if "households" in sources:
        for found in confused(sources["households"]):
            yield found.fault(sources["households"], shown)
    rolled = roll(sources, register.years_read, most)
    yield from between(register, rolled, most)
    if "incomes" not in sources or not warnings:
        return
    yield from units(register)
    if "households" in sources:
        yield from village_units(rolled)
        yield from coverage(rolled)
    yield from same_every_year(rolled)
