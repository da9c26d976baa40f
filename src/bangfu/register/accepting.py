"""The rules that a register's owner may accept: those on the content of the tables."""

from bangfu.register.between import ONE_VILLAGE, TWICE, UNKNOWN_HOUSEHOLD
from bangfu.register.names import ONE_NAME, ONE_PLACE
from bangfu.register.rules import MODEL_DECLARED, RULES

ACCEPTABLE = tuple(
    sorted(
        {r.name for r in RULES if r.acceptable and r.severity == "fault"}
        | {MODEL_DECLARED, TWICE, ONE_VILLAGE, UNKNOWN_HOUSEHOLD, ONE_NAME, ONE_PLACE}
    )
)
"""Names of rules."""
