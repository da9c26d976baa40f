"""Altered files of cells: every field and column, with the digests as they were and made again by a forger."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.errors import BangfuError
from tests.attack.altered import (
    ACCIDENTS,
    BROKEN,
    OTHERS,
    TEXTS,
    VALUES,
    cell,
    changed,
    fields,
    kind_of,
    read,
    whole_file,
    write,
)
from tests.cells.plain import as_plain


@pytest.fixture(scope="session")
def whole(sixty, tmp_path_factory) -> Path:
    cells = bangfu.load_register(sixty).cells(
        ["income_per_head", "log:income_per_head", "headcount"], by=["labour"], line=3000.0
    )
    return cells.save(tmp_path_factory.mktemp("altered") / "county.parquet")


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


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_descriptions_that_are_none(whole, tmp_path, text):
    write(read(whole)[0], text, tmp_path / "county.parquet", forged=False)
    refused(tmp_path / "county.parquet")


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
