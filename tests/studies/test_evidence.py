"""Published evidence: what may be compared, and that nothing else is ever pooled."""

import numpy as np
import pandas as pd
import pytest

from bangfu import reference
from bangfu.errors import NotEstimable
from bangfu.studies import evidence


def _made(**columns: list[object]) -> pd.DataFrame:
    """Invented findings for the pooling arithmetic."""
    count = len(next(iter(columns.values())))
    base = {
        "finding_id": [f"f{i}" for i in range(count)],
        "study": [f"s{i}" for i in range(count)],
        "model": ["cooperative"] * count,
        "outcome_kind": ["household_income"] * count,
        "unit": ["percent"] * count,
        "design": ["matching"] * count,
    }
    return pd.DataFrame(base | columns)


def test_pooling_by_hand() -> None:
    effects, errors = np.array([5.0, 12.0, 8.0]), np.array([2.0, 3.0, 1.5])
    weights = 1 / errors**2
    mean = (weights * effects).sum() / weights.sum()
    spread = (weights * (effects - mean) ** 2).sum()
    between = max(0.0, (spread - 2) / (weights.sum() - (weights**2).sum() / weights.sum()))
    weights = 1 / (errors**2 + between)
    ours = evidence.pool(_made(estimate=[*effects], std_error=[*errors]))
    assert ours.between == pytest.approx(between)
    assert between > 0
    assert ours.estimate == pytest.approx((weights * effects).sum() / weights.sum())
    assert ours.std_error == pytest.approx(weights.sum() ** -0.5)
    assert ours.ci_high - ours.estimate == pytest.approx(1.959964 * ours.std_error, rel=1e-5)
    assert ours.studies == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"std_error": [1.0, np.nan]}, "without a standard error"),
        ({"design": ["matching", "review"]}, "review"),
        ({"unit": ["percent", "yuan per head"]}, "not pooled"),
        ({"outcome_kind": ["household_income", "harvest"]}, "not pooled"),
        ({"model": ["cooperative", "enterprise"]}, "not pooled"),
        ({"study": ["s", "s"]}, "same households"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, list[object]], words: str) -> None:
    rows = _made(**({"estimate": [5.0, 6.0], "std_error": [1.0, 1.0]} | change))
    with pytest.raises(NotEstimable, match=words) as caught:
        evidence.pool(rows)
    assert caught.value.text("zh") != caught.value.text("en")


def test_one_finding_is_no_pool() -> None:
    with pytest.raises(NotEstimable, match="at least 2"):
        evidence.pool(_made(estimate=[5.0], std_error=[1.0]))


def test_shipped_studies_allow_no_pooling() -> None:
    groups = evidence.comparable()
    assert not groups["may_pool"].any()
    assert evidence.pooled().empty
    assert "nothing is pooled" in evidence.pooling_words().en
    assert (
        groups["findings"].sum()
        == (reference.studies()["estimate"].notna() & (reference.studies()["design"] != "review")).sum()
    )


def test_comparable_sees_a_pair_that_may_be_pooled() -> None:
    table = reference.studies()
    pair = table["finding_id"].isin(["ma_2016", "liu_2020"])
    table.loc[pair, ["unit", "outcome_kind"]] = ["percent", "household_income"]
    table.loc[pair, "std_error"] = 1.0
    groups = evidence.comparable(table)
    assert groups["may_pool"].sum() == 1
    made = evidence.pooled(table)
    assert list(made["studies"]) == [2]
    assert made["estimate"].iloc[0] == pytest.approx((4.66 + 872) / 2)
    assert evidence.pooling_words(table).en.startswith("1 of")


def test_log_points_become_percent() -> None:
    row = evidence.findings().set_index("finding_id").loc["zhang_2020"]
    assert row["percent"] == pytest.approx(100 * (np.exp(0.0725) - 1))
    assert row["percent_low"] == pytest.approx(100 * (np.exp(0.0725 - 1.96 * 0.0078) - 1))


def test_a_p_value_is_no_margin_of_error() -> None:
    rows = evidence.findings().set_index("finding_id")
    assert not rows.loc["baliki_2022_year6", "has_error"]
    assert rows.loc[["ton_2018", "zhang_2020"], "has_error"].all()
    assert np.isnan(rows.loc["baliki_2022_year6", "percent"])
