"""What stands in no sum of cells, or cannot be compared there: counted, so that nothing is lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bangfu.errors import WrongUse
from bangfu.formats import number
from bangfu.release import FEWER, setting, too_few

if TYPE_CHECKING:
    from bangfu.cells.cells import Cells


def missing(cells: Cells) -> dict[str, int]:
    """See :attr:`bangfu.Cells.missing`."""
    times = len(cells.years)
    return {
        name: int((cells.households * (times - np.bitwise_count(pattern))).sum()) + times * cells.info.unseen
        for name, pattern in cells.patterns.items()
    }


def no_outcome(cells: Cells, outcome: str) -> WrongUse:
    """Says which outcomes there are, and how a logarithm is asked for."""
    plain = outcome.removeprefix("log:")
    logs = (
        plain != outcome and plain in cells.sums
    )  # which a register and a Parquet file only have when asked
    return WrongUse(
        f"unknown outcome {outcome!r} in these cells; choose one of: {', '.join(cells.outcomes)}"
        + f"; make them with outcome=[{plain!r}, {outcome!r}], if it is positive anywhere" * logs,
        f"汇总数据中没有 {outcome!r};可用:{'、'.join(cells.outcomes)}"
        + f";请以 outcome=[{plain!r}, {outcome!r}] 重新生成(须有正值)" * logs,
    )


def left_out(cells: Cells) -> str:
    """For print: each with its count, nothing where nothing is left out."""
    first, last = cells.years[0], cells.years[-1]
    start = np.array([p.steps[0][0] if p.steps else 0 for p in cells.paths])[cells.path]
    joined = np.array([bool(p.steps) for p in cells.paths])[cells.path]
    unusual = {code: n for code, n in cells.info.never.items() if code not in ("missing", "0")}
    found = [
        *((f"{name} not observed in", n, "household-years") for name, n in missing(cells).items()),
        ("seen in no year:", cells.info.unseen, "households"),
        (f"joined by {first}, so with no year before:", int(cells.households[joined & (start <= first)].sum()), "households"),
        (f"joined after {last}, so not yet:", int(cells.households[joined & (start > last)].sum()), "households"),
        *((f"cohort {code} taken for never:", n, "households") for code, n in unusual.items()),
    ]  # fmt: skip
    free = cells.info.kind == "synthetic" or setting() != "release"
    return "".join(
        f"; {what} {number(n) if free or not too_few(n) else FEWER.en} {unit}" for what, n, unit in found if n
    )
