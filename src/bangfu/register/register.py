"""A register of households: three tables on an engine, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.connect import engine_at_work
from bangfu.errors import BangfuError, DataFault
from bangfu.formats import number
from bangfu.register.door import Door
from bangfu.register.info import RegisterInfo
from bangfu.register.outcomes import MEASURES, by_year, per_head
from bangfu.register.rules import years_of
from bangfu.register.tables import Source
from bangfu.upward import FromAbove

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.accepted import Accepted
    from bangfu.register.description import Description

MOST_ROWS = 5_000_000
"""``to_pandas`` refuses a table of more rows."""


@dataclass(frozen=True, repr=False, eq=False)
class HouseholdRegister:
    """A register of households.

    Attributes
    ----------
    info : RegisterInfo
    households, incomes, participation : ibis Table
        The tables with the known columns typed (see ``bangfu.register.tables.COLUMNS``), without what is accepted as
        faulty. A register that :func:`check` finds at fault gives none of them, and nothing that is made of them.
    sources : dict of str to Source
        The same tables as they stand in the files, for ``check``.
    """

    info: RegisterInfo
    sources: dict[str, Source]

    cells = FromAbove()
    """Sums by village, treatment path, observed years and covariates; see :func:`bangfu.attach.cells`."""

    @cached_property
    def door(self) -> Door:
        """What every use of the tables goes through."""
        return Door(self)

    @property
    def households(self) -> ir.Table:
        """One row per household."""
        return self.door.open().tables["households"]

    @property
    def incomes(self) -> ir.Table:
        """One row per household and year."""
        return self.door.open().tables["incomes"]

    @property
    def participation(self) -> ir.Table:
        """One row per household, model and first year."""
        return self.door.open().tables["participation"]

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """Faults that ``[accept]`` of register.toml lets pass, and what is left out because of them."""
        return self.door.open().accepted

    @property
    def models(self) -> tuple[str, ...]:
        """Identifiers of the income models."""
        return tuple(m.id for m in self.info.models)

    @property
    def years(self) -> tuple[int, ...]:
        """The years with incomes; they need not be consecutive."""
        return self.door.open().years

    @cached_property
    def years_read(self) -> tuple[int, ...]:
        """Those that stand in the files, of what may be a year."""
        if "incomes" not in self.sources:
            return ()
        with engine_at_work():
            return years_of(self.sources["incomes"].checked)

    @cached_property
    def rows_by_table(self) -> dict[str, int]:
        """Rows of each table; files or engines know them without reading."""
        with engine_at_work():
            return {name: source.count() for name, source in self.sources.items()}

    @property
    def rows(self) -> int:
        """Rows of all three tables."""
        return sum(self.rows_by_table.values())

    @cached_property
    def sums_by_arm(self) -> pd.DataFrame:
        """Sums over households by the models that they ever took up (see ``bangfu.register.describe.sums_by_arm``)."""
        from bangfu.register.describe import sums_by_arm

        with engine_at_work():
            return sums_by_arm(self)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Counts: ``what`` and ``count`` (households, villages, years, income rows, seen in every year, joiners by model)."""
        from bangfu.register.describe import units

        with engine_at_work():
            return units(self)

    def panel(
        self, *, real: bool = True, base_year: int | None = None, prices: str | Path | None = None
    ) -> ir.Table:
        """Household x year with exposure and income.

        Parameters
        ----------
        real : bool
            Also give real incomes.
        base_year : int, optional
            Whose prices; the register's last year by default.
        prices : path, optional
            A price index of one's own (CSV with year and value, previous year = 100) in place of the shipped one.

        Returns
        -------
        ibis Table
            The columns of ``incomes``; ``village_id``; ``cohort`` (first year with any model, 0 for never); ``arm``
            (the models taken up by that year, joined with ``+``; empty for none); ``event_time`` (years since
            joining, missing for never); and per head, in yuan a year, ``income``, ``wage``, ``business``,
            ``property``, ``transfer``, ``income_without_transfers`` and ``consumption``, each as
            ``<measure>_per_head_nominal`` and real as ``<measure>_per_head``, as far as the register has them.

        Raises
        ------
        BangfuError
            For a year that the price index lacks: never an extrapolation.
        """
        import ibis

        from bangfu.reference import deflator

        joining = self.participation
        joining = joining.filter(joining["model"].isin(self.models))
        first = joining.group_by("household_id").aggregate(
            **{
                f"from_{i}": joining["from_year"].min(where=joining["model"] == model)
                for i, model in enumerate(self.models)
            },
            cohort=joining["from_year"].min(),
        )
        joined = self.incomes.left_join(self.households.select("household_id", "village_id"), "household_id")
        joined = joined.drop("household_id_right") if "household_id_right" in joined.columns else joined
        joined = joined.left_join(first, "household_id")
        joined = joined.drop("household_id_right") if "household_id_right" in joined.columns else joined
        taken = [
            ibis.ifelse(joined[f"from_{i}"].fill_null(9999) <= joined["year"], f"+{model}", "")
            for i, model in enumerate(self.models)
        ]
        cohort = joined["cohort"].fill_null(0)
        arm = reduce(lambda a, b: a.concat(b), taken)
        years = self.years
        factors = (
            deflator(years, max(years) if base_year is None else base_year, prices)
            if real and years
            else None
        )
        measures = {}
        for measure in MEASURES:
            nominal = per_head(joined, measure)
            if nominal is not None:
                measures[f"{measure}_per_head_nominal"] = nominal
                if factors is not None:
                    measures[f"{measure}_per_head"] = nominal * by_year(joined, factors)
        return joined.mutate(
            cohort=cohort,
            arm=arm.substr(1),
            event_time=ibis.ifelse(cohort > 0, joined["year"] - cohort, ibis.null("int64")),
            **measures,
        ).drop(*(f"from_{i}" for i in range(len(self.models))))

    def to_pandas(
        self, *, real: bool = True, base_year: int | None = None, prices: str | Path | None = None
    ) -> pd.DataFrame:
        """The panel as a pandas frame, ordered by household and year; parameters as for :meth:`panel`.

        Raises
        ------
        BangfuError
            Above 5,000,000 rows: work with the Ibis tables there.
        """
        with engine_at_work():
            rows = int(self.incomes.count().to_pandas())
        if rows > MOST_ROWS:
            raise BangfuError(
                f"{number(rows)} rows are too many for pandas here (limit {number(MOST_ROWS)}); use panel(), an Ibis table",
                f"共{number(rows)}行,超过上限{number(MOST_ROWS)};请用 panel() 返回的 Ibis 表",
            )
        panel = self.panel(real=real, base_year=base_year, prices=prices)
        with engine_at_work():
            frame: pd.DataFrame = panel.order_by(["household_id", "year"]).to_pandas()
        return frame

    @property
    def households_by_arm(self) -> ir.Table:
        """The households with ``arm``: all models that they ever took up, joined with ``+``; empty for none."""
        from bangfu.register.describe import households_by_arm

        return households_by_arm(self)

    def describe(self) -> Description:
        """What the register holds, without any household: units, years, completeness, balance and attrition by arm."""
        from bangfu.register.describe import describe

        with engine_at_work():
            return describe(self)

    def attrition(self) -> pd.DataFrame:
        """Who is still seen, by arm at the end.

        Returns
        -------
        DataFrame
            One row per arm (all models ever taken up) and year: ``arm, year, households, seen`` and ``share_seen``.
        """
        from bangfu.register.describe import attrition

        with engine_at_work():
            return attrition(self)

    def __repr__(self) -> str:
        title = f"{self.info.title.en} ({self.info.kind}"
        try:
            self.door.open()
        except DataFault as refusal:
            return f"{title}): not to be used, {len(refusal.faults)} kinds of faults; run check"
        if self.rows > MOST_ROWS:
            return f"{title}): {number(self.rows)} rows; describe() counts them"
        span = f"{self.years[0]}-{self.years[-1]}" if self.years else "no years"
        counts = ", ".join(f"{number(r['count'])} {r['what']}" for r in self.units.to_dict("records"))
        return f"{title}, {span}): {counts}"

    def _repr_html_(self) -> str:
        try:
            return f"<p>{escape(repr(self))}</p>" if self.rows > MOST_ROWS else self.describe().html()
        except DataFault:
            return f"<p>{escape(repr(self))}</p>"
