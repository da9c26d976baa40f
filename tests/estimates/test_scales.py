"""The scale that is meant where none is named, its older name, and the unit that it prints."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from bangfu import Cells, compare_models, group_time_effects
from bangfu.errors import WrongUse

from .panels import cells_of, panel

FRAME = panel(1)
YUAN = cells_of(FRAME)
FOREIGN = replace(YUAN, info=replace(YUAN.info, spec={}))


def test_percent_for_incomes_and_differences_for_what_has_no_unit() -> None:
    assert group_time_effects(YUAN).unit == "percent"
    foreign = group_time_effects(FOREIGN)
    assert (foreign.design.scale, foreign.unit) == ("level", "")
    level = group_time_effects(YUAN, scale="level")
    assert level.unit == "yuan" and np.array_equal(level.table["estimate"], foreign.table["estimate"])


def test_a_logarithm_is_never_read_in_percent() -> None:
    """A log outcome of a frame: the plain difference of logs, a hundredth of the log points of the scale ``log``."""
    frame = FRAME.assign(ly=np.log(FRAME["y"]))
    plain = Cells.from_frame(
        frame, unit="id", cluster="village", time="year", cohort="cohort", outcome="ly", arm="arm", weight="weight"
    )  # fmt: skip
    found, logs = group_time_effects(plain).table, group_time_effects(YUAN, scale="log").table
    np.testing.assert_allclose(100 * found["estimate"], logs["estimate"], rtol=1e-9)
    assert group_time_effects(YUAN, "log:y").unit == "log points"


def test_the_older_name_of_level() -> None:
    pd.testing.assert_frame_equal(
        compare_models(YUAN, scale="yuan").table, compare_models(YUAN, scale="level").table
    )
    assert compare_models(YUAN, scale="yuan").design.scale == "level"


def test_an_unknown_scale_names_what_was_meant() -> None:
    with pytest.raises(WrongUse, match="did you mean 'level'") as refused:
        group_time_effects(YUAN, scale="levels")
    assert "level" in refused.value.text("zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_prints_without_a_unit(lang: str) -> None:
    result = compare_models(FOREIGN)
    text = result.text(lang)  # type: ignore[arg-type]
    assert "yuan" not in text and "元" not in text and "%" in text  # percent of households is still percent
    assert result.figure().numbers and "()" not in result.figure().reading.en
