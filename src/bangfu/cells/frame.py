"""From a flat panel in pandas to cells, and from cells to weighted rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bangfu.cells.cells import Cells, CellsInfo
from bangfu.cells.codes import check_span, codes_of
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
    data = _sound(frame, unit, time, cohort, fixed, outcomes)
    years = tuple(int(y) for y in np.sort(data[time].unique()))
    _, rows, code = np.unique(
        data[unit].astype("category").cat.codes.to_numpy(), return_index=True, return_inverse=True
    )
    facts, position = data.iloc[rows], np.searchsorted(years, data[time].to_numpy())
    weights = facts[weight].to_numpy(dtype=float) if weight else np.ones(len(rows))
    if not (np.isfinite(weights) & (weights > 0)).all():
        raise BangfuError("weights must be positive numbers", "权数必须为正数")
    sums, patterns = {}, {}
    for name in outcomes:
        values = pd.to_numeric(data[name], errors="coerce").to_numpy(dtype=float)
        known = np.isfinite(values)
        if not known.any():
            raise BangfuError(f"{name}: missing in every unit and time", f"{name}:全部缺失")
        patterns[name] = np.zeros(len(rows), dtype=np.int64)
        np.bitwise_or.at(patterns[name], code[known], np.int64(1) << position[known])
        table = np.zeros((len(rows), len(years)))
        table[code[known], position[known]] = values[known]
        sums[name] = table * weights[:, None]
    starts = [int(c) for c in facts[cohort]]
    taken = _taken(facts, starts, arm)
    paths = tuple(sorted(set(taken)))
    index = {p: i for i, p in enumerate(paths)}
    places = pd.DataFrame({"county_id": None, "township_id": None, "village_id": facts[cluster].to_numpy()})
    village, villages = codes_of(places)
    stratum, strata = codes_of(facts[list(by)].reset_index(drop=True))
    keep = np.any([p > 0 for p in patterns.values()], axis=0)
    path = np.array([index[p] for p in taken], dtype=np.int64)
    return Cells(
        years, villages, paths, strata,
        village[keep], path[keep], stratum[keep], {n: x[keep] for n, x in patterns.items()},
        np.ones(int(keep.sum()), dtype=np.int64), weights[keep], {n: x[keep] for n, x in sums.items()},
        CellsInfo(
            models=tuple(sorted({m for p in paths for _, m in p.steps})), unseen=int((~keep).sum()),
            spec={"outcomes": outcomes, "weighted": weight is not None, "by": dict.fromkeys(by)},
        ),
    ).collapsed()  # fmt: skip


def _sound(
    frame: pd.DataFrame, unit: str, time: str, cohort: str, fixed: Sequence[str], outcomes: Sequence[str]
) -> pd.DataFrame:
    """The columns that are needed, the cohort as an integer; refuses what cells could not carry."""
    absent = [c for c in [unit, time, *fixed, *outcomes] if c not in frame.columns]
    if absent:
        raise WrongUse(f"no column {', '.join(absent)} in the frame", f"数据框中没有列 {'、'.join(absent)}")
    if frame.empty:
        raise BangfuError("the frame has no rows", "数据框没有数据行")
    data = frame[list(dict.fromkeys([unit, time, *fixed, *outcomes]))].copy()
    for column in (unit, time, fixed[0]):
        missing = int(data[column].isna().sum())
        if missing:
            raise BangfuError(
                f"{column} is missing in {missing} rows; every row needs it",
                f"{column} 有{missing}行缺失,每行都须填写",
            )
    for column in (time, cohort):
        text = data[column].notna() & pd.to_numeric(data[column], errors="coerce").isna()
        number = pd.to_numeric(data[column], errors="coerce").replace([np.inf, -np.inf], np.nan).fillna(0)
        dates = pd.api.types.is_datetime64_any_dtype(data[column])
        if dates or text.any() or (number % 1 != 0).any():
            raise BangfuError(
                f"{column} must be whole numbers, such as years; number the times in order",
                f"{column} 应为整数(如年份),请按先后编号",
            )
        data[column] = number.astype(np.int64)
    repeated = int(data.duplicated([unit, time]).sum())
    if repeated:
        raise BangfuError(
            f"{repeated} rows repeat a unit and time; keep one of each",
            f"有{repeated}行的户与年份重复,请各留一行",
        )
    constant = data.groupby(unit, sort=False)[list(fixed)].nunique(dropna=False).max()
    varying = [c for c in fixed if constant[c] > 1]
    if varying:
        raise BangfuError(
            f"{', '.join(varying)} changes over time within a unit; cells are exact only when it is fixed",
            f"{'、'.join(varying)} 在同一户内随年份变化;只有固定不变时分组汇总才精确",
        )
    check_span(data[time].nunique())
    return data


def _taken(facts: pd.DataFrame, starts: Sequence[int], arm: str | None) -> list[Path]:
    if arm is None:
        return [Path(((c, "treated"),)) if c else Path() for c in starts]
    names = [None if pd.isna(a) or not str(a) else str(a) for a in facts[arm]]
    lost = sum(c != 0 and a is None for c, a in zip(starts, names, strict=True))
    if lost:
        raise BangfuError(
            f"{arm} is missing for units that are treated ({lost}); name what they took up",
            f"有{lost}个参加单位的 {arm} 缺失,请填写参加类型",
        )
    known = {key: Path.of(*key) for key in set(zip(starts, names, strict=True))}
    return [known[key] for key in zip(starts, names, strict=True)]


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
