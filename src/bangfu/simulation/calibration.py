"""What the invented world should look like, and what it looks like."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import WrongUse
from bangfu.simulation.drawing import Draw, draw
from bangfu.simulation.incomes import BUSINESS, PROPERTY, TRANSFER, WAGE
from bangfu.simulation.parameters import load
from bangfu.simulation.prices import lines
from bangfu.simulation.villages import MODELS, NEVER, YEARS, first_year
from bangfu.simulation.world import World

Matrix = NDArray[np.float64]
_YEARS = np.array(YEARS)


def targets() -> pd.DataFrame:
    """What was aimed at, stated before anything was drawn: ``target, title_en, title_zh, value, tolerance, unit, source``."""
    text = (files("bangfu.simulation") / "targets.csv").read_text(encoding="utf-8")
    return pd.read_csv(StringIO(text))


def calibration(what: Draw | str | Path | None = None) -> pd.DataFrame:
    """Hold an invented world against its targets.

    Parameters
    ----------
    what : Draw or path, optional
        From :func:`bangfu.simulation.draw`, or the folder of a register that ``bangfu simulate`` wrote, which is drawn
        again; the shipped register by default. The targets are those of the scenario ``default``.

    Returns
    -------
    DataFrame
        ``target, title_en, title_zh, value, produced, tolerance, within, unit, source``. Means are over persons, as the
        statistics bureau's; logarithms leave out incomes at or below zero.

    Raises
    ------
    WrongUse
        When the folder is not one that ``bangfu simulate`` wrote.
    """
    drawn = what if isinstance(what, Draw) else _again(Path(what) if what is not None else None)
    found = produced(drawn.world)
    table = targets()
    table.insert(4, "produced", [found[name] for name in table["target"]])
    table.insert(6, "within", (table["produced"] - table["value"]).abs() <= table["tolerance"])
    return table


def _again(folder: Path | None) -> Draw:
    if folder is None:
        return draw()
    try:
        said = tomllib.loads((folder / "register.toml").read_text(encoding="utf-8"))
        size = {key: int(said[key]) for key in ("seed", "households", "households_per_village")}
        changed = said.get("changed_parameters", {})
        return draw(**size, scenario=str(said["scenario"]), parameters=load().with_values(changed))
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        raise WrongUse(
            f"{folder} is not a register that bangfu simulate wrote",
            f"{folder} 不是 bangfu simulate 生成的台账",
        ) from None


def produced(w: World) -> dict[str, float]:
    """Every target's value in a world."""
    out: dict[str, float] = {}
    for part in (_means, _spread, _reliability, _people, _programme):
        out |= part(w)
    return out


def _true(w: World) -> Matrix:
    out: Matrix = w.true.sum(axis=0).astype(np.float64)
    return out


def _means(w: World) -> dict[str, float]:
    members = np.where(w.seen, w.households.members, 0)
    persons = members.sum(axis=0)
    by_source = (w.recorded.astype(np.float64) * members).sum(axis=1) / persons
    out = {f"mean_{year}": float(by_source[:, t].sum()) for t, year in enumerate(YEARS)}
    t = YEARS.index(2019)
    for name, s in (("wage", WAGE), ("business", BUSINESS), ("property", PROPERTY), ("transfer", TRANSFER)):
        out[f"{name}_2019"] = float(by_source[s, t])
    poor = (w.households.registered_from > 0) & (w.households.registered_from <= 2019)
    total = w.recorded.sum(axis=0).astype(np.float64)[:, t]
    out["registered_mean_2019"] = float(np.average(total[poor], weights=members[poor, t]))
    below = _true(w)[:, -1] < lines()[-1]
    out["below_line_2020"] = float(np.average(below, weights=members[:, -1]))
    return out


def _logs(values: Matrix, here: NDArray[np.bool_]) -> Matrix:
    """Logarithms less their year's mean; missing where not positive or not there."""
    usable = here & (values > 0)
    logs = np.where(usable, np.log(np.where(usable, values, 1.0)), np.nan)
    out: Matrix = logs - np.nanmean(logs, axis=0)
    return out


def _spread(w: World) -> dict[str, float]:
    here = w.households.born[:, None] <= _YEARS
    true = _logs(_true(w), here)
    noted = _logs(w.recorded.sum(axis=0).astype(np.float64), w.seen)
    out = {"sd_log_true": float(np.nanstd(true)), "sd_log_recorded": float(np.nanstd(noted))}
    village = w.households.village
    out["village_share"] = float(np.mean([_between(true[:, t], village) for t in range(len(YEARS))]))
    changes = np.diff(true, axis=1)
    out["village_year_share"] = float(np.mean([_between(c, village) for c in changes.T]))
    for lag in (1, 2, 3):
        out[f"lag_{lag}"] = _correlation(true[:, :-lag].ravel(), true[:, lag:].ravel())
    return out


def _between(values: NDArray[np.float64], group: NDArray[np.int64]) -> float:
    """Share of the variance between groups, by analysis of variance of unequal groups (Searle 1971)."""
    known = np.isfinite(values)
    x, g = values[known], group[known]
    sizes = np.bincount(g).astype(np.float64)
    sums = np.bincount(g, weights=x)
    used = sizes > 0
    sizes, sums = sizes[used], sums[used]
    n, k = sizes.sum(), len(sizes)
    between = (sums**2 / sizes).sum() - x.sum() ** 2 / n
    within = ((x**2).sum() - (sums**2 / sizes).sum()) / (n - k)
    typical = (n - (sizes**2).sum() / n) / (k - 1)
    component = max((between / (k - 1) - within) / typical, 0.0)
    return float(component / (component + within))


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def _reliability(w: World) -> dict[str, float]:
    """Slope of true on recorded (Bound & Krueger 1991), in levels and in changes."""
    true = _logs(_true(w), w.seen)
    noted = _logs(w.recorded.sum(axis=0).astype(np.float64), w.seen)
    slope: Callable[[Matrix, Matrix], float] = lambda a, b: float(np.cov(a, b)[0, 1] / np.var(b, ddof=1))  # noqa: E731
    known = np.isfinite(true) & np.isfinite(noted)
    levels = slope(true[known], noted[known])
    first, second = np.diff(true, axis=1), np.diff(noted, axis=1)
    known = np.isfinite(first) & np.isfinite(second)
    total = w.recorded.sum(axis=0)[w.seen]
    return {
        "reliability_levels": levels,
        "reliability_changes": slope(first[known], second[known]),
        "not_positive": float((total <= 0).mean()),
    }


def _people(w: World) -> dict[str, float]:
    h = w.households
    first = (h.born == 0) & w.seen[:, 0]
    poor = (h.registered_from > 0) & (h.born == 0)
    here = w.seen[:, :-1]
    stays = w.seen[:, 1:]
    # gone for good: never seen again
    later = np.flip(np.logical_or.accumulate(np.flip(stays, axis=1), axis=1), axis=1)
    return {
        "members": float(h.members[first, 0].mean()),
        "members_registered": float(h.members[first & poor, 0].mean()),
        "registered": float(poor.sum() / (h.born == 0).sum()),
        "attrition": float((here & ~later).sum() / here.sum()),
    }


def _programme(w: World) -> dict[str, float]:
    h = w.households
    offers = w.villages.offers
    offered = (first_year(offers) < NEVER)[h.village] & (h.born == 0)
    joined = first_year(w.joined) < NEVER
    cooperative = MODELS.index("cooperative")
    villages = (offers[:, cooperative] > 0).sum()
    first = first_year(w.joined)
    after = w.seen & joined[:, None] & (first[:, None] <= _YEARS)
    total = w.recorded.sum(axis=0).astype(np.float64)
    plain = []
    for t in range(len(YEARS)):
        if after[:, t].any():
            others = total[~joined & w.seen[:, t], t].mean()
            plain.append((total[after[:, t], t].mean() / others - 1, after[:, t].sum()))
    ratio, count = np.array(plain).T
    own, other = w.true.sum(axis=0)[after], w.true_without.sum(axis=0)[after]
    return {
        "take_up": float(joined[offered].mean()),
        "per_cooperative": float((w.joined[:, cooperative] > 0).sum() / max(villages, 1)),
        "second_model": float(((w.joined > 0).sum(axis=1)[joined] > 1).mean()),
        "plain_comparison": float(np.average(ratio, weights=count) * 100),
        "true_gain": float((own.sum(dtype=np.float64) / other.sum(dtype=np.float64) - 1) * 100),
    }
