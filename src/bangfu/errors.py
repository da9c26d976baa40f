"""What can go wrong, said so that a reader can mend it: what, where, which rule, what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bangfu.characters import visible

Language = Literal["en", "zh"]

_ID_CARD = re.compile(r"(?<!\d)\d{15}(\d{2}[\dXx])?(?!\d)")
"""A citizen's identity number, of eighteen or, formerly, fifteen digits, wherever it stands in a text."""


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
        return _typeset(self.zh) if lang == "zh" else self.en


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
    severity : {"fault", "warning"}
        Faults refuse the data; warnings only speak.
    file : str
        Which of a table's files the rows are of; empty where the table is one file.

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
    severity: Literal["fault", "warning"] = "fault"
    file: str = ""

    def __post_init__(self) -> None:
        for name in ("table", "en", "zh", "column", "value", "file"):
            object.__setattr__(self, name, visible(_ID_CARD.sub("***", getattr(self, name))))

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
            return _typeset(f"[{self.rule}] {','.join(where)}:{self.zh}")
        return f"[{self.rule}] {', '.join(where)}: {self.en}"


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


def _typeset(text: str) -> str:
    from bangfu.words import typeset  # here, since the words are typed by Language

    return typeset(text)
