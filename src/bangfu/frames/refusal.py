"""One form for what is refused: the column, what is wrong, how many rows, the first of them, what to do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bangfu.errors import BangfuError

Masked = NDArray[np.bool_]


def refuse(column: str, rows: Masked, what: tuple[str, str], do: tuple[str, str]) -> None:
    """Raise where a row is marked; values are never shown, since frames may hold persons.

    Parameters
    ----------
    column : str
    rows : bool array
        The rows at fault; counted from 1 in the message.
    what, do : (str, str)
        What is wrong, and what to do about it, in English and in Chinese.

    Raises
    ------
    BangfuError
    """
    count = int(np.count_nonzero(rows))
    if count:
        first = int(np.argmax(rows)) + 1
        words = "1 row" if count == 1 else f"{count} rows"
        raise BangfuError(
            f"{column}: {what[0]} in {words} (first in row {first}); {do[0]}",
            f"{column}:{what[1]},共{count}行(首见于第{first}行);{do[1]}",
        )
