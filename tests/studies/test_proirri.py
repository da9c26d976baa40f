"""PROIRRI, Mozambique (Christian et al. 2022, tables 2 and 4): read from shared material, skipped where it is absent.

Estimate and standard error clustered by water-user association, without and with province effects.
"""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from bangfu.studies import Replication, table
from bangfu.words import Word
from tests.shared import shared

STUDY = "Christian et al. 2022"
PLACE = Word("3,081 households, Mozambique", "莫桑比克3081户")
SHA256 = "ce99699754f34c5608ef12614c936b79f190b85368b4e649bd724f1d95d9f4b8"

PRINTED = (
    ("2", "bp_v1_d_saved_cumul", ".080", ".053", ".033", ".048"),
    ("2", "bp_v2_d_saved_cumul", ".155", ".086", ".053", ".069"),
    ("2", "bp_v3_d_saved_cumul", ".188", ".098", ".073", ".076"),
    ("2", "bp_v4_d_saved_cumul", ".293", ".111", ".205", ".117"),
    ("2", "bp_v4_boxvalue_cumul", "1686", "979", "654", "873"),
    ("4", "el_livestock_costs", "1120.904", "515.947", "778.377", "420.819"),
    ("4", "el_seed_costs", "607.315", "613.127", "-329.316", "400.276"),
    ("4", "el_worker_costs", "966.608", "829.635", "1291.297", "763.353"),
)


@pytest.fixture(scope="module")
def households() -> pd.DataFrame:
    path: Path = shared("**/proirri_savings.dta")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHA256
    return pd.read_stata(path, convert_categoricals=False)


def test_households_and_associations(households: pd.DataFrame) -> None:
    assert len(households) == 3081
    assert households["associd"].nunique() == 42
    assert (households.groupby("associd")["treatment"].nunique() == 1).all()


@pytest.mark.parametrize("row", PRINTED, ids=[row[1] for row in PRINTED])
def test_printed_estimates_and_errors(households: pd.DataFrame, row: tuple[str, ...]) -> None:
    import statsmodels.formula.api as smf

    number, outcome, *printed = row
    endline = number == "4"
    frame = households[[outcome, "treatment", "prov", "associd", "pweight"]].astype(float)
    frame = frame.dropna(subset=[outcome, "pweight"] if endline else [outcome])
    assert not endline or len(frame) == 1784
    rows = []
    for words, printed_pair in (("treatment", printed[:2]), ("treatment + C(prov)", printed[2:])):
        weights = frame["pweight"] if endline else 1.0
        fit = smf.wls(f"{outcome} ~ {words}", frame, weights=weights).fit(
            cov_type="cluster", cov_kwds={"groups": frame["associd"]}
        )
        for what, text, ours in (
            ("estimate", printed_pair[0], fit.params["treatment"]),
            ("error", printed_pair[1], fit.bse["treatment"]),
        ):
            rows.append(
                Replication(
                    STUDY,
                    PLACE,
                    number,
                    Word(f"{outcome} {words} {what}", outcome),
                    text,
                    float(ours),
                    "statsmodels",
                )
            )
    result = table(rows)
    assert result["agrees"].all(), result.to_string()
