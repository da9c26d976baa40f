"""Who left what they had joined: counted from the register, since sums by path do not know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bangfu.cells.engine import LARGE, observations, path_codes
from bangfu.cells.outcomes import Expression
from bangfu.cells.paths import Path

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Left(NamedTuple):
    """Households of one path in one year, after their last year in a model of it.

    Attributes
    ----------
    path : str
        As :attr:`bangfu.cells.paths.Path.text`.
    outcome : str
        In which the households are seen.
    year, households : int
        Seen in that year, and outside at least one of the models taken up by then.
    first : int
        Those of them that were not seen outside before.
    """

    path: str
    outcome: str
    year: int
    households: int
    first: int


def left(
    participation: ir.Table,
    incomes: ir.Table,
    firsts: Mapping[str, Sequence[int]],
    outcomes: Mapping[str, Expression],
    decoded: Callable[[int, Mapping[str, Sequence[int]]], Path],
) -> tuple[Left, ...] | None:
    """Leavers by path, outcome and year; ``None`` where the register does not record leaving.

    ``to_year`` is the last year inside. Whoever joins a model again is inside again, and whoever leaves one of several
    models is outside the arm of all of them.

    Parameters
    ----------
    participation, incomes : ibis Table
    firsts : mapping of str to sequence of int
        Sorted first years of each model.
    outcomes : mapping of str to callable
    decoded : callable
        The inverse of :func:`bangfu.cells.engine.path_codes`.
    """
    if "to_year" not in participation.columns:
        return None
    who = participation.filter(participation["to_year"].notnull()).select("household_id").distinct()
    if not who.limit(1).count().to_pandas():
        return ()
    spells = participation.semi_join(who, "household_id")
    seen = observations(incomes, outcomes).semi_join(who, "household_id")
    found = _by_path(spells, seen, path_codes(spells, firsts), range(len(outcomes))).to_pandas()
    rows = [
        Left(decoded(int(row["path"]), firsts).text, name, int(row["year"]), int(row[f"left_{k}"]), int(row[f"first_{k}"]))
        for row in found.to_dict("records")
        for k, name in enumerate(outcomes)
    ]  # fmt: skip
    return tuple(sorted(row for row in rows if row.households))


def _by_path(spells: ir.Table, seen: ir.Table, paths: ir.Table, outcomes: Iterable[int]) -> ir.Table:
    """By path and year: ``left_k`` and ``first_k``."""
    import ibis

    both = seen.inner_join(spells.select("household_id", "model", "from_year", "to_year"), "household_id")
    taken = both.filter(both["from_year"] <= both["year"])
    known = {
        f"known_{k}": ((taken[f"y_{k}"] > -LARGE) & (taken[f"y_{k}"] < LARGE)).fill_null(False).cast("int64").max()
        for k in outcomes
    }  # fmt: skip
    inside = (taken["to_year"].isnull() | (taken["to_year"] >= taken["year"])).cast("int64").max()
    by_model = taken.group_by(["household_id", "year", "model"]).aggregate(inside=inside, **known)
    out: dict[str, Any] = {
        f"out_{k}": by_model[f"known_{k}"].max() * (1 - by_model["inside"].min()) for k in outcomes
    }
    each = by_model.group_by(["household_id", "year"]).aggregate(**out)
    start = each.group_by("household_id").aggregate(
        **{f"start_{k}": each["year"].min(where=each[f"out_{k}"] == 1) for k in outcomes}
    )
    dated = each.inner_join(start, "household_id").inner_join(paths, "household_id")
    new = {k: ibis.ifelse(dated["year"] == dated[f"start_{k}"], dated[f"out_{k}"], 0) for k in outcomes}
    return dated.group_by(["path", "year"]).aggregate(
        **{f"left_{k}": dated[f"out_{k}"].sum() for k in outcomes},
        **{f"first_{k}": value.sum() for k, value in new.items()},
    )


def added(parts: Iterable[tuple[Left, ...] | None]) -> tuple[Left, ...] | None:
    """Leavers of several registers together; not recorded where it is not recorded in one of them."""
    total: dict[tuple[str, str, int], tuple[int, int]] = {}
    for part in parts:
        if part is None:
            return None
        for row in part:
            households, first = total.get(row[:3], (0, 0))
            total[row[:3]] = (households + row.households, first + row.first)
    return tuple(Left(*key, *counts) for key, counts in sorted(total.items()))
