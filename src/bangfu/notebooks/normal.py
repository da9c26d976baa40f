"""The form in which a notebook is committed: nothing in it depends on the machine or the interpreter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

Notebook = Any

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def load(path: Path) -> Notebook:
    """Read a notebook, every line end as LF."""
    return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)


def text(notebook: Notebook) -> str:
    """The notebook as it is committed."""
    return str(nbformat.writes(notebook, version=4)).rstrip("\n") + "\n"


def normalise(notebook: Notebook) -> Notebook:
    """Strip cell timing, interpreter versions and random cell names; number the cells; join stream outputs."""
    out = nbformat.from_dict(notebook)
    out.metadata = nbformat.from_dict(METADATA)
    out.nbformat, out.nbformat_minor = 4, 5
    for number, cell in enumerate(out.cells):
        cell["id"] = f"cell-{number:02d}"
        cell["metadata"] = nbformat.from_dict(
            {k: v for k, v in cell.get("metadata", {}).items() if k == "tags"}
        )
        if cell.cell_type == "code":
            cell["outputs"] = [_output(o) for o in _joined(cell.get("outputs", []))]
    return out


def _joined(outputs: list[Any]) -> list[Any]:
    """Streams of one name as one output: how often a kernel flushes is chance."""
    out: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            if output["name"] in streams:
                streams[output["name"]]["text"] += output["text"]
                continue
            streams[output["name"]] = output
        out.append(output)
    return out


def _output(output: Any) -> Any:
    if "metadata" in output:
        output["metadata"] = {
            k: v for k, v in output["metadata"].items() if k in ("image/png", "bangfu_figure")
        }
    return output
