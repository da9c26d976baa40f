"""Faults that a register's owner accepts, and what was left out because of them; counted in every result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bangfu.formats import number
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
    def words(self) -> Word:
        """One line."""
        rows, homes, years = map(number, (self.rows, self.households, self.household_years))
        en, zh = KEPT.get(self.rule, ("left out", "均未计入"))
        return Word(
            f"accepted faults, {en}: {self.rule} ({self.reason}): rows {rows}, households {homes}, household-years {years}",
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
