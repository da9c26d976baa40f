"""The planted gain of an invented register, as one number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from bangfu.errors import WrongUse


def planted_gain(folder: str | Path, arm: str | None = None, *, recorded: bool = False) -> float:
    """The average planted gain of joiners in percent, over the joining households and years that the register holds.

    Parameters
    ----------
    folder : path
        A register written by :func:`bangfu.simulate`, with its folder ``truth/``.
    arm : str, optional
        One arm; all joiners without.
    recorded : bool
        Of recorded income instead of actual income.

    Raises
    ------
    WrongUse
        For a register without planted truth.
    """
    path = Path(folder) / "truth" / "att.parquet"
    if not path.is_file():
        raise WrongUse(
            "this register has no true values; only registers that bangfu simulate wrote have them",
            "这份台账没有设定的真实值;只有 bangfu simulate 生成的台账才有",
        )
    table = pd.read_parquet(path)
    rows = table[
        (table["scale"] == "percent") & (table["event_time"] >= 0) & (table["population"] == "sample")
        & (table["measure"] == ("income_recorded" if recorded else "income"))
    ]  # fmt: skip
    if arm is not None:
        rows = rows[rows["arm"] == arm]
    return float(np.average(rows["value"], weights=rows["households"])) if len(rows) else float("nan")
