"""How many of those who count as joiners had left: by arm and years since joining, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.paths import Path, exposure
from bangfu.characters import typeset
from bangfu.errors import Language
from bangfu.estimates.sample import arms_in_order
from bangfu.formats import number
from bangfu.literals import Switchers

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

COLUMNS = ["arm", "event_time", "households", "left", "first", "share"]


def leaving(cells: Cells, outcome: str, switchers: Switchers = "censor") -> pd.DataFrame:
    """Households that left what they had joined, and still count as joiners.

    Parameters
    ----------
    cells : Cells
    outcome : str
        Households are counted where it is seen.
    switchers : {"censor", "own_arm", "drop"}

    Returns
    -------
    DataFrame
        ``arm, event_time, households`` (seen, and not censored), ``left`` (those that had left at least one model of the
        arm by then), ``first`` (those of them not seen outside before: their sum is the households that ever left),
        ``share``. ``left``, ``first`` and ``share`` are missing where the cells do not know who left: with flat panels,
        registers without ``to_year``, and exposure by offer.
    """
    cells, models = cells.only(outcome), cells.info.models
    counts: dict[tuple[str, int], list[int]] = {}
    for i, path in enumerate(cells.paths):
        e = exposure(path, cells.years, models, switchers)
        mine = cells.path == i
        for t, year in enumerate(cells.years):
            if e.arm and e.kept and _counts(year, e.cohort, e.until):
                seen = mine & ((cells.patterns[outcome] >> t) & 1 == 1)
                count = counts.setdefault((e.arm, year - e.cohort), [0, 0, 0])
                count[0] += int(cells.households[seen].sum())
    for row in cells.info.left or ():
        e = exposure(Path.parse(row.path), cells.years, models, switchers)
        key = (e.arm, row.year - e.cohort)
        if row.outcome == outcome and e.kept and _counts(row.year, e.cohort, e.until) and key in counts:
            counts[key][1] += row.households
            counts[key][2] += row.first
    order = {arm: i for i, arm in enumerate(arms_in_order([a for a, _ in counts], models))}
    keys = sorted((k for k in counts if counts[k][0]), key=lambda k: (order[k[0]], k[1]))
    known = cells.info.left is not None
    rows = [(*k, counts[k][0], *(counts[k][1:] if known else (None, None))) for k in keys]
    out = pd.DataFrame(rows, columns=COLUMNS[:-1]).astype({"left": "Int64", "first": "Int64"})
    return out.assign(share=(out["left"] / out["households"]).astype("Float64"))


def _counts(year: int, cohort: int, until: int | None) -> bool:
    return year >= cohort and (until is None or year < until)


def lines(result: ModelComparison, lang: Language) -> list[str]:
    """What a comparison says of leavers: all of them, then by arm and years since joining; nothing where nobody left."""
    table, zh = result.left, lang == "zh"
    gone = int(table["left"].sum())
    if not gone:
        return []
    share, ever = number(100 * gone / table["households"].sum(), 1), number(int(table["first"].sum()))
    out = [
        f"中途退出{ever}户,退出后的户·年观测占参加后户·年观测的{share}%;仍按参加户计算" if zh
        else f"{ever} households left ({share}% of household-years after joining); they still count as joiners"
    ]  # fmt: skip
    for arm, of in table[table["left"] > 0].groupby("arm", sort=False):
        name = result.arm(str(arm))[lang]
        said = [
            f"{number(int(k))}年:{number(int(n))}户({number(100 * s, 1)}%)" if zh
            else f"{number(int(k))}: {number(int(n))} ({number(100 * s, 1)}%)"
            for k, n, s in zip(of["event_time"], of["left"], of["share"], strict=True)
        ]  # fmt: skip
        out.append(
            f"{name},已退出的户,按距参加的年数:{'、'.join(said)}" if zh
            else f"{name}, households outside by years since joining: {', '.join(said)}"
        )  # fmt: skip
    return [typeset(line) for line in out] if zh else out
