"""``bangfu compare``: which model goes with larger gains, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.cli.options import campaign as campaign_of
from bangfu.cli.options import with_design
from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(with_design(compare))


def compare(
    data: Annotated[
        Path, typer.Argument(help="A register's folder or workbook, or a file of cells (.parquet).")
    ],
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    stability: Annotated[bool, typer.Option(help="Repeat under every scale, control and rule.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write everything here as JSON.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema and stop.")] = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
    **options: Any,
) -> None:
    """Compare models: gains by arm with intervals, possible ranks and what they rest on."""
    from bangfu.atomic import write_bytes
    from bangfu.compare import compare_models
    from bangfu.compare.schema import SCHEMA, document
    from bangfu.compare.text import stability_text
    from bangfu.design import Design

    if schema:
        typer.echo(json.dumps(SCHEMA, ensure_ascii=False, indent=2))
        return
    design = Design.of(None, **options)
    result = compare_models(_loaded(data, engine), design=design, campaign=campaign_of(campaign))
    typer.echo(result.text(lang))
    if stability:
        typer.echo(stability_text(result, lang))
    if json_file is not None:
        text = json.dumps(
            document(result, stability=stability), ensure_ascii=False, indent=2, allow_nan=False
        )
        write_bytes(json_file, (text + "\n").encode("utf-8"))


def _loaded(data: Path, engine: str) -> Any:
    from bangfu.register.home import is_register

    if is_register(data):
        from bangfu.register import load_register

        return load_register(data, engine)
    if not data.is_file():
        raise WrongUse(f"no file or folder {data}", f"找不到 {data}")
    from bangfu.cells import Cells

    return Cells.load(data)
