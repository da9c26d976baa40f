"""``bangfu campaign``: a campaign's tables, and its spans held against a text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bangfu.errors import Language, WrongUse

if TYPE_CHECKING:
    from bangfu.campaign import Campaign


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("campaign")(campaign)


def campaign(
    folder: Annotated[
        Path | None, typer.Argument(help="A campaign folder; Baicheng 2017 by default.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(help="A copy of the source text: check every span against it.")
    ] = None,
    table: Annotated[str | None, typer.Option(help="Print this table alone.")] = None,
    lang: Annotated[Language, typer.Option(help="en or zh.")] = "en",
) -> None:
    """Print a campaign's tables; with --verify, check every span against a copy of the source text."""
    from bangfu.campaign import load_campaign

    record = load_campaign(folder)
    if verify is not None:
        _verify(record, verify, lang)
        return
    _print(record, table, lang)


def _verify(record: Campaign, path: Path, lang: Language) -> None:
    from bangfu.campaign import verify

    checks = verify(record, _text(path))
    words = {
        "en": {"moved": "stands elsewhere in this copy", "differs": "DOES NOT MATCH the text"},
        "zh": {"moved": "在此文本中位置不同", "differs": "与文本不符"},
    }[lang]
    for check in checks:
        if check.verdict != "holds":
            typer.echo(f"{check.table} {check.key} {check.span}: {words[check.verdict]}")
    bad = sum(c.verdict == "differs" for c in checks)
    if lang == "zh":
        typer.echo(f"共{len(checks)}处原文位置,{len(checks) - bad}处相符,{bad}处不符")
    else:
        typer.echo(f"{len(checks)} spans: {len(checks) - bad} match, {bad} do not")
    if bad:
        raise typer.Exit(1)


def _text(path: Path) -> str:
    """A text in UTF-8 or GB18030, the two in which Chinese texts are stored."""
    if not path.is_file():
        raise WrongUse(f"no file {path}", f"找不到文件 {path}")
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return path.read_text(encoding=encoding)
    raise WrongUse(f"{path} is not a text in UTF-8 or GB18030", f"{path} 不是 UTF-8 或 GB18030 文本")


_SHOWN = {
    "components": ("component_id", "name", "is_income_model"),
    "places": ("place_id", "level", "name", "code_status"),
    "actors": ("actor_id", "name", "type", "role"),
    "events": ("event_id", "name", "date_min", "date_max", "date_quality"),
    "actions": ("action_id", "component_id", "link", "activity", "place_id", "quantity"),
    "funds": ("fund_id", "kind", "status", "precision", "amount_yuan", "amount_max"),
    "findings": ("finding_id", "name", "event_id"),
    "problems": ("problem_id", "area", "count", "status"),
    "work_areas": ("order", "name", "component_id"),
    "claims": ("claim_id", "claim", "evidence_status", "component_id"),
    "gaps": ("gap_id", "missing"),
    "ambiguities": ("ambiguity_id", "issue", "handling"),
}
"""What the overview shows of each table; names without language take the reader's."""


def _print(record: Campaign, only: str | None, lang: Language) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from bangfu.campaign import KINDS
    from bangfu.formats import frame_text

    console = Console()
    if only is not None:
        if only not in record.tables:
            names = ", ".join(record.tables)
            raise WrongUse(f"no table {only!r}; there are {names}", f"没有表 {only!r};现有 {names}")
        for row in frame_text(record.tables[only], 0).to_dict("records"):
            console.print(
                "\n".join(f"{column}: {cell}" for column, cell in row.items() if cell) + "\n",
                markup=False,
                highlight=False,
            )
        return
    console.print(str(record).splitlines()[0], markup=False, highlight=False)
    for name, columns in _SHOWN.items():
        frame = record.tables[name]
        if frame.empty:
            continue
        kept = [c if c in frame else f"{c}_{lang}" for c in columns]
        table = Table(title=f"{name} ({len(frame)})", title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for cells in frame_text(frame[kept], 0).itertuples(index=False):
            table.add_row(*map(Text, cells))
        console.print(table)
    for kind in KINDS:
        console.print(record.total(kind).text(lang), markup=False, highlight=False)
    console.print(
        "不同性质的资金不能相加。" if lang == "zh" else "Sums of different kinds are never added.",
        highlight=False,
    )
