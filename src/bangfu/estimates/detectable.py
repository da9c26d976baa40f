"""The smallest true gain, and difference between arms, that a test at 5% would find in 80% of such samples."""

from __future__ import annotations

import pandas as pd
from scipy import stats

POWER = 0.8
ALPHA = 0.05


def detectable(gains: pd.DataFrame, contrasts: pd.DataFrame) -> pd.DataFrame:
    """Minimum detectable gains and contrasts (Bloom 1995): (t_(1 - alpha/2) + t_power) standard errors.

    Parameters
    ----------
    gains, contrasts : DataFrame
        With ``arm`` (and ``other``), ``unit, std_error, df``.

    Returns
    -------
    DataFrame
        ``arm, other, unit, std_error, df, detectable``; ``other`` is empty for a gain.
    """
    both = pd.concat([gains.assign(other=""), contrasts], ignore_index=True)
    both = both[["arm", "other", "unit", "std_error", "df"]].copy()
    factor = stats.t.ppf(1 - ALPHA / 2, both["df"]) + stats.t.ppf(POWER, both["df"])
    both["detectable"] = factor * both["std_error"]
    return both
