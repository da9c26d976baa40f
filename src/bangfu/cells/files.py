"""Cells in one Parquet file: a row per cell, and in the file's metadata what the rows mean."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path as File
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.accepted import Accepted
from bangfu.atomic import replacing
from bangfu.cells.cells import PLACE, Cells, CellsInfo
from bangfu.cells.codes import codes_of
from bangfu.cells.leaving import Left
from bangfu.cells.paths import Path
from bangfu.errors import BangfuError, WrongUse, spoken
from bangfu.words import Word

KEY = b"bangfu.cells"
FORMAT = 2


def save(cells: Cells, path: str | File) -> File:
    """See :meth:`bangfu.Cells.save`."""
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
    meta = {
        "format": FORMAT,
        "rows": len(cells.weight),
        "years": list(cells.years),
        "outcomes": list(cells.sums),
        "by": list(cells.strata.columns),
        "info": dataclasses.asdict(cells.info),
    }
    table = pa.table(columns).replace_schema_metadata({KEY: json.dumps(meta, ensure_ascii=False).encode()})
    with replacing(path) as beside:
        pq.write_table(table, beside, compression="zstd", write_page_checksum=True)
    return path


def load(path: str | File) -> Cells:
    """See :meth:`bangfu.Cells.load`."""
    path = File(path)
    if not path.is_file():
        raise WrongUse(f"no file {path}", f"找不到文件 {path}")
    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BangfuError(
            f"{path.name} is not a whole Parquet file ({type(error).__name__}); make the cells again",
            f"{path.name} 不是完整的 Parquet 文件({type(error).__name__}),请重新生成",
        ) from None
    stored = (table.schema.metadata or {}).get(KEY)
    if stored is None:
        way = spoken("register.cells().save(path)", "bangfu cells DIR --out FILE")
        raise BangfuError(
            f"{path.name} is a Parquet file, but not one of cells; make cells with {way}",
            f"{path.name} 是 Parquet 文件,但不是分组汇总数据;请用 {way} 生成",
        )
    try:
        meta = json.loads(stored)
        if meta["format"] != FORMAT:
            raise BangfuError(
                f"{path.name} has cells of format {meta['format']}, this program reads {FORMAT}; update bangfu, or make them again",
                f"{path.name} 的格式为{meta['format']},本程序读取{FORMAT};请更新 bangfu 或重新生成",
            )
        return _cells(table, meta)
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise BangfuError(
            f"{path.name} does not hold what its own description says ({error}); make the cells again",
            f"{path.name} 的内容与自身说明不符({error}),请重新生成",
        ) from None


def _cells(table: pa.Table, meta: dict[str, Any]) -> Cells:
    years, outcomes, by = tuple(meta["years"]), meta["outcomes"], meta["by"]
    if meta["rows"] != table.num_rows:
        raise ValueError(f"{table.num_rows} rows instead of {meta['rows']}")
    village, villages = codes_of(pd.DataFrame({p: table[p].to_pandas() for p in PLACE}))
    stratum, strata = codes_of(
        pd.DataFrame({name: table[f"by:{name}"].to_pandas() for name in by}, index=range(table.num_rows))
    )
    texts = table["path"].to_pandas()
    distinct = sorted(Path.parse(t) for t in texts.unique())
    index = {p.text: i for i, p in enumerate(distinct)}
    info = meta["info"]
    info |= {
        "models": tuple(info["models"]),
        "names": {model: Word(**title) for model, title in info["names"].items()},
        "left": None if info["left"] is None else tuple(Left(*row) for row in info["left"]),
        "accepted": tuple(Accepted(**a) for a in info["accepted"]),
    }
    sums = {
        name: np.stack([table[f"sum:{name}:{year}"].to_numpy() for year in years], axis=1)
        for name in outcomes
    }
    return Cells(
        years, villages, tuple(distinct), strata,
        village, texts.map(index).to_numpy(np.int64), stratum,
        {name: table[f"seen:{name}"].to_numpy().astype(np.int64) for name in outcomes},
        table["households"].to_numpy().astype(np.int64), table["weight"].to_numpy().astype(float), sums,
        CellsInfo(**info),
    ).collapsed()  # fmt: skip
