"""The table of a whole run: counts by kind and outcome, and what is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

PROMISES = {
    "registers": "what `check` refuses is refused by `cells` and `compare`, and nothing is written; what the owner accepts is said by all three; no traceback, no hang",
    "files of cells": "one message that names the file, or the very content that was written; only with digests made again is another content believed",
    "files of moments": "the same",
    "misuses": "exit code 2 (1 where data are at fault), words, nothing written",
    "kills": "after `kill -9` the target is whole or not there; the next run ends well and leaves nothing beside it",
    "names": "whatever a name holds, it shows as text in terminal, JSON, CSV, SVG, page, PDF, notebook and papers' tables, or is refused",
}
"""Kind of attack -> what must hold."""


def table(counts: Mapping[str, Counter[tuple[str, str]]], seed: int, day: date) -> str:
    """As Markdown."""
    lines = [
        "# The standing attack", "",
        f"Written on {day.isoformat()} by `make attack-full`, seed {seed}; every input is generated (`tests/attack/full/`). *Refused* is an error in "
        "words; *harmless* is an end as if nothing had been done, or as it should be; *failed* broke the promise; *left* was not begun in the time given.", "",
        "| attack | tried | refused | harmless | failed | left | what is promised |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for kind, found in counts.items():
        of = [found[kind, outcome] for outcome in ("refused", "harmless", "failed")]
        lines.append(
            f"| {kind} | {sum(of)} | {of[0]} | {of[1]} | {of[2]} | {found[kind, 'left']} | {PROMISES[kind]} |"
        )
    return "\n".join(lines) + "\n"
