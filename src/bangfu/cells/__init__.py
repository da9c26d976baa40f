"""Cells: the narrow waist between registers of any size and everything that is estimated."""

from bangfu.cells.cells import Cells
from bangfu.cells.info import CellsInfo
from bangfu.cells.merging import merge
from bangfu.cells.summing import build

__all__ = ["Cells", "CellsInfo", "build", "merge"]
