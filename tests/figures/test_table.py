"""Tables as notebooks show them: arms in words, p-values never 0.000."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bangfu.figures import Table
from bangfu.formats import chance

FRAME = pd.DataFrame(
    {
        "arm": ["courtyard", "courtyard+cooperative", "", "none", "all", np.nan],
        "other": ["", "enterprise", "joiners", "comparison", "courtyard", "courtyard"],
        "estimate": [1.234, -0.001, np.nan, 1234.5, 0.0, 2.0],
        "p_value": [1e-9, 0.0214, np.nan, 1.0, 0.0004, 0.00051],
        "joint_p": [0.5, 0.0, 0.04, 0.001, 0.9999, 0.3],
        "share_missing": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    }
)


def test_arms_print_in_words() -> None:
    shown = Table(FRAME).text
    assert shown["arm"].tolist() == [
        "courtyard economy alone",
        "courtyard economy and cooperative",
        "none",
        "none",
        "all",
        "",
    ]
    assert shown["other"].tolist()[:4] == ["none", "leading enterprise alone", "joiners", "comparison"]
    assert Table(FRAME, lang="zh").text["arm"].tolist()[:3] == [
        "仅庭院经济",
        "庭院经济、合作社两项",
        "均未参加",
    ]
    assert "courtyard+cooperative" not in repr(Table(FRAME)) + Table(FRAME)._repr_html_()


def test_p_values_are_never_zero() -> None:
    shown = Table(FRAME, decimals=1).text
    assert shown["p_value"].tolist() == ["<0.001", "0.021", "", "1.000", "<0.001", "<0.001"]
    assert shown["joint_p"].tolist()[:2] == ["0.500", "<0.001"]
    assert shown["share_missing"].tolist()[0] == "0.1"
    assert chance(float("nan")) == ""


def test_empty_and_escaped() -> None:
    assert repr(Table(FRAME.iloc[:0])) == "(no rows)"
    assert "&lt;b&gt;" in Table(pd.DataFrame({"a": ["<b>"]}))._repr_html_()
