"""Group-time effects of three arms from files on disk: bangfu and four packages, each doing its own version whole.

    python benchmarks/peers.py [--households 1000000] [--timeout 900]

One million invented households over seven years, in a flat Parquet file and as a register's three tables (the same
numbers). bangfu: cells, effects of all arms against one comparison group, errors by village, aggregates and bands.
pyfixest: two-way fixed effects, with a dummy for each arm (three numbers), and with a dummy for each arm and year since
joining (what comes nearest to group-time effects). diff-diff, csdid and moderndid: Callaway & Sant'Anna arm by arm, with
bootstrap draws clustered by village. Five rounds of all jobs (one for those that take longer than half a minute), each
job in a process of its own, warmed up there on a small file (imports, compilation), reading counted. Prints the best and
the median of seconds by the clock, the least processor time, the largest memory, and ratios of the best (other programs
on the machine only ever add time); writes benchmarks/results/peers.csv.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).parent / "results" / "peers.csv"
ARMS = ("courtyard", "cooperative", "enterprise")
BITERS = 1_000
TIMES, LONG = 5, 30.0
MEMORY = 14 * 2**30
"""The most memory that a job may take, in bytes."""
FLAT = {
    "unit": "household_id", "cluster": "village_id", "time": "year", "cohort": "cohort", "outcome": "income", "arm": "arm"
}  # fmt: skip


def make(folder: Path, households: int) -> None:
    """The register, and the flat file of the same numbers."""
    import duckdb

    from make_national import make as register

    register(folder / "register", households)
    inside = str(folder / "register")
    with duckdb.connect() as engine:
        engine.execute(f"""
            copy (
                select i.household_id, h.village_id, i.year, coalesce(p.arm, '') as arm, coalesce(p.cohort, 0) as cohort,
                    i.income_total / i.members as income
                from '{inside}/incomes.parquet' i
                join '{inside}/households.parquet' h using (household_id)
                left join (
                    select household_id, first(model) as arm, min(from_year) as cohort
                    from '{inside}/participation.parquet' group by household_id
                ) p using (household_id)
            ) to '{folder}/flat.parquet' (format parquet)
        """)


def effects(cells: object) -> None:
    """Everything after the cells."""
    from bangfu.estimates import group_time_effects

    found = group_time_effects(cells, scale="level")  # type: ignore[arg-type]
    for kind in ("overall", "event"):
        found.aggregate(kind)  # type: ignore[arg-type]


def bangfu_flat(folder: Path) -> None:
    from bangfu.cells import Cells

    effects(Cells.from_parquet(folder / "flat.parquet", **FLAT))  # type: ignore[arg-type]


def bangfu_tables(folder: Path) -> None:
    import bangfu

    effects(bangfu.load_register(folder / "register").cells("income_per_head_nominal"))


def pyfixest(folder: Path) -> None:
    import pyfixest as pf

    data = pd.read_parquet(folder / "flat.parquet")
    on = (data["cohort"] > 0) & (data["year"] >= data["cohort"])
    for arm in ARMS:
        data[arm] = (on & (data["arm"] == arm)).astype(float)
    pf.feols(f"income ~ {' + '.join(ARMS)} | household_id + year", data, vcov={"CRV1": "village_id"})


def pyfixest_events(folder: Path) -> None:
    import numpy as np
    import pyfixest as pf

    data = pd.read_parquet(folder / "flat.parquet")
    since = np.where(data["cohort"] > 0, data["year"] - data["cohort"], -1)
    names = []
    for arm in ARMS:
        for event in sorted(set(since.tolist()) - {-1}):
            names.append(f"{arm}_{'m' if event < 0 else 'p'}{abs(event)}")
            data[names[-1]] = ((data["arm"] == arm) & (since == event)).astype(float)
    fit = pf.feols(f"income ~ {' + '.join(names)} | household_id + year", data, vcov={"CRV1": "village_id"})
    fit.confint(joint=True, seed=1)


def by_arm(folder: Path) -> list[pd.DataFrame]:
    data = pd.read_parquet(folder / "flat.parquet")
    return [data[(data["arm"] == a) | (data["cohort"] == 0)].drop(columns="arm") for a in ARMS]


def diff_diff(folder: Path) -> None:
    from diff_diff import CallawaySantAnna

    for data in by_arm(folder):
        CallawaySantAnna(
            estimation_method="reg", cluster="village_id", base_period="universal", n_bootstrap=BITERS, seed=1
        ).fit(
            data, outcome="income", unit="household_id", time="year", first_treat="cohort", aggregate="event_study"
        )  # fmt: skip


def csdid(folder: Path) -> None:
    from csdid.att_gt import ATTgt

    for data in by_arm(folder):
        fit = ATTgt(
            yname="income", tname="year", idname="household_id", gname="cohort", data=data, clustervar="village_id",
            control_group=["nevertreated"], biters=BITERS, cband=True,
        ).fit(est_method="reg", base_period="universal", bstrap=True)  # fmt: skip
        fit.aggte(typec="dynamic")


def moderndid(folder: Path) -> None:
    import moderndid as md
    import polars as pl

    whole = pl.read_parquet(folder / "flat.parquet")
    for arm in ARMS:
        data = whole.filter((pl.col("arm") == arm) | (pl.col("cohort") == 0)).drop("arm")
        fit = md.att_gt(
            data=data, yname="income", tname="year", idname="household_id", gname="cohort", est_method="reg", boot=True,
            biters=BITERS, clustervars=["village_id"], base_period="universal", random_state=1,
        )  # fmt: skip
        md.aggte(fit, type="dynamic")


JOBS: dict[str, Callable[[Path], None]] = {
    "bangfu, flat file": bangfu_flat,
    "bangfu, three tables": bangfu_tables,
    "pyfixest, three dummies": pyfixest,
    "pyfixest, by year since joining": pyfixest_events,
    "diff-diff": diff_diff,
    "moderndid": moderndid,
    "csdid": csdid,
}


def one(name: str, folder: Path, small: Path) -> None:
    """Run one job in this process and print what it took."""
    warnings.filterwarnings("ignore")
    sys.stdout, out = open(os.devnull, "w"), sys.stdout  # noqa: SIM115, PTH123 (packages print)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    JOBS[name](small)
    clock, processor = time.perf_counter(), time.process_time()
    JOBS[name](folder)
    took = time.perf_counter() - clock, time.process_time() - processor
    status = Path("/proc/self/status").read_text(
        encoding="ascii"
    )  # getrusage begins with the parent's memory
    largest = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    print(*took, int(largest.split()[1]) / 2**20, file=out)


def main() -> None:
    """Run all jobs, each in its own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=1_000_000)
    parser.add_argument("--timeout", type=float, default=900)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--folders", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        one(options.job, *options.folders)
        return
    taken: dict[str, list[list[float]]] = {name: [] for name in JOBS}
    notes = dict.fromkeys(JOBS, "")
    with tempfile.TemporaryDirectory() as place:
        folder, small = Path(place) / "large", Path(place) / "small"
        make(small, 5_000)
        make(folder, options.households)
        for turn in range(TIMES):
            for name in (n for n in JOBS if not notes[n] and not (taken[n] and taken[n][0][0] > LONG)):
                command = [sys.executable, __file__, "--job", name, "--folders", str(folder), str(small)]
                try:
                    run = subprocess.run(
                        command, capture_output=True, text=True, timeout=options.timeout, check=True
                    )
                    taken[name].append([float(x) for x in run.stdout.split()])
                    print(turn, name, *taken[name][-1], flush=True)
                except subprocess.TimeoutExpired:
                    notes[name] = f"not done after {options.timeout:.0f} s"
                except subprocess.CalledProcessError as error:
                    words = error.stderr.strip().splitlines()
                    notes[name] = words[-1][:120] if words else f"ended with {error.returncode}"
    rows = []
    for name, note in notes.items():
        clock, processor, memory = zip(*taken[name], strict=True) if not note else [[float("nan")]] * 3
        best = min(clock), statistics.median(clock), min(processor), max(memory)
        rows.append((name, version(name.split(",")[0]), len(taken[name]), *best, note))
    table = pd.DataFrame(
        rows,
        columns=[
            "job",
            "version",
            "runs",
            "seconds",
            "median_seconds",
            "processor_seconds",
            "memory_gb",
            "note",
        ],
    )
    for ours in ("bangfu, flat file", "bangfu, three tables"):
        label = "flat" if ours.endswith("file") else "tables"
        mine = table.set_index("job").loc[ours]
        table[f"times_{label}"] = table["seconds"] / mine["seconds"]
        table[f"times_{label}_median"] = table["median_seconds"] / mine["median_seconds"]
    table = table.assign(households=options.households, processors=os.cpu_count()).round(2)
    RESULTS.parent.mkdir(exist_ok=True)
    table.to_csv(RESULTS, index=False, lineterminator="\n")
    print(table.to_string(index=False))
    peers = table[~table["job"].str.startswith("bangfu")]
    for label, bar in (("flat", 20), ("tables", 10)):
        print(f"{label}: {peers[f'times_{label}'].min():.1f} times faster than the fastest peer (bar {bar})")


if __name__ == "__main__":
    main()
