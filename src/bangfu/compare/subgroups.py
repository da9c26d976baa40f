"""Gains within groups of households: by labour, land, illness or schooling, as known before joining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.cells import build
from bangfu.cells.agreement import fitting, settled
from bangfu.compare.release import apart, released_cells
from bangfu.design import Design
from bangfu.errors import BangfuError, NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import estimate
from bangfu.words import TERMS

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister

COLUMNS = [
    "kind", "arm", "unit", "estimate", "std_error", "df", "ci_low", "ci_high", "p_value", "households", "villages",
    "effective_villages", "note",
]  # fmt: skip


def gains_within(
    register: HouseholdRegister,
    kinds: Mapping[str, Sequence[float]],
    design: Design | None = None,
    campaign: Campaign | None = None,
    *,
    inside: bool = False,
) -> pd.DataFrame:
    """Gains by arm among households of one kind, compared with comparison households of the same kind.

    Parameters
    ----------
    register : HouseholdRegister
    kinds : mapping of str to breaks
        Household facts and where to cut them, each fact by itself; see :meth:`bangfu.HouseholdRegister.cells`. Facts
        of the year of joining or later count as missing.
    design : Design, optional
        Its own facts give way to ``kinds``.
    campaign : Campaign, optional
        For ``exposure="campaign"``.
    inside : bool
        Also of households that are too few to be told of; see :mod:`bangfu.release`. Else, where one class of a fact is
        withheld of an arm, so is the smallest of its others.

    Returns
    -------
    DataFrame
        ``COLUMNS``; ``kind`` is fact and class. A kind in which nothing can be
        estimated has one row without an arm that says why. Facts that the register lacks
        have such a row too.
    """
    frames = []
    for fact, breaks in kinds.items():
        try:
            asked = Design.of(design, by={fact: breaks}, late="missing")
            cells = build(register, asked, campaign=campaign)
            free = inside or cells.info.kind == "synthetic"
            labels, asked = cells.strata[fact], fitting(cells, asked)
            told = cells if free else apart(released_cells(cells, settled(cells, asked)))
        except BangfuError as why:
            frames.append(pd.DataFrame([{"kind": fact, "arm": "", "note": why.en}]))
            continue
        for position, label in enumerate(labels):
            mine = told.rows(told.stratum == position)
            try:
                effects = estimate(mine if free else released_cells(mine, settled(cells, asked)), asked)
                table = aggregate(effects, "overall", draws=0).table.drop(columns=["band_low", "band_high"])
            except NotEstimable as why:
                whole = int(cells.households[cells.stratum == position].sum())
                note = why.en if free or mine.households.sum() == whole else TERMS["withheld"].en
                table = pd.DataFrame([{"arm": "", "note": note}])
            frames.append(table.assign(kind=f"{fact} {_said(str(label))}"))
    out = pd.concat(frames, ignore_index=True).reindex(columns=COLUMNS)
    return out.astype({"households": "Int64", "villages": "Int64"})


def _said(label: str) -> str:
    """A class in words.

    >>> _said("[-inf, 1)"), _said("[1, 2)"), _said("[2, inf)"), _said("missing")
    ('below 1', '1 to below 2', '2 and more', 'missing')
    """
    if not label.startswith("["):
        return label
    low, high = label.strip("[)").split(", ")
    if low == "-inf":
        return f"below {high}"
    return f"{low} and more" if high == "inf" else f"{low} to below {high}"
