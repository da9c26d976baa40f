"""``bangfu compare``: which model goes with larger gains, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.cli import options
from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    data: Annotated[Path, typer.Argument(help="A register's folder, or a file of cells (.parquet).")],
    outcome: Annotated[
        str | None, typer.Option(help="Outcome; income_per_head, or the cells' first.")
    ] = None,
    exposure: Annotated[
        str, typer.Option(help="participation (taken up) or campaign (offered).")
    ] = "participation",
    scale: Annotated[str, typer.Option(help="percent, yuan or log.")] = "percent",
    control: Annotated[
        str, typer.Option(help="never, never_elsewhere, never_same_village or not_yet.")
    ] = "never",
    missing: Annotated[str, typer.Option(help="pairwise, complete or cross_section.")] = "pairwise",
    switchers: Annotated[str, typer.Option(help="censor, own_arm or drop.")] = "censor",
    by: Annotated[list[str] | None, typer.Option(help=options.BY)] = None,
    late: Annotated[str, typer.Option(help=options.LATE)] = "refuse",
    line: Annotated[str | None, typer.Option(help="Poverty line: yuan per head, or a series' name.")] = None,
    base_year: Annotated[int | None, typer.Option(help="Whose prices; the last year.")] = None,
    prices: Annotated[Path | None, typer.Option(help="A price index of one's own.")] = None,
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    stability: Annotated[bool, typer.Option(help="Repeat under every scale, control and rule.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write everything here as JSON.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema and stop.")] = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Compare models: gains by arm with intervals, possible ranks and what they rest on."""
    from bangfu.atomic import write_bytes
    from bangfu.compare import compare_models
    from bangfu.compare.schema import SCHEMA, document
    from bangfu.compare.text import stability_text

    if schema:
        typer.echo(json.dumps(SCHEMA, ensure_ascii=False, indent=2))
        return
    result = compare_models(
        _loaded(data, engine), outcome, scale, exposure, control, options.campaign(campaign), missing=missing,
        switchers=switchers, by=options.facts(by), late=late, line=options.line(line), base_year=base_year, prices=prices,
    )  # fmt: skip
    typer.echo(result.text(lang))
    if stability:
        typer.echo(stability_text(result, lang))
    if json_file is not None:
        text = json.dumps(
            document(result, stability=stability), ensure_ascii=False, indent=2, allow_nan=False
        )
        write_bytes(json_file, (text + "\n").encode("utf-8"))


def _loaded(data: Path, engine: str) -> Any:
    if data.is_dir():
        from bangfu.register import load_register

        return load_register(data, engine)
    if not data.is_file():
        raise WrongUse(f"no file or folder {data}", f"找不到 {data}")
    from bangfu.cells import Cells

    return Cells.load(data)
