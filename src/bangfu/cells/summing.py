"""Cells of a register: what to ask of the engine, and how its answer becomes cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.cells import engine, strata
from bangfu.cells.assemble import Part, assembled, part_of
from bangfu.cells.campaign import offered, village_paths
from bangfu.cells.cells import Cells
from bangfu.cells.info import PLACE, CellsInfo
from bangfu.cells.leaving import left
from bangfu.cells.outcomes import Outcomes, Terms, named
from bangfu.cells.paths import Path
from bangfu.cells.ranges import Range, ranges, within
from bangfu.connect import engine_at_work
from bangfu.design import LOG, Design
from bangfu.errors import BangfuError
from bangfu.register.outcomes import POVERTY

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister


def build(
    register: HouseholdRegister,
    design: Design,
    outcomes: Outcomes | None = None,
    *,
    campaign: Campaign | None = None,
) -> Cells:
    """Cells of a register as a design asks for them.

    Parameters
    ----------
    register : HouseholdRegister
    design : Design
        Its exposure, facts, line and prices; its outcome, and that outcome's logarithm, where ``outcomes`` names none.
    outcomes : str, sequence of str, or mapping of str to callable, optional
    campaign : Campaign, optional
        For ``exposure="campaign"``; the shipped record by default.

    Raises
    ------
    WrongUse, BangfuError
        As for :meth:`bangfu.HouseholdRegister.cells`.
    """
    with engine_at_work():
        return _summed(register, design, _asked(design) if outcomes is None else outcomes, campaign)


def _asked(design: Design) -> list[str]:
    outcome = design.outcome or "income_per_head"
    return [outcome] if outcome in POVERTY else [outcome, f"{LOG}{outcome}"]


def _summed(
    register: HouseholdRegister, design: Design, outcome: Outcomes, campaign: Campaign | None
) -> Cells:
    admitted = register.door.open(proving=True)
    years = admitted.years
    if not years:
        raise BangfuError("the register has no years with incomes", "农户台账中没有任何年份的收入")
    base_year = max(years) if design.base_year is None else design.base_year
    outcomes, spec = named(outcome, Terms(years, base_year, design.prices, design.line))
    households, incomes, joining = (admitted.tables[t] for t in ("households", "incomes", "participation"))
    count = engine.examine(households)
    firsts = first_years(joining, register.models)
    facts = strata.covariates(households, design.facts)
    exposure, late = design.exposure or "participation", design.late or "refuse"
    offers = offered(register, campaign) if exposure == "campaign" else None
    before = _joining(joining, firsts, offers) if facts else None
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
        paths = engine.path_codes(within(joining, span), firsts) if joined else None
        who = engine.people(some, places, stratum, paths)
        return engine.observations(within(incomes, span), outcomes), who

    names, spans = list(outcomes), ranges(households, incomes, count.count)
    rows = admitted.rows["incomes"]
    parts = None
    if rows == count.count * len(years):
        queries = (engine.complete_sums(*tables(span), keys, years, len(names)) for span in spans)
        parts = _complete(queries, count, names, len(years))
    if parts is None:
        queries = (engine.household_sums(*tables(span), keys, years, len(names)) for span in spans)
        parts = _by_household(queries, rows, names, len(years))
    if parts is not None:
        joined = (
            [p.integers["households"][p.integers["path"] > 0].sum() for p in parts] if offers is None else []
        )
        parts = parts if register.door.proved(int(sum(joined))) else None
    if parts is None and not register.door.whole:
        register.door.open()  # says which rows are at fault, or leaves them out
        return _summed(register, design, outcome, campaign)
    if parts is None:
        raise BangfuError(
            "the rows of incomes do not add up to those of known households; copy the files again",
            "incomes 的行与已知农户的行数不符,请重新复制文件",
        )
    summed = sum(int(part.integers["households"].sum()) for part in parts)
    info = CellsInfo(
        register.info.id, register.info.title.en, register.info.title.zh, register.info.kind, register.models,
        {
            "outcomes": names, **spec, "exposure": exposure, "weighted": "weight" in households.columns,
            "by": {c.name: list(c.breaks) if c.breaks else None for c in facts}, **({"late": late} if facts else {}),
            "income_concept": register.info.income_concept,
        },
        count.count - summed, incomes.get_backend().name, names=register.info.names, accepted=admitted.accepted,
    )  # fmt: skip
    if offers is not None:
        return assembled(*village_paths(parts, offers), years, names, facts, info)
    paths = {int(c): decoded(int(c), firsts) for p in parts for c in np.unique(p.integers["path"])}
    info = replace(info, left=left(register.participation, incomes, firsts, outcomes, decoded))
    return assembled(parts, paths, years, names, facts, info)


def first_years(participation: ir.Table, models: Sequence[str]) -> dict[str, list[int]]:
    """The first years of each model that somebody joined in.

    Raises
    ------
    BangfuError
        When they are too many to be told apart.
    """
    found = participation.select("model", "from_year").distinct().to_pandas()
    firsts = {m: sorted(int(y) for y in found.loc[found["model"] == m, "from_year"]) for m in models}
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


def _by_household(
    queries: Iterable[ir.Table], rows: int, outcomes: Sequence[str], times: int
) -> list[Part] | None:
    """The sums of any other panel; ``None`` when rows are of unknown households, or of one household twice in a year."""
    parts: list[Part] = []
    twice = matched = 0
    for query in queries:
        table = query.to_pyarrow()
        twice += int(table["twice"].to_numpy().sum())
        matched += int(table["rows"].to_numpy().sum())
        parts.append(part_of(table, outcomes, times, None))
    return parts if not twice and matched == rows else None


def decoded(code: int, firsts: Mapping[str, Sequence[int]]) -> Path:
    """The inverse of ``engine.path_codes``."""
    steps = []
    for model, years in reversed(list(firsts.items())):
        code, digit = divmod(code, len(years) + 1)
        if digit:
            steps.append((years[digit - 1], model))
    return Path(tuple(sorted(steps)))


def _joining(
    taken: ir.Table, firsts: Mapping[str, Sequence[int]], offers: pd.DataFrame | None
) -> tuple[ir.Table | None, int]:
    """What facts must be older than: each joiner's first year and the last cohort, or the first offer in any village."""
    if offers is not None:
        return None, int(offers["first_year"].min())
    first = taken.group_by("household_id").aggregate(first=taken["from_year"].min())
    return first, max((y for years in firsts.values() for y in years), default=10_000)
