"""The methods that reach upwards, each a function of its class: given to them in one place, on top of the rooms.

What they need is imported when they are called, so that ``import bangfu`` stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bangfu.upward import attach

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.cells import Cells
    from bangfu.cells.outcomes import Outcomes
    from bangfu.compare import ModelComparison
    from bangfu.design import Design
    from bangfu.errors import Language
    from bangfu.figures.figure import Figure
    from bangfu.figures.show import Shown
    from bangfu.moments import Moments
    from bangfu.register import HouseholdRegister
    from bangfu.register.door import Door
    from bangfu.register.leaving import Admitted


def cells(
    register: HouseholdRegister,
    outcome: Outcomes = "income_per_head",
    *,
    design: Design | None = None,
    campaign: Campaign | None = None,
    **options: Any,
) -> Cells:
    """Sums by village, treatment path, observed years and covariates; all that estimates need.

    Parameters
    ----------
    outcome : str, sequence of str, or mapping of str to callable
        ``<measure>_per_head`` (real) or ``<measure>_per_head_nominal`` for a measure of
        ``bangfu.register.outcomes.MEASURES``; ``headcount``, ``gap``, ``severity``, ``watts`` (of a line);
        ``log:<outcome>`` (missing where not positive); or a name with a function from the Ibis table ``incomes`` to
        a value.
    design : Design, optional
    campaign : Campaign, optional
        For ``exposure="campaign"``; the shipped record by default.
    **options
        Of :class:`bangfu.Design`, in the place of its own, as far as they change what is summed:

        - ``exposure``: what a household has taken up, or what its village was offered.
        - ``by``: household facts known before adoption, as they are or cut: ``{"labour": None, "land_mu": (2, 5, 10)}``
          gives classes ``[-inf, 2), [2, 5), ...``. ``registered`` is whether a household was registered by
          ``observed_year``.
        - ``late``: facts of the year of joining or later (a household that split off after its parent had joined):
          an error, or households in the covariate cell ``missing``.
        - ``line``: poverty line, yuan per head a year: a number at the base year's prices; or a series of the
          reference data (``"price_updated"``), or a value for each year, both at current prices.
        - ``base_year``: whose prices; the register's last year by default.
        - ``prices``: a price index of one's own (CSV with year and value, previous year = 100) in place of the
          shipped one.

    Returns
    -------
    Cells

    Raises
    ------
    WrongUse
        For an unknown outcome, exposure or fact.
    BangfuError
        For data that cannot be summed without loss: households without a village or weight, households twice in a
        year, facts of a year after joining, outcomes missing everywhere, years without a price.
    """
    from bangfu.cells import build
    from bangfu.cells.agreement import SUMMED
    from bangfu.design import Design
    from bangfu.literals import one_of

    for name in options:
        one_of("option of cells", name, SUMMED[1:])
    return build(register, Design.of(design, **options), outcome, campaign=campaign)


def moments(
    cells: Cells,
    outcome: str | None = None,
    *,
    design: Design | None = None,
    inside: bool = False,
    **options: Any,
) -> Moments:
    """Estimates within the county: what it hands up, with no village and no household in it.

    By arm and years since joining: how many households, their mean, the mean that they would have had by the
    county's own comparison households, and one covariance of these. :func:`bangfu.merge_moments` makes several
    counties one, :func:`bangfu.pooled_effects` compares models by them.

    Parameters
    ----------
    outcome : str, optional
        The first by default.
    design : Design, optional
        The moments carry it.
    inside : bool
        Exact and complete, for use in the house. Otherwise what disclosure control (``bangfu.moments.disclosure``)
        does not let pass is withheld, and means are rounded to a fifth of their error.
    **options
        Of :class:`bangfu.Design`, in the place of its own.

    Returns
    -------
    Moments

    Raises
    ------
    WrongUse
        For an unknown option, or one that contradicts the cells.
    NotEstimable
        When nobody joined, or nobody is left to compare with.
    BangfuError
        When nothing may be handed up.
    """
    from bangfu.design import Design
    from bangfu.moments.moments import from_cells

    said = {"outcome": outcome} if outcome else {}
    return from_cells(cells, Design.of(design, **said, **options), inside=inside)


def plot(result: ModelComparison, lang: Language = "en") -> Shown:
    """The gains by arm as dots with intervals, as a notebook shows a figure."""
    from bangfu.figures.gains import gains_figure
    from bangfu.figures.show import Shown

    return Shown(gains_figure(result), lang)


def figure(result: ModelComparison) -> Figure:
    """The gains by arm as a figure."""
    from bangfu.figures.gains import gains_figure

    return gains_figure(result)


def without_few(door: Door, admitted: Admitted, models: tuple[str, ...]) -> Admitted:
    """The tables of the households that are not too few to be told of; see :mod:`bangfu.cells.few`."""
    from bangfu.cells import few

    return few.without_few(admitted, models)


attach("HouseholdRegister.cells", cells)
attach("Door.without_few", without_few)
attach("Cells.moments", moments)
attach("ModelComparison.plot", plot)
attach("ModelComparison.figure", figure)
