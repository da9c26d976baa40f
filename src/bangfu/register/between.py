"""Faults between rows and tables: repeated keys, lost references, households in two villages, impossible jumps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.errors import Fault
from bangfu.formats import number
from bangfu.register.examples import EXAMPLES, named
from bangfu.register.parts import parts
from bangfu.register.roll import LARGEST_DROP, LARGEST_JUMP, Roll, per_household
from bangfu.register.tables import FILE, KEYS, PARTS, ROW, Source

if TYPE_CHECKING:
    from bangfu.register.register import HouseholdRegister

_TWICE = "this key stands more than once; keep one row", "主键重复,请只留一行"


def between(register: HouseholdRegister, found: Roll, most: int) -> Iterator[Fault]:
    """All of them."""
    sources = register.sources
    whole = {"households", "incomes", "participation"} <= set(sources)

    def some(
        flag: str, table: str, pick: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> tuple[tuple[int, ...], str]:
        keys = _with_flag(register, found, flag, most)
        rows = sources[table].checked
        rows = rows.filter(rows["household_id"].isin(keys))
        frame = pick(rows.to_pandas()).sort_values([FILE, ROW]).head(EXAMPLES)
        return named(sources[table], frame)

    def fault(
        flag: str, table: str, rule: str, column: str, words: tuple[str, str], count: int,
        pick: Callable[[pd.DataFrame], pd.DataFrame] = lambda f: f, severity: str = "fault",
    ) -> Iterator[Fault]:  # fmt: skip
        if count:
            rows, file = some(flag, table, pick)
            yield Fault(table, rule, *words, column, rows, "", count, severity, file)  # type: ignore[arg-type]

    yield from fault("repeated", "households", "key_unique", "household_id", _TWICE, found.count("repeated"))
    moved = (
        "the same household in more than one village; keep the one that it lives in",
        "同一户出现在多个村,请只留其所在村",
    )
    yield from fault("moved", "households", "one_village", "village_id", moved, found.count("moved"))
    if whole or "households" in sources:
        lost = (
            "no such household in households; add it or mend the identifier",
            "该户不在 households 表中,请补上或改正编号",
        )
        for table, flag in (("incomes", "lost"), ("participation", "joined_lost")):
            if table in sources:
                count = found.count(f"{flag}_rows")
                yield from fault(flag, table, "household_exists", "household_id", lost, count)
    if "incomes" in sources:
        key = list(KEYS["incomes"])
        count = found.count("twice")
        yield from fault("twice", "incomes", "key_unique", ", ".join(key), _TWICE, count, lambda f: f[f.duplicated(key, keep=False)])  # fmt: skip
        jump = (
            f"households with a year more than {number(LARGEST_JUMP)} times the mean of their other years, or less than one "
            f"part in {number(LARGEST_DROP)}; look for units and misplaced digits",
            f"某一年人均收入超过其他年份均值{number(LARGEST_JUMP)}倍,或不足其{number(LARGEST_DROP)}分之一的户,请核对单位和错位数字",
        )
        yield from fault("odd", "incomes", "impossible_jump", "income_total", jump, found.count("odd"), _odd_years, "warning")  # fmt: skip
    if "participation" in sources:
        yield from _repeated(sources["participation"], list(KEYS["participation"]), register, most)


def _odd_years(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each household the year that is far above the others, or else the lowest positive one."""
    parts = [rows[p] for p in PARTS if p in rows.columns]
    total = rows["income_total"] if "income_total" in rows.columns else sum(p.fillna(0.0) for p in parts)
    head = total / rows["members"].where(rows["members"] >= 1)
    chosen = []
    for _, years in head.dropna().groupby(rows["household_id"]):
        others = (years.sum() - years.max()) / max(len(years) - 1, 1)
        far_above = 0 < others * LARGEST_JUMP < years.max()
        chosen.append(years.idxmax() if far_above else years[years > 0].idxmin())
    return rows.loc[chosen]


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


def _repeated(source: Source, key: list[str], register: HouseholdRegister, most: int) -> Iterator[Fault]:
    """Keys of participation that stand more than once."""
    table, count, households = source.checked, 0, list[object]()
    for part in parts(next(iter(register.sources.values())).checked, most):
        rows = part(table)
        groups = rows.group_by(key).aggregate(n=rows.count())
        again = groups.filter(groups["n"] > 1)
        here = int(again.count().to_pandas())
        if here and len(households) < EXAMPLES:
            households += again.order_by(key).limit(EXAMPLES).to_pandas()["household_id"].tolist()
        count += here
    if count:
        frame = table.filter(table["household_id"].isin(households)).to_pandas()
        frame = frame[frame.duplicated(key, keep=False)].sort_values([FILE, ROW]).head(EXAMPLES)
        rows_named, file = named(source, frame)
        yield Fault(
            "participation", "key_unique", *_TWICE, ", ".join(key), rows_named, "", count, "fault", file
        )
