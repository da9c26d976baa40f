"""Published numbers on real farm households, re-run: printed / ours.

None of these studies is about the three income models, and two are not about income: they show that the road from data to
number is sound, not what the models do.
"""

from bangfu.studies.agreement import Replication, agrees, table

__all__ = ["Replication", "agrees", "rerun", "table"]


def rerun() -> list[Replication]:
    """Every published number that ships with its data, computed again."""
    from bangfu.studies import crop_insurance, insurance_network, rice_farms

    return [
        *rice_farms.replications(rice_farms.load()),
        *insurance_network.replications(),
        *crop_insurance.replications(),
    ]
