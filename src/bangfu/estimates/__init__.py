"""Estimates from cells: effects by arm, their joint errors, contrasts, ranks. No household is needed here."""

from bangfu.estimates.group_time import GroupTimeEffects, group_time_effects
from bangfu.estimates.ranks import rank_sets

__all__ = ["GroupTimeEffects", "group_time_effects", "rank_sets"]
