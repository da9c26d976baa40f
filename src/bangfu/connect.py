"""The one connection to an engine, and nowhere else.

DuckDB, embedded, is the default: no extension is ever downloaded or loaded by itself, sorting and joining spill into a
private folder with a limit, and nothing is printed. Spark (extra ``spark``) runs the same expressions: a session of
the user's own is taken as it is, else a local one is started, quiet, with all its folders outside the tree. Private
folders go at exit; what a killed process left behind goes at the next start.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bangfu.errors import BangfuError, WrongUse, spoken, unknown
from bangfu.scratch import private_folder

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

ENGINES = ("duckdb", "spark")

FEW_ROWS = 1_000_000
"""Below so many rows one thread is used, so that float sums never differ between runs."""

_NO_LOG = """appender.none.type = Null
appender.none.name = none
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
"""Spark logs the cells that it fails on, so it logs nothing; without an appender it would take its own settings."""


def connect(
    engine: str | Any = "duckdb", *, rows: int = 0, memory: str = "60%", spill: str = "60GB"
) -> SQLBackend:
    """Open a connection of one's own.

    Parameters
    ----------
    engine : {"duckdb", "spark"} or SparkSession
        A session of the user's own is used with its settings; only its time zone becomes UTC.
    rows : int
        How many rows will be read, as far as known; decides the number of threads of DuckDB.
    memory, spill : str
        The most memory, and the most disk for spilling, in DuckDB's units.

    Raises
    ------
    WrongUse
        For an engine that there is not, or that is not installed.
    """
    if isinstance(engine, str) and engine == "duckdb":
        return _duckdb(rows, memory, spill)
    for message in ("PySpark does not yet fully support pandas", "toPandas attempted Arrow optimization"):
        warnings.filterwarnings("ignore", message=message)  # the second quotes whatever the engine failed on
    if isinstance(engine, str) and engine == "spark":
        return _spark(_local_session())
    if hasattr(engine, "createDataFrame") and hasattr(engine, "read"):
        return _spark(engine)
    raise unknown("engine", engine, filter(None, (*ENGINES, spoken("a SparkSession", ""))))


@contextmanager
def engine_at_work() -> Iterator[None]:
    """Replace an engine's own error, which may quote cells and paths, by one of ours.

    Raises
    ------
    BangfuError
    """
    try:
        yield
    except BangfuError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0].lstrip("_") not in ("duckdb", "pyspark", "py4j"):
            raise
        raise BangfuError(
            f"the engine could not finish reading ({type(error).__name__}); a file may be broken in the middle, or memory or "
            "disk may be full; copy the files again",
            f"引擎未能读完({type(error).__name__}):文件可能中间损坏,或内存、磁盘已满;请重新复制文件",
        ) from None


def set_threads(backend: SQLBackend, rows: int) -> None:
    """Tell DuckDB how many rows there are: few are read by one thread. Spark keeps its own counsel."""
    if backend.name == "duckdb":
        threads = 1 if rows < FEW_ROWS else (os.cpu_count() or 1)
        backend.con.execute(f"SET threads = {threads}")  # type: ignore[attr-defined]


def _duckdb(rows: int, memory: str, spill: str) -> SQLBackend:
    import ibis

    backend = ibis.duckdb.connect(
        ":memory:",
        autoinstall_known_extensions="false",
        autoload_known_extensions="false",
        memory_limit=memory,
        temp_directory=str(private_folder("spill")),
        max_temp_directory_size=spill,
        preserve_insertion_order="true",
    )
    set_threads(backend, rows)
    backend.con.execute("SET TimeZone = 'UTC'")
    # in Jupyter without ipywidgets the bar is off, and DuckDB refuses to be told so
    if backend.con.execute("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        backend.con.execute("SET enable_progress_bar = false")
    found: SQLBackend = backend
    return found


def _spark(session: Any) -> SQLBackend:
    import ibis
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    # Spark has bit_or, Ibis 12 does not say so
    PySparkCompiler.visit_BitOr = lambda self, op, *, arg, where: self.agg.bit_or(arg, where=where)
    backend: SQLBackend = ibis.pyspark.connect(session)  # sets UTC
    return backend


def _local_session() -> Any:
    """A Spark session on this machine alone: quiet, no web page, folders outside the tree."""
    import importlib.util
    import shutil

    if importlib.util.find_spec("pyspark") is None:
        raise WrongUse(
            "Spark is not installed; pip install 'bangfu[spark]'",
            "未安装 Spark;请运行 pip install 'bangfu[spark]'",
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise WrongUse(
            "Spark needs Java (17 or newer), and there is none; install it or set JAVA_HOME",
            "Spark 需要 Java(17或更新),未找到;请安装或设置 JAVA_HOME",
        )
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    folder = private_folder("spark")
    quiet = folder / "log4j2.properties"
    quiet.write_text(_NO_LOG, encoding="utf-8")
    java = f"-Duser.timezone=UTC -Dderby.system.home={folder} -Dlog4j2.configurationFile={quiet.as_uri()}"
    settings = {
        "spark.driver.memory": f"{max(1024, _memory() * 6 // 10)}m",
        "spark.sql.autoBroadcastJoinThreshold": "1m",  # sizes are guessed from compressed files
        "spark.log.level": "OFF",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": java,
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = SparkSession.builder.master("local[*]").appName("bangfu")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _memory() -> int:
    """This machine's memory in MiB; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (AttributeError, ValueError, OSError):  # Windows, and others that do not know
        return 0
