"""The rule of 'how sure', row by row; and what it reads from a comparison."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.compare.grade import LEVELS, Evidence, evidence_of, grade, grade_of, holds, weakest
from bangfu.errors import WrongUse
from tests.papers.test_papers import cells_of_panel

GOOD = Evidence(False, 6.0, 3.0, 9.0, 4.0, pretrend_p=0.6, stable=1.0, breakdown=1.5)
BY_LOT = replace(GOOD, drawn_by_lot=True, exposure="campaign", pretrend_p=np.nan)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, 2),
        ({"drawn_by_lot": True, "exposure": "campaign"}, 3),
        ({"drawn_by_lot": True}, 2),  # who takes up is not drawn
        ({"pretrend_p": 0.01}, 0),
        ({"pretrend_p": np.nan}, 1),
        ({"control": "never_same_village"}, 1),
        ({"control": "never_elsewhere"}, 2),
        ({"like_with_like": False}, 1),
        ({"ci_low": np.nan}, 0),
        ({"ci_low": -1.0}, 1),
        ({"detectable": 7.0}, 1),
        ({"stable": 0.9}, 1),
        ({"stable": 0.5}, 0),
        ({"stable": np.nan}, 1),
        ({"breakdown": 0.4}, 1),
        ({"breakdown": np.nan}, 1),
        ({"breakdown": np.nan, "stable": 0.9, "pretrend_p": 0.01, "ci_low": -1.0}, 0),
    ],
)
def test_every_row_of_the_rule(change, level):
    found = grade(replace(GOOD, **change))
    assert found.level == level
    assert found.word == LEVELS[level]


def test_drawn_by_lot_needs_no_trends():
    assert grade(BY_LOT).level == 3
    assert grade(replace(BY_LOT, stable=0.5)).level == 1


def test_a_worse_fact_never_raises_the_grade():
    rng = np.random.default_rng(3)
    worse = [
        {"pretrend_p": 0.01}, {"control": "never_same_village"}, {"ci_low": -9.0}, {"stable": 0.4}, {"breakdown": 0.1}
    ]  # fmt: skip
    for _ in range(50):
        start = replace(
            GOOD,
            drawn_by_lot=bool(rng.integers(2)),
            exposure=rng.choice(["participation", "campaign"]),
            stable=rng.choice([1.0, 0.9, np.nan]),
            breakdown=rng.choice([0.5, 2.0, np.nan]),
        )
        assert all(grade(replace(start, **change)).level <= grade(start).level for change in worse)


@pytest.mark.parametrize("good", [GOOD, BY_LOT, replace(GOOD, estimate=np.nan)])
def test_invented_data_get_no_grade(good):
    found = grade(replace(good, synthetic=True))
    assert found.level is None
    assert found.text("en") == "How sure: not graded: synthetic data"
    assert found.text("zh") == "可信程度：模拟数据，不评级"


def test_texts():
    found = grade(replace(GOOD, ci_low=-1.0, breakdown=0.2))
    assert found.text().startswith("How sure: very low (the interval includes zero; a trend difference")
    assert found.text("zh") == "可信程度：很低（区间包含零；若出现参加前那样的趋势差异，结论就不成立）"
    assert grade(replace(GOOD, estimate=np.nan)).word.en == "not graded: not estimable"


def claim(
    kind: str, *arms: str, estimate: float, low: float, high: float, detectable: float
) -> SimpleNamespace:
    return SimpleNamespace(
        kind=kind, arms=arms, estimate=estimate, interval=(low, high), detectable=detectable
    )


A = claim("arm", "a", estimate=6.0, low=3.0, high=9.0, detectable=4.0)
B = claim("arm", "b", estimate=3.0, low=-1.0, high=7.0, detectable=5.0)
PAIR = claim("pair", "a", "b", estimate=3.0, low=1.0, high=5.0, detectable=2.0)
CLAIMS = (A, B, PAIR)


def comparison(synthetic: bool = False) -> SimpleNamespace:
    choices = {
        "scale": ["percent", "level"],
        "control": "never",
        "missing": "pairwise",
        "switchers": "censor",
    }
    stability = pd.concat(
        [
            pd.DataFrame({**choices, "arm": "a", "estimate": [6.0, 4.0]}),
            pd.DataFrame({**choices, "arm": "b", "estimate": [3.0, 5.0]}),
            pd.DataFrame({**choices, "scale": ["log", "log"], "arm": ""}),
        ]
    )
    return SimpleNamespace(
        synthetic=synthetic,
        design=SimpleNamespace(exposure="participation", control="never", drawn_by_lot=False),
        statements=CLAIMS,
        table=pd.DataFrame({"arm": ["a", "b"]}),
        pretrend=pd.DataFrame({"arm": ["a", "b", "all"], "p_value": [0.5, np.nan, 0.3]}),
        stability=stability,
    )


def test_reads_a_comparison():
    result = comparison()
    assert evidence_of(result, A, breakdown=1.2) == replace(GOOD, pretrend_p=0.5, breakdown=1.2)
    assert grade_of(result, "a", breakdown=1.2).level == 2
    assert grade_of(result, "b", breakdown=np.nan).level == 0
    pair = evidence_of(result, PAIR)
    assert (pair.estimate, pair.ci_low, pair.ci_high, pair.detectable) == (3.0, 1.0, 5.0, 2.0)
    assert (pair.pretrend_p, pair.stable, pair.like_with_like) == (0.3, 0.5, False)
    assert np.isnan(evidence_of(comparison(True), A).stable)
    assert grade_of(comparison(True), "a").level is None
    with pytest.raises(WrongUse, match="no 'c'"):
        grade_of(result, "c")


def test_a_first_place_is_as_sure_as_the_weakest_of_its_pairs():
    other = claim("pair", "a", "c", estimate=3.0, low=-1.0, high=5.0, detectable=2.0)
    result = comparison()
    result.statements = (*CLAIMS, other)
    found = weakest(result, claim("first", "a", estimate=6.0, low=3.0, high=9.0, detectable=2.0))
    assert (found.ci_low, found.ci_high) == (-1.0, 5.0)


def test_of_a_real_comparison():
    """From cells: the multiple that undoes a gain is computed where it is not given."""
    cells = cells_of_panel()
    result = bangfu.compare_models(cells, scale="level")
    evidence = evidence_of(result, result.stated("arm", "courtyard"))
    assert 0 < evidence.breakdown <= 10
    assert evidence.stable == 1.0
    assert 0 < evidence.pretrend_p < 1
    assert grade(evidence) == grade_of(result, "courtyard")
    assert (
        grade_of(result, "courtyard", "cooperative").reasons[0].en == "those who chose each model may differ"
    )


def test_holds():
    table = comparison().stability
    assert holds(table, {"a": 1.0}, 6.0) == 1.0
    assert holds(table, {"a": 1.0, "b": -1.0}, 3.0) == 0.5
    assert np.isnan(holds(table, {"c": 1.0}, 1.0))
