"""Which data a notebook reads: the shipped ones, or those that ``bangfu reproduce --register`` names."""

from __future__ import annotations

import os
from pathlib import Path

from bangfu.notebooks.normal import load
from bangfu.notebooks.run import REGISTER
from bangfu.places import data
from bangfu.release import guarded, setting


def register_folder() -> Path:
    """The register of a notebook's configuration cell: the shipped one unless ``BANGFU_REGISTER`` names another."""
    named = os.environ.get(REGISTER)
    if setting() == "release":
        _guard_frames()
    return Path(named) if named else data("register")


def _guard_frames() -> None:
    """In a notebook, show data frames under the rules of :mod:`bangfu.release`, and no rows of households."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    import pandas as pd

    def shown(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[:0] if "household_id" in [*frame.columns, *frame.index.names] else guarded(frame)

    formatters = shell.display_formatter.formatters
    formatters["text/plain"].for_type(
        pd.DataFrame, lambda frame, printer, _: printer.text(repr(shown(frame)))
    )
    formatters["text/html"].for_type(
        pd.DataFrame, lambda frame: shown(frame).to_html(notebook=True, show_dimensions=True)
    )


def reads_register(notebook: Path) -> bool:
    """Whether a notebook opens its register with :func:`register_folder`."""
    cells = load(notebook).cells
    return any("register_folder(" in c.source for c in cells if c.cell_type == "code")
