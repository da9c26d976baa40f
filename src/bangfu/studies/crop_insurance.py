"""3,659 farm households of Jiangxi, 2000 to 2008: crop insurance for tobacco growers of one county from 2003.

Data: ``load_cai2016`` from moderndid 0.2.0 (MIT; Cai 2016, AEJ: Economic Policy 8(2)). Triple difference: tobacco growers
against others, the insured county against eleven others, before and after. Outcome: the share of savings in flexible-term
accounts. Printed: the event study in moderndid's documentation, which re-runs Ortiz-Villavicencio & Sant'Anna (2025, figure 5).
"""

from __future__ import annotations

import warnings

import pandas as pd

from bangfu.studies.agreement import Replication
from bangfu.words import Word

STUDY = "Cai 2016; Ortiz-Villavicencio & Sant'Anna 2025"
PLACE = Word("3,659 farm households, Jiangxi, 2000-2008", "江西3,659户农户,2000—2008年")
TABLE = "event study"
FIRST_YEAR = 2003
DRAWS, SEED = 999, 7
"""Of the printed multiplier bootstrap."""

PRINTED = {
    -3: ("-0.0545", "0.0197"),
    -2: ("-0.0321", "0.0203"),
    0: ("0.0070", "0.0205"),
    1: ("0.0317", "0.0199"),
    2: ("0.0484", "0.0247"),
    3: ("0.0422", "0.0205"),
    4: ("0.0684", "0.0262"),
    5: ("0.1309", "0.0234"),
}
"""Years since the insurance came -> estimate, standard error; the year before it is the base."""


def households() -> pd.DataFrame:
    """The data as published, with ``group``: the year in which the county's insurance began, 0 for never."""
    from moderndid import load_cai2016

    frame = pd.DataFrame(load_cai2016().to_dict(as_series=False))
    return frame.assign(group=frame["treatment"] * FIRST_YEAR)


def replications() -> list[Replication]:
    """Average effect and the effect in each year since the insurance came, with their errors.

    Doubly robust with household size and age of head; unbalanced panel; base year 2002. The error is a multiplier
    bootstrap over households: with one insured county no error can cover shocks to that county.
    """
    import moderndid

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # logit notes on separation, of no consequence for a doubly robust estimate
        fit = moderndid.ddd(
            households(), yname="checksaving_ratio", tname="year", idname="hhno", gname="group", pname="sector",
            xformla="~ hhsize + age", control_group="nevertreated", base_period="universal", est_method="dr",
            allow_unbalanced_panel=True, boot=True, biters=DRAWS, random_state=SEED,
        )  # fmt: skip
        result = moderndid.agg_ddd(fit, type="eventstudy", biters=DRAWS, cband=False, random_state=SEED)
    years = [int(year) for year in result.egt]
    effects = dict(zip(years, map(float, result.att_egt), strict=True))
    errors = dict(zip(years, map(float, result.se_egt), strict=True))
    how = "moderndid 0.2.0 ddd, doubly robust"
    drawn = f"{how}, multiplier bootstrap with {DRAWS} draws"
    printed = [
        (Word("average of years 0 to 5", "第0至5年平均"), "0.0548", float(result.overall_att), how),
        (Word("average, standard error", "平均数的标准误"), "0.0137", float(result.overall_se), drawn),
    ]
    for year, (effect, error) in PRINTED.items():
        printed.append((Word(f"year {year}", f"第{year}年"), effect, effects[year], how))
        printed.append(
            (Word(f"year {year}, standard error", f"第{year}年标准误"), error, errors[year], drawn)
        )
    return [Replication(STUDY, PLACE, TABLE, item, text, ours, by) for item, text, ours, by in printed]
