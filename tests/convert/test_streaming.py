"""Records go through a private folder in parts of households: the parts change nothing, and nothing is left of them."""

from __future__ import annotations

import stat
from pathlib import Path

import pandas as pd
import pytest

from bangfu.convert import convert, reading, store
from bangfu.convert import run as running
from bangfu.errors import DataFault

from .sheets import LONG, long_csv, mapping, tables

BODY = (
    LONG
    + 'joined = "参加"\nhead_birth_year = "生年"\n[[participation]]\nmodel = "cooperative"\nyes = "joined"\n'
)
LINES = [
    f"{h:02d},V{h % 5 if h != 7 else (h + y) % 2},{y},{h % 4 + 1},{h * 100 + y},{'是' if h % 3 == 0 and y > 2015 else '否'},19{50 + h}"
    for y in (2017, 2015, 2016)
    for h in range(40)
]


def sheet(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(["户编号,村,年份,人口,收入,参加,生年", *lines]) + "\n", encoding="utf-8")
    return path


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "AT_ONCE", 13)
    monkeypatch.setattr(reading, "CHUNK", 7)


def test_parts_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = [LINES[5], LINES[70]]  # exact repeats, chunks apart
    path, m = sheet(tmp_path / "t.csv", LINES + again), mapping(tmp_path / "m.toml", BODY)
    whole = convert(path, m, tmp_path / "whole")
    small(monkeypatch)
    parts = convert(path, m, tmp_path / "parts")
    assert parts.rows_out == whole.rows_out == {"households": 40, "incomes": 120, "participation": 14}
    for name, table in tables(tmp_path / "whole").items():
        pd.testing.assert_frame_equal(tables(tmp_path / "parts")[name], table)
    for entries in ("dropped", "notes"):
        counts = [{(e.where, e.rule, e.column): e.count for e in getattr(r, entries)} for r in (whole, parts)]
        assert counts[0] == counts[1]
    assert {(e.rule, e.count) for e in parts.dropped} == {("same_twice", 2)}
    # worked by hand: household 7 is in V0 and V1 by turns, and the first year's village stays
    homes = tables(tmp_path / "parts")["households"].set_index("household_id")
    assert homes.loc["07", "village_id"] == f"V{(7 + 2015) % 2}"


def test_faults_of_all_parts_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(monkeypatch)
    twice = [LINES[h].replace(f",{h * 100 + 2017},", ",5,") for h in (1, 20, 33)]
    path = sheet(tmp_path / "t.csv", LINES + twice)
    with pytest.raises(DataFault) as caught:
        convert(path, mapping(tmp_path / "m.toml", BODY), tmp_path / "r")
    assert [(f.rule, f.count) for f in caught.value.faults] == [("duplicate_key", 6)]


@pytest.mark.parametrize("where", ["read", "_make", "_checked"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, DataFault])
def test_nothing_is_left_of_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: type[BaseException]
) -> None:
    folders: list[Path] = []
    make, work = store.private_folder, getattr(running, where)

    def folder(purpose: str) -> Path:
        folders.append(make(purpose))
        return folders[-1]

    def fails(*given: object) -> None:
        work(*given)
        assert stat.S_IMODE(folders[-1].stat().st_mode) == 0o700 and list(folders[-1].iterdir())
        beside = [p for p in tmp_path.iterdir() if p.is_dir()]
        assert all(stat.S_IMODE(p.stat().st_mode) == 0o700 for p in beside)
        raise error([]) if error is DataFault else error

    monkeypatch.setattr(store, "private_folder", folder)
    monkeypatch.setattr(running, where, fails)
    path = long_csv(tmp_path / "t.csv", ["1,A,2016,2,100", "2,A,2016,2,90"])
    with pytest.raises(error):
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert folders and not any(f.exists() for f in folders)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.toml", "t.csv"]
