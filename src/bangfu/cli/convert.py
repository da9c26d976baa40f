"""``bangfu convert``: a survey or an office sheet into a register."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("convert")(convert)


def convert(
    files: Annotated[list[Path], typer.Argument(help="Survey files or sheets: .dta .sav .csv .xlsx")],
    mapping: Annotated[
        str, typer.Option(help="A mapping file, or a shipped one: cfps, chfs, chip, office_sheet, generic.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="The register's new folder.")] = None,
    suggest: Annotated[
        bool,
        typer.Option("--suggest", help="Write a first mapping from the headers (to --mapping, or print it)."),
    ] = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Turn survey files into a register by a mapping; says what was dropped and why."""
    from bangfu import atomic
    from bangfu.convert.run import convert as run
    from bangfu.convert.suggest import suggest as guess

    if suggest:
        text = guess(files[0])
        if not mapping:
            typer.echo(text, nl=False)
            return
        path = Path(mapping)
        if path.exists():
            raise WrongUse(f"{path} exists already; name a new file", f"{path} 已存在;请另选文件名")
        atomic.write_text(path, text)
        typer.echo(f"wrote {path}" if lang == "en" else f"已写出 {path}")
        return
    if not mapping or out is None:
        raise WrongUse(
            "convert needs --mapping FILE and --out DIR (or --suggest)",
            "convert 需要 --mapping 映射文件 和 --out 文件夹(或 --suggest)",
        )
    typer.echo(run(files, mapping, out).text(lang))
