"""The whole Monte Carlo: ``make montecarlo``, or ``python benchmarks/montecarlo.py``.

Rounds of one replication of every scenario; after each the files under ``data/montecarlo`` are written anew, so that an
interrupted run leaves the rounds that are complete, and says how many.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from bangfu import atomic
from bangfu.formats import csv_bytes
from bangfu.montecarlo.replicate import replicate
from bangfu.montecarlo.summary import FIRST_SEED, HOUSEHOLDS, summary
from bangfu.places import data
from bangfu.simulation import SCENARIOS

REPLICATIONS = 60
DECIMALS = 3


def run(
    folder: Path, replications: int = REPLICATIONS, households: int = HOUSEHOLDS, processes: int = 1,
    say: Callable[[str], None] = print,
) -> None:  # fmt: skip
    """Draw and estimate all rounds, and write ``replications.csv``, ``summary.csv`` and ``run.json``.

    Parameters
    ----------
    folder : Path
    replications : int
        Rounds; round ``r`` draws every scenario with seed ``FIRST_SEED + r``.
    households : int
        Per world.
    processes : int
    say : callable
        Told how far it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[pd.DataFrame] = []
    used = 0.0
    with get_context("spawn").Pool(processes) as pool:
        for done in range(replications):
            work = [(name, FIRST_SEED + done, households) for name in SCENARIOS]
            for table, seconds in pool.starmap(_timed, work, chunksize=1):
                found.append(table)
                used += seconds
            _write(folder, pd.concat(found, ignore_index=True), done + 1, households, used)
            say(f"{done + 1} of {replications} rounds, {used:.0f} s of one core")


def _timed(scenario: str, seed: int, households: int) -> tuple[pd.DataFrame, float]:
    began = time.process_time()
    table = replicate(scenario, seed, households)
    return table, time.process_time() - began


def _write(folder: Path, found: pd.DataFrame, rounds: int, households: int, used: float) -> None:
    about = {
        "scenarios": len(SCENARIOS), "replications": rounds, "households": households, "first_seed": FIRST_SEED,
        "seconds_of_one_core": round(used),
    }  # fmt: skip
    atomic.write_bytes(folder / "replications.csv", csv_bytes(found, DECIMALS), overwrite=True)
    atomic.write_bytes(folder / "summary.csv", csv_bytes(summary(found), DECIMALS), overwrite=True)
    atomic.write_text(folder / "run.json", json.dumps(about, indent=2) + "\n", overwrite=True)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=data("montecarlo"))
    said = parser.parse_args()
    run(said.out, said.replications, said.households, said.processes)


if __name__ == "__main__":
    main()
