"""Do intervals, bands and rank sets cover? A thousand replications, villages redrawn in each.

``python benchmarks/coverage_rates.py [--replications 1000] [--seed 7] [--processes 2] [--out FILE]`` writes one row per design, number of
villages and scale: how often intervals for gains and for contrasts hold the truth, how often a whole band does, and how
often rank sets of three truly equal models hold all true ranks.

Designs: ``mixed``: every village has joiners of each arm and comparison households, years shaken by village and by
village and arm; ``staggered``: the same, joining in two years; ``villages``: a village has one arm or none, so that all households of a village share its shocks.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path as File

import numpy as np
import pandas as pd

from bangfu.cells import Cells, CellsInfo
from bangfu.cells.paths import Path
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.contrasts import as_they_are
from bangfu.estimates.group_time import group_time_effects
from bangfu.estimates.ranks import rank_sets

YEARS = (2014, 2015, 2016, 2017, 2018)
ARMS = ("courtyard", "cooperative", "enterprise")
GAIN = 0.05
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Design:
    """One way to draw a sample.

    Attributes
    ----------
    name : {"mixed", "staggered", "villages"}
    villages : int
    cohorts : tuple of int
    """

    name: str
    villages: int
    cohorts: tuple[int, ...] = (2016,)


def draw(design: Design, random: np.random.Generator) -> Cells:
    """Cells of one sample; sums of households' normal errors are drawn as what they are, normal."""
    paths = (Path(), *(Path(((c, a),)) for a in ARMS for c in design.cohorts))
    v = design.villages
    size = random.integers(20, 60, v)
    if design.name != "villages":
        village = np.repeat(np.arange(v), len(paths))
        path = np.tile(np.arange(len(paths)), v)
        n = np.maximum(random.binomial(size[village], np.where(path == 0, 0.4, 0.6 / (len(paths) - 1))), 1)
    else:
        village, path, n = np.arange(v), np.arange(v) % len(paths), size
    rows, years = len(village), len(YEARS)
    growth = 1.03 ** np.arange(years)
    level = 6_000 * np.exp(0.2 * random.normal(size=v))[village] * (1 - 0.1 * (path > 0))
    shaken = 1 + 0.05 * random.normal(size=(v, years))[village] + 0.03 * random.normal(size=(rows, years))
    first = np.array([p.steps[0][0] if p.steps else 9_999 for p in paths])[path]
    gain = 1 + GAIN * (np.array(YEARS) >= first[:, None])
    mean = level[:, None] * growth * shaken * gain
    noise = 2_500 * random.normal(size=(rows, 1)) + 1_500 * random.normal(size=(rows, years))
    sums = n[:, None] * mean + np.sqrt(n)[:, None] * noise
    places = pd.DataFrame({"county_id": None, "township_id": None, "village_id": np.arange(v)})
    whole = np.full(rows, (1 << years) - 1)
    return Cells(
        YEARS, places, paths, pd.DataFrame(index=range(1)), village, path, np.zeros(rows, dtype=np.int64),
        {"y": whole}, n.astype(np.int64), n.astype(float), {"y": sums}, {"y": np.abs(sums).max(1)},
        CellsInfo(models=ARMS, kind="synthetic", spec={"units": {"y": "yuan"}}),
    )  # fmt: skip


def replicate(design: Design, errors: str, seed: int, random: np.random.Generator) -> dict[str, float]:
    """One sample: which statements were true."""
    control = "never_elsewhere" if design.name == "villages" else "never"
    full = errors == "cr2"
    effects = group_time_effects(draw(design, random), errors=errors, control=control, seed=seed)
    overall = aggregate(effects, "overall", draws=DRAWS if full else 0)
    truth = 100 * GAIN
    table = overall.table
    out = {
        "interval": ((table["ci_low"] <= truth) & (truth <= table["ci_high"])).mean(),
        "half_width": float(((table["ci_high"] - table["ci_low"]) / 2).median()),
        "bias": float((table["estimate"] - truth).mean()),
    }
    if not full:
        return out
    contrast = as_they_are(effects, overall).table
    event = aggregate(effects, "event", draws=DRAWS).table
    target = np.where(event["event_time"] >= 0, truth, 0.0)
    ranks = rank_sets(
        overall.estimate, overall.combination.covariance, overall.pair_df(effects), seed=seed, draws=DRAWS
    )
    return out | {
        "contrast": ((contrast["ci_low"] <= 0) & (contrast["ci_high"] >= 0)).mean(),
        "band": float(((table["band_low"] <= truth) & (truth <= table["band_high"])).all()),
        "band_event": float(((event["band_low"] <= target) & (target <= event["band_high"])).all()),
        "ranks": float(((ranks["rank_low"] == 1) & (ranks["rank_high"] == len(ranks))).all()),
    }


def run(design: Design, errors: str, replications: int, seed: int) -> dict[str, object]:
    """All replications of one design."""
    random = np.random.default_rng([seed, design.villages, len(design.name)])
    began = time.perf_counter()
    found = pd.DataFrame([replicate(design, errors, seed, random) for _ in range(replications)])
    per_group = design.villages // 4 if design.name == "villages" else design.villages
    row = {
        "design": design.name,
        "villages": design.villages,
        "villages_per_group": per_group,
        "errors": errors,
    }
    row |= found.mean().round(4).to_dict() | {"replications": len(found), "seed": seed}
    print(row, f"{time.perf_counter() - began:.0f} s", flush=True)
    return row


def main() -> None:
    """Run all designs and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=File, default=File(__file__).parent / "results" / "coverage.csv")
    options = parser.parse_args()
    work = [
        (Design(name, villages, (2016, 2017) if name == "staggered" else (2016,)), errors, options.replications, options.seed)
        for name in ("mixed", "staggered", "villages")
        for villages in (8, 12, 20, 40)
        for errors in (("cr2", "normal") if name == "mixed" else ("cr2",))
    ]  # fmt: skip
    with Pool(options.processes) as pool:
        rows = pool.starmap(run, work, chunksize=1)
    options.out.parent.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(options.out, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
