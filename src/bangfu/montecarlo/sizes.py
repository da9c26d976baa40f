"""One world at several sizes, and any comparison beside its planted truth."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.montecarlo.panel import truth_of
from bangfu.simulation import simulate

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison

SIZES = (3_000, 30_000, 300_000)


def beside_truth(result: ModelComparison, truth: str | Path | pd.DataFrame) -> pd.DataFrame:
    """A comparison's table with the planted truth of the same households.

    Parameters
    ----------
    result : ModelComparison
        Of an invented register; of its income per head.
    truth : path or DataFrame
        The register's folder, or its table ``att``.

    Returns
    -------
    DataFrame
        ``arm, unit, truth, estimate, ci_low, ci_high, holds, true_rank, rank_low, rank_high, households, villages``.
    """
    att = truth if isinstance(truth, pd.DataFrame) else pd.read_parquet(Path(truth) / "truth" / "att.parquet")
    table = result.table.copy()
    table["truth"] = truth_of(att, result.effects, result.overall, result.design.scale)
    table = table[~table["arm"].str.contains("+", regex=False)].reset_index(drop=True)
    table["holds"] = (table["ci_low"] <= table["truth"]) & (table["truth"] <= table["ci_high"])
    table["true_rank"] = [1 + int((table["truth"] > t).sum()) for t in table["truth"]]
    columns = [
        "arm",
        "unit",
        "truth",
        "estimate",
        "ci_low",
        "ci_high",
        "holds",
        "true_rank",
        "rank_low",
        "rank_high",
    ]
    return table[[*columns, "households", "villages"]]


def size_table(households: int, *, scenario: str = "default", seed: int | None = None) -> pd.DataFrame:
    """The world of a scenario and seed at one size, compared.

    Returns
    -------
    DataFrame
        ``size`` and the columns of :func:`beside_truth`.
    """
    from bangfu.compare import compare_models
    from bangfu.register import load_register

    with tempfile.TemporaryDirectory() as place:
        folder = simulate(
            Path(place) / "world",
            households,
            scenario=scenario,
            seed=seed,
            truth=False,
            identifiers="integer",
        )
        return beside_truth(compare_models(load_register(folder)), folder).assign(size=households)
