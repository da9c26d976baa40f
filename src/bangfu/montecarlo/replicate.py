"""One replication: every method on one invented register, beside the truth planted there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bangfu.compare import naive
from bangfu.compare.pooled import pooled_effects
from bangfu.design import SEED
from bangfu.errors import NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.family import joined_shares
from bangfu.estimates.group_time import group_time_effects
from bangfu.estimates.ranks import rank_sets
from bangfu.montecarlo.panel import cells_of, panel_of, truth_of
from bangfu.simulation import draw
from bangfu.words import Word

METHODS: dict[str, Word] = naive.METHODS | {
    "cohorts_elsewhere": Word(
        "cohort by cohort, against other villages", "分批次双重差分(对照:外村未参加户)"
    ),
}
"""Methods in the order in which they are shown."""

CONTROLS = {"cohorts": "never", "cohorts_elsewhere": "never_elsewhere"}
DRAWS = 1_000
"""Draws behind rank sets."""


def replicate(scenario: str, seed: int, households: int) -> pd.DataFrame:
    """Draw one world and let every method answer.

    Parameters
    ----------
    scenario : str
        One of ``bangfu.simulation.SCENARIOS``.
    seed : int
    households : int

    Returns
    -------
    DataFrame
        ``scenario, seed, method, arm, estimate, ci_low, ci_high, truth, rank_low, rank_high, true_rank``, percent; the arm ``"all"`` is of all
        joiners. ``true_rank`` counts the models of larger planted gain; rank ends are of methods that give them. A
        method that could not answer is left out.
    """
    drawn = draw(households, scenario=scenario, seed=seed)
    panel = panel_of(drawn)
    cells = cells_of(panel, drawn)
    rows, truths, whole = [], {}, np.nan
    for method, control in CONTROLS.items():
        try:
            effects = group_time_effects(cells, control=control, seed=SEED)
        except NotEstimable:
            continue
        overall = aggregate(effects, "overall", draws=0)
        truth = truth_of(drawn.truth.att, effects, overall)
        share = joined_shares(effects, overall)
        table = overall.table.assign(truth=truth)
        alone = ~table["arm"].str.contains("+", regex=False) & table["estimate"].notna()
        keep = np.flatnonzero(alone.to_numpy())
        ranks = rank_sets(
            overall.estimate[keep], overall.combination.covariance[np.ix_(keep, keep)],
            overall.pair_df(effects)[np.ix_(keep, keep)], seed=SEED, draws=DRAWS,
        )  # fmt: skip
        mine = table.iloc[keep].assign(
            rank_low=ranks["rank_low"].to_numpy(), rank_high=ranks["rank_high"].to_numpy()
        )
        rows.append(mine.assign(method=method))
        every = pooled_effects(effects, overall)
        total = float(np.nan_to_num(truth) @ share)
        rows.append(pd.DataFrame([{"method": method, "arm": "all", "truth": total, **every}]))
        if method == "cohorts":
            truths, whole = dict(zip(mine["arm"], mine["truth"], strict=True)), total
    rows += _plain(panel, drawn.households, truths, whole)
    out = pd.concat(rows, ignore_index=True)
    out["true_rank"] = out["arm"].map({a: 1 + sum(v > truths[a] for v in truths.values()) for a in truths})
    columns = [
        "method",
        "arm",
        "estimate",
        "ci_low",
        "ci_high",
        "truth",
        "rank_low",
        "rank_high",
        "true_rank",
    ]
    out = out[columns].assign(scenario=scenario, seed=seed)
    return out[["scenario", "seed", *columns]]


def _plain(
    panel: pd.DataFrame, households: pd.DataFrame, truths: dict[str, float], whole: float
) -> list[pd.DataFrame]:
    """The comparisons that mislead; each is held against the truth that the cohorts' average should find."""
    ways: dict[str, Callable[[], tuple[float, float, float]]] = {
        "before_after": lambda: naive.before_after(panel),
        "members": lambda: naive.members(panel),
        "matching": lambda: naive.matching(panel, households),
        "matching_differences": lambda: naive.matching(panel, households, differences=True),
    }
    names = ["estimate", "ci_low", "ci_high"]
    rows = [
        {"method": m, "arm": "all", "truth": whole} | dict(zip(names, way(), strict=True))
        for m, way in ways.items()
    ]
    by_arm = naive.members_by_arm(panel)
    by_arm = by_arm[by_arm["arm"].isin(truths)]
    return [
        pd.DataFrame(rows),
        by_arm.assign(method="members", truth=by_arm["arm"].map(truths)),
    ]
