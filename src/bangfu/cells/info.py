"""What cells are of: their register, its models and how the outcomes were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bangfu.accepted import Accepted
from bangfu.cells.leaving import Left
from bangfu.words import NAMES, Word, arm_name, own_names

PLACE = ("county_id", "township_id", "village_id")
"""What names a village."""


@dataclass(frozen=True, slots=True)
class CellsInfo:
    """Where cells come from, and how their outcomes were made; cells merge only where ``spec`` agrees.

    Attributes
    ----------
    register : str
        Its identifier.
    title_en, title_zh, kind : str
    models : tuple of str
        Identifiers, in the register's order.
    names : mapping of str to Word
        The models' titles as the register declares them; where it declares none, the default models have theirs.
    left : tuple of Left or None
        Households that left what they had joined; ``None`` where that is not recorded.
    spec : mapping
        Outcomes and their units, poverty line, prices, weights, exposure: whatever must be equal before cells may be
        merged.
    unseen : int
        Households without any observed year, which are in no cell.
    engine : str
    never : mapping
        Of a flat panel: how never treated is written in the cohort's column (``missing``, ``inf`` or a number), and by
        how many units.
    accepted : tuple of Accepted
        Faults that the register's owner lets pass, with what was left out because of them.
    """

    register: str = "frame"
    title_en: str = "a frame"
    title_zh: str = "数据框"
    kind: str = "survey"
    models: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)
    unseen: int = 0
    engine: str = "pandas"
    never: Mapping[str, int] = field(default_factory=dict)
    accepted: tuple[Accepted, ...] = ()
    names: Mapping[str, Word] = field(default_factory=dict)
    left: tuple[Left, ...] | None = None

    def unit(self, outcome: str) -> str:
        """Of an outcome: ``yuan`` or ``share`` for those of a register by name; empty where none is known."""
        return str(self.spec.get("units", {}).get(outcome.removeprefix("log:"), ""))

    @property
    def own_names(self) -> dict[str, Word]:
        """The titles that are the register's own, and not those of the default models."""
        return own_names(self.names)

    def title(self, model: str) -> Word:
        """A model's title; its identifier where nobody gave it one."""
        return self.names.get(model) or NAMES.get(model) or Word(model, model)

    def arm(self, arm: str) -> Word:
        """How an arm (models joined with ``+``; empty for comparison households) prints, in the register's own words."""
        en, zh = (arm_name(arm.split("+"), lang, names=self.names) for lang in ("en", "zh"))
        return Word(en, zh)
