"""One Spark session for the whole suite: a user's own, small and without code generation, which small tables do not repay."""

from __future__ import annotations

import os
import shutil
import warnings

import pytest

import bangfu
from tests.engines.registers import frames, spoilt, write

NO_JAVA = "Spark needs Java and the extra spark; one of them is not here"


def spark_is_here() -> bool:
    """Whether Spark can be started."""
    from importlib.util import find_spec

    return bool(find_spec("pyspark") and (os.environ.get("JAVA_HOME") or shutil.which("java")))


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    """The session."""
    if not spark_is_here():
        pytest.skip(NO_JAVA)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1", "spark.local.dir": str(folder), "spark.log.level": "OFF",
        "spark.sql.warehouse.dir": str(folder / "warehouse"), "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false", "spark.sql.adaptive.enabled": "false",
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # half the processor time
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }  # fmt: skip
    builder = SparkSession.builder.master("local[1]").appName("tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield builder.getOrCreate()


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request):
    """The engine to hand to load_register."""
    return request.getfixturevalue("session") if request.param == "spark" else "duckdb"


@pytest.fixture(scope="session")
def tables():
    """The tables of a sound register."""
    return frames()


@pytest.fixture(scope="session", params=["parts", "csv"])
def folder(request, tables, tmp_path_factory):
    """The same register in several forms."""
    name = f"{request.param} [1] {{台账}} %41"  # which an engine may take for a pattern
    return write(tmp_path_factory.mktemp("engines") / name, tables, request.param)


@pytest.fixture(scope="session")
def one_folder(tables, tmp_path_factory):
    """The register in one form."""
    return write(tmp_path_factory.mktemp("engines") / "one", tables, "parquet")


@pytest.fixture(scope="session")
def register(engine, one_folder):
    """The register on an engine."""
    return bangfu.load_register(one_folder, engine=engine)


@pytest.fixture(scope="session")
def faults(engine, spoilt_folder):
    """What check says of the spoilt register on an engine."""
    return bangfu.check(spoilt_folder, engine=engine)


@pytest.fixture(scope="session")
def spoilt_folder(tmp_path_factory):
    """A register with many faults."""
    return write(tmp_path_factory.mktemp("engines") / "spoilt", spoilt(), "parquet")
