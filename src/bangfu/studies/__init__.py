"""Published numbers on real farm households, re-run: printed / ours.

None of these studies is about the three income models, and two are not about income: they show that the road from data to
number is sound, not what the models do.
"""

from bangfu.studies.agreement import Replication, agrees, table

__all__ = ["Replication", "agrees", "table"]
