"""Does the order of the arms survive other choices? Every scale, control, missing rule and rule for switchers."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.design import Design, Settled
from bangfu.errors import NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import estimate_settled
from bangfu.estimates.notes import NOTES
from bangfu.estimates.ranks import rank_arms
from bangfu.literals import CONTROLS, MISSING, SCALES, SWITCHERS

CHOICES = ("scale", "control", "missing", "switchers")
DRAWS = 4_000


def stability(cells: Cells, design: Design) -> pd.DataFrame:
    """Gains and rank sets under every choice, all else as the design says.

    Returns
    -------
    DataFrame
        ``scale, control, missing, switchers, arm, unit, estimate, std_error, ci_low, ci_high, rank, rank_low, rank_high,
        note``; a choice that cannot be estimated has one row, without an arm, that says why.
    """
    main = settled(cells, design)
    frames = []
    made: dict[Design, pd.DataFrame] = {}
    for choice in product(SCALES, CONTROLS, MISSING, SWITCHERS):
        named = dict(zip(CHOICES, choice, strict=True))
        same = _same(cells, main.replace(**named))
        if same not in made:
            made[same] = _one(cells, same)
        frames.append(made[same].assign(**named))
    columns = [
        *CHOICES, "arm", "unit", "estimate", "std_error", "ci_low", "ci_high", "rank", "rank_low", "rank_high", "note"
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).reindex(columns=columns)


def _same(cells: Cells, design: Settled) -> Settled:
    """The design with rules that cannot matter set to the first: nobody switches, or nobody is missing."""
    switch = any(len({year for year, _ in path.steps}) > 1 for path in cells.paths)
    whole = cells.only(design.column if design.column in cells.sums else design.outcome).complete.all()
    return design.replace(
        missing=MISSING[0] if whole else design.missing,
        switchers=design.switchers if switch else SWITCHERS[0],
    )


def _one(cells: Cells, design: Settled) -> pd.DataFrame:
    if design.scale == "log" and design.column not in cells.sums:
        return pd.DataFrame([{"arm": "", "note": NOTES["no_log"].en}])
    try:
        effects = estimate_settled(cells, design)
    except NotEstimable as why:
        return pd.DataFrame([{"arm": "", "note": why.en}])
    overall = aggregate(effects, "overall", draws=0)
    ranks = rank_arms(
        effects.arms, overall.estimate, overall.combination.covariance, overall.pair_df(effects), best=design.best,
        seed=design.seed, draws=DRAWS,
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
