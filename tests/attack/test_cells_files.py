"""Altered files of cells: every field and column, with the digests as they were and made again by a forger."""

from __future__ import annotations

import contextlib
import copy
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.cells.files import KEY
from bangfu.cells.schema import digests
from bangfu.errors import BangfuError
from tests.cells.plain import as_plain

Meta = dict[str, Any]


@pytest.fixture(scope="session")
def whole(sixty, tmp_path_factory) -> Path:
    cells = bangfu.load_register(sixty).cells(
        ["income_per_head", "log:income_per_head", "headcount"], by=["labour"], line=3000.0
    )
    return cells.save(tmp_path_factory.mktemp("altered") / "county.parquet")


def read(path: Path) -> tuple[pa.Table, Meta]:
    table = pq.read_table(path)
    return table.replace_schema_metadata(None), json.loads(table.schema.metadata[KEY])


def write(table: pa.Table, meta: Any, path: Path, *, forged: bool) -> None:
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


def refused(path: Path) -> str:
    """The one message; raises whatever else happens."""
    with pytest.raises(BangfuError) as found:
        Cells.load(path)
    for text in (found.value.en, found.value.zh):
        assert "county.parquet" in text and "\n" not in text and len(text) < 700
    assert found.value.zh != found.value.en
    return found.value.en


def test_every_field_of_the_description(whole, tmp_path):
    """With the digests as they were every change is refused; forged ones are refused or make a file that works."""
    table, meta = read(whole)
    path = tmp_path / "county.parquet"
    places = list(fields(meta))
    tried = believed = 0
    for place in places:
        for value in VALUES:
            new = changed(meta, place, value)
            if new == meta and repr(new) == repr(meta):
                continue
            tried += 1
            write(table, new, path, forged=False)
            message, named = refused(path), [str(p) for p in place[:2] if isinstance(p, str)]
            assert ".".join(named) in message or "JSON" in message or "format" in message, (place, message)
            write(table, new, path, forged=True)
            try:
                loaded = Cells.load(path)
            except BangfuError:
                refused(path)
            else:
                believed += 1
                assert place[0] == "info" and len(loaded.weight)
                loaded.save(tmp_path / "again", overwrite=True)
    assert len(places) >= 40 and tried >= 800 and believed < tried / 2


def test_fields_that_nobody_knows(whole, tmp_path):
    table, meta = read(whole)
    for place in (("new",), ("info", "new")):
        write(table, changed(meta, place, 1), tmp_path / "county.parquet", forged=True)
        assert "new" in refused(tmp_path / "county.parquet")


TEXTS = (
    b"", b"{", b"null", b"[]", b"1", b"\xff\xfe", b"{}" * 2, b'{"format": 3, "format": 3}', b"[" * 100_000,
    b'{"format":' * 100_000, b'{"format": 1e999}', b'{"format": NaN}', b'{"format": 99}', b'{"format": "3"}', b'{"format": true}',
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_descriptions_that_are_none(whole, tmp_path, text):
    write(read(whole)[0], text, tmp_path / "county.parquet", forged=False)
    refused(tmp_path / "county.parquet")


def numbers(table: pa.Table) -> list[str]:
    return [n for n in table.column_names if not pa.types.is_string(table.schema.field(n).type)]


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


def test_every_column(whole, tmp_path):
    table, meta = read(whole)
    path = tmp_path / "county.parquet"
    tried = 0
    for name in table.column_names:
        for value in BROKEN[kind_of(name)]:
            for forged in (False, True):
                write(cell(name, value)(table), meta, path, forged=forged)
                named = ("households", "weight") if name == "households" else (name,)
                assert any(f"column {n}" in refused(path) for n in named), (name, value, forged)
                tried += 1
    for what, change in whole_file(table).items():
        for forged in (False,) if what == "a row less" else (False, True):
            new = change(table)
            rows = meta | {"rows": max(new.num_rows, 1)} if forged else meta
            write(new, rows, path, forged=forged)
            message = refused(path)
            assert "row" in message if "row" in what else "column" in message, (what, message)
            tried += 1
    assert tried >= 250


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


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_what_keeps_the_rules_is_found_by_its_digest(whole, tmp_path, accident):
    table, meta = read(whole)
    write(ACCIDENTS[accident](table), meta, tmp_path / "county.parquet", forged=False)
    assert "column" in refused(tmp_path / "county.parquet")


def test_another_kind_is_found_by_its_digest_and_not_when_forged(whole, tmp_path):
    """What SECURITY.md says: digests tell accidents, not forgery."""
    table, meta = read(whole)
    path = tmp_path / "county.parquet"
    new = changed(meta, ("info", "kind"), "survey")
    write(table, new, path, forged=False)
    assert "info.kind" in refused(path)
    write(table, new, path, forged=True)
    assert Cells.load(path).info.kind == "survey"


def test_flipped_and_cut_bytes(whole, tmp_path):
    """Refused, or the very cells that were written."""
    content, path = whole.read_bytes(), tmp_path / "county.parquet"
    before = as_plain(Cells.load(whole))
    random = np.random.default_rng(1)
    for place in random.integers(0, len(content), 150):
        bent = bytearray(content)
        bent[place] ^= int(random.integers(1, 256))
        path.write_bytes(bytes(bent))
        try:
            found = Cells.load(path)
        except BangfuError as error:
            assert "county.parquet" in error.en
        else:
            assert as_plain(found) == before
    for length in random.integers(0, len(content), 50):
        path.write_bytes(content[:length])
        refused(path)


def test_the_format_is_told_by_content(whole, sixty, tmp_path, run):
    """Whatever the ending; and a folder called like a file, or a file like a folder, is what it holds."""
    moments = bangfu.load_register(sixty).cells().moments(inside=True).save(tmp_path / "m.json")
    for name in ("cells.json", "cells", "cells.xlsx", "year=2017"):
        (tmp_path / name).write_bytes(whole.read_bytes())
        assert run("compare", tmp_path / name).code == 0
        assert run("cells", tmp_path / name, "--out", tmp_path / f"out {name}").code == 0
    (tmp_path / "moments.parquet").write_bytes(moments.read_bytes())
    assert run("cells", tmp_path / "moments.parquet", "--out", tmp_path / "merged").code == 0
    both = run("cells", whole, moments, "--out", tmp_path / "both")
    assert both.code == 2 and not (tmp_path / "both").exists()


OTHERS: dict[str, bytes] = {
    "empty": b"", "text": b"a,b\n1,2\n", "zip": b"PK\x03\x04", "magic alone": b"PAR1", "magic twice": b"PAR1PAR1", "list": b"[]",
    "object": b"{}", "broken json": b"{", "deep": b'{"a":' * 50_000, "nul": b"\0" * 1000,
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("door", ["compare", "cells"])
def test_files_that_are_something_else(what, door, tmp_path, run):
    path = tmp_path / "county.parquet"
    path.write_bytes(OTHERS[what])
    ended = run(door, path, *(["--out", tmp_path / "out"] if door == "cells" else []))
    assert ended.code in (1, 2) and len(ended.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_foreign_parquet_file_is_named(tmp_path, run):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "county.parquet")
    ended = run("compare", tmp_path / "county.parquet", "--lang", "zh")
    assert ended.code == 1 and "不是分村汇总数据" in ended.err
