"""Group-time effects and their influence sums by village, on three scales.

Notation: ``T`` the arm and cohort, ``C`` the comparison households, ``b`` the base, ``t`` the year, ``x`` a covariate
cell, ``p_x`` the share of ``T`` in it. Means are ratios of weighted sums, so an influence sum of a village is linear in
its sums. CR2 divides a village's contribution to a mean by the root of one minus its share of the mean's weight, which
is the exact (I - H)^(-1/2) of Bell & McCaffrey (2002) for saturated group means.
"""

from __future__ import annotations

from dataclasses import dataclass

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
class Effects:
    """K effects of one arm and cohort, or why there are none.

    Attributes
    ----------
    estimate : float array (K,)
    treated, comparison : float arrays (K, V)
        Influence sums of the arm's households and of the comparison households, in the villages of their sums.
    note : list of str
        Why an estimate or its interval is missing; empty when all is well.
    gradient : float array (K, X)
        Derivative by the shares of the covariate cells.
    """

    estimate: Floats
    treated: Floats
    comparison: Floats
    note: list[str]
    gradient: Floats


@dataclass(frozen=True, slots=True)
class Compared:
    """Comparison households at K bases and years: the same for every arm that is held against them.

    Attributes
    ----------
    mean, base_mean : float arrays (K, X)
        NaN where there is nobody.
    change : float array (K, V, X)
        A village's influence on the change: of the mean's logarithm on the percent scale, of the mean on the others.
    fewest : int array (K, X)
        Villages with households, in the year or at the base, whichever has fewer.
    extent : float array (K, V)
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
    """Prepare the comparison households of some bases and years.

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
            after, before = after / mean[:, None], before / base_mean[:, None]
    fewest = np.minimum((four.weight > 0).sum(1), (four.base_weight > 0).sum(1))
    extent = _over_cells(four.weight) + _over_cells(four.base_weight)
    return Compared(mean, base_mean, after - before, fewest, extent, cr2)


@dataclass(frozen=True, slots=True)
class Means:
    """What the joiners of one arm and cohort have, and what they would have had, at K bases and years.

    Attributes
    ----------
    joiners, expected : float arrays (K,)
    joiners_influence, base_influence, comparison_influence : float arrays (K, V)
        Influence sums on the joiners' mean, and on what is expected: of the joiners' base, of the comparison households.
    slope_joiners, slope_expected : float arrays (K, X)
        Means by covariate cell: the derivatives by the cells' shares.
    why : str array (K,)
        A key of the notes where there is no estimate or no error; empty when all is well.
    """

    joiners: Floats
    expected: Floats
    joiners_influence: Floats
    base_influence: Floats
    comparison_influence: Floats
    slope_joiners: Floats
    slope_expected: Floats
    why: NDArray[np.str_]


NO_ERROR = ("", "one_village", "one_comparison_village")
"""Reasons for which an estimate stands none the less."""


def means(treated: Four, others: Compared, scale: Scale, *, shares: Floats | None = None) -> Means:
    """What one arm and cohort has and would have had; parameters as for :func:`effects`."""
    wtb, wtt = treated.base_weight, treated.weight
    base_total, total = wtb.sum(1), wtt.sum(1)
    live = total > 0 if shares is None else np.broadcast_to(shares > 0, total.shape)
    whole = total.sum(1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(live, total / whole if shares is None else shares, 0.0)
    (tt, dtt), (tb, dtb) = (
        (np.where(live, mean, 0.0), np.where(live[:, None], influence, 0.0))
        for mean, influence in (_influence(wtt, treated.sum), _influence(wtb, treated.base_sum))
    )
    cb, ct = np.where(live, others.base_mean, 1.0), np.where(live, others.mean, 1.0)
    change = np.where(live[:, None], others.change, 0.0)
    if others.cr2:
        ft, fb = (_factor(w.sum(2, keepdims=True) if shares is None else w) for w in (wtt, wtb))
        dtt, dtb = dtt * ft, dtb * fb
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = ct / cb if scale == "percent" else np.ones_like(ct)
        expected = tb * growth if scale == "percent" else tb + (ct - cb)
    mine, base = _at(dtt, p), _at(dtb, p * growth)
    theirs = _at(change, p * expected if scale == "percent" else p)
    if shares is None and p.shape[1] > 1:
        drift = (wtt - wtt.sum(2, keepdims=True) * p[:, None]) / whole[:, None]
        drift = drift * ft if others.cr2 else drift
        mine, base = mine + _at(drift, tt), base + _at(drift, np.where(live, expected, 0.0))
    few = np.minimum(_fewest(wtt, live, shares), _fewest(wtb, live, shares)) < 2
    few_others = ~few & (np.where(live, others.fewest, 2).min(1) < 2)
    found = np.isfinite(others.base_mean) & np.isfinite(others.mean)
    low = np.minimum(np.minimum(cb, ct), np.where(live, tb, 1.0)).min(1) <= 0
    why = np.select(
        [
            ~live.any(1), (live & ~((base_total > 0) & (total > 0))).any(1), (live & ~found).any(1),
            low & (scale == "percent"), few, few_others,
        ],
        ["no_joiners", "no_joiners_cell", "no_comparison_cell" if p.shape[1] > 1 else "no_comparison", "not_positive",
         "one_village", "one_comparison_village"], "",
    )  # fmt: skip
    return Means(
        (p * tt).sum(1),
        (p * expected).sum(1),
        mine,
        base,
        theirs,
        np.where(live, tt, 0.0),
        np.where(live, expected, 0.0),
        why,
    )


def effects(treated: Four, others: Compared, scale: Scale, *, shares: Floats | None = None) -> Effects:
    """The effects of one arm and cohort at some bases and years.

    Parameters
    ----------
    treated : Four
    others : Compared
        Of the same bases, years and scale; CR2 as there.
    scale : {"percent", "level", "log"}
        ``percent``: the ratio of the arm's mean to what it would have been had it grown by the comparison households'
        factor, minus one, in percent. ``level``: difference of differences of means. ``log``: the same, of an outcome
        that is a logarithm.
    shares : float array (X,), optional
        Shares of the covariate cells, taken as fixed; the arm's own by default, whose error counts.

    Returns
    -------
    Effects
    """
    m = means(treated, others, scale, shares=shares)
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "percent":
            ratio, size = m.joiners / m.expected, 100 / m.expected
            estimate = 100 * (ratio - 1)
        else:
            ratio, size = np.ones_like(m.joiners), np.full_like(m.joiners, 100.0 if scale == "log" else 1.0)
            estimate = size * (m.joiners - m.expected)
        by_mean, by_expected = size[:, None], (size * ratio)[:, None]
        mine = by_mean * m.joiners_influence - by_expected * m.base_influence
        theirs = -by_expected * m.comparison_influence
        gradient = by_mean * m.slope_joiners - by_expected * m.slope_expected
    none = ~np.isin(m.why, NO_ERROR)
    mine[none | (m.why == "one_village")] = np.nan
    theirs[none | (m.why == "one_comparison_village")] = np.nan
    return Effects(
        np.where(none, np.nan, estimate), mine, theirs, [NOTES[w].en if w else "" for w in m.why.tolist()],
        np.where(none[:, None], 0.0, gradient),
    )  # fmt: skip


def _at(influence: Floats, slope: Floats) -> Floats:
    """Influence sums (K, V, X) times slopes by the covariate cells (K, X), over the cells (K, V)."""
    if influence.shape[2] == 1:
        return influence[:, :, 0] * slope
    return np.asarray((influence * slope[:, None]).sum(2))


def _influence(weight: Floats, sums: Floats) -> tuple[Floats, Floats]:
    """Means (K, X), and deviations of village sums from them, scaled to influence on the mean (K, V, X)."""
    total = weight.sum(1)
    total = np.where(total > 0, total, np.nan)
    mean = sums.sum(1) / total
    return mean, (sums - mean[:, None] * weight) / total[:, None]


def _over_cells(values: Floats) -> Floats:
    """Sums over covariate cells (K, V)."""
    return values[:, :, 0] if values.shape[2] == 1 else np.asarray(values.sum(2))


def _fewest(weight: Floats, live: NDArray[np.bool_], shares: Floats | None) -> NDArray[np.int64]:
    """Villages with households of the arm (K,); in the emptiest covariate cell where shares are fixed."""
    out: NDArray[np.int64]
    if shares is None:
        out = (_over_cells(weight) > 0).sum(1)
        return out
    counts = (weight > 0).sum(1)
    return np.asarray(np.where(live, counts, counts.max(initial=2)).min(1))


def _factor(weight: Floats) -> Floats:
    """One over the root of one minus a village's share (K, V, X); 1 where a village has all of it."""
    total = weight.sum(1, keepdims=True)
    left = 1.0 - weight / np.where(total > 0, total, 1.0)
    out: Floats = 1.0 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out


def effective(weight: Floats) -> Floats:
    """Effective number of villages (K,): one over the sum of squared shares; 0 without weight."""
    total, squares = weight.sum(1), (weight**2).sum(1)
    out: Floats = np.divide(total**2, squares, out=np.zeros_like(total), where=total > 0)
    return out
