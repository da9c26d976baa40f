"""A first mapping guessed from the headers of a file; what is guessed and what is not stands in it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.characters import typeset
from bangfu.convert.headers import Guess, guess
from bangfu.convert.labels import is_missing, not_applicable
from bangfu.convert.reading import Opened, open_file, units_by_column
from bangfu.convert.several import Guessed, asked, together
from bangfu.convert.sheets import TEXTS, merged_headers, table_rows
from bangfu.convert.suggest_lines import Found, mapping_text
from bangfu.convert.units import of_row, of_title
from bangfu.convert.values import header
from bangfu.convert.workbook import SHEETS, Workbook
from bangfu.errors import Language

_NEEDED = ("household_id", "village_id", "members")
_DIGITS = re.compile(r"\d\d$")
_LOOK_AT = 200
"""Rows that are looked at for cells left empty below a merged one; never for their values."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping as text, and what it rests on.

    Attributes
    ----------
    text : str
        TOML; it loads as a mapping where nothing is missing.
    guessed : dict of str to str
        Variable to the header that it was guessed from.
    missing, unused : tuple of str
        Variables that are needed and were not found; headers that are not used.
    """

    text: str
    guessed: dict[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]

    def __str__(self) -> str:
        return self.text

    def summary(self, lang: Language = "en") -> str:
        """What was guessed, what is missing and what was left, line by line."""
        if lang == "zh":
            lines = [f"  {name} ← {shown}(猜测)" for name, shown in self.guessed.items()]
            lines.append(f"缺少的必需项:{'、'.join(self.missing) or '无'}")
            lines.append(f"未使用的表头:{'、'.join(self.unused) or '无'}")
            return "\n".join(map(typeset, ["仅根据表头猜测,请逐行核对:", *lines]))
        lines = [f"  {name} <- {shown} (guessed)" for name, shown in self.guessed.items()]
        lines.append(f"needed and not found: {', '.join(self.missing) or 'nothing'}")
        lines.append(f"headers not used: {', '.join(self.unused) or 'none'}")
        return "\n".join(["guessed from the headers alone; check every line:", *lines])


def suggest(file: str | Path) -> Suggestion:
    """A first mapping for a file, from the headers of all its sheets, its units and the labels of variables and codes.

    Raises
    ------
    WrongUse, DataFault
        When the file is not there or cannot be read.
    """
    path = Path(file)
    book = Workbook(path) if _is_table(path) and path.suffix.lower() in SHEETS else None
    found: Suggestion | Guessed = _one(path, book)
    if book and len(book.names) > 1:
        each = {name: _one(path, book, name) for name in book.names}
        found = (
            together({n: Guessed(g.text, g.guessed, g.missing, g.unused) for n, g in each.items()}) or found
        )
    text, missing = asked(found.text, found.missing)
    return Suggestion(text, dict(found.guessed), missing, found.unused)


def _is_table(path: Path) -> bool:
    """Whether there is a sheet or text table with something in it; all else is opened, or refused, by its ending."""
    return path.suffix.lower() in SHEETS + TEXTS and path.is_file() and path.stat().st_size > 0


def _one(path: Path, book: Workbook | None = None, sheet: str = "") -> Suggestion:
    """A first mapping for one file, or one sheet of a workbook; its first one without a name."""
    found = _in_sheet(path, book, sheet) if _is_table(path) else _in_statistics(path, open_file(path))
    titles = {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", path.stem)}
    if not found.years and "year" not in found.guesses and len(titles) == 1:
        found.years = sorted(titles)
    found.missing = [n for n in _NEEDED if n not in found.guesses]
    found.missing += [] if found.years or "year" in found.guesses else ["year"]
    found.missing += [] if any(n.startswith("income_") for n in found.guesses) else ["income_total"]
    guessed = {g.name: g.shown for g in found.guesses.values()}
    return Suggestion(mapping_text(found), guessed, tuple(found.missing), tuple(found.unused))


def _in_statistics(path: Path, opened: Opened) -> Found:
    guesses, unused = _guesses(opened.headers, opened.titles)
    found = Found(path, guesses, unused, units=opened.units)
    for one in guesses.values():
        labels: dict[Any, str] = {}
        for column in one.columns.values():
            labels |= opened.labels.get(column, {})
        found.codes |= {c for c in labels if isinstance(c, int | float) and c < 0}
        coded = {c for c, text in labels.items() if is_missing(text)}
        never = {c for c in coded if one.role and not_applicable(labels[c])}
        found.missing_codes[one.name], found.never[one.name] = coded - never, never
        if labels and one.role == "kind":
            one.options.append("labels = true")
    return found


def _in_sheet(path: Path, book: Workbook | None, sheet: str) -> Found:
    rows = list(itertools.islice(table_rows(path, None, book, sheet), _LOOK_AT))
    at = _header_rows(rows)
    headers = merged_headers([rows[i - 1] for i in at])
    guesses, unused = _guesses(headers)
    below = rows[max(at, default=0) :]
    units = of_row(below[0]) if below else None
    above = [c for i, row in enumerate(rows[: max(at, default=0)], 1) if i not in at for c in row]
    return Found(
        path,
        guesses,
        unused,
        header_rows=at,
        unit_row=max(at) + 1 if units else 0,
        units=units_by_column({h: [h] for h in headers}, dict(zip(headers, units or [], strict=False))),
        title_units=of_title([path.stem, sheet, *above]),
        sparse=_left_empty(headers, below[bool(units) :], guesses),
    )


def _header_rows(rows: list[list[Any]]) -> tuple[int, ...]:
    """The row, or two rows, with the most headers that are known."""
    upto = min(len(rows), 16)
    choices: list[tuple[int, ...]] = [(i,) for i in range(1, upto + 1)]
    choices += [(i, i + 1) for i in range(1, upto)]
    scores = []
    for choice in choices:
        names = [n for n in merged_headers([rows[i - 1] for i in choice]) if n]
        found, _ = _guesses(names)
        lone = min(sum(bool(header(v)) for v in rows[i - 1]) for i in choice) < 2
        units = any(of_row(rows[i - 1]) for i in choice)
        cost = 0.6 * (len(names) - len(set(names))) + 0.2 * (len(choice) - 1) + 5 * (lone or units)
        scores.append((sum(max(1, len(g.years)) for g in found.values()) - cost, -choice[0], choice))
    return max(scores)[2] if scores else ()


def _guesses(
    headers: list[str], titles: Mapping[str, str] | None = None
) -> tuple[dict[str, Guess], list[str]]:
    found: dict[str, Guess] = {}
    unused: list[str] = []
    stems = Counter(_DIGITS.sub("", h) for h in headers if _DIGITS.search(h))
    for name in filter(None, headers):
        several = stems[_DIGITS.sub("", name)] > 1 and bool(_DIGITS.search(name))
        one = guess(name, (titles or {}).get(name, ""))
        if one and several and not one.years and not one.name.endswith("_id"):
            one = guess(name, (titles or {}).get(name, ""), short=True)
        before = found.get(one.name) if one else None
        if one is None or (before is not None and not before.take(one)):
            unused.append(name)
        elif before is None:
            found[one.name] = one
    return found, list(dict.fromkeys(unused))


def _left_empty(headers: list[str], rows: list[list[Any]], found: dict[str, Guess]) -> list[str]:
    """Columns of places whose cells are mostly empty, as below a merged cell, while households go on."""
    out = []
    for name in ("county_id", "township_id", "village_id"):
        if name not in found or "household_id" not in found:
            continue
        column = next(iter(found[name].columns.values()))
        place, home = headers.index(column), headers.index(next(iter(found["household_id"].columns.values())))
        cells = [header(row[place]) for row in rows if len(row) > max(place, home) and header(row[home])]
        if cells and cells[0] and sum(not c for c in cells) > len(cells) / 4:
            out.append(column)
    return out
