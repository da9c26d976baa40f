"""What a comparison of models found, as a brief tells it: few numbers, each under its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.figures.figure import SMALLEST_GROUP, Number
from bangfu.words import MODELS, Model, Word, arm_name

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


@dataclass(frozen=True, slots=True)
class Gain:
    """One kind of take-up.

    Attributes
    ----------
    arm : str
        Model identifiers joined by ``+``.
    name : Word
    estimate, low, high : float or None
        The gain and its 95% interval; ``None`` where not estimable, or withheld.
    rank_low, rank_high : int or None
        Possible ranks.
    households : int
    withheld : bool
        Whether it rests on too few households of a register that is not synthetic.
    by_year : tuple of (int, float, float or None, float or None)
        Years since joining, gain and interval.
    """

    arm: str
    name: Word
    estimate: float | None
    low: float | None
    high: float | None
    rank_low: int | None
    rank_high: int | None
    households: int
    withheld: bool = False
    by_year: tuple[tuple[int, float, float | None, float | None], ...] = ()

    @property
    def sided(self) -> int:
        """1 or -1 when the interval lies wholly above or below zero, else 0."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


@dataclass(frozen=True, slots=True)
class Findings:
    """A comparison, ready to be told.

    Attributes
    ----------
    title : Word
        The register's.
    synthetic : bool
    first_year, last_year : int
    unit : Word
        Printed after a gain.
    gains : tuple of Gain
    households, joined, never, villages : int
        All in the comparison; joiners; comparison households; villages.
    stable : bool
        Whether the same arm comes first in every reasonable way of computing.
    smallest : float or None
        The smallest difference between two arms that the data could be expected to show.
    problem : Word or None
        Why no comparison could be made.
    """

    title: Word
    synthetic: bool
    first_year: int = 0
    last_year: int = 0
    unit: Word = field(default_factory=lambda: Word("%", "%"))
    gains: tuple[Gain, ...] = ()
    households: int = 0
    joined: int = 0
    never: int = 0
    villages: int = 0
    stable: bool = False
    smallest: float | None = None
    problem: Word | None = None

    @property
    def told(self) -> tuple[Gain, ...]:
        """The gains that can be told."""
        return tuple(g for g in self.gains if g.estimate is not None)

    @property
    def firsts(self) -> tuple[Gain, ...]:
        """Those that could rank first."""
        return tuple(g for g in self.told if g.rank_low == 1)

    @property
    def winner(self) -> Gain | None:
        """The one that may be named: alone in first place, in every reasonable way of computing."""
        return self.firsts[0] if len(self.told) > 1 and len(self.firsts) == 1 and self.stable else None

    def numbers(self) -> dict[str, Number]:
        """Every number by its key."""
        unit = self.unit.en.strip()
        out = {
            "register.households": Number(self.households, "households"),
            "register.joined": Number(self.joined, "households"),
            "register.never": Number(self.never, "households"),
            "register.villages": Number(self.villages, "villages"),
            "register.first_year": Number(self.first_year, "year"),
            "register.last_year": Number(self.last_year, "year"),
            "arms.told": Number(len(self.told), "count"),
            "arms.firsts": Number(len(self.firsts), "count"),
            "arms.above_zero": Number(sum(g.sided > 0 for g in self.told), "count"),
        }
        if self.smallest is not None:
            out["difference.smallest"] = Number(self.smallest, unit)
        for gain in self.told:
            out[f"gain.{gain.arm}"] = Number(float(gain.estimate or 0.0), unit, gain.low, gain.high)
            if gain.rank_low is not None and gain.rank_high is not None:
                out[f"rank.{gain.arm}"] = Number(gain.rank_low, "rank", gain.rank_low, gain.rank_high)
        return out


UNITS: dict[str, Word] = {"percent": Word("%", "%"), "yuan": Word(" yuan", "元")}


def findings(result: ModelComparison, models: Iterable[Model] = MODELS) -> Findings:
    """Read a comparison.

    Parameters
    ----------
    result : ModelComparison
    models : iterable of Model
        As the register declares them.
    """
    names = {m.id: m.name for m in models}
    counts, info = result.counts, result.cells.info
    never = int(counts.loc[counts["cohort"] == 0, "households"].sum())
    kept = result.synthetic or never >= SMALLEST_GROUP
    gains = tuple(_gain(row, result, names, kept) for row in result.table.to_dict("records"))
    between = result.detectable[result.detectable["other"].fillna("") != ""]["detectable"].dropna()
    joined = int(counts.loc[counts["cohort"] != 0, "households"].sum())
    return Findings(
        title=Word(info.title_en, info.title_zh),
        synthetic=result.synthetic,
        first_year=int(result.cells.years[0]),
        last_year=int(result.cells.years[-1]),
        unit=UNITS.get(result.options.scale, Word("", "")),
        gains=gains,
        households=joined + never,
        joined=joined,
        never=never,
        villages=len(result.cells.villages),
        stable=_stable(result),
        smallest=float(between.min()) if len(between) and kept else None,
    )


def _gain(row: dict[Any, Any], result: ModelComparison, names: dict[str, Word], kept: bool) -> Gain:
    arm, households = str(row["arm"]), int(row["households"])
    withheld = not result.synthetic and not (kept and households >= SMALLEST_GROUP)
    events = result.event_study[result.event_study["arm"] == arm].to_dict("records")
    models = arm.split("+")
    return Gain(
        arm=arm,
        name=Word(arm_name(models, "en", names=names), arm_name(models, "zh", names=names)),
        estimate=None if withheld else _maybe(row["estimate"]),
        low=None if withheld else _maybe(row["ci_low"]),
        high=None if withheld else _maybe(row["ci_high"]),
        rank_low=None if withheld else _whole(row["rank_low"]),
        rank_high=None if withheld else _whole(row["rank_high"]),
        households=households,
        withheld=withheld,
        by_year=tuple(
            (int(e["event_time"]), float(e["estimate"]), _maybe(e["ci_low"]), _maybe(e["ci_high"]))
            for e in events
            if _maybe(e["estimate"]) is not None
            and (result.synthetic or (not withheld and int(e["households"]) >= SMALLEST_GROUP))
        ),
    )


def _stable(result: ModelComparison) -> bool:
    """Whether one arm comes first, alone, in every row of the stability table."""
    table = getattr(result, "stability", None)
    if not isinstance(table, pd.DataFrame) or "first" not in table or table.empty:
        return False
    firsts = set(table["first"].fillna("").astype(str))
    return len(firsts) == 1 and "" not in firsts


def _maybe(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
