"""What a command refuses names the flags that were, or should be, typed: never Python, in either language."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import bangfu
from bangfu.errors import BangfuError, command_line, option, spoken
from bangfu.estimates.notes import NOTES, said
from tests.cells.registers import tables, write

PYTHON = re.compile(r"\w=(?:['\"({\[]|True|False|None|\s|$|[,;:，；。])|\w\.\w+\(|\w\(\)|\(\.\.\.\)|`")
"""An option as Python writes it, a call, or a name in backticks."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers, cells and moments that commands may be given."""
    home = tmp_path_factory.mktemp("messages")
    parts = tables(1, households=120)
    parts["households"] = parts["households"].assign(many=range(120), observed_year=2019)
    write(home / "a", parts, "a")
    everybody = tables(2, households=60)
    everybody["participation"] = everybody["households"][["household_id"]].assign(model="courtyard", from_year=2016)  # fmt: skip
    write(home / "all", everybody, "all")
    cells = bangfu.load_register(home / "a").cells(["income_per_head", "log:income_per_head"])
    cells.save(home / "a.parquet")
    cells.moments("income_per_head", inside=True).save(home / "a.json")
    pd.DataFrame({"x": [1]}).to_parquet(home / "plain.parquet")
    (home / "broken.json").write_text("{}", encoding="utf-8")
    (home / "prices.csv").write_text("year,value\n2016,100\n", encoding="utf-8")
    return home


REFUSED = {
    "exposure": ("compare {a} --exposure hope", "--exposure"),
    "exposure of cells": ("cells {a} --out {new} --exposure hope", "--exposure"),
    "no campaign": ("compare {a} --exposure campaign", "--campaign"),
    "no campaign for cells": ("cells {a} --out {new} --exposure campaign", "--campaign"),
    "cells and by": ("compare {a}.parquet --by labour", "--by"),
    "cells and line": ("compare {a}.parquet --line 3000", "--line"),
    "cells and base year": ("compare {a}.parquet --base-year 2018", "--base-year"),
    "cells and prices": ("compare {a}.parquet --prices {prices}", "--prices"),
    "cells and exposure": ("compare {a}.parquet --exposure campaign", "bangfu cells"),
    "late facts": ("compare {a} --by labour", "--late missing"),
    "late facts of cells": ("cells {a} --out {new} --by labour", "--late missing"),
    "late": ("compare {a} --late never --by labour", "--late"),
    "many values": ("compare {a} --by land_mu", "--by land_mu=0,2,5"),
    "breaks": ("compare {a} --by land_mu=few", "--by land_mu=2,5,10"),
    "no line": ("compare {a} --outcome headcount", "--line 3200"),
    "no line for cells": ("cells {a} --out {new} --outcome headcount", "--line 3200"),
    "line": ("compare {a} --outcome headcount --line mine", "--line: " ),
    "base year": ("compare {a} --base-year 1900", "--prices"),
    "prices": ("cells {a} --out {new} --prices {prices}", "--prices"),
    "everybody joined": ("compare {all}", "--control not_yet"),
    "switchers": ("compare {a} --switchers hope", "--switchers"),
    "engine": ("compare {a} --engine hope", "--engine"),
    "engine of check": ("check {a} --engine hope", "--engine"),
    "engine of cells": ("cells {a} --out {new} --engine hope", "--engine"),
    "scale": ("compare {a} --scale pounds", ""),
    "control": ("compare {a} --control nobody", ""),
    "missing": ("compare {a} --missing hope", ""),
    "outcome": ("compare {a} --outcome joy", ""),
    "outcome of cells": ("compare {a}.parquet --outcome joy", ""),
    "same villages": ("cells {a}.parquet {a}.parquet --out {new}", "--disjoint"),
    "no cells": ("compare {plain}", "bangfu cells DIR --out FILE"),
    "errors of moments": ("cells {a} --moments --errors jackknife --out {new}", "--errors jackknife"),
    "few villages for moments": ("cells {a} --moments --out {new}", ""),
    "inside without moments": ("cells {a} --inside --out {new}", "--moments"),
    "inside of what is shipped": ("reproduce --inside", "--register"),
    "stability of moments": ("compare {a}.json --stability", "--stability"),
    "options of moments": ("compare {a}.json --control not_yet", ""),
    "no moments": ("cells {broken} --out {new}", "--moments --out"),
    "twice the moments": ("compare {a}.json {a}.json", ""),
    "moments and cells": ("compare {a}.json {a}.parquet", ""),
    "nothing to sum": ("cells {prices} --out {new}", ""),
    "no register": ("compare {none}", ""),
    "no register to check": ("check {none}", ""),
    "households": ("simulate --out {new} --households 0", "--households"),
    "per village": ("simulate --out {new} --households-per-village 0", "--households-per-village"),
    "seed": ("simulate --out {new} --seed -1", "--seed"),
    "scenario": ("simulate --out {new} --scenario hope", "--scenario"),
    "identifiers": ("simulate --out {new} --identifiers hope", "--identifiers"),
    "parameters": ("simulate --out {new} --parameters {none}", ""),
    "no place": ("simulate", "--out"),
    "convert": ("convert {prices}", "--mapping"),
    "no mapping": ("convert {prices} --mapping {none} --out {new}", ""),
    "no survey": ("convert {none} --mapping generic --out {new}", ""),
    "suggest": ("convert {prices} {prices} --suggest", "--suggest"),
    "campaign": ("campaign {none}", ""),
    "table": ("campaign --table hope", ""),
    "verify": ("campaign --verify {none}", ""),
    "new": ("new {a}", ""),
    "new on nothing": ("new {new} --register {none}", ""),
    "reproduce": ("reproduce --register {a}", "--out"),
    "reproduce nothing": ("reproduce --register {none} --out {new}", ""),
}  # fmt: skip


def typed(words: str, place: Path) -> list[str]:
    files = {p.stem: str(p) for p in place.iterdir()} | {"a": str(place / "a"), "all": str(place / "all")}
    return [w.format(**files, new=place / "new", none=place / "none") for w in words.split()]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bangfu.cli", *command], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("what", REFUSED)
def test_refusals_name_flags(what: str, lang: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words, flag = REFUSED[what]
    said_by = called([*typed(words, place), "--lang", lang], monkeypatch)
    assert said_by.code in (1, 2)
    told = said_by.text
    assert told.strip()
    assert "Traceback" not in told
    assert not PYTHON.search(told.replace(str(place), "")), told
    assert flag in told or (lang == "zh" and flag.split(" takes")[0] in told)
    assert bool(re.search("[\u4e00-\u9fff]", told)) == (lang == "zh"), told


class _Said:
    def __init__(self, code: int, text: str) -> None:
        self.code, self.text = code, text


def called(command: list[str], monkeypatch: pytest.MonkeyPatch) -> _Said:
    """The command in this process, as ``main`` runs it."""
    import io
    from contextlib import redirect_stderr, redirect_stdout

    from bangfu.cli import main

    monkeypatch.setattr(sys, "argv", ["bangfu", *command])
    out = io.StringIO()
    with redirect_stderr(out), redirect_stdout(out), pytest.raises(SystemExit) as done:
        main()
    return _Said(int(str(done.value.code or 0)), out.getvalue())


def test_a_process_of_its_own(place: Path) -> None:
    done = run(typed("compare {a}.parquet --by labour --lang zh", place))
    assert done.returncode == 2
    assert "其 --by 与此不同：请不要给出，或重新汇总，即 bangfu cells DIR --out FILE" in done.stderr
    assert not PYTHON.search(done.stderr.replace(str(place), ""))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_notes_of_a_comparison_that_was_made(lang: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = called([*typed("compare {a}", place), "--lang", lang, "--stability"], monkeypatch)
    assert told.code == 0
    assert "--by" in told.text
    assert not PYTHON.search(told.text), told.text


def test_in_python_the_same_messages_are_python(place: Path) -> None:
    cells = bangfu.Cells.load(place / "a.parquet")
    with pytest.raises(BangfuError, match=r"by=: leave it out, or make cells again, register\.cells\(\)"):
        bangfu.compare_models(cells, by=["labour"])
    with pytest.raises(BangfuError, match="late='missing'"):
        bangfu.load_register(place / "a").cells(by=["labour"])
    assert "name the characteristics with by=" in bangfu.compare_models(cells).text()


def test_who_is_spoken_to_is_settled_once_and_given_back() -> None:
    assert (option("base_year"), option("late", "missing"), spoken("a", "b")) == ("base_year=", "late='missing'", "a")  # fmt: skip
    note = NOTES["no_cells"].en
    with command_line():
        assert (option("base_year"), option("line", 3200), spoken("a", "b")) == ("--base-year", "--line 3200", "b")  # fmt: skip
        assert NOTES["no_cells"].en.endswith("--by)")
        assert said(NOTES["no_cells"].en, "zh") == "未作比较（如需比较，用 --by 指定变量）"
    assert NOTES["no_cells"].en == note
    assert note.endswith("by=)")
