"""Compare a build with what is committed, byte for byte, and say where they part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bangfu.notebooks.normal import load
from bangfu.notebooks.outputs import unlike
from bangfu.reproduce.manifest import rebuilt

Kind = Literal["changed", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as committed.

    Attributes
    ----------
    path : str
        Relative to the repository, with forward slashes.
    kind : {"changed", "new", "gone"}
    where : str
        The first place where the two part, as far as it can be said in a line.
    """

    path: str
    kind: Kind
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind:<8}{self.path}{f': {self.where}' if self.where else ''}"


def differences(root: Path, build: Path) -> list[Difference]:
    """Every file that differs between the repository and a build, the manifest last."""
    found = []
    ours, theirs = rebuilt(build), rebuilt(root)
    for path in sorted(ours | theirs, key=lambda p: (p == "figures/manifest.json", p)):
        if path not in theirs:
            found.append(Difference(path, "new"))
        elif path not in ours:
            found.append(Difference(path, "gone"))
        elif (root / path).read_bytes() != (build / path).read_bytes():
            found.append(Difference(path, "changed", _where(root / path, build / path)))
    return found


def _where(committed: Path, built: Path) -> str:
    if committed.suffix == ".ipynb":
        return _cell(committed, built)
    if committed.suffix in (".png", ".pdf"):
        return f"{len(committed.read_bytes())} bytes committed, {len(built.read_bytes())} built"
    pairs = zip(_lines(committed), _lines(built), strict=False)
    for number, (a, b) in enumerate(pairs, start=1):
        if a != b:
            return f"line {number}: committed {a[:80]!r}, built {b[:80]!r}"
    return "one is longer than the other"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _cell(committed: Path, built: Path) -> str:
    """The first cell whose outputs differ."""
    for number, (a, b) in enumerate(zip(load(committed).cells, load(built).cells, strict=True)):
        difference = unlike(b.get("outputs", []), a.get("outputs", []))
        if difference:
            return f"cell {number}: {difference}"
        if a.get("execution_count") != b.get("execution_count"):
            return f"cell {number}: executed out of order"
    return "not in the committed form"
