"""What the models do to the incomes of those who joined, source by source."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.households import NO_LABOUR, Households
from bangfu.simulation.incomes import BUSINESS, PROPERTY, TRANSFER, WAGE, Incomes
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.streams import Floats, generator
from bangfu.simulation.villages import MODELS, NEVER, YEARS, Integers, Villages, first_year

_ROUTES = (WAGE, BUSINESS, BUSINESS, PROPERTY, TRANSFER)
_EATEN = 2
"""Position in a route of what the household grows and eats."""


def sizes(p: Parameters, seed: int) -> NDArray[np.float64]:
    """The full gain of each model, share of normal income: the listed sizes in an order that the seed draws."""
    listed = p.array("gain.sizes")
    if p.text("gain.order") == "listed":
        return listed
    order = generator(seed, "world", 0).permutation(len(listed))
    out: NDArray[np.float64] = listed[order]
    return out


def gains(
    p: Parameters, seed: int, h: Households, joined: Integers, normal: Floats, rows: Integers
) -> tuple[Floats, Floats]:
    """Effects on the households in ``rows``.

    Parameters
    ----------
    joined : int array, shape (households, models)
    normal : float array, shape (households, years)
    rows : int array
        The households that joined anything.

    Returns
    -------
    sources : float array, shape (4, rows, years)
        Yuan per head added to wage, business, property, transfer.
    eaten : float array, shape (rows, years)
        The part that the household grew and ate.
    """
    sources = np.zeros((4, len(rows), len(YEARS)), dtype=np.float32)
    eaten = np.zeros((len(rows), len(YEARS)), dtype=np.float32)
    scale = p["gain.scale"]
    if scale == 0 or not len(rows):
        return sources, eaten
    full = sizes(p, seed) * scale
    since = np.array(YEARS)[None, None, :] - np.where(joined[rows] > 0, joined[rows], NEVER)[:, :, None]
    twice = np.where((since >= 0).sum(axis=1) > 1, p["gain.both"], 1.0)
    relative = 1 + p["gain.by_labour"] * h.labour_score[rows] + p["gain.by_land"] * h.land_score[rows]
    for m, model in enumerate(MODELS):
        onset = np.concatenate([[0.0, p["gain.anticipation"]], p.array(f"gain.{model}_onset")])
        step = onset[np.clip(since[:, m] + 2, 0, len(onset) - 1)]
        own = relative + p["gain.spread"] * h.z["gain"][rows, m]
        share = full[m] * own
        if model == "enterprise":
            share = _with_failures(p, full[m], share, failed(p, h)[rows, m], scale)
        yuan = (share[:, None] * step * twice * normal[rows]).astype(np.float32)
        for part, (source, weight) in enumerate(zip(_ROUTES, p.array(f"gain.{model}_route"), strict=True)):
            amount = np.float32(weight) * yuan
            if source == WAGE:
                # who has no labour earns no wage: that part comes as a dividend or rent
                idle = (h.kind[rows] == NO_LABOUR)[:, None]
                sources[PROPERTY] += amount * idle
                amount = amount * ~idle
            sources[source] += amount
            if part == _EATEN:
                eaten += amount
    return sources, eaten


def failed(p: Parameters, h: Households) -> NDArray[np.bool_]:
    """Whose contract with an enterprise fails, should there be one, shape (households, models)."""
    out: NDArray[np.bool_] = h.u["failure"] < p["gain.failure"]
    out[:, [m != "enterprise" for m in MODELS]] = False
    return out


def _with_failures(
    p: Parameters, full: float, share: Floats, fails: NDArray[np.bool_], scale: float
) -> Floats:
    """Failed contracts lose; the others gain so much more that the mean stays as stated."""
    failing, loss = p["gain.failure"], p["gain.failure_loss"] * scale
    more = (full + failing * loss) / (1 - failing) - full
    out: Floats = np.where(fails, -loss, share + more).astype(np.float32)
    return out


def bystanders(
    p: Parameters, seed: int, v: Villages, h: Households, joined: Integers, without: Incomes
) -> Floats | None:
    """Effects on everybody through neighbours and prices, shape (4, households, years); ``None`` where there are none.

    Households that did not join gain where others could, through wages and sales in equal parts, from the first year
    of an offer; business income of a whole township moves with the share of its villages that have an offer. Both
    follow the offers and not the number of joiners, so that they are the same whatever the size of the village.
    """
    spill, price = p["gain.spillover"] * p["gain.scale"], p["gain.price_effect"] * p["gain.scale"]
    if spill == 0 and price == 0:
        return None
    out = np.zeros_like(without.sources)
    offers = np.where(v.offers > 0, v.offers, NEVER)
    open_ = (offers[:, None, :] <= np.array(YEARS)[:, None]) * sizes(p, seed)
    share = (spill * open_.max(axis=2)).astype(np.float32)[h.village]
    share *= (first_year(joined) == NEVER)[:, None]
    out[WAGE] = share / 2 * without.normal
    out[BUSINESS] = share / 2 * without.normal
    out[BUSINESS] += np.float32(price) * v.crowding[h.village] * without.sources[BUSINESS]
    return out
