"""Misuse of the command line, generated: exit code 2, words and no traceback; nothing is written."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from pathlib import Path

import pytest

from bangfu import scratch
from bangfu.errors import BangfuError, WrongUse
from bangfu.system import refused
from tests.attack.conftest import tree

NOT_NUMBERS = ("", "  ", "x", "1e", "--", "0x10", "1,5")
NOT_ABOVE_ZERO = ("nan", "inf", "-inf", "-5", "0", "-0.0", "1e999")
BREAKS = ("nan", "inf", "2,nan", "5,2", "2,2", "x", "2,,5", ",", "1e999")
PATHS = (
    "",
    " ",
    "absent",
    "file.txt",
    "/dev/null",
    "pipe",
    "n" * 5_000,
    "loop",
    "broken",
    "file.txt/below",
    "absent/deep",
)


def generated() -> list[tuple[str, list[str]]]:
    """Name and words; ``R`` stands for the register, ``OUT`` for a target that is free."""
    out: list[list[str]] = [
        ["unknown"],
        ["--unknown"],
        ["compare"],
        ["cells"],
        ["convert"],
        ["new"],
        ["simulate"],
    ]
    lines = (f"--line={value}" for value in (*NOT_NUMBERS, *NOT_ABOVE_ZERO))
    out += [["compare", "R", "--outcome", "headcount", "--scale", "yuan", line] for line in lines]
    for value in ("nan", "-5", "3000", "price_updated"):  # income has no use for a line
        out += [["compare", "R", "--line", value], ["cells", "R", "--line", value, "--out", "OUT"]]
    for value in BREAKS:
        out += [
            ["compare", "R", "--by", f"land_mu={value}"],
            ["cells", "R", "--by", f"land_mu={value}", "--out", "OUT"],
        ]
    for value in ("", "absent", "household_id", "weight", "village_id"):
        out.append(["compare", "R", "--by", value])
    for option in (
        "scale",
        "control",
        "missing",
        "switchers",
        "exposure",
        "engine",
        "outcome",
        "lang",
        "campaign",
    ):
        out += [["compare", "R", f"--{option}", value] for value in ("", "absent")]
    for value in ("0", "-1", "x", "nan", "99999", str(10**30), "1.5", ""):
        out.append(["cells", "R", "--base-year", value, "--out", "OUT"])
    for value in ("0", "-1", "x", "nan", "1.5", str(10**30), ""):
        for option in ("--households", "--households-per-village"):
            out.append(["simulate", option, value, "--out", "OUT"])
    for value in ("-1", "x", "nan", str(10**30), ""):
        out.append(["simulate", "--households", "60", "--seed", value, "--out", "OUT"])
    for option in ("--scenario", "--parameters", "--identifiers"):
        out += [
            ["simulate", "--households", "60", option, value, "--out", "OUT"]
            for value in ("", "absent", "pipe")
        ]
    for path in PATHS:
        out += [
            ["check", path], ["compare", path], ["cells", path, "--out", "OUT"], ["new", "OUT", "--register", path], ["campaign", path], ["campaign", "--verify", path],
            ["convert", path, "--mapping", "generic", "--out", "OUT"],
            ["convert", "sheet.csv", "--mapping", path, "--out", "OUT"], ["cells", "R", "--prices", path, "--out", "OUT"],
        ]  # fmt: skip
    for path in sorted({*PATHS} - {"broken"}):  # whether a folder holds a register is asked after it is found
        out.append(["reproduce", "--register", path, "--out", "OUT"])
    for path in sorted({*PATHS} - {"file.txt"}):  # a text of one column is a table
        out.append(["convert", path, "--suggest"])
    for path in ("", " ", "file.txt/below", "n" * 5_000, "loop/below"):
        for words in (
            ["compare", "R", "--json"],
            ["cells", "R", "--out"],
            ["simulate", "--households", "60", "--out"],
            ["new"],
        ):
            out.append([*words, path])
    out += [
        ["campaign", "--table", "absent"], ["reproduce", "--register", "R"], ["reproduce", "--register", "R", "--out", "OUT", "--accept"],
        ["cells", "R", "R", "--out", "OUT"], ["cells", "R", "sheet.csv", "--out", "OUT"], ["convert", "sheet.csv", "sheet.csv", "--suggest"],
    ]  # fmt: skip
    return [(" ".join(w[:40] for w in words), words) for words in out]


ALL = generated()


def is_data(words: list[str]) -> bool:
    """Where a file is there and is not what it should be, the data are at fault."""
    return any(w in ("file.txt", "/dev/null", "pipe", "broken", "sheet.csv") for w in words)


def test_misuse(register, tmp_path, monkeypatch, run):
    """All of it in one test: what is asked of each is the same."""
    monkeypatch.chdir(tmp_path)
    Path("file.txt").write_text("not what is wanted\n", encoding="utf-8")
    Path("sheet.csv").write_text("户编号,村\nA,B\n", encoding="utf-8")
    Path("loop").symlink_to("loop")
    Path("broken").mkdir()
    (Path("broken") / "register.toml").write_bytes(b"\xff\xfe = [")
    os.mkfifo("pipe")
    before = tree(tmp_path)
    wrong = []
    for name, words in ALL:
        ended = run(*(str(register) if w == "R" else w for w in words))
        if ended.code != 2 and not (ended.code == 1 and is_data(words)):
            wrong.append((name, ended.code, ended.err[-150:]))
        if not (ended.err or ended.out).strip() or tree(tmp_path) != before:
            wrong.append((name, "silent, or something is written", ended.err[-150:]))
            shutil.rmtree("OUT", ignore_errors=True)
            Path("OUT").unlink(missing_ok=True)
    assert len(ALL) >= 120 and not wrong, "\n".join(map(str, wrong))


CODES = (
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENOSPC, errno.EDQUOT, errno.EFBIG,
    errno.EMFILE, errno.EIO, errno.ENAMETOOLONG, errno.ELOOP, errno.ESTALE, errno.ENODEV, errno.ETIMEDOUT, 0,
)  # fmt: skip


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "where", ["bangfu.simulation.simulate", "bangfu.register.check", "bangfu.compare.compare_models"]
)
def test_every_refusal_of_the_system(register, tmp_path, monkeypatch, run, code, lang, where):
    def fail(*_, **__):
        raise OSError(code, "told by the system", "/place/of/it")

    monkeypatch.setattr(where, fail)
    command = {"simulate": ["simulate", "--out", tmp_path / "o"], "check": ["check", register]}
    ended = run(*command.get(where.rsplit(".", 1)[1], ["compare", register]), "--lang", lang)
    expected = refused(OSError(code, "x", "/place/of/it"))
    assert ended.code == expected.exit_code and ended.err.strip() == expected.text(lang)
    assert "/place/of/it" in ended.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), 1), (UnicodeDecodeError("utf-8", b"12345", 0, 1, "x"), 1), (UnicodeEncodeError("ascii", "户", 0, 1, "x"), 1),
        (RecursionError(), 1), (PermissionError(errno.EACCES, "x"), 2), (KeyboardInterrupt(), 130), (BangfuError("a", "甲"), 1),
        (WrongUse("a", "甲"), 2), (SystemExit(3), 3),
    ],
)  # fmt: skip
def test_other_ends(register, monkeypatch, run, error, code):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("bangfu.register.check", fail)
    assert run("check", register).code == code


def test_what_nobody_foresaw_quotes_no_value(register, monkeypatch, capsys):
    from bangfu.cli import main

    def fail(*_, **__):
        raise ValueError("household 220102199001011234 earns 98765")

    monkeypatch.setattr("bangfu.register.check", fail)
    monkeypatch.setattr(sys, "argv", ["bangfu", "check", str(register)])
    with pytest.raises(SystemExit) as end:
        main()
    said = capsys.readouterr().err
    assert end.value.code == 1 and "ValueError" in said and "98765" not in said and "Traceback" not in said


UNREADABLE = {
    "check": ["check", "R"], "compare": ["compare", "R"], "cells": ["cells", "R", "--out", "OUT"],
    "file of cells": ["compare", "C"], "into a folder that is read-only": ["simulate", "--households", "60", "--out", "ro/out"],
    "a file there": ["compare", "good", "--json", "ro/out.json"], "a study there": ["new", "ro/out"],
}  # fmt: skip


@pytest.fixture
def somebody_else(tmp_path, monkeypatch):
    """Work as another user, for whom everything but his own home is closed."""
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    for folder in tmp_path.parents[:3]:
        folder.chmod(0o755)
    monkeypatch.setenv(scratch.PLACE, str(home / "scratch"))
    scratch._begun.cache_clear()
    yield lambda: os.seteuid(65534)
    os.seteuid(0)
    scratch._begun.cache_clear()


@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root can take another user's place"
)
@pytest.mark.parametrize("what", UNREADABLE)
def test_what_may_not_be_read_or_written(register, sixty, tmp_path, monkeypatch, run, somebody_else, what):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sixty, "good")
    Path("ro").mkdir()
    Path("C").write_bytes(b"PAR1")
    for path in (*register.glob("*.parquet"), Path("C")):
        path.chmod(0o600)
    words = [{"R": str(register), "OUT": "home/out"}.get(w, w) for w in UNREADABLE[what]]
    somebody_else()
    ended = run(*words)
    os.seteuid(0)
    assert ended.code in (1, 2) and ended.err.strip() and "damaged" not in ended.err, ended
    assert not list(Path("ro").iterdir())
