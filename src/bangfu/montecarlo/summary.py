"""What the replications say of each method in each scenario, and the committed results."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bangfu.montecarlo.replicate import METHODS
from bangfu.places import data

FIRST_SEED = 1_000
"""Of round 0; far from the shipped registers' seeds."""

HOUSEHOLDS = 4_000
"""Per world: 80 villages."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The Monte Carlo under ``data/montecarlo``.

    Attributes
    ----------
    replications : DataFrame
        As :func:`bangfu.montecarlo.replicate` gives it, all rounds.
    about : dict of str to int
        ``scenarios, replications, households, first_seed, seconds_of_one_core``.
    """

    replications: pd.DataFrame
    about: dict[str, int]

    @property
    def summary(self) -> pd.DataFrame:
        """As :func:`summary` gives it."""
        return summary(self.replications)


def committed() -> Committed:
    """Read the committed results."""
    folder = data("montecarlo")
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return Committed(
        pd.read_csv(folder / "replications.csv", keep_default_na=False, na_values=[""]),
        {k: int(v) for k, v in about.items()},
    )


def summary(replications: pd.DataFrame) -> pd.DataFrame:
    """Bias, coverage and false ranking of each method in each scenario.

    Parameters
    ----------
    replications : DataFrame
        As :func:`bangfu.montecarlo.replicate` gives it.

    Returns
    -------
    DataFrame
        ``scenario, method, truth, bias, bias_error, spread, coverage, false_first, false_rank, worlds, with_interval``. Of
        the gain of all joiners: the mean truth, mean estimate less truth with its Monte Carlo error (percentage points),
        standard deviation of the estimates, and the share of 95% intervals that hold the truth (of worlds with an
        interval: there is none when an arm and cohort rests on one village). Of the models apart: how often the one with
        the largest estimate has not alone the largest truth, and how often possible ranks leave out a true rank (shares;
        missing where the method does not tell models apart).
    """
    rows = []
    for (scenario, method), of in replications.groupby(["scenario", "method"], sort=False):
        whole = of[(of["arm"] == "all") & of["estimate"].notna()]
        gap = whole["estimate"] - whole["truth"]
        known = whole[whole["ci_low"].notna() & whole["ci_high"].notna()]
        holds = (known["ci_low"] <= known["truth"]) & (known["truth"] <= known["ci_high"])
        first, ranked = _false(of[of["arm"] != "all"])
        rows.append(
            {
                "scenario": scenario, "method": method, "truth": whole["truth"].mean(), "bias": gap.mean(),
                "bias_error": gap.std() / np.sqrt(len(gap)), "spread": whole["estimate"].std(), "coverage": holds.mean(),
                "false_first": first, "false_rank": ranked, "worlds": len(whole), "with_interval": len(known),
            }
        )  # fmt: skip
    out = pd.DataFrame(rows)
    order = {m: i for i, m in enumerate(METHODS)}
    names = {s: i for i, s in enumerate(replications["scenario"].unique())}
    place = out["scenario"].map(names) * len(order) + out["method"].map(order)
    return out.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def _false(arms: pd.DataFrame) -> tuple[float, float]:
    """How often the first place, and how often a set of possible ranks, is wrong."""
    if arms.empty:
        return np.nan, np.nan
    best = arms.loc[arms.groupby("seed")["estimate"].idxmax()].set_index("seed")
    top = arms.groupby("seed")["truth"].max()
    ties = arms.groupby("seed")["truth"].apply(lambda t: int((t >= t.max() - 1e-9).sum()))
    first = float(((best["truth"] < top.reindex(best.index) - 1e-9) | (ties.reindex(best.index) > 1)).mean())
    if arms["rank_low"].isna().all():
        return first, np.nan
    outside = (arms["true_rank"] < arms["rank_low"]) | (arms["true_rank"] > arms["rank_high"])
    return first, float(outside.groupby(arms["seed"]).any().mean())
