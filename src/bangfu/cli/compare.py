"""``bangfu compare``: which model goes with larger gains, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bangfu.characters import in_json
from bangfu.cli.options import Overwrite, holds, loaded_moments, with_design
from bangfu.cli.options import campaign as campaign_of
from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(with_design(compare))


def compare(
    data: Annotated[
        list[Path], typer.Argument(help="A register's folder or workbook; or files of cells, or of moments.")
    ],
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    engine: Annotated[str, typer.Option(help="Engine: duckdb or spark.")] = "duckdb",
    stability: Annotated[bool, typer.Option(help="Repeat under every scale, control and rule.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write everything here as JSON; - is standard output.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema and stop.")] = False,
    inside: Annotated[
        bool,
        typer.Option(
            "--inside",
            help="Also what rests on too few households or villages, or on fewer than three counties' moments; not for release.",
        ),
    ] = False,
    overwrite: Overwrite = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
    **options: Any,
) -> None:
    """Compare models: gains by arm with intervals, possible ranks and what they rest on."""
    from bangfu.atomic import STDOUT, refuse, write_bytes
    from bangfu.compare import compare_models
    from bangfu.compare.schema import SCHEMA, document
    from bangfu.compare.text import stability_text
    from bangfu.design import Design
    from bangfu.moments import pooled_effects

    if schema:
        typer.echo(json.dumps(SCHEMA, ensure_ascii=False, indent=2))
        return
    given = [p for p in (*data, campaign, options.get("prices")) if p is not None]
    if json_file is not None:
        refuse(json_file, overwrite=overwrite, inputs=given)
    result: Any
    if {holds(p) for p in data} == {"json"}:
        if stability:
            raise WrongUse(
                "moments carry one design; --stability needs a register or cells",
                "矩汇总只有一种设定;--stability 需用台账或分村汇总数据",
            )
        result = pooled_effects(loaded_moments(data, inside), **options)
    else:
        design = Design.of(None, **options)
        result = compare_models(
            _loaded(data, engine), design=design, campaign=campaign_of(campaign), inside=inside
        ).released
    beside = json_file == STDOUT
    typer.echo(result.text(lang), err=beside)
    if stability:
        typer.echo(stability_text(result, lang), err=beside)
    if json_file is not None:
        text = json.dumps(
            document(result, stability=stability), ensure_ascii=False, indent=2, allow_nan=False
        )
        write_bytes(json_file, (in_json(text) + "\n").encode("utf-8"), overwrite=overwrite, inputs=given)


def _loaded(data: list[Path], engine: str) -> Any:
    from bangfu.cells import Cells, merge

    kinds = {holds(p) for p in data}
    if kinds == {"register"} and len(data) == 1:
        from bangfu.register import load_register

        return load_register(data[0], engine)
    if "register" in kinds or "json" in kinds:
        raise WrongUse(
            "give one register's folder or workbook, or files of cells (Parquet), or files of moments (JSON)",
            "请给出一个台账文件夹或工作簿,或若干分村汇总文件(Parquet),或若干矩汇总文件(JSON)",
        )
    cells = [Cells.load(p) for p in data]
    return cells[0] if len(cells) == 1 else merge(*cells)
