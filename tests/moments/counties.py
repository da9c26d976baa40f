"""Simulated counties, as flat panels: what a test needs to know of every household, and the cells made of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from bangfu.cells import Cells

YEARS = np.arange(2014, 2021)
ARMS = ("courtyard", "cooperative", "enterprise")
GAINS = (0.05, 0.06, 0.08)


def panel(
    seed: int,
    villages: int,
    size: int = 8,
    arms: int = 2,
    cohorts: tuple[int, ...] = (2017, 2018),
    spread: float = 0.4,
) -> pd.DataFrame:
    """Households of a county; villages differ, joiners start poorer, every second village has each arm."""
    random = np.random.default_rng(seed)
    counts = random.integers(max(2, size - 3), size + 4, villages)
    village = np.repeat(np.arange(villages), counts)
    n = len(village)
    offers = random.random((villages, arms)) < 0.6
    offers[random.permutation(villages)[: villages // 6]] = False
    wish = random.random((n, arms)) * offers[village]
    arm = np.where(wish.max(1, initial=0) > 0.45, wish.argmax(1), -1)
    cohort = np.array(cohorts)[random.integers(0, len(cohorts), (villages, arms))]
    first = np.where(arm >= 0, cohort[village, arm], 0)
    growth = 1.06 + 0.02 * random.standard_normal()
    shock = np.exp(0.05 * random.standard_normal((villages, len(YEARS))))
    level = 8_000 * np.exp(
        0.25 * random.standard_normal(villages)[village]
        + spread * random.standard_normal(n)
        - 0.1 * (arm >= 0)
    )
    gain = np.where(
        (arm >= 0)[:, None] & (first[:, None] <= YEARS), np.array([*GAINS, 0.0])[arm][:, None], 0.0
    )
    income = (
        level[:, None]
        * growth ** np.arange(len(YEARS))
        * shock[village]
        * (1 + gain)
        * np.exp(0.2 * random.standard_normal((n, len(YEARS))))
    )
    units = pd.DataFrame(
        {
            "id": np.arange(n),
            "village": village,
            "first": first,
            "arm": np.where(arm >= 0, np.array(ARMS)[arm], ""),
        }
    )
    rows = units.loc[np.repeat(np.arange(n), len(YEARS))].reset_index(drop=True)
    return rows.assign(year=np.tile(YEARS, n), income=income.ravel())


def cells(rows: pd.DataFrame, register: str = "county", **columns: object) -> Cells:
    """The cells of a panel."""
    roles = {
        "unit": "id",
        "cluster": "village",
        "time": "year",
        "cohort": "first",
        "outcome": "income",
        "arm": "arm",
    }
    made = Cells.from_frame(rows, **roles | columns)
    spec = dict(made.info.spec) | {"units": {"income": "yuan"}}
    info = dataclasses.replace(made.info, register=register, models=ARMS, kind="administrative", spec=spec)
    return dataclasses.replace(made, info=info)


def stratified(
    rows: pd.DataFrame, arm: str, times: list[int], scale: str = "percent"
) -> tuple[float, float, int]:
    """By plain pandas: sums over an arm's joiners at years since joining of what they have and would have had; how many."""
    wide = rows.pivot(index="id", columns="year", values="income")
    units = rows.drop_duplicates("id").set_index("id")
    never = wide[units["first"] == 0].mean()
    has = would = 0.0
    n = 0
    for first, of in units[units["arm"] == arm].groupby("first"):
        for time in times:
            year = first + time
            if year not in wide.columns:
                continue
            base = wide.loc[of.index, first - 1]
            has += wide.loc[of.index, year].sum()
            grown = (
                base * never[year] / never[first - 1]
                if scale == "percent"
                else base + never[year] - never[first - 1]
            )
            would += grown.sum()
            n += len(of)
    return has, would, n
