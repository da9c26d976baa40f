"""Cells in a file: what goes in comes out; what is damaged or foreign is refused."""

import pandas as pd
import pyarrow.parquet as pq
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.cells.files import KEY
from bangfu.errors import BangfuError, WrongUse
from tests.cells.plain import as_plain
from tests.cells.registers import tables, write


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    register = bangfu.load_register(write(tmp_path_factory.mktemp("register"), tables(1, missing=0.1)))
    return register.cells(["income_per_head", "log:income_per_head"], by={"labour": None, "land_mu": (2, 5)})


def test_a_file_holds_everything(cells, tmp_path):
    loaded = Cells.load(cells.save(tmp_path / "some" / "cells.parquet"))
    assert as_plain(loaded) == as_plain(cells)
    assert loaded.info == cells.info
    assert (loaded.years, loaded.paths) == (cells.years, cells.paths)
    pd.testing.assert_frame_equal(loaded.villages, cells.villages)
    again = loaded.save(tmp_path / "again.parquet")
    assert again.read_bytes() == (tmp_path / "some" / "cells.parquet").read_bytes()


def test_names_of_ones_own(tmp_path):
    rows = pd.DataFrame(
        {
            "id": [1, 1],
            "v": ["a b", "a b"],
            "t": [1, 2],
            "g": [2, 2],
            "k": ["goats 100% @home"] * 2,
            "y": [1.0, 2.0],
        }
    )
    cells = Cells.from_frame(rows, unit="id", cluster="v", time="t", cohort="g", outcome="y", arm="k")
    assert Cells.load(cells.save(tmp_path / "x")).paths == cells.paths


def test_files_that_are_not_cells(cells, tmp_path):
    with pytest.raises(WrongUse, match="no file"):
        Cells.load(tmp_path / "nothing")
    (tmp_path / "text").write_text("village,income\n", encoding="utf-8")
    with pytest.raises(BangfuError, match="text is an incomplete or damaged Parquet file"):
        Cells.load(tmp_path / "text")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other")
    with pytest.raises(BangfuError, match="not one of cells"):
        Cells.load(tmp_path / "other")


def test_damaged_files(cells, tmp_path):
    path = cells.save(tmp_path / "cells")
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    with pytest.raises(BangfuError, match="incomplete or damaged Parquet file"):
        Cells.load(path)
    bent = bytearray(whole)
    bent[len(whole) // 6] ^= 255  # in the midst of the values
    path.write_bytes(bytes(bent))
    with pytest.raises(BangfuError, match="incomplete or damaged Parquet file"):
        Cells.load(path)
    table = pq.read_table(cells.save(path, overwrite=True))
    for changed, message in (
        (table[:-1], "rows instead of"),
        (table.drop_columns(["sum:income_per_head:2016"]), "sum:income_per_head:2016"),
        (table.replace_schema_metadata({KEY: b"{"}), "does not hold one whole JSON object"),
        (table.replace_schema_metadata({KEY: b'{"format": 99}'}), "format 99"),
    ):
        pq.write_table(changed, path)
        with pytest.raises(BangfuError, match=message):
            Cells.load(path)
