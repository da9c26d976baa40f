"""What else was offered where an arm's households live: help comes in bundles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.estimates.sample import Sample
from bangfu.linking import link

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister


def offers_by_arm(
    sample: Sample, villages: pd.DataFrame, campaign: Campaign, register: HouseholdRegister
) -> pd.DataFrame:
    """Share of each arm's households whose village was offered each component in any year.

    Returns
    -------
    DataFrame
        ``arm, component, share``; arm ``""`` are comparison households.
    """
    offers = link(campaign, register).offers
    arms = list(dict.fromkeys(g.arm for g in sample.groups))
    never = np.flatnonzero(sample.comparison)
    weight = {arm: np.zeros(sample.villages) for arm in arms}
    for h, g in enumerate(sample.groups):
        weight[g.arm] += sample.village_weight(h)
    weight[""] = np.bincount(sample.village[never], sample.weight[never], sample.villages).astype(float)
    rows = []
    for component, of in offers.groupby("component", sort=True):
        offered = villages["village_id"].isin(set(of["village_id"]))
        if "county_id" in of and villages["county_id"].notna().all():
            pairs = set(zip(of["county_id"], of["village_id"], strict=True))
            offered = pd.Series(
                [p in pairs for p in zip(villages["county_id"], villages["village_id"], strict=True)]
            )
        for arm, w in weight.items():
            rows.append((arm, component, float(w[offered.to_numpy()].sum() / w.sum()) if w.sum() else np.nan))
    return pd.DataFrame(rows, columns=["arm", "component", "share"])
