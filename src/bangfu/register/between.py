"""Faults between rows and tables: repeated keys, lost references, households in two villages, impossible jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.examples import EXAMPLES, named
from bangfu.register.names import parted_by
from bangfu.register.parts import parts
from bangfu.register.roll import LARGEST_DROP, LARGEST_JUMP, Roll, per_household
from bangfu.register.rules import LAST_YEAR
from bangfu.register.tables import FILE, KEYS, PARTS, ROW, Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister

TWICE, ONE_VILLAGE, UNKNOWN_HOUSEHOLD = "key_unique", "one_village", "unknown_household"
JOINED_AGAIN = "joined_again"

_LOOKED_AT = 10_000
"""So many rows of the first households at fault are looked at for examples."""

_TWICE = "this key appears more than once; keep one row", "主键重复,请只留一行"
_AGAIN = (
    "joined the same model again without having left it before; keep the true joining, or give the earlier one a to_year before the later from_year",
    "同一户在退出之前又参加同一模式;请只留实际参加的一行,或为较早的一行填写早于后一 from_year 的 to_year",
)
_LOST = (
    "no such household in households; add it or correct the identifier",
    "该户不在 households 表中,请补上或改正编号",
)
_MOVED = (
    "the same household in more than one village; keep the one that it lives in",
    "同一户出现在多个村,请只留其所在村",
)
_JUMP = (
    f"income in one year is more than {number(LARGEST_JUMP)} times, or less than 1/{number(LARGEST_DROP)} of, the household's mean in other "
    "years; look for units and misplaced digits",
    f"某一年人均收入超过其他年份均值{number(LARGEST_JUMP)}倍,或不足其1/{number(LARGEST_DROP)}的户,请核对单位和错位数字",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found by household.

    Attributes
    ----------
    table, rule, column : str
    flag, count : str
        Of :class:`bangfu.register.roll.Roll`: the households at fault, and how many are counted.
    words : (str, str)
        English and Chinese.
    pick : callable
        From the rows of some households at fault to those to name.
    severity : {"fault", "warning"}
    """

    table: str
    rule: str
    column: str
    flag: str
    count: str
    words: tuple[str, str]
    pick: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows
    severity: Literal["fault", "warning"] = "fault"


def _same_year(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.duplicated(list(KEYS["incomes"]), keep=False)]


def _odd_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each household the year that is far above the others, or else the lowest positive one."""
    amounts = [rows[p] for p in PARTS if p in rows.columns]
    total = rows["income_total"] if "income_total" in rows.columns else sum(amounts)
    head = total / rows["members"].where(rows["members"] >= 1)
    chosen = []
    for _, years in head.dropna().groupby(rows["household_id"]):
        others = (years.sum() - years.max()) / max(len(years) - 1, 1)
        if 0 < others * LARGEST_JUMP < years.max():
            chosen.append(years.idxmax())
        elif (years > 0).any():
            chosen.append(years[years > 0].idxmin())
    return rows.loc[chosen]


FINDINGS = (
    Finding("households", TWICE, "household_id", "repeated", "repeated_rows", _TWICE),
    Finding("households", ONE_VILLAGE, "village_id", "moved", "moved", _MOVED),
    Finding("incomes", UNKNOWN_HOUSEHOLD, "household_id", "lost", "lost_rows", _LOST),
    Finding("participation", UNKNOWN_HOUSEHOLD, "household_id", "joined_lost", "joined_lost_rows", _LOST),
    Finding("incomes", TWICE, "household_id, year", "twice", "twice", _TWICE, _same_year),
    Finding("incomes", "impossible_jump", "income_total", "odd", "odd", _JUMP, _odd_years, "warning"),
)


def between(register: HouseholdRegister, found: Roll, most: int) -> Iterator[Fault]:
    """All of them, as far as the tables could be read."""
    for finding in FINDINGS:
        unknown = finding.rule == UNKNOWN_HOUSEHOLD
        needed = {finding.table, "households"} if unknown else {finding.table}
        count = found.count(finding.count) if needed <= set(register.sources) else 0
        if count:
            keys = _with_flag(register, found, finding.flag, most)
            if (finding.table, finding.rule) == ("incomes", TWICE):
                count = _on_one_key(register, found, most)
            rows, file = _named(register.sources[finding.table], keys, finding.pick)
            words = finding.words
            if unknown:
                words = _beside(words, register, finding.table)
            yield Fault(
                finding.table, finding.rule, *words, finding.column, rows, "", count, finding.severity, file
            )
    if "participation" in register.sources:
        yield from _repeated(register, most)


def _beside(words: tuple[str, str], register: HouseholdRegister, table: str) -> tuple[str, str]:
    """What parts the identifiers from those of households, where that is little."""
    homes, rows = (register.sources[t].checked for t in ("households", table))
    en, zh = parted_by(homes, rows.anti_join(homes, "household_id"))
    return words[0] + en, words[1] + zh


def _named(
    source: Source, households: list[object], pick: Callable[[pd.DataFrame], pd.DataFrame]
) -> tuple[tuple[int, ...], str]:
    """The rows of some households to name, and their file."""
    rows = source.checked.filter(source.checked["household_id"].isin(households))
    found = pick(rows.order_by([FILE, ROW]).limit(_LOOKED_AT).to_pandas())
    return named(source, found.sort_values([FILE, ROW]).head(EXAMPLES))


def _with_flag(register: HouseholdRegister, found: Roll, flag: str, most: int) -> list[object]:
    """The first few households with a flag; they are used to find rows, and never shown."""
    some: list[object] = []
    for part in parts(next(iter(register.sources.values())).checked, most):
        per = per_household(register.sources, found.years, part)
        keys = per.filter(per[flag]).select("household_id").order_by("household_id").limit(EXAMPLES)
        some += keys.to_pandas()["household_id"].tolist()
        if len(some) >= EXAMPLES:
            break
    return some


def _on_one_key(register: HouseholdRegister, found: Roll, most: int) -> int:
    """Rows of incomes that share their household and year with another."""
    rows, count = register.sources["incomes"].checked, 0
    for part in parts(next(iter(register.sources.values())).checked, most):
        per = per_household(register.sources, found.years, part)
        some = part(rows).semi_join(per.filter(per["twice"]), "household_id")
        by_key = some.group_by(list(KEYS["incomes"])).aggregate(n=some.count())
        count += int(
            by_key.filter(by_key["n"] > 1).aggregate(n=by_key["n"].sum()).to_pandas()["n"].fillna(0).iloc[0]
        )
    return count


def rejoined(joined: ir.Table) -> ir.Table:
    """Rows of participation whose household had joined the same model before, and not left it by the year before."""
    import ibis

    key = ["household_id", "model"]
    begun = joined["from_year"]
    spells = joined.group_by(key).aggregate(first=begun.min(), last=begun.max())
    several = joined.inner_join(spells.filter(spells["first"] < spells["last"]), key)
    several = several.select(*joined.columns, "first")
    several = several.mutate(
        until=several["to_year"].fill_null(LAST_YEAR)
        if "to_year" in joined.columns
        else ibis.literal(LAST_YEAR)
    )
    before = ibis.window(group_by=key, order_by="from_year", preceding=(None, 1))
    held = several.mutate(held=several["until"].max().over(before))
    return held.filter((held["from_year"] > held["first"]) & (held["held"] >= held["from_year"])).select(
        *joined.columns
    )


def _repeated(register: HouseholdRegister, most: int) -> Iterator[Fault]:
    """Keys of participation that stand more than once, and joinings of a model that was not left."""
    source, key = register.sources["participation"], list(KEYS["participation"])
    counts, first = {TWICE: 0, JOINED_AGAIN: 0}, dict[str, pd.DataFrame]()
    for part in parts(next(iter(register.sources.values())).checked, most):
        rows = part(source.checked)
        groups = rows.group_by(key).aggregate(n=rows.count())
        found = {TWICE: rows.semi_join(groups.filter(groups["n"] > 1), key), JOINED_AGAIN: rejoined(rows)}
        for rule, of in found.items():
            here = int(of.count().to_pandas())
            if here and not counts[rule]:
                first[rule] = of.order_by([FILE, ROW]).limit(EXAMPLES).to_pandas()
            counts[rule] += here
    for rule, words in ((TWICE, _TWICE), (JOINED_AGAIN, _AGAIN)):
        if counts[rule]:
            rows_named, file = named(source, first[rule])
            yield Fault(
                "participation", rule, *words, ", ".join(key), rows_named, "", counts[rule], file=file
            )
