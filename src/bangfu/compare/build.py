"""From a register or cells to a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bangfu.cells import Cells, build
from bangfu.cells.agreement import fitting
from bangfu.compare.comparison import ModelComparison
from bangfu.design import Design
from bangfu.estimates.group_time import estimate
from bangfu.release import setting

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.cells.outcomes import Expression
    from bangfu.register import HouseholdRegister


def compare_models(
    data: HouseholdRegister | Cells,
    outcome: str | Mapping[str, Expression] | None = None,
    scale: str | None = None,
    *,
    design: Design | None = None,
    campaign: Campaign | None = None,
    inside: bool = False,
    **options: Any,
) -> ModelComparison:
    """Compare income models: gains by arm, how sure their order is, and what that rests on.

    Parameters
    ----------
    data : HouseholdRegister or Cells
        Cells carry their own exposure, covariates, line and prices; what is given here must not contradict them.
    outcome : str or mapping of str to callable, optional
        As for :meth:`bangfu.HouseholdRegister.cells`; ``income_per_head`` by default, the first outcome of cells.
    scale : {"percent", "level", "log"}, optional
    design : Design, optional
    campaign : Campaign, optional
        For ``exposure="campaign"`` and for the offers of other components; the shipped record by default.
    inside : bool
        Print, draw and write the result whole, marked as not for release; else it leaves out who is too few to be told of,
        unless the register is synthetic (:mod:`bangfu.release`).
    **options
        Of :class:`bangfu.Design`, in the place of its own.

    Returns
    -------
    ModelComparison

    Raises
    ------
    WrongUse
        For an unknown option, or one that contradicts the cells.
    NotEstimable
        When nobody joined, nobody is left to compare with, or every village was offered at once.
    """
    own = outcome if isinstance(outcome, Mapping) else None
    said = {"outcome": next(iter(own)) if own else outcome, "scale": scale}
    asked = Design.of(design, **{k: v for k, v in said.items() if v is not None}, **options)
    return compared(data, asked, campaign, own, inside=inside)


def compared(
    data: HouseholdRegister | Cells,
    asked: Design,
    campaign: Campaign | None = None,
    own: Mapping[str, Expression] | None = None,
    *,
    inside: bool = False,
) -> ModelComparison:
    """The comparison by a design; ``own`` are outcomes that are not known by name."""
    if isinstance(data, Cells):
        made = ModelComparison(data, estimate(data, asked), asked, None, campaign, own, inside)
    else:
        cells = build(data, asked, own, campaign=campaign)
        made = ModelComparison(
            cells, estimate(cells, fitting(cells, asked)), asked, data, campaign, own, inside
        )
    return made.released if setting() == "release" else made
