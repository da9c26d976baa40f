"""Published numbers on real farm households, re-run: printed / ours.

None of these studies is about the three income models, and two are not about income: they show that the road from data to
number is sound, not what the models do.
"""

from typing import Literal

from bangfu.literals import one_of
from bangfu.studies.agreement import Replication, agrees, table

__all__ = ["Replication", "Study", "agrees", "rerun", "table"]

Study = Literal["all", "rice_farms", "insurance_network", "crop_insurance"]


def rerun(study: Study = "all") -> list[Replication]:
    """Published numbers computed again from the data that ship with packages.

    Parameters
    ----------
    study : {"all", "rice_farms", "insurance_network", "crop_insurance"}
    """
    from bangfu.studies import crop_insurance, insurance_network, rice_farms

    makers = {
        "rice_farms": lambda: rice_farms.replications(rice_farms.load()),
        "insurance_network": insurance_network.replications,
        "crop_insurance": crop_insurance.replications,
    }
    one_of("study", study, ("all", *makers))
    return [row for name, make in makers.items() if study in ("all", name) for row in make()]
