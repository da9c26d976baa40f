"""Scenarios: the default world with one switch turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.errors import WrongUse
from bangfu.simulation.parameters import Parameters, load
from bangfu.words import Word

SEED = 20170508
"""The shipped register's seed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One switch.

    Attributes
    ----------
    name : str
    title : Word
        What it shows.
    values : mapping of str to value
        Parameters that differ from the default.
    """

    name: str
    title: Word
    values: Mapping[str, Any]


_ALL = (
    Scenario("default", Word("a plausible mixture", "各种情形的合理混合"), {}),
    Scenario(
        "experiment",
        Word("villages and joiners drawn by lot", "抽签定村、抽签定户"),
        {"offer.rule": "lot", "take_up.rule": "lot"},
    ),
    Scenario("null", Word("no model does anything", "各模式都不起作用"), {"gain.scale": 0.0}),
)

SCENARIOS: dict[str, Scenario] = {s.name: s for s in _ALL}
"""Scenarios by name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be drawn.

    Attributes
    ----------
    parameters : Parameters
    scenario : Scenario
    seed, villages, size : int
        ``size`` households in each village.
    """

    parameters: Parameters
    scenario: Scenario
    seed: int
    villages: int
    size: int


def plan(
    households: int,
    scenario: str,
    seed: int | None,
    households_per_village: int,
    parameters: Parameters | str | Path | None,
) -> Plan:
    """Settle what is to be drawn.

    Raises
    ------
    WrongUse
        For an unknown scenario or an impossible number.
    """
    if scenario not in SCENARIOS:
        names = ", ".join(SCENARIOS)
        raise WrongUse(f"no scenario {scenario!r}; there are {names}", f"没有情景 {scenario!r};可用:{names}")
    if households < 1 or not 1 <= households_per_village < 500_000:
        raise WrongUse("households and households_per_village must be at least 1", "户数和每村户数至少为1")
    seed = SEED if seed is None else seed
    if not 0 <= seed < 2**63:
        raise WrongUse("the seed must be a whole number from 0 on", "随机种子应为非负整数")
    base = parameters if isinstance(parameters, Parameters) else load(parameters)
    chosen = SCENARIOS[scenario]
    final = base.with_values(chosen.values)
    count = -(-households // households_per_village)
    most = final.integer("places.villages_at_most")
    if most and count > most:
        count, households_per_village = most, -(-households // most)
    return Plan(final, chosen, seed, count, households_per_village)
