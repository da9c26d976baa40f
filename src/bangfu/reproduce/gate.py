"""The notebook gate: nbval in strict mode, and what nbval lets through.

    python -m bangfu.reproduce.gate            every notebook of the repository

Each notebook runs once. Checked are: the committed form and order, no error, warning or machine path, every text that
nbval compares, every output exactly, the embedded image against the committed figure, the figure files drawn during
that very run against the committed ones, and page, briefs and ledger against what the committed figures give.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from bangfu.errors import BangfuError
from bangfu.figures.show import FOLDER
from bangfu.notebooks.normal import load
from bangfu.notebooks.rules import faults
from bangfu.notebooks.run import SECONDS, environment
from bangfu.places import repository
from bangfu.reproduce.manifest import NAME, manifest
from bangfu.reproduce.publish import publish

_STRICT = (
    "--nbval",
    "--nbval-current-env",
    f"--nbval-cell-timeout={SECONDS}",
    "-pbangfu.notebooks.plugin",
    "-pno:cacheprovider",
    "--noconftest",  # no file beside the notebooks may soften the comparison
    f"-c{os.devnull}",
    "-q",
)


_PUBLISHED = ("index.html", "brief.*.pdf", "results.json")


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
    if not notebooks:
        return ["there are no notebooks"]
    figures = root / "figures"
    found = [fault.text() for path in notebooks for fault in faults(path, figures)]
    with tempfile.TemporaryDirectory(prefix="bangfu-gate-") as scratch:
        drawn, report = Path(scratch) / "drawn", Path(scratch) / "report.xml"
        drawn.mkdir()
        command = [sys.executable, "-m", "pytest", *_STRICT, f"--junit-xml={report}", f"--rootdir={root}"]
        if workers > 1:
            command += ["-n", str(workers), "--dist", "loadfile"]
        subprocess.run(
            [*command, *map(str, notebooks)], cwd=root, env=environment(**{FOLDER: str(drawn)}), check=False
        )
        found += _ran(report, notebooks) + _files(drawn, figures) + _manifest(root)
        return found + _published(root, Path(scratch) / "published")


def _ran(report: Path, notebooks: list[Path]) -> list[str]:
    """Every code cell ran once and passed; one that was skipped or left out is a fault too."""
    if not report.is_file():
        return ["nbval did not run; see above"]
    cases = list(ElementTree.parse(report).iter("testcase"))
    expected = sum(cell.cell_type == "code" for path in notebooks for cell in load(path).cells)
    lines = [
        f"nbval: {case.get('classname', '').partition('.')[2]}, {case.get('name')}: {_said(child)}"
        for case in cases
        for child in case
        if child.tag in ("failure", "error", "skipped")
    ]
    if len(cases) != expected:
        lines.append(f"nbval: {expected} code cells are committed, {len(cases)} were run")
    return lines


def _said(result: ElementTree.Element) -> str:
    """What a failure says: the lines in which two texts part, or its last line; without terminal colours."""
    text = re.sub(r"(#x1B|\x1b)\[\d*m", "", result.text or result.get("message") or result.tag)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parted = [line for line in lines if line.startswith(("- ", "+ "))]
    return "; ".join(parted[:2] or lines[-1:])[:400]


def _manifest(root: Path) -> list[str]:
    """The manifest is that of the committed notebooks, figures and data."""
    path = root / "figures" / NAME
    if path.is_file() and path.read_bytes() == manifest(root, root):
        return []
    return [f"figures/{NAME}: not the list of what is committed; bangfu reproduce --accept writes it"]


def _published(root: Path, again: Path) -> list[str]:
    """Page, briefs and ledger are those of the committed notebooks and figures."""
    for name in ("notebooks", "figures"):
        shutil.copytree(root / name, again / name, ignore=shutil.ignore_patterns(*_PUBLISHED))
    try:
        publish(again, root)
    except (BangfuError, OSError, ValueError, LookupError) as error:
        return [f"figures/index.html: cannot be made from the committed figures: {error!r}"]
    made, committed = (
        {p.name: p.read_bytes() for pattern in _PUBLISHED for p in (folder / "figures").glob(pattern)}
        for folder in (again, root)
    )
    return [
        f"figures/{name}: not what the committed figures give; bangfu reproduce --accept writes it"
        for name in sorted(made.keys() | committed.keys())
        if made.get(name) != committed.get(name)
    ]


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
