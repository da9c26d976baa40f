"""Covariate cells: household facts known before adoption, as they are or cut at stated breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import BangfuError, WrongUse, option, spoken

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOT_FACTS = ("household_id", "village_id", "weight", "observed_year", "registered_from")
"""Every other column of ``households`` may be a covariate, one of the register's own too."""

MOST_VALUES = 30
"""A fact with more values must be cut at breaks."""

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Covariate:
    """One fact as a small integer.

    Attributes
    ----------
    name : str
    labels : tuple of str
        What each code stands for; the first stands for a missing fact.
    breaks : tuple of float or None
        Classes are ``[-inf, b0), [b0, b1), ..., [bk, inf)``.
    values : tuple or None
        The values where there are no breaks.
    """

    name: str
    labels: tuple[str, ...]
    breaks: tuple[float, ...] | None
    values: tuple[Any, ...] | None

    def code(self, households: ir.Table) -> ir.IntegerValue:
        """The code of each household; 0 where the fact is missing."""
        import ibis

        value = fact(households, self.name)
        if self.breaks is not None:
            cases = [(value < b, i + 1) for i, b in enumerate(self.breaks)]
            inside = ibis.cases(*cases, else_=len(self.breaks) + 1)
        else:
            inside = ibis.cases(*[(value == v, i + 1) for i, v in enumerate(self.values or ())], else_=0)
        out: ir.IntegerValue = ibis.ifelse(value.isnull(), 0, inside).cast("int64")
        return out


def fact(households: ir.Table, name: str) -> ir.Value:
    """A household fact; ``registered``: whether the household was on the register of the poor by ``observed_year``."""
    if name == "registered":
        if not {"registered_from", "observed_year"} <= set(households.columns):
            raise _no_fact(name, households)
        return (households["registered_from"] <= households["observed_year"]).fill_null(False).cast("int64")
    if name in NOT_FACTS or name not in households.columns:
        raise _no_fact(name, households)
    value: ir.Value = households[name]
    return value if value.type().is_string() else value.cast("float64")


def _no_fact(name: str, households: ir.Table) -> WrongUse:
    known = ", ".join([*(c for c in households.columns if c not in NOT_FACTS), "registered"])
    return WrongUse(
        f"no household fact {name!r} in this register; covariate cells may use {known}",
        f"农户台账中没有 {name!r};可用:{known}",
    )


def covariates(households: ir.Table, facts: Mapping[str, tuple[float, ...] | None]) -> tuple[Covariate, ...]:
    """Facts by name, each with its rising breaks or none.

    Raises
    ------
    WrongUse
        For a fact that is not there, breaks of a text, or many values without breaks.
    """
    out = []
    for name, cut in facts.items():
        value = fact(households, name)
        if cut is not None:
            if value.type().is_string():
                raise WrongUse(f"{name} is text and cannot be cut", f"{name} 是文字,不能按界限分组")
            edges = ["-inf", *(f"{b:.12g}" for b in cut), "inf"]
            labels = [f"[{low}, {high})" for low, high in pairwise(edges)]
            out.append(Covariate(name, (MISSING, *labels), cut, None))
            continue
        found = households.select(v=value).distinct().limit(MOST_VALUES + 2).to_pandas()["v"].dropna()
        if len(found) > MOST_VALUES:
            way = spoken(f"by={{{name!r}: (0, 2, 5)}}", f"--by {name}=0,2,5")
            raise WrongUse(
                f"{name} has more than {MOST_VALUES} values; state breaks, for example {way}",
                f"{name} 的取值超过{MOST_VALUES}个;请给出分组界限,如 {way}",
            )
        values = tuple(sorted(found.tolist()))
        labels = [v if isinstance(v, str) else f"{v:.12g}" for v in values]
        out.append(Covariate(name, (MISSING, *labels), None, values))
    return tuple(out)


def code(households: ir.Table, facts: Sequence[Covariate]) -> ir.IntegerValue:
    """One integer for the covariate cell."""
    import ibis

    out: Any = ibis.literal(0, "int64")
    for covariate in facts:
        out = out * len(covariate.labels) + covariate.code(households)
    return out  # type: ignore[no-any-return]


def decode(codes: NDArray[np.int64], facts: Sequence[Covariate]) -> pd.DataFrame:
    """The labels behind the integers; one column per fact."""
    left = codes
    columns: dict[str, Any] = {}
    for covariate in reversed(facts):
        left, digit = np.divmod(left, len(covariate.labels))
        columns[covariate.name] = np.array(covariate.labels, dtype=object)[digit]
    return pd.DataFrame({c.name: columns[c.name] for c in facts}, index=range(len(codes)))


def dated(households: ir.Table, first: ir.Table | None, last: int) -> ir.Table:
    """The households with ``known``: whether their facts describe a year before joining.

    Parameters
    ----------
    households : ibis Table
    first : ibis Table or None
        ``household_id``, ``first``: first year with any model; comparison households, and all without it, take ``last``.
    last : int
        The last cohort.

    Raises
    ------
    BangfuError
        Without ``observed_year``.
    """
    if "observed_year" not in households.columns:
        raise BangfuError(
            "covariate cells need observed_year in households: the year that the facts describe",
            "使用协变量分组时,households 表须有 observed_year(情况所属年份)",
        )
    if first is None:
        return households.mutate(known=(households["observed_year"] < last).fill_null(False))
    joined = households.left_join(first, "household_id")
    limit = joined["first"].fill_null(last)
    known = (joined["observed_year"] < limit).fill_null(False)
    return joined.select(*(joined[c] for c in households.columns), known=known)


def refuse_late(households: ir.Table, first: ir.Table | None, last: int) -> None:
    """Facts must describe a year before the household's own first year; see :func:`dated`.

    Raises
    ------
    BangfuError
        When the year of the facts is unknown, or too late.
    """
    told = dated(households, first, last)
    count = int(
        told.aggregate(late=(~told["known"]).cast("int64").sum()).to_pandas()["late"].fillna(0).iloc[0]
    )
    if count:
        way = option("late", "missing")
        raise BangfuError(
            f"{count} households have facts of an unknown year, or of the year of joining or later; facts that the model may have changed "
            f"cannot define covariate cells: give facts observed before, or set {way} to keep these households in a cell of their own",
            f"有{count}户的情况年份不明,或不早于参加年份;参加后的情况可能已受模式影响,不能用于分组:请提供参加前的情况,或用 {way} 把这些户单列为一组",
        )
