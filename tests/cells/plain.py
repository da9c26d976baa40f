"""What cells should be, household by household in plain pandas: slow, and written without looking at the library."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from bangfu.cells import Cells

Key = tuple[object, ...]
Row = tuple[int, float, dict[str, list[float]]]


def plain_cells(
    parts: dict[str, pd.DataFrame],
    outcomes: dict[str, Callable[[pd.Series], float]],
    strata: Callable[[pd.Series], tuple[str, ...]] = lambda household: (),
) -> dict[Key, Row]:
    """(county, township, village, path, strata, patterns) -> households, weight, weighted sums by outcome and year."""
    years = sorted(parts["incomes"]["year"].unique())
    steps = {
        who: " ".join(f"{m}@{y}" for y, m in sorted(zip(rows["from_year"], rows["model"], strict=True)))
        for who, rows in parts["participation"].groupby("household_id")
    }
    rows_of = dict(list(parts["incomes"].groupby("household_id")))
    out: dict[Key, Row] = {}
    for household in parts["households"].itertuples():
        weight = getattr(household, "weight", 1.0)
        seen: dict[str, set[int]] = {name: set() for name in outcomes}
        values = {name: [0.0] * len(years) for name in outcomes}
        for _, row in rows_of.get(household.household_id, pd.DataFrame()).iterrows():
            for name, outcome in outcomes.items():
                value = outcome(row)
                if value is not None and math.isfinite(value):
                    seen[name].add(int(row["year"]))
                    values[name][years.index(row["year"])] += weight * value
        if not any(seen.values()):
            continue
        place = (household.county_id, str(household.township_id), str(household.village_id))
        pattern = tuple(tuple(sorted(s)) for s in seen.values())
        key = (*place, steps.get(household.household_id, ""), strata(household), pattern)
        n, w, sums = out.get(key, (0, 0.0, {name: [0.0] * len(years) for name in outcomes}))
        sums = {name: [a + b for a, b in zip(sums[name], values[name], strict=True)] for name in outcomes}
        out[key] = (n + 1, w + weight, sums)
    return out


def as_plain(cells: Cells) -> dict[Key, Row]:
    """The library's cells in the same form."""
    out: dict[Key, Row] = {}
    for i in range(len(cells.weight)):
        place = tuple(cells.villages.iloc[cells.village[i]])
        pattern = tuple(
            tuple(y for t, y in enumerate(cells.years) if p[i] >> t & 1) for p in cells.patterns.values()
        )
        strata = tuple(cells.strata.iloc[cells.stratum[i]]) if len(cells.strata.columns) else ()
        key = (*place, cells.paths[cells.path[i]].text, strata, pattern)
        assert key not in out
        sums = {name: [float(v) for v in x[i]] for name, x in cells.sums.items()}
        out[key] = (int(cells.households[i]), float(cells.weight[i]), sums)
    return out


def assert_same(found: dict[Key, Row], expected: dict[Key, Row], tolerance: float = 1e-12) -> None:
    """Same keys, same counts, weights and sums to a relative 1e-12."""
    assert set(found) == set(expected)
    for key, (n, weight, sums) in expected.items():
        assert found[key][0] == n, key
        assert math.isclose(found[key][1], weight, rel_tol=tolerance), key
        for name, values in sums.items():
            for a, b in zip(found[key][2][name], values, strict=True):
                assert math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance * 1e4 * weight), (key, name)
