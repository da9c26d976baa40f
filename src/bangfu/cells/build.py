"""Cells of a register: what to ask of the engine, and how its answer becomes cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells import engine, strata
from bangfu.cells.cells import PLACE, Cells, CellsInfo, check_span, codes_of
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
    outcomes, spec = named(outcome, Terms(years, base_year or max(years), prices, line))
    households, incomes = register.households, register.incomes
    count = engine.examine(households)
    firsts = first_years(register)
    facts = strata.covariates(households, by)
    offered = _offered(register, campaign) if exposure == "campaign" else None
    if facts:
        _refuse_late(register, facts, exposure, firsts, offered)
    places = [p for p in PLACE if p in households.columns]
    keys = [*places, "stratum", "path"]

    def tables(span: Range | None) -> tuple[ir.Table, ir.Table]:
        some = within(households, span)
        joined = offered is None and any(firsts.values())
        paths = engine.path_codes(within(register.participation, span), firsts) if joined else None
        who = engine.people(some, places, strata.code(some, facts), paths)
        return engine.observations(within(incomes, span), outcomes), who

    spans = ranges(households, incomes, count.count)
    rows = int(incomes.count().to_pandas())
    table = None
    if rows == count.count * len(years):
        table = _complete(
            (engine.complete_sums(*tables(span), keys, years, len(outcomes)) for span in spans),
            count,
            len(years),
            len(outcomes),
        )
    if table is None:
        table = _by_household(
            (engine.household_sums(*tables(span), keys, years, len(outcomes)) for span in spans), rows
        )
    taken_up = _decoded(table["path"], firsts) if offered is None else _village_paths(table, offered)
    info = CellsInfo(
        register.info.id, register.info.title.en, register.info.title.zh, register.info.kind, register.models,
        {
            "outcomes": list(outcomes), **spec, "exposure": exposure, "weighted": "weight" in households.columns,
            "by": {c.name: list(c.breaks) if c.breaks else None for c in facts},
            "income_concept": register.info.income_concept,
        },
        count.count - int(table["households"].sum()), incomes.get_backend().name,
    )  # fmt: skip
    return _assembled(table, taken_up, years, list(outcomes), facts, info)


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
        what = ", ".join(map(str, unknown)) or "rows without model or from_year"
        raise BangfuError(
            f"participation has {what}; declare models in register.toml, and run bangfu check",
            f"participation 表中有 {what};请在 register.toml 中声明模式,并用 bangfu check 核对",
        )
    return {m: sorted(int(y) for y in found.loc[found["model"] == m, "from_year"]) for m in register.models}


def _complete(
    queries: Iterable[ir.Table], who: engine.Household, years: int, outcomes: int
) -> pd.DataFrame | None:
    """The sums of a complete panel; ``None`` as soon as it turns out not to be complete."""
    parts: list[pd.DataFrame] = []
    for query in queries:
        part = query.to_pandas()
        if not part["whole"].all():
            return None
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    if (int(table["households"].sum()), int(table["checksum"].sum())) != (who.count, who.checksum):
        return None
    return table.assign(**dict.fromkeys((f"mask_{k}" for k in range(outcomes)), (1 << years) - 1))


def _by_household(queries: Iterable[ir.Table], rows: int) -> pd.DataFrame:
    table: pd.DataFrame = pd.concat([query.to_pandas() for query in queries], ignore_index=True)
    twice, matched = int(table["twice"].sum()), int(table["rows"].sum())
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
    return table


def _decoded(codes: pd.Series, firsts: Mapping[str, Sequence[int]]) -> list[Path]:
    """The inverse of ``engine.path_codes``."""
    known: dict[int, Path] = {}
    for value in codes.unique():
        left, steps = int(value), []
        for model, years in reversed(list(firsts.items())):
            left, digit = divmod(left, len(years) + 1)
            if digit:
                steps.append((years[digit - 1], model))
        known[value] = Path(tuple(sorted(steps)))
    return [known[v] for v in codes]


def _offered(register: HouseholdRegister, campaign: Campaign | None) -> pd.DataFrame:
    raise WrongUse("exposure='campaign' is not there yet", "暂不支持 exposure='campaign'")


def _village_paths(table: pd.DataFrame, villages: pd.DataFrame) -> list[Path]:
    raise NotImplementedError


def _refuse_late(
    register: HouseholdRegister,
    facts: Sequence[strata.Covariate],
    exposure: str,
    firsts: Mapping[str, Sequence[int]],
    villages: pd.DataFrame | None,
) -> None:
    first, last = None, 10_000
    if exposure == "participation":
        first = register.participation.group_by("household_id").aggregate(
            first=register.participation["from_year"].min()
        )
        last = max((y for years in firsts.values() for y in years), default=last)
    strata.refuse_late(register.households, first, last)


def _assembled(
    table: pd.DataFrame,
    taken_up: Sequence[Path],
    years: tuple[int, ...],
    outcomes: Sequence[str],
    facts: Sequence[strata.Covariate],
    info: CellsInfo,
) -> Cells:
    unknown = [
        name for k, name in enumerate(outcomes) if not len(table) or not (table[f"mask_{k}"] > 0).any()
    ]
    if unknown:
        raise BangfuError(
            f"{', '.join(unknown)}: missing in every household and year; nothing can be computed",
            f"{'、'.join(unknown)}:所有农户各年均缺失,无法计算",
        )
    village, villages = codes_of(table.reindex(columns=list(PLACE)))
    stratum, cells = codes_of(strata.decode(table["stratum"], facts))
    paths = tuple(sorted(set(taken_up)))
    index = {p: i for i, p in enumerate(paths)}
    return Cells(
        years, villages, paths, cells,
        village, np.array([index[p] for p in taken_up], dtype=np.int64), stratum,
        {name: _integers(table[f"mask_{k}"]) for k, name in enumerate(outcomes)},
        _integers(table["households"]), table["weight"].to_numpy(float),
        {
            name: table[[f"s_{k}_{t}" for t in range(len(years))]].fillna(0.0).to_numpy(float)
            for k, name in enumerate(outcomes)
        },
        info,
    ).collapsed()  # fmt: skip


def _integers(column: pd.Series) -> NDArray[np.int64]:
    out: NDArray[np.int64] = column.to_numpy().astype(np.int64)
    return out
