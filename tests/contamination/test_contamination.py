"""Contamination against the authors' R package, its hand cases, and statsmodels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from bangfu.errors import BangfuError, NotEstimable, WrongUse
from bangfu.estimates.contamination import Contamination, contamination
from bangfu.estimates.contamination_logit import logit
from tests.contamination.star import star

NUMBERS = ["estimate", "std_error", "oracle_std_error", "bias", "bias_std_error"]


def hand(second: list[int]) -> pd.DataFrame:
    """The 24 rows of the hand cases in multe's tests: one arm is absent where w is 1."""
    frame = pd.DataFrame({"w": [0] * 12 + [1] * 12, "d": [0, 1, 2] * 4 + second})
    return frame.assign(y=(frame.d == 2) + frame.d * frame.w)


def full(result: Contamination) -> pd.DataFrame:
    return result.table[result.table["sample"] == "full"].set_index(["arm", "estimator"])


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return star()


def test_hand_case_arm_absent() -> None:
    """multe, 'Example 5': PL of arm 2 takes in 0.3 of arm 1's effect; OWN and EW are 1."""
    table = full(contamination(hand([0, 1] * 6), "y", "d", "w", 0))
    estimates = table["estimate"]
    assert estimates["1"][["PL", "OWN", "EW"]].to_list() == pytest.approx([0.6, 0.6, 0.6], abs=1e-12)
    assert estimates["2"][["PL", "OWN", "EW"]].to_list() == pytest.approx([1.3, 1.0, 1.0], abs=1e-12)
    assert table["std_error"]["1"][["PL", "OWN"]].to_list() == pytest.approx([0.1095445115] * 2, abs=1e-10)
    assert table["std_error"]["2"][["PL", "OWN"]].to_list() == pytest.approx([0.1193733639, 0], abs=1e-10)
    assert table["bias"]["2"][["OWN", "EW"]].to_list() == pytest.approx([0.3, 0.3], abs=1e-12)
    assert table["bias_std_error"]["2"][["OWN", "EW"]].to_list() == pytest.approx(
        [0.1193733639] * 2, abs=1e-10
    )


def test_hand_case_reference_absent() -> None:
    """multe, 'Example 4': without reference rows where w is 1, OWN and ATE do not exist, and the table says why."""
    table = full(contamination(hand([1, 2] * 6), "y", "d", "w", 0))
    missing = table.loc[(slice(None), ["OWN", "ATE"]), :]
    assert missing[NUMBERS].isna().all(axis=None)
    assert missing["note"].str.startswith("not estimable, because").all()
    s = 10 / 9
    expected = [(1 / 3 - 2 / 3) / s, (s - 1 / 3 + 2 / 3) / s]
    assert table["estimate"].xs("PL", level="estimator").to_list() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("case", "sample", "controls", "options"),
    [
        ("robust", "overlap", "C(schoolidk) + gender + lunchk", {}),
        ("clustered", "overlap", "C(schoolidk) + gender + lunchk", {"weights": "w", "cluster": "schoolidk"}),
        ("uniform", "full", "gender * lunchk", {"weights": "w", "cw_uniform": True}),
    ],
)
def test_equals_multe(data: pd.DataFrame, case: str, sample: str, controls: str, options: dict) -> None:  # type: ignore[type-arg]
    """multe's values; CW within what its optimiser (nnet) leaves."""
    ours = contamination(data, "score", "stark", controls, "regular", **options).table
    ours = ours[ours["sample"] == sample].set_index(["arm", "estimator"])
    theirs = pd.read_csv(Path(__file__).with_name("reference.csv"), index_col=["arm", "estimator"])
    theirs = theirs[theirs["case"] == case]
    assert len(theirs) == 10
    for (arm, estimator), row in theirs.iterrows():
        close = 1e-5 if estimator == "CW" else 1e-10
        size = abs(row["estimate"]) + row["std_error"]
        np.testing.assert_allclose(
            ours.loc[(arm, estimator), NUMBERS].to_numpy(float),
            row[NUMBERS].to_numpy(float),
            rtol=0,
            atol=close * size,
        )


def test_logit_equals_statsmodels(data: pd.DataFrame) -> None:
    """Unweighted: MNLogit. Weighted: MNLogit on repeated rows."""
    some = data.iloc[:1500]
    z = np.column_stack(
        [np.ones(1500), some["gender"] == "male", some["lunchk"] == "free", some["mathk"] / 500]
    )
    codes = pd.Categorical(some["stark"]).codes
    x = (codes[:, None] == np.arange(3)).astype(float)
    w = some["w"].to_numpy(float)
    for weights, repeat in ((np.ones(1500), np.ones(1500, int)), (w, w.astype(int))):
        rows = np.repeat(np.arange(1500), repeat)
        fit = sm.MNLogit(codes[rows], z[rows]).fit(disp=0, method="newton", tol=1e-14)
        np.testing.assert_allclose(logit(x, z, weights), fit.predict(z), atol=1e-9)


def test_parts_equal_statsmodels(data: pd.DataFrame) -> None:
    """PL with HC0 and clustered errors, ATE by the interacted regression, EW by pairs, CW by weighting."""
    frame = data.assign(
        boy=(data["gender"] == "male").astype("int8"), small=(data["stark"] == "small").astype(int)
    )
    frame["free"] = (frame["lunchk"] == "free").astype("int8")
    table = full(contamination(frame, "score", "stark", "boy + free", "regular"))
    regression = smf.ols("score ~ C(stark, Treatment('regular')) + boy + free", frame).fit(cov_type="HC0")
    name = "C(stark, Treatment('regular'))[T.small]"
    small = table.xs("small")
    assert small["estimate"]["PL"] == pytest.approx(regression.params[name], rel=1e-10)
    assert small["std_error"]["PL"] == pytest.approx(regression.bse[name], rel=1e-10)
    middle = frame.assign(boy=frame["boy"] - frame["boy"].mean(), free=frame["free"] - frame["free"].mean())
    interacted = smf.ols("score ~ C(stark, Treatment('regular')) * (boy + free)", middle).fit(cov_type="HC0")
    assert small["estimate"]["ATE"] == pytest.approx(interacted.params[name], rel=1e-10)
    assert small["oracle_std_error"]["ATE"] == pytest.approx(interacted.bse[name], rel=1e-10)
    pair = frame[frame["stark"] != "regular+aide"]
    alone = smf.ols("score ~ small + boy + free", pair).fit(cov_type="HC0")
    assert small["estimate"]["EW"] == pytest.approx(alone.params["small"], rel=1e-10)
    assert small["std_error"]["EW"] == pytest.approx(alone.bse["small"], rel=1e-10)
    z = sm.add_constant(frame[["boy", "free"]].astype(float))
    codes = pd.Categorical(frame["stark"]).codes
    p = sm.MNLogit(codes, z).fit(disp=0, method="newton", tol=1e-14).predict(z).to_numpy()
    share = np.bincount(codes) / len(codes)
    weight = 1 / (share * (1 - share) / p).sum(axis=1) / p[np.arange(len(codes)), codes]
    weighted = smf.wls("score ~ C(stark, Treatment('regular'))", frame, weights=weight).fit()
    assert small["estimate"]["CW"] == pytest.approx(weighted.params[name], rel=1e-9)
    clustered = contamination(frame, "score", "stark", "boy + free", "regular", cluster="schoolidk")
    groups = regression.model.fit(
        cov_type="cluster", cov_kwds={"groups": frame["schoolidk"].astype(int), "use_correction": False}
    )
    g = frame["schoolidk"].nunique()
    expected = groups.bse[name] * np.sqrt(g / (g - 1))
    assert full(clustered)["std_error"]["small", "PL"] == pytest.approx(expected, rel=1e-10)
    assert clustered.clusters == g


def test_one_arm_has_no_contamination(data: pd.DataFrame) -> None:
    """With one arm OWN is PL, and EW is CW up to the logit against the linear propensity (saturated: exactly)."""
    two = data[data["stark"] != "regular+aide"]
    estimates = full(contamination(two, "score", "stark", "gender * lunchk", "regular"))["estimate"]["small"]
    assert estimates["OWN"] == pytest.approx(estimates["PL"], rel=1e-10)
    assert estimates["EW"] == pytest.approx(estimates["PL"], rel=1e-10)
    assert estimates["CW"] == pytest.approx(estimates["PL"], rel=1e-9)


def test_overlap_sample(data: pd.DataFrame) -> None:
    """A school without an arm goes, with its pupils; a control that does not vary within an arm goes."""
    few = data[data["schoolidk"].isin(sorted(data["schoolidk"].unique())[:6])].copy()
    first = few["schoolidk"] == few["schoolidk"].iloc[0]
    few = few[~(first & (few["stark"] == "small"))]
    few["only_small"] = ((few["stark"] == "small") & (few["mathk"] > 480)).astype(int)
    result = contamination(few, "score", "stark", "only_small + C(schoolidk)", "regular")
    part = result.table[result.table["sample"] == "overlap"]
    assert result.outside_overlap == (few["schoolidk"] == few["schoolidk"][first].iloc[0]).sum()
    assert result.dropped_controls == ("only_small",)
    assert part["estimate"].notna().all()
    assert (part["rows"] == len(few) - result.outside_overlap).all()
    plain = smf.ols(
        "score ~ C(stark, Treatment('regular')) + C(schoolidk)",
        few[few["schoolidk"] != few["schoolidk"][first].iloc[0]],
    ).fit()
    ours = part.set_index(["arm", "estimator"])["estimate"]["small", "PL"]
    assert ours == pytest.approx(plain.params["C(stark, Treatment('regular'))[T.small]"], rel=1e-10)


def test_no_level_with_every_arm() -> None:
    frame = pd.DataFrame({"g": list("aabb"), "d": [0, 1, 0, 2], "y": [1.0, 2, 3, 4]})
    frame = pd.concat([frame, frame.assign(y=frame["y"] + 1)])
    part = contamination(frame, "y", "d", "g", 0).table.query("sample == 'overlap'")
    assert part["estimate"].isna().all()
    assert part["note"].str.contains("no level").all()


def test_order_weights_and_small_integers_do_not_matter(data: pd.DataFrame) -> None:
    """Row order; zero weights against absent rows; 8-bit integers squared in the formula."""
    few = data.iloc[:800].assign(wealth=(np.arange(800) % 100))
    expected = full(contamination(few, "score", "stark", "wealth + I(wealth**2)", "regular", weights="w"))
    small = few.astype({"wealth": "int8", "w": "int8"})
    padded = pd.concat([small, small.assign(w=0, score=-1)]).sample(frac=1, random_state=1)
    ours = full(
        contamination(
            padded.astype({"w": "int8"}), "score", "stark", "wealth + I(wealth**2)", "regular", weights="w"
        )
    )
    np.testing.assert_allclose(ours[NUMBERS].to_numpy(float), expected[NUMBERS].to_numpy(float), rtol=1e-8)


def test_missing_rows_are_counted(data: pd.DataFrame) -> None:
    holes = data.iloc[:600].copy()
    holes.loc[holes.index[:7], "score"] = np.nan
    holes.loc[holes.index[7:9], "gender"] = None
    assert contamination(holes, "score", "stark", "gender", "regular").dropped_rows == 9


def test_refusals(data: pd.DataFrame) -> None:
    some = data.iloc[:300]
    with pytest.raises(WrongUse, match="no controls beyond the intercept"):
        contamination(some, "score", "stark", "1", "regular")
    with pytest.raises(WrongUse, match="unknown group 'none'"):
        contamination(some, "score", "stark", "gender", "none")
    with pytest.raises(WrongUse, match="unknown column wrong"):
        contamination(some, "wrong", "stark", "gender", "regular")
    with pytest.raises(WrongUse, match="formula"):
        contamination(some, "score", "stark", "gender +* x", "regular")
    with pytest.raises(BangfuError, match="w: negative weights stand in 300 rows"):
        contamination(some.assign(w=-1), "score", "stark", "gender", "regular", weights="w")
    with pytest.raises(NotEstimable, match="no arm beside"):
        contamination(some[some["stark"] == "small"], "score", "stark", "gender", "small")


def test_prints(data: pd.DataFrame) -> None:
    text = repr(contamination(data, "score", "stark", "gender", "regular"))
    assert "against regular" in text
    assert "PL" in text


def test_an_arm_that_a_stratum_lacks(data: pd.DataFrame) -> None:
    """Probabilities are the strata's shares, whether the absent arm is shut out or left to the limit; CW uses the rest."""
    few = data[data["schoolidk"].isin(sorted(data["schoolidk"].unique())[:5])].reset_index(drop=True)
    few = few[~((few["schoolidk"] == few["schoolidk"][0]) & (few["stark"] == "small"))]
    z = pd.get_dummies(few["schoolidk"].astype(str)).to_numpy(float)
    x = pd.get_dummies(few["stark"]).to_numpy(float)
    shares = pd.DataFrame(x).groupby(few["schoolidk"].to_numpy()).transform("mean").to_numpy()
    w = np.ones(len(few))
    np.testing.assert_allclose(logit(x, z, w, shares > 0), shares, atol=1e-12)
    np.testing.assert_allclose(logit(x, z, w), shares, atol=1e-8)
    result = contamination(few, "score", "stark", "C(schoolidk)", "regular").table
    cw = result[(result["estimator"] == "CW") & (result["arm"] == "regular+aide")].set_index("sample")[
        "estimate"
    ]
    assert cw["full"] == pytest.approx(cw["overlap"], rel=0.2)
