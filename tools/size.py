"""How large the library is, held against the ceilings in pyproject.toml, which may only go down.

python tools/size.py      the table; exit code 1 where a ceiling is passed
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 110
MEASURES = {
    "total": "lines of Python in src/bangfu",
    "core": "of these outside the extras",
    "file": "longest file",
    "median": "median file",
    "wide": f"lines of more than {WIDTH} characters",
}


def layers(root: Path = ROOT) -> list[list[str]]:
    """The rooms from top to bottom, as the contract in pyproject.toml orders them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[room.strip() for room in layer.split("|")] for layer in contract]


def extras(root: Path = ROOT) -> set[str]:
    """The rooms that the core does not import: what stands between ``attach`` and ``figures``."""
    order = layers(root)
    return {room for layer in order[order.index(["attach"]) + 1 : order.index(["figures"])] for room in layer}


def room_of(path: Path, root: Path = ROOT) -> str:
    """The room of a file: a folder or a single file of ``src/bangfu``."""
    return path.relative_to(root / "src" / "bangfu").parts[0].removesuffix(".py")


def lines(root: Path = ROOT) -> dict[Path, list[str]]:
    """Every Python file of the library, by lines."""
    files = sorted((root / "src" / "bangfu").rglob("*.py"))
    return {path: path.read_text(encoding="utf-8").splitlines() for path in files}


def measured(root: Path = ROOT) -> dict[str, int]:
    """The size by measure."""
    files, outside = lines(root), extras(root)
    sizes = {path: len(text) for path, text in files.items()}
    return {
        "total": sum(sizes.values()),
        "core": sum(n for path, n in sizes.items() if room_of(path, root) not in outside),
        "file": max(sizes.values()),
        "median": round(median(sizes.values())),
        "wide": sum(len(line) > WIDTH for text in files.values() for line in text),
    }


def ceilings(root: Path = ROOT) -> dict[str, int]:
    """The most that each measure may be: ``[tool.bangfu.size]`` in pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return dict(project["tool"]["bangfu"]["size"])


def main(root: Path = ROOT) -> int:
    """Print the table; 1 where a ceiling is passed."""
    most, found = ceilings(root), measured(root)
    for name, words in MEASURES.items():
        verdict = "" if found[name] <= most[name] else "  TOO MANY"
        print(f"{words:<40}{found[name]:>8,}  at most {most[name]:>7,}{verdict}")
    return int(any(found[name] > most[name] for name in MEASURES))


if __name__ == "__main__":
    raise SystemExit(main())
