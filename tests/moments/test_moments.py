"""Pooled moments are the stratified estimate: exactly inside, within a tenth of an error per county as released."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.errors import BangfuError, NotEstimable, WrongUse
from bangfu.estimates import group_time_effects
from bangfu.moments import merge_moments, pooled_effects
from tests.moments.counties import ARMS, cells, panel, stratified

SIZES = (40, 60, 90, 130)
AFTER = [0, 1, 2, 3]


@pytest.fixture(scope="module")
def panels() -> list[pd.DataFrame]:
    return [panel(seed, villages) for seed, villages in enumerate(SIZES)]


@pytest.fixture(scope="module")
def made(panels) -> list[Cells]:
    return [cells(rows, f"county {i}") for i, rows in enumerate(panels)]


def gain(has: float, would: float, n: float, scale: str) -> float:
    return 100 * (has / would - 1) if scale == "percent" else (has - would) / n


@pytest.mark.parametrize("scale", ["percent", "level"])
def test_inside_it_equals_plain_pandas(panels, made, scale):
    result = pooled_effects(merge_moments(*(c.moments(scale=scale, inside=True) for c in made)))
    each = result.event_study.set_index(["arm", "event_time"])["estimate"]
    whole = result.table.set_index("arm")["estimate"]
    for arm in ARMS[:2]:
        for times, found in [([t], each[arm, t]) for t in (-3, -2, *AFTER)] + [(AFTER, whole[arm])]:
            parts = [stratified(rows, arm, times, scale) for rows in panels]
            assert found == pytest.approx(gain(*np.sum(parts, axis=0), scale), rel=1e-9, abs=1e-9)


def test_released_it_is_within_a_tenth_of_an_error_per_county(panels, made):
    found = [c.moments() for c in made]
    for one, rows in zip(found, panels, strict=True):
        errors, count = one.errors, len(one.table)
        for i, row in enumerate(one.table.itertuples()):
            has, would, n = stratified(rows, row.arm, [row.event_time])
            assert row.households == row.weight == n
            assert abs(row.would_have_been - would / n) <= 0.1051 * errors[count + i]
            assert abs((row.joiners - row.would_have_been) - (has - would) / n) <= 0.1051 * errors[i]
            assert float(f"{errors[i]:.1e}") == pytest.approx(errors[i], rel=1e-12)  # two digits
            assert row.villages % 10 == 0 and row.df == int(row.df)
    exact, rounded = (pooled_effects(merge_moments(*parts)).event_study.set_index(["arm", "event_time"]) for parts in (
        [c.moments(inside=True) for c in made], found))  # fmt: skip
    both = rounded[rounded["counties"] == len(SIZES)].index
    assert len(both) >= 5
    off = (rounded["estimate"] - exact["estimate"])[both] / exact["std_error"][both]
    assert off.abs().max() < 0.2 and off.abs().max() > 0
    np.testing.assert_allclose(rounded["std_error"][both], exact["std_error"][both], rtol=0.1)


@pytest.mark.parametrize("control", ["never", "never_elsewhere", "not_yet"])
@pytest.mark.parametrize("scale", ["percent", "level", "log"])
def test_one_county_and_one_cohort_is_the_group_time_effect(scale, control):
    """Estimates, errors and degrees of freedom of the estimator that is held against other programs."""
    rows = panel(11, 50, cohorts=(2017,))
    rows["income"] = rows["income"].where(np.random.default_rng(1).random(len(rows)) > 0.05)
    whole = cells(rows.dropna(subset="income"))
    found = pooled_effects(whole.moments(scale=scale, control=control, inside=True))
    expected = group_time_effects(whole, scale=scale, control=control)
    columns = ["estimate", "std_error"]
    mine = found.event_study.set_index(["arm", "event_time"]).sort_index()
    theirs = expected.table.set_index(["arm", "event_time"]).sort_index()
    pd.testing.assert_frame_equal(mine[columns], theirs[columns], rtol=1e-9)
    np.testing.assert_allclose(
        mine["df"], theirs["df"], rtol=0.05
    )  # there, of comparison households in all years


def test_errors_over_cohorts_are_those_of_leaving_out_villages(panels):
    rows = panels[1]
    found = pooled_effects(cells(rows).moments(inside=True)).table.set_index("arm")
    villages = rows["village"].unique()
    for arm in ARMS[:2]:
        left = np.array(
            [gain(*stratified(rows[rows["village"] != v], arm, AFTER), "percent") for v in villages]
        )
        jackknife = np.sqrt((len(villages) - 1) / len(villages) * ((left - left.mean()) ** 2).sum())
        assert found["std_error"][arm] == pytest.approx(jackknife, rel=0.06)


def test_weights_and_covariate_cells(panels):
    """Twice the weight is the household twice; within covariate cells the comparison is that of each cell."""
    rows = panels[0].assign(w=lambda f: 1.0 + f["id"] % 2, land=lambda f: f["id"] % 3 == 0)
    twice = pd.concat([rows, rows[rows["w"] == 2].assign(id=lambda f: f["id"] + 100_000)])
    weighted, doubled = (
        pooled_effects(cells(r, by=["land"], **o).moments(inside=True, adjust=True)).event_study
        for r, o in ((rows, {"weight": "w"}), (twice, {}))
    )
    np.testing.assert_allclose(weighted["estimate"], doubled["estimate"], rtol=1e-9)
    np.testing.assert_allclose(weighted["std_error"], doubled["std_error"], rtol=1e-9)
    one = weighted.set_index(["arm", "event_time"])["estimate"]["courtyard", 1]
    parts = [np.array(stratified(twice[twice["land"] == land], "courtyard", [1])) for land in (False, True)]
    assert one == pytest.approx(gain(*np.sum(parts, axis=0), "percent"), rel=1e-9)


def test_merging_in_any_order(made):
    one, two, three, four = (c.moments() for c in made)
    left = merge_moments(merge_moments(one, two), merge_moments(three, four))
    right = merge_moments(four, merge_moments(three, merge_moments(two, one)))
    pd.testing.assert_frame_equal(left.table, right.table, rtol=1e-12)
    np.testing.assert_allclose(left.covariance, right.covariance, rtol=1e-9, atol=1e-9)


def test_poverty_ranks_the_other_way_round_and_only_single_models(panels):
    parts = []
    for i, rows in enumerate(panels):
        poor = rows.assign(headcount=(rows["income"] < 12_000).astype(float))
        poor["arm"] = poor["arm"].where(
            (poor["arm"] != "cooperative") | (poor["id"] % 2 == 0), "cooperative+courtyard"
        )
        better = (poor["arm"] == "courtyard") & (poor["year"] >= poor["first"])
        poor.loc[better, "headcount"] *= (poor["id"] % 3 == 0)[better]
        made = Cells.from_frame(
            poor, unit="id", cluster="village", time="year", cohort="first", outcome="headcount", arm="arm"
        )
        parts.append(
            dataclasses.replace(made, info=dataclasses.replace(made.info, register=str(i), models=ARMS))
        )
    for inside in (True, False):
        table = pooled_effects(merge_moments(*(p.moments(inside=inside) for p in parts))).table.set_index(
            "arm"
        )
        assert table["estimate"]["courtyard"] < table["estimate"]["cooperative"]
        assert table["rank_high"]["courtyard"] == 1 and table["rank_low"]["cooperative"] == 2
        pairs = [a for a in table.index if "+" in a]
        assert table["rank_low"][pairs].isna().all() and (pairs or not inside)
    high = pooled_effects(merge_moments(*(p.moments(inside=True) for p in parts)), best="high").table
    assert high.set_index("arm")["rank_low"]["courtyard"] == 2


def test_two_counties_do_not_go_back(made, tmp_path):
    two, three = (merge_moments(*(c.moments() for c in made[1 : 1 + n])) for n in (2, 3))
    with pytest.raises(NotEstimable, match="at least three counties"):
        pooled_effects(two)
    with pytest.raises(NotEstimable, match="at least three counties"):
        two.save(tmp_path / "two.json")
    assert pooled_effects(dataclasses.replace(two, inside=True)).table["estimate"].notna().all()
    shown = pooled_effects(three)
    assert (shown.event_study["counties"] == 3).all() and shown.event_study["estimate"].notna().all()
    few = three.table[three.table["counties"] < 3]
    assert len(few) and set(zip(few["arm"], few["event_time"], strict=True)) <= set(shown.moments.withheld)
    assert (three.going_back().table["counties"] == 3).all()


def test_what_compare_gives_in_both_languages(made):
    result = pooled_effects(merge_moments(*(c.moments() for c in made)))
    for lang, words in (("en", ("possible ranks", "would be seen in four of five", "compared within counties", "4 counties", "rounded")),
                        ("zh", ("可能名次", "约有四组能检出", "在本县内", "4个县", "取整"))):  # fmt: skip
        for word in words:
            assert word in result.text(lang)
    assert {"estimate", "band_low", "rank_low", "counties", "note"} <= set(result.table)
    assert list(result.contrasts["way"].unique()) == ["as_they_are"]
    assert len(result.detectable) == 3 and result.detectable["detectable"].notna().all()
    first, second = result.table["estimate"]
    assert result.contrasts["estimate"][0] == pytest.approx(first - second)


def test_refusals(made):
    one, two, other = made[0].moments(), made[1].moments(), made[1].moments(missing="complete")
    with pytest.raises(
        WrongUse,
        match=r"county 0 stands in more than one part \(1, 3, in the order given\).*id in register.toml",
    ):
        merge_moments(one, two, one)
    with pytest.raises(BangfuError, match=r"different rules .*missing: pairwise and complete"):
        merge_moments(one, other)
    with pytest.raises(WrongUse, match="nothing to merge"):
        merge_moments()
    for options, message in (
        ({"scale": "level"}, "made already"),
        ({"scale": "pounds"}, "unknown scale"),
        ({"control": "not_yet"}, "made already"),
    ):
        with pytest.raises(WrongUse, match=message):
            pooled_effects(one, **options)
    with pytest.raises(WrongUse, match="CR2"):
        made[0].moments(errors="jackknife")
    with pytest.raises(BangfuError, match="county: no result may be handed up"):
        cells(panel(1, 9)).moments()
    with pytest.raises(NotEstimable):
        cells(panel(1, 12).assign(first=0, arm="")).moments(inside=True)


def test_public_names():
    assert bangfu.merge_moments is merge_moments and bangfu.pooled_effects is pooled_effects
