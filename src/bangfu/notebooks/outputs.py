"""How the outputs of a cell differ from the committed ones: images, order, type and number included."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import nbformat

from bangfu.notebooks.normal import normalise


def unlike(produced: list[Any], committed: list[Any]) -> str:
    """How two lists of outputs differ; empty when they do not."""
    ours, theirs = (_plain(outputs) for outputs in (produced, committed))
    if len(ours) != len(theirs):
        return f"running gives {len(ours)} outputs, {len(theirs)} are committed"
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        for key in sorted({*a, *b}):
            if a.get(key) != b.get(key):
                return f"output {number}: {key} differs from what is committed{_first_line(a.get(key), b.get(key))}"
    return ""


def _first_line(produced: object, committed: object) -> str:
    """The first line in which two texts part; nothing for images and what one side lacks."""
    if not isinstance(produced, str) or not isinstance(committed, str):
        return ""
    pairs = enumerate(zip_longest(produced.splitlines(), committed.splitlines(), fillvalue=""), start=1)
    line, ours, theirs = next(((n, a, b) for n, (a, b) in pairs if a != b), (0, "", ""))
    if max(len(ours), len(theirs)) > 200 or not line:
        return ""
    return f"; line {line}: committed {theirs!r}, now {ours!r}"


def _plain(outputs: list[Any]) -> list[dict[str, Any]]:
    """Outputs as flat mappings: type, stream name and text, every representation, and the metadata we keep."""
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(dict(o)) for o in outputs])
    flat = []
    for output in normalise(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs:
        one = {k: v for k, v in output.items() if k not in ("data", "metadata", "execution_count")}
        one |= {
            f"data {k}": v.rstrip("\n") if isinstance(v, str) else v
            for k, v in output.get("data", {}).items()
        }
        one |= {
            f"metadata {k}": dict(v) if isinstance(v, dict) else v
            for k, v in output.get("metadata", {}).items()
        }
        flat.append(one)
    return flat
