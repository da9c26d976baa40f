"""One run of villages of the invented world, from villages to records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bangfu.simulation.gains import gains
from bangfu.simulation.households import Households, households
from bangfu.simulation.incomes import PROPERTY, TRANSFER, WAGE, incomes, top_up
from bangfu.simulation.joining import joining
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.records import consumption, errors, exits, recorded, seen
from bangfu.simulation.streams import Floats
from bangfu.simulation.villages import Integers, Villages, villages


@dataclass(frozen=True, slots=True)
class World:
    """Everything about a run of villages; incomes in yuan per head, current prices.

    Attributes
    ----------
    villages : Villages
    households : Households
    joined : int array, shape (households, models)
    seen : bool array, shape (households, years)
    exited : int array, shape (households,)
    recorded : float array, shape (4, households, years)
        By source, as the register records them.
    consumption : float array, shape (households, years)
    joiners : int array
        The households that joined anything.
    actual, actual_without, recorded_without : float array, shape (4, joiners, years)
        By source: as they were, and as they would have been, and would have been recorded, without any model.
    """

    villages: Villages
    households: Households
    joined: Integers
    seen: NDArray[np.bool_]
    exited: Integers
    recorded: Floats
    consumption: Floats
    joiners: Integers
    actual: Floats
    actual_without: Floats
    recorded_without: Floats


def world(p: Parameters, seed: int, start: int, stop: int, size: int) -> World:
    """The first ``size`` households of the villages ``start`` to ``stop - 1`` of a seed's world."""
    v = villages(p, seed, start, stop)
    h = households(p, seed, v, size)
    joined = joining(p, v, h)
    joiners = np.flatnonzero((joined > 0).any(axis=1))
    without = incomes(p, v, h)
    earlier = without.sources.sum(axis=0)
    actual = without.sources.copy()
    actual[TRANSFER] += top_up(p, h.registered_from, earlier)
    factor = errors(p, h, without)
    noted = recorded(p, h, slice(None), factor, actual, without.eaten, without.normal, None)
    spent = consumption(p, h, without)
    added, eaten = gains(p, seed, h, joined, without.normal, joiners)
    actual_without, recorded_without = actual[:, joiners], noted[:, joiners]
    changed = without.sources[:, joiners] + added
    for source in (WAGE, PROPERTY, TRANSFER):
        # only a business can earn less than nothing
        np.maximum(changed[source], 0, out=changed[source])
    gain = (changed - without.sources[:, joiners]).sum(axis=0)
    changed[TRANSFER] += top_up(p, h.registered_from[joiners], changed.sum(axis=0))
    noted[:, joiners] = recorded(
        p, h, joiners, factor[joiners], changed, without.eaten[joiners] + eaten, without.normal[joiners], gain
    )
    spent[joiners] += np.float32(p["record.consumption_of_gain"]) * gain
    total = noted.sum(axis=0)
    return World(
        v, h, joined, seen(p, h, joined), exits(p, h, total), noted, spent, joiners, changed, actual_without, recorded_without
    )  # fmt: skip
