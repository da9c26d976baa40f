"""Cells of a flat panel on disk: one pass in the engine where the panel is complete."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.cells import Cells, CellsInfo
from bangfu.cells.codes import as_text, check_span, combined
from bangfu.cells.engine import LARGE
from bangfu.cells.frame import cells_from_frame
from bangfu.cells.paths import Path
from bangfu.connect import connect
from bangfu.errors import WrongUse

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


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
        n=table.count(), units=_hash()(table[unit]).bit_xor(),
        **{f"known_{k}": values[name].count() for k, name in enumerate(outcomes)},
        **{f"s_{k}": values[name].sum() for k, name in enumerate(outcomes)},
    )  # fmt: skip
    found = sums.to_pyarrow()
    made = None
    if len(found) and found[time].to_pandas().notna().all():
        # while the sums are put in order, the engine looks for units that stand twice
        with ThreadPoolExecutor(1) as beside:
            once = beside.submit(_once, table, found, unit, time)
            made = _complete(found, (cluster, cohort, arm), time, outcomes)
        made = made if once.result() else None
    if made is None:
        rows = table.select(wanted).to_pandas()
        return cells_from_frame(rows, unit, cluster, time, cohort, outcomes, arm, None, ())
    return made


@cache
def _hash() -> Any:
    """DuckDB's own hash, without the casts that Ibis puts around it."""
    import ibis
    import ibis.expr.datatypes as dt

    def value_hash(value):  # type: ignore[no-untyped-def]
        ...

    value_hash.__annotations__["return"] = dt.uint64
    return ibis.udf.scalar.builtin(name="hash")(value_hash)


def _once(table: ir.Table, found: pa.Table, unit: str, time: str) -> bool:
    """Whether no unit stands twice in the first year."""
    times = found[time].to_numpy()
    of_year = table.filter(table[time] == times.min().item())[unit]
    units = int(found["n"].to_numpy()[times == times.min()].sum())
    if not of_year.type().is_integer():
        return int(of_year.nunique().to_pandas()) == units
    numbers = of_year.to_pyarrow()
    if numbers.null_count:
        return False
    values = numbers.to_numpy()
    low, high = int(values.min()), int(values.max())
    if high - low > 16 * units:  # too far apart for a mark each
        return len(np.unique(values)) == units
    there = np.zeros(high - low + 1, dtype=bool)
    there[values - low] = True
    return int(np.count_nonzero(there)) == units


def _complete(
    found: pa.Table, keys: Sequence[str | None], time: str, outcomes: Sequence[str]
) -> Cells | None:
    """Cells of the sums by year, when every group holds the same units, all known, in every year.

    Where no unit stands twice in the first year, a year with as many rows and the same exclusive-or of the units' hashes
    (64 bits) has the same units: whatever is missing would have to be hit by chance.

    Parameters
    ----------
    found : pyarrow Table
        By cluster, cohort, arm and time, of which none is missing.
    keys : sequence of str or None
        Columns of cluster, cohort and arm; ``None`` for the one arm ``treated``.
    """
    coded = [_coded(found, key) for key in (*keys, time)]
    *_, (year, times) = coded
    clusters, starts, labels = coded[0][1], _starts(coded[1][1]), coded[2][1].fillna("").astype(str)
    if clusters.isna().any():
        return None
    years = tuple(sorted(int(y) for y in times))
    check_span(len(years))
    rank = np.argsort(np.argsort(times.to_numpy()))
    group = combined([codes for codes, _ in coded[:3]])
    order = np.argsort(combined([group, rank[year]]), kind="stable")
    if len(order) % len(years):
        return None

    def shaped(values: NDArray[Any]) -> NDArray[Any]:
        return values[order].reshape(-1, len(years))

    sums = {name: shaped(found[f"s_{k}"].to_numpy()) for k, name in enumerate(outcomes)}
    n, units, group = (shaped(x) for x in (found["n"].to_numpy(), found["units"].to_numpy(), group))
    if not all((x == x[:, :1]).all() for x in (n, units, group)) or len(np.unique(group[:, 0])) < len(group):
        return None
    for k, added in enumerate(sums.values()):
        finite = bool((np.abs(added) < LARGE).all())  # false for what is not a number, too
        if not finite or not (shaped(found[f"known_{k}"].to_numpy()) == n).all():
            return None
    cluster, start, label = (codes[order[:: len(years)]] for codes, _ in coded[:3])
    label = np.where(starts[start] > 0, label, -1)
    taken, path = np.unique(combined([start, label + 1]), return_index=True, return_inverse=True)[1:]
    pairs = [(int(starts[start[i]]), str(labels.iloc[label[i]])) for i in taken]
    if any(first > 0 and not arm for first, arm in pairs):
        return None
    distinct = [Path.of(first, arm) for first, arm in pairs]
    paths = tuple(sorted(set(distinct)))
    sorted_ = clusters.sort_values()
    villages = pd.DataFrame({"county_id": None, "township_id": None, "village_id": sorted_.to_numpy()})
    households = n[:, 0].astype(np.int64)
    whole = np.full(len(households), (1 << len(years)) - 1, dtype=np.int64)
    return Cells(
        years, villages.apply(as_text), paths, pd.DataFrame(index=range(1)), np.argsort(sorted_.index.to_numpy())[cluster],
        np.array([paths.index(p) for p in distinct], dtype=np.int64)[path], np.zeros_like(households),
        dict.fromkeys(outcomes, whole), households, households.astype(float), sums,
        CellsInfo(
            models=tuple(sorted({m for p in paths for _, m in p.steps})),
            spec={"outcomes": list(outcomes), "weighted": False, "by": {}}, engine="duckdb",
        ),
    ).collapsed()  # fmt: skip


def _coded(table: pa.Table, name: str | None) -> tuple[NDArray[np.int64], pd.Series]:
    """Codes of a column's values, and the values."""
    if name is None:
        return np.zeros(len(table), dtype=np.int64), pd.Series(["treated"])
    found = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
    return found.indices.to_numpy().astype(np.int64), found.dictionary.to_pandas()


def _starts(values: pd.Series) -> NDArray[np.int64]:
    """First treated times; 0 for never, missing and infinite."""
    numbers = pd.to_numeric(values).replace([np.inf, -np.inf], np.nan).fillna(0)
    return np.asarray(numbers).astype(np.int64)
