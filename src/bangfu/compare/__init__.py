"""Which model goes with larger gains: the comparison, what it rests on, and how it prints."""

from bangfu.compare.build import compare_models
from bangfu.compare.comparison import ModelComparison

__all__ = ["ModelComparison", "compare_models"]
