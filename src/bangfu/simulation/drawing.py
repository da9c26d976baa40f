"""A register drawn in memory, for Monte Carlo."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bangfu.errors import WrongUse
from bangfu.simulation.frames import counterfactual_table, household_table, income_table, participation_table
from bangfu.simulation.parameters import Parameters
from bangfu.simulation.scenarios import Plan, plan
from bangfu.simulation.truth import Totals
from bangfu.simulation.world import World, world


@dataclass(frozen=True, slots=True)
class Truth:
    """What joining did in an invented world.

    Attributes
    ----------
    att : DataFrame
        True effects of joining on joiners, see :meth:`bangfu.simulation.truth.Totals.table`.
    att_offered : DataFrame
        True effects of an offer on all households of the village, for income, in the same columns.
    counterfactual : DataFrame
        Joiners' incomes with and without the models, see
        :func:`bangfu.simulation.frames.counterfactual_table`.
    """

    att: pd.DataFrame
    att_offered: pd.DataFrame
    counterfactual: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Draw:
    """A register in memory; the frames are the tables of design section 4.

    Attributes
    ----------
    households, incomes, participation : DataFrame
    truth : Truth
    plan : Plan
    world : World
        Everything, as arrays.
    """

    households: pd.DataFrame
    incomes: pd.DataFrame
    participation: pd.DataFrame
    truth: Truth
    plan: Plan
    world: World


def draw(
    households: int = 12_000,
    *,
    scenario: str = "default",
    seed: int | None = None,
    households_per_village: int = 50,
    parameters: Parameters | str | None = None,
) -> Draw:
    """Draw an invented register in memory.

    Parameters
    ----------
    households : int
        How many, offshoots of splits apart.
    scenario : str
        One of ``bangfu.simulation.SCENARIOS``.
    seed : int, optional
        The shipped register's by default.
    households_per_village : int
    parameters : Parameters or path, optional
        In place of the shipped ones; the scenario's switch applies to them.

    Returns
    -------
    Draw

    Raises
    ------
    WrongUse
        For a size or scenario that is not possible, and above 2,000,000 households.

    Examples
    --------
    >>> from bangfu.simulation import draw
    >>> small = draw(500, seed=1)
    >>> len(small.households) >= 500
    True
    """
    if households > 2_000_000:
        raise WrongUse(
            "more than 2,000,000 households do not fit in memory; use bangfu.simulate",
            "超过200万户,内存不够,请用 bangfu.simulate",
        )
    what = plan(households, scenario, seed, households_per_village, parameters)
    w = world(what.parameters, what.seed, 0, what.villages, what.size)
    totals = Totals.empty(bystanders=what.parameters.spills)
    totals.add(w)
    offered = Totals.empty(offered=True)
    offered.add(w)
    return Draw(
        household_table(w, True),
        income_table(w, True),
        participation_table(w, True),
        Truth(totals.table(), offered.table(), counterfactual_table(w, True)),
        what,
        w,
    )
