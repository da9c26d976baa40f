"""What a register holds, in tables that carry no household: one pass over the households, by arm, and one by year."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.register.description import Description
from bangfu.register.parts import Part, parts
from bangfu.register.tables import COLUMNS, FLAG, NUMBER
from bangfu.release import HOUSEHOLDS
from bangfu.words import own_names

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister


def describe(register: HouseholdRegister) -> Description:
    """The tables of :class:`Description`."""
    sums = register.sums_by_arm
    counts = units(register)
    return Description(
        title=register.info.title,
        kind=register.info.kind,
        names=register.info.names,
        units=counts,
        years=_years(register, int(counts["count"].iloc[0])),
        completeness=_completeness(register),
        balance=_balance(sums, _facts(register), shown=register.info.synthetic),
        attrition=attrition(register),
    )


def units(register: HouseholdRegister) -> pd.DataFrame:
    """Households, villages, years, income rows, households seen in every year, joiners by model."""
    joining, sums = register.participation, register.sums_by_arm
    joined = joining.group_by("model").aggregate(n=joining["household_id"].nunique()).to_pandas()
    by_model = dict(zip(joined["model"], joined["n"], strict=True))
    own = own_names(register.info.names)
    rows = [
        ("households", int(sums["households"].sum())),
        ("villages", int(register.households["village_id"].nunique().to_pandas())),
        ("years", len(register.years)),
        ("income rows", int(register.incomes.count().to_pandas())),
        ("households seen in every year", int(sums["complete"].sum())),
        *((f"joined {own[m].en if m in own else m}", int(by_model.get(m, 0))) for m in register.models),
    ]
    return pd.DataFrame(rows, columns=["what", "count"])


def attrition(register: HouseholdRegister) -> pd.DataFrame:
    """Households and those seen, by arm at the end and year."""
    sums = register.sums_by_arm
    parts = [
        sums[["arm", "households"]].assign(year=year, seen=sums[f"seen_{i}"].astype("int64"))
        for i, year in enumerate(register.years)
    ]
    out = pd.concat([sums[["arm", "households"]].assign(year=0, seen=0).iloc[:0], *parts])
    out["share_seen"] = out["seen"] / out["households"]
    columns = ["arm", "year", "households", "seen", "share_seen"]
    ordered: pd.DataFrame = out.sort_values(["arm", "year"], ignore_index=True)[columns]
    return ordered


def sums_by_arm(register: HouseholdRegister) -> pd.DataFrame:
    """Sums over the households by the models that they ever took up, part by part.

    Returns
    -------
    DataFrame
        ``arm, households, complete`` (seen in every year), ``seen_<i>`` (in year i), and per fact i of the households:
        ``n<i>, w<i>, s<i>, q<i>``, the number known, their weight, and the weighted sums of the fact and of its square.
    """
    found = [_part_by_arm(register, part).to_pandas() for part in parts(register.households)]
    whole = pd.concat(found, ignore_index=True).fillna(0)
    if not register.years:
        whole["complete"] = 0
    sums: pd.DataFrame = whole.groupby("arm", as_index=False).sum().astype({"households": "int64"})
    return sums


def _part_by_arm(register: HouseholdRegister, part: Part) -> ir.Table:
    import ibis

    incomes = part(register.incomes)
    flags = {
        f"in_{i}": ibis.ifelse(incomes["year"] == year, 1, 0).max() for i, year in enumerate(register.years)
    }
    seen = incomes.group_by("household_id").aggregate(rows=incomes.count(), **flags)
    people = part(register.households_by_arm).left_join(seen, "household_id")
    weight = people["weight"].fill_null(1.0) if "weight" in people.columns else ibis.literal(1.0)
    sums: dict[str, ir.Value] = {"households": people.count()}
    inside = [people[name].fill_null(0).cast("int64") for name in flags]
    if inside:
        sums["complete"] = reduce(lambda a, b: a * b, inside).sum()
    sums |= {f"seen_{i}": value.sum() for i, value in enumerate(inside)}
    for i, fact in enumerate(_facts(register)):
        value = people[fact].cast("float64")
        held = value.notnull().ifelse(weight, 0.0)
        sums |= {f"n{i}": value.count(), f"w{i}": held.sum()}
        sums |= {f"s{i}": (value * weight).sum(), f"q{i}": (value * value * weight).sum()}
    return people.group_by("arm").aggregate(**sums)


def _facts(register: HouseholdRegister) -> list[str]:
    """Household facts that have a mean."""
    known = COLUMNS["households"].items()
    have = register.households.columns
    return [c for c, kind in known if kind in (NUMBER, FLAG) and c in have and c != "weight"]


def _years(register: HouseholdRegister, households: int) -> pd.DataFrame:
    incomes = register.incomes
    known = incomes.filter(incomes["year"].notnull())
    counted = known.group_by("year").aggregate(rows=known.count()).to_pandas()
    counted["share"] = counted["rows"] / households if households else float("nan")
    ordered: pd.DataFrame = counted.sort_values("year", ignore_index=True)
    return ordered


def _completeness(register: HouseholdRegister) -> pd.DataFrame:
    frames = []
    for name, known in COLUMNS.items():
        table = register.sources[name].typed
        columns = [c for c in known if c in table.columns]
        found = table.aggregate(
            rows=table.count(), **{f"c{i}": table[c].isnull().sum() for i, c in enumerate(columns)}
        )
        row = found.to_pandas().fillna(0).iloc[0]
        missing = [int(row[f"c{i}"]) for i in range(len(columns))]
        frames.append(pd.DataFrame({"table": name, "column": columns, "missing": missing}))
        frames[-1]["share_missing"] = frames[-1]["missing"] / max(int(row["rows"]), 1)
    return pd.concat(frames, ignore_index=True)


def _balance(sums: pd.DataFrame, facts: list[str], *, shown: bool) -> pd.DataFrame:
    """Weighted means of the household facts by arm, against those who took up none."""
    columns = ["arm", "column", "households", "mean", "difference"]
    frames = [pd.DataFrame(columns=columns)]
    for i, fact in enumerate(facts):
        n, w, s, q = (sums[f"{letter}{i}"].to_numpy(dtype=float) for letter in "nwsq")
        total = w.sum()
        spread = (q.sum() / total - (s.sum() / total) ** 2) ** 0.5 if total > 0 else float("nan")
        part = pd.DataFrame({"arm": sums["arm"], "column": fact, "households": n.astype("int64")})
        part["mean"] = pd.Series(s).div(w).where((w > 0) & (shown | (n >= HOUSEHOLDS)))
        none = part.loc[part["arm"] == "", "mean"]
        base = none.iloc[0] if len(none) else float("nan")
        part["difference"] = (part["mean"] - base) / spread if spread > 0 else float("nan")
        frames.append(part)
    whole = pd.concat(frames[1:] or frames, ignore_index=True)
    return whole[columns].sort_values(["arm", "column"], ignore_index=True)


def households_by_arm(register: HouseholdRegister) -> ir.Table:
    """The households with ``arm``: all models that they ever took up, joined with ``+``; empty for none."""
    import ibis

    joining = register.participation
    taken = joining.group_by("household_id").aggregate(
        **{f"has_{i}": (joining["model"] == model).any() for i, model in enumerate(register.models)}
    )
    people = register.households.left_join(taken, "household_id")
    people = people.drop("household_id_right") if "household_id_right" in people.columns else people
    names = [
        ibis.ifelse(people[f"has_{i}"].fill_null(False), f"+{model}", "")
        for i, model in enumerate(register.models)
    ]
    arm = reduce(lambda a, b: a.concat(b), names).substr(1)
    return people.mutate(arm=arm).drop(*(f"has_{i}" for i in range(len(names))))
