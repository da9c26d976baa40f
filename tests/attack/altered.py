"""Altered files of cells and of moments: what is done to every field, column and byte of them, and by whom."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.cells.files import KEY
from bangfu.cells.schema import digests
from bangfu.given import digests_of
from bangfu.moments import files

Meta = dict[str, Any]


def read(path: Path) -> tuple[pa.Table, Meta]:
    """The columns of a file of cells, and its description."""
    table = pq.read_table(path)
    return table.replace_schema_metadata(None), json.loads(table.schema.metadata[KEY])


def write(table: pa.Table, meta: Any, path: Path, *, forged: bool) -> None:
    """A file of cells, with the digests as they were or made again."""
    if forged and isinstance(meta, dict) and isinstance(meta.get("info"), dict):
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            meta = meta | {"sha256": digests(table, meta)}
    text = meta if isinstance(meta, bytes) else json.dumps(meta).encode()
    pq.write_table(table.replace_schema_metadata({KEY: text}), path)


def fields(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every field of the description, at every depth, but the digests."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in inner:
        if (*place, name) != ("sha256",):
            yield (*place, name)
            yield from fields(below, (*place, name))


def changed(meta: Meta, place: tuple[Any, ...], value: Any) -> Meta:
    """The description with another value in a place; ``KeyError`` takes the place away."""
    out = copy.deepcopy(meta)
    inner = out
    for name in place[:-1]:
        inner = inner[name]
    if value is KeyError:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return out


VALUES = (
    KeyError, None, True, -1, 0, 10**30, 1.5, math.nan, math.inf, "", "x", "x" * 100_000, "a\x1b[2J", "\u202e",
    [], {}, [[]], {"": None}, [1, "x"], json.loads("[" * 200 + "]" * 200),
)  # fmt: skip


TEXTS = (
    b"", b"{", b"null", b"[]", b"1", b"\xff\xfe", b"{}" * 2, b'{"format": 3, "format": 3}', b"[" * 100_000,
    b'{"format":' * 100_000, b'{"format": 1e999}', b'{"format": NaN}', b'{"format": 99}', b'{"format": "3"}', b'{"format": true}',
)  # fmt: skip


def put(table: pa.Table, name: str, values: Any, kind: pa.DataType | None = None) -> pa.Table:
    position = table.column_names.index(name)
    return table.set_column(position, name, pa.array(values, type=kind or table.schema.field(name).type))


def cell(name: str, value: Any, row: int = 3) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        values = table[name].to_pylist()
        values[row] = value(values[row]) if callable(value) else value
        return put(table, name, values)

    return change


def whole_file(table: pa.Table) -> dict[str, Callable[[pa.Table], pa.Table]]:
    """What is done to all rows or columns: name -> change; forged, all of it breaks a rule."""
    out: dict[str, Callable[[pa.Table], pa.Table]] = {
        "doubled rows": lambda t: pa.concat_tables([t, t]),
        "one row twice": lambda t: pa.concat_tables([t, t[:1]]),
        "no rows": lambda t: t[:0],
        "a row less": lambda t: t[1:],
        "a column more": lambda t: t.append_column("extra", t["weight"]),
        "a column twice": lambda t: t.append_column("weight", t["weight"]),
    }
    for name in table.column_names:
        out[f"drop {name}"] = lambda t, n=name: t.drop_columns([n])
        out[f"rename {name}"] = lambda t, n=name: t.rename_columns(
            [f"{c}2" if c == n else c for c in t.column_names]
        )
        out[f"retype {name}"] = lambda t, n=name: put(
            t, n, t[n].cast(pa.string()).to_pylist(), pa.large_string()
        )
        out[f"nested {name}"] = lambda t, n=name: put(t, n, [[1]] * t.num_rows, pa.list_(pa.int64()))
    return out


BROKEN: dict[str, tuple[Any, ...]] = {
    "county_id": ("x" * 2_000,),
    "township_id": ("x" * 2_000,),
    "village_id": (None, "x" * 2_000),
    "by:labour": (None, "x" * 2_000),
    "path": (
        None, "x", "courtyard", "@2017", "courtyard@x", "courtyard@2017 courtyard@2018", "unknown@2017", " courtyard@2017",
        "courtyard@2018 cooperative@2017", "courtyard@ 2017", "courtyard@2017.0", "courtyard@１", "courtyard@" + "9" * 5_000,
    ),
    "households": (None, 0, -1, -(2**62), 2**62),
    "weight": (None, 0.0, -1.0, math.nan, math.inf, 1e308, lambda v: v * 10),
    "seen": (None, -1, 1 << 40, 2**62),
    "sum": (None, math.nan, math.inf, -math.inf, 1e9),
    "largest": (None, math.nan, math.inf, -1.0),
}  # fmt: skip
"""Kind of column -> values that break a rule even where the digests are forged (the register has no weights)."""


def kind_of(name: str) -> str:
    return name.partition(":")[0] if name.startswith(("seen:", "sum:", "largest:")) else name


ACCIDENTS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "all sums a tenth": lambda t: _scaled(t, "sum:", 0.1),
    "all weights tenfold": lambda t: _scaled(t, "weight", 10.0),
    "rows in another order": lambda t: t.take(np.arange(t.num_rows)[::-1]),
    "two villages exchanged": lambda t: put(t, "village_id", t["village_id"].to_pylist()[::-1]),
    "a last digit": cell("sum:income_per_head:2016", lambda v: np.nextafter(v, np.inf) if v else 1.0, 0),
}


def _scaled(table: pa.Table, begin: str, by: float) -> pa.Table:
    for name in table.column_names:
        if name.startswith(begin):
            table = put(table, name, (table[name].to_numpy() * by).tolist())
    return table


OTHERS: dict[str, bytes] = {
    "empty": b"", "text": b"a,b\n1,2\n", "zip": b"PK\x03\x04", "magic alone": b"PAR1", "magic twice": b"PAR1PAR1", "list": b"[]",
    "object": b"{}", "broken json": b"{", "deep": b'{"a":' * 50_000, "nul": b"\0" * 1000,
}  # fmt: skip


def write_moments(path: Path, content: Any, *, forged: bool) -> None:
    """A file of moments, with the digests as they were or made again."""
    if forged:
        with contextlib.suppress(KeyError, TypeError, AttributeError, ValueError):
            content = content | {"sha256": digests_of(files._fields(content))}
    path.write_text(json.dumps(content), encoding="utf-8")


FORGED = {
    "fewer households": (("results", 0, "households"), 9), "fewer villages": (("results", 0, "villages"), 5),
    "more counties": (("results", 0, "counties"), 2), "another weight": (("results", 0, "weight"), 1.5),
    "no error": (("results", 0, "error_of_difference"), 0.0), "a negative error": (("results", 0, "error_of_would_have_been"), -1.0),
    "no degrees of freedom": (("results", 0, "df"), 0.5), "nothing expected": (("results", 0, "would_have_been"), 0.0),
    "an arm without a name": (("results", 0, "arm"), ""), "a correlation": (("correlations", 0, 0), 1.5),
    "impossible correlations": (("correlations",), None), "years that fall": (("rules", "years"), [2016, 2015]),
    "another design": (("rules", "design", "control"), "nobody"), "a design of something else": (("rules", "design", "colour"), "red"),
    "no outcome": (("rules", "design", "outcome"), None), "another kind": (("rules", "kind"), "secret"), "a sign": (("registers", 0), ""),
    "nobody's results": (("results",), []), "a county twice": (("registers",), ["county", "county"]),
    "a control character": (("rules", "unit"), "yuan\u202e"), "a field more": (("secrets",), 1), "rules more": (("rules", "secrets"), 1),
}  # fmt: skip
"""What is done -> the place in a file of moments and its value; all of it breaks a rule."""


def broken_moments(content: Meta, what: str) -> Meta:
    """A file of moments with one of ``FORGED`` done to it."""
    place, value = FORGED[what]
    if what == "impossible correlations":
        signs = np.sign(np.arange(len(content["correlations"]) + 1) % 3 - 0.5)
        value = [[-0.9 * float(signs[i] * signs[j]) for j in range(i)] for i in range(1, len(signs))]
    new = copy.deepcopy(content)
    inner: Any = new
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return new
