"""One thing that a comparison bears out, as a value: everything that is said of a result is the text of one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from bangfu.compare.grade import Evidence, Grade, grade
from bangfu.errors import Language
from bangfu.formats import number
from bangfu.texts import fill, say, texts
from bangfu.words import Word

Kind = Literal[
    "joined", "arm", "pair", "first", "when", "source", "whom", "poverty", "trend", "attrition", "spillover", "support"
]  # fmt: skip
CORE: tuple[Kind, ...] = ("joined", "arm", "pair", "first")
Interval = tuple[float, float]
NO_INTERVAL: Interval = (np.nan, np.nan)

_DECIMALS = {"percent": 1, "points": 1, "yuan": 0, "log points": 1, "": 3, "count": 0}
_BEHIND = {
    "percent": Word("%", "%"),
    "points": Word(" percentage points", "个百分点"),
    "yuan": Word(" yuan", "元"),
    "log points": Word(" log points", "个对数点"),
    "": Word("", ""),
    "count": Word("", ""),
}


def side(low: float, high: float) -> int:
    """1 or -1 where an interval lies above or below zero, else 0: the one rule by which a direction is stated."""
    return int(low > 0) - int(high < 0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What another scale says.

    Attributes
    ----------
    scale, unit : str
    direction : int
    estimate : float
    interval : (float, float)
    """

    scale: str
    unit: str
    direction: int
    estimate: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes
    ----------
    kind : str
        Core: ``joined``, ``arm``, ``pair``, ``first``; opened by these: ``when``, ``source``, ``whom``, ``poverty``; what
        speaks against them: ``trend``, ``attrition``, ``spillover``, ``support``.
    arms : tuple of str
        What it is about; of a pair the first less the second; of ``first`` the one that is first, else all that are compared.
        Empty for all joiners.
    direction : {1, -1, 0}
        The sign of the number, where the interval leaves out zero; of ``first``, 1 where a first place is stated. 0: it
        cannot be told, which is never "none".
    estimate : float
    interval : (float, float)
        Simultaneous, 95% over all that is read from the same band; NaN where there is none.
    unit : {"percent", "points", "yuan", "log points", ""}
        As printed: differences of percentages are percentage points.
    households, villages : int
        Of the joiners.
    detectable : float
        The size that would be stated for 80% of such registers; NaN where unknown.
    rests_on : Word
    other_scales : tuple of Verdict
        Every other scale that can be estimated.
    of : str
        The year, source, kind of household or line, where it is about one.
    key : str
        Which text.
    words : mapping of str to Word
        Names that stand in its places.
    beside : mapping of str to (float, str)
        Other numbers that stand there, with their units.
    evidence : callable
        What the grade rests on, worked out when it is asked for.
    """

    kind: Kind
    arms: tuple[str, ...]
    direction: int
    estimate: float
    interval: Interval
    unit: str
    households: int
    villages: int
    detectable: float
    rests_on: Word
    key: str
    words: Mapping[str, Word] = field(default_factory=dict, compare=False)
    beside: Mapping[str, tuple[float, str]] = field(default_factory=dict, compare=False)
    other_scales: tuple[Verdict, ...] = ()
    of: str = ""
    evidence: Callable[[Statement], Evidence] = field(kw_only=True, compare=False, repr=False)

    def text(self, lang: Language = "en") -> str:
        """The statement in words, complete by itself."""
        parts = [fill(texts("statements")[self.key], {}, **self.places())[lang]]
        parts += [self._beside(v)[lang] for v in self.other_scales if v.direction != self.direction]
        return (" " if lang == "en" else "").join(parts)

    def _beside(self, other: Verdict) -> Word:
        verdict = texts("statements")[_BESIDE[other.direction]]
        return fill(
            verdict,
            {},
            scale=texts("statements")[_SCALES[other.scale]],
            range=between(other.interval, other.unit),
        )

    def places(self) -> dict[str, Word]:
        """What stands in the places of a text about it, here or in a title; of what is below zero, by how much."""
        low, high = self.interval
        return {
            "size": amount(abs(self.estimate), self.unit),
            "range": between((-high, -low) if high < 0 else (low, high), self.unit),
            "span": between(self.interval, self.unit, "between.span"),
            "seen": amount(self.detectable, self.unit),
            **{name: amount(*value) for name, value in self.beside.items()},
            **self.words,
        }

    @property
    def numbers(self) -> dict[str, tuple[float, str, float, float]]:
        """What its text prints, by key: value, unit, low and high end (NaN without an interval)."""
        name = ".".join(["statement", self.kind, *self.arms, *([self.of] if self.of else [])])
        out = {name: (self.estimate, self.unit, *self.interval)}
        if np.isfinite(self.detectable):
            out[f"{name}.detectable"] = (self.detectable, self.unit, np.nan, np.nan)
        out |= {f"{name}.{v.scale}": (v.estimate, v.unit, *v.interval) for v in self.other_scales}
        out |= {f"{name}.{key}": (*value, np.nan, np.nan) for key, value in self.beside.items()}
        return {k: v for k, v in out.items() if np.isfinite(v[0])}

    @property
    def grade(self) -> Grade:
        """How sure, by :mod:`bangfu.compare.grade`, from the statement's own interval."""
        return grade(self.evidence(self))


_BESIDE = {1: "scale.above", -1: "scale.below", 0: "scale.open"}
_SCALES = {"percent": "scale.percent", "level": "scale.level", "log": "scale.log"}


def decimals(unit: str, *values: float) -> int:
    """As many as suit the unit, and more where a number that is not zero would print as zero."""
    least = min((abs(v) for v in values if np.isfinite(v) and v), default=1.0)
    usual = _DECIMALS[unit]
    return next((n for n in range(usual, usual + 3) if least >= 0.5 * 10.0**-n), usual)


def amount(value: float, unit: str) -> Word:
    """A number with its unit."""
    text = _signed(number(value, decimals(unit, value)))
    return Word(f"{text}{_BEHIND[unit].en}", f"{text}{_BEHIND[unit].zh}")


def between(
    ends: Interval, unit: str, form: Literal["between.range", "between.span"] = "between.range"
) -> Word:
    """An interval with its unit: ``1% to 2%``, or after "between" ``1% and 2%``."""
    n = decimals(unit, *ends)
    each = "%" if unit == "percent" else ""
    low, high = (f"{_signed(number(end, n))}{each}" for end in ends)
    behind = Word("", "") if each else _BEHIND[unit]
    return say("statements", form, low=low, high=high, unit=behind)


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def printed(unit: str, *, difference: bool = False) -> tuple[str, float]:
    """The unit in which numbers of a result table are told, and by how much they are multiplied."""
    if unit == "share":
        return "points", 100.0
    return ("points" if unit == "percent" and difference else unit if unit in _DECIMALS else ""), 1.0


def name_list(names: list[Word]) -> Word:
    """Several names in a row."""
    if len(names) < 2:
        return names[0] if names else Word("", "")
    head = Word(", ".join(w.en for w in names[:-1]), "、".join(w.zh for w in names[:-1]))
    return say("statements", "and", head=head, last=names[-1])
