"""Scenarios: the default world with one switch turned, which may be several parameters together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.errors import WrongUse, option, unknown
from bangfu.simulation.parameters import Parameters, load
from bangfu.words import Word

SEED = 20170508
"""The shipped register's seed: the day of the article, not chosen for its outcome."""

SECOND_SEED = 1
"""Another world, in which the models gain in another order."""


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


_EQUAL = {
    "gain.sizes": [0.06, 0.06, 0.06],
    "gain.courtyard_onset": [0.5, 1.1, 1.2, 1.2, 1.2],
    "gain.cooperative_onset": [0.5, 1.1, 1.2, 1.2, 1.2],
    "gain.enterprise_onset": [0.5, 1.1, 1.2, 1.2, 1.2],
    "gain.failure": 0.0,
}
"""The same effect for every model."""

_ALL = (
    Scenario("default", Word("a plausible mixture", "综合"), {}),
    Scenario(
        "experiment",
        Word("villages and joiners drawn by lot", "随机确定村和户"),
        {"assignment.rule": "lot"},
    ),
    Scenario(
        "selection_on_level", Word("the better off join", "收入高的户更愿参加"), {"take_up.by_level": 1.6}
    ),
    Scenario(
        "dip",
        Word("households join after a bad year", "收入不好的年份之后才参加"),
        {"take_up.by_last_shock": -0.7},
    ),
    Scenario(
        "selection_on_trend",
        Word("households that grow faster join", "增长快的户更愿参加"),
        {"take_up.by_trend": 1.5},
    ),
    Scenario(
        "timing",
        Word("models differ only in when they start", "各模式只有起始年份不同"),
        {
            **_EQUAL,
            "offer.second_model": 0.0,
            "offer.courtyard_start": [0.8, 0.15, 0.05],
            "offer.cooperative_start": [0.1, 0.8, 0.1],
            "offer.enterprise_start": [0.05, 0.15, 0.8],
        },
    ),
    Scenario(
        "who_adopts",
        Word("models differ only in who takes them up", "各模式只有参加户不同"),
        {
            **_EQUAL,
            "gain.by_labour": 0.8,
            "gain.by_land": 0.0,
            "take_up.by_labour": [-1.0, 0.0, 1.0],
            "take_up.by_land": [0.0, 0.0, 0.0],
        },
    ),
    Scenario(
        "scale",
        Word(
            "the poor join and no model has an effect (yuan and percent disagree)",
            "低收入户参加、各模式均无作用(按金额与按百分比结论不同)",
        ),
        {"gain.scale": 0.0, "take_up.by_level": -1.2, "take_up.by_last_shock": 0.0, "take_up.by_trend": 0.0},
    ),
    Scenario(
        "anticipation",
        Word("incomes move the year before joining", "参加前一年收入已变"),
        {"gain.anticipation": 0.5},
    ),
    Scenario(
        "switching",
        Word("many take up a second model", "许多户后来又参加第二项"),
        {"offer.second_model": 0.9, "take_up.second": 0.4},
    ),
    Scenario(
        "heterogeneous",
        Word("gains depend on labour and land", "相对增收因劳力、土地而异"),
        {"gain.by_labour": 0.9, "gain.by_land": 0.6, "gain.spread": 1.2},
    ),
    Scenario(
        "spillover",
        Word("neighbours gain and prices fall", "邻户受益、产品跌价"),
        {"gain.spillover": 0.4, "gain.price_effect": -0.05},
    ),
    Scenario(
        "misreporting",
        Word("incomes are recorded just above the line", "登记收入集中在标准线上方"),
        {"record.heaping": 0.75},
    ),
    Scenario(
        "attrition",
        Word("households leave after bad years, joiners less", "收入不好的户多流失、参加户少流失"),
        {"attrition.yearly": 0.10, "attrition.by_shock": -0.6, "attrition.by_joining": -0.8},
    ),
    Scenario(
        "few_villages",
        Word("as many households in twelve villages", "同样户数只在12个村"),
        {"places.villages_at_most": 12},
    ),
    Scenario("null", Word("no model has any effect", "各模式均无作用"), {"gain.scale": 0.0}),
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
        raise unknown("scenario", scenario, SCENARIOS)
    if not 1 <= households <= 10**9 or not 1 <= households_per_village < 500_000:
        both = option("households"), option("households_per_village")
        raise WrongUse(
            f"{both[0]} must be from 1 to 1,000,000,000, and {both[1]} from 1 to 499,999",
            f"{both[0]} 为1至1,000,000,000,{both[1]} 为1至499,999",
        )
    seed = SEED if seed is None else seed
    if not 0 <= seed < 2**63:
        raise WrongUse(f"{option('seed')} takes a whole number from 0 on", f"{option('seed')} 应为非负整数")
    base = parameters if isinstance(parameters, Parameters) else load(parameters)
    chosen = SCENARIOS[scenario]
    final = base.with_values(chosen.values)
    count = -(-households // households_per_village)
    most = final.integer("places.villages_at_most")
    if most and count > most:
        count, households_per_village = most, -(-households // most)
    return Plan(final, chosen, seed, count, households_per_village)
