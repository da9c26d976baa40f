"""What a comparison of models found, as a brief tells it: few numbers, each under its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.compare.release import marks
from bangfu.compare.statement import Statement
from bangfu.compare.terms import UNITS
from bangfu.figures.figure import Number
from bangfu.figures.results import backing
from bangfu.words import Word

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
    truth : float or None
        What was planted, on a synthetic register.
    joint : (float, float) or None
        Its interval in the band from which the answer is read; ``None`` where it has none, or is withheld.
    by_year : tuple of (int, float, float or None, float or None)
        Years since joining, gain and interval; without years that have none.
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
    truth: float | None = None
    joint: tuple[float, float] | None = None
    by_year: tuple[tuple[int, float, float | None, float | None], ...] = ()

    @property
    def missed(self) -> bool:
        """Whether the planted truth lies outside the interval that is drawn."""
        low, high = self.ends
        return (
            self.truth is not None and low is not None and high is not None and not low <= self.truth <= high
        )

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """The interval that is drawn: the joint one, its own where there is none."""
        return self.joint or (self.low, self.high)


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
    statements : tuple of Statement
        What the comparison bears out.
    problem : Word or None
        Why no comparison could be made.
    remarks : tuple of Word
        What stands beside every number: faults that the register's owner lets pass, who is not yet joined, suspicious units.
    models : tuple of str
        In the register's order, which fixes their colours.
    left : int or None
        Joiners that left, and count as joiners still; ``None`` where unknown, or too few to be told.
    left_share : float
        Of household-years after joining, percent, that come after leaving.
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
    statements: tuple[Statement, ...] = ()
    problem: Word | None = None
    remarks: tuple[Word, ...] = ()
    models: tuple[str, ...] = ()
    left: int | None = None
    left_share: float = 0.0

    @property
    def dated(self) -> Word:
        """The register's title and years, and what must be said of it."""
        if not self.last_year:
            return self.title
        years = f"{self.first_year}–{self.last_year}"
        return Word(
            "; ".join([f"{self.title.en}, {years}", *(w.en for w in self.remarks)]),
            ";".join([f"{self.title.zh},{years}年", *(w.zh for w in self.remarks)]),
        )

    @property
    def told(self) -> tuple[Gain, ...]:
        """The gains that can be told: a number without a margin of error would look exact."""
        return tuple(g for g in self.gains if g.estimate is not None and g.low is not None)

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
            "arms.withheld": Number(sum(g.withheld for g in self.gains), "count"),
        }
        if self.left is not None:
            out["register.left"] = Number(self.left, "households")
            out["register.left_share"] = Number(self.left_share, "%")
        known = [g for g in self.told if g.truth is not None]
        if known:
            out["truth.told"] = Number(len(known), "count")
            out["truth.missed"] = Number(sum(g.missed for g in known), "count")
        for gain in self.told:
            if gain.truth is not None:
                out[f"truth.{gain.arm}"] = Number(gain.truth, unit)
            out[f"gain.{gain.arm}"] = Number(float(gain.estimate or 0.0), unit, gain.low, gain.high)
            if gain.by_year:
                out[f"last.{gain.arm}"] = Number(gain.by_year[-1][1], unit)
            if gain.rank_low is not None and gain.rank_high is not None:
                out[f"rank.{gain.arm}"] = Number(gain.rank_low, "rank", gain.rank_low, gain.rank_high)
        return out | backing(self.statements)


TRUTHS = {("income_per_head", "percent"): "percent", ("income_per_head", "level"): "yuan"}
"""Outcome and scale -> the unit of the planted truth of incomes that answers to them."""


def findings(result: ModelComparison, truth: Path | None = None) -> Findings:
    """Read a comparison.

    Parameters
    ----------
    result : ModelComparison
    truth : Path, optional
        ``truth/att.parquet`` of a synthetic register.
    """
    result = result.released
    planted = _planted(result, truth) if truth is not None and result.synthetic else {}
    counts, info = result.counts, result.cells.info
    never = int(counts.loc[counts["cohort"] == 0, "households"].sum())
    gains = tuple(_gain(row, result, planted) for row in result.table.to_dict("records"))
    gone = () if result.release is None else result.release.arms
    gains += tuple(Gain(arm, result.arm(arm), None, None, None, None, None, 0, withheld=True) for arm in gone)
    joined = int(counts.loc[counts["cohort"] != 0, "households"].sum())
    return Findings(
        title=Word(info.title_en, info.title_zh),
        synthetic=result.synthetic,
        first_year=int(result.cells.years[0]),
        last_year=int(result.cells.years[-1]),
        unit=UNITS[result.effects.unit],
        gains=gains,
        households=joined + never,
        joined=joined,
        never=never,
        villages=len(result.cells.villages),
        statements=result.statements,
        remarks=(*marks(result), *(a.words for a in info.accepted), *(r.words for r in result.remarks)),
        models=info.models,
        **_left(result),
    )


def _left(result: ModelComparison) -> dict[str, Any]:
    """Leavers, unless they are unknown or too few to be told of."""
    table = result.left
    ever, gone = int(table["first"].sum()), int(table["left"].sum())
    if not ever:
        return {}
    return {"left": ever, "left_share": 100 * gone / int(table["households"].sum())}


def _planted(result: ModelComparison, truth: Path) -> dict[str, float]:
    """The planted gain by arm, averaged over the arm's cohorts and years as the estimates are."""
    if not truth.is_file():
        return {}
    att = pd.read_parquet(truth)
    unit = TRUTHS.get((result.design.outcome, result.design.scale))
    att = att[(att["measure"] == "income") & (att["scale"] == unit) & (att["population"] == "sample")]
    after = result.effects.table[result.effects.table["event_time"] >= 0].dropna(subset=["estimate"])
    both = after[["arm", "cohort", "year"]].merge(att[["arm", "cohort", "year", "value"]])
    sized = both.merge(result.counts[["arm", "cohort", "households"]])
    total = sized.assign(sum=sized["value"] * sized["households"]).groupby("arm")[["sum", "households"]].sum()
    return {str(arm): float(row["sum"] / row["households"]) for arm, row in total.iterrows()}


def _gain(row: dict[Any, Any], result: ModelComparison, planted: dict[str, float]) -> Gain:
    arm = str(row["arm"])
    events = result.event_study[result.event_study["arm"] == arm].to_dict("records")
    return Gain(
        arm=arm,
        name=result.arm(arm),
        estimate=_maybe(row["estimate"]),
        low=_maybe(row["ci_low"]),
        high=_maybe(row["ci_high"]),
        rank_low=_whole(row["rank_low"]),
        rank_high=_whole(row["rank_high"]),
        households=int(row["households"]),
        truth=planted.get(arm),
        joint=None if pd.isna(row["band_low"]) else (float(row["band_low"]), float(row["band_high"])),
        by_year=tuple(
            (int(e["event_time"]), float(e["estimate"]), _maybe(e["ci_low"]), _maybe(e["ci_high"]))
            for e in events
            if _maybe(e["ci_low"]) is not None
        ),
    )


def _maybe(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)
