"""Moments: estimates within counties, which a county hands up in place of its register; and several counties as one."""

from bangfu.moments.moments import Moments, merge_moments
from bangfu.moments.pooled import PooledEffects, pooled_effects

__all__ = ["Moments", "PooledEffects", "merge_moments", "pooled_effects"]
