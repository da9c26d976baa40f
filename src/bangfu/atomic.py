"""Write beside, then rename: a reader never sees a half-written file or folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.errors import WrongUse


def write_bytes(path: Path, content: bytes) -> None:
    """Replace one file in a single step."""
    with replacing(path) as beside:
        beside.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Replace one text file in a single step (UTF-8, LF)."""
    write_bytes(path, content.encode("utf-8"))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; on success it takes the place of ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    beside = Path(name)
    try:
        yield beside
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def refuse_taken(path: Path) -> None:
    """Refuse, before long work, a folder that is not new: nothing of the user's is overwritten.

    Raises
    ------
    WrongUse
        When ``path`` exists and is not an empty folder.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise WrongUse(f"{path} exists already; name a new folder", f"{path} 已存在;请另选一个新文件夹")


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path``; on success it is renamed to ``path``, which must not exist.

    Raises
    ------
    WrongUse
        When ``path`` exists and is not an empty folder: nothing of the user's is overwritten.
    """
    refuse_taken(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        yield beside
        beside.chmod(0o755)
        if path.exists():
            path.rmdir()
        beside.replace(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
