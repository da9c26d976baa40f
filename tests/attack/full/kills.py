"""``kill -9`` at points spread over what each command writes, and by the clock: afterwards whole or not there.

The points are the events at which Python opens, links, renames or removes something beside the target; how many there are
is counted in a run that is left alone, whose output is what every later run must give.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bangfu import scratch
from bangfu.simulation import simulate
from tests.attack.command import command, tree
from tests.attack.full.journal import Case, fresh_folder
from tests.attack.full.store import cases as of_the_store
from tests.moments.counties import cells, panel

KIND = "kills"
POINTS, BY_THE_CLOCK = 6, 1
"""Kills of each command."""

CHILD = """
import os, sys
at, place, seen = int(sys.argv[1]), sys.argv[2], 0
WATCHED = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "shutil.copymode", "shutil.copyfile"}
def hook(event, args):
    global seen
    if event in WATCHED and any(isinstance(a, str | bytes | os.PathLike) and os.fsdecode(a).startswith(place) for a in args):
        if event == "open" and not (isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            return
        seen += 1
        if seen == at:
            os.kill(os.getpid(), 9)
sys.addaudithook(hook)
sys.argv = ["bangfu", *sys.argv[3:]]
from bangfu.cli import main
try:
    main()
finally:
    print(seen, file=sys.stderr)
"""


@dataclass(frozen=True)
class Job:
    """A command, by the folder in which it writes ``target``; and what it reads."""

    name: str
    words: Callable[[Path, Path], list[object]]


JOBS = (
    Job("convert", lambda given, f: ["convert", given / "sheet.csv", "--mapping", "generic", "--out", f / "target"]),
    Job("cells", lambda given, f: ["cells", given / "register", "--out", f / "target"]),
    Job("simulate", lambda given, f: ["simulate", "--households", 60, "--seed", 3, "--out", f / "target"]),
    Job("moments", lambda given, f: ["cells", given / "cells", "--moments", "--log", f / "log", "--out", f / "target"]),
)  # fmt: skip


def cases(seed: int) -> Iterator[Case]:
    """Kills of every command, and of a store."""
    with fresh_folder() as given:
        prepare(given, seed)
        for job in JOBS:
            with fresh_folder() as folder:
                begun = time.monotonic()
                points = _points(_child(0, folder, job, given))
                took, whole = time.monotonic() - begun, state(folder)
            at = np.unique(np.linspace(1, points, POINTS).round().astype(int)).tolist()
            for point in at:
                yield Case(
                    KIND,
                    f"{job.name} at {point} of {points}",
                    lambda f, j=job, p=point, w=whole: _one(f, j, given, w, p),
                )
            for share in np.linspace(0.95, 0.6, BY_THE_CLOCK).round(2).tolist():
                wait = share * took
                yield Case(
                    KIND,
                    f"{job.name} after {share:.0%}",
                    lambda f, j=job, s=wait, w=whole: _one(f, j, given, w, 0, s),
                )
    yield from of_the_store(seed)


def prepare(given: Path, seed: int) -> None:
    """What the commands read."""
    simulate(given / "register", households=60, seed=seed, households_per_village=5)
    cells(panel(3, 40)).save(given / "cells")
    rows = ((v, h, year) for v in "ABCD" for h in range(5) for year in (2016, 2017, 2018))
    lines = [f"{v}{h},{v},{year},{h + 1},{9000 + 100 * h},{int(h < 2)}" for v, h, year in rows]
    header = "household_id,village_id,year,members,income_per_head,in_cooperative\n"
    (given / "sheet.csv").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")


def _child(at: int, folder: Path, job: Job, given: Path, **more: object) -> subprocess.CompletedProcess[str]:
    words = [str(w) for w in job.words(given, folder)]
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(at), str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
    )


def _points(done: subprocess.CompletedProcess[str]) -> int:
    assert done.returncode == 0, done.stderr
    return int(done.stderr.split()[-1])


def state(folder: Path) -> dict[str, object]:
    """What is there, without the day on which a release was logged."""
    found = tree(folder)
    if isinstance(found.get("log"), bytes):
        log = json.loads(found["log"])
        found["log"] = json.dumps([e | {"made": ""} for e in log["editions"]])
    return found


def targets(found: dict[str, object]) -> dict[str, object]:
    """The target and what is in it."""
    return {k: v for k, v in found.items() if k.split("/")[0] == "target"}


def _one(
    folder: Path, job: Job, given: Path, whole: dict[str, object], point: int, wait: float | None = None
) -> str:
    inputs = tree(given)
    if wait is None:
        ended = _child(point, folder, job, given)
        assert ended.returncode == -signal.SIGKILL, ended
    else:
        words = [str(w) for w in job.words(given, folder)]
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, "0", str(folder), *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(wait)
        process.kill()
        process.wait()
    half = state(folder)  # a log that is there is whole, or this fails
    there = targets(half)
    assert not there or there == targets(whole), "something half-written has the target's name"
    for name in set(half) - set(there) - {"log"}:
        assert name.split("/")[0].startswith((".target.", ".log.")), name
        if name.count("/") == 0 and (folder / name).is_dir():
            assert (folder / name).stat().st_mode & 0o077 == 0, f"others may look into {name}"
    again = command(*job.words(given, folder))
    if there:
        assert again.code == 2 and "exists already" in again.err, again
        if (folder / "target").is_file():
            assert command(*job.words(given, folder), "--overwrite").code == 0
    else:
        assert again.code == 0, again
    after = state(folder)
    left = {
        k for k in set(after) - set(targets(after)) - {"log"} if not there or (folder / "target").is_file()
    }
    assert targets(after) == targets(whole) and not left, left
    if "log" in whole:
        assert json.loads(after["log"])[0] == json.loads(whole["log"])[0]
    assert tree(given) == inputs
    _scratch_is_clean()
    return "harmless"


def _scratch_is_clean() -> None:
    own = scratch.private_folder("attack").parent
    left = [p.name for p in own.parent.iterdir() if p.is_dir() and p != own]
    assert not left, f"left in {own.parent}: {left}"
