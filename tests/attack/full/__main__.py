"""Run what is not done yet, and write the table.

    python -m tests.attack.full [--only KIND ...] [--seed 1] [--minutes M]

Results by case stand in ``build/attack.jsonl``; those of other code are made again. When nothing failed the table goes to
``benchmarks/attack.md``, and says what was left. The exit code is 1 when anything failed.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from bangfu.scratch import PLACE
from tests.attack.full import files, kills, misuse, names, registers
from tests.attack.full.journal import Case, Journal, version
from tests.attack.full.table import PROMISES, table
from tests.shared import ROOT

KINDS: dict[str, Callable[[int], Iterable[Case]]] = {
    "files of cells": files.of_cells, "files of moments": files.of_moments, "kills": kills.cases, "misuses": misuse.cases,
    "names": names.cases, "registers": registers.cases,
}  # fmt: skip
TABLE = ROOT / "benchmarks" / "attack.md"


def main() -> None:
    """Attack."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack.full")
    parser.add_argument(
        "--only", nargs="*", choices=KINDS, default=list(KINDS), help="kinds of attack; all of them"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--journal", type=Path, default=ROOT / "build" / "attack.jsonl")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="begin no other case after so many; the rest is left"
    )
    said = parser.parse_args()
    assert KINDS.keys() == PROMISES.keys()
    warnings.simplefilter("ignore")
    journal = Journal(said.journal, version(), time.time() + 60 * said.minutes)
    counts = {}
    with (
        tempfile.TemporaryDirectory(prefix="attack-scratch-") as scratch,
        patch(
            "bangfu.compare.comparison.wild_p_value", return_value=0.5
        ),  # a compiler works for seconds on it
    ):
        os.environ[PLACE] = str(Path(scratch) / "own")
        os.environ["HOME"] = scratch
        for kind in said.only:
            counts[kind] = journal.all(KINDS[kind](said.seed), lambda line: print(line, flush=True))
            print(kind, dict(counts[kind]), flush=True)
    failed = sum(c[kind, "failed"] for kind, c in counts.items())
    if not failed and list(counts) == list(KINDS):
        TABLE.write_text(table(counts, said.seed, datetime.now(UTC).date()), encoding="utf-8", newline="\n")
        print(TABLE)
    sys.exit(int(failed > 0))


if __name__ == "__main__":
    main()
