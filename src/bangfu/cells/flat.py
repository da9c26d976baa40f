"""Cells of a flat panel on disk: one pass in the engine where the panel is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.cells import Cells
from bangfu.cells.codes import as_text, check_span, combined
from bangfu.cells.frame import cells_from_frame
from bangfu.cells.info import CellsInfo
from bangfu.cells.paths import Path
from bangfu.cells.roles import Roles
from bangfu.connect import connect, engine_at_work
from bangfu.errors import BangfuError, WrongUse
from bangfu.frames import LARGE, arm_names, find_once, first_times, identifiers, never_codes, times

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa
    from pyarrow.dataset import Dataset

_ODD = r"[^!-~]|\.0+$"
"""In a unit's name: whatever may make it another spelling of a second one."""


def cells_from_parquet(path: str | File, roles: Roles) -> Cells:
    """See :meth:`bangfu.Cells.from_parquet`.

    The engine only answers where no rule has anything to say; any other panel is read into memory and judged there, so
    that there is one place of rules.
    """
    file = File(path)
    files = [file] if file.is_file() else sorted(file.rglob("*.parquet"))
    if not files:
        raise WrongUse(f"no file or folder of Parquet files {file}", f"找不到 Parquet 文件或文件夹 {file}")
    schema, stored = _schema(files, roles)
    with engine_at_work():
        made = _in_engine(files, roles, schema) if _plain(schema, roles) else None
    if made is None:
        rows = stored.to_table(columns=roles.columns(schema.names)).to_pandas()
        return cells_from_frame(rows, roles, logs=False)
    return made


def _schema(files: Sequence[File], roles: Roles) -> tuple[pa.Schema, Dataset]:
    """What the files hold, when all hold the same."""
    from pyarrow import ArrowException, dataset

    try:
        stored = dataset.dataset([str(f) for f in files], format="parquet", partitioning="hive")
        schemas = [fragment.physical_schema for fragment in stored.get_fragments()]
    except (ArrowException, OSError, ValueError) as error:
        raise BangfuError(
            f"{files[0].parent.name}: incomplete or damaged Parquet files ({type(error).__name__}); copy or write them again",
            f"{files[0].parent.name}:不是完整的 Parquet 文件({type(error).__name__}),请重新复制或生成",
        ) from None
    wanted = roles.columns(stored.schema.names)
    find_once(stored.schema.names, wanted)
    for name in wanted:
        if len({str(s.field(name).type) if name in s.names else None for s in schemas}) > 1:
            raise BangfuError(
                f"{name}: the files hold this column as different types, or some lack it; write all files alike",
                f"{name}:各文件中该列类型不同或缺失,请统一后重新生成",
            )
    return stored.schema, stored


def _plain(schema: pa.Schema, roles: Roles) -> bool:
    """Whether all columns are of kinds that mean the same in the engine."""
    from pyarrow import types

    def kind(name: str) -> Any:
        found = schema.field(name).type
        return found.value_type if types.is_dictionary(found) else found

    folds = Counter(name.casefold() for name in schema.names)  # the engine's names know no capitals
    names = roles.columns(schema.names)
    whole, text = types.is_integer, (types.is_string, types.is_large_string)
    number = (whole, types.is_float32, types.is_float64, types.is_decimal)
    asked = dict.fromkeys(names, number) | dict.fromkeys(
        (roles.unit, roles.cluster, roles.arm), (whole, *text)
    )
    return all(folds[n.casefold()] == 1 and any(is_(kind(n)) for is_ in asked[n]) for n in names)


def _in_engine(files: Sequence[File], roles: Roles, schema: pa.Schema) -> Cells | None:
    import ibis

    backend = connect(rows=sum(f.stat().st_size for f in files) // 8)
    table = backend.read_parquet([str(f) for f in files])
    sources = roles.sources(schema.names)
    added = {}
    for k, (column, logged) in enumerate(sources.values()):
        y = table[column].cast("float64")
        added[f"largest_{k}"] = y.abs().max()
        value = ibis.ifelse(y > 0, ibis.ifelse(y > 0, y, 1.0).ln(), ibis.null("float64")) if logged else y
        added |= {f"known_{k}": value.count(), f"s_{k}": value.sum(), f"top_{k}": value.abs().max()}
    keys = [roles.cluster, roles.cohort, *([roles.arm] if roles.arm else [])]
    units = _hash()(table[roles.unit]).bit_xor()
    found = table.group_by([*keys, roles.time]).aggregate(n=table.count(), units=units, **added).to_pyarrow()
    if not len(found) or not found[roles.time].to_pandas().notna().all():
        return None
    try:
        # while the sums are put in order, the engine looks for units that stand twice
        with ThreadPoolExecutor(1) as beside:
            once = beside.submit(_once, table, found, roles)
            made = _complete(found, roles, list(sources))
            return made if once.result() else None
    except BangfuError:
        return None


@cache
def _hash() -> Any:
    """DuckDB's own hash, without the casts that Ibis puts around it."""
    import ibis
    import ibis.expr.datatypes as dt

    def value_hash(value):  # type: ignore[no-untyped-def]
        ...

    value_hash.__annotations__["return"] = dt.uint64
    return ibis.udf.scalar.builtin(name="hash")(value_hash)


def _once(table: ir.Table, found: pa.Table, roles: Roles) -> bool:
    """Whether no unit appears twice in the first year, under this or another spelling."""
    when = found[roles.time].to_numpy()
    of_year = table.filter(table[roles.time] == when.min().item())[roles.unit]
    units = int(found["n"].to_numpy()[when == when.min()].sum())
    if not of_year.type().is_integer():
        counted = of_year.as_table().aggregate(units=of_year.nunique(), odd=of_year.re_search(_ODD).sum())
        distinct, odd = counted.to_pandas().iloc[0]
        if odd:
            identifiers(of_year.to_pandas(), roles.unit)
        return int(distinct) == units
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


def _complete(found: pa.Table, roles: Roles, outcomes: Sequence[str]) -> Cells | None:
    """Cells of the sums by year, when every group holds the same units, all known, in every year.

    Where no unit appears twice in the first year, a year with as many rows and the same exclusive-or of the units' hashes
    (64 bits) has the same units: whatever is missing would have to be hit by chance.

    Raises
    ------
    BangfuError
        Where a rule has something to say.
    """
    (cluster, places), (start, first), (label, labels), (year, observed) = (
        _coded(found, key) for key in (roles.cluster, roles.cohort, roles.arm, roles.time)
    )
    at = times(observed, roles.time)
    years = np.unique(at)
    check_span(len(years))
    identifiers(places, roles.cluster)
    starts, written = first_times(first, roles.cohort, years)
    rank = np.searchsorted(years, at)
    group = combined([cluster, start, label])
    order = np.argsort(combined([group, rank[year]]), kind="stable")
    if len(order) % len(years):
        return None

    def shaped(values: NDArray[Any]) -> NDArray[Any]:
        return values[order].reshape(-1, len(years))

    sums = {name: shaped(found[f"s_{k}"].to_numpy()) for k, name in enumerate(outcomes)}
    n, units, group = (shaped(x) for x in (found["n"].to_numpy(), found["units"].to_numpy(), group))
    if not all((x == x[:, :1]).all() for x in (n, units, group)) or len(np.unique(group[:, 0])) < len(group):
        return None
    for k in range(len(outcomes)):
        large = ~(shaped(found[f"largest_{k}"].to_numpy()) <= LARGE)  # what is not a number is large, too
        if large.any() or not (shaped(found[f"known_{k}"].to_numpy()) == n).all():
            return None
    cluster, start, label = (codes[order[:: len(years)]] for codes in (cluster, start, label))
    pairs, path = np.unique(np.column_stack([start, label]), axis=0, return_inverse=True)
    first_of, arms = starts[pairs[:, 0]], np.full(len(pairs), "treated", dtype=object)
    if roles.arm:
        arms = arm_names(labels.iloc[pairs[:, 1]].reset_index(drop=True), roles.arm, first_of)
    distinct = [Path.of(*key) for key in zip(first_of.tolist(), arms, strict=True)]
    paths = tuple(sorted(set(distinct)))
    sorted_ = places.sort_values()
    villages = pd.DataFrame({"county_id": None, "township_id": None, "village_id": sorted_.to_numpy()})
    households = n[:, 0].astype(np.int64)
    whole = np.full(len(households), (1 << len(years)) - 1, dtype=np.int64)
    return Cells(
        tuple(years.tolist()), villages.apply(as_text), paths, pd.DataFrame(index=range(1)), np.argsort(sorted_.index.to_numpy())[cluster],
        np.array([paths.index(p) for p in distinct], dtype=np.int64)[path], np.zeros_like(households),
        dict.fromkeys(outcomes, whole), households, households.astype(float), sums,
        {name: shaped(found[f"top_{k}"].to_numpy()).max(1) for k, name in enumerate(outcomes)},
        CellsInfo(
            models=tuple(sorted({m for p in paths for _, m in p.steps})),
            spec={"outcomes": list(outcomes), "weighted": False, "by": {}}, engine="duckdb",
            never=never_codes(starts[start], written[start], households),
        ),
    ).collapsed()  # fmt: skip


def _coded(table: pa.Table, name: str | None) -> tuple[NDArray[np.int64], pd.Series]:
    """Codes of a column's values, and the values."""
    if name is None:
        return np.zeros(len(table), dtype=np.int64), pd.Series(["treated"])
    found = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
    return found.indices.to_numpy().astype(np.int64), found.dictionary.to_pandas()
