"""From the engine's answers to cells: range by range into arrays, so that millions of rows stay small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells import strata
from bangfu.cells.cells import Cells
from bangfu.cells.codes import codes_of, combined
from bangfu.cells.info import PLACE, CellsInfo
from bangfu.cells.paths import Path
from bangfu.errors import BangfuError

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The sums of one range of identifiers.

    Attributes
    ----------
    villages : DataFrame
        As in cells.
    integers : dict of str to int array (N,)
        ``village, path, stratum, households`` and ``mask_0, ...``; paths and strata as the engine codes them.
    weight : float array (N,)
    sums : dict of str to float array (N, T)
    largest : dict of str to float array (N,)
    """

    villages: pd.DataFrame
    integers: dict[str, Ints]
    weight: NDArray[np.float64]
    sums: dict[str, NDArray[np.float64]]
    largest: dict[str, NDArray[np.float64]]


def part_of(table: pa.Table, outcomes: Sequence[str], times: int, mask: int | None) -> Part:
    """Take over a table of ``engine.complete_sums`` (with the mask that all rows have) or ``engine.household_sums``."""
    masks = [
        np.full(table.num_rows, mask) if mask is not None else table[f"mask_{k}"].to_numpy()
        for k in range(len(outcomes))
    ]
    seen = np.any([m > 0 for m in masks], axis=0)
    places = pd.DataFrame({p: table[p].to_pandas() for p in PLACE if p in table.column_names})
    village, villages = codes_of(places.reindex(columns=list(PLACE))[seen])
    integers = {"village": village} | {
        name: table[name].to_numpy()[seen].astype(np.int64) for name in ("path", "households")
    }
    layers = table["stratum"].to_numpy() if "stratum" in table.column_names else np.zeros(table.num_rows)
    integers["stratum"] = layers[seen].astype(np.int64)
    integers |= {f"mask_{k}": m[seen].astype(np.int64) for k, m in enumerate(masks)}
    sums = {name: np.empty((len(village), times)) for name in outcomes}
    for k, name in enumerate(outcomes):
        for t in range(times):
            sums[name][:, t] = np.nan_to_num(table[f"s_{k}_{t}"].to_numpy()[seen].astype(float))
    largest = {
        name: np.nan_to_num(table[f"largest_{k}"].to_numpy()[seen].astype(float))
        for k, name in enumerate(outcomes)
    }
    return Part(villages, integers, table["weight"].to_numpy()[seen].astype(float), sums, largest)


def assembled(
    parts: list[Part],
    paths_of: Mapping[int, Path],
    years: tuple[int, ...],
    outcomes: Sequence[str],
    facts: Sequence[strata.Covariate],
    info: CellsInfo,
) -> Cells:
    """Cells of all parts, which are used up.

    Raises
    ------
    BangfuError
        For an outcome that is missing everywhere.
    """
    place, villages = codes_of(pd.concat([p.villages for p in parts], ignore_index=True))
    starts = np.cumsum([0, *(len(p.villages) for p in parts)])
    village = np.concatenate(
        [place[start + p.integers["village"]] for start, p in zip(starts, parts, strict=False)]
    )
    masks = [f"mask_{k}" for k in range(len(outcomes))]
    taken = {name: _joined([p.integers for p in parts], name) for name in ("path", "stratum", *masks)}
    for mask, name in zip(masks, outcomes, strict=True):
        if not taken[mask].any():
            raise BangfuError(
                f"{name}: missing in every household and year; nothing can be computed",
                f"{name}:所有农户各年均缺失,无法计算",
            )
    codes = np.unique(taken["path"])
    paths = tuple(sorted({paths_of[int(c)] for c in codes}))
    position = np.array([paths.index(paths_of[int(c)]) for c in codes], dtype=np.int64)
    path = position[np.searchsorted(codes, taken.pop("path"))]
    layers, inverse = np.unique(taken.pop("stratum"), return_inverse=True)
    stratum, labels = codes_of(strata.decode(layers, facts))
    rows = [village, path, stratum[inverse], *(taken[m] for m in masks)]
    first, rank = np.unique(combined(rows), return_index=True, return_inverse=True)[1:]
    village, path, layer, *seen = (column[first] for column in rows)
    households, weight = np.zeros(len(first), dtype=np.int64), np.zeros(len(first))
    sums = {name: np.zeros((len(first), len(years))) for name in outcomes}
    largest = {name: np.zeros(len(first)) for name in outcomes}
    starts = np.cumsum([0, *(len(p.weight) for p in parts)])
    for start, part in zip(starts, parts, strict=False):
        place = rank[
            start : start + len(part.weight)
        ]  # the rows of one part differ, so that += adds each once
        households[place] += part.integers["households"]
        weight[place] += part.weight
        for name in outcomes:
            sums[name][place] += part.sums.pop(name)
            largest[name][place] = np.maximum(largest[name][place], part.largest.pop(name))
    patterns = dict(zip(outcomes, seen, strict=True))
    return Cells(
        years,
        villages,
        paths,
        labels,
        village,
        path,
        layer,
        patterns,
        households,
        weight,
        sums,
        largest,
        info,
    )


def _joined(parts: Sequence[dict[str, NDArray[Any]]], name: str) -> NDArray[Any]:
    return np.concatenate([part.pop(name) for part in parts])
