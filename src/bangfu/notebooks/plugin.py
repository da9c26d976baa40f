"""What nbval lets through, held exactly: images, order, type and number of outputs.

nbval runs each cell once and compares texts; this plugin takes what that same run produced and compares all of it
with what is committed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import nbformat
import pytest

from bangfu.notebooks.normal import normalise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After nbval's own comparison, compare exactly."""
    result = yield
    produced = getattr(item, "test_outputs", None)
    cell = getattr(item, "cell", None)
    if produced is not None and cell is not None:
        difference = unlike(produced, cell.outputs)
        if difference:
            raise AssertionError(f"cell {getattr(item, 'cell_num', '?')}: {difference}")
    return result


def unlike(produced: list[Any], committed: list[Any]) -> str:
    """How two lists of outputs differ; empty when they do not."""
    ours, theirs = (_plain(outputs) for outputs in (produced, committed))
    if len(ours) != len(theirs):
        return f"running gives {len(ours)} outputs, {len(theirs)} are committed"
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        for key in sorted({*a, *b}):
            if a.get(key) != b.get(key):
                return f"output {number}: {key} differs from what is committed"
    return ""


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
