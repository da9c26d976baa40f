"""``bangfu compare``: which model goes with larger gains, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.characters import in_json
from bangfu.cli.options import Overwrite
from bangfu.errors import Language


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
    by: Annotated[
        list[str] | None, typer.Option(help="Covariate known before joining; may be repeated.")
    ] = None,
    line: Annotated[str | None, typer.Option(help="Poverty line: yuan per head, or a series' name.")] = None,
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    stability: Annotated[bool, typer.Option(help="Repeat under every scale, control and rule.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write everything here as JSON; - is standard output.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema and stop.")] = False,
    overwrite: Overwrite = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Compare models: gains by arm with intervals, possible ranks and what they rest on."""
    from bangfu.atomic import STDOUT, refuse, write_bytes
    from bangfu.compare import compare_models
    from bangfu.compare.schema import SCHEMA, document
    from bangfu.compare.text import stability_text

    if schema:
        typer.echo(json.dumps(SCHEMA, ensure_ascii=False, indent=2))
        return
    given = [p for p in (data, campaign) if p is not None]
    if json_file is not None:
        refuse(json_file, overwrite=overwrite, inputs=given)
    result = compare_models(
        _loaded(data, engine), outcome, scale, exposure, control, _campaign(campaign), missing=missing,
        switchers=switchers, by=by or (), line=_line(line),
    )  # fmt: skip
    beside = json_file == STDOUT
    typer.echo(result.text(lang), err=beside)
    if stability:
        typer.echo(stability_text(result, lang), err=beside)
    if json_file is not None:
        text = json.dumps(
            document(result, stability=stability), ensure_ascii=False, indent=2, allow_nan=False
        )
        write_bytes(json_file, (in_json(text) + "\n").encode("utf-8"), overwrite=overwrite, inputs=given)


def _loaded(data: Path, engine: str) -> Any:
    from bangfu.cells import Cells
    from bangfu.given import kind_of

    if kind_of(data) == "folder":
        from bangfu.register import load_register

        return load_register(data, engine)

    return Cells.load(data)


def _line(text: str | None) -> Any:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _campaign(folder: Path | None) -> Any:
    if folder is None:
        return None
    from bangfu.campaign import load_campaign

    return load_campaign(folder)
