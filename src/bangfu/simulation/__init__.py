"""An invented world of households with known truth."""

from bangfu.simulation.drawing import Draw, Truth, draw
from bangfu.simulation.scenarios import SCENARIOS, SEED
from bangfu.simulation.writing import simulate

__all__ = ["SCENARIOS", "SEED", "Draw", "Truth", "draw", "simulate"]
