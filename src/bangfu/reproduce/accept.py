"""Keep what a build changed, so that a kill at any moment loses nothing.

First every changed file is staged beside, under ``.bangfu-accept.part``; renaming that folder to ``.bangfu-accept`` is
the moment of decision. Then the files are put in place one by one with ``os.replace``, the manifest last. At the next
start a staged folder that was not decided is removed (undone), and one that was is carried out to its end (finished).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from bangfu.reproduce.compare import Difference

STAGED, DECIDED, JOURNAL = ".bangfu-accept.part", ".bangfu-accept", "journal.json"


def accept(
    root: Path, build: Path, differences: list[Difference], step: Callable[[str], None] = lambda _: None
) -> None:
    """Store the files of a build.

    Parameters
    ----------
    root, build : Path
    differences : list of Difference
        In the order in which they are stored; the manifest last.
    step : callable
        Told the name of each step before it is taken (tests kill the process there).
    """
    staged = root / STAGED
    staged.mkdir()
    for difference in differences:
        step(f"stage {difference.path}")
        if difference.kind != "gone":
            target = staged / "files" / difference.path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(build / difference.path, target)
            _flush(target)
    journal = staged / JOURNAL
    journal.write_text(json.dumps([[d.kind, d.path] for d in differences]), encoding="utf-8")
    _flush(journal)
    step("decide")
    staged.rename(root / DECIDED)
    _carry_out(root, step)


def recover(root: Path) -> str:
    """Finish or undo what an interrupted :func:`accept` left; says which, or nothing."""
    if (root / STAGED).exists():
        shutil.rmtree(root / STAGED)
        return "an interrupted --accept was undone; nothing had been changed"
    if (root / DECIDED).exists():
        _carry_out(root, lambda _: None)
        return "an interrupted --accept was finished"
    return ""


def _carry_out(root: Path, step: Callable[[str], None]) -> None:
    decided = root / DECIDED
    journal = decided / JOURNAL
    # the journal goes last but one: without it the folder is only an empty rest
    for kind, path in json.loads(journal.read_text(encoding="utf-8")) if journal.exists() else []:
        step(f"store {path}")
        if kind == "gone":
            (root / path).unlink(missing_ok=True)
            continue
        staged = decided / "files" / path
        if staged.exists():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, root / path)  # noqa: PTH105 - the atomic step, named as such
    step("clean")
    journal.unlink(missing_ok=True)
    step("clean more")
    shutil.rmtree(decided)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
