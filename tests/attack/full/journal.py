"""Cases and what became of them: a line of JSON each, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.shared import ROOT

Run = Callable[[Path], str]
"""Attacks in a fresh folder; gives ``refused`` or ``harmless``, and fails otherwise."""

SOURCES = ("src/bangfu", "tests/attack", "tests/register", "tests/moments")


@dataclass(frozen=True)
class Case:
    """One attack."""

    kind: str
    name: str
    run: Run


def version() -> str:
    """Of the code that attacks and is attacked: results of another one do not count."""
    total = hashlib.sha256()
    for place in SOURCES:
        for path in sorted((ROOT / place).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("test_"):
                total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


@dataclass
class Journal:
    """Results by case, in a file that only grows."""

    path: Path
    version: str
    until: float = math.inf
    """When no other case is begun, by the clock."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        for line in lines:
            try:
                found = json.loads(line)
            except ValueError:  # a run was stopped in the middle of a line
                continue
            if found["version"] == self.version:
                self.known[found["kind"], found["case"]] = found["outcome"]

    def note(self, case: Case, outcome: str, said: str, seconds: float) -> None:
        """Add a result."""
        self.known[case.kind, case.name] = outcome
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = {
            "kind": case.kind, "case": case.name, "version": self.version, "outcome": outcome, "said": said,
            "seconds": round(seconds, 2),
        }  # fmt: skip
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def all(self, cases: Iterable[Case], say: Callable[[str], None]) -> Counter[tuple[str, str]]:
        """Run what is not known, or failed; gives how often each outcome is in each kind (``left`` where time was up)."""
        counts = Counter[tuple[str, str]]()
        for case in cases:
            known = self.known.get((case.kind, case.name))
            if known in (None, "failed") and time.time() > self.until:
                counts[case.kind, known or "left"] += 1
                continue
            if known in (None, "failed"):
                begun = time.process_time()
                outcome, said = tried(case)
                self.note(case, outcome, said, time.process_time() - begun)
                if outcome == "failed":
                    say(f"{case.kind}: {case.name}\n{said}")
            counts[case.kind, self.known[case.kind, case.name]] += 1
        return counts


def tried(case: Case) -> tuple[str, str]:
    """What becomes of a case, and why it failed."""
    with fresh_folder() as folder:
        try:
            return case.run(folder), ""
        except (Exception, SystemExit) as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            return (
                "failed",
                f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {str(error)[:1_500]}",
            )


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="attack-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
