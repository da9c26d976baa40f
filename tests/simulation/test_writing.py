"""Writing: whole or not at all, by function and by command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import bangfu
from bangfu.cli import app
from bangfu.errors import WrongUse
from bangfu.simulation import calibration, writing


def test_an_error_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(writing, "write_campaign", broken)
    with pytest.raises(RuntimeError, match="half way"):
        bangfu.simulate(tmp_path / "register", 500)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_leaves_no_register_of_that_name(tmp_path: Path) -> None:
    code = "import sys, bangfu; bangfu.simulate(sys.argv[1], 4_000_000, identifiers='integer')"
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "register")])
    try:
        for _ in range(1200):
            if any(p.stat().st_size > 100_000 for p in tmp_path.rglob("incomes.parquet")):
                break
            time.sleep(0.1)
        else:
            pytest.fail("nothing was written")
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert not (tmp_path / "register").exists()
    half = next(tmp_path.iterdir())
    assert half.name.startswith(".") and not (half / "register.toml").exists()
    with pytest.raises(bangfu.BangfuError):
        bangfu.load_register(half)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(WrongUse, match="exists already"):
        bangfu.simulate(tmp_path / "mine", 500)


def test_the_command(tmp_path: Path) -> None:
    out = tmp_path / "dip"
    parameters = tmp_path / "mine.toml"
    parameters.write_text("[shock]\nsd = 0.3\n", encoding="utf-8")
    words = ["simulate", "--households", "600", "--out", str(out), "--scenario", "dip", "--seed", "5"]
    result = CliRunner().invoke(
        app, [*words, "--parameters", str(parameters), "--households-per-village", "20"]
    )
    assert result.exit_code == 0 and str(out) in result.output
    register = bangfu.load_register(out)
    assert int(register.households["village_id"].nunique().to_pandas()) == 30
    assert "Scenario dip, seed 5" in register.info.notes
    # the folder says all that is needed to draw it again
    again = calibration(out).set_index("target")["produced"]
    incomes = pd.read_parquet(out / "incomes.parquet").query("year == 2019")
    assert again["mean_2019"] == pytest.approx(
        incomes["income_total"].sum() / incomes["members"].sum(), abs=1
    )


def test_the_command_lists_scenarios_and_parameters() -> None:
    listed = CliRunner().invoke(app, ["simulate", "--list", "--lang", "zh"])
    assert listed.exit_code == 0 and listed.output.count("\n") == 16 and "产品跌价" in listed.output
    shown = CliRunner().invoke(app, ["simulate", "--show-parameters"])
    assert shown.exit_code == 0 and "[take_up]" in shown.output


def test_without_truth_table_the_effects_stay(tmp_path: Path) -> None:
    folder = bangfu.simulate(tmp_path / "r", 500, truth=False)
    assert sorted(p.name for p in (folder / "truth").iterdir()) == ["att.parquet", "att_offered.parquet"]
