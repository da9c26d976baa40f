"""Tiny worlds whose truth is planted, and what a rendering may say of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd

from bangfu.cells import Cells
from bangfu.compare import ModelComparison, compare_models
from tests.figures import worlds

ARMS = worlds.MODELS


def two_tied(kind: str = "synthetic") -> ModelComparison:
    """Two gain alike, far above the third, which gains nothing."""
    return worlds.comparison(dict(zip(ARMS, (0.4, 0.4, 0.0), strict=True)), noise=0.03, kind=kind)


def all_positive(kind: str = "synthetic") -> ModelComparison:
    """All gain, and alike."""
    return worlds.comparison(dict.fromkeys(ARMS, 0.3), noise=0.03, kind=kind)


def losing(kind: str = "synthetic") -> ModelComparison:
    """All fall behind, one less than the others."""
    return worlds.comparison(dict(zip(ARMS, (-0.1, -0.3, -0.3), strict=True)), noise=0.02, kind=kind)


def one_only(kind: str = "synthetic") -> ModelComparison:
    """A gain is stated of one model, none of the other, and no difference between them."""
    return worlds.comparison(
        {"courtyard": 0.12, "cooperative": 0.06}, noise=0.1, villages=60, seed=2, kind=kind
    )


def poverty(kind: str = "synthetic") -> ModelComparison:
    """Less is better: the share below a line falls with one model."""
    rows = worlds.frame(dict(zip(ARMS, (0.0, 1.2, 0.0), strict=True)), noise=0.02, households=30)
    rows["headcount"] = (rows["income_per_head"] < 8500).astype(float)
    made = Cells.from_frame(
        rows, unit="unit", cluster="village", time="year", cohort="cohort", arm="arm", outcome=["headcount"]
    )
    spec = {**made.info.spec, "units": {"headcount": "share"}}
    info = replace(
        made.info, spec=spec, kind=kind, title_en="A county in mind", title_zh="某县台账", models=ARMS
    )
    return compare_models(replace(made, info=info), scale="level")


def scales_part(kind: str = "synthetic") -> ModelComparison:
    """Joiners start at half the income and gain the same yuan as others: a gain in percent, none as an amount."""
    rows = worlds.frame({"courtyard": 0.0}, noise=0.01, households=20, villages=40)
    poor = rows["arm"] == "courtyard"
    base = rows.groupby("unit")["income_per_head"].transform("first")
    noise = (rows["income_per_head"] / base - 1) * 400
    rows["cohort"] = 2016 * (rows["cohort"] > 0)
    rows["income_per_head"] = 8000.0 - 4000.0 * poor + 400.0 * (rows["year"] > 2015) + noise
    return compare_models(worlds.cells(rows, kind=kind), outcome="income_per_head")


def sales(kind: str = "synthetic") -> ModelComparison:
    """An outcome that is no income: nobody "gains" it."""
    rows = worlds.frame(dict(zip(ARMS, (0.0, 0.6, 0.0), strict=True)), noise=0.02)
    rows = rows.rename(
        columns={"income_per_head": "sales_per_head", "log:income_per_head": "log:sales_per_head"}
    )
    return compare_models(worlds.cells(rows, kind=kind), outcome="sales_per_head", scale="percent")


WORLDS = {
    **{name: getattr(worlds, name) for name in ("null", "tie", "winner", "one_arm", "six_villages", "drifting")},
    "two_tied": two_tied, "all_positive": all_positive, "losing": losing, "one_only": one_only, "poverty": poverty,
    "scales_part": scales_part, "sales": sales,
}  # fmt: skip


@cache
def result(world: str, kind: str = "synthetic") -> ModelComparison:
    """A world's comparison, made once."""
    made: ModelComparison = WORLDS[world](kind=kind)
    return made


def directions(of: ModelComparison) -> dict[tuple[str, ...], int]:
    """Of the arms and pairs."""
    return {s.arms: s.direction for s in of.statements if s.kind in ("joined", "arm", "pair")}


def paid() -> pd.DataFrame:
    rows = [(arm, 50, 50, value, value) for arm, value in zip(ARMS, (3000.0, 2000.0, 4000.0), strict=True)]
    return pd.DataFrame(rows, columns=["arm", "households", "with_amount", "mean_yuan", "median_yuan"])
