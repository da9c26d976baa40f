"""Support paid per household, by arm: what the register records, to stand beside gains and never under them."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from bangfu.register import HouseholdRegister


def support(register: HouseholdRegister) -> pd.DataFrame:
    """Recorded support per joining household.

    Parameters
    ----------
    register : HouseholdRegister

    Returns
    -------
    DataFrame
        ``arm, households, with_amount, mean_yuan, median_yuan``; ``arm`` is the set of models ever taken up, means are of
        the households with an amount, added up over their models, in current yuan. Empty when no amount is recorded.
    """
    taken = register.participation
    columns = ["arm", "households", "with_amount", "mean_yuan", "median_yuan"]
    if "support_yuan" not in taken.columns:
        return pd.DataFrame(columns=columns)
    paid = taken.group_by("household_id").aggregate(
        amount=taken["support_yuan"].sum(),
        **{f"has_{i}": (taken["model"] == model).any() for i, model in enumerate(register.models)},
    )
    parts = [paid[f"has_{i}"].ifelse(f"+{model}", "") for i, model in enumerate(register.models)]
    named = paid.select("amount", arm=reduce(lambda a, b: a.concat(b), parts).substr(1))
    found = named.group_by("arm").aggregate(
        households=named.count(), with_amount=named["amount"].count(), mean_yuan=named["amount"].mean(),
        median_yuan=named["amount"].median(),
    )  # fmt: skip
    frame: pd.DataFrame = found.to_pandas()
    frame = frame[frame["with_amount"] > 0]
    return frame.assign(models=frame["arm"].str.count(r"\+")).sort_values(
        ["models", "arm"], ignore_index=True
    )[columns]
