"""The notebook gate: nbval in strict mode, and what nbval lets through.

    python -m bangfu.notebooks.gate            every notebook of the repository

Each notebook runs once. Checked are: the committed form and order, no error, warning or machine path, every text that
nbval compares, every output exactly, the embedded image against the committed figure, and the figure files drawn
during that very run against the committed ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bangfu.figures.show import FOLDER
from bangfu.notebooks.rules import faults
from bangfu.notebooks.run import ONE_THREAD, SECONDS
from bangfu.places import repository


def gate(root: Path, *, workers: int = 2) -> list[str]:
    """Run the gate on a repository.

    Parameters
    ----------
    root : Path
        Holds ``notebooks/`` and ``figures/``.
    workers : int
        Notebooks at a time.

    Returns
    -------
    list of str
        What is wrong, a line each; empty when all is well.
    """
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    figures = root / "figures"
    found = [fault.text() for path in notebooks for fault in faults(path, figures)]
    if not notebooks:
        return ["there are no notebooks"]
    with tempfile.TemporaryDirectory(prefix="bangfu-gate-") as drawn:
        command = [
            *(
                sys.executable,
                "-m",
                "pytest",
                "--nbval",
                "--nbval-current-env",
                f"--nbval-cell-timeout={SECONDS}",
            ),
            *(
                "-p",
                "bangfu.notebooks.plugin",
                "-p",
                "no:cacheprovider",
                "-q",
                "--rootdir",
                str(root),
                "-c",
                os.devnull,
            ),
            *(("-n", str(workers), "--dist", "loadfile") if workers > 1 else ()),
            *map(str, notebooks),
        ]
        code = subprocess.run(
            command, cwd=root, env=os.environ | ONE_THREAD | {FOLDER: drawn}, check=False
        ).returncode
        if code:
            found.append(
                f"nbval: a cell's output differs from what is committed (pytest exit code {code}; see above)"
            )
        found += _files(Path(drawn), figures)
    return found


def _files(drawn: Path, committed: Path) -> list[str]:
    """The figure files drawn during the run are the committed ones, all of them and no others."""
    ours = {p.relative_to(drawn).as_posix(): p for p in drawn.rglob("*") if p.is_file()}
    theirs = {
        p.relative_to(committed).as_posix(): p
        for lang in ("en", "zh")
        for p in (committed / lang).glob("*")
        if p.is_file()
    }
    lines = [
        f"figures/{name}: drawn by a notebook but not committed"
        for name in sorted(ours.keys() - theirs.keys())
    ]
    lines += [
        f"figures/{name}: committed but drawn by no notebook" for name in sorted(theirs.keys() - ours.keys())
    ]
    for name in sorted(ours.keys() & theirs.keys()):
        if ours[name].read_bytes() != theirs[name].read_bytes():
            lines.append(f"figures/{name}: the file drawn during the run differs from the committed one")
    return lines


def main() -> int:
    """Run the gate on this repository; exit code 1 when anything is wrong."""
    found = gate(repository())
    for line in found:
        print(line)
    print(
        f"gate: {len(found)} faults"
        if found
        else "gate: every notebook reproduces its committed outputs and figures"
    )
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
