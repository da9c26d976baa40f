"""What is known of each household across the tables, summed by village: one pass finds repeated keys, lost references,
households in two villages, gaps in coverage and impossible jumps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.register.outcomes import by_year, household_total
from bangfu.register.parts import Part, parts

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.tables import Source

LARGEST_JUMP = 50.0
"""A household's highest income per head over the mean of its other years."""

LARGEST_DROP = 5000.0
"""The mean of a household's other years over its lowest positive income per head."""

MOST_YEARS = 40
"""So many years share a number, one bit each."""

FLAGS = (
    "repeated",
    "repeated_rows",
    "moved",
    "lost",
    "lost_rows",
    "joined_lost",
    "joined_lost_rows",
    "twice",
    "odd",
    "constant",
    "compared",
)
"""Households whose row is repeated, and their rows; that stand in two villages; that incomes or participation know but households does
not, and their rows; that stand twice in a year; with an impossible jump; whose income never changes, of those compared."""


@dataclass(frozen=True, slots=True)
class Roll:
    """The sums.

    Attributes
    ----------
    villages : DataFrame
        One row per village (one more for lost households): ``households``, the flags, ``seen_<i>``, households seen in year
        i, and, where they are asked for, ``head_<i>`` (sum of that year's incomes per head) and ``known_<i>`` (their number).
    years : tuple of int
    """

    villages: pd.DataFrame
    years: tuple[int, ...]

    def count(self, flag: str) -> int:
        """Households with a flag."""
        return int(self.villages[flag].sum())


def roll(sources: Mapping[str, Source], years: Sequence[int], most: int, *, heads: bool = False) -> Roll:
    """Sum over the households, part by part; tables that could not be read are left out."""
    found = []
    for part in parts(_any(sources), most):
        per = per_household(sources, years, part, heads=heads)
        found.append(_by_village(per).to_pandas())
    whole = pd.concat(found, ignore_index=True)
    numbers = [c for c in whole.columns if c != "village_id"]
    whole = pd.concat([whole[["village_id"]], whole[numbers].astype("float64").fillna(0.0)], axis=1).copy()
    return Roll(whole.groupby("village_id", as_index=False, dropna=False).sum(), tuple(years))


def _any(sources: Mapping[str, Source]) -> ir.Table:
    return next(sources[t].checked for t in ("households", "incomes", "participation") if t in sources)


def per_household(
    sources: Mapping[str, Source], years: Sequence[int], part: Part, *, heads: bool = False
) -> ir.Table:
    """One row per household of a part, with what the tables say of it."""
    import ibis

    stacked = []
    place = sources["households"].checked["village_id"].type() if "households" in sources else None
    words = [years[i : i + MOST_YEARS] for i in range(0, len(years), MOST_YEARS)]
    bits = {f"bit_{w}": {year: float(1 << i) for i, year in enumerate(word)} for w, word in enumerate(words)}
    kinds = {"home": "int64", "village": "string", "joined": "int64", "head": "float64", "year": "int64"}
    kinds |= dict.fromkeys(bits, "float64")
    if place is not None and place.is_integer():
        kinds["village"] = "int64"
    blank = {"home": 0, "village": None, "joined": 0, "head": None, "year": None} | dict.fromkeys(bits)
    for table, source in sources.items():
        rows = part(source.checked)
        own: dict[str, object] = {}
        if table == "households":
            own = {"home": ibis.literal(1), "village": rows["village_id"]}
        elif table == "participation":
            own = {"joined": ibis.literal(1)}
        else:
            total = household_total(rows, "income")
            assert total is not None  # a register without it is refused
            own["year"] = rows["year"]
            own |= {name: by_year(rows, of) for name, of in bits.items()}
            own["head"] = ibis.ifelse(rows["members"] >= 1, total / rows["members"], ibis.null("float64"))
        columns = {c: own.get(c, ibis.literal(v, kinds[c])) for c, v in blank.items()}
        columns = {c: v.cast(kinds[c]) for c, v in columns.items()}  # type: ignore[attr-defined]
        stacked.append(rows.select(household_id=rows["household_id"], row=int(table == "incomes"), **columns))
    t = reduce(lambda a, b: a.union(b), stacked)
    of_year = {}
    for i, year in enumerate(years if heads else ()):
        of_year[f"head_{i}"] = t["head"].sum(where=t["year"] == year)
        of_year[f"known_{i}"] = t["head"].count(where=t["year"] == year)
    per = t.group_by("household_id").aggregate(
        homes=t["home"].sum(), village=t["village"].min(), last=t["village"].max(), joined=t["joined"].sum(),
        rows=t["row"].sum(), **{f"dated_{b}": t[b].count() for b in bits}, **{b: t[b].sum() for b in bits},
        top=t["head"].max(), low=t["head"].min(where=t["head"] > 0), sum=t["head"].sum(), known=t["head"].count(), **of_year,
    )  # fmt: skip
    held = [per[b].fill_null(0.0).cast("int64") for b in bits]
    seen = {
        f"seen_{i}": ((held[i // MOST_YEARS] & (1 << i % MOST_YEARS)) > 0).cast("int64")
        for i in range(len(years))
    }
    distinct = reduce(lambda a, b: a + b, seen.values()) if seen else ibis.literal(0)
    dated = reduce(lambda a, b: a + b, (per[f"dated_{b}"] for b in bits)) if seen else ibis.literal(0)
    others = (per["sum"] - per["top"]) / (per["known"] - 1).nullif(0)
    rest = (per["sum"] - per["low"]) / (per["known"] - 1).nullif(0)
    odd = ((others > 0) & (per["top"] > others * LARGEST_JUMP)) | (per["low"] * LARGEST_DROP < rest)
    compared = (per["known"] > 1) & (per["top"] > 0)
    # n powers of two have a sum of n bits exactly when they are all different
    return per.mutate(
        repeated=per["homes"] > 1, moved=per["village"] != per["last"],
        lost=(per["homes"] == 0) & (per["rows"] > 0), joined_lost=(per["homes"] == 0) & (per["joined"] > 0),
        twice=dated > distinct, odd=odd.fill_null(False), compared=compared,
        constant=compared & (per["top"] == per["low"]), **seen,
    )  # fmt: skip


def _by_village(per: ir.Table) -> ir.Table:
    flags = {f: per[f].sum() for f in FLAGS if f in per.columns}
    flags |= {
        "repeated_rows": per["homes"].sum(where=per["repeated"]),
        "lost_rows": per["rows"].sum(where=per["lost"]),
        "joined_lost_rows": per["joined"].sum(where=per["joined_lost"]),
    }
    yearly = [c for c in per.columns if c.startswith(("seen_", "head_", "known_"))]
    return per.group_by(village_id=per["village"]).aggregate(
        households=(per["homes"] > 0).sum(), **flags, **{c: per[c].sum() for c in yearly}
    )
