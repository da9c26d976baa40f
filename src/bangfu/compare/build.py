"""From a register or cells to a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bangfu.cells import Cells
from bangfu.compare.comparison import ModelComparison, Options
from bangfu.errors import WrongUse, option, spoken
from bangfu.estimates.effects import POVERTY
from bangfu.estimates.group_time import SEED, group_time_effects

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.cells.outcomes import Expression, Line
    from bangfu.register import HouseholdRegister


def compare_models(
    data: HouseholdRegister | Cells,
    outcome: str | Mapping[str, Expression] | None = None,
    scale: str = "percent",
    exposure: str = "participation",
    control: str = "never",
    campaign: Campaign | None = None,
    *,
    missing: str = "pairwise",
    switchers: str = "censor",
    base: str = "universal",
    anticipation: int = 0,
    cluster: str = "village_id",
    by: Sequence[str] | Mapping[str, Sequence[float] | None] = (),
    late: str = "refuse",
    adjust: bool = False,
    errors: str = "cr2",
    best: str | None = None,
    drawn_by_lot: bool = False,
    line: Line | None = None,
    base_year: int | None = None,
    prices: str | Path | None = None,
    seed: int = SEED,
) -> ModelComparison:
    """Compare income models: gains by arm, how sure their order is, and what that rests on.

    Parameters
    ----------
    data : HouseholdRegister or Cells
        Cells carry their own exposure, covariates, line and prices; what is given here must not contradict them.
    outcome : str or mapping of str to callable, optional
        As for :meth:`bangfu.HouseholdRegister.cells`; ``income_per_head`` by default, the first outcome of cells.
    scale : {"percent", "yuan", "log"}
    exposure : {"participation", "campaign"}
        Taken up; or offered in the village (intention to treat).
    control : {"never", "never_elsewhere", "never_same_village", "not_yet"}
    campaign : Campaign, optional
        For ``exposure="campaign"`` and for the offers of other components; the shipped record by default.
    missing : {"pairwise", "complete", "cross_section"}
    switchers : {"censor", "own_arm", "drop"}
    base : {"universal", "varying"}
    anticipation : int
        Years.
    cluster : {"village_id", "township_id", "county_id"}
    by : sequence of str, or mapping of str to breaks
        Covariates known before joining, for contrasts within common covariate cells.
    late : {"refuse", "missing"}
        Facts that are not older than joining, as for :meth:`bangfu.HouseholdRegister.cells`.
    adjust : bool
        Also adjust the gains themselves by ``by``.
    errors : {"cr2", "jackknife", "normal", "multiplier"}
    best : {"high", "low"}, optional
        Which gain ranks first; ``low`` by default for poverty outcomes only.
    drawn_by_lot : bool
        Villages were drawn by lot: adds randomisation p-values.
    line, base_year, prices
        As for :meth:`bangfu.HouseholdRegister.cells`.
    seed : int
        Of the draws behind bands and ranks.

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
    cells, name = _cells(data, outcome, exposure, campaign, by, late, line, base_year, prices)
    effects = group_time_effects(
        cells, name, scale=scale, control=control, missing=missing, base=base, anticipation=anticipation,
        switchers=switchers, cluster=cluster, adjust=adjust, errors=errors, seed=seed,
    )  # fmt: skip
    plain = name.removeprefix("log:")
    options = Options(
        plain, scale, str(cells.info.spec.get("exposure", "participation")), control, missing, switchers, base,
        anticipation, cluster, adjust, errors, best or ("low" if plain in POVERTY else "high"), drawn_by_lot, seed,
    )  # fmt: skip
    return ModelComparison(cells, effects, options, _register_of(data), campaign)


def _cells(
    data: Any,
    outcome: Any,
    exposure: str,
    campaign: Any,
    by: Any,
    late: str,
    line: Any,
    base_year: Any,
    prices: Any,
) -> tuple[Cells, str]:
    if isinstance(data, Cells):
        made = str(data.info.spec.get("exposure", exposure))
        given = {"by": by or None, "line": line, "base_year": base_year, "prices": prices}
        late_come = [option(name) for name, value in given.items() if value is not None]
        if made != exposure or late_come:
            names = ", ".join([*([option("exposure", exposure)] if made != exposure else []), *late_come])
            way = spoken("register.cells()", "bangfu cells DIR --out FILE")
            raise WrongUse(
                f"these cells were made already, with {option('exposure', made)}: {names} must be given where cells are made, {way}",
                f"分组汇总数据已按 {option('exposure', made)} 做好:{names} 须在生成时给出,即 {way}",
            )
        return data, str(outcome or data.outcomes[0])
    asked = "income_per_head" if outcome is None else outcome
    if isinstance(asked, Mapping):
        return data.cells(asked, exposure=exposure, campaign=campaign, by=by, late=late, line=line, base_year=base_year, prices=prices), next(iter(asked))  # fmt: skip
    plain = str(asked).removeprefix("log:")
    wanted = [plain] if plain in POVERTY else [plain, f"log:{plain}"]
    cells = data.cells(wanted, exposure=exposure, campaign=campaign, by=by, late=late, line=line, base_year=base_year, prices=prices)  # fmt: skip
    return cells, plain


def _register_of(data: Any) -> Any:
    return None if isinstance(data, Cells) else data
