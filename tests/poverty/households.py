"""Eighty made-up households in ten villages of unequal size, with weights; some incomes are zero or below."""

from __future__ import annotations

import numpy as np
import pandas as pd


def households() -> pd.DataFrame:
    rng = np.random.default_rng(20171)
    n = 80
    village = np.sort(rng.integers(0, 10, n))
    members = rng.integers(1, 7, n)
    per_head = np.exp(rng.normal(8.4 + 0.15 * (village % 3), 0.8, n)).round(2)
    per_head[[3, 40]] = 0.0
    per_head[60] = -350.5
    weight = (10 * rng.uniform(0.5, 3, n)).round(2)
    income = (per_head * members).round(2)
    return pd.DataFrame({"village": village, "members": members, "income": income, "weight": weight})


if __name__ == "__main__":
    households().to_csv("households.csv", index=False)
