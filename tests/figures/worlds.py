"""Tiny invented worlds for figures: who gained how much is chosen by the test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.compare import ModelComparison, compare_models

MODELS = ("courtyard", "cooperative", "enterprise")
YEARS = (2014, 2015, 2016, 2017, 2018, 2019)
PARTS = {"wage_per_head": 0.5, "business_per_head": 0.3, "transfer_per_head": 0.2}


def frame(
    gains: dict[str, float], *, villages: int = 24, households: int = 12, noise: float = 0.05, drift: float = 0.0,
    transfers: float = 0.2, seed: int = 5,
) -> pd.DataFrame:  # fmt: skip
    """One row per household and year; each village has one arm (or none), joined in 2016 or 2017.

    ``gains`` are shares of income; ``drift`` is extra growth of joiners a year, from the first year on; ``transfers`` the part
    of the gain that is transfers.
    """
    draw = np.random.default_rng(seed)
    arms = [*gains, ""]
    rows = []
    for village in range(villages):
        arm = arms[village % len(arms)]
        shock = draw.normal(0, noise, len(YEARS))
        for household in range(households):
            joins = arm if household % 2 else ""
            cohort = 2016 + village % 2 if joins else 0
            level = 8000 * np.exp(draw.normal(0, 0.3))
            for t, year in enumerate(YEARS):
                base = level * np.exp(
                    0.04 * t + shock[t] + draw.normal(0, noise) + (drift * t if cohort else 0)
                )
                gain = base * gains.get(joins, 0.0) if cohort and year >= cohort else 0.0
                split = {p: share * base for p, share in PARTS.items()}
                split["transfer_per_head"] += transfers * gain
                split["wage_per_head"] += (1 - transfers) * gain
                total = base + gain
                rows.append((village * 1000 + household, f"v{village:02d}", year, cohort, joins or "none", total, np.log(total), *split.values()))  # fmt: skip
    names = ["unit", "village", "year", "cohort", "arm", "income_per_head", "log:income_per_head", *PARTS]
    return pd.DataFrame(rows, columns=names)


def cells(rows: pd.DataFrame, *, kind: str = "synthetic", models: tuple[str, ...] = MODELS) -> Cells:
    """Cells with every outcome of the frame."""
    made = Cells.from_frame(
        rows, unit="unit", cluster="village", time="year", cohort="cohort", arm="arm",
        outcome=[c for c in rows.columns if c.endswith("_per_head")],
    )  # fmt: skip
    spec = {**made.info.spec, "units": dict.fromkeys(made.outcomes, "yuan")}
    info = replace(
        made.info, spec=spec, kind=kind, title_en="A county in mind", title_zh="某县台账", models=models
    )
    return replace(made, info=info)


def comparison(
    gains: dict[str, float], *, kind: str = "synthetic", scale: str = "percent", **more: float
) -> ModelComparison:
    """The comparison of such a world."""
    return compare_models(cells(frame(gains, **more), kind=kind), scale=scale)  # type: ignore[arg-type]


def tie(**more: object) -> ModelComparison:
    """All models gain alike, and the world is noisy."""
    return comparison(dict.fromkeys(MODELS, 0.05), noise=0.15, **more)  # type: ignore[arg-type]


def null(**more: object) -> ModelComparison:
    """Nobody gains anything."""
    return comparison(dict.fromkeys(MODELS, 0.0), noise=0.15, **more)  # type: ignore[arg-type]


def winner(**more: object) -> ModelComparison:
    """The second model is far ahead, whatever is chosen."""
    return comparison(dict(zip(MODELS, (0.02, 0.6, 0.05), strict=True)), noise=0.02, **more)  # type: ignore[arg-type]


def one_arm(**more: object) -> ModelComparison:
    """Only one model was taken up."""
    return comparison({"courtyard": 0.3}, noise=0.02, **more)  # type: ignore[arg-type]


def six_villages(**more: object) -> ModelComparison:
    """Six villages, two with each kind of model at most: some arms have a single village in a cohort."""
    return comparison(dict.fromkeys(MODELS, 0.05), villages=6, **more)  # type: ignore[arg-type]


def drifting(**more: object) -> ModelComparison:
    """Joiners grew faster long before they joined, and joining does nothing."""
    return comparison(dict.fromkeys(MODELS, 0.0), noise=0.02, drift=0.06, **more)  # type: ignore[arg-type]
