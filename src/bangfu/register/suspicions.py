"""What looks wrong only beside published incomes, or from village to village: warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.outcomes import by_year, household_total
from bangfu.register.roll import Roll

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister

SMALLEST_SHARE = 0.5
"""A village and year with incomes of fewer than half of the village's households is a gap in coverage."""

CONSTANT_SHARE, FEWEST_COMPARED = 0.1, 20
"""More than a tenth of the households with the very same income in every year: a round was copied."""

VILLAGE_SHARE = 1 / 200
"""A village whose mean income is below this share of the mean of all villages is in another unit."""


def units(register: HouseholdRegister) -> Iterator[Fault]:
    """Ten-thousand yuan for yuan, or a figure per head for the whole household, year by year.

    Medians are held against the published mean of all rural households: below a thousandth the unit is suspected; a
    household total near the published figure *per head* that is less than two fifths of it once divided by members is
    suspected to be per head already. A median is below a limit where more than half of the rows are: no sorting.
    """
    from bangfu.reference import rural_incomes

    table = rural_incomes("China rural", "disposable_income")
    table = table[table["release"] == "main"]
    known = {int(y): float(v) for y, v in zip(table["year"], table["value"], strict=True)}
    incomes = register.sources["incomes"].checked
    total = household_total(incomes, "income")
    if total is None or not any(y in known for y in register.years_read):
        return
    rows = incomes.mutate(total=total, mean=by_year(incomes, known))
    rows = rows.filter(rows["mean"].notnull() & (rows["members"] >= 1) & rows["total"].notnull())
    head = rows["total"] / rows["members"] / rows["mean"]
    household = rows["total"] / rows["mean"]
    found = rows.group_by("year").aggregate(
        n=rows.count(), size=rows["members"].mean(), positive=(head > 0).sum(), tiny=((head > 0) & (head < 1e-3)).sum(),
        head_low=(head < 0.4).sum(), household_low=(household < 0.5).sum(), household_high=(household < 1.6).sum(),
    ).order_by("year").to_pandas()  # fmt: skip
    half = found["n"] / 2
    tiny = found["tiny"] > found["positive"] / 2
    said = ", ".join(str(int(y)) for y in found.loc[tiny, "year"])
    if said:
        words = (
            f"the median income per head in {said} is less than a thousandth of the published rural mean; is it in ten-thousand yuan (万元)?",
            f"{said}年人均收入中位数不到公开农村均值的千分之一,单位是否为万元?",
        )
        count = int(found.loc[tiny, "n"].sum())
        yield Fault("incomes", "unit_is_yuan", *words, "income_total", count=count, severity="warning")
    per_head = ~tiny & (found["head_low"] > half) & (found["size"] >= 2)
    per_head &= (found["household_low"] < half) & (found["household_high"] > half)
    said = ", ".join(str(int(y)) for y in found.loc[per_head, "year"])
    if said:
        words = (
            f"household income in {said} is about the published mean per head; is the column per head already? It must be of the whole household",
            f"{said}年全户收入接近公开的人均水平,该列是否已是人均?应填全户收入",
        )
        count = int(found.loc[per_head, "n"].sum())
        yield Fault("incomes", "whole_household", *words, "income_total", count=count, severity="warning")


def village_units(found: Roll) -> Iterator[Fault]:
    """Villages with incomes in another unit than the rest."""
    rows = found.villages[found.villages["known"] > 0]
    mean = rows["head"] / rows["known"]
    middle = mean.median()
    count = int(((mean > 0) & (mean < middle * VILLAGE_SHARE)).sum()) if len(rows) > 2 else 0
    if count:
        words = (
            f"villages ({number(count)}) whose mean income per head is less than half a percent of the middle village's; is it in ten-thousand yuan (万元) there?",
            f"有{number(count)}个村人均收入不到中位村的千分之五,其单位是否为万元?",
        )
        yield Fault("incomes", "village_unit", *words, "income_total", count=count, severity="warning")


def same_every_year(found: Roll) -> Iterator[Fault]:
    """Households whose income is the very same in every year."""
    same, compared = found.count("constant"), found.count("compared")
    if compared >= FEWEST_COMPARED and same > compared * CONSTANT_SHARE:
        words = (
            f"households (of {number(compared)}) with the very same income per head in every year; was a round copied from the one before?",
            f"有{number(same)}户(共{number(compared)}户)各年人均收入完全相同,是否照抄了上一轮?",
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
            f"village-years (of {all_of}) with incomes of fewer than half of the village's households ({en}); was a round skipped?",
            f"有些村年(全部{all_of}个)收入记录不到该村农户的一半:{zh},是否漏了一轮?",
        )
        count = sum(gaps.values())
        yield Fault("incomes", "coverage", *words, "year", count=count, severity="warning")
