"""Four households and a pencil."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bangfu.cells import Cells
from bangfu.compare import compare_models
from bangfu.estimates import group_time_effects

ROWS = [
    # household, village, arm, cohort, income in 2016, in 2017
    (1, "v1", "courtyard", 2017, 1000.0, 1500.0),
    (2, "v2", "courtyard", 2017, 3000.0, 3300.0),
    (3, "v3", "", 0, 2000.0, 2200.0),
    (4, "v4", "", 0, 4000.0, 4000.0),
]


def cells() -> Cells:
    frame = pd.DataFrame([
        {"id": i, "village": v, "arm": a, "cohort": c, "year": y, "income": m}
        for i, v, a, c, first, second in ROWS
        for y, m in ((2016, first), (2017, second))
    ])  # fmt: skip
    return Cells.from_frame(
        frame, unit="id", cluster="village", time="year", cohort="cohort", outcome="income", arm="arm"
    )


def test_yuan() -> None:
    """Joiners gained (500 + 300) / 2 = 400, others (200 + 0) / 2 = 100: a gain of 300.

    Deviations from the mean changes are 100 and 100 on either side; over the villages of a group the sum of squares is
    20,000, divided by 2 - 1 and by 2: a variance of 10,000 for either mean, 20,000 for the gain. Welch: (10,000 +
    10,000)^2 / (2 x 10,000^2 / 1) = 2 degrees of freedom.
    """
    row = group_time_effects(cells(), scale="level").table.iloc[0]
    assert row["estimate"] == pytest.approx(300)
    assert row["std_error"] == pytest.approx(np.sqrt(20_000))
    assert row["df"] == pytest.approx(2)
    assert row["ci_high"] == pytest.approx(300 + 4.302652729911275 * np.sqrt(20_000))
    assert row["households"] == 2 and row["villages"] == 2 and row["effective_villages"] == pytest.approx(2)


def test_percent() -> None:
    """Joiners' mean went from 2,000 to 2,400; with the others' factor 3,100 / 3,000 it would be 2,066.67: 16.129%."""
    row = group_time_effects(cells(), scale="percent").table.iloc[0]
    assert row["estimate"] == pytest.approx(100 * (2400 / (2000 * 3100 / 3000) - 1))


def test_comparison() -> None:
    result = compare_models(cells(), scale="level")
    row = result.table.iloc[0]
    assert row["arm"] == "courtyard" and row["rank_low"] == row["rank_high"] == 1
    assert result.counts.to_dict("list")["households"] == [2, 2]
    assert result.contrasts.empty or result.contrasts["estimate"].isna().all()
    least = result.detectable.iloc[0]["detectable"]
    assert least == pytest.approx((4.302652729911275 + 1.0606601717798212) * np.sqrt(20_000))
