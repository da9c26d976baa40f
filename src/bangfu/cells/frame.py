"""From a flat panel in pandas to cells, and from cells to weighted rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bangfu.cells.cells import Cells, CellsInfo, codes_of
from bangfu.cells.paths import Path
from bangfu.errors import BangfuError, WrongUse


def cells_from_frame(
    frame: pd.DataFrame,
    unit: str,
    cluster: str,
    time: str,
    cohort: str,
    outcome: str | Sequence[str],
    arm: str | None,
    weight: str | None,
    by: Sequence[str],
) -> Cells:
    """See :meth:`bangfu.Cells.from_frame`."""
    outcomes = [outcome] if isinstance(outcome, str) else list(outcome)
    fixed = [cluster, cohort, *([arm] if arm else []), *([weight] if weight else []), *by]
    absent = [c for c in [unit, time, *fixed, *outcomes] if c not in frame.columns]
    if absent:
        raise WrongUse(f"no column {', '.join(absent)} in the frame", f"数据框中没有列 {'、'.join(absent)}")
    data = frame[list(dict.fromkeys([unit, time, *fixed, *outcomes]))].copy()
    for column in (unit, time, cluster):
        if data[column].isna().any():
            raise BangfuError(
                f"{column} is missing in {int(data[column].isna().sum())} rows; every row needs it",
                f"{column} 有{int(data[column].isna().sum())}行缺失,每行都须填写",
            )
    if data.duplicated([unit, time]).any():
        raise BangfuError(
            f"{int(data.duplicated([unit, time]).sum())} rows repeat a unit and time; keep one of each",
            f"有{int(data.duplicated([unit, time]).sum())}行的户与年份重复,请各留一行",
        )
    first = pd.to_numeric(data[cohort], errors="coerce").replace([np.inf, -np.inf], np.nan).fillna(0)
    data[cohort] = first.astype(np.int64)
    constant = data.groupby(unit, sort=False)[fixed].nunique(dropna=False).max()
    varying = [c for c in fixed if constant[c] > 1]
    if varying:
        raise BangfuError(
            f"{', '.join(varying)} changes over time within a unit; cells are exact only when it is fixed",
            f"{'、'.join(varying)} 在同一户内随年份变化;只有固定不变时分组汇总才精确",
        )
    years = tuple(int(y) for y in np.sort(data[time].unique()))
    values = data[outcomes].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    units, rows = np.unique(data[unit].astype("category").cat.codes.to_numpy(), return_index=True)
    facts = data.iloc[rows]
    position = np.searchsorted(years, data[time].to_numpy())
    code = data[unit].astype("category").cat.codes.to_numpy()
    weights = facts[weight].to_numpy(dtype=float) if weight else np.ones(len(units))
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise BangfuError("weights must be positive numbers", "权数必须为正数")
    sums, patterns = {}, {}
    for k, name in enumerate(outcomes):
        known = np.isfinite(values[:, k])
        patterns[name] = np.zeros(len(units), dtype=np.int64)
        np.bitwise_or.at(patterns[name], code[known], np.int64(1) << position[known])
        table = np.zeros((len(units), len(years)))
        table[code[known], position[known]] = values[known, k]
        sums[name] = table * weights[:, None]
    labels = facts[arm].astype(str).tolist() if arm else ["treated"] * len(units)
    starts = [int(c) for c in facts[cohort]]
    texts = [Path(((c, a),)) if c else Path() for c, a in zip(starts, labels, strict=True)]
    paths = tuple(sorted(set(texts)))
    index = {p: i for i, p in enumerate(paths)}
    places = pd.DataFrame({"county_id": None, "township_id": None, "village_id": facts[cluster].to_numpy()})
    village, villages = codes_of(places)
    stratum, strata = codes_of(facts[list(by)].reset_index(drop=True))
    models = tuple(sorted({a for c, a in zip(starts, labels, strict=True) if c}))
    keep = np.any([p > 0 for p in patterns.values()], axis=0)
    return Cells(
        years, villages, paths, strata,
        village[keep], np.array([index[p] for p in texts], dtype=np.int64)[keep], stratum[keep],
        {n: x[keep] for n, x in patterns.items()}, np.ones(int(keep.sum()), dtype=np.int64), weights[keep], {n: x[keep] for n, x in sums.items()},
        CellsInfo(models=models, unseen=int((~keep).sum())),
    ).collapsed()  # fmt: skip


def frame_of(cells: Cells) -> pd.DataFrame:
    """See :meth:`bangfu.Cells.to_frame`."""
    frames = []
    texts = np.array([p.text for p in cells.paths], dtype=object)
    cohorts = np.array([p.steps[0][0] if p.steps else 0 for p in cells.paths])
    for t, year in enumerate(cells.years):
        known = {name: (pattern >> t) & 1 == 1 for name, pattern in cells.patterns.items()}
        rows = np.flatnonzero(np.any(list(known.values()), axis=0))
        path = cells.path[rows]
        arms = np.array([_arm_in(p, year, cells.info.models) for p in cells.paths], dtype=object)
        frame = cells.villages.iloc[cells.village[rows]].reset_index(drop=True)
        frame = frame.assign(path=texts[path], arm=arms[path], cohort=cohorts[path])
        for name in cells.strata.columns:
            frame[name] = cells.strata[name].to_numpy()[cells.stratum[rows]]
        frame = frame.assign(
            year=year, cell=rows, households=cells.households[rows], weight=cells.weight[rows]
        )
        for name, x in cells.sums.items():
            frame[name] = np.where(known[name][rows], x[rows, t] / cells.weight[rows], np.nan)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _arm_in(path: Path, year: int, models: Sequence[str]) -> str:
    taken = [model for first, model in path.steps if first <= year]
    order = list(models)
    return "+".join(sorted(taken, key=lambda m: order.index(m) if m in order else 99))
