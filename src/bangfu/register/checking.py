"""Check a register: every fault in one run, one aggregate query per table and one pass by household, values masked unless
the households are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bangfu.errors import Fault
from bangfu.register.content import content_faults
from bangfu.register.loading import open_register
from bangfu.register.parts import HOUSEHOLDS
from bangfu.register.register import HouseholdRegister

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
