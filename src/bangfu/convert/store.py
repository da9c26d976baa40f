"""Records of households on disk, in a private folder: written some at a time, read by households."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.connect import connect, engine_at_work
from bangfu.convert.linking import EARLIER, link
from bangfu.convert.report import ConvertReport
from bangfu.register.tables import IDENTIFIER, KEYS
from bangfu.scratch import private_folder

AT_ONCE = 200_000
"""Records, or households, that are held in memory together."""
_MEMORY = "300MB"
_BESIDE = {"row": pa.int64(), "file": pa.string(), "wave": pa.float64()}


@contextmanager
def opened(kinds: dict[str, str]) -> Iterator[Store]:
    """A store that is gone at the end, whatever happens."""
    folder = private_folder("convert")
    try:
        yield Store(folder, kinds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Store:
    """Records by household and year, and the register's tables made of them, as Parquet files.

    Attributes
    ----------
    kinds : dict
        Variable to the kind of its cells; others are kept where they are numbers.
    rows : int
        Records so far; their order is kept in ``seq``.
    """

    def __init__(self, folder: Path, kinds: dict[str, str]) -> None:
        self._folder, self.kinds, self.rows = folder, kinds, 0
        self._records, self._pieces = list[Path](), dict[str, list[Path]]()
        self._con: Any = connect(memory=_MEMORY, spill="20GB").con  # type: ignore[attr-defined]

    def add(self, frame: pd.DataFrame) -> None:
        """Write some records."""
        columns: dict[str, Any] = {"seq": pa.array(range(self.rows, self.rows + len(frame)), pa.int64())}
        for name in map(str, frame.columns):
            text = name.startswith(EARLIER) or self.kinds.get(name) == IDENTIFIER
            if name in {**_BESIDE, **self.kinds} or text or pd.api.types.is_numeric_dtype(frame[name]):
                stored = _BESIDE.get(name) or (pa.string() if text else pa.float64())
                columns[name] = pa.Array.from_pandas(frame[name], type=stored)
        if len(frame):
            self._records.append(self._folder / f"records{len(self._records):06d}.parquet")
            pq.write_table(pa.table(columns), self._records[-1])
            self.rows += len(frame)

    def link(self, split_offs: str, report: ConvertReport) -> None:
        """Give every household one identifier over all waves."""
        ids = f"SELECT household_id, wave, COLUMNS('^{EARLIER}') FROM {self._all} ORDER BY seq"
        if not self._query(
            f"SELECT count(*) FROM (DESCRIBE SELECT * FROM {self._all}) WHERE column_name LIKE '{EARLIER}%'"
        ).iat[0, 0]:
            ids = f"SELECT household_id, wave FROM {self._all} ORDER BY seq"
        found = link(self._query(ids).astype({"household_id": object}), split_offs, report)
        linked = self._folder / "linked.parquet"
        pq.write_table(
            pa.table(
                {
                    "seq": pa.array(found.index, pa.int64()),
                    "linked": pa.array(found["household_id"], pa.string()),
                }
            ),
            linked,
        )
        whole = self._folder / "whole.parquet"
        with engine_at_work():
            self._con.execute(
                f"COPY (SELECT r.* REPLACE (l.linked AS household_id) FROM {self._all} r JOIN {_scan([linked])} l "
                f"USING (seq)) TO {_quoted(whole)} (FORMAT parquet)"
            )
        self._records, self.rows = [whole], len(found)

    def first_rows(self, column: str) -> list[tuple[str, str, int]]:
        """Every text of a column with the first file and row where it stands; none where there is no such column."""
        here = any(column in pq.read_schema(p).names for p in self._records)
        found = (
            self._query(
                f"SELECT {column} AS name, arg_min(file, seq) AS file, arg_min(row, seq) AS row FROM {self._all} "
                f"WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY min(seq)"
            )
            if here
            else pd.DataFrame(columns=["name", "file", "row"])
        )
        return list(found.itertuples(index=False, name=None))

    def parts(self) -> Iterator[pd.DataFrame]:
        """All records in their order, the households in parts that fit into memory."""
        count = max(1, math.ceil(self.rows / AT_ONCE))
        for part in range(count):
            yield self._query(
                f"SELECT * EXCLUDE (seq) FROM {self._all} WHERE hash(household_id) % {count} = {part} ORDER BY seq"
            )

    def keep(self, made: dict[str, pd.DataFrame]) -> None:
        """Keep the tables made of one part."""
        for name, table in made.items():
            pieces = self._pieces.setdefault(name, [])
            pieces.append(self._folder / f"{name}{len(pieces):06d}.parquet")
            table.to_parquet(pieces[-1], index=False)

    def write(self, folder: Path, report: ConvertReport) -> None:
        """Write the register's tables, sorted by their keys; a weight that no household has is no column."""
        for name, pieces in self._pieces.items():
            schema = pq.read_schema(pieces[0])
            if (
                "weight" in schema.names
                and not self._query(f"SELECT count(weight) FROM {_scan(pieces)}").iat[0, 0]
            ):
                schema = schema.remove(schema.get_field_index("weight"))
                report.note(name, "no_weights", report.rows_out[name], "weight")
            order, columns = ", ".join(KEYS[name]), ", ".join(f'"{c}"' for c in schema.names)
            with engine_at_work(), pq.ParquetWriter(folder / f"{name}.parquet", schema) as out:
                sorted_rows = self._con.sql(f"SELECT {columns} FROM {_scan(pieces)} ORDER BY {order}")
                for batch in sorted_rows.to_arrow_reader(100_000):
                    out.write_table(pa.Table.from_batches([batch]).cast(schema))

    def origins(self, table: Path, rows: tuple[int, ...]) -> pd.DataFrame:
        """The ``file`` and ``row`` of the input that rows of a written table (from 1) come from."""
        keys = [k for k in ("household_id", "year") if k in pq.read_schema(table).names]
        same = " AND ".join(f"r.{k} = t.{k}" for k in keys)
        return self._query(
            f"WITH t AS (SELECT {', '.join(keys)}, row_number() OVER () AS n FROM {_scan([table])}) "
            f"SELECT DISTINCT ON (t.n) r.file, r.row FROM t JOIN {self._all} r ON {same} "
            f"WHERE t.n IN ({', '.join(map(str, rows))}) ORDER BY t.n, r.seq"
        )

    @property
    def _all(self) -> str:
        return _scan(self._records)

    def _query(self, text: str) -> pd.DataFrame:
        with engine_at_work():
            frame: pd.DataFrame = self._con.sql(text).to_arrow_table().to_pandas()
        return frame


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _scan(paths: list[Path]) -> str:
    return f"read_parquet([{', '.join(map(_quoted, paths))}], union_by_name = true)"
