"""Faults that a register's owner accepts, and what was left out because of them; counted in every result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bangfu.formats import number
from bangfu.release import FEWER, too_few
from bangfu.words import Word


@dataclass(frozen=True, slots=True)
class Accepted:
    """A rule whose faults are let pass.

    Attributes
    ----------
    rule, reason : str
        As ``[accept]`` of ``register.toml`` says.
    rows : int
        That break the rule.
    households, household_years : int
        Known households that are left out because of it, and different household-years; a household left out takes all
        its years along. Of :data:`KEPT`, the households that it is about.
    """

    rule: str
    reason: str
    rows: int
    households: int
    household_years: int

    @property
    def masked(self) -> Accepted:
        """With small counts left open, as a release tells it."""
        counts = (-1 if too_few(n) else n for n in (self.rows, self.households, self.household_years))
        return Accepted(self.rule, self.reason, *counts)

    @property
    def words(self) -> Word:
        """One line."""
        counts = (self.rows, self.households, self.household_years)
        en, zh = KEPT.get(self.rule, ("left out", "均未计入"))
        rows, homes, years = (number(n) if n >= 0 else FEWER.en for n in counts)
        said = f"{self.rule} ({self.reason}): rows {rows}, households {homes}, household-years {years}"
        rows, homes, years = (number(n) if n >= 0 else FEWER.zh for n in counts)
        return Word(
            f"accepted faults, {en}: {said}",
            f"已接受的错误,{zh}:{self.rule}({self.reason}):{rows}行、{homes}户、{years}条户·年观测",
        )


KEPT = {"joined_again": ("counted from the first joining, nothing left out", "按首次参加计,未剔除")}
"""Rules whose households stay, and how."""


def added(parts: Iterable[Accepted]) -> tuple[Accepted, ...]:
    """The sums by rule; different reasons stand side by side."""
    found: dict[str, Accepted] = {}
    for part in parts:
        old = found.get(part.rule)
        if old is None:
            found[part.rule] = part
            continue
        reasons = dict.fromkeys([*old.reason.split("; "), *part.reason.split("; ")])
        found[part.rule] = replace(
            old, reason="; ".join(reasons), rows=old.rows + part.rows, households=old.households + part.households,
            household_years=old.household_years + part.household_years,
        )  # fmt: skip
    return tuple(found[rule] for rule in sorted(found))
