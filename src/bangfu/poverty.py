"""Poverty indices and the Gini coefficient, with errors by village, of a frame or a register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bangfu.errors import WrongUse
from bangfu.poverty_sums import INDICES, Options, household_values, village_sums
from bangfu.register.outcomes import WATTS_FLOOR

Line = float | Mapping[int, float]

UNITS = {"headcount": "share", "gap": "share", "severity": "share", "watts": "log", "gini": "share"}


def poverty_indices(
    data: Any,
    line: Line | Mapping[str, Line] | None = None,
    *,
    income: str | None = None,
    members: str | None = None,
    year: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    by: Sequence[str] = (),
    scale: str | float | Sequence[str | float] = "per_head",
    deflator: Mapping[int, float] | Mapping[str, Mapping[int, float]] | None = None,
    base_year: int | None = None,
    count: str = "households",
    floor: float = WATTS_FLOOR,
    indices: Sequence[str] = INDICES,
) -> pd.DataFrame:
    """Headcount, gap, severity, Watts and Gini, for every line, price index and equivalence scale given.

    Parameters
    ----------
    data : data frame or HouseholdRegister
        One row per household and year; a frame of any kind that :meth:`bangfu.Cells.from_frame` takes.
    line : float, {year: float}, or {name: either}
        In the prices of the incomes as they are compared: nominal, or those of ``deflator``'s base. For a register the
        published national line of each year at current prices where absent.
    income : str
        Column with the household's income; of a register a measure such as ``"income_without_transfers"``
        (``"income"`` by default).
    members : str, optional
        Column with the household's size; without it ``income`` is taken as already per head.
    year, weight, cluster : str, optional
        Columns; of a register they are known. Without ``cluster`` every household is its own.
    by : sequence of str
        Columns to split by; of a register also ``arm`` and ``cohort``.
    scale : {"per_head", "square_root"}, float, column, or a sequence of these
        What income is divided by: members, their root, members to a power, or a column of equivalent adults.
    deflator : {year: float}, or {name: {year: float}}
        What nominal incomes are multiplied by (:func:`bangfu.reference.deflator`). For a register with a line that is one
        number: the shipped price index, with ``base_year`` (its last year by default).
    count : {"households", "persons"}
        Whether a household counts by its weight or by weight times members.
    floor : float
        Share of the line below which Watts counts no lower.
    indices : sequence of {"headcount", "gap", "severity", "watts", "gini"}

    Returns
    -------
    DataFrame
        ``line, scale, prices``, the columns of ``by``, ``year, index, unit, estimate, std_error, df, ci_low, ci_high,
        households, villages, missing, note``. Headcount, gap, severity and Gini are shares of one. ``missing`` counts
        households without income or members.

    Raises
    ------
    WrongUse
        For options and columns that do not exist.
    BangfuError
        For a year that the line or the deflator lacks; for a frame's columns that hold no finite numbers, negative weights,
        or clusters that are missing or written in two ways (column, rows and the first are named).

    Notes
    -----
    Foster, Greer & Thorbecke (1984), Watts (1968). Errors are linearised, by village, with the factor G / (G - 1) and
    G - 1 degrees of freedom, as for a sample of villages (R package survey). The Gini is that of Lerman & Yitzhaki
    (1989) as in R's laeken, its influence ``E|x - X| / mean - G (1 + x / mean)``.

    Examples
    --------
    >>> frame = pd.DataFrame({"income": [50.0, 100, 150, 300], "village": [1, 1, 2, 2]})
    >>> poverty_indices(frame, 200, income="income", cluster="village")[["index", "estimate"]].round(4).values.tolist()
    [['headcount', 0.75], ['gap', 0.375], ['severity', 0.2188], ['watts', 0.5918], ['gini', 0.3333]]
    """
    options = Options(income, members, year, weight, cluster, tuple(by), count, floor, tuple(indices))
    scales = [scale] if isinstance(scale, str | float | int) else list(scale)
    table, options, fitting = household_values(data, scales, options, line)
    lines = _named(fitting)
    deflators = _deflators(data, deflator, lines, options, base_year)
    parts = []
    for one in scales:
        for prices, factors in deflators.items():
            sums = village_sums(table, options, one, lines, factors)
            sums["scale"], sums["prices"] = str(one), prices
            sums.loc[sums["index"] == "gini", "prices"] = ""
            parts.append(sums)
    keys = ["line", "scale", "prices", *by, *([] if options.year is None else ["year"]), "index"]
    every = pd.concat(parts, ignore_index=True).drop_duplicates([*keys, "village"])
    groups = every.groupby(keys, sort=False, dropna=False)
    rows = [
        {**dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True)), **_estimate(part)}
        for key, part in groups
    ]
    out = pd.DataFrame(rows)
    out.insert(out.columns.to_list().index("index") + 1, "unit", out["index"].map(UNITS))
    order = {c: [v for v in dict.fromkeys(out[c]) if v] for c in ("line", "scale", "prices")}
    place = {**order, "index": list(INDICES)}

    def position(column: pd.Series[Any]) -> pd.Series[Any]:
        known = place.get(str(column.name))
        return column if known is None else column.map(lambda v: known.index(v) if v in known else len(known))

    ordered: pd.DataFrame = out.sort_values(
        [*keys[3:-1], *keys[:3], "index"], key=position, ignore_index=True
    )
    return ordered


def _estimate(part: pd.DataFrame) -> dict[str, Any]:
    """A weighted mean over villages and its error from village sums of weight and influence."""
    from scipy import stats

    known = part[part["weight"] > 0]
    villages = len(known)
    total = float(known["weight"].sum())
    out: dict[str, Any] = {
        "estimate": np.nan, "std_error": np.nan, "df": np.nan, "ci_low": np.nan, "ci_high": np.nan,
        "households": int(known["households"].sum()), "villages": villages,
        "missing": int(part["missing"].sum()), "note": "",
    }  # fmt: skip
    if total <= 0:
        return {**out, "note": "not estimable, because no income is known"}
    estimate = float(known["sum"].sum(skipna=False)) / total
    if not np.isfinite(estimate):
        return {**out, "note": "not estimable, because the mean income is not positive"}
    out["estimate"] = estimate
    if villages < 2:
        return {**out, "note": "fewer than two villages: no interval"}
    gap = (known["influence"] - np.where(known["centred"], 0.0, estimate) * known["weight"]) / total
    error = float(np.sqrt((gap**2).sum() * villages / (villages - 1)))
    half = float(stats.t.ppf(0.975, villages - 1)) * error
    return {
        **out,
        "std_error": error,
        "df": float(villages - 1),
        "ci_low": estimate - half,
        "ci_high": estimate + half,
    }


def _named(value: Line | Mapping[str, Line]) -> dict[str, Line]:
    """Several lines by name, or one named after itself."""
    if not isinstance(value, Mapping):
        return {f"{float(value):g}": float(value)}
    if not value:
        raise WrongUse("no line given", "没有给出贫困标准")
    if any(isinstance(k, str) for k in value):
        return {str(k): v if isinstance(v, Mapping) else float(v) for k, v in value.items()}
    return {"by year": _years(value)}


def _deflators(
    data: Any,
    deflator: Mapping[int, float] | Mapping[str, Mapping[int, float]] | None,
    lines: Mapping[str, Line],
    options: Options,
    base_year: int | None,
) -> dict[str, Mapping[int, float] | None]:
    if deflator:
        if options.year is None:
            raise WrongUse("a deflator needs the year's column", "使用价格折算须给出年份列")
        if all(isinstance(k, str) for k in deflator):
            return {str(k): _years(v) for k, v in deflator.items()}
        return {"deflated": _years(deflator)}
    from bangfu.register import HouseholdRegister

    if not isinstance(data, HouseholdRegister) or any(isinstance(v, Mapping) for v in lines.values()):
        return {"nominal": None}
    from bangfu.reference import deflator as shipped

    years = data.years
    base = max(years) if base_year is None else base_year
    return {f"prices of {base}": shipped(years, base)}


def _years(factors: Any) -> dict[int, float]:
    pairs: Iterable[tuple[Any, Any]] = dict(factors).items()
    return {int(year): float(value) for year, value in pairs}
