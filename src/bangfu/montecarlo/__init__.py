"""Monte Carlo: every method in every scenario, against the planted truth; committed under ``data/montecarlo``."""

from bangfu.montecarlo.replicate import METHODS, replicate
from bangfu.montecarlo.summary import Committed, committed, summary

__all__ = ["METHODS", "Committed", "committed", "replicate", "summary"]
