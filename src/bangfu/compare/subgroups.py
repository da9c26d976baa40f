"""Gains within groups of households: by labour, land, illness or schooling, as known before joining."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import group_time_effects


def gains_within(cells: Cells, outcome: str | None = None, **rules: Any) -> pd.DataFrame:
    """Gains by arm among households of one covariate cell, compared with comparison households of the same cell.

    Parameters
    ----------
    cells : Cells
        With covariate cells: ``register.cells(outcome, by={"labour": [1, 2]})``.
    outcome : str, optional
    **rules
        As for :func:`bangfu.group_time_effects`.

    Returns
    -------
    DataFrame
        The covariates, then the columns of :func:`bangfu.compare_models`' table without ranks; a cell in which nothing can
        be estimated has one row without an arm that says why.

    Raises
    ------
    WrongUse
        For cells without covariates.
    """
    if not len(cells.strata.columns):
        raise WrongUse(
            "these cells have no covariates; make them with register.cells(..., by=...)",
            "这份汇总数据没有分组变量;请用 register.cells(..., by=...) 重新生成",
        )
    frames = []
    for position, labels in enumerate(cells.strata.to_dict("records")):
        try:
            effects = group_time_effects(_only(cells, position), outcome, **rules)
            table = aggregate(effects, "overall", draws=0).table.drop(columns=["band_low", "band_high"])
        except NotEstimable as why:
            table = pd.DataFrame([{"arm": "", "note": why.en}])
        frames.append(table.assign(**{str(k): v for k, v in labels.items()}))
    out = pd.concat(frames, ignore_index=True)
    ordered: pd.DataFrame = out[
        [*cells.strata.columns, *(c for c in out.columns if c not in cells.strata.columns)]
    ]
    return ordered


def _only(cells: Cells, stratum: int) -> Cells:
    """The rows of one covariate cell."""
    keep = np.flatnonzero(cells.stratum == stratum)
    return replace(
        cells,
        village=cells.village[keep],
        path=cells.path[keep],
        stratum=cells.stratum[keep],
        patterns={name: seen[keep] for name, seen in cells.patterns.items()},
        households=cells.households[keep],
        weight=cells.weight[keep],
        sums={name: values[keep] for name, values in cells.sums.items()},
    )
