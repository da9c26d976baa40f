"""A register of any size written to a folder, run of villages by run of villages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bangfu import atomic
from bangfu.errors import unknown
from bangfu.formats import number
from bangfu.simulation.campaign import write_campaign
from bangfu.simulation.description import codebook, register_toml
from bangfu.simulation.frames import counterfactual_table, household_table, income_table, participation_table
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.scenarios import Plan, plan
from bangfu.simulation.truth import Totals
from bangfu.simulation.world import World, world

_RUN = 40_000
"""About so many households are in memory at a time, per thread."""

_THREADS = 2

Maker = Callable[[World, bool], pd.DataFrame]

_MAKERS: dict[str, Maker] = {
    "households": household_table,
    "incomes": income_table,
    "participation": participation_table,
    "truth/counterfactual": counterfactual_table,
}
"""File -> what makes its rows from a run of villages."""


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
        Also the joiners' incomes without the models, ``truth/counterfactual.parquet``; the true effects of joining
        (``truth/att.parquet``) and of an offer in the village (``truth/att_offered.parquet``) are always there.
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
    if identifiers not in ("text", "integer"):
        raise unknown("identifiers", identifiers, ("text", "integer"))
    out = Path(out)
    what = plan(households, scenario, seed, households_per_village, parameters)
    makers = dict(_MAKERS)
    if not truth:
        del makers["truth/counterfactual"]
    with atomic.new_folder(out) as folder:
        (folder / "truth").mkdir()
        sums = _sums(what)
        with ExitStack() as stack:
            writers: dict[str, pq.ParquetWriter] = {}
            for done, part in _parts(what, makers, identifiers == "text"):
                for name, table in part.tables.items():
                    if name not in writers:
                        writers[name] = stack.enter_context(_writer(folder / f"{name}.parquet", table.schema))
                    writers[name].write_table(table)
                for name, more in part.sums.items():
                    sums[name].merge(more)
                if progress:
                    print(
                        f"\r{number(done)} of {number(what.villages)} villages",
                        end="",
                        file=sys.stderr,
                        flush=True,
                    )
        if progress:
            print(file=sys.stderr)
        for name, totals in sums.items():
            pq.write_table(_arrow(totals.table()), folder / "truth" / f"{name}.parquet", compression="zstd")
        atomic.write_text(folder / "register.toml", register_toml(what, identifiers == "text"))
        atomic.write_text(folder / "CODEBOOK.md", codebook(what))
        write_campaign(folder / "campaign", what, identifiers == "text")
    return out


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one run of villages, and its sums for the truth."""

    tables: dict[str, pa.Table]
    sums: dict[str, Totals]


def _sums(what: Plan) -> dict[str, Totals]:
    bystanders = what.parameters.spills
    return {"att": Totals.empty(bystanders=bystanders), "att_offered": Totals.empty(offered=True)}


def _parts(what: Plan, makers: Mapping[str, Maker], text: bool) -> Iterator[tuple[int, _Part]]:
    """Runs of villages in order, drawn ahead by other threads; NumPy works outside the interpreter's lock."""
    step = max(1, _RUN // what.size)
    starts = list(range(0, what.villages, step))

    def one(start: int) -> _Part:
        stop = min(start + step, what.villages)
        w = world(what.parameters, what.seed, start, stop, what.size)
        sums = _sums(what)
        for totals in sums.values():
            totals.add(w)
        return _Part({name: _arrow(make(w, text)) for name, make in makers.items()}, sums)

    with ThreadPoolExecutor(_THREADS) as pool:
        waiting = [pool.submit(one, start) for start in starts[:_THREADS]]
        for i, start in enumerate(starts):
            part = waiting.pop(0).result()
            if i + _THREADS < len(starts):
                waiting.append(pool.submit(one, starts[i + _THREADS]))
            yield min(start + step, what.villages), part


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Dictionaries only where values repeat: yuan hardly do, and building one costs more than it saves."""
    repeating = [f.name for f in schema if not f.name.startswith("income_") and f.name != "consumption"]
    return pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=repeating)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """Without an index; text as plain text, so that every run has the same schema."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for i, column in enumerate(table.schema):
        if pa.types.is_large_string(column.type) or pa.types.is_null(column.type):
            table = table.set_column(i, column.name, table[column.name].cast(pa.string()))
    return table.replace_schema_metadata(None)
