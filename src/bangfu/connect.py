"""The one connection to the embedded engine, and nowhere else.

No extension is ever downloaded or loaded by itself, sorting and joining spill into a private folder with a limit, and
nothing is printed. The folder goes at exit; what a killed process left behind goes at the next start.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bangfu.errors import WrongUse
from bangfu.scratch import private_folder

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

ENGINES = ("duckdb",)

FEW_ROWS = 1_000_000
"""Below so many rows one thread is used, so that float sums never differ between runs."""


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
        temp_directory=str(private_folder("spill")),
        max_temp_directory_size=spill,
        preserve_insertion_order="true",
    )
    threads = 1 if rows < FEW_ROWS else (os.cpu_count() or 1)
    for statement in (f"SET threads = {threads}", "SET TimeZone = 'UTC'"):
        backend.con.execute(statement)
    # in Jupyter without ipywidgets the bar is off, and DuckDB refuses to be told so
    if backend.con.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        backend.con.execute("SET enable_progress_bar = false")
    return backend
