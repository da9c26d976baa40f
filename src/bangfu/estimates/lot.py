"""Randomisation inference where villages were drawn by lot (Fisher; Young 2019): every other draw could have happened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.design import Design, Settled
from bangfu.errors import NotEstimable, WrongUse, option
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import estimate_settled
from bangfu.estimates.joint import Floats

DRAWS = 999


def lot_p_values(
    cells: Cells, design: Design | None = None, *, within: str | None = None, draws: int = DRAWS
) -> pd.DataFrame:
    """P-values of gains if no household gained anything, over draws of the villages' offers.

    Parameters
    ----------
    cells : Cells
        Every village has one path: made with ``exposure="campaign"``, or from villages in which everybody joined alike.
    design : Design, optional
        Its seed is that of the draws.
    within : {"township_id", "county_id"}, optional
        Lots were drawn within these places.
    draws : int

    Returns
    -------
    DataFrame
        ``arm, estimate, p_value, draws``; the share of draws, the true one included, with an absolute t at least as large.

    Raises
    ------
    NotEstimable
        When households of a village differ in their path: then villages were not drawn.
    WrongUse
        For places that cells do not have.
    """
    chosen = settled(cells, design or Design())
    path_of = np.full(len(cells.villages), -1)
    path_of[cells.village] = cells.path
    if (path_of[cells.village] != cells.path).any():
        way = option("exposure", "campaign")
        raise NotEstimable(
            f"households of a village took up different models, so villages were not drawn; use {way}",
            f"同村农户参加的模式不同,并非按村抽签;请用 {way}",
        )
    if within is not None and (within not in cells.villages or cells.villages[within].isna().any()):
        raise WrongUse(f"no {within!r} for every village", f"并非每个村都有 {within!r}")
    blocks = np.zeros(len(cells.villages), dtype=np.int64)
    if within is not None:
        keys = ["county_id", *([within] if within != "county_id" else [])]
        blocks = cells.villages.groupby(keys, dropna=False).ngroup().to_numpy().astype(np.int64)
    arms, estimate, observed = _t(cells, chosen)
    generator = np.random.default_rng(chosen.seed)
    as_large = np.ones(len(arms))
    for _ in range(draws):
        drawn = path_of.copy()
        for block in np.unique(blocks):
            at = np.flatnonzero(blocks == block)
            drawn[at] = generator.permutation(drawn[at])
        names, _, found = _t(replace(cells, path=drawn[cells.village]), chosen)
        other = pd.Series(found, index=names).reindex(arms).to_numpy()
        as_large += np.nan_to_num(np.abs(other), nan=np.inf) >= np.abs(observed) - 1e-12
    p = np.where(np.isfinite(observed), as_large / (draws + 1), np.nan)
    return pd.DataFrame({"arm": arms, "estimate": estimate, "p_value": p, "draws": draws})


def _t(cells: Cells, design: Settled) -> tuple[list[str], Floats, Floats]:
    overall = aggregate(estimate_settled(cells, design), "overall", draws=0)
    return list(overall.table["arm"]), overall.estimate, overall.estimate / overall.combination.std_error
