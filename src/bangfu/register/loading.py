"""Opening a register: what its files say, and what keeps them from being read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bangfu.connect import connect, set_threads
from bangfu.errors import DataFault, Fault
from bangfu.register.content import content_faults
from bangfu.register.home import home_of
from bangfu.register.info import read_info
from bangfu.register.reading import read_tables
from bangfu.register.register import HouseholdRegister


def load_register(folder: str | Path, engine: str | Any = "duckdb") -> HouseholdRegister:
    """Load a register: ``households``, ``incomes``, ``participation`` and ``register.toml``.

    Parameters
    ----------
    folder : path
        A folder, each table in it as Parquet, CSV (UTF-8 or GB18030, comma or tab) or Excel: one file, many files below a
        folder of the table's name, or Hive partitions there. Or one workbook with three sheets, and either a sheet
        ``register`` (columns ``key`` and ``value``; models in a sheet ``models``) or a ``register.toml`` beside it. Text is
        read strictly, identifiers as text.
    engine : {"duckdb", "spark"} or SparkSession

    Raises
    ------
    WrongUse
        When the folder or the engine is not there.
    DataFault
        When a file cannot be read as a table of a register. Faults inside the tables refuse at their first use.
    """
    register, faults = open_register(folder, engine)
    refused = [f for f in faults if f.severity == "fault"]
    if refused:
        raise DataFault(refused + [f for f in content_faults(register) if f.severity == "fault"])
    return register


def open_register(folder: str | Path, engine: str | Any = "duckdb") -> tuple[HouseholdRegister, list[Fault]]:
    """What of a register can be read, with every fault that keeps the rest from it, and warnings of its description."""
    home = home_of(folder)
    info, faults = read_info(home)
    backend = connect(engine)
    sources, more = read_tables(backend, home)
    register = HouseholdRegister(info, sources)
    if not more:
        set_threads(backend, register.rows)
    return register, [*faults, *more]
