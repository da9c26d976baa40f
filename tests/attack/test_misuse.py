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
from tests.attack.command import tree
from tests.attack.misuses import generated, is_data, prepare


def test_misuse(register, tmp_path, monkeypatch, run):
    """All of it in one test: what is asked of each is the same."""
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path)
    before = tree(tmp_path)
    wrong = []
    for name, words in generated():
        ended = run(*(str(register) if w == "R" else w for w in words))
        if ended.code != 2 and not (ended.code == 1 and is_data(words)):
            wrong.append((name, ended.code, ended.err[-150:]))
        if not (ended.err or ended.out).strip() or tree(tmp_path) != before:
            wrong.append((name, "silent, or something is written", ended.err[-150:]))
            shutil.rmtree("OUT", ignore_errors=True)
            Path("OUT").unlink(missing_ok=True)
    assert len(generated()) >= 120 and not wrong, "\n".join(map(str, wrong))


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
