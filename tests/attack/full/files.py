"""Altered files of cells and of moments: refused by one message, or harmless; only a forger is believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import bangfu
from bangfu.cells import Cells
from bangfu.moments import Moments
from bangfu.simulation import simulate
from tests.attack import altered, strange
from tests.attack.command import command
from tests.attack.full.journal import Case, fresh_folder
from tests.cells.plain import as_plain
from tests.moments.counties import cells as cells_of
from tests.moments.counties import panel

Put = Callable[[Path], bool]
"""Writes the altered file; gives whether its digests were made again."""


def of_cells(seed: int) -> Iterator[Case]:
    """Fields, columns, rows, bytes and containers of a file of cells."""
    with fresh_folder() as home:
        register = simulate(home / "register", households=60, seed=seed, households_per_village=5)
        outcomes = ["income_per_head", "log:income_per_head", "headcount"]
        whole = (
            bangfu.load_register(register).cells(outcomes, by=["labour"], line=3000.0).save(home / "whole")
        )
        before = as_plain(Cells.load(whole))
        for name, put in _cells(whole, np.random.default_rng([seed, 3])):
            yield Case(
                "files of cells",
                name,
                lambda folder, p=put: _one(folder, p, lambda f: as_plain(Cells.load(f)), before),
            )


def of_moments(seed: int) -> Iterator[Case]:
    """The same of a file of moments."""
    with fresh_folder() as home:
        whole = cells_of(panel(seed, 40)).moments().save(home / "whole", log=home / "log")

        def read(path: Path) -> str:
            found = Moments.load(path)
            return (
                found.table.to_json()
                + json.dumps(found.covariance.tolist())
                + json.dumps([found.rules, found.inside], sort_keys=True)
            )

        for name, put in _moments(whole, np.random.default_rng([seed, 4])):
            yield Case("files of moments", name, lambda folder, p=put: _one(folder, p, read, read(whole)))


def _one(folder: Path, put: Put, read: Callable[[Path], Any], before: Any) -> str:
    """Through the command that merges, which reads and writes either kind."""
    path, out = folder / "county.file", folder / "out"
    forged = put(path)
    ended = command("cells", path, "--out", out)
    if ended.code:
        told = [line for line in ended.err.splitlines() if line]
        assert ended.code in (1, 2) and len(told) == 1 and not out.exists(), ended
        assert len(told[0]) < 1_500, "a message without end"
        if "at least three counties" not in told[0]:  # of one county nothing goes back
            assert "county.file" in told[0], told[0]
            return "refused"
    found = read(path)
    assert forged or found == before, "another content is believed, though its digests are as they were"
    return "harmless"


def _cells(whole: Path, random: np.random.Generator) -> Iterator[tuple[str, Put]]:
    table, meta = altered.read(whole)
    places = list(altered.fields(meta))
    for i in range(60):
        place, value = (
            places[random.integers(len(places))],
            altered.VALUES[random.integers(len(altered.VALUES))],
        )
        yield f"field {i} {place}", _put_cells(table, altered.changed(meta, place, value), forged=bool(i % 2))
    for name in table.column_names:
        values = altered.BROKEN[altered.kind_of(name)]
        value = values[random.integers(len(values))]
        yield (
            f"column {name}",
            _put_cells(altered.cell(name, value)(table), meta, forged=bool(random.integers(2))),
        )
    whole_file = altered.whole_file(table)
    for what in random.choice(sorted(whole_file), 40, replace=False):
        yield (
            f"rows and columns: {what}",
            _put_cells(whole_file[what](table), meta, forged=what != "a row less"),
        )
    for what, change in altered.ACCIDENTS.items():
        yield f"accident: {what}", _put_cells(change(table), meta, forged=False)
    for i, text in enumerate(altered.TEXTS):
        yield f"description {i}", _put_cells(table, text, forged=False)
    for what, make in strange.CELLS.items():
        yield f"strange: {what}", lambda path, m=make: bool(m(whole, path))
    yield from _bytes(whole, random)


def _put_cells(table: Any, meta: Any, *, forged: bool) -> Put:
    def put(path: Path) -> bool:
        altered.write(table, meta, path, forged=forged)
        return forged

    return put


def _moments(whole: Path, random: np.random.Generator) -> Iterator[tuple[str, Put]]:
    content = json.loads(whole.read_text(encoding="utf-8"))
    places = list(altered.fields(content))
    for i in range(80):
        place, value = (
            places[random.integers(len(places))],
            altered.VALUES[random.integers(len(altered.VALUES))],
        )
        yield f"field {i} {place}", _put_moments(altered.changed(content, place, value), forged=bool(i % 2))
    for what in altered.FORGED:
        yield f"forged: {what}", _put_moments(altered.broken_moments(content, what), forged=True)
    for what, make in strange.MOMENTS.items():
        yield f"strange: {what}", lambda path, m=make: bool(m(whole, path))
    yield from _bytes(whole, random)


def _put_moments(content: Any, *, forged: bool) -> Put:
    def put(path: Path) -> bool:
        altered.write_moments(path, content, forged=forged)
        return forged

    return put


def _bytes(whole: Path, random: np.random.Generator) -> Iterator[tuple[str, Put]]:
    """Bytes turned and cut, and files that are something else."""
    content = whole.read_bytes()
    for place in random.integers(0, len(content), 25).tolist():
        bent = bytearray(content)
        bent[place] ^= int(random.integers(1, 256))
        yield f"byte {place}", lambda path, b=bytes(bent): bool(path.write_bytes(b) < 0)
    for length in random.integers(0, len(content), 10).tolist():
        yield f"cut at {length}", lambda path, b=content[:length]: bool(path.write_bytes(b) < 0)
    for what, other in altered.OTHERS.items():
        yield f"something else: {what}", lambda path, b=other: bool(path.write_bytes(b) < 0)
