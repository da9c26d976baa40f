"""A register of national size with known truth: 29.48 million invented households x 7 years.

    python benchmarks/simulate_national.py DIR [--households N] [--keep]

Prints, and stores in benchmarks/results/simulate_national.json: seconds by the clock and of processor time (which other
programs on the machine disturb less), the largest resident memory, bytes written. The folder is removed afterwards.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import resource
import shutil
import time
from pathlib import Path

import pyarrow.parquet as pq

import bangfu

RESULTS = Path(__file__).parent / "results" / "simulate_national.json"
HOUSEHOLDS = 29_480_000
PER_VILLAGE = 230


def main() -> None:
    """Simulate, measure, store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="a new folder; some 4 GB")
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--keep", action="store_true", help="leave the register there")
    options = parser.parse_args()
    clock, processor = time.perf_counter(), time.process_time()
    folder = bangfu.simulate(
        options.folder,
        options.households,
        households_per_village=PER_VILLAGE,
        identifiers="integer",
        progress=True,
    )
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    found = {
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.1f} (15 minutes)",
        "households": pq.ParquetFile(folder / "households.parquet").metadata.num_rows,
        "income_rows": pq.ParquetFile(folder / "incomes.parquet").metadata.num_rows,
        "counterfactual_rows": pq.ParquetFile(folder / "truth" / "counterfactual.parquet").metadata.num_rows,
        "clock_seconds": round(clock, 1),
        "processor_seconds": round(processor, 1),
        "resident_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "written_gb": round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e9, 2),
    }
    print(json.dumps(found, indent=2))
    if options.households == HOUSEHOLDS:
        RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if not options.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
