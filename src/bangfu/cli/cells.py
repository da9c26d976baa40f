"""``bangfu cells``: cells for use inside, moments to hand upward, and either of several counties as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bangfu.atomic import STDOUT, refuse
from bangfu.cli.options import Overwrite
from bangfu.errors import Language, WrongUse
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.cells import Cells
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
    app.command("cells")(cells)


def cells(
    data: Annotated[
        list[Path], typer.Argument(help="A register's folder; or files of cells, or of moments, to merge.")
    ],
    out: Annotated[Path, typer.Option(help="File to write; - is standard output.")],
    moments: Annotated[bool, typer.Option("--moments", help="Moments, under disclosure control.")] = False,
    pooled: Annotated[
        Path | None, typer.Option(help="Merged moments of the first round, for the second.")
    ] = None,
    outcome: Annotated[list[str] | None, typer.Option(help="May be repeated; income_per_head.")] = None,
    exposure: Annotated[
        str, typer.Option(help="participation (taken up) or campaign (offered).")
    ] = "participation",
    campaign: Annotated[Path | None, typer.Option(help="Folder of the campaign's record.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Household fact, or fact=break,break; may be repeated.")
    ] = None,
    line: Annotated[str | None, typer.Option(help="Poverty line: yuan per head, or a series' name.")] = None,
    base_year: Annotated[int | None, typer.Option(help="Whose prices; the last year.")] = None,
    prices: Annotated[Path | None, typer.Option(help="A price index of one's own.")] = None,
    control: Annotated[
        str, typer.Option(help="Moments: never, never_elsewhere or never_same_village.")
    ] = "never",
    missing: Annotated[str, typer.Option(help="Moments: pairwise, complete or cross_section.")] = "pairwise",
    switchers: Annotated[str, typer.Option(help="Moments: censor, own_arm or drop.")] = "censor",
    cluster: Annotated[str, typer.Option(help="Moments: village_id or township_id.")] = "village_id",
    engine: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    overwrite: Overwrite = False,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Sum a register into cells or moments, or merge those of several counties."""
    from bangfu.given import kind_of

    kinds = {kind_of(p) for p in data}
    refuse(out, overwrite=overwrite, inputs=[*data, *(p for p in (pooled, campaign, prices) if p)])
    if kinds == {"json"}:
        _merged_moments(data, out, lang, overwrite)
        return
    if kinds == {"folder"} and len(data) == 1:
        found = _of_register(data[0], outcome, exposure, campaign, by, line, base_year, prices, engine)
    elif kinds == {"parquet"}:
        found = _merged(data)
    else:
        raise WrongUse(
            "give one register's folder, or files of cells (Parquet), or files of moments (JSON)",
            "请给出一个台账文件夹,或若干分组汇总文件(Parquet),或若干矩汇总文件(JSON)",
        )
    if not (moments or pooled):
        found.save(out, overwrite=overwrite)
        typer.echo(f"{out}: {found!r}\n{INSIDE[lang]}", err=out == STDOUT)
        return
    from bangfu.moments import Moments, Protection

    rules = {"control": control, "missing": missing, "switchers": switchers, "cluster": cluster}
    first = Moments.load(pooled) if pooled else None
    handed = found.moments(pooled=first, protection=Protection(), **rules)  # type: ignore[arg-type]
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


def _merged_moments(files: list[Path], out: Path, lang: Language, overwrite: bool) -> None:
    from bangfu.formats import frame_text
    from bangfu.moments import Moments, merge_moments, pooled_effects

    merged = merge_moments(*(Moments.load(p) for p in files))
    merged.save(out, overwrite=overwrite)
    _say(merged, out, lang)
    scale = "log" if str(merged.rules["outcome"]).startswith("log:") else "percent"
    table = pooled_effects(merged, scale=scale).aggregate("overall")
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
    typer.echo(frame_text(table[shown]).to_string(index=False), err=out == STDOUT)


def _merged(files: list[Path]) -> Cells:
    from bangfu.cells import Cells, merge

    return merge(*(Cells.load(p) for p in files))


def _of_register(
    folder: Path,
    outcome: list[str] | None,
    exposure: str,
    campaign: Path | None,
    by: list[str] | None,
    line: str | None,
    base_year: int | None,
    prices: Path | None,
    engine: str,
) -> Cells:
    from bangfu.register import load_register

    record: Any = None
    if campaign is not None:
        from bangfu.campaign import load_campaign

        record = load_campaign(campaign)
    return load_register(folder, engine).cells(
        outcome or "income_per_head", exposure=exposure, campaign=record, by=_facts(by or []),
        line=_number(line), base_year=base_year, prices=prices,
    )  # fmt: skip


def _facts(texts: list[str]) -> dict[str, list[float] | None]:
    """``labour`` or ``land_mu=2,5,10``."""
    out: dict[str, list[float] | None] = {}
    for text in texts:
        name, _, breaks = text.partition("=")
        try:
            out[name] = [float(b) for b in breaks.split(",")] if breaks else None
        except ValueError:
            raise WrongUse(
                f"breaks of {name} are not numbers: {breaks!r}; for example {name}=2,5,10",
                f"{name} 的分组界限不是数字:{breaks!r};例如 {name}=2,5,10",
            ) from None
    return out


def _number(text: str | None) -> float | str | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text
