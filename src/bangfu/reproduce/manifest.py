"""What is rebuilt: the hash of every file, and of each figure what it is and which cell made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bangfu.figures.show import json_bytes
from bangfu.notebooks.normal import load
from bangfu.register.loading import open_register

NAME = "manifest.json"
_INVENTED = ("data/register", "data/montecarlo")
"""Shipped folders of invented households, which a build from another register does not rest on."""

PLACES = ("notebooks", "figures")
"""The folders that a build fills."""


def rebuilt(root: Path) -> set[str]:
    """What is rebuilt, relative to the root: executed notebooks and everything under ``figures``."""

    def listed() -> Iterator[Path]:
        yield from (root / "notebooks").glob("*.ipynb")
        yield from (p for p in (root / "figures").rglob("*") if p.is_file() and not p.name.startswith("."))

    return {p.relative_to(root).as_posix() for p in listed()}


def unlike_manifest(root: Path) -> list[str]:
    """Files that are not as the manifest has them: changed, new or gone since it was stored."""
    try:
        known = dict(json.loads((root / "figures" / NAME).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []  # no manifest yet, or none that can be read: the comparison says so
    there = _hashes(root)
    return sorted(name for name in known.keys() | there.keys() if known.get(name) != there.get(name))


def _hashes(root: Path) -> dict[str, str]:
    """Of every rebuilt file but the manifest itself."""
    return {name: file_hash(root / name) for name in sorted(rebuilt(root) - {f"figures/{NAME}"})}


def manifest(build: Path, root: Path, register: Path | None = None) -> bytes:
    """The manifest of a build.

    Parameters
    ----------
    build : Path
        Holds executed ``notebooks/`` and ``figures/``.
    root : Path
        Holds ``data/``, one folder per source, from which the figures are drawn.
    register : Path, optional
        What was read in the place of the shipped register: named with its title and identifier, and the shipped one is not.
    """
    cells = _cells(build / "notebooks")
    entries: list[dict[str, Any]] = []
    for path in sorted((build / "figures").glob("*/*.json")):
        words = json.loads(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}/{path.stem}"
        notebook, cell = cells.get(path.stem, ("", 0))
        entries.append(
            {
                "figure": words["id"],
                "name": name,
                "badge": words["badge"],
                "notebook": notebook,
                "cell": cell,
            }
        )
    sources = sorted(p for p in (root / "data").glob("*") if p.is_dir())
    data = {f"data/{p.name}": folder_hash(p) for p in sources}
    if register is not None:
        data = {name: value for name, value in data.items() if name not in _INVENTED}
        data[named(register)] = register_hash(register)
    return json_bytes({"data": data, "figures": entries, "files": _hashes(build)})


def named(register: Path) -> str:
    """A register as the page, the manifest and the ledger name it: title and identifier; its file's name where it says neither."""
    info = open_register(register)[0].info
    return f"{info.title.en} ({info.id})" if info.id else register.name


def register_hash(register: Path) -> str:
    """One hash for a register: its folder; or its workbook, with a description beside it."""
    if register.is_dir():
        return folder_hash(register)
    beside = register.with_name("register.toml")
    total = file_hash(register)
    return hashlib.sha256(f"{total} {file_hash(beside)}".encode()).hexdigest() if beside.is_file() else total


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
