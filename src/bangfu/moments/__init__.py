"""Moments: sums and cross-products of village sums by group, which a county hands up in place of its villages."""

from bangfu.moments.disclosure import Protection
from bangfu.moments.moments import Moments, merge_moments
from bangfu.moments.pooled import PooledEffects, pooled_effects

__all__ = ["Moments", "PooledEffects", "Protection", "merge_moments", "pooled_effects"]
