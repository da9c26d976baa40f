"""Small invented panels: unbalanced, weighted, with village shocks; and the cells of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.paths import Path

YEARS = (2013, 2014, 2015, 2016, 2017)


def panel(
    seed: int = 1,
    villages: int = 12,
    households: int = 15,
    *,
    missing: float = 0.12,
    weights: bool = True,
    pure: bool = False,
    arms: tuple[str, ...] = ("a", "b"),
) -> pd.DataFrame:
    """One row per household and year: ``id, village, year, arm, cohort, weight, stratum, y``; ``pure``: in the last third of the villages nobody joins."""  # fmt: skip
    draw = np.random.default_rng(seed)
    n = villages * households
    village = np.repeat(np.arange(villages), households)
    arm = draw.choice([*arms, ""], n, p=[0.28] * len(arms) + [1 - 0.28 * len(arms)])
    if pure:
        arm[village >= villages - villages // 3] = ""
    cohort = np.where(arm == "", 0, draw.choice([2015, 2016], n))
    level = 40 + 6 * draw.normal(size=n) + 4 * draw.normal(size=villages)[village]
    shock = 2 * draw.normal(size=(villages, len(YEARS)))
    weight = draw.integers(1, 6, n) / 2 if weights else np.ones(n)
    stratum = draw.integers(0, 2, n)
    frames = []
    for t, year in enumerate(YEARS):
        gain = ((cohort > 0) & (year >= cohort)) * np.where(arm == "a", 4.0, 2.0)
        y = level + 1.5 * t + 2 * t * stratum + shock[village, t] + gain + 3 * draw.normal(size=n)
        frames.append(pd.DataFrame({
            "id": np.arange(n), "village": village, "year": year, "arm": arm, "cohort": cohort, "weight": weight,
            "stratum": stratum, "y": y,
        }))  # fmt: skip
    frame = pd.concat(frames, ignore_index=True)
    return frame[draw.random(len(frame)) >= missing].reset_index(drop=True)


def cells_of(frame: pd.DataFrame, *, by: tuple[str, ...] = (), logs: bool = True) -> Cells:
    """Cells of a panel, with ``y`` in yuan and its logarithm."""
    frame = frame.assign(**{"log:y": np.log(frame["y"].where(frame["y"] > 0))}) if logs else frame
    outcomes = ["y", "log:y"] if logs else ["y"]
    made = Cells.from_frame(
        frame, unit="id", cluster="village", time="year", cohort="cohort", outcome=outcomes, arm="arm", weight="weight",
        by=by,
    )  # fmt: skip
    return replace(made, info=replace(made.info, spec={**made.info.spec, "units": {"y": "yuan"}}))


def with_switch(cells: Cells, arm: str, cohort: int, other: str, year: int) -> Cells:
    """The same cells after everybody of one arm and cohort also took up another model later."""
    old = Path(((cohort, arm),))
    paths = [Path((*p.steps, (year, other))) if p == old else p for p in cells.paths]
    return replace(cells, paths=tuple(paths))
