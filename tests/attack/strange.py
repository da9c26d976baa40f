"""Files of cells and of moments as other programs and bad will would write them: containers, types, repeated names.

Each maker reads the whole file and writes another; it gives whether the digests were made again, so that what breaks
no rule may be believed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bangfu.cells.files import KEY
from tests.attack.altered import read, write

Make = Callable[[Path, Path], bool]


def _columns(change: Callable[[pa.Table], pa.Table]) -> Make:
    """The table with other columns; its description as it was."""

    def make(whole: Path, path: Path) -> bool:
        table, meta = read(whole)
        write(change(table), meta, path, forged=False)
        return False

    return make


def _cast(kind: Callable[[pa.DataType], bool], to: Any) -> Make:
    def change(table: pa.Table) -> pa.Table:
        for i, field in enumerate(table.schema):
            if kind(field.type):
                table = table.set_column(
                    i, field.name, table[field.name].cast(to(field.type) if callable(to) else to)
                )
        return table

    return _columns(change)


def _first(name: str, values: Callable[[int], pa.Array]) -> Make:
    return _columns(lambda t: t.set_column(t.column_names.index(name), name, values(t.num_rows)))


def _stored(**how: Any) -> Make:
    """The same columns and description, written another way."""

    def make(whole: Path, path: Path) -> bool:
        pq.write_table(pq.read_table(whole), path, **how)
        return False

    return make


def _described(change: Callable[[str], str | bytes]) -> Make:
    """The description as another text."""

    def make(whole: Path, path: Path) -> bool:
        table = pq.read_table(whole)
        text = change(table.schema.metadata[KEY].decode())
        pq.write_table(
            table.replace_schema_metadata({KEY: text.encode() if isinstance(text, str) else text}), path
        )
        return False

    return make


def _bytes(change: Callable[[bytes], bytes]) -> Make:
    def make(whole: Path, path: Path) -> bool:
        path.write_bytes(change(whole.read_bytes()))
        return False

    return make


def _text(change: Callable[[str], str]) -> Make:
    return _bytes(lambda b: change(b.decode()).encode())


def _zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("county.parquet", content)
    return out.getvalue()


def _more_metadata(whole: Path, path: Path) -> bool:
    table = pq.read_table(whole)
    more = {b"pandas": b"{", b"\xff": b"\xfe", KEY: table.schema.metadata[KEY], b"other": b"x" * 1_000_000}
    pq.write_table(table.replace_schema_metadata(more), path)
    return False


def _repeated(text: str) -> str:
    """A name twice at the top: the second differs."""
    return text.rstrip().removesuffix("}") + ', "rows": 1}'


def _nested(text: str) -> str:
    content = json.loads(text)
    content["info"]["spec"]["deep"] = json.loads("[" * 400 + "]" * 400)
    return json.dumps(content)


CONTAINERS: dict[str, Make] = {
    "gzip": _bytes(gzip.compress), "bzip2": _bytes(bz2.compress), "zip": _bytes(_zipped), "twice": _bytes(lambda b: b + b),
    "bytes before": _bytes(lambda b: b"\n" + b), "bytes after": _bytes(lambda b: b + b"\0" * 100), "backwards": _bytes(lambda b: b[::-1]),
    "a page of HTML": _bytes(lambda b: b"<!doctype html><title>Login</title>"), "a pointer of Git LFS": _bytes(lambda b: b"version https://git-lfs.github.com/spec/v1\n"),
}  # fmt: skip

CELLS: dict[str, Make] = CONTAINERS | {
    "no table": _columns(lambda t: t.select([])),
    "dictionaries": _cast(pa.types.is_string, lambda k: pa.dictionary(pa.int32(), k)),
    "large texts": _cast(pa.types.is_string, pa.large_string()),
    "bytes for texts": _cast(pa.types.is_string, pa.binary()),
    "views of texts": _cast(pa.types.is_string, pa.string_view()),
    "short numbers": _cast(pa.types.is_floating, pa.float32()),
    "short whole numbers": _cast(pa.types.is_int64, pa.int32()),
    "no signs": _cast(pa.types.is_int64, pa.uint64()),
    "texts for numbers": _cast(pa.types.is_floating, pa.string()),
    "decimals": _first("weight", lambda n: pa.array([1] * n, pa.decimal128(38, 0))),
    "yes or no": _first("households", lambda n: pa.array([True] * n)),
    "moments": _first("weight", lambda n: pa.array([1] * n, pa.timestamp("ns"))),
    "nothing": _first("weight", pa.nulls),
    "lists": _first("weight", lambda n: pa.array([[1.0]] * n)),
    "structures": _first("weight", lambda n: pa.array([{"a": 1.0}] * n)),
    "maps": _first("weight", lambda n: pa.array([[("a", 1.0)]] * n, pa.map_(pa.string(), pa.float64()))),
    "columns in another order": _columns(lambda t: t.select(t.column_names[::-1])),
    "row groups of one": _stored(row_group_size=1), "not compressed": _stored(compression="none"), "the first version": _stored(version="1.0"),
    "no statistics": _stored(write_statistics=False), "no dictionaries": _stored(use_dictionary=False), "byte streams": _stored(use_dictionary=False, use_byte_stream_split=["weight"]),
    "no schema of Arrow": _stored(store_schema=False), "pages of two": _stored(data_page_version="2.0", data_page_size=2),
    "more metadata": _more_metadata,
    "a name twice": _described(_repeated), "a name twice below": _described(lambda s: s.replace('"info": {', '"info": {"kind": "survey", ')),
    "not a number": _described(lambda s: s.replace('"rows": ', '"rows": NaN, "x": ', 1)), "infinite": _described(lambda s: s.replace('"rows": ', '"rows": 1e999, "x": ', 1)),
    "a huge whole number": _described(lambda s: s.replace('"rows": ', '"rows": ' + "9" * 5_000 + ', "x": ', 1)),
    "minus nothing": _described(lambda s: s.replace('"rows": ', '"rows": -0, "x": ', 1)), "rows as a fraction": _described(lambda s: s.replace('"rows": ', '"rows": 1.0, "x": ', 1)),
    "nested": _described(_nested), "UTF-16": _described(lambda s: s.encode("utf-16")), "a mark before": _described(lambda s: b"\xef\xbb\xbf" + s.encode()),
    "half a character": _described(lambda s: s.replace('"rows"', '"\\ud800"', 1)), "a NUL": _described(lambda s: s + "\0"), "words after": _described(lambda s: s + " {}"),
    "comments": _described(lambda s: "// cells\n" + s), "single quotes": _described(lambda s: s.replace('"', "'")), "blanks": _described(lambda s: " " * 100_000 + s),
}  # fmt: skip
"""What is done to a file of cells."""


def _number(field: str, to: str) -> Make:
    """The first number of a field as another text."""

    def change(text: str) -> str:
        start = text.index(f'"{field}": ') + len(field) + 4
        end = min(i for i in (text.find(c, start) for c in ",}\n]") if i > 0)
        return text[:start] + to + text[end:]

    return _text(change)


MOMENTS: dict[str, Make] = CONTAINERS | {
    "a name twice": _text(lambda s: s.rstrip().removesuffix("}") + ', "inside": true}'),
    "a name twice below": _text(lambda s: s.replace('"rules": {', '"rules": {"kind": "survey", ', 1)),
    "a name twice in a result": _text(lambda s: s.replace('"joiners": ', '"joiners": 1.0, "joiners": ', 1)),
    "a name twice in the digests": _text(lambda s: s.replace('"sha256": {', '"sha256": {"inside": "", ', 1)),
    **{f"{field} as {to[:8]}": _number(field, to) for field in ("joiners", "df", "households", "event_time", "weight", "error_of_difference")
       for to in ("NaN", "Infinity", "1e999", "9" * 400, "-0.0", "1e-400", '"1"', "true", "null", "[1]")},
    "a huge whole number": _number("households", "9" * 5_000),
    "nested": _text(lambda s: s.replace('"rules": {', '"rules": {"deep": ' + "[" * 400 + "]" * 400 + ", ", 1)),
    "nested without end": _text(lambda s: s.replace('"rules": {', '"rules": {"deep": ' + "[" * 100_000 + "]" * 100_000 + ", ", 1)),
    "UTF-16": _bytes(lambda b: b.decode().encode("utf-16")), "a mark before": _bytes(lambda b: b"\xef\xbb\xbf" + b),
    "half a character": _text(lambda s: s.replace('"courtyard"', '"\\ud800"', 1)), "a NUL": _text(lambda s: s + "\0"),
    "comments": _text(lambda s: "{//\n" + s[1:]), "a comma more": _text(lambda s: s.rstrip().removesuffix("}") + ",}"),
    "blanks": _text(lambda s: " " * 100_000 + s), "blanks without end": _text(lambda s: "{" + " " * (65 << 20) + s[1:]),
    "lines of Windows": _text(lambda s: s.replace("\n", "\r\n")), "on one line": _text(lambda s: json.dumps(json.loads(s))),
    "names in another order": _text(lambda s: json.dumps(json.loads(s), sort_keys=True)), "spelt out": _text(lambda s: s.replace("courtyard", "\\u0063ourtyard")),
    "a list": _text(lambda s: f"[{s}]"), "twice in a list": _text(lambda s: s + s),
}  # fmt: skip
"""What is done to a file of moments."""
