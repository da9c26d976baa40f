"""``bangfu new``: a study folder that runs at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.errors import Language


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("new")(new)


def new(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    register: Annotated[
        Path | None,
        typer.Option(help="A register's folder or workbook; the shipped, synthetic one by default."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the texts: en or zh.")] = "en",
) -> None:
    """Make a study folder: notebooks with one configuration cell, tests, a README.

    Exit codes: 0 done; 2 wrong use (the folder holds something, or there is no such register).
    """
    from bangfu.study import new_study

    made = new_study(folder, register, lang)
    if lang == "zh":
        typer.echo(
            f"已建立 {made}。打开 notebooks/01_data.ipynb,改第一个代码格即可;python -m pytest {made} 可检查全部。"
        )
    else:
        typer.echo(
            f"made {made}. Open notebooks/01_data.ipynb and change its first code cell; python -m pytest {made} checks it all."
        )
