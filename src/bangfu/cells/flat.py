"""Cells of a flat panel on disk: one pass in the engine where the panel is complete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import Any

import numpy as np
import pandas as pd

from bangfu.cells.cells import Cells, CellsInfo
from bangfu.cells.codes import check_span, codes_of
from bangfu.cells.engine import LARGE
from bangfu.cells.frame import cells_from_frame
from bangfu.cells.paths import Path
from bangfu.connect import connect
from bangfu.errors import WrongUse


def cells_from_parquet(
    path: str | File,
    unit: str,
    cluster: str,
    time: str,
    cohort: str,
    outcome: str | Sequence[str],
    arm: str | None,
) -> Cells:
    """See :meth:`bangfu.Cells.from_parquet`."""
    file = File(path)
    if not file.exists():
        raise WrongUse(f"no file or folder {file}", f"找不到 {file}")
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    backend = connect(
        rows=sum(p.stat().st_size for p in ([file] if file.is_file() else file.rglob("*.parquet"))) // 8
    )
    table = backend.read_parquet(str(file if file.is_file() else file / "**" / "*.parquet"))
    wanted = [unit, cluster, time, cohort, *([arm] if arm else []), *outcomes]
    absent = [c for c in wanted if c not in table.columns]
    if absent:
        raise WrongUse(f"no column {', '.join(absent)} in the file", f"文件中没有列 {'、'.join(absent)}")
    keys = [cluster, cohort, *([arm] if arm else [])]
    values = {name: table[name].cast("float64") for name in outcomes}
    sums = table.group_by([*keys, time]).aggregate(
        n=table.count(), units=table[unit].hash().bit_xor(),
        **{f"known_{k}": values[name].count() for k, name in enumerate(outcomes)},
        **{f"s_{k}": values[name].sum() for k, name in enumerate(outcomes)},
    )  # fmt: skip
    found: pd.DataFrame = sums.to_pyarrow().to_pandas()
    first = table.filter(table[time] == int(found[time].min())) if len(found) else table
    once = len(found) > 0 and int(first[unit].nunique().to_pandas()) == int(
        found.loc[found[time] == found[time].min(), "n"].sum()
    )
    made = _complete(found, keys, time, cohort, arm, outcomes) if once else None
    if made is None:
        return cells_from_frame(
            table.select(wanted).to_pandas(), unit, cluster, time, cohort, outcomes, arm, None, ()
        )
    return made


def _complete(
    found: pd.DataFrame, keys: Sequence[str], time: str, cohort: str, arm: str | None, outcomes: Sequence[str]
) -> Cells | None:
    """Cells of the sums by year, when every group holds the same units, all known, in every year.

    Where no unit stands twice in the first year, a year with as many rows and the same exclusive-or of the units' hashes
    (64 bits) has the same units: whatever is missing would have to be hit by chance.
    """
    if found[[keys[0], time]].isna().to_numpy().any():
        return None
    years = tuple(int(y) for y in np.sort(found[time].unique()))
    check_span(len(years))
    group = found.groupby(list(keys), dropna=False, sort=False).ngroup().to_numpy()
    order = np.lexsort((found[time].to_numpy(), group))
    if len(order) != (group.max() + 1) * len(years):
        return None
    knowns = [f"known_{k}" for k in range(len(outcomes))]
    shaped: dict[str, Any] = {
        c: found[c].to_numpy()[order].reshape(-1, len(years)) for c in ("n", "units", *knowns)
    }
    same = (shaped["n"] == shaped["n"][:, :1]) & (shaped["units"] == shaped["units"][:, :1])
    added = found[[f"s_{k}" for k in range(len(outcomes))]].to_numpy(float)
    finite = bool((np.abs(added) < LARGE).all())  # false for what is not a number, too
    if not (finite and same.all() and all((shaped[c] == shaped["n"]).all() for c in knowns)):
        return None
    facts = found.iloc[order[:: len(years)]]
    starts = (
        pd.to_numeric(facts[cohort]).replace([np.inf, -np.inf], np.nan).fillna(0).to_numpy().astype(np.int64)
    )
    labels = (
        facts[arm].fillna("").astype(str).to_numpy() if arm else np.full(len(facts), "treated", dtype=object)
    )
    if ((starts > 0) & (labels == "")).any():
        return None
    pairs = pd.DataFrame({"start": starts, "label": np.where(starts > 0, labels, "")})
    code = pairs.groupby(["start", "label"], sort=True).ngroup().to_numpy()
    distinct = pairs.iloc[np.unique(code, return_index=True)[1]]
    taken = [Path.of(int(c), a) for c, a in zip(distinct["start"], distinct["label"], strict=True)]
    paths = tuple(sorted(set(taken)))
    village, villages = codes_of(
        pd.DataFrame({"county_id": None, "township_id": None, "village_id": facts[keys[0]].to_numpy()})
    )
    rows = len(facts)
    households = shaped["n"][:, 0].astype(np.int64)
    whole = np.full(rows, (1 << len(years)) - 1, dtype=np.int64)
    return Cells(
        years, villages, paths, pd.DataFrame(index=range(1)), village,
        np.array([paths.index(p) for p in taken], dtype=np.int64)[code], np.zeros(rows, dtype=np.int64),
        dict.fromkeys(outcomes, whole), households, households.astype(float),
        {name: found[f"s_{k}"].to_numpy(float)[order].reshape(rows, -1) for k, name in enumerate(outcomes)},
        CellsInfo(
            models=tuple(sorted({m for p in paths for _, m in p.steps})),
            spec={"outcomes": list(outcomes), "weighted": False, "by": {}}, engine="duckdb",
        ),
    ).collapsed()  # fmt: skip
