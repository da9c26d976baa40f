"""From a flat panel to cells, and from cells to weighted rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.cells import Cells
from bangfu.cells.codes import check_span, codes_of
from bangfu.cells.info import CellsInfo
from bangfu.cells.paths import Path
from bangfu.cells.roles import LOG, Roles
from bangfu.errors import BangfuError
from bangfu.frames import (
    arm_names,
    first_times,
    identifiers,
    names_of,
    never_codes,
    numbers,
    refuse,
    taken,
    times,
    weights,
)


def cells_from_frame(frame: Any, roles: Roles, *, logs: bool = True) -> Cells:
    """See :meth:`bangfu.Cells.from_frame`; ``logs``: every outcome's logarithm too, where it is positive anywhere."""
    there = names_of(frame)
    sources = roles.sources(there)
    data = taken(frame, roles.columns(there))
    unit = identifiers(data[roles.unit], roles.unit)
    time = times(data[roles.time], roles.time)
    years = np.unique(time)
    check_span(len(years))
    position = np.searchsorted(years, time)
    rows = np.full(len(unit.values), -1, dtype=np.int64)
    rows[unit.of[::-1]] = np.arange(len(unit.of))[::-1]  # each unit's first row
    _refuse_repeated(roles, unit.of * len(years) + position)
    starts, written = first_times(data[roles.cohort], roles.cohort, years)
    _refuse_varying(roles.cohort, starts, rows[unit.of])
    fixed = {name: _codes(data[name], name, roles) for name in roles.fixed}
    for name, codes in fixed.items():
        _refuse_varying(name, codes, rows[unit.of])
    weight = fixed[roles.weight][rows] if roles.weight else np.ones(len(rows))
    sums, patterns = {}, {}

    def add(name: str, values: NDArray[np.float64]) -> None:
        known = np.isfinite(values)
        patterns[name] = np.zeros(len(rows), dtype=np.int64)
        np.bitwise_or.at(patterns[name], unit.of[known], np.int64(1) << position[known])
        table = np.zeros((len(rows), len(years)))
        table[unit.of[known], position[known]] = values[known]
        sums[name] = table * weight[:, None]

    logarithms = {}
    for name, (column, logged) in sources.items():
        values = numbers(data[column], column)
        positive = values > 0
        log = np.log(values, out=np.full(len(values), np.nan), where=positive)
        add(name, log if logged else values)
        if not patterns[name].any():
            raise BangfuError(
                f"{name}: missing in every unit and time"
                + (", or never positive" * logged)
                + "; give the column that holds it",
                f"{name}:全部缺失" + (",或无正值" * logged) + ";请给出有数值的列",
            )
        if logs and not name.startswith(LOG) and LOG + name not in sources and positive.any():
            logarithms[LOG + name] = log
    for name, log in logarithms.items():
        add(name, log)
    arms = arm_names(data[roles.arm], roles.arm, starts) if roles.arm else None
    starts = starts[rows]
    arm = ["treated"] * len(rows) if arms is None else arms[rows].tolist()
    known = {key: Path.of(*key) for key in set(zip(starts.tolist(), arm, strict=True))}
    taken_up = [known[key] for key in zip(starts.tolist(), arm, strict=True)]
    paths = tuple(sorted(set(taken_up)))
    index = {p: i for i, p in enumerate(paths)}
    facts = data.iloc[rows].reset_index(drop=True)
    places = pd.DataFrame({"county_id": None, "township_id": None, "village_id": facts[roles.cluster]})
    village, villages = codes_of(places)
    stratum, strata = codes_of(facts[list(roles.by)])
    keep = np.any([p > 0 for p in patterns.values()], axis=0)
    path = np.array([index[p] for p in taken_up], dtype=np.int64)
    return Cells(
        tuple(int(y) for y in years), villages, paths, strata,
        village[keep], path[keep], stratum[keep], {n: x[keep] for n, x in patterns.items()},
        np.ones(int(keep.sum()), dtype=np.int64), weight[keep], {n: x[keep] for n, x in sums.items()},
        {n: np.abs(x[keep]).max(1) for n, x in sums.items()},
        CellsInfo(
            models=tuple(sorted({m for p in paths for _, m in p.steps})), unseen=int((~keep).sum()),
            spec={"outcomes": list(sums), "weighted": roles.weight is not None, "by": dict.fromkeys(roles.by)},
            never=never_codes(starts, written[rows], np.ones_like(starts)),
        ),
    ).collapsed()  # fmt: skip


def _codes(column: pd.Series, name: str, roles: Roles) -> NDArray[Any]:
    """What must be equal in all rows of a unit."""
    if name == roles.weight:
        return weights(column, name)
    return identifiers(column, name, blank=name != roles.cluster, any_value=name in roles.by).of


def _refuse_varying(name: str, codes: NDArray[Any], first: NDArray[np.int64]) -> None:
    refuse(
        name, codes != codes[first], ("changes over time within a unit", "在同一户内随年份变化"),
        ("cells are exact only when it is fixed: write one value per unit", "只有固定不变时分村汇总才精确,请每户只写一个值"),
    )  # fmt: skip


def _refuse_repeated(roles: Roles, key: NDArray[np.int64]) -> None:
    if np.bincount(key).max() > 1:
        refuse(
            f"{roles.unit}, {roles.time}", pd.Series(key).duplicated().to_numpy(), ("unit and time repeat", "户与年份重复"),
            ("keep one row of each", "请各留一行"),
        )  # fmt: skip


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
