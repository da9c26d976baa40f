"""One run at a time on a repository; the system frees the lock of a process that died."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bangfu.errors import WrongUse
from bangfu.scratch import shared_folder


@contextmanager
def only_run(root: Path) -> Iterator[None]:
    """Hold the repository for this process.

    Raises
    ------
    WrongUse
        When another run holds it.
    """
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    with (shared_folder("lock") / f"{name}.lock").open("a+b") as file:
        if not _taken(file):
            raise WrongUse(
                f"another bangfu reproduce is running on {root}; wait until it is done",
                f"另一个 bangfu reproduce 正在 {root} 上运行,请等它结束",
            )
        yield


def _taken(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
