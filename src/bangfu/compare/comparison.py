"""The comparison of models as a value: tables by name, and everything they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bangfu.accepted import Accepted
from bangfu.cells import Cells
from bangfu.cells.agreement import fitting, summed
from bangfu.cells.remarks import Remark, remarks
from bangfu.compare.beside import counted, missing, usable
from bangfu.compare.common import within_common_cells
from bangfu.compare.leaving import leaving
from bangfu.compare.offers import offers_by_arm
from bangfu.compare.release import Release, free, masked, released, told, told_leavers, told_shares
from bangfu.compare.statement import Kind, Statement
from bangfu.compare.statements import core_of, other_scales, statements
from bangfu.design import Design, Settled
from bangfu.errors import Language
from bangfu.estimates import contrasts as ways
from bangfu.estimates.aggregate import Aggregate, aggregate
from bangfu.estimates.detectable import detectable
from bangfu.estimates.family import Family
from bangfu.estimates.group_time import GroupTimeEffects, estimate
from bangfu.estimates.lot import lot_p_values
from bangfu.estimates.pretrend import Drift, pretrend
from bangfu.estimates.stability import stability
from bangfu.estimates.wild import few_villages, wild_p_value
from bangfu.release import shown, too_few
from bangfu.upward import FromAbove
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.cells.outcomes import Expression
    from bangfu.register import HouseholdRegister


@dataclass(frozen=True, repr=False, eq=False)
class ModelComparison:
    """Gains by arm and their order. Tables are tidy frames, computed when first asked for.

    Attributes
    ----------
    cells : Cells
    effects : GroupTimeEffects
        Behind everything: ``effects.table`` by arm, cohort and year.
    asked : Design
        As it was asked for; what it left open is settled in :attr:`design`.
    register : HouseholdRegister or None
        What the cells came from, where it is known.
    campaign : Campaign or None
    own : mapping of str to callable, optional
        The outcome, where it is not one known by name.
    inside : bool
        Whether what is printed, drawn or written of it is whole, and marked as not for release.
    release : Release or None
        What it leaves out, where it is :attr:`released`, which whatever prints, draws or writes it takes.
    """

    cells: Cells
    effects: GroupTimeEffects
    asked: Design
    register: HouseholdRegister | None = None
    campaign: Campaign | None = None
    own: Mapping[str, Expression] | None = None
    inside: bool = False
    release: Release | None = None

    @cached_property
    def released(self) -> ModelComparison:
        """As it may leave the building, by :mod:`bangfu.release`: itself where it is of invented households, or ``inside``.

        Raises
        ------
        NotEstimable
            When too few households remain for any number.
        """
        return self if free(self) or self.release is not None else released(self)

    plot = FromAbove()
    """The gains by arm as a notebook shows a figure; see :func:`bangfu.attach.plot`."""
    figure = FromAbove()
    """The gains by arm as a figure; see :func:`bangfu.attach.figure`."""

    @property
    def design(self) -> Settled:
        """What was compared with what, and how; nothing is left open."""
        return self.effects.design

    def under(self, **changes: Any) -> ModelComparison:
        """The comparison by a design in which some options are changed, all else as asked.

        From the same cells where nothing that is summed changes; else from the register.

        Raises
        ------
        WrongUse
            For an unknown option, or one that contradicts the cells where no register is at hand.
        """
        from bangfu.compare.build import compared

        asked = self.asked.replace(**changes)
        own = self.own if asked.outcome == self.asked.outcome else None
        if self.register is not None and summed(asked) != summed(self.asked):
            made = compared(self.register, asked, self.campaign, own, inside=self.inside)
        else:
            design = fitting(self.cells, asked) if self.register is not None else asked
            made = replace(self, effects=estimate(self.cells, design), asked=asked, release=None)
        return made if self.release is None else made.released

    @cached_property
    def overall(self) -> Aggregate:
        """Averages over all years from joining on, with what joint inference needs."""
        return aggregate(self.effects, "overall")

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per arm; ranks are among the arms of one model, whose bands are those of :attr:`core`.

        ``arm, unit, estimate, std_error, df, ci_low, ci_high, band_low, band_high, p_value, rank_low, rank_high,
        households, villages, effective_villages, note``.
        """
        out = self.overall.table.copy()
        bands = {a: self.core.interval(a) for a in self.core.arms}
        for i, name in enumerate(("band_low", "band_high")):
            out[name] = [
                bands[a][i] if a in bands else own for a, own in zip(out["arm"], out[name], strict=True)
            ]
        ranks, at = self.core.ranks(self.effects.arms), list(out.columns).index("p_value") + 1
        for i, name in enumerate(("rank_low", "rank_high")):
            out.insert(at + i, name, pd.Series(ranks[name], dtype="Int64"))
        return out

    @cached_property
    def _core(self) -> tuple[Family, Drift | None]:
        return core_of(self.effects, self.overall)

    @property
    def core(self) -> Family:
        """All joiners, each arm of one model and every two of these, in the one band from which ranks and statements are read."""
        return self._core[0]

    @property
    def drift(self) -> Drift | None:
        """Trends before joining, which widen that band where they differ."""
        return self._core[1]

    @cached_property
    def core_on_other_scales(self) -> Mapping[str, tuple[str, Family]]:
        """Unit and band by scale, for every other scale that the cells hold and that can be estimated."""
        return other_scales(self)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What the comparison bears out; see :func:`bangfu.compare.statements.statements`."""
        return statements(self)

    def stated(self, kind: Kind, *arms: str) -> Statement | None:
        """The statement of a kind about these arms, or of the kind where there is but one; ``None`` where there is none."""
        found = [s for s in self.statements if s.kind == kind and (not arms or s.arms == arms)]
        return found[0] if found else None

    @cached_property
    def few_villages(self) -> pd.DataFrame:
        """Beside the table: ``arm, wild_p_value, lot_p_value`` for arms with fewer than ten villages in a group, and for all
        where villages were drawn by lot.

        ``wild_p_value`` is missing without the package ``wildboottest``; ``lot_p_value`` unless ``drawn_by_lot`` was said.
        """
        few = few_villages(self.effects)
        arms = [a for a in self.effects.arms if a in few or self.design.drawn_by_lot]
        out = pd.DataFrame({"arm": arms, "wild_p_value": np.nan, "lot_p_value": np.nan})
        if find_spec("wildboottest"):
            out["wild_p_value"] = [wild_p_value(self.effects, a) if a in few else np.nan for a in arms]
        if self.design.drawn_by_lot:
            p = lot_p_values(self.cells, self.design)
            out["lot_p_value"] = p.set_index("arm")["p_value"].reindex(arms).to_numpy()
        return out

    @cached_property
    def event_study(self) -> pd.DataFrame:
        """Arm by years since joining: ``arm, event_time, unit, estimate, ...``; the base year is zero and left out."""
        return aggregate(self.effects, "event").table

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """Arm by calendar year."""
        return aggregate(self.effects, "calendar").table

    @cached_property
    def by_cohort(self) -> pd.DataFrame:
        """Arm by cohort."""
        return aggregate(self.effects, "cohort").table

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """Arm minus other arm, three ways.

        ``way, arm, other, unit, estimate, std_error, df, ci_low, ci_high, band_low, band_high, p_value, support, note``.
        """
        found = [ways.as_they_are(self.effects, self.overall).table, ways.common_cohorts(self.effects).table]
        found.append(within_common_cells(self, found[0]))
        return pd.concat(found, ignore_index=True)

    @cached_property
    def detectable(self) -> pd.DataFrame:
        """Minimum detectable gains and contrasts, each by itself: ``arm, other, unit, std_error, df, detectable``.

        What would be stated needs more, since statements hold at once: see their own ``detectable``.
        """
        plain = self.contrasts[self.contrasts["way"] == "as_they_are"]
        return detectable(self.table, plain)

    @cached_property
    def stability(self) -> pd.DataFrame:
        """Gains and rank sets under every scale, control, missing rule and rule for switchers.

        ``scale, control, missing, switchers, arm, unit, estimate, std_error, ci_low, ci_high, rank, rank_low, rank_high,
        note``.
        """
        table = stability(self.cells, self.design)
        whole = self.release is None or self.release.gaps
        return table if whole else table[table["missing"] == self.design.missing].reset_index(drop=True)

    @cached_property
    def pretrend(self) -> pd.DataFrame:
        """Evidence on trends before joining: ``arm, years, largest_t, p_value, note``; the last row is of all arms."""
        return pretrend(self.effects)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """``arm, cohort, households, villages, effective_villages``; comparison households have arm ``""`` and cohort 0."""
        return counted(self.effects.sample)

    @cached_property
    def switchers(self) -> pd.DataFrame:
        """``arm, event_time, households, censored, share``: household-years censored for a second model."""
        return self.effects.sample.switched()

    @cached_property
    def left(self) -> pd.DataFrame:
        """``arm, event_time, households, left, first, share``: who had left a model of the arm, and counts as a joiner still.

        ``first`` are those not seen outside before; see :func:`bangfu.compare.leaving.leaving`.
        """
        found = leaving(self.cells, self.design.column, self.design.switchers)
        return found if self.release is None else told_leavers(found)

    @cached_property
    def missing(self) -> pd.DataFrame:
        """``arm, year, households, seen, share_missing``: who is not seen (censored years included)."""
        found = missing(self.effects.sample, self.effects.arms)
        return masked(self, found, "seen", ("seen", "share_missing"))

    @cached_property
    def offers(self) -> pd.DataFrame | None:
        """``arm, component, share``: households whose village was offered a component; arm ``""`` are comparison households.

        ``None`` without a register and a campaign that can be linked to it.
        """
        if self.register is None or self.campaign is None or self.design.cluster != "village_id":
            return None
        found = offers_by_arm(self.effects.sample, self.cells.villages, self.campaign, self.register)
        return found if self.release is None else told_shares(self, found)

    @cached_property
    def accepted(self) -> pd.DataFrame:
        """Faults that the register's owner lets pass: ``rule, reason, rows, households, household_years`` left out."""
        rows = [asdict(a) for a in self.cells.info.accepted]
        found = pd.DataFrame(rows, columns=[f.name for f in fields(Accepted)])
        return found.mask(found == -1) if (found == -1).any(axis=None) else found

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What else must stand beside the numbers; see :func:`bangfu.cells.remarks.remarks`."""
        found = remarks(self.cells, self.design.column)
        return found if self.release is None else tuple(r for r in found if not too_few(r.count))

    @cached_property
    def usable(self) -> pd.DataFrame:
        """``arm, households, usable``: who is seen in the years that are compared; arm ``""`` are comparison households."""
        return masked(self, usable(self.effects.sample), "usable", ("usable",))

    def arm(self, arm: str) -> Word:
        """How an arm prints, in the words of its register; see :meth:`bangfu.cells.CellsInfo.arm`."""
        return self.cells.info.arm(arm)

    @property
    def arms(self) -> pd.DataFrame:
        """``arm, title_en, title_zh``: what each arm is called in print."""
        words = [(arm, self.arm(arm)) for arm in self.effects.arms]
        return pd.DataFrame(
            [(arm, word.en, word.zh) for arm, word in words], columns=["arm", "title_en", "title_zh"]
        )

    @property
    def synthetic(self) -> bool:
        """Whether the households are invented."""
        return self.cells.info.kind == "synthetic"

    @property
    def moved(self) -> int | None:
        """Households whose first year lies between two years of the register, where it may be told."""
        return self.effects.sample.moved if self.release is None else shown(self.effects.sample.moved)

    @cached_property
    def about(self) -> dict[str, Any]:
        """Register, options, engine and versions."""
        packages = ("bangfu", "numpy", "scipy", "pandas")
        info = self.cells.info
        return {
            "register": info.register, "title_en": info.title_en, "title_zh": info.title_zh, "kind": info.kind,
            "years": list(self.cells.years), **self.design.options(), "households_moved": self.moved,
            "models": [{"model": m, "title_en": info.title(m).en, "title_zh": info.title(m).zh} for m in info.models],
            "households_unseen": info.unseen, "engine": info.engine, "versions": {p: version(p) for p in packages},
        } | told(self)  # fmt: skip

    def text(self, lang: Language = "en") -> str:
        """As a terminal prints it."""
        from bangfu.compare.text import text

        return text(self, lang)

    def __repr__(self) -> str:
        from bangfu.compare.text import shown

        return shown(self)

    def _repr_html_(self) -> str:
        from bangfu.compare.text import shown

        return shown(self, as_html=True)
