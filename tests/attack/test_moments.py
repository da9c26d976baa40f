"""Attacks on what a county hands up: each works on unprotected numbers of 20 counties, and fails on what is released."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bangfu.errors import BangfuError, NotEstimable
from bangfu.moments import Moments, merge_moments, pooled_effects
from tests.moments.counties import ARMS, YEARS, cells, panel

SIZES = np.geomspace(12, 400, 20).astype(int)
"""Villages of each county."""
CLOSE = 0.1
"""An amount is given away when it is known to a tenth (the p% rule)."""


@cache
def county(i: int) -> pd.DataFrame:
    return panel(
        i, int(SIZES[i]), arms=2 + i % 2, cohorts=(2016, 2017, 2018, 2019) if i % 4 else (2017, 2018)
    )


def released(rows: pd.DataFrame, **options: Any) -> Moments | None:
    """What may be handed up, where anything may."""
    try:
        return cells(rows, **options).moments()
    except BangfuError as refused:
        assert "no result may be handed up" in str(refused)
        return None


def exact(rows: pd.DataFrame, **options: Any) -> Moments:
    return cells(rows, **options).moments(inside=True)


def values(moments: Moments) -> dict[tuple[str, int], Any]:
    return {(r.arm, r.event_time): r for r in moments.table.itertuples()}


def of_joiners(moments: Moments) -> np.ndarray:
    """The covariance of the joiners' means (R, R)."""
    both = np.hstack([np.eye(len(moments.table))] * 2)
    return both @ moments.covariance @ both.T


# (a) two arms that meet in one village ---------------------------------------------------------------------------


def secrets(rows: pd.DataFrame) -> np.ndarray:
    """Incomes of households, and means of an arm's households in a village where they are fewer than ten."""
    small = rows.groupby(["arm", "village", "year"])["income"].agg(["size", "mean"])
    return np.sort(np.concatenate([rows["income"], small.loc[small["size"] < 10, "mean"]]))


def hits(found: np.ndarray, known: np.ndarray) -> int:
    """How many values equal a secret."""
    found = np.abs(found[np.isfinite(found)])
    at = np.clip(np.searchsorted(known, found), 1, len(known) - 1)
    near = np.minimum(np.abs(known[at] - found), np.abs(known[at - 1] - found))
    return int((near <= 1e-11 * np.abs(found) + 1e-300).sum())


def every_ratio_and_difference(numbers: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.concatenate([numbers, *(numbers - x for x in numbers), *(numbers / x for x in numbers)])


def sums_and_products(rows: pd.DataFrame) -> np.ndarray:
    """What counties handed up before: products over villages of the village sums of arm-cohorts."""
    joined = rows[rows["first"] > 0]
    keys = ["arm", "first"]
    counts = joined[joined["year"] == YEARS[0]].pivot_table(
        index="village", columns=keys, values="income", aggfunc="size", fill_value=0
    )
    sums = joined.pivot_table(
        index="village", columns=[*keys, "year"], values="income", aggfunc="sum", fill_value=0
    )
    columns = np.hstack([counts, sums])
    return columns.T @ columns


def test_overlap_ratios_and_differences():
    worked = handed = 0
    for i in range(20):
        rows, known = county(i), secrets(county(i))
        products = sums_and_products(rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            worked += hits(np.unique(products[:, None] / products), known) > 0
        moments = released(rows)
        if moments is None:
            continue
        handed += 1
        table = moments.table
        numbers = table[["households", "joiners", "would_have_been", "df"]].to_numpy().ravel()
        totals = (table[["joiners", "would_have_been"]].to_numpy() * table[["households"]].to_numpy()).ravel()
        entries = np.concatenate([numbers, totals, moments.errors, np.unique(moments.covariance)])
        assert not hits(every_ratio_and_difference(entries), known)
        for _, of in table.groupby("arm"):  # differences of counts are counts of households, too
            apart = np.abs(np.subtract.outer(of["households"].to_numpy(), of["households"].to_numpy()))
            assert not ((apart > 0) & (apart < 10)).any() and (of["households"] >= 10).all()
    assert worked >= 15 and handed >= 12


def two_arms_and_one_village(i: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two arms in villages of their own, but for one, where a single household has the first; and that household."""
    villages = max(24, int(SIZES[i]))
    rows = panel(100 + i, villages, arms=2, cohorts=(2017,))
    half, shared = villages // 2, villages // 2
    joined = rows["id"] % 2 == 0
    arm = np.where(rows["village"] < half, ARMS[0], ARMS[1])
    rows["arm"] = np.where(joined, arm, "")
    there = rows["village"] == shared
    alone = rows.loc[there, "id"].min()
    rows.loc[rows["id"] == alone, "arm"] = ARMS[0]
    rows.loc[there & (rows["id"] == alone + 1), "arm"] = ARMS[1]
    rows["first"] = np.where(rows["arm"] != "", 2017, 0)
    return rows, rows[rows["id"] == alone]


def by_one_known_year(moments: Moments, victim: pd.DataFrame) -> np.ndarray | None:
    """Guesses of a household's incomes from 2018 on, by that of 2017: the covariance of two arms is one product."""
    table = moments.table
    mine, theirs = (np.flatnonzero((table["arm"] == arm) & (table["event_time"] >= 0)) for arm in ARMS[:2])
    if len(mine) < 4 or not len(theirs):
        return None
    income = victim.set_index("year")["income"]
    has, times = table["joiners"].to_numpy()[mine], table["event_time"].to_numpy()[mine]
    one, two = of_joiners(moments)[np.ix_(mine, theirs)][np.argsort(times)], has[np.argsort(times)]
    return two[1:] + (income[2017] - two[0]) * one[1:, 0] / one[0, 0]


def test_prior_knowledge_of_one_year():
    for i in range(20):
        rows, victim = two_arms_and_one_village(i)
        truth = victim.set_index("year")["income"].loc[2018:].to_numpy()
        np.testing.assert_allclose(by_one_known_year(exact(rows), victim), truth, rtol=1e-6)
        moments = released(rows)
        guess = None if moments is None else by_one_known_year(moments, victim)
        assert guess is None or (np.abs(guess / truth - 1) > CLOSE).all()


# (b) two editions ------------------------------------------------------------------------------------------------


def edition(rows: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, float]:
    """The county with one household removed, joined or changed; and what that household had in the first year."""
    joined = rows.loc[(rows["arm"] == ARMS[0]) & (rows["first"] == 2017), "id"].unique()
    never = rows.loc[rows["first"] == 0, "id"].unique()
    who = never[3] if kind == "joined" else joined[3]
    own = rows["id"] == who
    income = float(rows.loc[own & (rows["year"] == 2017), "income"].iloc[0])
    if kind == "removed":
        return rows[~own], income
    if kind == "joined":
        return rows.assign(
            arm=rows["arm"].where(~own, ARMS[0]), first=rows["first"].where(~own, 2017)
        ), -income
    return rows.assign(income=rows["income"].where(~(own & (rows["year"] == 2017)), 0.0)), income


@pytest.mark.parametrize("kind", ["removed", "joined", "changed"])
def test_two_editions(kind, tmp_path):
    handed = fooled = 0
    for i in range(20):
        rows = panel(200 + i, int(SIZES[i]), arms=2, cohorts=(2017,))
        other, truth = edition(rows, kind)
        one, two = (values(exact(r))[ARMS[0], 0] for r in (rows, other))
        assert one.households * one.joiners - two.households * two.joiners == pytest.approx(truth, rel=1e-6)
        first, second = released(rows), released(other)
        if first is None or second is None:
            continue
        if kind != "joined" and not {ARMS[0]} <= {*first.table["arm"], *second.table["arm"]}:
            continue  # nothing of that household is in either
        log = tmp_path / f"{i}.releases.json"
        first.save(tmp_path / f"{i}.json", log=log)
        with pytest.raises(BangfuError, match="fewer than 10 villages"):
            second.save(tmp_path / f"{i} again.json", log=log)
        assert not (tmp_path / f"{i} again.json").exists()
        first.save(tmp_path / f"{i} the same.json", log=log)
        key = (ARMS[0], 0)
        if key in values(first) and key in values(second):  # had the log been lost
            one, two = values(first)[key], values(second)[key]
            guess = one.households * one.joiners - two.households * two.joiners
            handed, fooled = handed + 1, fooled + (abs(guess / truth - 1) > CLOSE)
    assert handed >= 10 and fooled >= 0.7 * handed


# (c) peers -------------------------------------------------------------------------------------------------------


def test_a_peer_subtracts_its_own():
    found = {str(i): m for i in range(20) if (m := released(county(i)))}
    parts = [Moments(m.table, m.covariance, m.rules, (name,), False) for name, m in found.items()]
    assert len(parts) >= 12
    for mine, peer, third in zip(parts, parts[1:], parts[2:], strict=False):
        key = (ARMS[0], 0)
        two, three = merge_moments(mine, peer), merge_moments(mine, peer, third)
        own, theirs = values(mine).get(key), values(peer).get(key)
        if own and theirs:
            both = values(two)[key]
            left = (both.weight * both.joiners - own.weight * own.joiners) / (both.weight - own.weight)
            assert left == pytest.approx(theirs.joiners, rel=1e-9)
        with pytest.raises(NotEstimable, match="at least three counties"):
            pooled_effects(two)
        try:
            back = values(three.going_back())
        except NotEstimable:
            continue
        for arm, time in back:
            all_, own = back[arm, time], values(mine)[arm, time]
            left = (all_.weight * all_.joiners - own.weight * own.joiners) / (all_.weight - own.weight)
            for other in (peer, third):
                step = other.errors[len(other.table) :].min() / 5
                assert (
                    abs(left - values(other)[arm, time].joiners) > step / 100
                )  # of two counties, not of one


# (d) lattices and least squares ----------------------------------------------------------------------------------


def supports(rows: pd.DataFrame, moments: Moments) -> tuple[np.ndarray, pd.MultiIndex]:
    """Which sums of an arm's villages in a year are in which result, with what part: all of it known to the attacker."""
    joined = rows[rows["first"] > 0]
    counts = joined.groupby(["arm", "village", "first", "year"]).size().rename("n").reset_index()
    keys = pd.MultiIndex.from_frame(counts[["arm", "village", "year"]].drop_duplicates())
    matrix = np.zeros((len(moments.table), len(keys)))
    for r, row in enumerate(moments.table.itertuples()):
        of = counts[(counts["arm"] == row.arm) & (counts["year"] - counts["first"] == row.event_time)]
        matrix[r, keys.get_indexer(pd.MultiIndex.from_frame(of[["arm", "village", "year"]]))] = (
            1.0 / of["n"].sum()
        )
    return matrix, keys


def solved(rows: pd.DataFrame, moments: Moments) -> int:
    """Village sums that least squares over the results give, to a tenth of a percent."""
    matrix, keys = supports(rows, moments)
    truth = rows.groupby(["arm", "village", "year"])["income"].sum().reindex(keys).to_numpy()
    inverse = np.linalg.pinv(matrix)
    known = np.abs(np.diag(inverse @ matrix) - 1) < 1e-9
    guess = inverse @ moments.table["joiners"].to_numpy()
    return int((known & (np.abs(guess / truth - 1) < 1e-3)).sum())


def test_least_squares_for_village_sums():
    worked = 0
    for i in range(20):
        rows = panel(300 + i, int(SIZES[i]), arms=2, cohorts=(2015, 2016, 2017, 2018, 2019))
        early = rows.loc[rows["first"] == 2015, "village"]
        lonely = rows["first"].where((rows["first"] != 2015) | (rows["village"] == early.min()), 2016)
        rows = rows.assign(first=lonely)
        worked += solved(rows, exact(rows)) > 0
        moments = released(rows)
        if moments is None:
            continue
        assert not solved(rows, moments)
        units = rows[rows["first"] > 0].drop_duplicates("id")
        behind = {
            key: units[(units["arm"] == key[0]) & (units["first"] + key[1]).between(YEARS[0], YEARS[-1])]
            for key in values(moments)
        }
        for one, other in product(behind, repeat=2):
            apart = behind[one][~behind[one]["id"].isin(behind[other]["id"])]
            assert apart.empty or (len(apart) >= 10 and apart["village"].nunique() >= 10)
    assert worked >= 15


def poor_in_ten_villages(seed: int, villages: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Six joiners in each of ten villages, the households of a village of one weight; how many of them are poor."""
    random = np.random.default_rng(seed)
    village = np.repeat(np.arange(villages), 12)
    joined = (village < 10) & (np.arange(len(village)) % 2 == 0)
    weight = random.uniform(0.5, 2.0, villages)
    rows = pd.DataFrame({"id": np.arange(len(village)), "village": village, "arm": np.where(joined, ARMS[0], ""),
                         "first": np.where(joined, 2017, 0), "w": weight[village]})  # fmt: skip
    rows = rows.merge(pd.DataFrame({"year": [2015, 2016, 2017]}), how="cross")
    rows["income"] = (random.random(len(rows)) < 0.5).astype(float)
    now = rows[(rows["year"] == 2017) & (rows["arm"] != "")]
    return rows, weight[:10], now.groupby("village")["income"].sum().to_numpy().astype(int)


def counts_that_fit(weight: np.ndarray, low: float, high: float) -> np.ndarray:
    """Whole numbers of poor households (., 10) that give a weighted share, some of each kind: meet in the middle."""
    choices = np.array(list(product(range(7), repeat=5)))
    left, right, total = choices @ weight[:5], choices @ weight[5:], 6 * weight.sum()
    order = np.argsort(right)
    first, last = (np.searchsorted(right[order], bound * total - left) for bound in (low, high))
    there = np.flatnonzero(last > first)
    there = there[:: max(1, len(there) // 2_000)]
    found = [
        (i, order[k]) for i in there for k in range(first[i], last[i], max(1, (last[i] - first[i]) // 5))
    ]
    return np.array([[*choices[i], *choices[j]] for i, j in found]).reshape(-1, 10)


def test_a_lattice_of_counts():
    """A weighted share of known weights fixes all counts when it is exact, and none as it is released."""
    handed = 0
    for i in range(20):
        rows, weight, truth = poor_in_ten_villages(400 + i, max(24, int(SIZES[i])))
        options = {"weight": "w"}
        share = values(exact(rows, **options))[ARMS[0], 0].joiners
        found = counts_that_fit(weight, share - 1e-13, share + 1e-13)
        assert len(found) <= 20 and (found == truth).all(1).any()
        moments = released(rows, **options)
        if moments is None:
            continue
        handed += 1
        share = values(moments)[ARMS[0], 0].joiners
        reach = 0.1 * (moments.errors[0] + moments.errors[len(moments.table)])
        found = counts_that_fit(weight, share - reach, share + reach)
        assert len(found) > 5_000
        assert all(len(np.unique(found[:, v])) >= 6 for v in range(10))
    assert handed >= 15


# what is in the file ---------------------------------------------------------------------------------------------


def test_no_place_product_or_part_is_in_the_file(tmp_path):
    rows = county(15).assign(village=lambda f: "village-" + f["village"].astype(str))
    moments = cells(rows).moments()
    text = moments.save(tmp_path / "m.json", log=tmp_path / "log").read_text(encoding="utf-8")
    content = json.loads(text)
    assert "village-" not in text
    assert set(content) == {
        "bangfu_moments",
        "inside",
        "registers",
        "rules",
        "withheld",
        "results",
        "correlations",
        "sha256",
    }
    assert set(content["results"][0]) == {
        "arm", "event_time", "counties", "households", "villages", "weight", "joiners", "would_have_been", "df",
        "error_of_difference", "error_of_would_have_been",
    }  # fmt: skip
    assert all(len(b) == len(a) + 1 for a, b in pairwise(content["correlations"]))
