"""The household-level estimators, in plain pandas: no cells, no influence sums, nothing of the package.

``multiplier`` scales every weight of a village, so that derivatives by it are the village's influence sums.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd


def mean(frame: pd.DataFrame, column: str) -> float:
    return float((frame["w"] * frame[column]).sum() / frame["w"].sum())


def group_time(
    frame: pd.DataFrame, scale: str = "level", control: str = "never", missing: str = "pairwise", base: str = "universal",
    anticipation: int = 0, multiplier: Mapping[int, float] | None = None, by: str | None = None,
) -> dict[tuple[str, int, int], float]:  # fmt: skip
    """(arm, cohort, year) -> effect."""
    data = frame.assign(w=frame["weight"] * frame["village"].map(multiplier or {}).fillna(1.0))
    if scale == "log":
        data = data.assign(y=np.log(data["y"].where(data["y"] > 0))).dropna(subset=["y"])
    years = sorted(frame["year"].unique())
    if missing == "complete":
        counts = data.groupby("id")["year"].nunique()
        data = data[data["id"].map(counts) == len(years)]
    adopters = set(frame.loc[frame["cohort"] > 0, "village"])
    out = {}
    for (arm, cohort), treated in data[data["cohort"] > 0].groupby(["arm", "cohort"]):
        before = [y for y in years if y < cohort - anticipation]
        for year in years:
            b = before[-1]
            if base == "varying" and year <= before[-1]:
                b = max((y for y in years if y < year), default=year)
            if b == year:
                continue
            others = data[data["cohort"] == 0]
            if control == "never_elsewhere":
                others = others[~others["village"].isin(adopters)]
            if control == "never_same_village":
                others = others[others["village"].isin(adopters)]
            if control == "not_yet":
                later = (data["cohort"] > max(year, b) + anticipation) & (
                    (data["arm"] != arm) | (data["cohort"] != cohort)
                )
                others = data[(data["cohort"] == 0) | later]
            out[(str(arm), int(cohort), int(year))] = effect(treated, others, b, year, scale, missing, by)
    return out


def effect(
    treated: pd.DataFrame,
    others: pd.DataFrame,
    base: int,
    year: int,
    scale: str,
    missing: str,
    by: str | None,
) -> float:
    """Difference of differences, or ratio of ratios, of weighted means; within ``by``, weighted to the treated."""
    means, share = {}, {}
    for side, data in (("t", treated), ("c", others)):
        first, second = data[data["year"] == base], data[data["year"] == year]
        if missing != "cross_section":
            both = set(first["id"]) & set(second["id"])
            first, second = first[first["id"].isin(both)], second[second["id"].isin(both)]
        for x in [0] if by is None else sorted(treated[by].unique()):
            f, s = (first, second) if by is None else (first[first[by] == x], second[second[by] == x])
            means[side, x] = mean(f, "y"), mean(s, "y")
            if side == "t":
                share[x] = s["w"].sum()
    total = sum(share.values())
    if scale == "percent":
        actual = sum(share[x] / total * means["t", x][1] for x in share)
        otherwise = sum(
            share[x] / total * means["t", x][0] * means["c", x][1] / means["c", x][0] for x in share
        )
        return 100 * (actual / otherwise - 1)
    size = 100 if scale == "log" else 1
    return size * sum(
        share[x] / total * ((means["t", x][1] - means["t", x][0]) - (means["c", x][1] - means["c", x][0]))
        for x in share
    )


def overall(
    frame: pd.DataFrame, multiplier: Mapping[int, float] | None = None, **rules: object
) -> dict[str, float]:
    """Arm -> average over cohorts and years from joining on, weighted by the cohorts' households."""
    effects = group_time(frame, multiplier=multiplier, **rules)  # type: ignore[arg-type]
    people = frame
    if rules.get("scale") == "log":
        people = frame[frame["y"] > 0]
    if rules.get("missing") == "complete":
        counts = people.groupby("id")["year"].nunique()
        people = people[people["id"].map(counts) == frame["year"].nunique()]
    people = people.drop_duplicates("id")
    w = people["weight"] * people["village"].map(multiplier or {}).fillna(1.0)
    size = w.groupby([people["arm"], people["cohort"]]).sum()
    out = {}
    for arm in sorted({a for a, _, _ in effects}):
        rows = [(size[(arm, c)], e) for (a, c, y), e in effects.items() if a == arm and y >= c]
        out[arm] = sum(s * e for s, e in rows) / sum(s for s, _ in rows)
    return out


def derivative(frame: pd.DataFrame, function, keys, step: float = 1e-5) -> np.ndarray:  # type: ignore[no-untyped-def]
    """Numerical influence sums: villages by keys."""
    columns = []
    for village in sorted(frame["village"].unique()):
        high, low = function({village: 1 + step}), function({village: 1 - step})
        columns.append([(high[k] - low[k]) / (2 * step) for k in keys])
    return np.array(columns)


def common_cells(
    frame: pd.DataFrame,
    arm: str,
    other: str,
    scale: str,
    by: str,
    multiplier: Mapping[int, float] | None = None,
) -> float:
    """One arm minus another at shared cohorts, years and cells, weighted by the households of both."""
    data = frame.assign(w=frame["weight"] * frame["village"].map(multiplier or {}).fillna(1.0))
    never = data[data["cohort"] == 0]
    people = data.drop_duplicates("id")
    years = sorted(data["year"].unique())
    top = bottom = 0.0
    for cohort in sorted(set(people.loc[people["cohort"] > 0, "cohort"])):
        of = {a: people[(people["arm"] == a) & (people["cohort"] == cohort)] for a in (arm, other)}
        cells = set(of[arm][by]) & set(of[other][by])
        both = pd.concat(of.values())
        both = both[both[by].isin(cells)]
        share = both.groupby(by)["w"].sum() / both["w"].sum()
        base = max(y for y in years if y < cohort)
        for year in (y for y in years if y >= cohort):
            value = {}
            for a in (arm, other):
                treated = data[(data["arm"] == a) & (data["cohort"] == cohort)]
                value[a] = at_shares(treated, never, base, year, scale, by, share)
            top += both["w"].sum() * (value[arm] - value[other])
            bottom += both["w"].sum()
    return top / bottom


def at_shares(
    treated: pd.DataFrame, others: pd.DataFrame, base: int, year: int, scale: str, by: str, share: pd.Series
) -> float:
    """An effect at given shares of the cells."""
    actual = otherwise = change = 0.0
    for x, q in share.items():
        m = {}
        for side, data in (("t", treated), ("c", others)):
            first, second = (data[(data["year"] == y) & (data[by] == x)] for y in (base, year))
            both = set(first["id"]) & set(second["id"])
            m[side] = [mean(d[d["id"].isin(both)], "y") for d in (first, second)]
        actual += q * m["t"][1]
        otherwise += q * m["t"][0] * m["c"][1] / m["c"][0]
        change += q * (m["t"][1] - m["t"][0] - m["c"][1] + m["c"][0])
    return change if scale == "level" else 100 * (actual / otherwise - 1)
