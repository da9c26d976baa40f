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
from bangfu.literals import Scale

Floats = NDArray[np.float64]

POVERTY = ("headcount", "gap", "severity", "watts")
"""Outcomes of which less is better."""


def unit_of(scale: Scale, unit: str) -> str:
    """The unit of estimates of an outcome in some unit; a log point is a hundredth of the natural logarithm.

    >>> unit_of("level", "yuan"), unit_of("percent", "yuan"), unit_of("log", "yuan")
    ('yuan', 'percent', 'log points')
    """
    return {"level": unit, "percent": "percent", "log": "log points"}[scale]


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect, or why there is none.

    Attributes
    ----------
    estimate : float
    treated, comparison : float arrays (V,)
        Influence sums of the arm's households and of the comparison households, in the villages of their sums.
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


@dataclass(frozen=True, slots=True)
class Compared:
    """Comparison households at a base and in a year: the same for every arm that is held against them.

    Attributes
    ----------
    mean, base_mean : float arrays (X,)
        NaN where there is nobody.
    change : float array (V, X)
        A village's influence on the change: of the mean's logarithm on the percent scale, of the mean on the others.
    fewest : int array (X,)
        Villages with households, in the year or at the base, whichever has fewer.
    extent : float array (V,)
        Weight in both years.
    cr2 : bool
    """

    mean: Floats
    base_mean: Floats
    change: Floats
    fewest: NDArray[np.int64]
    extent: Floats
    cr2: bool


def compared(four: Four, scale: Scale, *, cr2: bool = True) -> Compared:
    """Prepare the comparison households of one base and year.

    Parameters
    ----------
    four : Four
    scale : {"percent", "level", "log"}
    cr2 : bool
    """
    (mean, after), (base_mean, before) = (
        _influence(w, s) for w, s in ((four.weight, four.sum), (four.base_weight, four.base_sum))
    )
    if cr2:
        after, before = after * _factor(four.weight), before * _factor(four.base_weight)
    if scale == "percent":
        with np.errstate(divide="ignore", invalid="ignore"):
            after, before = after / mean, before / base_mean
    fewest = np.minimum(np.count_nonzero(four.weight, axis=0), np.count_nonzero(four.base_weight, axis=0))
    return Compared(
        mean, base_mean, after - before, fewest, _over_cells(four.weight) + _over_cells(four.base_weight), cr2
    )


def effect(treated: Four, others: Compared, scale: Scale, *, shares: Floats | None = None) -> Effect:
    """The effect of one arm, cohort and year.

    Parameters
    ----------
    treated : Four
    others : Compared
        Of the same scale; CR2 as there.
    scale : {"percent", "level", "log"}
        ``percent``: the ratio of the arm's mean to what it would have been had it grown by the comparison households'
        factor, minus one, in percent. ``level``: difference of differences of means. ``log``: the same, of an outcome
        that is a logarithm.
    shares : float array (X,), optional
        Shares of the covariate cells, taken as fixed; the arm's own by default, whose error counts.

    Returns
    -------
    Effect
    """
    cells = treated.weight.shape[1]
    base_total, total = treated.base_weight.sum(0), treated.weight.sum(0)
    live = total > 0 if shares is None else shares > 0
    if not live.any() or not ((base_total > 0) & (total > 0))[live].all():
        return _none(treated, others, "no_joiners" if not live.any() else "no_joiners_cell")
    if not (np.isfinite(others.base_mean) & np.isfinite(others.mean))[live].all():
        return _none(treated, others, "no_comparison_cell" if cells > 1 else "no_comparison")
    four = (treated.base_weight, treated.base_sum, treated.weight, treated.sum)
    wtb, stb, wtt, stt = four if live.all() else (x[:, live] for x in four)
    whole = wtt.sum()
    p = wtt.sum(0) / whole if shares is None else shares[live]
    (tt, dtt), (tb, dtb) = _influence(wtt, stt), _influence(wtb, stb)
    cb, ct = others.base_mean[live], others.mean[live]
    change = others.change if live.all() else others.change[:, live]
    if others.cr2:
        ft, fb = (_factor(w.sum(1, keepdims=True) if shares is None else w) for w in (wtt, wtb))
        dtt, dtb = dtt * ft, dtb * fb
    if scale == "percent":
        if min(cb.min(), ct.min(), tb.min()) <= 0:
            return _none(treated, others, "not_positive")
        r = ct / cb
        counterfactual = float((p * tb * r).sum())
        ratio = float((p * tt).sum()) / counterfactual
        size = 100 / counterfactual
        estimate = 100 * (ratio - 1)
        gradient = size * (tt - ratio * tb * r)
        mine = size * (dtt @ p - ratio * (dtb @ (p * r)))
        theirs = -size * ratio * (change @ (p * tb * r))
    else:
        size = 100.0 if scale == "log" else 1.0
        gradient = size * ((tt - tb) - (ct - cb))
        estimate = float(p @ gradient)
        mine = size * ((dtt - dtb) @ p)
        theirs = -size * (change @ p)
    if shares is None and cells > 1:
        drift = (wtt - np.outer(wtt.sum(1), p)) / whole
        mine = mine + (drift * ft if others.cr2 else drift) @ gradient
    note = ""
    if min(_fewest(wtt, shares), _fewest(wtb, shares)) < 2:
        note, mine = NOTES["one_village"].en, np.full_like(mine, np.nan)
    elif others.fewest[live].min() < 2:
        note, theirs = NOTES["one_comparison_village"].en, np.full_like(theirs, np.nan)
    slopes = np.zeros(cells)
    slopes[live] = gradient
    return Effect(float(estimate), mine, theirs, note, slopes)


def _none(treated: Four, others: Compared, why: str) -> Effect:
    """No effect, and why."""
    return Effect(
        np.nan, np.full(len(treated.weight), np.nan), np.full(len(others.change), np.nan), NOTES[why].en
    )


def _influence(weight: Floats, sums: Floats) -> tuple[Floats, Floats]:
    """Means by column (X,), and deviations of village sums from them, scaled to influence on the mean (V, X)."""
    total = np.where(weight.sum(0) > 0, weight.sum(0), np.nan)
    mean = sums.sum(0) / total
    return mean, (sums - mean * weight) / total


def _over_cells(values: Floats) -> Floats:
    """Sums over covariate cells (V,)."""
    return values[:, 0] if values.shape[1] == 1 else np.asarray(values.sum(1))


def _fewest(weight: Floats, shares: Floats | None) -> int:
    """Villages with households of the arm; in the emptiest covariate cell where shares are fixed."""
    if shares is None:
        return int(np.count_nonzero(weight.sum(1)))
    return int(np.count_nonzero(weight, axis=0).min())


def _factor(weight: Floats) -> Floats:
    """One over the root of one minus a village's share, by column; 1 where a village has all of it."""
    total = weight.sum(0)
    left = 1.0 - weight / np.where(total > 0, total, 1.0)
    out: Floats = 1.0 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out


def effective(weight: Floats) -> float:
    """Effective number of villages: one over the sum of squared shares."""
    total = float(weight.sum())
    return total**2 / float((weight**2).sum()) if total > 0 else 0.0
