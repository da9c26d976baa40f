"""The list of figures: what each file is, which cell made it, and its hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from bangfu.figures.show import json_bytes
from bangfu.notebooks.normal import load

NAME = "manifest.json"


def manifest(build: Path, root: Path) -> bytes:
    """The manifest of a build.

    Parameters
    ----------
    build : Path
        Holds executed ``notebooks/`` and drawn ``figures/``.
    root : Path
        Holds ``data/``, one folder per source, from which the figures are drawn.
    """
    cells = _cells(build / "notebooks")
    entries: list[dict[str, Any]] = []
    for path in sorted((build / "figures").glob("*/*.json")):
        words = json.loads(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}/{path.stem}"
        notebook, cell = cells.get(path.stem, ("", 0))
        files = sorted(path.parent.glob(f"{path.stem}.*"))
        entries.append(
            {
                "figure": words["id"],
                "name": name,
                "badge": words["badge"],
                "notebook": notebook,
                "cell": cell,
                "files": {f"{path.parent.name}/{f.name}": file_hash(f) for f in files},
            }
        )
    sources = sorted(p for p in (root / "data").glob("*") if p.is_dir())
    return json_bytes({"data": {f"data/{p.name}": folder_hash(p) for p in sources}, "figures": entries})


def folder_hash(folder: Path) -> str:
    """One hash for the names and contents of all files of a folder."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        total.update(f"{path.relative_to(folder).as_posix()} {file_hash(path)}\n".encode())
    return total.hexdigest()


def file_hash(path: Path) -> str:
    """One hash for the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cells(notebooks: Path) -> dict[str, tuple[str, int]]:
    """Which notebook and which executed cell shows each figure."""
    found: dict[str, tuple[str, int]] = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        for cell in load(path).cells:
            for output in cell.get("outputs", []):
                name = output.get("metadata", {}).get("bangfu_figure")
                if name:
                    found.setdefault(name.split("/")[1], (path.name, cell.execution_count))
    return found
