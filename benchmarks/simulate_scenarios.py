"""What the main estimator makes of each scenario, beside the truth: its bias, and the standard error that goes with it.

    python benchmarks/simulate_scenarios.py [--households 200000] [--scenario default ...]

Adds to benchmarks/results/simulate_scenarios.csv one row per scenario and model: the true effect of joining on true and on
recorded income (percent, recorded years, one model only), the plain comparison, and the estimate with its standard error
against all households that never joined and against those of villages where nobody did.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import bangfu
from bangfu.simulation import SCENARIOS, SEED

RESULTS = Path(__file__).parent / "results" / "simulate_scenarios.csv"
ARMS = ("courtyard", "cooperative", "enterprise")


def one(scenario: str, households: int, seed: int) -> pd.DataFrame:
    """Rows for one scenario."""
    with tempfile.TemporaryDirectory() as place:
        folder = bangfu.simulate(
            Path(place) / "register", households, scenario=scenario, seed=seed, truth=False
        )
        att = pd.read_parquet(folder / "truth" / "att.parquet")
        cells = bangfu.load_register(folder).cells("income_per_head")
    rows = pd.DataFrame({"scenario": scenario, "seed": seed, "households": households, "arm": ARMS})
    for column, measure in (("true", "income"), ("true_recorded", "income_recorded")):
        rows[column] = [_truth(att, arm, measure) for arm in ARMS]
    for control in ("never", "never_elsewhere"):
        try:
            found = bangfu.group_time_effects(cells, control=control).aggregate("overall").set_index("arm")
        except bangfu.BangfuError:
            continue
        rows[control] = found["estimate"].reindex(ARMS).to_numpy()
        rows[f"{control}_error"] = found["std_error"].reindex(ARMS).to_numpy()
        rows[f"{control}_bias"] = rows[control] - rows["true_recorded"]
    return rows.round(2)


def _truth(att: pd.DataFrame, arm: str, measure: str) -> float:
    """The mean over cohorts and years after joining, weighted as households are."""
    after = att[
        (att["arm"] == arm)
        & (att["measure"] == measure)
        & (att["scale"] == "percent")
        & (att["event_time"] >= 0)
    ]
    after = after[after["population"] == "sample"]
    return float(np.average(after["value"], weights=after["households"]))


def main() -> None:
    """Every scenario asked for, each stored as soon as it is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scenario", nargs="+", default=list(SCENARIOS))
    options = parser.parse_args()
    for scenario in options.scenario:
        new = one(scenario, options.households, options.seed)
        print(new.to_string(), flush=True)
        key = ["scenario", "seed", "households", "arm"]
        old = pd.read_csv(RESULTS) if RESULTS.is_file() else new.iloc[:0]
        kept = pd.concat([old, new]).drop_duplicates(key, keep="last")
        kept.to_csv(RESULTS, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
