"""How much may a small county hand up?

``python -m benchmarks.moments_small [--counties 20] [--out FILE]`` draws counties of 12 to 60 villages of some eight
households, with two arms in every second village, and writes one row per size and number of cohorts: how many counties may
hand up anything, and how many results of how many arms, in the middle and at most.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from tests.moments.counties import cells, panel

from bangfu.errors import BangfuError

VILLAGES = (12, 16, 20, 24, 30, 40, 50, 60)
COHORTS = {1: (2017,), 2: (2017, 2018)}
RESULTS = Path(__file__).parent / "results" / "moments_small.csv"


def handed(seed: int, villages: int, cohorts: tuple[int, ...]) -> tuple[int, int, int]:
    """Results that may be handed up, the arms that they are of, and results that there are."""
    made = cells(panel(seed, villages, arms=2, cohorts=cohorts))
    every = len(made.moments(inside=True).table)
    try:
        table = made.moments().table
    except BangfuError:
        return 0, 0, every
    return len(table), table["arm"].nunique(), every


def measured(counties: int) -> pd.DataFrame:
    """One row per size and number of cohorts."""
    rows = []
    for count, cohorts in COHORTS.items():
        for villages in VILLAGES:
            results, arms, every = np.array([handed(seed, villages, cohorts) for seed in range(counties)]).T
            rows.append(
                {
                    "villages": villages, "cohorts": count, "counties": counties, "with_any": int((results > 0).sum()),
                    "median_results": float(np.median(results)), "most_results": int(results.max()),
                    "median_arms": float(np.median(arms)), "median_of": float(np.median(every)),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moments_small")
    parser.add_argument("--counties", type=int, default=20)
    parser.add_argument("--out", type=Path, default=RESULTS)
    said = parser.parse_args()
    table = measured(said.counties)
    print(table.to_string(index=False))
    table.to_csv(said.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
