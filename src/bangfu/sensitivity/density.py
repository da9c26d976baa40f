"""Are incomes put just above the line, or rounded?"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import NotEstimable, WrongUse

Floats = NDArray[np.float64]

FEWEST = 50
"""Households on either side of the line below which nothing is tested."""


def density_at_line(
    values: pd.Series[float] | Floats, line: float, *, most: float | None = None
) -> pd.Series[float]:
    """Does the density of incomes jump at the line? (Cattaneo, Jansson & Ma 2020, by the package diff-diff.)

    More households just above the line than just below it speaks for incomes that were reported to the line. Households
    are taken as independent; heaped incomes break the test, see :func:`heaping`.

    Parameters
    ----------
    values : array
        Income per head, nominal, of one year; missing values are left out.
    line : float
        That year's line.
    most : float, optional
        Leave out incomes beyond it.

    Returns
    -------
    Series
        ``below, above`` (densities at the line per yuan), ``ratio``, ``t``, ``p_value``, ``households_below,
        households_above`` (all of either side).

    Raises
    ------
    NotEstimable
        With fewer than 50 households on a side.
    """
    from diff_diff import RDDensityTest

    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x) & (x <= (np.inf if most is None else most))]
    sides = int((x < line).sum()), int((x >= line).sum())
    if min(sides) < FEWEST:
        raise NotEstimable(
            f"{sides[0]} households below and {sides[1]} above the line; {FEWEST} on each side are needed",
            f"线下{sides[0]}户、线上{sides[1]}户,两侧各需{FEWEST}户",
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = RDDensityTest(cutoff=float(line)).fit(pd.DataFrame({"x": x}), "x")
    below, above = float(found.f_left), float(found.f_right)
    return pd.Series(
        {
            "below": below, "above": above, "ratio": above / below if below > 0 else np.nan, "t": float(found.t_stat),
            "p_value": float(found.p_value), "households_below": sides[0], "households_above": sides[1],
        }
    )  # fmt: skip


def heaping(values: pd.Series[float] | Floats, steps: tuple[int, ...] = (10, 100, 500, 1000)) -> pd.DataFrame:
    """Which share of amounts is a whole multiple of 10, 100, 500 or 1,000 yuan, against what chance would give?

    Parameters
    ----------
    values : array
        Amounts in yuan as reported (a household's, not per head, and not deflated); zero and missing left out.
    steps : tuple of int

    Returns
    -------
    DataFrame
        ``step, share, by_chance, times, households``: by chance one whole-yuan amount in ``step``.
    """
    x = np.asarray(values, dtype=np.float64)
    x = x[np.isfinite(x) & (x != 0)]
    if not len(x) or min(steps) < 1:
        raise WrongUse(
            "heaping needs amounts other than zero, and steps of at least 1", "需要非零金额,步长至少为1"
        )
    share = np.array([float((np.abs(x / s - np.round(x / s)) < 1e-9).mean()) for s in steps])
    chance = 1 / np.array(steps, dtype=np.float64)
    return pd.DataFrame(
        {"step": steps, "share": share, "by_chance": chance, "times": share / chance, "households": len(x)}
    )
