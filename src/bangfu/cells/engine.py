"""The queries behind cells: the same Ibis expressions on every engine.

A panel is complete when every household stands once in every year with every outcome known. Then sums by cell and year
come from one pass over the joined tables, which also counts what proves it: rows, known outcomes and a checksum of the
identifiers per year. Otherwise each household is first brought into one row (its observed years as a bitmask, its
outcomes side by side), and those rows are added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bangfu.cells.outcomes import Expression
from bangfu.errors import BangfuError

if TYPE_CHECKING:
    import ibis.expr.types as ir

LARGE = 1e300
"""Values beyond this are infinite; compared, because engines disagree on ``isinf``."""

_FOLD, _LOW = 2147483647, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Household:
    """What counts of the table of households.

    Attributes
    ----------
    count, checksum : int
        Rows, and the sum of :func:`fingerprint` over them.
    """

    count: int
    checksum: int


def fingerprint(identifier: ir.Value) -> ir.IntegerValue:
    """A number below 2^32 such that two different sets of identifiers hardly ever have the same sum."""
    import ibis

    if identifier.type().is_integer():
        folded = identifier.cast("int64") % _FOLD
        square: ir.IntegerValue = (folded * folded) & ibis.literal(_LOW, "int64")
        return square
    hashed: ir.IntegerValue = identifier.hash().cast("int64") & ibis.literal(_LOW, "int64")
    return hashed


def examine(households: ir.Table) -> Household:
    """Count households.

    Raises
    ------
    BangfuError
        When there are none.
    """
    checks = {"count": households.count(), "checksum": fingerprint(households["household_id"]).sum()}
    row = households.aggregate(**checks).to_pandas().fillna(0).iloc[0]
    if not row["count"]:
        raise BangfuError("the register has no households and no villages", "农户台账中没有农户,也没有村")
    return Household(int(row["count"]), int(row["checksum"]))


def people(
    households: ir.Table, places: Sequence[str], stratum: ir.IntegerValue | None, paths: ir.Table | None
) -> ir.Table:
    """One row per household: ``household_id, village_id, ..., path``, and ``stratum`` and ``weight`` where there are any."""
    import ibis

    kept = ["household_id", *places, *(["weight"] if "weight" in households.columns else [])]
    table = households.select(*kept, **({} if stratum is None else {"stratum": stratum}))
    if paths is None:
        return table.mutate(path=ibis.literal(0, "int64"))
    joined = table.left_join(paths, "household_id")
    return joined.select(*table.columns, path=joined["path"].fill_null(0))


def path_codes(participation: ir.Table, firsts: Mapping[str, Sequence[int]]) -> ir.Table:
    """One integer per household that joined: in mixed radix, the position of each model's first year, 0 for never.

    Parameters
    ----------
    participation : ibis Table
    firsts : mapping of str to sequence of int
        Sorted first years of each model.
    """
    import ibis

    table = participation.group_by("household_id").aggregate(
        **{
            f"first_{i}": participation["from_year"].min(where=participation["model"] == model)
            for i, model in enumerate(firsts)
        }
    )
    out: Any = ibis.literal(0, "int64")
    for i, years in enumerate(firsts.values()):
        cases = [(table[f"first_{i}"] == year, k + 1) for k, year in enumerate(years)]
        digit = ibis.cases(*cases, else_=0) if cases else ibis.literal(0)
        out = out * (len(years) + 1) + digit
    return table.select("household_id", path=out.cast("int64"))


def observations(incomes: ir.Table, outcomes: Mapping[str, Expression]) -> ir.Table:
    """``household_id, year, y_0, y_1, ...``."""
    values = {f"y_{k}": expression(incomes).cast("float64") for k, expression in enumerate(outcomes.values())}
    return incomes.select("household_id", "year", **values)


def complete_sums(
    seen: ir.Table, who: ir.Table, keys: Sequence[str], years: Sequence[int], outcomes: int
) -> ir.Table:
    """By cell: ``households``, ``weight``, ``s_k_t``, ``largest_k``, ``checksum``, and ``whole``: each year has the same households, all known."""
    joined = seen.inner_join(who, "household_id")
    y = [joined[f"y_{k}"] for k in range(outcomes)]
    weighted = "weight" in joined.columns
    by_year = joined.group_by([*keys, "year"]).aggregate(
        n=joined.count(),
        **{f"known_{k}": value.count() for k, value in enumerate(y)},
        checksum=fingerprint(joined["household_id"]).sum(),
        w=joined["weight"].sum() if weighted else joined.count().cast("float64"),
        **{f"s_{k}": (value * joined["weight"] if weighted else value).sum() for k, value in enumerate(y)},
        **{f"largest_{k}": (v * joined["weight"] if weighted else v).abs().max() for k, v in enumerate(y)},
    )
    measures: dict[str, Any] = {
        "households": by_year["n"].max(),
        "years": by_year.count(),
        "checksum": by_year["checksum"].max(),
        "least": by_year["checksum"].min(),
        "weight": by_year["w"].sum(where=by_year["year"] == years[0]),
    }
    for k in range(outcomes):
        measures[f"fewest_{k}"] = by_year[f"known_{k}"].min()
        # what is not a number is larger than any
        measures[f"largest_{k}"] = by_year[f"largest_{k}"].max()
        for t, year in enumerate(years):
            measures[f"s_{k}_{t}"] = by_year[f"s_{k}"].sum(where=by_year["year"] == year)
    table = by_year.group_by(list(keys)).aggregate(**measures)
    whole = (table["years"] == len(years)) & (table["least"] == table["checksum"])
    for k in range(outcomes):
        whole &= (table[f"fewest_{k}"] == table["households"]) & (
            table[f"largest_{k}"] * table["households"] < LARGE
        )
    sums = (c for c in table.columns if c.startswith(("s_", "largest_")))
    return table.mutate(whole=whole.fill_null(False)).select(
        *keys, "households", "weight", "checksum", "whole", *sums
    )


def household_sums(
    seen: ir.Table, who: ir.Table, keys: Sequence[str], years: Sequence[int], outcomes: int
) -> ir.Table:
    """By cell and observed years: ``mask_k``, ``households``, ``weight``, ``s_k_t``, ``largest_k``, ``rows``, ``twice``.

    What is not a finite number is missing.
    """
    import ibis

    bit = ibis.cases(
        *[(seen["year"] == year, ibis.literal(1 << t, "int64")) for t, year in enumerate(years)],
        else_=ibis.literal(0, "int64"),
    )
    single: dict[str, Any] = {
        "present": bit.bit_or(),
        "counted": bit.sum(),
        "rows": (bit > 0).cast("int64").sum(),
    }
    for k in range(outcomes):
        y = seen[f"y_{k}"]
        y = ibis.ifelse((y > -LARGE) & (y < LARGE), y, ibis.null("float64"))
        single[f"largest_{k}"] = y.abs().max()
        single[f"mask_{k}"] = ibis.ifelse(y.notnull(), bit, ibis.literal(0, "int64")).bit_or()
        for t, year in enumerate(years):
            single[f"y_{k}_{t}"] = y.sum(where=seen["year"] == year)
    each = seen.group_by("household_id").aggregate(**single)
    joined = each.inner_join(who, "household_id")
    weighted = "weight" in joined.columns
    masks = [f"mask_{k}" for k in range(outcomes)]
    measures: dict[str, Any] = {
        "households": joined.count(),
        "weight": joined["weight"].sum() if weighted else joined.count().cast("float64"),
        "rows": joined["rows"].sum(),
        "twice": (joined["present"] != joined["counted"]).cast("int64").sum(),
    }
    for k in range(outcomes):
        largest = joined[f"largest_{k}"]
        measures[f"largest_{k}"] = (largest * joined["weight"] if weighted else largest).max()
        for t in range(len(years)):
            y = joined[f"y_{k}_{t}"]
            measures[f"s_{k}_{t}"] = (y * joined["weight"] if weighted else y).sum()
    return joined.group_by([*keys, *masks]).aggregate(**measures)
