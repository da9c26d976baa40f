"""What would undo a finding: other trends, those who left, incomes put on the right side of the line, neighbours, placebos."""

from bangfu.sensitivity.attrition import lee_bounds
from bangfu.sensitivity.density import density_at_line, heaping
from bangfu.sensitivity.placebo import placebo
from bangfu.sensitivity.spillover import neighbours, spillover
from bangfu.sensitivity.trends import EventStudy, breakdown, event_study_of, trend_bounds

__all__ = [
    "EventStudy",
    "breakdown",
    "density_at_line",
    "event_study_of",
    "heaping",
    "lee_bounds",
    "neighbours",
    "placebo",
    "spillover",
    "trend_bounds",
]
