"""What must hold whatever the data: order, labels, untouched cohorts, merged parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some

from bangfu.cells import Cells, merge
from bangfu.estimates import GroupTimeEffects, group_time_effects
from bangfu.literals import CONTROLS, MISSING
from tests.estimates.panels import cells_of, panel, with_switch

panels = some.builds(panel, some.integers(0, 500), some.just(8), some.just(8), pure=some.just(True))
scales = some.sampled_from(["percent", "level"])
KEYS = ["arm", "cohort", "year"]
NUMBERS = ["estimate", "std_error", "df", "ci_low"]


def same(left: pd.DataFrame, right: pd.DataFrame, keys: list[str] = KEYS) -> None:
    both = left.merge(right, on=keys, suffixes=("", "_other"))
    assert len(both) == len(left) == len(right)
    for name in NUMBERS:
        np.testing.assert_allclose(both[name], both[f"{name}_other"], rtol=1e-9, atol=1e-9)


def effects(cells: Cells, **rules: str) -> GroupTimeEffects:
    return group_time_effects(cells, "y", **rules)  # type: ignore[arg-type]


@settings(max_examples=6, deadline=None)
@given(panels, some.integers(0, 99), scales, some.sampled_from(CONTROLS), some.sampled_from(MISSING))
def test_order_and_labels_do_not_matter(
    frame: pd.DataFrame, seed: int, scale: str, control: str, missing: str
) -> None:
    rules = {"scale": scale, "control": control, "missing": missing}
    first = effects(cells_of(frame), **rules)
    shuffled = frame.sample(frac=1, random_state=seed)
    draw = np.random.default_rng(seed)
    people, places = draw.permutation(10_000), draw.permutation(1_000)
    renamed = shuffled.assign(
        id=people[shuffled["id"]], village=places[shuffled["village"]], arm=shuffled["arm"].map({"a": "z", "b": "b", "": ""})
    )  # fmt: skip
    second = effects(cells_of(renamed), **rules)
    back = second.table.assign(arm=second.table["arm"].replace({"z": "a"}))
    same(first.table, back)
    overall = second.aggregate("overall")
    same(first.aggregate("overall"), overall.assign(arm=overall["arm"].replace({"z": "a"})), ["arm"])


@settings(max_examples=6, deadline=None)
@given(panels, scales, some.sampled_from(MISSING))
def test_an_untouched_cohort_changes_no_other(frame: pd.DataFrame, scale: str, missing: str) -> None:
    """With control="never": all but the degrees of freedom's village shares come from the cohort itself."""
    whole = effects(cells_of(frame), scale=scale, missing=missing).table
    without = frame[~((frame["arm"] == "b") & (frame["cohort"] == 2016))]
    part = effects(cells_of(without), scale=scale, missing=missing).table
    kept = whole[~((whole["arm"] == "b") & (whole["cohort"] == 2016))]
    both = kept.merge(part, on=KEYS, suffixes=("", "_other"))
    assert len(both) == len(part)
    for name in ("estimate", "std_error"):
        np.testing.assert_allclose(both[name], both[f"{name}_other"], rtol=1e-9)


@settings(max_examples=4, deadline=None)
@given(panels, scales, some.integers(1, 7))
def test_merged_parts_are_the_union(frame: pd.DataFrame, scale: str, cut: int) -> None:
    parts = [cells_of(frame[frame["village"] < cut]), cells_of(frame[frame["village"] >= cut])]
    parts = [replace(p, info=replace(p.info, models=("a", "b"))) for p in parts]
    same(effects(merge(*parts), scale=scale).table, effects(cells_of(frame), scale=scale).table)


@settings(max_examples=4, deadline=None)
@given(panels, some.floats(0.1, 50))
def test_a_change_of_currency(frame: pd.DataFrame, factor: float) -> None:
    """Percent does not move with the unit of money; yuan moves in proportion."""
    other = frame.assign(y=frame["y"] * factor)
    same(effects(cells_of(frame)).table, effects(cells_of(other)).table)
    yuan, scaled = (effects(cells_of(f), scale="level").table for f in (frame, other))
    np.testing.assert_allclose(scaled["estimate"], factor * yuan["estimate"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scaled["std_error"], factor * yuan["std_error"], rtol=1e-9)


def test_switchers() -> None:
    """Censored years go; an arm of its own keeps them; dropped households are gone: as by hand on the households."""
    frame = panel(5, villages=10, households=20)
    cells = with_switch(cells_of(frame), "a", 2015, "b", 2017)
    censored = effects(cells)
    cut = frame[~((frame["arm"] == "a") & (frame["cohort"] == 2015) & (frame["year"] >= 2017))]
    by_hand = effects(cells_of(cut)).table
    live = censored.table[censored.table["estimate"].notna()]
    same(live, by_hand[by_hand["estimate"].notna()])
    gone = censored.sample.switched().query("arm == 'a' and event_time == 2").iloc[0]
    n = ((frame["arm"] == "a") & (frame["cohort"] == 2015) & (frame["year"] == 2017)).sum()
    assert gone["households"] == gone["censored"] == n

    dropped = effects(cells, switchers="drop").table
    same(dropped, effects(cells_of(frame[~((frame["arm"] == "a") & (frame["cohort"] == 2015))])).table)

    own = effects(cells, switchers="own_arm").table
    renamed = frame.assign(arm=frame["arm"].where((frame["arm"] != "a") | (frame["cohort"] != 2015), "a+b"))
    same(own, effects(cells_of(renamed)).table)
