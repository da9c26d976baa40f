"""The list of figures: what each file is, which cell made it, and its hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from bangfu.figures.show import json_bytes
from bangfu.notebooks.normal import load

NAME = "manifest.json"


def manifest(build: Path) -> bytes:
    """The manifest of a build.

    Parameters
    ----------
    build : Path
        Holds executed ``notebooks/`` and drawn ``figures/``.
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
                "files": {
                    f"{path.parent.name}/{f.name}": hashlib.sha256(f.read_bytes()).hexdigest() for f in files
                },
            }
        )
    return json_bytes({"figures": entries})


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
