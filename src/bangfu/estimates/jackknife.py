"""Errors by leaving out one village at a time (CV3): for any estimate, also where no closed form is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bangfu.estimates.joint import Floats, Joint

if TYPE_CHECKING:
    from bangfu.estimates.sample import Sample


def leave_one_out(estimate: Callable[[int], Floats], villages: int) -> Floats:
    """Deviations whose cross-product is the jackknife covariance.

    Parameters
    ----------
    estimate : callable
        Position of the village left out -> estimates (K,).
    villages : int
        V.

    Returns
    -------
    float array (V, K)
        ``-sqrt((V - 1) / V)`` times the leave-one-out estimates minus their mean; the sign of an influence sum.
    """
    left = np.stack([estimate(v) for v in range(villages)])
    out: Floats = -np.sqrt((villages - 1) / villages) * (left - left.mean(0))
    return out


def without(chosen: Sample, village: int) -> Sample:
    """The sample without a village; its errors are not asked for."""
    keep = chosen.village != village
    return replace(
        chosen, group=chosen.group[keep], comparison=chosen.comparison[keep], cohort=chosen.cohort[keep],
        village=chosen.village[keep], stratum=chosen.stratum[keep], seen=chosen.seen[keep],
        uncensored=chosen.uncensored[keep], households=chosen.households[keep], weight=chosen.weight[keep],
        sums=chosen.sums[keep], largest=chosen.largest[keep], design=chosen.design.replace(errors="normal"),
    )  # fmt: skip


def jackknifed(joint: Joint, chosen: Sample) -> Joint:
    """The same estimates with jackknife influence sums; degrees of freedom stay those of the groups."""
    from bangfu.estimates.group_time import effects_of

    def left(village: int) -> Floats:
        effects = effects_of(without(chosen, village))
        return np.concatenate([effects.joint.estimate, effects.weight])

    influence = leave_one_out(left, chosen.villages)
    unknown = joint.unknown | ~np.isfinite(influence).all(0)
    known = np.where(unknown, 0.0, influence)
    return replace(joint, influence=known, products=known.T @ known, unknown=unknown)
