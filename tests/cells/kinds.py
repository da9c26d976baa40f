"""A clean panel with a planted gain, and the estimate from it: what every accepted form of it must give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.estimates import group_time_effects

ROLES: dict[str, Any] = {
    "unit": "unit", "cluster": "village", "time": "year", "cohort": "cohort", "outcome": "income"
}  # fmt: skip
YEARS = (2014, 2015, 2016, 2017, 2018)
GAIN = 500.0


def clean(cohorts: tuple[int, ...] = (0, 2016, 2017)) -> pd.DataFrame:
    """One row per unit and year; 120 units in 12 villages; the gain is 500 from the first treated year on."""
    draw = np.random.default_rng(1)
    unit = np.arange(120)
    frame = pd.DataFrame({"unit": unit, "village": [f"v{i % 12:02d}" for i in unit]})
    frame["cohort"] = np.array(cohorts)[unit // 12 % len(cohorts)]
    frame["level"] = 5000 + draw.normal(0, 600, len(unit))
    rows = frame.merge(pd.DataFrame({"year": YEARS}), how="cross")
    gain = GAIN * ((rows["cohort"] > 0) & (rows["year"] >= rows["cohort"]))
    rows["income"] = rows.pop("level") + 120 * (rows["year"] - 2014) + gain + draw.normal(0, 150, len(rows))
    rows["arm"] = np.where(rows["cohort"] > 0, "tea", "")
    rows["w"] = 1.0 + rows["unit"] % 3
    return rows


def overall(cells: Cells, scale: str = "yuan", control: str = "never") -> tuple[float, float]:
    """The overall estimate and its standard error."""
    row = group_time_effects(cells, scale=scale, control=control).aggregate("overall").iloc[0]
    return float(row["estimate"]), float(row["std_error"])
