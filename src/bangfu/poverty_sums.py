"""Village sums of poverty indices, as Ibis expressions: the same for a frame and for a register of any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.errors import BangfuError, WrongUse, option
from bangfu.frames import identifiers, names_of, numbers, refuse, taken, times
from bangfu.literals import one_of
from bangfu.register.outcomes import MEASURES, POVERTY, by_year, household_total, poverty

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register import HouseholdRegister

INDICES = (*POVERTY, "gini")
POWERS = {"per_head": 1.0, "square_root": 0.5}
COUNTS = ("households", "persons")


@dataclass(frozen=True, slots=True)
class Options:
    """Columns and rules; see :func:`bangfu.poverty_indices`."""

    income: str | None
    members: str | None
    year: str | None
    weight: str | None
    cluster: str | None
    by: tuple[str, ...]
    count: str
    floor: float
    indices: tuple[str, ...]

    def __post_init__(self) -> None:
        one_of("count", self.count, COUNTS)
        for index in self.indices:
            one_of("indices", index, INDICES)
        if not 0 < self.floor < 1:
            raise WrongUse("the floor is a share of the line between 0 and 1", "下限应为标准的0到1之间的比例")


def household_values(
    data: Any, scales: Sequence[str | float], options: Options, line: Any
) -> tuple[ir.Table, Options, Any]:
    """The table of household-years, the options with its columns, and the line."""
    from bangfu.register import HouseholdRegister

    made = isinstance(data, HouseholdRegister)
    return _of_register(data, options, line) if made else _of_frame(data, scales, options, line)


def _of_frame(
    data: Any, scales: Sequence[str | float], options: Options, line: Any
) -> tuple[ir.Table, Options, Any]:
    import pyarrow as pa

    from bangfu.connect import connect

    if options.income is None or line is None:
        raise WrongUse(
            f"a frame needs {option('income')} and a line", f"数据框须给出 {option('income')} 与贫困标准"
        )
    if options.count == "persons" and options.members is None:
        raise WrongUse(f"counting persons needs {option('members')}", f"按人计算须给出 {option('members')}")
    frame = _sound(data, scales, options)
    if options.cluster is None:
        frame = frame.assign(_household=range(len(frame)))
    backend = connect("duckdb", rows=len(frame))
    table = backend.create_table("households", pa.Table.from_pandas(frame, preserve_index=False), temp=True)
    return table, replace(options, cluster=options.cluster or "_household"), line


def _sound(data: Any, scales: Sequence[str | float], options: Options) -> pd.DataFrame:
    """The columns that are needed, as numbers, years and identifiers; what is not known is missing, and counted later."""
    sizes = [s for s in scales if isinstance(s, str) and s not in POWERS and s in names_of(data)]
    amounts = dict.fromkeys(c for c in (options.income, options.members, options.weight, *sizes) if c)
    labels = dict.fromkeys((*([options.cluster] if options.cluster else []), *options.by))
    found = taken(data, [*amounts, *([options.year] if options.year else []), *labels])
    frame = found.assign(**{c: numbers(found[c], c) for c in amounts})
    if options.weight:
        refuse(
            options.weight, frame[options.weight].to_numpy() < 0, ("negative weights stand", "含负权数"),
            ("correct them, or leave these rows out", "请改正,或剔除这些行"),
        )  # fmt: skip
    if options.year:
        frame[options.year] = times(found[options.year], options.year)
    for name in labels:
        identifiers(found[name], name, blank=name != options.cluster, any_value=name in options.by)
    return frame


def _of_register(data: HouseholdRegister, options: Options, line: Any) -> tuple[ir.Table, Options, Any]:
    from bangfu.reference import poverty_line

    measure = options.income or "income"
    panel = data.panel(real=False)
    facts = data.households
    wanted = ["household_id", *(c for c in facts.columns if c not in panel.columns)]
    table = panel.left_join(facts.select(wanted), "household_id")
    table = table.drop("household_id_right") if "household_id_right" in table.columns else table
    absent = [c for c in options.by if c not in table.columns]
    if absent:
        raise WrongUse(f"the register has no {', '.join(absent)}", f"台账没有 {'、'.join(absent)}")
    value = household_total(table, measure)
    if value is None:
        raise WrongUse(
            f"the register lacks what {measure} needs; of {', '.join(MEASURES)} use another",
            f"台账缺少 {measure} 所需的列",
        )
    found = replace(
        options, income="_income", members="members", year="year",
        weight="weight" if "weight" in table.columns else None, cluster="village_id",
    )  # fmt: skip
    return table.mutate(_income=value), found, poverty_line(data.years) if line is None else line


def village_sums(
    table: ir.Table,
    options: Options,
    scale: str | float,
    lines: Mapping[str, Any],
    factors: Mapping[int, float] | None,
) -> pd.DataFrame:
    """Sums per group, year, index and village.

    Returns
    -------
    DataFrame
        ``by``, ``year``, ``village, line, index, weight, sum, influence, centred, households, missing``: ``sum`` over
        ``weight`` is the index; ``influence`` is of the sum, or of the index where ``centred``.
    """
    import ibis

    welfare = _welfare(table, options, scale)
    if factors is not None:
        _refuse_missing(table, options, factors, "deflator")
        welfare = welfare * by_year(_year(table, options), factors)
    weight = table[options.weight].cast("float64") if options.weight else ibis.literal(1.0)
    if options.count == "persons":
        weight = weight * table[options.members]
    groups = {f"by_{i}": table[c] for i, c in enumerate(options.by)}
    if options.year:
        groups["year"] = table[options.year]
    values = {}
    for i, (name, line) in enumerate(lines.items()):
        if isinstance(line, Mapping):
            _refuse_missing(table, options, line, f"line {name}")
        at = by_year(_year(table, options), line) if isinstance(line, Mapping) else ibis.literal(float(line))
        for index in options.indices:
            if index in POVERTY:
                values[f"{index}_{i}"] = poverty(welfare, at, index, options.floor)
    base = table.select(**groups, village=table[options.cluster], x=welfare, w=weight, **values)
    known = base["x"].notnull() & base["w"].notnull() & (base["w"] > 0)
    keys = [*groups, "village"]
    counts = {
        "weight": ibis.ifelse(known, base["w"], 0.0).sum(),
        "households": ibis.ifelse(known, 1, 0).sum(),
        "missing": ibis.ifelse(known, 0, 1).sum(),
    }
    sums = base.group_by(keys).aggregate(
        **counts, **{name: ibis.ifelse(known, base["w"] * base[name], 0.0).sum() for name in values}
    )
    frame = _ordered(sums, keys)
    parts = [
        frame[[*keys, "weight", "households", "missing"]].assign(
            line=name, index=index, sum=frame[f"{index}_{i}"], influence=frame[f"{index}_{i}"], centred=False
        )
        for i, name in enumerate(lines)
        for index in options.indices
        if index in POVERTY
    ]
    if "gini" in options.indices:
        parts.append(_gini(base.mutate(known=known), list(groups), frame))
    every: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return every.rename(columns={f"by_{i}": c for i, c in enumerate(options.by)})


def _gini(base: ir.Table, groups: list[str], counts: pd.DataFrame) -> pd.DataFrame:
    """Village sums of the Gini and its influence.

    With C and S the cumulative weight and income up to a household, W and T their totals, the mean absolute distance of a
    household from all is ``(x (2 C - W) + T - 2 S) / W``.
    """
    import ibis

    rows = base.filter(base["known"]).drop("known")
    whole = ibis.window(group_by=groups)
    rows = rows.mutate(v=rows["w"] * rows["x"])
    rows = rows.mutate(all_w=rows["w"].sum().over(whole), all_v=rows["v"].sum().over(whole))
    up_to = ibis.cumulative_window(group_by=groups, order_by=rows["x"])
    rows = rows.mutate(up_w=rows["w"].sum().over(up_to), up_v=rows["v"].sum().over(up_to))
    mean = rows["all_v"] / rows["all_w"]
    distance = rows["x"] * (2 * rows["up_w"] - rows["all_w"]) + rows["all_v"] - 2 * rows["up_v"]
    rows = rows.mutate(
        mean=ibis.ifelse(mean > 0, mean, ibis.null("float64")), distance=distance / rows["all_w"]
    )
    keys = [*groups, "village"]
    sums = rows.group_by(keys).aggregate(
        near=(rows["w"] * rows["distance"] / rows["mean"]).sum(),
        far=(rows["w"] * (1 + rows["x"] / rows["mean"])).sum(),
    )
    frame = counts[[*keys, "weight", "households", "missing"]].merge(
        _ordered(sums, keys), on=keys, how="left"
    )
    per = frame.assign(_all=0).groupby(["_all", *groups], dropna=False)
    gini = per["near"].transform("sum", min_count=1) / (2 * per["weight"].transform("sum"))
    return frame.drop(columns=["near", "far"]).assign(
        line="",
        index="gini",
        sum=gini * frame["weight"],
        influence=frame["near"] - gini * frame["far"],
        centred=True,
    )


def _welfare(table: ir.Table, options: Options, scale: str | float) -> ir.NumericValue:
    import ibis

    income = table[options.income].cast("float64")
    if isinstance(scale, str) and scale not in POWERS:
        if scale not in table.columns:
            raise WrongUse(
                f"no scale {scale!r}: give {', '.join(POWERS)}, a power, or a column of equivalent adults",
                f"没有等值规模 {scale!r}:可用 {'、'.join(POWERS)}、幂指数或一列等值成人数",
            )
        size: ir.NumericValue = table[scale].cast("float64")
    elif options.members is None:
        if scale != "per_head":
            way = option("members")
            raise WrongUse(f"an equivalence scale needs {way}", f"使用等值规模须给出 {way}")
        return income
    else:
        size = table[options.members].cast("float64") ** (
            POWERS[scale] if isinstance(scale, str) else float(scale)
        )
    return ibis.ifelse(size > 0, income / size, ibis.null("float64"))


def _year(table: ir.Table, options: Options) -> ir.Table:
    if options.year is None:
        raise WrongUse("a line by year needs the year's column", "按年给出标准须给出年份列")
    return table if options.year == "year" else table.mutate(year=table[options.year])


def _refuse_missing(table: ir.Table, options: Options, values: Mapping[int, float], what: str) -> None:
    years = _year(table, options).select("year").distinct()["year"].to_pandas().dropna().astype(int)
    lacking = sorted(set(years) - set(values))
    if lacking:
        said = ", ".join(map(str, lacking))
        raise BangfuError(
            f"the {what} has no value for {said}; nothing is extrapolated",
            f"{what} 缺少{said}年的数,不作外推",
        )


def _ordered(table: ir.Table, keys: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = table.order_by(keys).to_pandas()
    return frame
