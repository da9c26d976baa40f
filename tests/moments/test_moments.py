"""Moments of counties give what the cells of all households give; nothing of a village or of a few households is in them."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from bangfu.cells import Cells
from bangfu.compare import compare_models
from bangfu.errors import BangfuError, NotEstimable, WrongUse
from bangfu.estimates import group_time_effects
from bangfu.moments import Moments, merge_moments, pooled_effects


def frame(seed=0, villages=40, size=30, missing=0.1):
    """Two arms, three cohorts, some villages without joiners."""
    rng = np.random.default_rng(seed)
    village = np.repeat(np.arange(villages), size)
    offered = rng.random(villages) < 0.75
    cohort = np.where(
        offered[village] & (rng.random(len(village)) < 0.6), 3 + rng.integers(0, 2, villages)[village], 0
    )
    units = pd.DataFrame({"id": np.arange(len(village)), "village": village, "first": cohort})
    units["kind"] = np.where(rng.random(len(units)) < 0.5, "tea", "goats")
    units["kind"] = units["kind"].where(units["first"] > 0, "")
    units["land"] = rng.integers(0, 2, len(units))
    units["w"] = rng.uniform(0.5, 2.0, len(units))
    rows = units.merge(pd.DataFrame({"year": [1, 2, 3, 4, 5]}), how="cross")
    gain = np.where((rows["first"] > 0) & (rows["year"] >= rows["first"]), 1 + (rows["kind"] == "tea"), 0)
    rows["y"] = (
        20
        + rng.normal(0, 1, villages)[rows["village"]]
        + 0.5 * rows["year"]
        + gain
        + rng.normal(0, 2, len(rows))
    )
    return rows[rng.random(len(rows)) >= missing]


def cells(rows, outcome="y"):
    return Cells.from_frame(
        rows,
        unit="id",
        cluster="village",
        time="year",
        cohort="first",
        outcome=outcome,
        arm="kind",
        weight="w",
        by=["land"],
    )


def counties(rows, count=3):
    """Cells by county, which register each has."""
    found = [cells(rows[rows["village"] % count == c]) for c in range(count)]
    return [
        dataclasses.replace(c, info=dataclasses.replace(c.info, register=f"county {i}"))
        for i, c in enumerate(found)
    ]


def two_rounds(parts, **rules):
    first = merge_moments(*(p.moments(**rules) for p in parts))
    return merge_moments(*(p.moments(**rules, pooled=first) for p in parts))


COLUMNS = ["arm", "cohort", "year", "event_time", "unit", "estimate", "std_error", "df", "ci_low", "ci_high", "households",
           "villages", "effective_villages", "note"]  # fmt: skip


@pytest.mark.parametrize(
    ("scale", "rules"),
    [
        ("percent", {}),
        ("level", {"missing": "complete"}),
        ("percent", {"missing": "cross_section", "control": "never_elsewhere"}),
        ("level", {"control": "never_same_village", "anticipation": 1}),
        ("percent", {"adjust": True}),
    ],
)  # fmt: skip
def test_two_rounds_equal_all_cells_together(scale, rules):
    rows = frame()
    whole = group_time_effects(cells(rows), "y", scale=scale, **rules)
    pooled = pooled_effects(two_rounds(counties(rows), **rules), scale=scale)
    assert pooled.scaled
    pd.testing.assert_frame_equal(pooled.table[COLUMNS], whole.table[COLUMNS], rtol=1e-9, check_dtype=False)
    np.testing.assert_allclose(pooled.covariance, whole.covariance, rtol=1e-8, atol=1e-12)
    for kind in ("overall", "event", "calendar", "cohort"):
        pd.testing.assert_frame_equal(
            pooled.aggregate(kind), whole.aggregate(kind), rtol=1e-6, check_dtype=False
        )


def test_one_round_gives_the_estimates_and_errors_without_cr2():
    rows = frame(1)
    parts = counties(rows)
    whole = group_time_effects(cells(rows), "y", errors="normal")  # CR0
    pooled = pooled_effects(merge_moments(*(p.moments() for p in parts)))
    assert not pooled.scaled
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(pooled.table[column], whole.table[column], rtol=1e-9)


def test_varying_base_is_chosen_after_pooling():
    rows = frame(2)
    whole = group_time_effects(cells(rows), "y", base="varying")
    pooled = pooled_effects(two_rounds(counties(rows)), base="varying")
    pd.testing.assert_frame_equal(pooled.table[COLUMNS], whole.table[COLUMNS], rtol=1e-9, check_dtype=False)


@pytest.mark.parametrize("scale", ["percent", "level"])
def test_the_comparison_is_that_of_all_cells(scale):
    rows = frame(3)
    whole = compare_models(cells(rows), "y", scale).table
    pooled = pooled_effects(two_rounds(counties(rows)), scale=scale).comparison()
    columns = [c for c in pooled.columns if c in whole.columns]
    assert {"estimate", "ci_low", "rank_low", "rank_high", "effective_villages"} <= set(columns)
    pd.testing.assert_frame_equal(pooled[columns], whole[columns], rtol=1e-6, check_dtype=False)


def test_a_county_without_joiners_and_one_without_comparison():
    rows = frame(4)
    offered = rows.groupby("village")["first"].transform("max") > 0
    parts = [rows[~offered], rows[offered & (rows["first"] > 0)], rows[offered & (rows["first"] == 0)]]
    made = [cells(p) for p in parts]
    made = [
        dataclasses.replace(c, info=dataclasses.replace(c.info, register=str(i), models=("goats", "tea")))
        for i, c in enumerate(made)
    ]
    whole = group_time_effects(cells(rows), "y")
    pooled = pooled_effects(two_rounds(made))
    np.testing.assert_allclose(pooled.table["estimate"], whole.table["estimate"], rtol=1e-9)
    with pytest.raises(NotEstimable):
        pooled_effects(made[0].moments())
    with pytest.raises(NotEstimable):
        pooled_effects(made[1].moments())


def test_a_covariate_cell_that_one_county_lacks():
    rows = frame(9)
    rows.loc[rows["village"] % 3 == 0, "land"] = 0
    whole = group_time_effects(cells(rows), "y", adjust=True)
    pooled = pooled_effects(two_rounds(counties(rows), adjust=True))
    pd.testing.assert_frame_equal(pooled.table[COLUMNS], whole.table[COLUMNS], rtol=1e-9, check_dtype=False)


def test_merging_is_associative_and_commutative():
    one, two, three = (p.moments() for p in counties(frame(5)))
    left, right = merge_moments(merge_moments(one, two), three), merge_moments(three, merge_moments(two, one))
    assert left.columns == right.columns
    np.testing.assert_allclose(left.second, right.second, rtol=1e-12)
    np.testing.assert_array_equal(left.villages, right.villages)
    assert (left.households, left.places, left.presence) == (right.households, right.places, right.presence)


def test_files(tmp_path):
    part = counties(frame(6))[0].moments(adjust=True)
    path = part.save(tmp_path / "county.json")
    found = Moments.load(path)
    for name in Moments.__dataclass_fields__:
        if name in ("first", "second", "villages"):
            np.testing.assert_array_equal(getattr(found, name), getattr(part, name))
        else:
            assert getattr(found, name) == getattr(part, name), name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"villages": [', '"villages": [9, ', 1), encoding="utf-8")
    with pytest.raises(BangfuError, match="changed or damaged"):
        Moments.load(path)
    for broken in (text[:-40], "[]", "{}"):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(BangfuError, match=r"whole (file of moments|JSON object)"):
            Moments.load(path)
    path.write_text('{"bangfu_moments": 7}', encoding="utf-8")
    with pytest.raises(BangfuError, match="format 7"):
        Moments.load(path)
    with pytest.raises(WrongUse, match="no file"):
        Moments.load(tmp_path / "nothing")


def test_no_village_and_no_household_is_named(tmp_path):
    rows = frame(7)
    rows["village"] = rows["village"].map(lambda v: f"village-{v}")
    text = cells(rows).moments().save(tmp_path / "m.json").read_text(encoding="utf-8")
    assert "village-" not in text
    assert set(json.loads(text)) == {
        "bangfu_moments", "registers", "rules", "protection", "withheld", "columns", "sums", "villages", "households",
        "places", "presence", "products", "sha256",
    }  # fmt: skip


def test_refusals():
    rows = frame(8)
    parts = counties(rows)
    first = parts[0].moments()
    with pytest.raises(WrongUse, match="no moments for control='not_yet'"):
        parts[0].moments(control="not_yet")
    with pytest.raises(BangfuError, match=r"different rules .*missing: complete and pairwise"):
        parts[0].moments(pooled=parts[1].moments(missing="complete"))
    with pytest.raises(BangfuError, match="different rules"):
        merge_moments(first, parts[1].moments(missing="complete"))
    with pytest.raises(BangfuError, match="merge each round by itself"):
        merge_moments(first, parts[1].moments(pooled=first))
    with pytest.raises(WrongUse, match="county 0 stands in more than one part"):
        merge_moments(first, first)
    with pytest.raises(WrongUse, match="nothing to merge"):
        merge_moments()
    for options, message in (
        ({"scale": "log"}, "made already"), ({"scale": "pounds"}, "no scale"), ({"base": "first"}, "no base"),
    ):  # fmt: skip
        with pytest.raises(WrongUse, match=message):
            pooled_effects(first, **options)
