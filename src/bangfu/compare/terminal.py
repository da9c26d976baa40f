"""Lines and tables as a terminal prints them."""

from __future__ import annotations

from io import StringIO

Table = tuple[list[str], list[list[str]]]
"""Head and body, as text."""


def terminal(*parts: str | Table) -> str:
    """Lines and tables, one under the other, without colour; lines are wrapped at 160 columns."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    out = StringIO()
    console = Console(
        file=out, width=160, color_system=None, force_terminal=False, force_jupyter=False, highlight=False, emoji=False, markup=False
    )  # fmt: skip
    for part in parts:
        if isinstance(part, str):
            console.print(part)
            continue
        head, body = part
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for i, name in enumerate(head):
            table.add_column(name, justify="left" if i == 0 else "right", no_wrap=len(name) < 12)
        for line in body:
            table.add_row(*line)
        console.print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).rstrip()
