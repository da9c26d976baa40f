"""What looks wrong only when rows are compared with one another, or with published incomes: warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.outcomes import household_total

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister

LARGEST_JUMP = 50.0
"""A household's highest income per head over the mean of its other years."""

LARGEST_DROP = 5000.0
"""The mean of a household's other years over its lowest positive income per head."""

SMALLEST_SHARE = 0.5
"""A village and year with incomes of fewer than half of the village's households is a gap in coverage."""


def units(register: HouseholdRegister) -> Iterator[Fault]:
    """Ten-thousand yuan for yuan, or a figure per head for the whole household.

    The median is held against the published mean of all rural households of a year that both have: below a thousandth
    the unit is suspected; a household total near the published figure *per head* that is less than half of it once
    divided by members is suspected to be per head already.
    """
    from bangfu.reference import rural_incomes

    published = rural_incomes()
    published = published[
        (published["area"] == "China rural")
        & (published["series"] == "disposable_income")
        & (published["release"] == "main")
    ]
    known = {int(y): float(v) for y, v in zip(published["year"], published["value"], strict=True)}
    years = [y for y in register.years if y in known]
    if not years:
        return
    year = years[-1]
    incomes = register.incomes.filter((register.incomes["year"] == year) & (register.incomes["members"] >= 1))
    total = household_total(incomes, "income")
    if total is None:
        return
    found = incomes.aggregate(
        household=total.median(), head=(total / incomes["members"]).median(), size=incomes["members"].mean()
    )
    row = found.to_pandas().iloc[0]
    household, head = (float(row[c]) / known[year] for c in ("household", "head"))
    if 0 < head < 1e-3:
        words = (
            f"the median income per head in {year} is less than a thousandth of the published rural mean; is it in ten-thousand yuan (万元)?",
            f"{year}年人均收入中位数不到公开农村均值的千分之一,单位是否为万元?",
        )
        yield Fault("incomes", "unit_is_yuan", *words, column="income_total", severity="warning")
    elif head < 0.5 and 0.5 < household < 1.6 and float(row["size"]) >= 2:
        words = (
            f"household income in {year} is about the published mean per head; is the column per head already? It must be of the whole household",
            f"{year}年全户收入接近公开的人均水平,该列是否已是人均?应填全户收入",
        )
        yield Fault("incomes", "whole_household", *words, column="income_total", severity="warning")


def jumps(register: HouseholdRegister) -> Iterator[Fault]:
    """Households with a year far above the mean of their other years, or a positive one next to nothing beside it.

    Net income of a bad year can be close to zero, so downwards only a factor as between yuan and ten-thousand yuan counts.
    """
    incomes = register.incomes
    total = household_total(incomes, "income")
    if total is None:
        return
    head = total / incomes["members"]
    per = incomes.group_by("household_id").aggregate(
        top=head.max(), low=head.min(where=head > 0), sum=head.sum(), years=head.count()
    )
    others = (per["sum"] - per["top"]) / (per["years"] - 1)
    rest = (per["sum"] - per["low"]) / (per["years"] - 1)
    odd = (per["years"] > 1) & (
        ((others > 0) & (per["top"] > others * LARGEST_JUMP)) | (per["low"] * LARGEST_DROP < rest)
    )
    count = int(per.filter(odd).count().to_pandas())
    if count:
        words = (
            f"households with a year more than {number(LARGEST_JUMP)} times the mean of their other years, or less than one part in {number(LARGEST_DROP)}; look for units and misplaced digits",
            f"某一年人均收入超过其他年份均值{number(LARGEST_JUMP)}倍,或不足其{number(LARGEST_DROP)}分之一的户,请核对单位和错位数字",
        )
        yield Fault(
            "incomes", "impossible_jump", *words, column="income_total", count=count, severity="warning"
        )


def coverage(register: HouseholdRegister) -> Iterator[Fault]:
    """Villages whose incomes are missing in a year for half of their households or more: a stale round."""
    homes = register.households.select("household_id", "village_id")
    sizes = homes.group_by("village_id").aggregate(households=homes.count())
    joined = register.incomes.select("household_id", "year").inner_join(homes, "household_id")
    seen = joined.group_by(["village_id", "year"]).aggregate(seen=joined["household_id"].count())
    years = len(register.years)
    villages = int(sizes.count().to_pandas())
    full = seen.inner_join(sizes, "village_id")
    covered = int(full.filter(full["seen"] >= full["households"] * SMALLEST_SHARE).count().to_pandas())
    gaps = villages * years - covered
    if gaps > 0:
        words = (
            f"village-years (of {number(villages * years)}) with incomes of fewer than half of the village's households; was a round skipped?",
            f"个村年(共{number(villages * years)}个)收入记录不到该村农户的一半,是否漏了一轮?",
        )
        yield Fault("incomes", "coverage", *words, column="year", count=gaps, severity="warning")
