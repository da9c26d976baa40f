"""``bangfu cells``: cells for use inside, moments to hand upward, and either of several counties as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bangfu.atomic import STDOUT, refuse
from bangfu.cli.options import Overwrite, holds, loaded_moments, with_design
from bangfu.cli.options import campaign as campaign_of
from bangfu.errors import Language, WrongUse, option
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.cells import Cells
    from bangfu.design import Design

INSIDE = Word(
    "for use inside only: cells of few households say much about them; hand moments upward (--moments)",
    "仅供内部使用:户数少的同类农户组会透露农户情况;上报请用 --moments",
)
UPWARD = Word(
    "rounded, and no village or household is in it; withheld: {withheld} results ({rules}); logged in {log}: keep it beside the "
    "register, and hand up this file alone",
    "已取整,不含任何村或农户;不予上报{withheld}项({rules});已登记于 {log},请与台账一同保存,只上报此文件",
)
HELD = {
    "register": Word("a register", "台账"), "parquet": Word("cells", "分村汇总数据"), "json": Word("moments", "矩汇总"),
    "folder": Word("a folder without a register", "不含台账的文件夹"), "other": Word("something else", "其他内容"),
}  # fmt: skip
"""What a path holds, in words."""
EXACT = Word("exact, for use inside only: not for release", "未取整,仅供内部使用,不得上报或公开")


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cells")(with_design(cells))


def cells(
    data: Annotated[
        list[Path],
        typer.Argument(help="A register's folder or workbook; or files of cells, or of moments, to merge."),
    ],
    out: Annotated[Path, typer.Option(help="File to write; - is standard output.")],
    moments: Annotated[
        bool, typer.Option("--moments", help="Estimates to hand upward, under disclosure control.")
    ] = False,
    inside: Annotated[
        bool, typer.Option("--inside", help="Moments exact and complete, marked as not for release.")
    ] = False,
    log: Annotated[
        Path | None,
        typer.Option(help="Release log of the register; beside it, its name with .releases.json."),
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            help="Outcome to sum; may be given several times [default: income_per_head]. Moments are of the first."
        ),
    ] = None,
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    disjoint: Annotated[
        bool, typer.Option("--disjoint", help="Merging: a village in two files has other households in each.")
    ] = False,
    engine: Annotated[str, typer.Option(help="Engine: duckdb or spark.")] = "duckdb",
    overwrite: Overwrite = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
    **options: Any,
) -> None:
    """Sum a register into cells or moments, or merge those of several counties."""
    from bangfu.cells.agreement import SUMMED, fitting, settled
    from bangfu.design import Design
    from bangfu.moments.disclosure import RULES
    from bangfu.moments.editions import refuse_log

    kinds = {holds(p) for p in data}
    given = [*data, *(p for p in (campaign, options.get("prices")) if p)]
    log = log or _log_beside(data[0])
    refuse(out, overwrite=overwrite, inputs=given)
    if moments:
        refuse_log(log, out, inputs=given)
    if kinds == {"json"}:
        _merged_moments(data, out, lang, inside, options, overwrite)
        return
    if inside and not moments:
        raise WrongUse(
            f"{option('inside')} is for moments; cells are for use inside anyway: add --moments, or leave it out",
            f"{option('inside')} 只用于矩汇总;分村汇总数据本来只供内部使用:请加 --moments,或不要给出",
        )
    design = Design.of(None, **options)
    idle = [name for name in options if name not in SUMMED]
    if idle and not moments:
        raise WrongUse(
            f"{', '.join(map(option, idle))} changes no cells, only moments and comparisons; leave it out, or take --moments",
            f"{'、'.join(map(option, idle))} 只影响矩汇总和比较,不影响分村汇总数据;请不要给出,或加 --moments",
        )
    if kinds == {"register"} and len(data) == 1:
        found = _of_register(data[0], outcome, design, campaign, engine)
        design = fitting(found, design)
    elif kinds == {"parquet"}:
        found = _merged(data, disjoint)
        design = settled(found, design)
    else:
        what = ", ".join(f"{path.name} ({HELD[holds(path)].en})" for path in data)
        what_zh = "、".join(f"{path.name}({HELD[holds(path)].zh})" for path in data)
        raise WrongUse(
            f"{what}: give one register's folder or workbook, or files of cells (Parquet), or files of moments (JSON)",
            f"{what_zh}:请给出一个台账文件夹或工作簿,或若干分村汇总文件(Parquet),或若干矩汇总文件(JSON)",
        )
    if not moments:
        from bangfu.cells.remarks import remarks

        found.save(out, overwrite=overwrite)
        said = [*(a.words for a in found.info.accepted), *(r.words for r in remarks(found))]
        left = "".join(f"{words[lang]}\n" for words in said)
        typer.echo(f"{out}: {found!r}\n{left}{INSIDE[lang]}", err=out == STDOUT)
        return
    handed = found.moments(outcome[0] if outcome else None, design=design, inside=inside)
    handed.save(out, log=log, overwrite=overwrite)
    told_as = EXACT if inside else UPWARD
    told = told_as[lang].format(withheld=len(handed.withheld), rules=RULES[lang], log=log)
    typer.echo(f"{out}: {handed!r}\n{told}", err=out == STDOUT)


def _log_beside(data: Path) -> Path:
    """The log of a register, beside it by whatever name it is reached: a link has none of its own."""
    home = data.resolve()
    return home.parent / f"{home.name}.releases.json"


def _merged_moments(
    files: list[Path], out: Path, lang: Language, inside: bool, options: dict[str, Any], overwrite: bool
) -> None:
    from bangfu.moments import pooled_effects

    merged = loaded_moments(files, inside).going_back()
    result = pooled_effects(merged, **options)
    merged.save(out, overwrite=overwrite)
    typer.echo(f"{out}: {merged!r}\n{result.text(lang)}", err=out == STDOUT)


def _merged(files: list[Path], disjoint: bool) -> Cells:
    from bangfu.cells import Cells, merge

    return merge(*(Cells.load(p) for p in files), disjoint=disjoint)


def _of_register(
    folder: Path, outcome: list[str] | None, design: Design, campaign: Path | None, engine: str
) -> Cells:
    from bangfu.cells import build
    from bangfu.register import load_register

    record = campaign_of(campaign)
    return build(load_register(folder, engine), design, outcome or "income_per_head", campaign=record)
