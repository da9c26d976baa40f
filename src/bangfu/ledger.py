"""The ledger: every number that a title, the page or a brief prints, and where it comes from.

``figures/results.json`` holds one entry per number: value, interval, unit, the notebook and cell that made it, the
data it rests on and their hash. A number without an entry does not get into a text: texts name numbers by key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bangfu.errors import BangfuError
from bangfu.facts import Numbers
from bangfu.figures.figure import Number
from bangfu.figures.show import json_bytes
from bangfu.formats import settle
from bangfu.page.entries import Entry

NAME = "results.json"

SOURCES = {"real": "data/campaign", "published": "data/reference", "synthetic": "data/register"}
"""Badge -> the folder that such numbers rest on; a register of one's own names itself."""

CONTEXT = "data/context"
"""The folder of public facts around the campaign; their numbers have keys that begin with ``context``."""


def ledger(
    entries: Iterable[Entry],
    texts: Mapping[str, Numbers],
    data: Mapping[str, str],
    *,
    register: str = SOURCES["synthetic"],
    invented: str | None = None,
    cells: Mapping[str, tuple[str, int]] | None = None,
) -> bytes:
    """The ledger of a build.

    Parameters
    ----------
    entries : iterable of Entry
        The figures; their numbers go under ``FIGURE:KEY``.
    texts : mapping of str to mapping of str to Number
        ``"page"``, ``"brief"`` -> the numbers that it prints, and ``"register"`` -> the counts that subtitles name; they go
        under ``page:KEY``, ``brief:KEY`` and ``register:KEY``.
    data : mapping of str to str
        Folder or register -> hash, as in the manifest.
    register : str
        Which entry of ``data`` the comparison rests on.
    invented : str, optional
        Which one figures of invented households rest on, where it is another: nothing, for those that a notebook simulates.
    cells : mapping of str to (str, int), optional
        Notebook and cell of numbers that no figure prints, by what they rest on (``problems``, ``studies``, ``register``).

    Raises
    ------
    BangfuError
        When a text and a figure print different values under one key.
    """
    sources = SOURCES | {"own": register, "synthetic": register if invented is None else invented}
    out: dict[str, dict[str, Any]] = {}
    made: dict[str, tuple[Entry, Number]] = {}
    for entry in entries:
        source = sources[entry.badge]
        for key, value in entry.numbers.items():
            made.setdefault(key, (entry, value))
            of = CONTEXT if key.startswith("context.") else source
            out[f"{entry.stem}:{key}"] = _line(value, entry.notebook, entry.cell, of, data)
    for text, numbers in texts.items():
        for key, value in numbers.items():
            found = made.get(key)
            if found is None:
                room, source = _rests_on(key, register)
                notebook, cell = (cells or {}).get(room, ("", 0))
            else:
                entry, drawn = found
                source = sources[entry.badge]
                notebook, cell = entry.notebook, entry.cell
                if settle(drawn.value) != settle(value.value):
                    raise BangfuError(
                        f"the {text} and the figure {entry.stem} print different values of {key}",
                        f"{text} 与图 {entry.stem} 中 {key} 的数值不同",
                    )
            out[f"{text}:{key}"] = _line(value, notebook, cell, source, data)
    return json_bytes({"numbers": dict(sorted(out.items()))})


def _rests_on(key: str, register: str) -> tuple[str, str]:
    """What a number of a text is about and rests on, when no figure prints it."""
    room = key.split(".")[0]
    if room in ("actions", "claims", "funds", "gaps", "problems"):
        return room, SOURCES["real"]
    if room == "studies":
        return room, SOURCES["published"]
    return ("rule", "") if room == "rule" else ("register", register)


def _line(value: Number, notebook: str, cell: int, source: str, data: Mapping[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {"value": settle(float(value.value))}
    if value.low is not None and value.high is not None:
        line |= {"low": settle(float(value.low)), "high": settle(float(value.high))}
    return line | {
        "unit": value.unit,
        "notebook": notebook,
        "cell": cell,
        "register": source,
        "data": data.get(source, ""),
    }
