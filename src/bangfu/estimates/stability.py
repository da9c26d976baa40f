"""Does the order of the arms survive other choices? Every scale, control, missing rule and rule for switchers."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.paths import SWITCHERS
from bangfu.design import SCALES
from bangfu.errors import NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import group_time_effects
from bangfu.estimates.notes import NOTES
from bangfu.estimates.ranks import rank_arms
from bangfu.estimates.sample import CONTROLS, MISSING

CHOICES = ("scale", "control", "missing", "switchers")
DRAWS = 4_000


def stability(cells: Cells, outcome: str, *, best: str = "high", seed: int, **fixed: Any) -> pd.DataFrame:
    """Gains and rank sets under every choice.

    Parameters
    ----------
    cells : Cells
    outcome : str
        Without ``log:``.
    best : {"high", "low"}
    seed : int
    **fixed
        What does not vary: ``base``, ``anticipation``, ``cluster``, ``adjust``, ``errors``.

    Returns
    -------
    DataFrame
        ``scale, control, missing, switchers, arm, unit, estimate, std_error, ci_low, ci_high, rank, rank_low, rank_high,
        note``; a choice that cannot be estimated has one row, without an arm, that says why.
    """
    frames = []
    made: dict[tuple[str, ...], pd.DataFrame] = {}
    for choice in product(SCALES, CONTROLS, MISSING, SWITCHERS):
        named = dict(zip(CHOICES, choice, strict=True))
        same = _same(cells, outcome, named)
        if same not in made:
            made[same] = _one(cells, outcome, best, seed, dict(zip(CHOICES, same, strict=True)), fixed)
        frames.append(made[same].assign(**named))
    columns = [
        *CHOICES, "arm", "unit", "estimate", "std_error", "ci_low", "ci_high", "rank", "rank_low", "rank_high", "note"
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).reindex(columns=columns)


def _same(cells: Cells, outcome: str, named: dict[str, str]) -> tuple[str, ...]:
    """The choice with rules that cannot matter set to the first: nobody switches, or nobody is missing."""
    switch = any(len({year for year, _ in path.steps}) > 1 for path in cells.paths)
    logs = named["scale"] == "log" and f"log:{outcome}" in cells.outcomes
    whole = cells.only(f"log:{outcome}" if logs else outcome).complete.all()
    return (
        named["scale"], named["control"], MISSING[0] if whole else named["missing"],
        named["switchers"] if switch else SWITCHERS[0],
    )  # fmt: skip


def _one(
    cells: Cells, outcome: str, best: str, seed: int, named: dict[str, Any], fixed: dict[str, Any]
) -> pd.DataFrame:
    if named["scale"] == "log" and f"log:{outcome}" not in cells.outcomes:
        return pd.DataFrame([{"arm": "", "note": NOTES["no_log"].en}])
    try:
        effects = group_time_effects(cells, outcome, seed=seed, **named, **fixed)
    except NotEstimable as why:
        return pd.DataFrame([{"arm": "", "note": why.en}])
    overall = aggregate(effects, "overall", draws=0)
    ranks = rank_arms(
        effects.arms, overall.estimate, overall.combination.covariance, overall.pair_df(effects), best=best, seed=seed, draws=DRAWS
    )  # fmt: skip
    table = overall.table[["arm", "unit", "estimate", "std_error", "ci_low", "ci_high", "note"]]
    return table.assign(**{name: ranks[name].to_numpy() for name in ranks.columns})


def winner(table: pd.DataFrame) -> str:
    """The arm whose rank is surely first under every choice that can be estimated; empty when there is none.

    Parameters
    ----------
    table : DataFrame
        As :func:`stability` gives it.
    """
    choices = table[table["arm"] != ""].groupby(list(CHOICES), sort=False)
    first = [set(of.loc[of["rank_high"].fillna(np.inf) == 1, "arm"]) for _, of in choices]
    common = set.intersection(*first) if first else set()
    return common.pop() if len(common) == 1 else ""
