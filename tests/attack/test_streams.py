"""Real file descriptors, signals and disks: closed output, a reader who goes, a full disk, a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from bangfu import scratch
from tests.attack.command import tree

BANGFU = [sys.executable, "-m", "bangfu.cli"]


def shell(line: str, *words: object) -> subprocess.CompletedProcess[str]:
    """A line of the shell in which ``$@`` is the command."""
    return subprocess.run(
        ["sh", "-c", line, "sh", *BANGFU, *map(str, words)], capture_output=True, text=True, check=False
    )


def clean(done: subprocess.CompletedProcess[str]) -> bool:
    return not any(word in done.stderr for word in ("Traceback", "Exception ignored", "foresee", "Error"))


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ('("$@"; echo $? >&2) | true', 141, ""),
        ('("$@"; echo $? >&2) | (exec <&-; sleep 0)', 141, ""),
        ('"$@" > /dev/full; echo $? >&2', 1, "standard output cannot be written: the disk is full"),
        ('"$@" >&-; echo $? >&2', 0, ""),
        ('"$@" >&- 2>&- <&-; echo $?', 0, ""),
        ('"$@" 2>/dev/full >/dev/null; echo $? >&2', 0, ""),
    ],
)
def test_standard_output(sixty, line, code, said):
    done = shell(line, "simulate", "--show-parameters")
    assert clean(done) and said in done.stderr
    assert (done.stderr or done.stdout).strip().splitlines()[-1] == str(code)


def test_a_document_on_a_closed_output_destroys_nothing(sixty, tmp_path):
    before = tree(sixty)
    done = shell('"$@" >&-', "compare", sixty, "--json", "-")
    assert clean(done) and tree(sixty) == before


def test_an_ascii_terminal(sixty):
    """Chinese is spelt out where it cannot be printed, and no error is made of it."""
    done = shell('PYTHONIOENCODING=ascii PYTHONUTF8=0 LC_ALL=C "$@"', "check", sixty, "--lang", "zh")
    assert done.returncode == 0 and clean(done)


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("door", ["json", "cells", "simulate", "new"])
def test_a_full_disk(sixty, tmp_path, door):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        (disk / "mine").write_text("mine")
        words = {
            "json": ["compare", sixty, "--json", disk / "out"], "cells": ["cells", sixty, "--outcome", "income_per_head", "--out", disk / "out"],
            "simulate": ["simulate", "--households", 600, "--out", disk / "out"], "new": ["new", disk / "out"],
        }[door]  # fmt: skip
        if door in ("cells", "new"):
            (disk / "mine").write_bytes(b"x" * 14_000)
        before = tree(disk)
        done = shell('"$@"', *words)
        assert done.returncode == 1 and clean(done) and "disk is full" in done.stderr, done
        assert tree(disk) == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)


SLOW = """
import sys, time
from bangfu import simulation
from bangfu.simulation import writing
whole = writing.register_toml
def wait(*a):
    print("half", file=sys.stderr, flush=True)
    time.sleep(60)
writing.register_toml = wait
from bangfu.cli import main
sys.argv = ["bangfu", "simulate", "--households", "60", "--out", sys.argv[1]]
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signals_in_the_middle(tmp_path, run, number):
    """Interrupted or ended, nothing is left; killed, the next run on that target clears it, and scratch with it."""
    target = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(target)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    while "half" not in (line := process.stderr.readline()):
        assert line, "the run ended early"
    second = run("simulate", "--households", 60, "--out", target)
    assert second.code == 2 and "another run is writing" in second.err
    process.send_signal(number)
    rest = process.communicate(timeout=30)[1]
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}.get(number, -9)
    assert "Traceback" not in rest and not target.exists()
    if number == signal.SIGKILL:
        left = list(tmp_path.iterdir())
        assert left and all(p.name.startswith(".out.") and p.name.endswith(".part") for p in left)
        assert all(p.stat().st_mode & 0o077 == 0 for p in left if p.is_dir())
    else:
        assert list(tmp_path.iterdir()) == []
    assert run("simulate", "--households", 60, "--out", target).code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_killed_engine_leaves_no_spill(sixty):
    """Of ``kill -9`` while the engine works: the next start removes its folder."""
    code = "import bangfu, os, sys\nr = bangfu.load_register(sys.argv[1])\nr.cells()\nprint(os.getpid(), flush=True)\nos.kill(os.getpid(), 9)\n"
    dead = subprocess.run(
        [sys.executable, "-c", code, str(sixty)], capture_output=True, text=True, check=False
    )
    process = dead.stdout.strip()
    assert list(scratch.root().glob(f"{process}-*"))
    scratch.private_folder("test")
    assert not list(scratch.root().glob(f"{process}-*"))


def test_json_on_standard_output_through_a_pipe(sixty):
    done = shell('"$@" | cat', "compare", sixty, "--json", "-")
    assert json.loads(done.stdout)["schema"] == 3
