"""Identifiers that are one name to a reader and two to an engine, and places that lie in two larger ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.errors import Fault
from bangfu.register.examples import EXAMPLES, Examples
from bangfu.register.kinds import BLANKS
from bangfu.register.tables import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

PLACES = ("county_id", "township_id", "village_id")
"""From the largest."""

ONE_NAME, ONE_PLACE = "one_name", "one_place"

_LOOKED_AT = 10_000
"""So many pairs of near identifiers are looked at for what parts them."""

_PLAIN = "^[!-~\u4e00-\u9fff]+( [!-~\u4e00-\u9fff]+)*$"
_POINT_ZERO = r"^[0-9]+[.]0+$"
"""What folds into another is not plain, or ends so."""

_WIDE, _NARROW = "".join(map(chr, range(0xFF01, 0xFF5F))), "".join(map(chr, range(0x21, 0x7F)))

_TWO_NAMES = (
    'identifiers that differ only by blanks, width or a trailing ".0" from another: one name, and two {what} to the program; write them alike',
    "编号与另一编号仅在空格、全半角或末尾“.0”上不同,会被当作两个{what},请统一写法",
)
_WHAT = {
    "household_id": ("households", "农户"), "village_id": ("villages", "村"),
    "township_id": ("townships", "乡镇"), "county_id": ("counties", "县"),
}  # fmt: skip
_TWO_PLACES = (
    "one identifier for {what} of more than one township or county (or of none in some rows); mend the rows, or give each an identifier of its own, for example county and number together",
    "同一编号的{what}分属多个乡镇或县(或部分行未填),请改正,或采用唯一编号,如县码加序号",
)


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
        words = _TWO_NAMES if self.rule == ONE_NAME else _TWO_PLACES
        en, zh = (w.format(what=what) for w, what in zip(words, _WHAT[self.column], strict=True))
        count = len(self.identifiers)
        return Fault("households", self.rule, en, zh, self.column, found.rows, found.value if shown else "", count, file=found.file)  # fmt: skip


def folded(text: str) -> str:
    """NFKC without what does not print, outer blanks and doubled blanks, and without ``.0`` after a whole number."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    plain = " ".join(plain.split())
    return plain.split(".")[0] if re.search(_POINT_ZERO, plain) else plain


def confused(source: Source) -> Iterator[Confused]:
    """All of them. The distinct places fit in memory; of households only those that are not plain are looked at."""
    table = source.checked
    columns = [c for c in PLACES if c in table.columns]
    texts = {c for c in columns if table[c].type().is_string()}
    if texts or len(columns) > 1:
        places = table.select(*columns).distinct().to_pandas()
        for column in (c for c in columns if c in texts):
            county = _folded(places["county_id"]) if column != "county_id" and "county_id" in columns else 0
            known = (
                pd.DataFrame({"county": county, "name": places[column]})
                .dropna(subset="name")
                .drop_duplicates()
            )
            found = _twins(known["name"], known["county"])
            if len(found):
                yield Confused(ONE_NAME, column, found.drop_duplicates())
        for i, column in enumerate(columns[1:], start=1):
            known = places[columns[: i + 1]].drop_duplicates().dropna(subset=column)
            found = known.loc[known[column].duplicated(), column].drop_duplicates()
            if len(found):
                yield Confused(ONE_PLACE, column, found)
    if table["household_id"].type().is_string():
        found = _households(table)
        if len(found):
            yield Confused(ONE_NAME, "household_id", found)


def _folded(names: pd.Series) -> pd.Series:
    return names.map(lambda v: folded(v) if isinstance(v, str) else v)


def _twins(names: pd.Series, within: object = 0) -> pd.Series:
    """Those of some distinct names that fold into one."""
    return names[pd.DataFrame({"within": within, "name": _folded(names)}).duplicated(keep=False)]


def _households(table: ir.Table) -> pd.Series:
    import ibis

    key = table["household_id"]
    suspect = ~key.re_search(_PLAIN) | key.re_search(_POINT_ZERO)
    names = (
        table.filter(suspect).select("household_id").distinct().to_pandas()["household_id"].astype("object")
    )
    if not len(names):
        return pd.Series(dtype="object")
    plain = ibis.memtable(
        pd.DataFrame({"household_id": sorted(set(_folded(names)) - set(names))}, dtype="str")
    )
    partners = (
        table.semi_join(plain, "household_id").select("household_id").distinct().to_pandas()["household_id"]
    )
    return _twins(pd.concat([names, partners.astype("object")], ignore_index=True))


def near(households: ir.Table, unknown: ir.Table) -> ir.Table:
    """Identifiers that households lacks, each beside those there that it differs from by little: ``unknown, household_id``.

    By blanks, width, case, leading zeros, or a trailing ``.0``.
    """
    theirs = unknown.select(unknown="household_id", loose=_loose(unknown["household_id"])).distinct()
    ours = households.select("household_id", loose=_loose(households["household_id"])).distinct()
    joined = theirs.inner_join(ours, "loose")
    return joined.select("unknown", "household_id")


def _loose(key: ir.StringValue) -> ir.StringValue:
    half = key.translate(_WIDE, _NARROW).lower()
    loose: ir.StringValue = (
        half.re_replace(f"[{''.join(BLANKS)}]+", "").re_replace("[.]0+$", "").re_replace("^0+", "")
    )
    return loose


def parted_by(households: ir.Table, unknown: ir.Table) -> tuple[str, str]:
    """What parts identifiers that households lacks from those that it has, to be said beside a fault; empty for nothing."""
    if not households["household_id"].type().is_string():
        return "", ""
    pairs = near(households, unknown).limit(_LOOKED_AT).to_pandas()
    found = {_difference(u, h) for u, h in zip(pairs["unknown"], pairs["household_id"], strict=True)}
    if not found:
        return "", ""
    several, count = sorted(found), pairs["unknown"].nunique()
    en, zh = (sep.join(w[i] for w in several) for i, sep in enumerate((", ", "、")))
    return (
        f"; {count} differ from one there only by {en}"
        if count > 1
        else f"; one differs from one there only by {en}",
        f";其中{count}个与表中编号仅在{zh}上不同",
    )


def _difference(unknown: str, known: str) -> tuple[str, str]:
    def bare(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).split())

    if bare(unknown) == bare(known):
        return "blanks or width", "空格或全半角"
    if folded(bare(unknown)) == folded(bare(known)):
        return 'a trailing ".0"', "末尾“.0”"
    if folded(bare(unknown)).lower() == folded(bare(known)).lower():
        return "upper and lower case", "大小写"
    return "leading zeros", "开头的0"
