"""What must stand beside every number that cells give: households in no sum or not yet joined, and units that look wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.outcomes import TOTALS
from bangfu.words import Word, outcome_word

if TYPE_CHECKING:
    from bangfu.cells.cells import Cells

NOMINAL = "_per_head_nominal"


@dataclass(frozen=True, slots=True)
class Remark:
    """One of them.

    Attributes
    ----------
    rule : str
        Stable, for programs: ``unseen``, ``not_yet_joined``, or a rule of ``check``.
    count : int
        Households, or what the rule counts.
    words : Word
    """

    rule: str
    count: int
    words: Word


def remarks(cells: Cells, outcome: str | None = None) -> tuple[Remark, ...]:
    """What must be said of cells, or of one of their outcomes.

    Parameters
    ----------
    cells : Cells
    outcome : str, optional
        All by default.

    Returns
    -------
    tuple of Remark
    """
    found = (*_unseen(cells, outcome), *_not_yet(cells, outcome), *(_suspected(f) for f in suspicions(cells)))
    return tuple(r for r in found if r.count)


def _unseen(cells: Cells, outcome: str | None) -> Iterator[Remark]:
    what = outcome or (cells.outcomes[0] if len(cells.outcomes) == 1 else "")
    name = outcome_word(what) if what else Word("any outcome", "任何指标")
    count = cells.info.unseen + int(cells.households[~_seen(cells, outcome)].sum())
    yield Remark(
        "unseen",
        count,
        Word(
            f"households in no sum, without {name.en} in any year: {number(count)}",
            f"{name.zh}各年均缺、未计入的户:{number(count)}户",
        ),
    )


def _not_yet(cells: Cells, outcome: str | None) -> Iterator[Remark]:
    """Those whose only first years lie after the last."""
    last = cells.years[-1]
    later = np.array([bool(p.steps) and p.steps[0][0] > last for p in cells.paths])[cells.path]
    count = int(cells.households[later & _seen(cells, outcome)].sum())
    offered = cells.info.spec.get("exposure") == "campaign"
    who, zh = ("offered", "所在村未开展") if offered else ("joined", "未参加")
    yield Remark(
        "not_yet_joined",
        count,
        Word(
            f"not yet {who} by {last}: {number(count)} households, compared as not {who}",
            f"截至{last}年尚{zh}:{number(count)}户,按{zh}比较",
        ),
    )


def _seen(cells: Cells, outcome: str | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    patterns = cells.patterns.values() if outcome is None else [cells.patterns[outcome]]
    seen: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.any([p > 0 for p in patterns], axis=0)
    return seen


def suspicions(cells: Cells) -> Iterator[Fault]:
    """Incomes in another unit than yuan, by the rule of ``check`` and the sums by village and year.

    Total incomes and consumption are looked at; nothing is said of other outcomes, nor of frames, whose units are unknown.
    """
    from bangfu.register.suspicions import published, units

    for outcome in cells.outcomes:
        measure = outcome.removesuffix(NOMINAL).removesuffix("_per_head")
        if measure not in TOTALS or measure == outcome or cells.info.unit(outcome) != "yuan":
            continue
        weight, known, sums = (np.zeros((len(cells.villages), len(cells.years))) for _ in range(3))
        seen = (cells.patterns[outcome][:, None] >> np.arange(len(cells.years))) & 1
        np.add.at(weight, cells.village, cells.weight[:, None] * seen)
        np.add.at(known, cells.village, cells.households[:, None] * seen)
        np.add.at(sums, cells.village, cells.sums[outcome])
        prices = {} if outcome.endswith(NOMINAL) else cells.info.spec.get("prices", {})
        nominal = sums / np.array([prices.get(str(year), 1.0) for year in cells.years])
        mean = np.divide(nominal, weight, out=np.full_like(sums, np.nan), where=weight > 0)
        yield from units(cells.years, mean, known, published() if measure == "income" else {})
        return  # one of them says it


def _suspected(fault: Fault) -> Remark:
    words = Word(f"warning [{fault.rule}]: {fault.en}", f"提醒[{fault.rule}]:{fault.zh}")
    return Remark(fault.rule, fault.count, words)
