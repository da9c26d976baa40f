"""How a fault between cells is said."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bangfu.errors import Fault

Tables = dict[str, pd.DataFrame]


def fault(table: str, rule: str, words: tuple[str, str], column: str, row: int, value: Any) -> Fault:
    """A fault of one row."""
    return Fault(table, rule, *words, column=column, rows=(row,), value=str(value))
