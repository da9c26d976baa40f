"""Keep what a build changed: file by file, each replaced in one step, the manifest last.

The manifest has the hash of every file. A tree that was half stored is not the one that it describes: plain
``reproduce`` says so, the next ``--accept`` builds again and completes it, and ``git checkout`` undoes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from bangfu.atomic import output
from bangfu.reproduce.compare import Difference
from bangfu.reproduce.manifest import PLACES


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
        Told each file before it is stored (tests kill the process there).
    """
    for place in PLACES:
        for rest in (root / place).rglob(".*.part"):  # of a store that was killed
            rest.unlink()
    for difference in differences:
        step(difference.path)
        target = root / difference.path
        if difference.kind == "gone":
            target.unlink(missing_ok=True)
            continue
        with output(target, overwrite=True) as beside:
            shutil.copyfile(build / difference.path, beside)
