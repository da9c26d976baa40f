"""The command: exit codes, both languages, nothing half-written, nothing private on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from bangfu.cli import main
from bangfu.convert import convert

from .sheets import LONG, long_csv, mapping, office


@dataclass
class Done:
    """What a command said and how it ended."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``bangfu convert`` in the temporary folder, in this process."""
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["bangfu", "convert", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return command


def test_suggest_then_convert(tmp_path: Path, run: Run) -> None:
    sheet = office(tmp_path)
    done = run("--suggest", sheet, "--out", "m.toml", "--lang", "zh")
    assert done.returncode == 0 and "缺少的必需项：无" in done.stdout
    done = run(sheet, "--mapping", "m.toml", "--out", "r", "--lang", "zh")
    assert done.returncode == 0
    assert "2行：合计、小计行" in done.stdout and "households: 12行" in done.stdout
    assert (tmp_path / "r" / "convert_report.en.txt").read_text(encoding="utf-8").startswith("Read\n")
    assert run(sheet, "--mapping", "m.toml", "--out", "r").returncode == 2  # there already
    assert "[register]" in run(sheet, "--suggest").stdout


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_faults_exit_1_and_wrong_use_2(tmp_path: Path, run: Run, lang: str) -> None:
    m = mapping(tmp_path / "m.toml", LONG)
    bad = long_csv(tmp_path / "bad.csv", ["HOME77,A,2016,2,PRIVATE"])
    done = run(bad, "--mapping", m, "--out", "r", "--lang", lang)
    assert done.returncode == 1 and "[cell_number] bad.csv" in done.stderr
    assert ("单元格不是数字" in done.stderr) == (lang == "zh")
    assert "HOME77" not in done.stderr + done.stdout and "PRIVATE" not in done.stderr + done.stdout
    for words in (
        ["no.csv", "--mapping", m, "--out", "r"],
        [bad, "--out", "r"],
        [bad, "--mapping", "cfps", "--out", "r"],
        [bad],
    ):
        assert run(*words, "--lang", lang).returncode == 2


def test_an_interrupted_conversion_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    m, path = mapping(tmp_path / "m.toml", LONG), long_csv(tmp_path / "t.csv", ["1,A,2016,2,100"])
    written: list[str] = []

    def stop(self: pd.DataFrame, target: Path, **_: object) -> None:
        written.append(Path(target).name)
        Path(target).write_bytes(b"half")
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_parquet", stop)
    with pytest.raises(KeyboardInterrupt):
        convert(path, m, tmp_path / "r")
    assert len(written) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.toml", "t.csv"]


def test_a_taken_folder_is_refused_before_anything_is_read(tmp_path: Path, run: Run) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "mine.txt").write_text("x")
    done = run(
        long_csv(tmp_path / "t.csv", ["x"]),
        "--mapping",
        mapping(tmp_path / "m.toml", LONG),
        "--out",
        "r",
    )
    assert done.returncode == 2 and "exists already" in done.stderr
    assert [p.name for p in (tmp_path / "r").iterdir()] == ["mine.txt"]


def test_the_report_names_no_household(tmp_path: Path) -> None:
    path = long_csv(tmp_path / "t.csv", ["HOME77,东村,2016,2,98765", "HOME77,东村,2016,2,98765"])
    convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    for name in ("convert_report.json", "convert_report.en.txt", "convert_report.zh.txt", "register.toml"):
        text = (tmp_path / "r" / name).read_text(encoding="utf-8")
        assert not any(word in text for word in ("HOME77", "98765", "东村"))
