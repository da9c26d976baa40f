"""One run of villages of the invented world, from villages to records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.gains import bystanders, failed, gains
from bangfu.simulation.households import Households, households
from bangfu.simulation.incomes import PROPERTY, TRANSFER, WAGE, incomes, top_up
from bangfu.simulation.joining import joining
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.records import consumption, errors, exits, recorded, seen
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import NEVER, Integers, Villages, first_year, villages


@dataclass(frozen=True, slots=True)
class World:
    """Everything about a run of villages; incomes in yuan per head, current prices, shape (4, households, years).

    Attributes
    ----------
    villages : Villages
    households : Households
    joined : int array, shape (households, models)
    failed : bool array, shape (households, models)
        Whose contract fails, should there be one.
    seen : bool array, shape (households, years)
    exited : int array, shape (households,)
        Year of leaving the register of the poor; 0 for not.
    consumption : float array, shape (households, years)
    true, true_without : float array
        By source: as they were, and as they would have been without any model anywhere.
    recorded, recorded_without : float array
        The same as the register records them.
    joiners : int array
        The households that joined anything.
    """

    villages: Villages
    households: Households
    joined: Integers
    failed: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    exited: Integers
    consumption: Floats
    true: Floats
    true_without: Floats
    recorded: Floats
    recorded_without: Floats
    joiners: Integers


def world(p: Parameters, seed: int, start: int, stop: int, size: int) -> World:
    """The first ``size`` households of the villages ``start`` to ``stop - 1`` of a seed's world."""
    v = villages(p, seed, start, stop)
    h = households(p, seed, v, size)
    joined = joining(p, v, h)
    joiners = np.flatnonzero(first_year(joined) < NEVER)
    without = incomes(p, v, h)
    true_without = without.sources.copy()
    true_without[TRANSFER] += top_up(p, h.registered_from, without.sources.sum(axis=0))
    factor = errors(p, h, without)
    recorded_without = recorded(p, h, factor, true_without, without.eaten, None)
    spent = consumption(p, v, h, without)

    added, eaten = gains(p, seed, h, joined, without.normal, joiners)
    touched, changes = joiners, added
    beside = bystanders(p, seed, v, h, joined, without)
    if beside is not None:
        touched = np.arange(len(joined))
        changes = beside
        changes[:, joiners] += added
        everyone = np.zeros_like(without.eaten)
        everyone[joiners] = eaten
        eaten = everyone
    true, noted = true_without.copy(), recorded_without.copy()
    if len(touched):
        now = without.sources[:, touched] + changes
        for source in (WAGE, PROPERTY, TRANSFER):
            # only a business can earn less than nothing
            np.maximum(now[source], 0, out=now[source])
        gain = (now - without.sources[:, touched]).sum(axis=0)
        now[TRANSFER] += top_up(p, h.registered_from[touched], now.sum(axis=0))
        relative = gain / np.maximum(without.normal[touched], 1)
        true[:, touched] = now
        changed = gain != 0
        new = recorded(p, h, factor[touched], now, without.eaten[touched] + eaten, relative, touched)
        noted[:, touched] = np.where(changed, new, noted[:, touched])
        spent[touched] += np.float32(p["record.consumption_of_gain"]) * gain
    left = exits(p, h, noted.sum(axis=0))
    return World(
        v, h, joined, failed(p, h), seen(p, h, joined), left, spent,
        true, true_without, noted, recorded_without, joiners,
    )  # fmt: skip
