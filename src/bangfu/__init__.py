"""bangfu 帮扶: which support model goes with larger household income gains, and how surely.

The public names load on first use, so that ``import bangfu`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bangfu import attach as _attach  # noqa: F401

__version__ = "0.1.0"

_HOMES = {
    "Campaign": "bangfu.campaign",
    "load_campaign": "bangfu.campaign",
    "load_context": "bangfu.context",
    "HouseholdRegister": "bangfu.register",
    "load_register": "bangfu.register",
    "check": "bangfu.register",
    "Cells": "bangfu.cells",
    "merge": "bangfu.cells",
    "Moments": "bangfu.moments",
    "merge_moments": "bangfu.moments",
    "pooled_effects": "bangfu.moments",
    "convert": "bangfu.convert",
    "link": "bangfu.linking",
    "simulate": "bangfu.simulation",
    "contamination": "bangfu.estimates.contamination",
    "poverty_indices": "bangfu.poverty",
    "GroupTimeEffects": "bangfu.estimates",
    "group_time_effects": "bangfu.estimates",
    "rank_sets": "bangfu.estimates",
    "Design": "bangfu.design",
    "ModelComparison": "bangfu.compare",
    "compare_models": "bangfu.compare",
    "BangfuError": "bangfu.errors",
}
"""Public name -> the module that defines it."""

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bangfu' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


if TYPE_CHECKING:
    from bangfu.campaign import Campaign as Campaign
    from bangfu.campaign import load_campaign as load_campaign
    from bangfu.cells import Cells as Cells
    from bangfu.cells import merge as merge
    from bangfu.compare import ModelComparison as ModelComparison
    from bangfu.compare import compare_models as compare_models
    from bangfu.context import load_context as load_context
    from bangfu.convert import convert as convert
    from bangfu.design import Design as Design
    from bangfu.errors import BangfuError as BangfuError
    from bangfu.estimates import GroupTimeEffects as GroupTimeEffects
    from bangfu.estimates import group_time_effects as group_time_effects
    from bangfu.estimates import rank_sets as rank_sets
    from bangfu.estimates.contamination import contamination as contamination
    from bangfu.linking import link as link
    from bangfu.moments import Moments as Moments
    from bangfu.moments import merge_moments as merge_moments
    from bangfu.moments import pooled_effects as pooled_effects
    from bangfu.poverty import poverty_indices as poverty_indices
    from bangfu.register import HouseholdRegister as HouseholdRegister
    from bangfu.register import check as check
    from bangfu.register import load_register as load_register
    from bangfu.simulation import simulate as simulate
