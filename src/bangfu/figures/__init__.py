"""Figures: the finding in the title, the uncertainty in the picture, the badge on everything."""

from bangfu.figures.figure import Figure, Number
from bangfu.figures.show import show, write
from bangfu.figures.table import Table

__all__ = ["Figure", "Number", "Table", "show", "write"]
