"""Does the order of the arms survive other choices? Every scale, control, missing rule and rule for switchers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.agreement import settled
from bangfu.design import Design, Settled
from bangfu.errors import NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.effects import unit_of
from bangfu.estimates.family import core
from bangfu.estimates.group_time import GroupTimeEffects, effects_of, sums_of
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import sample
from bangfu.literals import CONTROLS, MISSING, SCALES, SWITCHERS

CHOICES = ("scale", "control", "missing", "switchers")
DRAWS = 4_000
COLUMNS = [
    *CHOICES, "arm", "unit", "estimate", "std_error", "ci_low", "ci_high", "rank", "rank_low", "rank_high", "note"
]  # fmt: skip


def stability(cells: Cells, design: Design) -> pd.DataFrame:
    """Gains and rank sets under every choice, all else as the design says.

    Returns
    -------
    DataFrame
        ``scale, control, missing, switchers, arm, unit, estimate, std_error, ci_low, ci_high, rank, rank_low, rank_high,
        note``; a choice that cannot be estimated has one row, without an arm, that says why.
    """
    main = settled(cells, design)
    switch = any(len({year for year, _ in path.steps}) > 1 for path in cells.paths)
    found: dict[tuple[str, ...], pd.DataFrame] = {}
    for scales in (SCALES[:2], SCALES[2:]):  # percent and level rest on the same sums
        column = main.replace(scale=scales[0]).column
        own = cells.only(column) if column in cells.sums else None
        gaps = own is not None and not own.complete.all()
        for control, missing, switchers in product(CONTROLS, MISSING, SWITCHERS):
            # rules that cannot matter, since nobody is missing or nobody switches, are those tried first
            same = (control, missing if gaps else MISSING[0], switchers if switch else SWITCHERS[0])
            if (scales[0], *same) not in found:
                rules = dict(zip(CHOICES[1:], same, strict=True))
                designs = [main.replace(scale=scale, **rules) for scale in scales]
                found |= {
                    (str(d.scale), *same): frame
                    for d, frame in zip(designs, _under(own, designs), strict=True)
                }
            for scale in scales:
                found[scale, control, missing, switchers] = found[scale, *same]
    order = list(product(SCALES, CONTROLS, MISSING, SWITCHERS))
    named = np.repeat(np.array(order, dtype=object), [len(found[choice]) for choice in order], axis=0)
    out = pd.concat([found[choice] for choice in order], ignore_index=True)
    return out.assign(**{name: list(column) for name, column in zip(CHOICES, named.T, strict=True)}).reindex(
        columns=COLUMNS
    )


def _under(cells: Cells | None, designs: Sequence[Settled]) -> list[pd.DataFrame]:
    """Gains and ranks under designs that differ in the scale alone."""
    try:
        if cells is None:
            raise NotEstimable(NOTES["no_log" if designs[0].scale == "log" else "only_log"].en)
        chosen = sample(cells, designs[0])
    except NotEstimable as why:
        return [pd.DataFrame([{"arm": "", "note": why.en}])] * len(designs)
    summed, unit = sums_of(chosen), cells.info.unit(designs[0].outcome)
    return [
        _ranked(effects_of(replace(chosen, design=design), unit_of(design.scale, unit), summed))
        for design in designs
    ]


def _ranked(effects: GroupTimeEffects) -> pd.DataFrame:
    overall = aggregate(effects, "overall", draws=0)
    ranks = core(effects, overall, draws=DRAWS).ranks(effects.arms)
    known = {name: overall.table[name] for name in COLUMNS if name in overall.table}
    whole = {
        name: np.array([pd.NA if v is None else v for v in column], dtype=object)
        for name, column in ranks.items()
    }
    return pd.DataFrame(known | whole)
