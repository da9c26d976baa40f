"""An invented world of households with known truth."""

from bangfu.simulation.calibration import calibration
from bangfu.simulation.drawing import Draw, Truth, draw
from bangfu.simulation.scenarios import SCENARIOS, SECOND_SEED, SEED
from bangfu.simulation.writing import simulate

__all__ = ["SCENARIOS", "SECOND_SEED", "SEED", "Draw", "Truth", "calibration", "draw", "simulate"]
