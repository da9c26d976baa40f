"""A register of any size written to a folder, run of villages by run of villages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu import atomic
from bangfu.simulation.campaign import write_campaign
from bangfu.simulation.description import register_toml
from bangfu.simulation.frames import counterfactual_table, household_table, income_table, participation_table
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.scenarios import Plan, plan
from bangfu.simulation.truth import Totals
from bangfu.simulation.world import World, world

_RUN = 40_000
"""About so many households are in memory at a time, per thread."""

_THREADS = 2


def simulate(
    out: str | Path,
    households: int = 12_000,
    *,
    scenario: str = "default",
    seed: int | None = None,
    households_per_village: int = 50,
    parameters: Parameters | str | Path | None = None,
    truth: bool = True,
    identifiers: str = "text",
    progress: bool = False,
) -> Path:
    """Write an invented register with known truth.

    Parameters
    ----------
    out : path
        A new folder: Parquet tables, ``register.toml``, ``campaign/`` and ``truth/``.
    households : int
        How many, offshoots of splits apart.
    scenario : str
        One of ``bangfu.simulation.SCENARIOS``.
    seed : int, optional
        The shipped register's by default.
    households_per_village : int
    parameters : Parameters or path, optional
        In place of the shipped ones; the scenario's switch applies to them.
    truth : bool
        Also the joiners' incomes without the models, ``truth/counterfactual.parquet``; the true effects
        ``truth/att.parquet`` are always there.
    identifiers : {"text", "integer"}
        Integers are smaller and faster at national size.
    progress : bool
        Say on standard error how far it is.

    Returns
    -------
    Path
        The folder. Interrupted, nothing of that name is left.

    Raises
    ------
    WrongUse
        When the folder exists, or scenario or sizes are not possible.
    DataFault
        When the parameters are not accepted.
    """
    out = Path(out)
    what = plan(households, scenario, seed, households_per_village, parameters)
    text = identifiers == "text"
    with atomic.new_folder(out) as folder:
        totals = Totals.empty(what.parameters.spills)
        with _Tables(folder, text, truth) as tables:
            for done, w in _runs(what):
                tables.write(w)
                totals.add(w)
                if progress:
                    print(f"\r{done:,} of {what.villages:,} villages", end="", file=sys.stderr, flush=True)
        if progress:
            print(file=sys.stderr)
        pq.write_table(
            pa.Table.from_pandas(totals.table()), folder / "truth" / "att.parquet", compression="zstd"
        )
        (folder / "register.toml").write_text(register_toml(what, text), encoding="utf-8")
        write_campaign(folder / "campaign", what)
    return out


def _runs(what: Plan) -> Iterator[tuple[int, World]]:
    """Runs of villages in order, some drawn ahead by other threads."""
    step = max(1, _RUN // what.size)
    starts = list(range(0, what.villages, step))

    def one(start: int) -> World:
        return world(what.parameters, what.seed, start, min(start + step, what.villages), what.size)

    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = [pool.submit(one, start) for start in starts[:_THREADS]]
        for i, start in enumerate(starts):
            w = waiting.pop(0).result()
            if i + _THREADS < len(starts):
                waiting.append(pool.submit(one, starts[i + _THREADS]))
            yield min(start + step, what.villages), w


class _Tables:
    """The Parquet files of a register, one row group per run."""

    def __init__(self, folder: Path, text: bool, truth: bool) -> None:
        (folder / "truth").mkdir()
        self._text = text
        self._makers = {
            "households": household_table,
            "incomes": income_table,
            "participation": participation_table,
        }
        if truth:
            self._makers["truth/counterfactual"] = counterfactual_table
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def write(self, w: World) -> None:
        """Append a run of villages to every table."""
        for name, make in self._makers.items():
            table = _arrow(make(w, self._text))
            if name not in self._writers:
                path = self._folder / f"{name}.parquet"
                self._writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
            self._writers[name].write_table(table)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """Without an index; categories as plain text, so that every run has the same schema."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for i, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type) or pa.types.is_large_string(column.type):
            table = table.set_column(i, column.name, table[column.name].cast(pa.string()))
    return table.replace_schema_metadata(None)
