"""One run at a time on a repository; the system frees the lock of a process that died."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.errors import WrongUse
from bangfu.scratch import root as scratch


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Hold the repository for this process; nothing is written into it.

    Raises
    ------
    WrongUse
        When another run holds it.
    """
    handle = os.open(
        _lockable(root.resolve()), os.O_RDWR | os.O_CREAT if sys.platform == "win32" else os.O_RDONLY
    )
    try:
        if not _taken(handle):
            raise WrongUse(
                f"another bangfu reproduce is running on {root}; wait until it is done",
                f"另一个 bangfu reproduce 正在 {root} 上运行,请等它结束",
            )
        yield
    finally:
        os.close(handle)


def _lockable(root: Path) -> Path:
    """The repository's own folder; Windows locks only files, so there one outside the tree stands for it."""
    if sys.platform != "win32":
        return root
    return scratch() / f"{hashlib.sha256(str(root).encode()).hexdigest()[:16]}.lock"


def _taken(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
