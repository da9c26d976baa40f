"""The plain regression's coefficients beside each other: what they say, in percent of the mean and with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.errors import Language
from bangfu.formats import interval, number
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.register import HouseholdRegister

NAMES = {
    "without controls": Word("without controls", "不加控制变量"),
    "with controls": Word("with controls", "加控制变量"),
}
COLUMNS = {
    "model": TERMS["model"],
    "fit": Word("regression", "回归"),
    "coefficient": Word("difference, % of the mean", "差别,占均值%"),
    "interval": TERMS["interval"],
    "rows": Word("household-years", "户·年观测"),
}


def plain_table(
    fits: Mapping[str, Any], register: HouseholdRegister, mean: float, lang: Language = "en"
) -> pd.DataFrame:
    """Coefficients of ``takes_0``, ``takes_1``, ... of several regressions, one row per model and regression.

    Parameters
    ----------
    fits : mapping of str to statsmodels results
    register : HouseholdRegister
        Whose models the columns stand for, in order.
    mean : float
        Of the outcome; coefficients are printed in percent of it.
    lang : {"en", "zh"}

    Returns
    -------
    DataFrame
        Text, for a notebook.
    """
    rows = []
    for i, model in enumerate(register.info.models):
        for name, fit in fits.items():
            low, high = (100 * float(x) / mean for x in fit.conf_int().loc[f"takes_{i}"])
            value = 100 * float(fit.params[f"takes_{i}"]) / mean
            rows.append(
                (
                    model.name[lang], NAMES[name][lang] if name in NAMES else name, f"{number(value, 1, sign=True)}%",
                    interval(low, high, unit="%", lang=lang), number(int(fit.nobs)),
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=[word[lang] for word in COLUMNS.values()])
