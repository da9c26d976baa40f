"""The one connection to the embedded engine, and nowhere else.

No extension is ever downloaded or loaded by itself, sorting and joining spill into a private folder with a limit, and
nothing is printed. The folder goes at exit; what a killed process left behind goes at the next start.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import WrongUse

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

ENGINES = ("duckdb",)

FEW_ROWS = 1_000_000
"""Below so many rows one thread is used, so that float sums never differ between runs."""

_SPILL = "bangfu-spill"


def connect(engine: str = "duckdb", *, rows: int = 0, memory: str = "60%", spill: str = "60GB") -> Backend:
    """Open a connection of one's own.

    Parameters
    ----------
    engine : {"duckdb"}
    rows : int
        How many rows will be read, as far as known; decides the number of threads.
    memory, spill : str
        The most memory, and the most disk for spilling, in DuckDB's units.

    Raises
    ------
    WrongUse
        For an engine that there is not.
    """
    if engine not in ENGINES:
        raise WrongUse(
            f"no engine {engine!r}; there is {', '.join(ENGINES)}",
            f"没有引擎 {engine!r};可用:{'、'.join(ENGINES)}",
        )
    import ibis

    backend: Backend = ibis.duckdb.connect(
        ":memory:",
        autoinstall_known_extensions="false",
        autoload_known_extensions="false",
        memory_limit=memory,
        temp_directory=str(_private_folder()),
        max_temp_directory_size=spill,
        preserve_insertion_order="true",
    )
    threads = 1 if rows < FEW_ROWS else (os.cpu_count() or 1)
    for statement in (f"SET threads = {threads}", "SET enable_progress_bar = false", "SET TimeZone = 'UTC'"):
        backend.con.execute(statement)
    return backend


def _private_folder() -> Path:
    """A spill folder for this process; those of dead processes are removed."""
    home = Path(tempfile.gettempdir()) / f"{_SPILL}-{_user()}"
    home.mkdir(mode=0o700, exist_ok=True)
    for folder in home.iterdir():
        process = folder.name.split("-")[0]
        if process.isdigit() and not _alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=home))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")


def _alive(process: int) -> bool:
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
