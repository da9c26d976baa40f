"""1,410 rice farmers of Jiangxi who were offered weather insurance: do others' decisions matter?

Data: ``social_insure`` from causaldata (MIT; Cai, de Janvry & Sadoulet 2015, AEJ: Applied Economics 7(2)). Which default
option the first sessions of a village were given was drawn by lot, and serves as instrument for their take-up.
"""

from __future__ import annotations

import pandas as pd

from bangfu.studies.agreement import Replication
from bangfu.words import Word

STUDY = "Cai, de Janvry & Sadoulet 2015"
PLACE = Word("1,410 rice farmers, Jiangxi", "江西1,410户稻农")
TABLE = "take-up on earlier take-up"
CONTROLS = (
    "male",
    "age",
    "agpop",
    "ricearea_2010",
    "literacy",
    "intensive",
    "risk_averse",
    "disaster_prob",
)


def farmers() -> pd.DataFrame:
    """The data as published, integers as floats: stored as they are, their products overflow in silence."""
    from causaldata import social_insure

    frame: pd.DataFrame = social_insure.load_pandas().data.copy()
    numeric = frame.select_dtypes("number").columns
    return frame.astype(dict.fromkeys(numeric, float))


def replications() -> list[Replication]:
    """First stage, two-stage least squares and the number of farmers.

    Village dummies and household controls; errors clustered by natural village with the small-sample factor.
    """
    from linearmodels.iv import IV2SLS

    frame = farmers().dropna()
    villages = pd.get_dummies(frame["village"], drop_first=True, dtype=float)
    controls = pd.concat([frame[list(CONTROLS)].assign(const=1.0), villages], axis=1)
    by_natural_village = frame["address"].astype("category").cat.codes
    both = controls.assign(default=frame["default"])
    first = IV2SLS(frame["pre_takeup_rate"], both, None, None)
    second = IV2SLS(frame["takeup_survey"], controls, frame[["pre_takeup_rate"]], frame[["default"]])
    stages = [
        model.fit(cov_type="clustered", clusters=by_natural_village, debiased=True)
        for model in (first, second)
    ]
    how = "linearmodels IV2SLS, village dummies, clustered by natural village"
    numbers = (
        (Word("first stage", "第一阶段"), "0.118", stages[0].params["default"]),
        (Word("first stage, standard error", "第一阶段标准误"), "0.034", stages[0].std_errors["default"]),
        (Word("two-stage least squares", "两阶段最小二乘"), "0.791", stages[1].params["pre_takeup_rate"]),
        (
            Word("two-stage least squares, standard error", "两阶段最小二乘标准误"),
            "0.273",
            stages[1].std_errors["pre_takeup_rate"],
        ),
        (Word("farmers", "农户数"), "1,378", float(stages[1].nobs)),
    )
    return [Replication(STUDY, PLACE, TABLE, item, text, float(ours), how) for item, text, ours in numbers]
