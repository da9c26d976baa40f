"""Cells of a register: what to ask of the engine, and how its answer becomes cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path as File
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.cells import engine, strata
from bangfu.cells.assemble import Part, assembled, part_of
from bangfu.cells.campaign import offered, village_paths
from bangfu.cells.cells import PLACE, Cells, CellsInfo
from bangfu.cells.codes import check_span
from bangfu.cells.outcomes import Line, Outcomes, Terms, named
from bangfu.cells.paths import Path
from bangfu.cells.ranges import Range, ranges, within
from bangfu.errors import BangfuError, WrongUse

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister

EXPOSURES = ("participation", "campaign")


def from_register(
    register: HouseholdRegister,
    outcome: Outcomes = "income_per_head",
    *,
    exposure: str = "participation",
    campaign: Campaign | None = None,
    by: strata.By = (),
    late: str = "refuse",
    line: Line | None = None,
    base_year: int | None = None,
    prices: str | File | None = None,
) -> Cells:
    """See :meth:`bangfu.HouseholdRegister.cells`."""
    if exposure not in EXPOSURES:
        raise WrongUse(
            f"no exposure {exposure!r}; there are {', '.join(EXPOSURES)}",
            f"没有 {exposure!r};可用:{'、'.join(EXPOSURES)}",
        )
    if "weight" in register.incomes.columns:
        raise BangfuError(
            "incomes has a column weight: weights that change over the years cannot be exact in cells; give one weight per household in households",
            "incomes 表中有 weight 列:随年份变化的权数无法精确汇总,请在 households 表中每户给一个权数",
        )
    years = register.years
    if not years:
        raise BangfuError("the register has no years with incomes", "农户台账中没有任何年份的收入")
    check_span(len(years))
    outcomes, spec = named(
        outcome, Terms(years, max(years) if base_year is None else base_year, prices, line)
    )
    households, incomes = register.households, register.incomes
    count = engine.examine(households)
    firsts = first_years(register)
    facts = strata.covariates(households, by)
    offers = offered(register, campaign) if exposure == "campaign" else None
    if late not in strata.LATE:
        raise WrongUse(
            f"no rule {late!r} for late facts; there are {', '.join(strata.LATE)}",
            f"没有 {late!r} 这种办法;可用:{'、'.join(strata.LATE)}",
        )
    before = _joining(register, firsts, offers) if facts else None
    if before and late == "refuse":
        strata.refuse_late(households, *before)
    places = [p for p in PLACE if p in households.columns]
    keys = [*places, *(["stratum"] if facts else []), "path"]

    def tables(span: Range | None) -> tuple[ir.Table, ir.Table]:
        some = within(households, span)
        stratum = strata.code(some, facts) if facts else None
        if before and late == "missing":
            some = strata.dated(some, *before)
            stratum = some["known"].ifelse(strata.code(some, facts), 0)
        joined = offers is None and any(firsts.values())
        paths = engine.path_codes(within(register.participation, span), firsts) if joined else None
        who = engine.people(some, places, stratum, paths)
        return engine.observations(within(incomes, span), outcomes), who

    names, spans = list(outcomes), ranges(households, incomes, count.count)
    rows = register.rows_by_table["incomes"]
    parts = None
    if rows == count.count * len(years):
        queries = (engine.complete_sums(*tables(span), keys, years, len(names)) for span in spans)
        parts = _complete(queries, count, names, len(years))
    if parts is None:
        queries = (engine.household_sums(*tables(span), keys, years, len(names)) for span in spans)
        parts = _by_household(queries, rows, names, len(years))
    summed = sum(int(part.integers["households"].sum()) for part in parts)
    info = CellsInfo(
        register.info.id, register.info.title.en, register.info.title.zh, register.info.kind, register.models,
        {
            "outcomes": names, **spec, "exposure": exposure, "weighted": "weight" in households.columns,
            "by": {c.name: list(c.breaks) if c.breaks else None for c in facts}, **({"late": late} if facts else {}),
            "income_concept": register.info.income_concept,
        },
        count.count - summed, incomes.get_backend().name,
    )  # fmt: skip
    if offers is not None:
        return assembled(*village_paths(parts, offers), years, names, facts, info)
    paths = {int(c): _decoded(int(c), firsts) for p in parts for c in np.unique(p.integers["path"])}
    return assembled(parts, paths, years, names, facts, info)


def first_years(register: HouseholdRegister) -> dict[str, list[int]]:
    """The first years of each model that somebody joined in.

    Raises
    ------
    BangfuError
        For a model that the register does not declare, or a missing first year.
    """
    found = register.participation.select("model", "from_year").distinct().to_pandas()
    unknown = sorted(set(found["model"].dropna()) - set(register.models))
    if unknown or found.isna().any(axis=None):
        shown = unknown if register.info.synthetic else [f"{len(unknown)} undeclared models"][: len(unknown)]
        what = ", ".join(map(str, shown)) or "rows without model or from_year"
        raise BangfuError(
            f"participation has {what}; declare models in register.toml, and run bangfu check",
            f"participation 表中有 {what};请在 register.toml 中声明模式,并用 bangfu check 核对",
        )
    firsts = {m: sorted(int(y) for y in found.loc[found["model"] == m, "from_year"]) for m in register.models}
    if prod(len(years) + 1 for years in firsts.values()) > 2**62:
        raise BangfuError(
            "too many models and first years for one integer; declare fewer models, or join small ones",
            "模式与起始年份的组合过多,请减少模式或合并较小的模式",
        )
    return firsts


def _complete(
    queries: Iterable[ir.Table], who: engine.Household, outcomes: Sequence[str], times: int
) -> list[Part] | None:
    """The sums of a complete panel; ``None`` as soon as it turns out not to be complete."""
    parts: list[Part] = []
    found = np.zeros(2, dtype=np.int64)
    for query in queries:
        table = query.to_pyarrow()
        if not table["whole"].to_numpy().all():
            return None
        found += [int(table[c].to_numpy().sum()) for c in ("households", "checksum")]
        parts.append(part_of(table, outcomes, times, (1 << times) - 1))
    return parts if found.tolist() == [who.count, who.checksum] else None


def _by_household(queries: Iterable[ir.Table], rows: int, outcomes: Sequence[str], times: int) -> list[Part]:
    parts: list[Part] = []
    twice = matched = 0
    for query in queries:
        table = query.to_pyarrow()
        twice += int(table["twice"].to_numpy().sum())
        matched += int(table["rows"].to_numpy().sum())
        parts.append(part_of(table, outcomes, times, None))
    if twice:
        raise BangfuError(
            f"{twice} households stand more than once in a year; run bangfu check and keep one row each",
            f"有{twice}户在同一年重复出现;请用 bangfu check 核对,每户每年只留一行",
        )
    if matched != rows:
        raise BangfuError(
            f"{rows} rows of incomes, but {matched} when joined with households: households are missing or repeated there, or years are empty; run bangfu check",
            f"incomes 共{rows}行,与 households 连接后为{matched}行:其中农户缺失或重复,或年份为空,请用 bangfu check 核对",
        )
    return parts


def _decoded(code: int, firsts: Mapping[str, Sequence[int]]) -> Path:
    """The inverse of ``engine.path_codes``."""
    steps = []
    for model, years in reversed(list(firsts.items())):
        code, digit = divmod(code, len(years) + 1)
        if digit:
            steps.append((years[digit - 1], model))
    return Path(tuple(sorted(steps)))


def _joining(
    register: HouseholdRegister, firsts: Mapping[str, Sequence[int]], offers: pd.DataFrame | None
) -> tuple[ir.Table | None, int]:
    """What facts must be older than: each joiner's first year and the last cohort, or the first offer in any village."""
    if offers is not None:
        return None, int(offers["first_year"].min())
    taken = register.participation
    first = taken.group_by("household_id").aggregate(first=taken["from_year"].min())
    return first, max((y for years in firsts.values() for y in years), default=10_000)
