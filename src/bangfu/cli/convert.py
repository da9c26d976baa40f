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
    out: Annotated[
        Path | None, typer.Option(help="The register's new folder; with --suggest the mapping's new file.")
    ] = None,
    suggest: Annotated[
        bool,
        typer.Option(
            "--suggest", help="Only guess a first mapping from the headers; print it, or write it to --out."
        ),
    ] = False,
    no_participation: Annotated[
        bool,
        typer.Option(
            "--no-participation", help="Accept files in which nobody takes up a model; refused otherwise."
        ),
    ] = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """Turn survey files into a register by a mapping; says what was dropped and why.

    Exit codes: 0 done; 1 the files or the mapping are at fault, said line by line; 2 wrong use.
    """
    if suggest:
        _suggest(files, Path(mapping) if mapping else out, lang)
    elif not mapping or out is None:
        raise WrongUse(
            "convert needs --mapping FILE and --out DIR (or --suggest)",
            "convert 需要 --mapping 映射文件 和 --out 文件夹(或 --suggest)",
        )
    else:
        from bangfu.convert.run import convert as run

        typer.echo(run(files, mapping, out, no_participation=no_participation).text(lang))


def _suggest(files: list[Path], target: Path | None, lang: Language) -> None:
    from bangfu import atomic
    from bangfu.convert.suggest import suggest

    if len(files) != 1:
        raise WrongUse("--suggest reads one file at a time", "--suggest 每次只读一个文件")
    if target is not None:
        atomic.refuse(target, inputs=files)
    found = suggest(files[0])
    if target is None:
        typer.echo(found.text, nl=False)
        return
    atomic.write_text(target, found.text)
    typer.echo(found.summary(lang), err=target == atomic.STDOUT)
    typer.echo(f"wrote {target}" if lang == "en" else f"已写出 {target}", err=target == atomic.STDOUT)
