"""The one way in which files are written: beside, then put in place in one step, and never over what may not be replaced.

Nothing that is there is replaced unless ``overwrite`` says so; what is no regular file, and what a run reads, never is.
While a target is written, a locked file ``.NAME.lock.part`` beside it keeps other runs away; what killed runs left
beside it is taken away then.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bangfu.errors import WrongUse, spoken
from bangfu.scratch import private_folder

STDOUT = Path("-")
"""Names standard output where a file is asked for."""

_LONGEST = 200
"""Bytes of a name that still leave room for what is added to it."""


def write_bytes(
    path: str | Path, content: bytes, *, overwrite: bool = False, inputs: Iterable[Path] = ()
) -> None:
    """Write one file in a single step; see :func:`output`."""
    with output(path, overwrite=overwrite, inputs=inputs) as beside:
        beside.write_bytes(content)


def write_text(path: str | Path, content: str, *, overwrite: bool = False) -> None:
    """Write one text file in a single step (UTF-8, LF); see :func:`output`."""
    write_bytes(path, content.encode("utf-8"), overwrite=overwrite)


@contextmanager
def output(
    path: str | Path, *, overwrite: bool = False, inputs: Iterable[Path] = (), private: bool = False
) -> Iterator[Path]:
    """Give an empty file beside ``path``, to be filled; on success it takes the place of ``path``.

    Parameters
    ----------
    path : path
        ``-`` is standard output.
    overwrite : bool
        Replace a regular file that is there.
    inputs : iterable of Path
        Files and folders that this run reads.
    private : bool
        Its owner alone may read it.

    Raises
    ------
    WrongUse
        When ``path`` may not be written, or another run is writing it.
    """
    path = Path(path)
    if path == STDOUT:
        filled = private_folder("output") / "output"
        yield filled
        with filled.open("rb") as content:
            shutil.copyfileobj(content, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        filled.unlink()
        return
    path = _placed(path)
    refuse(path, overwrite=overwrite, inputs=inputs)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path) as beside:
        refuse(path, overwrite=overwrite, inputs=inputs)
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666))
        yield beside
        if not overwrite:
            _link(beside, path)
            return
        refuse(path, overwrite=True, inputs=inputs)
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)


@contextmanager
def new_folder(path: str | Path, *, inputs: Iterable[Path] = (), private: bool = False) -> Iterator[Path]:
    """Give an empty folder, to be filled; on success it becomes ``path``, which must be new or an empty folder.

    Until then it lies beside, in a folder that its owner alone can open.

    Parameters
    ----------
    path, inputs, private
        As for :func:`output`.

    Raises
    ------
    WrongUse
        When ``path`` may not be written, or another run is writing it.
    """
    path = _placed(Path(path))
    refuse_taken(path, inputs)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path) as beside:
        refuse_taken(path, inputs)
        beside.mkdir(mode=0o700)
        made = beside / "made"
        made.mkdir(mode=0o700 if private else 0o777)
        yield made
        refuse_taken(path, inputs)
        if os.name == "nt" and path.exists():  # elsewhere a folder takes an empty one's place
            path.rmdir()
        try:
            made.replace(path)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise _taken(path) from None
            raise


def refuse(path: Path, *, overwrite: bool = False, inputs: Iterable[Path] = ()) -> None:
    """Refuse, before long work, a file that may not be written.

    Raises
    ------
    WrongUse
        When ``path`` lies in what is read, is there already and ``overwrite`` is not given, or is no regular file.
    """
    if path == STDOUT:
        return
    _refuse_inputs(path, inputs)
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise _not_regular(path, mode)
        if not overwrite:
            how = spoken("overwrite=True", "--overwrite")
            raise WrongUse(
                f"{path} exists already; name another file, or give {how} to replace it",
                f"{path} 已存在;请另选文件名,或用 {how} 替换",
            )


def refuse_taken(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Refuse, before long work, a folder that is not new: nothing of the user's is overwritten.

    Raises
    ------
    WrongUse
        When ``path`` lies in what is read, or is there and is no empty folder.
    """
    if path == STDOUT:
        raise WrongUse(
            "a folder cannot go to standard output (-); name a new folder",
            "文件夹不能写到标准输出(-);请另选一个新文件夹",
        )
    _refuse_inputs(path, inputs)
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise _not_regular(path, mode)
        if not stat.S_ISDIR(mode) or any(path.iterdir()) or path.samefile(Path.cwd()):
            raise _taken(path)


def _taken(path: Path) -> WrongUse:
    return WrongUse(f"{path} exists already; name a new folder", f"{path} 已存在;请另选一个新文件夹")


def _not_regular(path: Path, mode: int) -> WrongUse:
    kinds = {stat.S_IFLNK: ("a link", "链接"), stat.S_IFDIR: ("a folder", "文件夹")}
    en, zh = kinds.get(stat.S_IFMT(mode), ("a device, a pipe or a socket", "设备、管道或套接字"))
    return WrongUse(
        f"{path} is {en}, which is never replaced; name another place", f"{path} 是{zh},不可替换;请另选位置"
    )


def _refuse_inputs(path: Path, inputs: Iterable[Path]) -> None:
    places = [p for p in (path, *Path(os.path.realpath(path)).parents) if p.exists()]
    for given in inputs:
        if given.exists() and any(place.samefile(given) for place in places):
            raise WrongUse(
                f"{path} is, or lies in, what this command reads ({given}); name a place outside it",
                f"{path} 就是或位于本命令要读取的 {given};请另选其外的位置",
            )


def _placed(path: Path) -> Path:
    """With a name of its own: ``.`` and ``..`` have none."""
    return path if path.name not in ("", "..") else Path(os.path.realpath(path))


@contextmanager
def _alone(path: Path) -> Iterator[Path]:
    """Hold a target for this process; gives a free name beside it. What killed runs left there goes."""
    name = path.name
    if len(os.fsencode(name)) > _LONGEST:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    held = path.with_name(f".{name}.lock.part")
    lock = FileLock(held)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise WrongUse(
            f"another run is writing {path}; wait until it is done, or name another place",
            f"另一个程序正在写 {path};请等它结束,或另选位置",
        ) from None
    beside = path.with_name(f".{name}.{secrets.token_hex(8)}.part")
    try:
        left = re.compile(rf"\.{re.escape(name)}\.[^.]+\.part")
        for entry in os.scandir(path.parent):
            if left.fullmatch(entry.name) and entry.name != held.name:
                _remove(Path(entry.path))
        yield beside
    finally:
        _remove(beside)
        if os.name == "nt":  # where a file that is open cannot go, and one that another has opened stays
            lock.release()
        with suppress(OSError):
            held.unlink()
        lock.release()


def _link(beside: Path, path: Path) -> None:
    """Give a file its name unless that is taken: the system decides who was first."""
    try:
        os.link(beside, path)
    except FileExistsError:
        refuse(path)
    except OSError:  # a file system without hard links
        refuse(path)
        beside.replace(path)


def _remove(path: Path) -> None:
    """A file, a link (not what it leads to) or a folder."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
