"""Which data a notebook reads: the shipped ones, or those that ``bangfu reproduce --register`` names."""

from __future__ import annotations

import os
from pathlib import Path

from bangfu.notebooks.normal import load
from bangfu.notebooks.run import REGISTER
from bangfu.places import data


def register_folder() -> Path:
    """The register of a notebook's configuration cell: the shipped one unless ``BANGFU_REGISTER`` names another."""
    named = os.environ.get(REGISTER)
    return Path(named) if named else data("register")


def reads_register(notebook: Path) -> bool:
    """Whether a notebook opens its register with :func:`register_folder`."""
    cells = load(notebook).cells
    return any("register_folder(" in c.source for c in cells if c.cell_type == "code")
