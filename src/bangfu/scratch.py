"""Folders for work in progress, outside every tree: removed at exit, or at the next start after a kill."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def private_folder(purpose: str) -> Path:
    """A fresh folder for this process, readable by its user alone; those of dead processes are removed.

    Parameters
    ----------
    purpose : str
        Part of its name, for example ``"spill"``.
    """
    home = shared_folder(purpose)
    for folder in home.parent.glob(f"bangfu-*-{_user()}/*"):
        process = folder.name.split("-")[0]
        if process.isdigit() and not alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def shared_folder(purpose: str) -> Path:
    """The folder that holds all of a user's folders for one purpose."""
    home = Path(tempfile.gettempdir()) / f"bangfu-{purpose}-{_user()}"
    home.mkdir(mode=0o700, exist_ok=True)
    return home


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def alive(process: int) -> bool:
    """Whether a process of this number runs."""
    if os.name == "nt":  # os.kill would end the process there
        import ctypes

        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - there on Windows alone
        handle = kernel.OpenProcess(0x1000, False, process)
        if handle:
            kernel.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
