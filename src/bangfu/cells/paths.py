"""Treatment paths: which models a household has taken up from which year, and what follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.literals import Switchers


@dataclass(frozen=True, slots=True, order=True)
class Path:
    """One treatment path.

    Attributes
    ----------
    steps : tuple of (int, str)
        (first year, model), by year; empty for a household that never joined.
    """

    steps: tuple[tuple[int, str], ...] = ()

    @property
    def text(self) -> str:
        """For files: ``courtyard@2017 cooperative@2018``; blanks in a name as ``%20``."""
        return " ".join(
            f"{model.replace('%', '%25').replace(' ', '%20')}@{year}" for year, model in self.steps
        )

    @classmethod
    def of(cls, first: int, arm: str | None) -> Path:
        """The path of an arm (models joined with ``+``) taken up in one year; 0 for never."""
        return cls(tuple((first, model) for model in sorted(set(str(arm).split("+"))))) if first else cls()

    @classmethod
    def parse(cls, text: str) -> Path:
        """The inverse of :attr:`text`."""
        steps = (part.rsplit("@", 1) for part in text.split())
        return cls(tuple((int(year), model.replace("%20", " ").replace("%25", "%")) for model, year in steps))


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a path means under a rule for switchers.

    Attributes
    ----------
    arm : str
        Models joined with ``+``; empty for never.
    cohort : int
        First year of the register in which the arm counts; 0 for never.
    until : int or None
        First censored year.
    kept : bool
        Whether the household stays in.
    moved : bool
        Whether the first year lies between two years of the register and was moved to the later one.
    """

    arm: str
    cohort: int
    until: int | None
    kept: bool
    moved: bool


def exposure(
    path: Path, years: Sequence[int], models: Sequence[str], switchers: Switchers = "censor"
) -> Exposure:
    """Read a path against the years that the register has.

    A first year that the register lacks counts from its next year (a biennial survey). One after the last year is
    outside the window: the household counts as never joined there. One before the first year stays, and has no base.

    Parameters
    ----------
    path : Path
    years : sequence of int
        Sorted.
    models : sequence of str
        Fixes the order of names in an arm.
    switchers : {"censor", "own_arm", "drop"}
        A second model later: its years are censored; or the set at the end is an arm of its own; or the household goes.
    """
    inside = [(_wave(year, years), year, model) for year, model in path.steps]
    kept = sorted((wave, year, model) for wave, year, model in inside if wave is not None)
    if not kept:
        return Exposure("", 0, None, True, False)
    cohort = kept[0][0]
    first = [model for wave, _, model in kept if wave == cohort]
    later = [wave for wave, _, _ in kept if wave != cohort]
    moved = any(wave != year and year >= years[0] for wave, year, _ in kept)
    whole = [model for _, _, model in kept]
    if switchers == "own_arm":
        return Exposure(_arm(whole, models), cohort, None, True, moved)
    return Exposure(
        _arm(first, models), cohort, min(later) if later else None, switchers != "drop" or not later, moved
    )


def _wave(year: int, years: Sequence[int]) -> int | None:
    """The register's year from which a first year counts: itself or the next; as it is when before all of them."""
    return year if year < years[0] else next((y for y in years if y >= year), None)


def _arm(taken: Sequence[str], models: Sequence[str]) -> str:
    return "+".join(sorted(dict.fromkeys(taken), key=lambda m: list(models).index(m) if m in models else 99))
