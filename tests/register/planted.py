"""Damages that an owner accepts, each with what must be left out because of it, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.register.damages import TEXT, Tables, again, cell, tables, write

NAMES = [f"{n:03d}" for n in range(1, 41)]
YEAR = ("004", 2016)
"""Of the thirteenth data row of incomes, which is the one that is spoilt below."""
AT = 17

CASES: dict[str, tuple[str, object, list[str], list[tuple[str, int]], int, int]] = {
    # what: rule, change, households out, household-years out, rows at fault, identifiers left out
    "half of participation carries point zero": ("unknown_household", lambda p: p["participation"].__setitem__("household_id", p["participation"]["household_id"].where(p["participation"].index % 2 == 1, p["participation"]["household_id"] + ".0")), NAMES[::6], [], 7, 7),
    "zeros lost": ("unknown_household", TEXT["zeros lost"][1], NAMES[::3], [], 14, 14),
    "one who is not there joins": ("unknown_household", lambda p: p.update(participation=pd.concat([p["participation"], p["participation"].iloc[[0]].assign(household_id="999")])), [], [], 1, 0),
    "incomes of one who is not there": ("unknown_household", lambda p: p.update(incomes=pd.concat([p["incomes"], p["incomes"].iloc[:3].assign(household_id="999")])), [], [], 3, 0),
    "a year of joining in words": ("type_integer", cell("participation", "from_year", "2017年"), ["010"], [], 1, 1),
    "no year of joining": ("required", cell("participation", "from_year", None), ["010"], [], 1, 1),
    "another year of joining": ("year_range", cell("participation", "from_year", 42736, 3, 4), ["010", "013"], [], 2, 2),
    "an undeclared model": ("model_declared", cell("participation", "model", "goats"), ["010"], [], 1, 1),
    "left before joining": ("dropout_after_adoption", cell("participation", "to_year", 2010), ["010"], [], 1, 1),
    "a joining again": ("key_unique", again("participation"), ["007"], [], 2, 1),
    "an amount as text": ("type_number", cell("incomes", "income_total", "12,345", AT), [], [YEAR], 1, 0),
    "an absurd amount": ("amount_possible", cell("incomes", "consumption", 10**12, AT), [], [YEAR], 1, 0),
    "no members": ("members_at_least_one", cell("incomes", "members", 0, AT), [], [YEAR], 1, 0),
    "no year": ("required", cell("incomes", "year", None, AT), [], [YEAR], 1, 0),
    "parts that differ": ("parts_sum_to_total", cell("incomes", "income_wage", 1, AT), [], [YEAR], 1, 0),
    "a household-year again": ("key_unique", again("incomes", AT, members=5), [], [YEAR], 2, 0),
    "a household again": ("key_unique", again("households", 3), ["004"], [], 2, 1),
    "a village left empty": ("required", cell("households", "village_id", None, 3), ["004"], [], 1, 1),
    "a weight of zero": ("range", cell("households", "weight", 0, 3, 5), ["004", "006"], [], 2, 2),
    "a village with a blank": ("one_name", cell("households", "village_id", "V00 ", 0), NAMES[::8], [], 2, 5),
    "a village in two townships": ("one_place", cell("households", "township_id", "T9", 0), NAMES[::8], [], 1, 5),
    "a subtotal": ("total_row", lambda p: (again("households", 0, household_id="V00小计")(p), p.update(incomes=pd.concat([p["incomes"], p["incomes"].iloc[:5].assign(household_id="V00小计")]))), [], [], 1, 1),
    "a village of totals": ("total_row", lambda p: p["households"].__setitem__("village_id", p["households"]["village_id"].replace("V03", "总计")), NAMES[3::8], [], 1, 5),
    "a joining long after": ("joining_late", cell("participation", "from_year", 2029, 3, 4), ["010", "013"], [], 2, 2),
    "a date of joining": ("year_alone", cell("participation", "from_year", "2017-05-01"), ["010"], [], 1, 1),
    "all years of one": ("amount_possible", cell("incomes", "consumption", 10**12, *range(15, 20)), ["004"], [], 5, 1),
    "all years of one again": ("key_unique", lambda p: p.update(incomes=pd.concat([p["incomes"], p["incomes"].iloc[15:20]])), ["004"], [], 10, 1),
    "a household by two names": ("one_name", again("households", 2, household_id="003 "), ["003"], [], 2, 2),
}  # fmt: skip


def by_hand(out: list[str], years: list[tuple[str, int]]) -> Tables:
    """The sound register without some households and household-years."""
    parts = {name: frame[~frame["household_id"].isin(out)] for name, frame in tables().items()}
    rows = parts["incomes"]
    keys = pd.MultiIndex.from_frame(rows[["household_id", "year"]])
    return parts | {"incomes": rows[~keys.isin(years)]}


def planted(folder: Path, what: str, form: str = "csv") -> tuple[Path, Path]:
    """The damaged register, which accepts the rule, and the one from which the same was removed by hand."""
    rule, change, out, years, *_ = CASES[what]
    parts = tables()
    change(parts)  # type: ignore[operator]
    removed = by_hand(out, years)
    if rule == "unknown_household" and what.startswith(("half", "zeros")):
        removed["participation"] = removed["participation"][
            ~removed["participation"]["household_id"].isin(out)
        ]
    damaged = write(folder / "damaged", parts, form, more=f'[accept]\n{rule} = "known"\n')
    return damaged, write(folder / "removed", removed, form)
