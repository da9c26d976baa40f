"""Folders for work in progress, outside every tree: removed at exit, or at the next start after a kill.

All of a user's lie in one private folder. Each process has a folder of its own there, with a marker file in it that the
process holds locked for as long as it lives. A folder whose marker can be locked belongs to nobody and goes; one without
a marker is never touched. Process numbers say nothing: containers that share a folder repeat them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from bangfu.errors import WrongUse

PLACE = "BANGFU_SCRATCH"
"""Names another private folder, for example on a larger disk."""

MARKER = ".bangfu-run"

_PATIENCE = 30
"""Seconds to wait for another process that begins."""

_held = list[FileLock]()
"""Markers of this process; they are let go when it ends."""


def private_folder(purpose: str) -> Path:
    """A fresh folder of this process, readable by its user alone; those of processes that are gone are removed.

    Parameters
    ----------
    purpose : str
        Begins its name, for example ``"spill"``.

    Raises
    ------
    WrongUse
        When the folder that should hold it is not this user's alone, or none can be made.
    """
    own = run_folder()
    with FileLock(own.parent / "lock", timeout=_PATIENCE):
        dead = list(_dead(own))
    for left, held in dead:
        _clear(left, held)
    return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=own))


def run_folder() -> Path:
    """The folder that holds all of this process's."""
    return _begun(os.getpid())


def root() -> Path:
    """The folder that holds all of a user's: in the user's cache, or where that cannot be written the temporary folder.

    Raises
    ------
    WrongUse
        When it is a link, another user's, or open to others, or none can be made.
    """
    if named := os.environ.get(PLACE):
        places = [Path(named)]
    else:
        user = str(os.geteuid()) if hasattr(os, "geteuid") else os.environ.get("USERNAME", "user")
        places = [
            platformdirs.user_cache_path("bangfu", appauthor=False) / "scratch",
            Path(tempfile.gettempdir()) / f"bangfu-{user}",
        ]
    for place in filter(Path.is_absolute, places):
        with suppress(OSError):  # a home that is read-only, full or not there
            return _private(place)
    tried = ", ".join(map(str, places))
    raise WrongUse(
        f"no folder for work in progress can be made ({tried}); let {PLACE} name one by its whole path",
        f"无法建立临时工作文件夹({tried});请用环境变量 {PLACE} 给出一个绝对路径",
    )


def _private(folder: Path) -> Path:
    """Make the folder, or make sure of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    facts = folder.lstat()
    theirs = hasattr(os, "geteuid") and (facts.st_uid != os.geteuid() or facts.st_mode & 0o077)
    if not stat.S_ISDIR(facts.st_mode) or theirs:
        raise WrongUse(
            f"{folder} should be a folder of yours alone, and is a link, another user's or open to others; remove it "
            f"(or chmod 700 it, if it is yours), or let {PLACE} name another",
            f"{folder} 应为仅您本人可用的文件夹,现为链接、他人所有或对他人开放;请删除(若属本人,可 chmod 700),"
            f"或用环境变量 {PLACE} 另行指定",
        )
    if not os.access(folder, os.W_OK):
        raise PermissionError(folder)
    return folder


@cache
def _begun(process: int) -> Path:
    """Begin this process's folder."""
    home = root()
    with FileLock(
        home / "lock", timeout=_PATIENCE
    ):  # or a folder could be taken for a dead one's before it is locked
        folder = Path(tempfile.mkdtemp(prefix=f"{process}-", dir=home))
        lock = FileLock(folder / MARKER)
        lock.acquire(blocking=False)
    _held.append(lock)
    atexit.register(_end, process, folder, lock)
    return folder


def _dead(own: Path) -> Iterator[tuple[Path, FileLock]]:
    """Folders beside one's own whose marker nobody holds; it is held now."""
    for entry in os.scandir(own.parent):
        marker = Path(entry.path) / MARKER
        if entry.name == own.name:
            continue
        if entry.is_dir(follow_symlinks=False) and marker.is_file() and not marker.is_symlink():
            lock = FileLock(marker)
            with suppress(Timeout, OSError):
                lock.acquire(blocking=False)
                yield Path(entry.path), lock


def _clear(folder: Path, lock: FileLock) -> None:
    """The marker goes last, so that what is cut short is done by the next."""
    for entry in os.scandir(folder):
        if entry.name != MARKER:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink()
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()


def _end(process: int, folder: Path, lock: FileLock) -> None:
    if os.getpid() == process and folder.is_dir():  # a forked child leaves its parent's alone
        _clear(folder, lock)
