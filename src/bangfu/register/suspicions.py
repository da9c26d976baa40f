"""What looks wrong only beside published incomes, or from village to village: warnings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.outcomes import by_year, household_total
from bangfu.register.roll import Roll

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister

Floats = NDArray[np.float64]

SMALLEST_SHARE = 0.5
"""A village and year with incomes of fewer than half of the village's households is a gap in coverage."""

CONSTANT_SHARE, FEWEST_COMPARED = 0.1, 20
"""More than a tenth of the households with the very same income in every year: a round was copied."""

SMALL = 1 / 50
"""Mean incomes below this share of what they are held against are in hundreds of yuan, or more."""

FEWEST_HOUSEHOLDS = 3
"""Fewer say nothing of their village's unit."""

UNIT_IS_YUAN, VILLAGE_UNIT = "unit_is_yuan", "village_unit"


def published() -> dict[int, float]:
    """Mean income per head of all rural households by year, yuan at current prices."""
    from bangfu.reference import rural_incomes

    table = rural_incomes("China rural", "disposable_income")
    table = table[table["release"] == "main"]
    return {int(y): float(v) for y, v in zip(table["year"], table["value"], strict=True)}


def units(
    years: Sequence[int], mean: Floats, households: Floats, against: Mapping[int, float]
) -> Iterator[Fault]:
    """Years, and villages, with incomes in another unit than yuan.

    Parameters
    ----------
    years : sequence of int
        T of them.
    mean : float array (V, T)
        Mean income per head of each village, current prices; NaN where nobody is seen.
    households : float array (V, T)
        With known incomes.
    against : mapping of int to float
        What the middle village of a year is held against, as far as it is known (:func:`published`); else the other years.
    """
    if not np.isfinite(mean).any():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # years without anybody
        middle = np.nanmedian(mean, axis=0)
        usual = np.array([against.get(year, np.nanmedian(middle)) for year in years])
    tiny = (middle > 0) & (middle < usual * SMALL)
    if tiny.any():
        said = ", ".join(str(y) for y, small in zip(years, tiny, strict=True) if small)
        words = (
            f"the middle village's mean income per head in {said} is less than a fiftieth of the published rural mean or of the other years'; is it "
            "in hundreds, thousands or ten-thousands of yuan (百元, 千元, 万元)?",
            f"{said}年中位村的人均收入不到公开农村均值或其他年份的五十分之一,单位是否为百元、千元或万元?",
        )
        count = int(households[:, tiny].sum())
        yield Fault("incomes", UNIT_IS_YUAN, *words, "income_total", count=count, severity="warning")
    odd = (mean > 0) & (mean < middle * SMALL) & (households >= FEWEST_HOUSEHOLDS)
    count = int(odd.any(axis=1).sum()) if len(mean) > 2 else 0
    if count:
        words = (
            f"villages ({number(count)}) whose mean income per head is less than a fiftieth of the middle village's in the same year; is it in "
            "hundreds, thousands or ten-thousands of yuan (百元, 千元, 万元) there?",
            f"有{number(count)}个村某年人均收入不到同年中位村的五十分之一,其单位是否为百元、千元或万元?",
        )
        yield Fault("incomes", VILLAGE_UNIT, *words, "income_total", count=count, severity="warning")


def village_units(found: Roll) -> Iterator[Fault]:
    """:func:`units` of a register."""
    sums, known = (
        found.villages[[f"{name}_{i}" for i in range(len(found.years))]].to_numpy(float)
        for name in ("head", "known")
    )
    mean = np.divide(sums, known, out=np.full_like(sums, np.nan), where=known > 0)
    yield from units(found.years, mean, known, published())


def whole_household(register: HouseholdRegister) -> Iterator[Fault]:
    """A figure per head for the whole household, year by year.

    A household total near the published figure *per head* that is less than two fifths of it once divided by members is
    suspected to be per head already. A median is below a limit where more than half of the rows are: no sorting.
    """
    known = published()
    incomes = register.sources["incomes"].checked
    total = household_total(incomes, "income")
    if total is None or not any(y in known for y in register.years_read):
        return
    rows = incomes.mutate(total=total, mean=by_year(incomes, known))
    rows = rows.filter(rows["mean"].notnull() & (rows["members"] >= 1) & rows["total"].notnull())
    head = rows["total"] / rows["members"] / rows["mean"]
    household = rows["total"] / rows["mean"]
    found = rows.group_by("year").aggregate(
        n=rows.count(), size=rows["members"].mean(), head_low=(head < 0.4).sum(), household_low=(household < 0.5).sum(),
        household_high=(household < 1.6).sum(),
    ).order_by("year").to_pandas()  # fmt: skip
    half = found["n"] / 2
    per_head = (found["head_low"] > half) & (found["size"] >= 2)
    per_head &= (found["household_low"] < half) & (found["household_high"] > half)
    said = ", ".join(str(int(y)) for y in found.loc[per_head, "year"])
    if said:
        words = (
            f"household income in {said} is about the published mean per head; is the column per head already? It must be of the whole household",
            f"{said}年全户收入接近公开的人均水平,该列是否已是人均?应填全户收入",
        )
        count = int(found.loc[per_head, "n"].sum())
        yield Fault("incomes", "whole_household", *words, "income_total", count=count, severity="warning")


def same_every_year(found: Roll) -> Iterator[Fault]:
    """Households whose income is the very same in every year."""
    same, compared = found.count("constant"), found.count("compared")
    if compared >= FEWEST_COMPARED and same > compared * CONSTANT_SHARE:
        words = (
            f"households (of {number(compared)}) with the very same income per head in every year; was a round entered twice?",
            f"有{number(same)}户(共{number(compared)}户)各年人均收入完全相同,是否误用了上一轮数据?",
        )
        yield Fault("incomes", "stale_round", *words, "income_total", count=same, severity="warning")


def coverage(found: Roll) -> Iterator[Fault]:
    """Villages whose incomes are missing in a year for half of their households or more: a round was skipped."""
    homes = found.villages[found.villages["households"] > 0]
    gaps = {}
    for i, year in enumerate(found.years):
        missing = int((homes[f"seen_{i}"] < homes["households"] * SMALLEST_SHARE).sum())
        if missing:
            gaps[year] = missing
    if gaps:
        all_of = number(len(homes) * len(found.years))
        en = ", ".join(f"{year}: {number(n)}" for year, n in gaps.items())
        zh = "、".join(f"{year}年{number(n)}个" for year, n in gaps.items())
        words = (
            f"village-years (of {all_of}) in which fewer than half of the village's households have incomes ({en}); was a round skipped?",
            f"部分村·年观测(共{all_of}个)有收入记录的农户不到该村的一半:{zh},是否漏了一轮?",
        )
        count = sum(gaps.values())
        yield Fault("incomes", "coverage", *words, "year", count=count, severity="warning")
