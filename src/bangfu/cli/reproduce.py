"""``bangfu reproduce``: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bangfu.errors import Language, WrongUse


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reproduce")(reproduce)


def reproduce(
    register: Annotated[
        Path | None,
        typer.Option(
            help="Build from this register's folder or workbook instead, into --out; nothing is compared."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Keep the build in this new folder.")] = None,
    accept: Annotated[
        bool, typer.Option(help="Replace the committed files by the new ones, after a deliberate change.")
    ] = False,
    inside: Annotated[
        bool,
        typer.Option(
            "--inside",
            help="With --register: also what rests on too few households or villages; marked as not for release.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option(help="Show no progress.")] = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
) -> None:
    """Run every notebook, rebuild every figure in a temporary folder and compare them with the committed files, which are left unchanged."""
    from bangfu.places import repository
    from bangfu.reproduce import reproduce as rebuild
    from bangfu.reproduce import reproduce_on

    if register is not None:
        if out is None or accept:
            raise WrongUse(
                "--register builds into a new folder: give --out DIR, and not --accept",
                "--register 的结果写入新文件夹:请给出 --out DIR,且不要用 --accept",
            )
        failed = reproduce_on(
            repository(), register, out, quiet=quiet, say=typer.echo, lang=lang, inside=inside
        )
        typer.echo(
            f"已用 {register} 生成到 {out},未与任何文件比较" if lang == "zh"
            else f"built from {register} into {out}; compared with nothing"
        )  # fmt: skip
        if failed:
            raise typer.Exit(1)
        return
    if inside:
        raise WrongUse(
            "--inside is for --register: what is shipped is synthetic or public; leave it out",
            "--inside 只与 --register 同用:随附数据为模拟或公开数据;请不要给出",
        )
    found = rebuild(repository(), keep=accept, out=out, quiet=quiet, say=typer.echo)
    if not found:
        typer.echo(
            "全部重现:笔记本、图和清单与已提交的逐字节相同" if lang == "zh"
            else "all is reproduced: notebooks, figures and manifest are byte for byte as committed"
        )  # fmt: skip
    elif accept:
        typer.echo(f"已存入{len(found)}个文件" if lang == "zh" else f"stored {len(found)} files")
    else:
        typer.echo(
            f"{len(found)}个文件与已提交的不同;用 --accept 存入" if lang == "zh"
            else f"{len(found)} files differ from what is committed; --accept stores them"
        )  # fmt: skip
        raise typer.Exit(1)
