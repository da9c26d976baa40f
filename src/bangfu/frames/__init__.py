"""What users' data frames hold, by one set of rules: read right, refused with column, count and first row, or counted."""

from bangfu.frames.identifiers import Codes, arm_names, folded, identifiers, twins
from bangfu.frames.kinds import find_once, names_of, taken
from bangfu.frames.refusal import Masked, refuse
from bangfu.frames.times import first_times, never_codes, times
from bangfu.frames.values import LARGE, numbers, weights

__all__ = [
    "LARGE",
    "Codes",
    "Masked",
    "arm_names",
    "find_once",
    "first_times",
    "folded",
    "identifiers",
    "names_of",
    "never_codes",
    "numbers",
    "refuse",
    "taken",
    "times",
    "twins",
    "weights",
]
