"""The command line in this process: every attack goes through ``bangfu.cli.main``."""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from bangfu.cli import main

PATIENCE = 120
"""Seconds after which a command hangs."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


class Hangs(BaseException):
    """A command that does not end."""


def command(*words: object) -> Ended:
    """Run a command; whatever it does, there is no traceback, nothing that was not foreseen, and an end."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code = None
    with (
        patch.object(sys, "argv", ["bangfu", *map(str, words)]),
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
        _patience(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    if code == 128 + signal.SIGTERM:  # somebody ends the whole run, not this command
        raise KeyboardInterrupt
    said = Ended(code, *(stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err)))
    assert isinstance(code, int), f"ended with {code!r}"
    assert "Traceback" not in said.out + said.err, said.err
    assert "did not foresee" not in said.err and "未预料" not in said.err, said.err
    return said


@contextmanager
def _patience() -> Iterator[None]:
    """End what hangs, where the system and the thread allow it."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def over(*_: object) -> None:
        raise Hangs(f"no end after {PATIENCE} seconds")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def tree(folder: Path) -> dict[str, object]:
    """Everything below a folder: bytes of files, where links lead, what else there is."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = oct(path.lstat().st_mode)
    return found
