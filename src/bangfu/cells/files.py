"""Cells in one Parquet file: a row per cell, and in the file's metadata what the rows mean."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.atomic import output
from bangfu.cells.cells import Cells
from bangfu.cells.codes import codes_of
from bangfu.cells.info import PLACE
from bangfu.cells.paths import Path
from bangfu.errors import BangfuError, spoken
from bangfu.given import json_object, kind_of

if TYPE_CHECKING:
    from bangfu.cells.schema import Described

KEY = b"bangfu.cells"


def save(cells: Cells, path: str | File, *, overwrite: bool = False) -> File:
    """See :meth:`bangfu.Cells.save`; what is written can be read again, or is refused here."""
    from bangfu.cells import schema

    path = File(path)
    frame = cells.villages.iloc[cells.village].reset_index(drop=True)
    columns: dict[str, Any] = {p: pa.array(frame[p], type=pa.string(), from_pandas=True) for p in PLACE}
    columns["path"] = pa.array([p.text for p in cells.paths], type=pa.string()).take(pa.array(cells.path))
    for name in cells.strata.columns:
        columns[f"by:{name}"] = pa.array(cells.strata[name].iloc[cells.stratum].astype(str), type=pa.string())
    columns |= {"households": pa.array(cells.households), "weight": pa.array(cells.weight)}
    for name, sums in cells.sums.items():
        columns[f"seen:{name}"] = pa.array(cells.patterns[name])
        columns |= {f"sum:{name}:{year}": pa.array(sums[:, t]) for t, year in enumerate(cells.years)}
        columns[f"largest:{name}"] = pa.array(cells.largest[name])
    table = pa.table(columns)
    about = {
        "format": schema.FORMAT,
        "rows": len(cells.weight),
        "years": list(cells.years),
        "outcomes": list(cells.sums),
        "by": list(cells.strata.columns),
        "info": dataclasses.asdict(cells.info),
    }
    meta = json.loads(json.dumps(about, ensure_ascii=False))
    meta["sha256"] = schema.digests(table, meta)
    _sound(table, meta, path.name)
    table = table.replace_schema_metadata({KEY: json.dumps(meta, ensure_ascii=False).encode()})
    with output(path, overwrite=overwrite, private=True) as beside:
        pq.write_table(table, beside, compression="zstd", write_page_checksum=True)
    return path


def load(path: str | File) -> Cells:
    """See :meth:`bangfu.Cells.load`."""
    path = File(path)
    if kind_of(path) != "parquet":
        raise _not_whole(path, "it does not begin as one")
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            meta = _description(file, path.name)
            table = file.read().replace_schema_metadata(
                None
            )  # what other programs say of it counts for nothing
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise _not_whole(path, type(error).__name__) from None
    return _cells(table, _sound(table, meta, path.name))


def _not_whole(path: File, why: str) -> BangfuError:
    return BangfuError(
        f"{path.name} is an incomplete or damaged Parquet file ({why}); make the cells again",
        f"{path.name} 不是完整的 Parquet 文件({why}),请重新生成",
    )


def _description(file: pq.ParquetFile, name: str) -> dict[str, Any]:
    """What a file says of itself, once its columns are those."""
    from bangfu.cells import schema

    stored = (file.schema_arrow.metadata or {}).get(KEY)
    if stored is None:
        way = spoken("register.cells().save(path)", "bangfu cells DIR --out FILE")
        raise BangfuError(
            f"{name} is a Parquet file, but not one of cells; make cells with {way}",
            f"{name} 是 Parquet 文件,但不是分村汇总数据;请用 {way} 生成",
        )
    meta = json_object(stored, f"{name}, metadata {KEY.decode()}")
    if (found := meta.get("format")) != schema.FORMAT:
        raise BangfuError(
            f"{name} has cells of format {str(found)[:40]}, this program reads {schema.FORMAT}; update bangfu, or make them again",
            f"{name} 的格式为{str(found)[:40]},本程序读取{schema.FORMAT};请更新 bangfu 或重新生成",
        )
    schema.check_layout(file.schema_arrow, file.metadata.num_rows, schema.described(meta, name), name)
    return meta


def _sound(table: pa.Table, meta: dict[str, Any], name: str) -> Described:
    """The description of a table that keeps every rule."""
    from bangfu.cells import schema

    found = schema.described(meta, name)
    schema.check_layout(table.schema, table.num_rows, found, name)
    schema.check_rows(table, found, name)
    return found


def _cells(table: pa.Table, found: Described) -> Cells:
    village, villages = codes_of(pd.DataFrame({p: table[p].to_pandas() for p in PLACE}))
    layers = {name: table[f"by:{name}"].to_pandas() for name in found.by}
    stratum, strata = codes_of(pd.DataFrame(layers, index=range(table.num_rows)))
    texts = table["path"].to_pandas()
    distinct = sorted(Path.parse(t) for t in texts.unique())
    index = {p.text: i for i, p in enumerate(distinct)}
    sums = {
        name: np.stack([table[f"sum:{name}:{year}"].to_numpy() for year in found.years], axis=1)
        for name in found.outcomes
    }
    return Cells(
        found.years, villages, tuple(distinct), strata,
        village, texts.map(index).to_numpy(np.int64), stratum,
        {name: table[f"seen:{name}"].to_numpy().astype(np.int64) for name in found.outcomes},
        table["households"].to_numpy().astype(np.int64), table["weight"].to_numpy().astype(float), sums,
        {name: table[f"largest:{name}"].to_numpy() for name in found.outcomes},
        found.info,
    ).collapsed()  # fmt: skip
