"""``bangfu cells``: cells for use inside, moments to hand upward, and either of several counties as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bangfu.atomic import STDOUT, refuse
from bangfu.cli.options import Overwrite, holds, with_design
from bangfu.cli.options import campaign as campaign_of
from bangfu.errors import Language, WrongUse, option
from bangfu.words import Word, arm_name

if TYPE_CHECKING:
    from bangfu.cells import Cells
    from bangfu.design import Design
    from bangfu.moments import Moments

INSIDE = Word(
    "for use inside only: cells of few households say much about them; hand moments upward (--moments)",
    "仅供内部使用:户数少的分组会透露农户情况;上报请用 --moments",
)
UPWARD = Word(
    "no village and no group of fewer than {households} households or {villages} villages is named in it; withheld: "
    "{withheld} households, forgotten: {years} household-years (rounded up to tens); confidential, not for publication",
    "不列任何村,也不含少于{households}户或{villages}村的分组;不予上报{withheld}户,略去{years}个户年(进位到十);"
    "仅供统计部门保密使用,不得公开",
)
RELEASE = Word(
    "release one file by one set of rules: differences between several files are not controlled",
    "请只按一种口径上报一份:多份文件相减的风险不在控制之内",
)
SECOND = Word(
    "errors: without CR2 so far; once all counties' files are merged, make yours again with --pooled",
    "误差:尚未作CR2修正;各县文件合并后,请用 --pooled 再做一次",
)


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cells")(with_design(cells))


def cells(
    data: Annotated[
        list[Path],
        typer.Argument(help="A register's folder or workbook; or files of cells, or of moments, to merge."),
    ],
    out: Annotated[Path, typer.Option(help="File to write; - is standard output.")],
    moments: Annotated[bool, typer.Option("--moments", help="Moments, under disclosure control.")] = False,
    pooled: Annotated[
        Path | None, typer.Option(help="Merged moments of the first round, for the second.")
    ] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="May be repeated; income_per_head. Moments are of the first."),
    ] = None,
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    disjoint: Annotated[
        bool, typer.Option("--disjoint", help="Merging: a village in two files has other households in each.")
    ] = False,
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    overwrite: Overwrite = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
    **options: Any,
) -> None:
    """Sum a register into cells or moments, or merge those of several counties."""
    from bangfu.cells.agreement import SUMMED, fitting, settled
    from bangfu.design import Design

    kinds = {holds(p) for p in data}
    refuse(
        out, overwrite=overwrite, inputs=[*data, *(p for p in (pooled, campaign, options.get("prices")) if p)]
    )
    if kinds == {"json"}:
        _merged_moments(data, out, lang, options, overwrite)
        return
    design = Design.of(None, **options)
    idle = [name for name in options if name not in SUMMED]
    if idle and not (moments or pooled):
        raise WrongUse(
            f"{', '.join(map(option, idle))} changes no cells, only moments and comparisons; leave it out, or take --moments",
            f"{'、'.join(map(option, idle))} 只影响矩汇总和比较,不影响分组汇总数据;请不要给出,或加 --moments",
        )
    if kinds == {"register"} and len(data) == 1:
        found = _of_register(data[0], outcome, design, campaign, engine)
        design = fitting(found, design)
    elif kinds == {"parquet"}:
        found = _merged(data, disjoint)
        design = settled(found, design)
    else:
        raise WrongUse(
            "give one register's folder or workbook, or files of cells (Parquet), or files of moments (JSON)",
            "请给出一个台账文件夹或工作簿,或若干分组汇总文件(Parquet),或若干矩汇总文件(JSON)",
        )
    if not (moments or pooled):
        from bangfu.cells.remarks import remarks

        found.save(out, overwrite=overwrite)
        said = [*(a.words for a in found.info.accepted), *(r.words for r in remarks(found))]
        left = "".join(f"{words[lang]}\n" for words in said)
        typer.echo(f"{out}: {found!r}\n{left}{INSIDE[lang]}", err=out == STDOUT)
        return
    from bangfu.moments import Moments, Protection

    first = Moments.load(pooled) if pooled else None
    primary = outcome[0] if outcome else None
    handed = found.moments(primary, design=design, pooled=first, protection=Protection())
    handed.save(out, overwrite=overwrite)
    _say(handed, out, lang)


def _say(moments: Moments, out: Path, lang: Language) -> None:
    from bangfu.formats import number

    beside = out == STDOUT
    typer.echo(f"{out}: {moments!r}", err=beside)
    if moments.protection:
        kept, years = number(moments.withheld.households), number(moments.withheld.household_years)
        typer.echo(
            UPWARD[lang].format(
                households=moments.protection.households,
                villages=moments.protection.group_villages,
                withheld=kept,
                years=years,
            ),
            err=beside,
        )
        typer.echo(RELEASE[lang], err=beside)
    if not moments.scaled:
        typer.echo(SECOND[lang], err=beside)


def _merged_moments(
    files: list[Path], out: Path, lang: Language, options: dict[str, Any], overwrite: bool
) -> None:
    from bangfu.estimates.notes import said
    from bangfu.formats import frame_text
    from bangfu.moments import Moments, merge_moments, pooled_effects

    merged = merge_moments(*(Moments.load(p) for p in files))
    merged.save(out, overwrite=overwrite)
    _say(merged, out, lang)
    table = pooled_effects(merged, **options).aggregate("overall")
    shown = [
        "arm",
        "unit",
        "estimate",
        "std_error",
        "df",
        "ci_low",
        "ci_high",
        "households",
        "villages",
        "note",
    ]
    table["arm"] = [arm_name(arm.split("+"), lang, names=merged.names) for arm in table["arm"]]
    table["note"] = [said(note, lang) for note in table["note"]]
    typer.echo(frame_text(table[shown]).to_string(index=False), err=out == STDOUT)


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
