"""The rules that a register's owner may accept: those on the content of the tables."""

from bangfu.register.between import JOINED_AGAIN, ONE_VILLAGE, TWICE, UNKNOWN_HOUSEHOLD
from bangfu.register.confused import ONE_NAME, ONE_PLACE, TOTAL
from bangfu.register.rules import JOINING_LATE, MODEL_DECLARED, RULES

ACCEPTABLE = tuple(
    sorted(
        {r.name for r in RULES if r.acceptable and r.severity == "fault"}
        | {
            JOINING_LATE,
            MODEL_DECLARED,
            JOINED_AGAIN,
            TWICE,
            ONE_VILLAGE,
            UNKNOWN_HOUSEHOLD,
            ONE_NAME,
            ONE_PLACE,
            TOTAL,
        }
    )
)
"""Names of rules."""
