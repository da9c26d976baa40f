"""``bangfu check``: every fault of a register in one run."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from bangfu.errors import Language


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    folder: Annotated[Path, typer.Argument(help="A register's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Faults as JSON.")] = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
    show_values: Annotated[
        bool, typer.Option(help="Show offending values of a register that is not synthetic.")
    ] = False,
) -> None:
    """Validate a register: every fault with table, row, column and rule; exit code 1 on faults."""
    from bangfu.register import check as examine

    faults = examine(folder, show_values=show_values)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(f) for f in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            many = (
                ""
                if fault.count <= len(fault.rows)
                else (f" ({fault.count} rows)" if lang == "en" else f"(共{fault.count}行)")
            )
            typer.echo(fault.text(lang) + many)
        bad = sum(f.severity == "fault" for f in faults)
        warned = len(faults) - bad
        typer.echo(f"{bad} faults, {warned} warnings" if lang == "en" else f"{bad}项错误,{warned}项提醒")
    if any(f.severity == "fault" for f in faults):
        raise typer.Exit(1)
