"""Published figures: prices, poverty lines, rural incomes, studies; each value with its source and status.

A value is ``verified`` only where the issuing office or the paper itself was read, ``derived`` where it follows from
other values, ``unverified`` otherwise. A year that a series lacks is an error, never an extrapolation.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from bangfu import places
from bangfu.errors import BangfuError, DataFault, Fault, WrongUse, option
from bangfu.formats import number
from bangfu.literals import one_of
from bangfu.packages import description, read

_INDEX_RANGE = (50.0, 200.0)
"""A price index with the previous year = 100 lies between these; a fixed-base index or a growth rate does not."""

_LINE_RANGE = (100.0, 200_000.0)
"""A poverty line in yuan per person a year lies between these; one in ten-thousand yuan or a month's does not."""

_MOST_NAMED = 12
"""So many missing years are named one by one."""

_OUT_OF_RANGE = {
    "price_index": (
        "previous_year_100",
        "an index with the previous year = 100 lies between {low} and {high}; is this a growth rate or an index with a "
        "fixed base? turn it into previous year = 100",
        "以上年为100的指数应在{low}至{high}之间;是否为涨幅或定基指数?请换算为上年=100",
    ),
    "poverty_lines": (
        "yuan_a_year",
        "a line in yuan per person a year lies between {low} and {high}; is it in ten-thousand yuan, or a month's?",
        "每人每年的标准应在{low}至{high}元之间;单位是否为万元或每月?",
    ),
}
"""Table -> rule, and what is said of a value out of range."""


def price_index(area: str = "China rural", file: str | Path | None = None) -> pd.DataFrame:
    """Consumer prices, previous year = 100.

    Parameters
    ----------
    area : str
        Area of the shipped series.
    file : path, optional
        A series of one's own instead: CSV with the columns ``year`` and ``value`` (``area``, ``status``, ``source``
        and ``note`` may stand beside them), one row per year.

    Returns
    -------
    pandas.DataFrame
        ``area, year, value, status, source, note``, by year.

    Raises
    ------
    WrongUse
        For an area that is not shipped.
    DataFault
        For a file that breaks a rule; every fault is named.
    """
    if file is not None:
        return _own_series(Path(file), "price_index", _INDEX_RANGE)
    table = _table("price_index")
    return _chosen(table, "area", area).sort_values("year", ignore_index=True)


def poverty_lines(series: str | None = "price_updated", file: str | Path | None = None) -> pd.DataFrame:
    """National rural poverty lines, yuan per person a year at current prices.

    Parameters
    ----------
    series : {"price_updated", "exit_threshold"} or None
        The 2010 line carried forward by prices (default), or the income above which households could leave the
        register of the poor, which is another thing; ``None`` gives both.
    file : path, optional
        Lines of one's own instead: CSV with the columns ``year`` and ``value``, one row per year.

    Returns
    -------
    pandas.DataFrame
        ``series, area, year, value, status, source, note``.

    Raises
    ------
    WrongUse
        For a series that is not shipped.
    DataFault
        For a file that breaks a rule; every fault is named.
    """
    if file is not None:
        return _own_series(Path(file), "poverty_lines", _LINE_RANGE)
    table = _table("poverty_lines")
    return table if series is None else _chosen(table, "series", series)


def rural_incomes(area: str | None = None, series: str | None = None) -> pd.DataFrame:
    """Published rural incomes, yuan per person a year at current prices.

    Parameters
    ----------
    area : str, optional
        ``"China rural"``, ``"China poor areas"``, ``"Jilin"`` or ``"Baicheng"``; all where absent.
    series : str, optional
        ``"disposable_income"``, one of its sources (``"wage"``, ``"business"``, ``"property"``, ``"transfer"``) or another
        series of the table; all where absent.

    Returns
    -------
    pandas.DataFrame
        ``series, area, year, release, value, status, source, note``; ``release`` tells apart figures that disagree.
    """
    table = _table("rural_incomes")
    if area is not None:
        table = _chosen(table, "area", area)
    return table if series is None else _chosen(table, "series", series)


def studies() -> pd.DataFrame:
    """Findings of published studies, one row each; sizes and errors that were not seen are missing."""
    return _table("studies")


def conflicts() -> pd.DataFrame:
    """Where published figures disagree, and what is done about it."""
    return _table("conflicts")


def statuses() -> pd.DataFrame:
    """How many values of each table are verified, derived and unverified: ``table, status, values``."""
    tables = ("price_index", "poverty_lines", "rural_incomes", "studies")
    counts = [_table(name)["status"].value_counts().sort_index().rename("values") for name in tables]
    frame = pd.concat(counts, keys=tables, names=["table", "status"])
    return frame.reset_index()


def poverty_line(
    years: Iterable[int], series: str = "price_updated", file: str | Path | None = None
) -> dict[int, float]:
    """The poverty line of each year, yuan per person at current prices.

    Parameters
    ----------
    years : iterable of int
    series, file
        A shipped series, or a file of one's own (see :func:`poverty_lines`).

    Raises
    ------
    BangfuError
        For a year that the series lacks; nothing is extrapolated.

    >>> poverty_line([2016, 2020])
    {2016: 2952.0, 2020: 3315.0}
    """
    table = poverty_lines(series, file)
    known = {int(year): float(value) for year, value in zip(table["year"], table["value"], strict=True)}
    wanted = [int(year) for year in years]
    name = Path(file).name if file is not None else series
    _refuse_missing(wanted, known, f"poverty line {name}", f"贫困标准 {name}", "line")
    return {year: known[year] for year in wanted}


def deflator(
    years: Iterable[int], base_year: int, series: str | Path | pd.DataFrame | None = None
) -> dict[int, float]:
    """What nominal yuan of each year are multiplied by to become yuan at prices of the base year.

    With the price index ``p`` (previous year = 100) the factor of year ``t`` before the base year ``b`` is the product of
    ``p[s] / 100`` over ``t < s <= b``, and one over that product, from ``b`` to ``t``, for years after it.

    Parameters
    ----------
    years : iterable of int
    base_year : int
    series : path or DataFrame, optional
        A price index of one's own (see :func:`price_index`); the shipped rural index where absent.

    Returns
    -------
    dict of int to float
        Year to factor; 1 for the base year.

    Raises
    ------
    WrongUse
        For a base year outside the index.
    BangfuError
        For a year that the index lacks.

    >>> factors = deflator([2016, 2017, 2018], 2017)
    >>> round(factors[2016], 4), factors[2017], round(factors[2018], 4)
    (1.013, 1.0, 0.9794)
    """
    index = series if isinstance(series, pd.DataFrame) else price_index(file=series)
    change = {
        int(year): float(value) / 100 for year, value in zip(index["year"], index["value"], strict=True)
    }
    wanted = [int(year) for year in years]
    low, high = min(change) - 1, max(change)
    if not low <= base_year <= high:
        raise WrongUse(
            f"the price index has no value for base year {base_year} (it has {low + 1}-{high}); nothing is extrapolated: "
            f"name a base year from {low} to {high}, {option('base_year')}, or give a series of your own, {option('prices')}",
            f"价格指数缺少基年{base_year}年的数(现有{low + 1}-{high});不作外推:请改用{low}至{high}年之一:{option('base_year')},或给出自己的序列:{option('prices')}",
        )
    _refuse_missing([y for y in wanted if not low <= y <= high], change, "price index", "价格指数", "prices")
    first, last = min([*wanted, base_year]), max([*wanted, base_year])
    _refuse_missing(range(first + 1, last + 1), change, "price index", "价格指数", "prices")
    level = {first: 1.0}
    for year in range(first + 1, last + 1):
        level[year] = level[year - 1] * change[year]
    return {year: level[base_year] / level[year] for year in wanted}


def _refuse_missing(wanted: Iterable[int], known: Iterable[int], name: str, name_zh: str, given: str) -> None:
    have, there = sorted(known), set(known)
    missing = [str(year) for year in wanted if year not in there]
    if missing:
        said = ", ".join(
            missing if len(missing) <= _MOST_NAMED else [*missing[:_MOST_NAMED], "...", missing[-1]]
        )
        span = f"{have[0]}-{have[-1]}" if have else "none"
        raise BangfuError(
            f"the {name} has no value for {said} (it has {span}); nothing is extrapolated: leave these years out or "
            f"give values of your own, {option(given)}",
            f"{name_zh}缺少{said}年的数(现有{span});不作外推:请去掉这些年份,或给出自己的数值:{option(given)}",
        )


def _chosen(table: pd.DataFrame, column: str, value: str) -> pd.DataFrame:
    one_of(column, value, dict.fromkeys(table[column]))
    return table[table[column] == value].reset_index(drop=True)


def _table(name: str) -> pd.DataFrame:
    folder = places.data("reference")
    resources = [r for r in description(folder) if r["name"] == name]
    tables, faults = read(folder, resources)
    if faults:
        raise DataFault(faults)
    return tables[name]


def _own_series(path: Path, name: str, limits: tuple[float, float]) -> pd.DataFrame:
    """A series of the user's own, held against the description of the shipped one, with only year and value required."""
    if not path.is_file():
        raise WrongUse(f"there is no file {path}", f"没有文件 {path}")
    shipped = next(r for r in description(places.data("reference")) if r["name"] == name)
    fields: list[dict[str, Any]] = []
    for field in shipped["schema"]["fields"]:
        rules = {k: v for k, v in field.get("constraints", {}).items() if k != "enum"}
        rules["required"] = field["name"] in {"year", "value"}
        fields.append({**field, "constraints": rules})
    resource = {**shipped, "path": path.name, "schema": {"fields": fields, "primaryKey": ["year"]}}
    tables, faults = read(path.parent, [resource])
    table, (low, high) = tables[name], limits
    if not faults and table.empty:
        faults.append(Fault(name, "rows_present", "no rows; give one row per year", "没有数据行,请每年一行"))
    if not faults:
        faults += _out_of_range(table, name, low, high)
    if faults:
        raise DataFault(faults)
    return table.sort_values("year", ignore_index=True)


def _out_of_range(table: pd.DataFrame, name: str, low: float, high: float) -> list[Fault]:
    rule, en, zh = _OUT_OF_RANGE[name]
    said = {"low": number(low), "high": number(high)}
    return [
        Fault(
            name, rule, en.format(**said), zh.format(**said), column="value", rows=(row,), value=number(v, 2)
        )
        for row, v in enumerate(table["value"], start=1)
        if not low <= v <= high
    ]
