"""Monte Carlo: every method in every scenario, against the planted truth; committed under ``data/montecarlo``."""

from bangfu.montecarlo.replicate import METHODS, replicate
from bangfu.montecarlo.sizes import SIZES, beside_truth, size_table
from bangfu.montecarlo.summary import Committed, committed, summary

__all__ = [
    "METHODS",
    "SIZES",
    "Committed",
    "beside_truth",
    "committed",
    "replicate",
    "size_table",
    "summary",
]
