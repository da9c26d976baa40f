"""A repository in miniature: two tiny notebooks with a figure each, executed and committed."""

from __future__ import annotations

from pathlib import Path

import nbformat

from bangfu.notebooks.normal import normalise, text
from bangfu.reproduce import reproduce

CODE = """
import pandas as pd
from bangfu.figures import Figure, Number, Table, show
from bangfu.words import Word

def draw(panel, lang):
    axes = panel.add_axes((0.1, 0.15, 0.8, 0.8))
    axes.plot([1, 2, 3], [{a}, 2, 3])

w = Word("a finding", "一个发现")
figure = Figure("{name}", "synthetic", w, w, w, w, w, pd.DataFrame({{"x": [1.5, {a}.25]}}), draw, w, {{"x": Number({a}.25, "yuan")}})
"""


def notebook(path: Path, name: str, a: int) -> None:
    cells = [
        nbformat.v4.new_markdown_cell(f"# {name}"),
        nbformat.v4.new_code_cell(CODE.format(name=name, a=a).strip()),
        nbformat.v4.new_code_cell("show(figure)"),
        nbformat.v4.new_code_cell("print('total', 0.1 + 0.2 > 0.3)"),
        nbformat.v4.new_code_cell("Table(figure.data)"),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(normalise(nbformat.v4.new_notebook(cells=cells))), encoding="utf-8")


def small_study(root: Path, *, notebooks: int = 2) -> Path:
    """Make the repository and commit its outputs; gives its root."""
    for name, a in (("01_one", 1), ("02_two", 4))[:notebooks]:
        notebook(root / "notebooks" / f"{name}.ipynb", name, a)
    (root / "data" / "somewhere").mkdir(parents=True)
    (root / "data" / "somewhere" / "facts.csv").write_bytes(b"x\n1\n")
    reproduce(root, keep=True, quiet=True, say=lambda _: None)
    return root


def contents(root: Path) -> dict[str, bytes]:
    """Every file of a tree."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
