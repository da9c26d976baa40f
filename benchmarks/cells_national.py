"""Cells of a register of national size, against one scan of the same columns.

    python benchmarks/make_national.py DIR [--missing 0.1] [--ids text] [--order shuffled]
    python benchmarks/cells_national.py DIR NAME [--engine spark [--same-as duckdb]]

Prints, and adds to benchmarks/results/cells_national.csv: seconds from files to table, by the clock and of processor
time (which other programs on the machine disturb less), the ratio of each to the best of three scans, the largest
resident memory and the largest spill folder.
"""

from __future__ import annotations

import argparse
import os
import resource
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

import bangfu
from bangfu.scratch import run_folder

RESULTS = Path(__file__).parent / "results" / "cells_national.csv"
COLUMNS = {
    "incomes": ("household_id", "year", "members", "income_total"),
    "households": ("household_id", "county_id", "township_id", "village_id"),
    "participation": ("household_id", "from_year", "model"),
}


def scan(register: bangfu.HouseholdRegister) -> None:
    """Read every value of the columns that cells need, straight from the files."""
    for name, columns in COLUMNS.items():
        table = register.sources[name].typed
        numeric = {
            c: table[c].sum() if table[c].type().is_numeric() else table[c].length().sum() for c in columns
        }
        table.aggregate(**numeric).to_pandas()


def timed(job: Callable[[], object]) -> tuple[float, float, object]:
    """Seconds by the clock, seconds of processor time, and the result."""
    clock, processor = time.perf_counter(), time.process_time()
    result = job()
    return time.perf_counter() - clock, time.process_time() - processor, result


def watch(largest: list[int]) -> None:
    """Keep the largest size of the spill folder."""
    while True:
        size = 0
        for folder in run_folder().glob("spill-*"):
            with suppress(FileNotFoundError):  # the engine removes files meanwhile
                size += sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        largest[0] = max(largest[0], size)
        time.sleep(0.2)


def same(one: bangfu.Cells, two: bangfu.Cells) -> None:
    """Fail unless two cells are equal to a relative 1e-12."""
    pd.testing.assert_frame_equal(one.villages, two.villages)
    for name in ("village", "path", "seen", "households"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    np.testing.assert_allclose(one.weight, two.weight, rtol=1e-12)
    for name in one.outcomes:
        np.testing.assert_allclose(one.sums[name], two.sums[name], rtol=1e-12)


def main() -> None:
    """Measure one register."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", help="how the row is called in the results")
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--same-as", help="another engine, whose cells must be equal")
    given = parser.parse_args()
    spilled = [0]
    threading.Thread(target=watch, args=(spilled,), daemon=True).start()
    busy = (
        os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    )  # other programs, before we begin
    scans = []
    for _ in range(3):
        register = bangfu.load_register(given.folder, given.engine)
        scans.append(timed(lambda register=register: scan(register))[:2])
    clock, processor = (min(s[i] for s in scans) for i in (0, 1))
    spent, worked, cells = timed(lambda: bangfu.load_register(given.folder, given.engine).cells())
    if given.same_as:
        same(cells, bangfu.load_register(given.folder, given.same_as).cells())
    row = {
        "register": given.name,
        "engine": given.engine,
        "households": int(cells.households.sum()),
        "cells": len(cells.weight),
        "patterns": len(set(cells.seen.tolist())),
        "scan_seconds": round(clock, 2),
        "cells_seconds": round(spent, 2),
        "ratio": round(spent / clock, 2),
        "scan_processor_seconds": round(processor, 2),
        "cells_processor_seconds": round(worked, 2),
        "ratio_processor": round(worked / processor, 2),
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "spill_gb": round(spilled[0] / 2**30, 2),
        "equal_to": given.same_as or "",
        "processors": os.cpu_count(),
        "busy": round(busy, 1),
        "duckdb": version("duckdb"),
    }
    if given.engine == "spark":  # the work is done in another process, Java's
        row |= dict.fromkeys(
            [k for k in row if "processor_" in k or k.endswith(("_processor", "_gb"))], float("nan")
        )
    print(pd.Series(row).to_string())
    old = pd.read_csv(RESULTS) if RESULTS.exists() else pd.DataFrame(columns=list(row))
    kept = old[(old["register"] != given.name) | (old["engine"] != given.engine)]
    RESULTS.parent.mkdir(exist_ok=True)
    pd.concat([kept, pd.DataFrame([row])], ignore_index=True).to_csv(RESULTS, index=False)


if __name__ == "__main__":
    main()
