"""Exposure to a campaign: every household of a village has the path of what its village was offered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.cells.assemble import Part
from bangfu.cells.paths import Path
from bangfu.errors import BangfuError, WrongUse, option

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister


def offered(register: HouseholdRegister, campaign: Campaign | None) -> pd.DataFrame:
    """Offers of income models in the register's villages: ``county_id, village_id, component, first_year``.

    Villages that the campaign does not name count as offered nothing.

    Raises
    ------
    WrongUse
        Without a campaign.
    BangfuError
        When no village was offered a model, or it is not stated when.
    """
    from bangfu.linking import link

    if campaign is None:
        asked, needed = option("exposure", "campaign"), option("campaign")
        raise WrongUse(
            f"{asked} needs {needed}: the record of who offered what, where and when",
            f"{asked} 需要给出 {needed},即活动记录:何处何时开展何种举措",
        )
    offers = link(campaign, register).offers
    offers = offers[offers["component"].isin(register.models)]
    if offers.empty:
        raise BangfuError(
            "the campaign offered none of the register's models in any of its villages; nothing to compare",
            "活动没有在台账中的任何村开展任何模式,无从比较",
        )
    undated = int(offers["first_year"].isna().sum())
    if undated:
        raise BangfuError(
            f"{undated} offers have no year; without it nobody knows who was offered a model when: complete the record",
            f"有{undated}项举措没有年份,无法判断何时开展,请补全活动记录",
        )
    return offers[["county_id", "village_id", "component", "first_year"]]


def village_paths(parts: list[Part], offers: pd.DataFrame) -> tuple[list[Part], dict[int, Path]]:
    """Give every row the path of its village."""
    steps: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for county, village, component, year in offers.itertuples(index=False):
        steps.setdefault((str(county), str(village)), []).append((int(year), str(component)))
    paths = {key: Path(tuple(sorted(of))) for key, of in steps.items()}
    distinct = sorted({Path(), *paths.values()})
    code = {path: i for i, path in enumerate(distinct)}
    out = []
    for part in parts:
        keys = zip(part.villages["county_id"].fillna(""), part.villages["village_id"], strict=True)
        of_village = np.array([code[paths.get(key, Path())] for key in keys], dtype=np.int64)
        out.append(replace(part, integers=part.integers | {"path": of_village[part.integers["village"]]}))
    return out, dict(enumerate(distinct))
