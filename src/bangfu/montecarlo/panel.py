"""An invented register in memory as a flat panel, its cells, and the truth that an average of gains should find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells import Cells
from bangfu.estimates.aggregate import Aggregate
from bangfu.estimates.group_time import GroupTimeEffects
from bangfu.estimates.joint import Floats
from bangfu.simulation import Draw
from bangfu.simulation.prices import factors
from bangfu.simulation.villages import MODELS, YEARS

OUTCOME = "income_per_head"


def panel_of(drawn: Draw) -> pd.DataFrame:
    """One row per household and year: ``household_id, village_id, year, members, income_per_head, cohort, arm, first_arm,
    event_time``, as :meth:`bangfu.HouseholdRegister.to_pandas` has them.

    ``first_arm`` is what was taken up in the first year, ``second_year`` when something more was (0 if never).
    """
    real = dict(zip(YEARS, factors().tolist(), strict=True))
    panel = drawn.incomes[["household_id", "year", "members", "income_total"]].copy()
    panel[OUTCOME] = panel["income_total"] / panel["members"] * panel["year"].map(real)
    homes = drawn.households.set_index("household_id")["village_id"]
    starts = drawn.participation.pivot_table(index="household_id", columns="model", values="from_year")
    starts = starts.reindex(columns=list(MODELS)).reindex(homes.index)
    years = starts.to_numpy(dtype=float)
    first = np.where(np.isnan(years).all(1), 0, np.nanmin(np.where(np.isnan(years), 9999, years), axis=1))
    later = np.where(years > first[:, None], years, 9999).min(axis=1)
    facts = pd.DataFrame(
        {
            "village_id": homes, "cohort": first.astype(int), "first_arm": _names(years <= first[:, None]),
            "second_year": np.where((later < 9999) & (first > 0), later, 0).astype(int),
        },
        index=homes.index,
    )  # fmt: skip
    panel = panel.join(facts, on="household_id").join(starts, on="household_id")
    taken = panel[list(MODELS)].to_numpy(dtype=float) <= panel[["year"]].to_numpy(dtype=float)
    joined = panel["cohort"] > 0
    panel = panel.assign(
        arm=_names(taken), event_time=(panel["year"] - panel["cohort"]).where(joined).astype(float)
    )
    return panel.drop(columns=["income_total", *MODELS])


def cells_of(panel: pd.DataFrame, drawn: Draw) -> Cells:
    """Cells of one outcome in which years from a second model on are missing: the default rule, censoring."""
    kept = panel[OUTCOME].where((panel["second_year"] == 0) | (panel["year"] < panel["second_year"]))
    frame = panel.assign(
        **{OUTCOME: kept, "first_arm": panel["first_arm"].where(panel["cohort"] > 0, "none")}
    )
    made = Cells.from_frame(
        frame, unit="household_id", cluster="village_id", time="year", cohort="cohort", outcome=OUTCOME, arm="first_arm"
    )  # fmt: skip
    title = drawn.plan.scenario.title
    spec = {**made.info.spec, "units": {OUTCOME: "yuan"}}
    info = replace(
        made.info, spec=spec, kind="synthetic", title_en=title.en, title_zh=title.zh, models=MODELS
    )
    return replace(made, info=info)


def truth_of(
    att: pd.DataFrame, effects: GroupTimeEffects, overall: Aggregate, scale: str = "percent"
) -> Floats:
    """The planted truth of each arm's gain, averaged as the estimates are (A,): true incomes of the sample's joiners.

    ``att`` is a world's ``truth.att``, or ``truth/att.parquet`` of a written one.
    """
    att = att[
        (att["measure"] == "income")
        & (att["population"] == "sample")
        & (att["scale"] == {"level": "yuan"}.get(scale, scale))
    ]
    planted = att.set_index(["arm", "cohort", "year"])["value"]
    rows = effects.table[["arm", "cohort", "year"]].itertuples(index=False, name=None)
    value = np.nan_to_num(planted.reindex(pd.MultiIndex.from_tuples(list(rows))).to_numpy(dtype=float))
    weights: Floats = np.asarray(overall.weights)[: len(value)]
    out: Floats = value @ weights
    return out


def _names(taken: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Arms by name of a table of yes and no, shape (rows, models)."""
    code = (taken.astype(np.int64) << np.arange(len(MODELS))).sum(1)
    words = ["+".join(m for i, m in enumerate(MODELS) if mask >> i & 1) for mask in range(1 << len(MODELS))]
    return np.asarray(np.array(words, dtype=object)[code])
