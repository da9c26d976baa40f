"""Do intervals from moments cover? Counties that grow at rates of their own, villages redrawn in each replication.

``python -m benchmarks.moments_coverage [--replications 500] [--counties 10] [--seed 7] [--out FILE]`` writes one row per
way: ``released`` (rounded, under disclosure control), ``inside`` (the stratified estimate itself), ``pooled`` (all joiners
against the comparison households of all counties): how often intervals for an arm's gain hold the truth, the median half
width, bias and root mean squared error.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from bangfu.cells import Cells, merge
from bangfu.compare import compare_models
from bangfu.moments import merge_moments, pooled_effects
from benchmarks.coverage_rates import GAIN, Design, draw

GROWTH = 0.03
"""Standard deviation of the counties' yearly growth."""


def counties(count: int, random: np.random.Generator) -> list[Cells]:
    """Cells of counties of 15 to 80 villages, each of its own growth."""
    out = []
    for i in range(count):
        cells = draw(Design("mixed", int(random.integers(15, 81)), (2016, 2017)), random)
        growth = np.exp(GROWTH * random.normal() * np.arange(len(cells.years)))
        sums = {"y": cells.sums["y"] * growth}
        villages = cells.villages.assign(
            county_id=str(i), village_id=cells.villages["village_id"].astype(str)
        )
        largest = {"y": np.abs(sums["y"] / cells.households[:, None]).max(1)}
        info = replace(cells.info, register=f"county {i}")
        out.append(replace(cells, sums=sums, largest=largest, villages=villages, info=info))
    return out


def replicate(count: int, random: np.random.Generator) -> pd.DataFrame:
    """One replication: every arm's gain and interval, three ways."""
    parts = counties(count, random)
    tables = {
        "released": pooled_effects(merge_moments(*(c.moments() for c in parts))).table,
        "inside": pooled_effects(merge_moments(*(c.moments(inside=True) for c in parts))).table,
        "pooled": compare_models(merge(*parts)).table,
    }
    columns = ["arm", "estimate", "ci_low", "ci_high"]
    return pd.concat([table[columns].assign(way=way) for way, table in tables.items()])


def rates(replications: int, count: int, seed: int) -> pd.DataFrame:
    """One row per way."""
    random = np.random.default_rng(seed)
    found = pd.concat([replicate(count, random) for _ in range(replications)])
    truth = 100 * GAIN
    found["covered"] = (found["ci_low"] <= truth) & (truth <= found["ci_high"])
    found["half_width"] = (found["ci_high"] - found["ci_low"]) / 2
    found["off"] = found["estimate"] - truth
    by = found.groupby("way", sort=False)
    return pd.DataFrame({
        "replications": replications, "counties": count, "coverage": by["covered"].mean(), "half_width": by["half_width"].median(),
        "bias": by["off"].mean(), "rmse": by["off"].apply(lambda x: float(np.sqrt((x**2).mean()))),
    }).reset_index()  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=500)
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "results" / "moments_coverage.csv"
    )
    given = parser.parse_args()
    table = rates(given.replications, given.counties, given.seed)
    table.round(4).to_csv(given.out, index=False, lineterminator="\n")
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
