"""``bangfu check``: every fault of a register in one run."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bangfu.characters import typeset
from bangfu.errors import Fault, Language
from bangfu.words import Word

_WORKING = Word("reading the register", "正在读取台账")


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    folder: Annotated[Path, typer.Argument(help="A register's folder or workbook.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print faults as JSON.")] = False,
    lang: Annotated[Language, typer.Option(help="Language: en or zh.")] = "en",
    show_values: Annotated[
        bool, typer.Option(help="Show offending values of a register that is not synthetic.")
    ] = False,
    engine: Annotated[str, typer.Option(help="Engine: duckdb or spark.")] = "duckdb",
    quiet: Annotated[bool, typer.Option(help="Show no progress.")] = False,
) -> None:
    """Validate a register: every fault with table, row, column and rule; exit code 1 on faults."""
    from rich.console import Console

    from bangfu.register import check as examine

    with Console(stderr=True, quiet=quiet or not sys.stderr.isatty()).status(_WORKING[lang]):
        faults = examine(folder, engine=engine, show_values=show_values)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(f) for f in faults], ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(fault_lines(faults, lang)))
    if any(f.severity == "fault" for f in faults):
        raise typer.Exit(1)


def fault_lines(faults: Sequence[Fault], lang: Language) -> list[str]:
    """One line each, as every command prints them, and how many there are."""
    from bangfu.formats import number

    lines = []
    for fault in faults:
        many = f" ({number(fault.count)} in all)" if lang == "en" else typeset(f"(共{number(fault.count)}处)")
        lines.append(_MARKS[fault.severity][lang] + fault.text(lang) + (many if fault.count > len(fault.rows) else ""))  # fmt: skip
    bad, accepted, warned = (sum(f.severity == s for f in faults) for s in _MARKS)
    en = f"{bad} {'fault' if bad == 1 else 'faults'}, {warned} {'warning' if warned == 1 else 'warnings'}"
    zh = f"{bad}项错误,{warned}项提醒"
    if accepted:
        en, zh = f"{en}, {accepted} accepted", f"{zh},{accepted}项已接受"
    return [*lines, en if lang == "en" else typeset(zh)]


_MARKS = {
    "fault": Word("FAULT ", "错误 "),
    "accepted": Word("accepted ", "已接受 "),
    "warning": Word("warning ", "提醒 "),
}
