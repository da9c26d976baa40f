"""Placebo: pretend that everybody joined earlier, and look only at the years before they really did."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.cells.paths import Path, exposure
from bangfu.design import Design
from bangfu.errors import NotEstimable, WrongUse
from bangfu.estimates.group_time import estimate
from bangfu.literals import Switchers


def placebo(cells: Cells, design: Design | None = None, earlier: int = 1) -> pd.DataFrame:
    """Gains from joining ``earlier`` years before the real year; without selection and anticipation they are zero.

    Parameters
    ----------
    cells : Cells
    design : Design, optional
    earlier : int
        Years.

    Returns
    -------
    DataFrame
        One row per arm, as ``aggregate("overall")`` gives it.

    Raises
    ------
    WrongUse
        When ``earlier`` is not positive.
    NotEstimable
        When no joiner is left with a year before the pretended one.
    """
    if earlier < 1:
        raise WrongUse("a placebo joins at least one year earlier", "安慰剂检验至少提前一年")
    chosen = settled(cells, design or Design())
    own = cells.only(chosen.column)
    if chosen.missing == "complete":  # in the years that there are; those from the real year on go only now
        own, chosen = own.rows(own.complete), chosen.replace(missing="pairwise")
    return estimate(_shifted(own, earlier, chosen.switchers), chosen).aggregate("overall")


def _shifted(cells: Cells, earlier: int, switchers: Switchers) -> Cells:
    """Joiners of the arm that the rule for switchers gives join earlier; their years from the real one on are taken away."""
    kept = np.array([exposure(p, cells.years, cells.info.models, switchers).kept for p in cells.paths])
    cells = cells.rows(kept[cells.path])
    first = np.array([p.steps[0][0] if p.steps else 0 for p in cells.paths])
    paths = [
        Path(
            tuple(
                sorted(
                    (p.steps[0][0] - earlier, m)
                    for year, m in p.steps
                    if switchers == "own_arm" or year == p.steps[0][0]
                )
            )
        )
        for p in cells.paths
    ]
    distinct = tuple(sorted(set(paths)))
    years = np.array(cells.years)
    before = np.array(
        [sum(1 << int(i) for i in np.flatnonzero((years < f) | (f == 0))) for f in first], dtype=np.int64
    )
    (name, seen), *_ = cells.patterns.items()
    kept = seen & before[cells.path]
    mask = (kept[:, None] >> np.arange(len(years))) & 1 == 1
    made = replace(
        cells,
        paths=distinct,
        path=np.array([distinct.index(p) for p in paths], dtype=np.int64)[cells.path],
        patterns={name: kept},
        sums={name: np.where(mask, cells.sums[name], 0.0)},
    )
    made = made.rows(kept > 0).collapsed()
    starts = np.array([p.steps[0][0] if p.steps else 0 for p in made.paths])[made.path]
    if not (starts > years.min()).any():
        raise NotEstimable(
            f"no household has data before the placebo year, {earlier} years earlier; fewer years are needed",
            f"提前{earlier}年后,没有农户有此前的记录;请减少年数",
        )
    return made
