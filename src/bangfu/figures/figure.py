"""A figure as a value: its texts in both languages, its data, the numbers it prints, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import SubFigure

from bangfu.errors import Language
from bangfu.release import HOUSEHOLDS, INSIDE
from bangfu.words import BADGES, TERMS, Word

Draw = Callable[[SubFigure, Language], None]
"""Draws the body of a figure into the panel that it is given, in one language."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a title, page, brief or README prints.

    Attributes
    ----------
    value : float
    unit : str
        For example ``"%"``, ``"yuan"``, ``"count"``.
    low, high : float, optional
        The interval, where there is one.
    """

    value: float
    unit: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes
    ----------
    id : str
        Number and short name, for example ``"01_actions"``; the file name.
    badge : {"real", "published", "synthetic", "own"}
        What the data are. ``own``: a register that is neither synthetic nor shipped; ``source`` is its title and date.
    title, subtitle, reading, not_shown, alt : Word
        The finding; the data, years and counts; one sentence that reads the figure; what it does not show;
        the alternative text.
    data : pandas.DataFrame
        What is drawn, one row per mark, for the CSV.
    numbers : mapping of str to Number
        Every number that the texts print, by key.
    draw : callable
        ``draw(panel, lang)``.
    source : Word
        Where the data come from, printed at the foot.
    smallest_group : int, optional
        The fewest households behind any released number, for registers that are not synthetic.
    height : float
        Inches.
    """

    id: str
    badge: str
    title: Word
    subtitle: Word
    reading: Word
    not_shown: Word
    alt: Word
    data: pd.DataFrame
    draw: Draw
    source: Word
    numbers: Mapping[str, Number] = field(default_factory=dict)
    smallest_group: int | None = None
    height: float = 5.4

    def __post_init__(self) -> None:
        if self.badge not in {*BADGES, "own"}:
            raise ValueError(f"unknown badge {self.badge!r}: one of {sorted(BADGES)} or 'own'")
        if self.badge == "own" and self.smallest_group is None:
            raise ValueError(
                "a figure of a register of one's own says how many households its smallest group has"
            )

    @property
    def synthetic(self) -> bool:
        """Whether the numbers are of invented households."""
        return self.badge == "synthetic"

    @property
    def inside(self) -> bool:
        """Whether it is whole, and its foot says that it is not for release."""
        return INSIDE.en in self.source.en

    @property
    def withheld(self) -> bool:
        """Whether a number rests on too few households to be shown."""
        return (
            self.badge == "own"
            and not self.inside
            and self.smallest_group is not None
            and self.smallest_group < HOUSEHOLDS
        )

    @property
    def stem(self) -> str:
        """The file name without ending; a synthetic figure says so in it."""
        return f"{self.id}_SYNTHETIC" if self.synthetic else self.id

    def badge_text(self, lang: Language) -> str:
        """The badge in both languages, the reader's first; on a register of one's own, its title and date."""
        if self.badge == "own":
            return self.source[lang]
        word = BADGES[self.badge]
        return f"{word.zh} {word.en}" if lang == "zh" else f"{word.en} {word.zh}"

    def heading(self, lang: Language) -> str:
        """The title as printed: on a synthetic figure it opens with the badge; a withheld one says only that."""
        if self.withheld:
            return TERMS["withheld"][lang]
        return (
            f"{BADGES['synthetic'][lang]}{'：' if lang == 'zh' else ': '}{self.title[lang]}"
            if self.synthetic
            else self.title[lang]
        )

    def said(self, word: Word, lang: Language) -> str:
        """A text of the figure, unless its numbers are withheld: then only that."""
        return TERMS["withheld"][lang] if self.withheld else word[lang]

    def alternative(self, lang: Language) -> str:
        """The alternative text, badge first."""
        return f"{self.badge_text(lang)}{'：' if lang == 'zh' else ': '}{self.said(self.alt, lang)}"
