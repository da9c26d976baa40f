"""``bangfu simulate``: an invented register with known truth."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    out: Annotated[Path | None, typer.Option(help="New folder to write the register to.")] = None,
    households: Annotated[int, typer.Option(help="Number of households.")] = 12_000,
    scenario: Annotated[str, typer.Option(help="Name of a scenario; --list shows them.")] = "default",
    seed: Annotated[
        int | None, typer.Option(help="Random seed [default: that of the shipped register]")
    ] = None,
    households_per_village: Annotated[int, typer.Option(help="Number of households in each village.")] = 50,
    parameters: Annotated[Path | None, typer.Option(help="A copy of the parameter file, changed.")] = None,
    identifiers: Annotated[
        str, typer.Option(help="Kind of identifiers: text, or integer (smaller, for national size).")
    ] = "text",
    truth: Annotated[
        bool, typer.Option(help="Also write joiners' incomes as they would have been without the models.")
    ] = True,
    list_: Annotated[bool, typer.Option("--list", help="List the scenarios.")] = False,
    show_parameters: Annotated[
        bool, typer.Option("--show-parameters", help="Print the parameter file, to copy and change.")
    ] = False,
    quiet: Annotated[bool, typer.Option(help="Show no progress.")] = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """Write an invented register whose true effects are known."""
    from bangfu.simulation import SCENARIOS
    from bangfu.simulation import simulate as write
    from bangfu.simulation.parameters import shipped_text

    if list_:
        for each in SCENARIOS.values():
            typer.echo(f"{each.name:20}{each.title[lang]}")
        return
    if show_parameters:
        typer.echo(shipped_text(), nl=False)
        return
    if out is None:
        raise WrongUse("simulate needs --out DIR", "simulate 需要 --out 文件夹")
    folder = write(
        out,
        households,
        scenario=scenario,
        seed=seed,
        households_per_village=households_per_village,
        parameters=parameters,
        truth=truth,
        identifiers=identifiers,
        progress=not quiet and sys.stderr.isatty(),
    )
    typer.echo(f"wrote {folder}" if lang == "en" else f"已写出 {folder}")
