"""``bangfu reproduce``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reproduce")(reproduce)


def reproduce(
    out: Annotated[Path | None, typer.Option(help="Keep the build in this new folder.")] = None,
    accept: Annotated[
        bool, typer.Option(help="Store what differs: how a deliberate change is kept.")
    ] = False,
    quiet: Annotated[bool, typer.Option(help="No progress.")] = False,
) -> None:
    """Run every notebook, rebuild every figure beside, and compare with what is committed; the tree is left alone."""
    from bangfu.places import repository
    from bangfu.reproduce import reproduce as rebuild

    found = rebuild(repository(), keep=accept, out=out, quiet=quiet, say=typer.echo)
    if not found:
        typer.echo("all is reproduced: notebooks, figures and manifest are byte for byte as committed")
    elif accept:
        typer.echo(f"stored {len(found)} files")
    else:
        typer.echo(f"{len(found)} files differ from what is committed; --accept stores them")
        raise typer.Exit(1)
