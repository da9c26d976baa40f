"""One group-time effect and its influence sums by village, on three scales.

Notation: ``T`` the arm and cohort, ``C`` the comparison households, ``b`` the base, ``t`` the year, ``x`` a covariate
cell, ``p_x`` the share of ``T`` in it. Means are ratios of weighted sums, so an influence sum of a village is linear in
its sums. CR2 divides a village's contribution to a mean by the root of one minus its share of the mean's weight, which
is the exact (I - H)^(-1/2) of Bell & McCaffrey (2002) for saturated group means.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import Four

Floats = NDArray[np.float64]

SCALES = {"percent": "percent", "yuan": "yuan", "log": "log points"}
"""Scale -> unit of the estimates. A log point is a hundredth of the natural logarithm."""

POVERTY = ("headcount", "gap", "severity", "watts")
"""Outcomes of which less is better, in shares rather than yuan."""


def unit_of(outcome: str, scale: str) -> str:
    """The unit of estimates: differences of a poverty index are shares, not yuan.

    >>> unit_of("income_per_head", "yuan"), unit_of("headcount", "yuan"), unit_of("headcount", "percent")
    ('yuan', 'share', 'percent')
    """
    return "share" if scale == "yuan" and outcome in POVERTY else SCALES[scale]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect, or why there is none.

    Attributes
    ----------
    estimate : float
    treated, comparison : float arrays (V,)
        Influence sums of the arm's households and of the comparison households.
    note : str
        Why the estimate or its interval is missing; empty when all is well.
    gradient : float array (X,)
        Derivative by the shares of the covariate cells.
    """

    estimate: float
    treated: Floats
    comparison: Floats
    note: str = ""
    gradient: Floats = field(default_factory=lambda: np.zeros(1))


def effect(
    treated: Four, comparison: Four, scale: str, *, cr2: bool = True, shares: Floats | None = None
) -> Effect:
    """The effect of one arm, cohort and year.

    Parameters
    ----------
    treated, comparison : Four
    scale : {"percent", "yuan", "log"}
        ``percent``: the ratio of the arm's mean to what it would have been had it grown by the comparison households'
        factor, minus one, in percent. ``yuan``: difference of differences of means. ``log``: the same, of an outcome
        that is a logarithm.
    cr2 : bool
    shares : float array (X,), optional
        Shares of the covariate cells, taken as fixed; the arm's own by default, whose error counts.

    Returns
    -------
    Effect
    """
    villages, cells = treated.weight.shape
    none = np.full(villages, np.nan)
    live = treated.weight.sum(0) > 0 if shares is None else shares > 0
    if not live.any() or not ((treated.base_weight.sum(0) > 0) & (treated.weight.sum(0) > 0))[live].all():
        return Effect(np.nan, none, none, NOTES["no_joiners" if not live.any() else "no_joiners_cell"].en)
    if not ((comparison.base_weight.sum(0)[live] > 0) & (comparison.weight.sum(0)[live] > 0)).all():
        return Effect(np.nan, none, none, NOTES["no_comparison_cell" if cells > 1 else "no_comparison"].en)
    wtb, stb, wtt, stt = (
        x[:, live] for x in (treated.base_weight, treated.base_sum, treated.weight, treated.sum)
    )
    wcb, scb, wct, sct = (
        x[:, live] for x in (comparison.base_weight, comparison.base_sum, comparison.weight, comparison.sum)
    )
    total = wtt.sum()
    p = wtt.sum(0) / total if shares is None else shares[live]
    tb, tt, cb, ct = (s.sum(0) / w.sum(0) for s, w in ((stb, wtb), (stt, wtt), (scb, wcb), (sct, wct)))
    # deviations of village sums from their means, scaled to influence on the mean
    dtt, dtb, dct, dcb = (
        (s - m * w) / w.sum(0) for s, m, w in ((stt, tt, wtt), (stb, tb, wtb), (sct, ct, wct), (scb, cb, wcb))
    )
    if cr2:
        dct, dcb = dct * _factor(wct), dcb * _factor(wcb)
        ft, fb = (_factor(w.sum(1, keepdims=True) if shares is None else w) for w in (wtt, wtb))
        dtt, dtb = dtt * ft, dtb * fb
    if scale == "percent":
        if min(cb.min(), ct.min(), tb.min()) <= 0:
            return Effect(np.nan, none, none, NOTES["not_positive"].en)
        r = ct / cb
        counterfactual = float((p * tb * r).sum())
        ratio = float((p * tt).sum()) / counterfactual
        size = 100 / counterfactual
        estimate = 100 * (ratio - 1)
        gradient = size * (tt - ratio * tb * r)
        mine = size * (dtt @ p - ratio * (dtb @ (p * r)))
        theirs = -size * ratio * ((dct / ct - dcb / cb) @ (p * tb * r))
    else:
        size = 100.0 if scale == "log" else 1.0
        gradient = size * ((tt - tb) - (ct - cb))
        estimate = float(p @ gradient)
        mine = size * ((dtt - dtb) @ p)
        theirs = -size * ((dct - dcb) @ p)
    if shares is None and cells > 1:
        own = (wtt - np.outer(wtt.sum(1), p)) / total
        mine = mine + (own * ft if cr2 else own) @ gradient
    note = ""
    if min(_fewest(wtt, shares), _fewest(wtb, shares)) < 2:
        note, mine = NOTES["one_village"].en, none
    elif min(np.count_nonzero(wct, axis=0).min(), np.count_nonzero(wcb, axis=0).min()) < 2:
        note, theirs = NOTES["one_comparison_village"].en, none
    whole = np.zeros(cells)
    whole[live] = gradient
    return Effect(float(estimate), mine, theirs, note, whole)


def _fewest(weight: Floats, shares: Floats | None) -> int:
    """Villages with households of the arm; in the emptiest covariate cell where shares are fixed."""
    if shares is None:
        return int(np.count_nonzero(weight.sum(1)))
    return int(np.count_nonzero(weight, axis=0).min())


def _factor(weight: Floats) -> Floats:
    """One over the root of one minus a village's share, by column; 1 where a village has all of it."""
    left = 1.0 - weight / weight.sum(0)
    out: Floats = 1.0 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out


def effective(weight: Floats) -> float:
    """Effective number of villages: one over the sum of squared shares."""
    total = float(weight.sum())
    return total**2 / float((weight**2).sum()) if total > 0 else 0.0
