"""Every two arms compared within common covariate cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.compare.release import apart
from bangfu.errors import NotEstimable
from bangfu.estimates.common_cells import common_cells
from bangfu.estimates.contrasts import LABELS
from bangfu.estimates.group_time import estimate
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import sample

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison


def within_common_cells(result: ModelComparison, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs within common covariate cells; without an estimate where there are none.

    Parameters
    ----------
    result : ModelComparison
        Of a released one every arm and first year is enough in each cell by itself.
    pairs : DataFrame
        The contrasts as they are.
    """
    note, cells, effects = "no_cells", result.cells, result.effects
    if len(cells.strata.columns):
        note = "no_support"
        try:
            if result.release is not None:
                cells = apart(cells)
                effects = estimate(cells, result.design)
            adjusted = sample(cells, result.design.replace(adjust=True))
            return common_cells(adjusted, effects.joint.overlap, effects.unit)
        except NotEstimable:
            if result.release is None:
                raise
    nothing = pairs.assign(way="common_cells", support=0.0, note=NOTES[note].en)
    nothing[[c for c in nothing.columns if c not in LABELS]] = np.nan
    return nothing
