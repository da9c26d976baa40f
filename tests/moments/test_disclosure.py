"""Disclosure control: what is unsafe is not handed up, nor can it be worked out from differences."""

import numpy as np
import pandas as pd
import pytest

from bangfu.cells.agreement import settled
from bangfu.design import Design
from bangfu.errors import BangfuError
from bangfu.estimates.sample import sample
from bangfu.moments import Protection, merge_moments, pooled_effects
from bangfu.moments.disclosure import protect
from tests.moments.test_moments import cells, frame

RULE = Protection()


@pytest.mark.parametrize(
    ("by_village", "safe"),
    [
        ((4, 3, 3), True),
        ((4, 3, 2), False),  # nine households
        ((10, 10), False),  # two villages
        ((10, 0, 10), False),
        ((60, 31, 9), False),  # two villages have 91%
        ((60, 30, 10), True),
        ((80, 10, 10), True),
        ((), False),
    ],
)
def test_the_rules_by_hand(by_village, safe):
    assert RULE.safe(np.array(by_village, dtype=float)) is safe


def test_the_second_largest_cannot_work_out_the_largest():
    rule = Protection(dominance=1.0)
    assert not rule.safe(np.array([90.0, 40.0, 8.0]))  # the rest is less than a tenth of the largest
    assert rule.safe(np.array([90.0, 40.0, 9.0]))


def atoms(chosen):
    """Households by village of everything that differences can reach."""
    frame = pd.DataFrame(
        {
            "group": chosen.group,
            "stratum": chosen.stratum,
            "seen": chosen.seen,
            "village": chosen.village,
            "n": chosen.households,
        }
    )
    return [
        g.groupby("village")["n"].sum().to_numpy(float)
        for _, g in frame.groupby(["group", "stratum", "seen"])
    ]


@pytest.mark.parametrize("adjust", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_every_atom_is_safe(seed, adjust):
    made = cells(frame(seed, villages=36, size=50, missing=0.1))
    before = sample(made, settled(made, Design(adjust=adjust)))
    after, withheld = protect(before, RULE)
    assert not all(RULE.safe(a) for a in atoms(before))
    assert all(RULE.safe(a) for a in atoms(after))
    lost = before.households[(before.group >= 0) | before.comparison].sum() - after.households.sum()
    assert 0 <= withheld.households - lost < 10
    years = lambda s: sum(int(h) * int(p).bit_count() for h, p in zip(s.households, s.seen, strict=True))  # noqa: E731
    assert years(after) > 0.8 * years(before)  # most is kept: few are withheld, some forget a year


def test_without_anything_unsafe_nothing_changes():
    made = cells(frame(5, missing=0.0))
    plain, guarded = made.moments(), made.moments(protection=RULE)
    assert (guarded.withheld.households, guarded.withheld.household_years) == (0, 0)
    assert guarded.columns == plain.columns
    np.testing.assert_allclose(guarded.second, plain.second, rtol=1e-12)


def test_a_lonely_arm_is_not_handed_up_and_the_rest_can_be_pooled():
    rows = frame(6, villages=36, missing=0.0)
    lonely = rows["id"].isin(rows.loc[rows["first"] == 0, "id"].unique()[:9])
    rows.loc[lonely, ["first", "kind"]] = [3, "bees"]
    made = cells(rows)
    found = made.moments(protection=RULE)
    assert found.withheld.households == 10  # nine, rounded up
    assert {arm for arm, _ in found.groups} == {"goats", "tea"}
    assert not any("bees" in c.arm for c in found.columns)
    effects = pooled_effects(merge_moments(found))
    assert set(effects.table["arm"]) == {"goats", "tea"}


def test_one_village_that_dominates_is_not_handed_up():
    rows = frame(7, villages=36, missing=0.0)
    never = rows.loc[rows["first"] == 0, ["id", "village"]].drop_duplicates()
    big = never[never["village"] == never["village"].mode()[0]]["id"].head(28)
    others = never[never["village"] != never["village"].mode()[0]]["id"].head(2)
    rows.loc[rows["id"].isin([*big, *others]), ["first", "kind"]] = [4, "bees"]
    found = cells(rows).moments(protection=RULE)
    assert not any("bees" in c.arm for c in found.columns)


def test_a_group_of_few_villages_is_not_handed_up():
    rows = frame(9, villages=30, missing=0.0)
    joiners = rows[rows["first"] > 0].groupby("village")["id"].unique()
    nine = [ids[:5] for ids in joiners[:9]]
    rows.loc[rows["id"].isin(np.concatenate(nine)), ["first", "kind"]] = [4, "bees"]
    made = cells(rows)
    assert not any("bees" in c.arm for c in made.moments(protection=RULE).columns)
    assert any("bees" in c.arm for c in made.moments(protection=Protection(group_villages=9)).columns)


def test_the_rules_are_stated_and_must_agree():
    made = cells(frame(8))
    found = made.moments(protection=Protection(households=20))
    assert found.rules["protection"]["households"] == 20
    with pytest.raises(BangfuError, match="different rules"):
        made.moments(pooled=found)
