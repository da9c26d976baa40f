"""What can go wrong, said so that a reader can correct it: what, where, which rule, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from bangfu.characters import typeset, visible

Language = Literal["en", "zh"]

_ID_CARD = re.compile(r"(?<!\d)\d{15}(\d{2}[\dXx])?(?!\d)")
"""A citizen's identity number, of eighteen or, formerly, fifteen digits, wherever it stands in a text."""

_at_command_line = False
"""Where the reader is: messages name flags there, and Python's own words elsewhere."""


@contextmanager
def command_line() -> Iterator[None]:
    """Within it every message speaks to somebody who typed a command; the command line opens it once."""
    global _at_command_line
    before, _at_command_line = _at_command_line, True
    try:
        yield
    finally:
        _at_command_line = before


def spoken(python: str, shell: str) -> str:
    """The one of two ways of doing a thing that the reader of a message has at hand."""
    return shell if _at_command_line else python


def option(name: str, value: str | float | None = None) -> str:
    """How an option is written where the reader is.

    Parameters
    ----------
    name : str
        As in Python.
    value : str or number, optional

    >>> option("base_year"), option("late", "missing")
    ('base_year=', "late='missing'")
    >>> with command_line():
    ...     option("base_year"), option("late", "missing")
    ('--base-year', '--late missing')
    """
    given = "" if value is None else repr(value)
    return spoken(f"{name}={given}", f"--{name.replace('_', '-')} {'' if value is None else value}".rstrip())


def plain(text: str) -> str:
    """A text of a user's as it may be shown: identity numbers masked, control characters written out.

    >>> plain("holder 220882197001011234")
    'holder ***'
    """
    return visible(_ID_CARD.sub("***", text))


class BangfuError(Exception):
    """The data or the comparison is at fault; commands end with exit code 1.

    Parameters
    ----------
    en, zh : str
        The message in English and in Chinese: what was wrong, where, and what to do about it.
    """

    exit_code = 1

    def __init__(self, en: str, zh: str | None = None) -> None:
        self.en = visible(en)
        self.zh = visible(zh or en)
        super().__init__(self.en)

    def text(self, lang: Language = "en") -> str:
        """The message in one language; the Chinese one with full-width punctuation."""
        return typeset(self.zh) if lang == "zh" else self.en


class WrongUse(BangfuError):
    """The call itself is wrong (an unknown option, a folder that is not there); exit code 2."""

    exit_code = 2


class NotEstimable(BangfuError):
    """The data cannot answer the question asked; says what would be needed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault or warning in a table.

    Attributes
    ----------
    table, column : str
        Where; ``column`` is empty when the fault is of the whole row or table.
    rows : tuple of int
        1-based data row numbers (the header is not counted), at most a few examples.
    value : str
        The offending value as text; already masked where it must not be shown.
    rule : str
        The rule's name, stable, for programs.
    count : int
        How many rows break the rule.
    en, zh : str
        What is wrong and what to do, in both languages.
    severity : {"fault", "accepted", "warning"}
        Faults refuse the data, unless the register's owner accepts them; warnings only speak.
    file : str
        Which of a table's files the rows are of; empty where the table is one file.
    reason : str
        Why an accepted fault is accepted.

    Whatever is shaped like an ID-card number is blotted out of every text.
    """

    table: str
    rule: str
    en: str
    zh: str
    column: str = ""
    rows: tuple[int, ...] = ()
    value: str = ""
    count: int = 1
    severity: Literal["fault", "accepted", "warning"] = "fault"
    file: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        for name in ("table", "en", "zh", "column", "value", "file", "reason"):
            object.__setattr__(self, name, plain(getattr(self, name)))

    def text(self, lang: Language = "en") -> str:
        """One line: table, row, column, value, rule, and what to do."""
        row_word, column_word, value_word = (
            ("第{}行", "列 ", "值 ")
            if lang == "zh"
            else ("rows {}" if len(self.rows) > 1 else "row {}", "column ", "value ")
        )
        where = [self.table]
        if self.file:
            where.append(self.file)
        if self.rows:
            where.append(row_word.format(("、" if lang == "zh" else ", ").join(map(str, self.rows))))
        if self.column:
            where.append(column_word + self.column)
        if self.value:
            where.append(value_word + repr(self.value))
        if lang == "zh":
            why = f"(已接受:{self.reason})" if self.reason else ""
            return typeset(f"[{self.rule}] {','.join(where)}:{self.zh}{why}")
        why = f" (accepted: {self.reason})" if self.reason else ""
        return f"[{self.rule}] {', '.join(where)}: {self.en}{why}"


def unknown(name: str, value: object, known: Iterable[str]) -> WrongUse:
    """The refusal of a value that an option does not take."""
    there = list(known)
    near = get_close_matches(str(value), there, n=1)
    en, zh = (f"; did you mean {near[0]!r}?", f";是否指 {near[0]!r}?") if near else ("", "")
    return WrongUse(
        f"unknown {name} {value!r}; choose one of: {', '.join(there)} ({option(name)}){en}",
        f"参数 {option(name)} 没有“{value}”这一选项,可选:{'、'.join(there)}{zh}",
    )


class DataFault(BangfuError):
    """Data that break the rules of their format; carries every fault found.

    Attributes
    ----------
    faults : tuple of Fault
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "\n".join(f.text("en") for f in self.faults),
            "\n".join(f.text("zh") for f in self.faults),
        )
