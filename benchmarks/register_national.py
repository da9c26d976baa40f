"""Time and memory of `load_register` and `check` on a register of national size, as multiples of one scan of its columns.

    python benchmarks/make_national.py DIR
    python benchmarks/register_national.py DIR [--name NAME] [--out FILE]

Each step runs in a process of its own, and time is the processor's own, of all threads, so that what else the machine does
weighs on neither side of a multiple; seconds by the clock stand beside. Written too: highest resident memory, and the
most disk used for spilling.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

TABLES = ("households", "incomes", "participation")


class Watch:
    """Seconds by the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), _processor()

    def read(self) -> dict[str, float]:
        """Both, so far."""
        return {"seconds": time.perf_counter() - self.clock, "cpu": _processor() - self.processor}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def scan(folder: Path) -> dict[str, float]:
    """One pass over every column that check looks at."""
    import bangfu

    register = bangfu.load_register(folder)
    con = register.sources["households"].checked.get_backend().con
    start = Watch()
    for table in TABLES:
        typed = register.sources[table].typed
        kinds = {c: typed[c].type() for c in typed.columns}
        sums = [f"sum(strlen({c}))" if k.is_string() else f"sum({c}::DOUBLE)" for c, k in kinds.items()]
        con.execute(f"SELECT {', '.join(sums)} FROM '{folder / table}.parquet'").fetchall()
    return start.read()


def load(folder: Path) -> dict[str, float]:
    """Opening the register; imports are done before."""
    import ibis

    import bangfu

    ibis.duckdb.connect()
    assert bangfu.load_register and bangfu.check
    start = Watch()
    bangfu.load_register(folder)
    return start.read()


def check(folder: Path, at_once: int) -> dict[str, float]:
    """All rules, with the disk that sorting and joining took."""
    import bangfu
    from bangfu.scratch import run_folder

    register = bangfu.load_register(folder)
    spilt, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            files = (f for d in run_folder().glob("spill-*") for f in d.rglob("*"))
            spilt[0] = max(spilt[0], sum(_size(f) for f in files))

    threading.Thread(target=watch, daemon=True).start()
    start = Watch()
    faults = bangfu.check(register, households_at_once=at_once)
    found = start.read()
    done.set()
    return found | {"findings": len(faults), "spill_bytes": spilt[0]}


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def resident() -> int:
    """The highest resident memory of this process, bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


def measured(step: str, folder: Path, at_once: int) -> dict[str, float]:
    """One step in a process of its own."""
    words = [sys.executable, __file__, str(folder), "--step", step, "--at-once", str(at_once)]
    run = subprocess.run(words, capture_output=True, check=True)
    return json.loads(run.stdout)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="sorted, integer identifiers")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "results" / "register_national.json"
    )
    parser.add_argument("--at-once", type=int, default=5_000_000, help="households in a part, as in check")
    parser.add_argument("--step", choices=("scan", "load", "check"))
    given = parser.parse_args()
    if given.step:
        looks = {"scan": scan, "load": load, "check": lambda folder: check(folder, given.at_once)}
        found = looks[given.step](given.folder)
        print(json.dumps(found | {"resident_bytes": resident()}))
        return
    steps = {step: measured(step, given.folder, given.at_once) for step in ("load", "scan", "check")}
    result = {
        "date": date.today().isoformat(),
        "machine": f"{os.cpu_count()} cores, shared with other work",
        "load_seconds": round(steps["load"]["seconds"], 2),
        "load_cpu_seconds": round(steps["load"]["cpu"], 2),
        "scan_seconds": round(steps["scan"]["seconds"], 1),
        "scan_cpu_seconds": round(steps["scan"]["cpu"], 1),
        "check_seconds": round(steps["check"]["seconds"], 1),
        "check_cpu_seconds": round(steps["check"]["cpu"], 1),
        "check_scans": round(steps["check"]["cpu"] / steps["scan"]["cpu"], 1),
        "check_resident_gb": round(steps["check"]["resident_bytes"] / 1e9, 2),
        "check_spill_gb": round(steps["check"]["spill_bytes"] / 1e9, 2),
        "findings": steps["check"]["findings"],
    }
    given.out.parent.mkdir(exist_ok=True)
    before = json.loads(given.out.read_text()) if given.out.exists() else {}
    given.out.write_text(json.dumps(before | {given.name: result}, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
