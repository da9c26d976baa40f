"""A table as a notebook shows it: every number through the one formatter, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bangfu.formats import frame_text


class Table:
    """A small table for reading.

    Parameters
    ----------
    frame : pandas.DataFrame
    decimals : int or dict of str to int
        Decimals of float columns.
    names : mapping of str to str, optional
        Column headings.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        decimals: int | dict[str, int] = 2,
        *,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self.text = frame_text(frame, decimals).rename(columns=dict(names or {}))

    def __repr__(self) -> str:
        return self.text.to_string(index=False) if len(self.text) else "(no rows)"

    def _repr_html_(self) -> str:
        return self.text.to_html(index=False, border=0, escape=True, classes="bangfu")
