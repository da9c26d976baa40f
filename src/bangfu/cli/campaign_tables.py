"""How ``bangfu campaign`` prints a record's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bangfu import places
from bangfu.campaign import KINDS
from bangfu.campaign.words import COLUMNS, VALUES
from bangfu.characters import typeset
from bangfu.errors import Language, WrongUse
from bangfu.formats import frame_text
from bangfu.packages import description

if TYPE_CHECKING:
    from bangfu.campaign import Campaign

_SHOWN = {
    "components": ("component_id", "name", "is_income_model"),
    "places": ("place_id", "level", "name", "code_status"),
    "actors": ("actor_id", "name", "type", "role"),
    "events": ("event_id", "name", "date_min", "date_max", "date_quality"),
    "actions": ("action_id", "component_id", "link", "activity", "place_id", "quantity"),
    "funds": ("fund_id", "kind", "status", "precision", "amount_yuan", "amount_max", "part_of"),
    "findings": ("finding_id", "name", "event_id"),
    "problems": ("problem_id", "area", "count", "status"),
    "work_areas": ("order", "name", "component_id"),
    "claims": ("claim_id", "claim", "evidence_status", "component_id"),
    "gaps": ("gap_id", "missing"),
    "ambiguities": ("ambiguity_id", "issue", "handling"),
}
"""What the overview shows of each table; names without language take the reader's."""

_MOST_ROWS = 200
"""So many rows of a table are printed; ``--table`` prints them all."""


def print_tables(record: Campaign, only: str | None, lang: Language) -> None:
    """Print the overview, or one table in full.

    Raises
    ------
    WrongUse
        For a table that a record does not have.
    """
    console = Console()
    if only is not None:
        if only not in record.tables:
            names = ", ".join(record.tables)
            raise WrongUse(f"unknown table {only!r}; choose one of: {names}", f"没有表 {only!r};现有 {names}")
        for row in frame_text(record.tables[only], 0).to_dict("records"):
            lines = "\n".join(f"{column}: {cell}" for column, cell in row.items() if cell)
            console.print(f"{lines}\n", markup=False, highlight=False)
        return
    console.print(str(record).splitlines()[0], markup=False, highlight=False)
    titles = {r["name"]: r["bangfu:zh"] for r in description(places.data("campaign"))}
    for name, columns in _SHOWN.items():
        frame = record.tables[name]
        heading = typeset(f"{titles[name]}({len(frame)}项)") if lang == "zh" else f"{name} ({len(frame)})"
        if frame.empty:
            none = "未记载" if lang == "zh" else "not recorded"
            console.print(f"{titles[name] if lang == 'zh' else name}: {none}", highlight=False)
            continue
        own = {c: f"{c}_{lang}" if f"{c}_{lang}" in frame else c for c in columns}
        table = Table(title=heading, title_justify="left")
        for column in columns:
            table.add_column(COLUMNS[column] if lang == "zh" else column, overflow="fold")
        cells = frame_text(frame[list(own.values())].head(_MOST_ROWS), 0)
        for line in cells.to_numpy(dtype=str).tolist():
            said = [VALUES.get(c, c) for c in line] if lang == "zh" else line
            table.add_row(*map(Text, said))
        console.print(table)
        if more := len(frame) - _MOST_ROWS if len(frame) > _MOST_ROWS else 0:
            tail = f"另有{more}项,见 --table {name}" if lang == "zh" else f"{more} more: --table {name}"
            console.print(tail, highlight=False)
    for kind in KINDS:
        console.print(record.total(kind).text(lang), markup=False, highlight=False)
    console.print(
        "不同性质的资金不能相加。" if lang == "zh" else "Sums of different kinds are never added.",
        highlight=False,
    )
