"""Poverty lines and prices of the years of the invented world, from the reference data."""

from __future__ import annotations

from functools import cache

import numpy as np

from bangfu.reference import deflator, poverty_line
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import YEARS


@cache
def lines() -> Floats:
    """The price-updated line by year, yuan per head at current prices, shape (years,)."""
    return np.array(list(poverty_line(YEARS).values()), dtype=np.float32)


@cache
def factors() -> Floats:
    """What nominal yuan of each year are multiplied by to be yuan of the last year, shape (years,)."""
    return np.array(list(deflator(YEARS, YEARS[-1]).values()), dtype=np.float32)
