"""Identifiers of households and places that are one name to a reader and two to an engine, that name a total, or a place
that lies in two larger ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.errors import Fault
from bangfu.register.examples import EXAMPLES, Examples
from bangfu.register.names import PLAIN, folded, loose
from bangfu.register.tables import Source
from bangfu.totals import total_text, total_words

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLACES = ("county_id", "township_id", "village_id")
"""From the largest."""

ONE_NAME, ONE_PLACE, TOTAL = "one_name", "one_place", "total_row"

_WORDS = {
    ONE_NAME: (
        'identifiers that differ only by blanks, width, case, leading zeros or a trailing ".0" from another: one name, and two {what} to '
        "the program; write them alike, or, where they truly are two {what}, rename one (V1 to V1b)",
        "编号与另一编号仅在空格、全半角、大小写、数字前的0或末尾“.0”上不同,会被当作两个{what};请统一写法,若确为两个{what},请将其一改名(如V1改为V1乙)",
    ),
    ONE_PLACE: (
        "one identifier for {what} of more than one {outer}; correct the rows, or give each an identifier of its own, for example county and number together",
        "同一编号的{what}分属多个{outer},请改正,或采用唯一编号,如县码加序号",
    ),
    TOTAL: (
        "identifiers with a word of totals (合计, 小计, total): such rows are sums and no {what}; delete them, or, where one truly is a name, list it under not_totals in register.toml",
        "编号中含“合计”“小计”等字:这样的行是合计而不是{what},请删除;若确为名称,请在 register.toml 的 not_totals 中列出",
    ),
}
_WHAT = {
    "household_id": ("households", "农户"), "village_id": ("villages", "村"),
    "township_id": ("townships", "乡镇"), "county_id": ("counties", "县"),
}  # fmt: skip
_OUTER = {"village_id": ("township or county", "乡镇或县"), "township_id": ("county", "县")}


@dataclass(frozen=True, slots=True)
class Confused:
    """Identifiers in one column of households that break a rule."""

    rule: str
    column: str
    identifiers: pd.Series

    def fault(self, source: Source, shown: bool) -> Fault:
        """As ``check`` says it."""
        some = self.identifiers.sort_values().head(EXAMPLES).tolist()
        found = Examples(source, source.checked.filter(source.checked[self.column].isin(some)), self.column)
        outer = _OUTER.get(self.column, ("", ""))
        en, zh = (
            words.format(what=what, outer=larger)
            for words, what, larger in zip(_WORDS[self.rule], _WHAT[self.column], outer, strict=True)
        )
        count = len(self.identifiers)
        return Fault("households", self.rule, en, zh, self.column, found.rows, found.value if shown else "", count, file=found.file)  # fmt: skip


def confused(source: Source, names: Sequence[str]) -> Iterator[Confused]:
    """All of them, but totals among ``names``, which truly are names. The distinct places fit in memory; of households only those that an engine's folding joins, or names."""
    table = source.checked
    columns = [c for c in PLACES if c in table.columns]
    texts = {c for c in columns if table[c].type().is_string()}
    if texts or len(columns) > 1:
        places = table.select(*columns).distinct().to_pandas()
        for column in (c for c in columns if c in texts):
            yield from _places(column, places, names)
        for i, column in enumerate(columns[1:], start=1):
            pairs = [places[[outer, column]].dropna().drop_duplicates() for outer in columns[:i]]
            found = pd.concat([p.loc[p[column].duplicated(), column] for p in pairs]).drop_duplicates()
            if len(found):
                yield Confused(ONE_PLACE, column, found)
    if table["household_id"].type().is_string():
        yield from _households(table, names)


def _places(column: str, places: pd.DataFrame, names: Sequence[str]) -> Iterator[Confused]:
    county = _folded(places["county_id"]) if column != "county_id" and "county_id" in places else 0
    known = pd.DataFrame({"county": county, "name": places[column]}).dropna(subset="name").drop_duplicates()
    twins = _twins(known["name"], known["county"])
    yield from _some(ONE_NAME, column, twins.drop_duplicates())
    yield from _some(TOTAL, column, _totals(known["name"].drop_duplicates(), names))


def _households(table: ir.Table, kept: Sequence[str]) -> Iterator[Confused]:
    """One pass over the identifiers; most registers have none to look at after it."""
    rows = table.filter(table["household_id"].notnull()).select("household_id")
    rows = rows.mutate(loose=loose(rows["household_id"]))
    names = rows["household_id"]
    by_name = rows.group_by("loose").aggregate(
        low=names.min(), high=names.max(), odd=(~names.re_search(PLAIN)).max()
    )
    total = by_name["loose"].re_search(total_words())
    found = by_name.filter((by_name["low"] != by_name["high"]) | by_name["odd"] | total)[
        ["loose"]
    ].to_pandas()["loose"]
    if not len(found):
        return
    some = _named(rows, found)
    some = pd.concat([some, _named(rows, pd.Series(sorted({*_folded(some)} - {*found}), dtype="object"))])
    yield from _some(ONE_NAME, "household_id", _twins(some))
    yield from _some(TOTAL, "household_id", _totals(some, kept))


def _named(rows: ir.Table, those: pd.Series) -> pd.Series:
    """The identifiers that fold into some."""
    import ibis

    if not len(those):
        return pd.Series(dtype="object")
    listed = ibis.memtable(pd.DataFrame({"loose": those.to_numpy()}, dtype="str"))
    kept = rows.semi_join(listed, "loose").select("household_id").distinct()
    names: pd.Series = kept.to_pandas()["household_id"].astype("object")
    return names


def _some(rule: str, column: str, identifiers: pd.Series) -> Iterator[Confused]:
    if len(identifiers):
        yield Confused(rule, column, identifiers)


def _totals(names: pd.Series, kept: Sequence[str]) -> pd.Series:
    """Those that convert takes for totals, or asks about, but for those that are ``kept``."""
    some = names[names.map(total_text).astype(bool)]
    return some[[not any(fnmatchcase(folded(n), folded(k)) for k in kept) for n in some]]


def _folded(names: pd.Series) -> pd.Series:
    return names.map(lambda v: folded(v) if isinstance(v, str) else v)


def _twins(names: pd.Series, within: object = 0) -> pd.Series:
    """Those of some distinct names that fold into one."""
    return names[pd.DataFrame({"within": within, "name": _folded(names)}).duplicated(keep=False)]


def located(homes: ir.Table, source: Source) -> ir.Table:
    """Households, those without a township or county in that of their village: else one village would count as two.

    Parameters
    ----------
    homes : ibis Table
        Of a register in which no village lies in two places.
    source : Source
        The whole table.
    """
    import ibis

    outer = [
        c for c in PLACES[:2] if c in homes.columns and (c not in source.bounds or source.bounds[c].empty)
    ]
    if not outer:
        return homes
    places = source.checked.select("village_id", *outer).distinct().to_pandas()
    outer = [c for c in outer if places[c].isna().any() and places[c].notna().any()]
    if not outer:
        return homes
    known = places.groupby("village_id", as_index=False)[outer].first()
    filled = ibis.memtable(known.rename(columns={c: f"{c}_known" for c in outer}))
    joined = homes.left_join(filled, "village_id")
    columns = {c: joined[c] for c in homes.columns}
    for c in outer:
        columns[c] = joined[c].fill_null(joined[f"{c}_known"].cast(joined[c].type()))
    return joined.select(**columns)
