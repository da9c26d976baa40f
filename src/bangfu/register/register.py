"""A register of households: three tables on an engine, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.connect import connect
from bangfu.errors import BangfuError, WrongUse
from bangfu.formats import number
from bangfu.register.info import RegisterInfo, read_info
from bangfu.register.tables import COLUMNS, PARTS, Source, read_table

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ROWS = 5_000_000
"""``to_pandas`` refuses a table of more rows."""


@dataclass(frozen=True, slots=True, repr=False)
class HouseholdRegister:
    """A register of households.

    Attributes
    ----------
    info : RegisterInfo
    households, incomes, participation : ibis Table
        The tables with the known columns typed; see ``bangfu.register.tables.COLUMNS``.
    sources : dict of str to Source
        The same tables as they stand in the files, for ``check``.
    """

    info: RegisterInfo
    sources: dict[str, Source]

    @property
    def households(self) -> ir.Table:
        """One row per household."""
        return self.sources["households"].typed

    @property
    def incomes(self) -> ir.Table:
        """One row per household and year."""
        return self.sources["incomes"].typed

    @property
    def participation(self) -> ir.Table:
        """One row per household, model and first year."""
        return self.sources["participation"].typed

    @property
    def models(self) -> tuple[str, ...]:
        """Identifiers of the income models."""
        return tuple(m.id for m in self.info.models)

    @property
    def years(self) -> tuple[int, ...]:
        """The years with incomes; they need not be consecutive."""
        return tuple(sorted(self.incomes.select("year").distinct()["year"].to_pandas().dropna().astype(int)))

    def panel(self) -> ir.Table:
        """Household x year with exposure and income.

        Returns
        -------
        ibis Table
            The columns of ``incomes``, ``village_id``, ``income`` (yuan a year, whole household, current prices),
            ``income_per_head_nominal``, ``cohort`` (first year with any model, 0 for never), ``arm`` (the models
            taken up by that year, joined with ``+``; empty for none) and ``event_time`` (years since joining,
            missing for never).
        """
        import ibis

        first = self.participation.group_by("household_id").aggregate(
            **{
                f"from_{i}": self.participation["from_year"].min(where=self.participation["model"] == model)
                for i, model in enumerate(self.models)
            },
            cohort=self.participation["from_year"].min(),
        )
        joined = self.incomes.left_join(self.households.select("household_id", "village_id"), "household_id")
        joined = joined.drop("household_id_right") if "household_id_right" in joined.columns else joined
        joined = joined.left_join(first, "household_id")
        joined = joined.drop("household_id_right") if "household_id_right" in joined.columns else joined
        taken = [
            ibis.ifelse(joined[f"from_{i}"].fill_null(9999) <= joined["year"], f"+{model}", "")
            for i, model in enumerate(self.models)
        ]
        parts = [joined[p].fill_null(0.0) for p in PARTS if p in joined.columns]
        total = (
            joined["income_total"] if "income_total" in joined.columns else reduce(lambda a, b: a + b, parts)
        )
        arm = reduce(lambda a, b: a.concat(b), taken)
        cohort = joined["cohort"].fill_null(0)
        return joined.mutate(
            income=total,
            income_per_head_nominal=total / joined["members"],
            cohort=cohort,
            arm=arm.substr(1),
            event_time=ibis.ifelse(cohort > 0, joined["year"] - cohort, ibis.null("int64")),
        ).drop(*(f"from_{i}" for i in range(len(self.models))))

    def to_pandas(self) -> pd.DataFrame:
        """The panel as a pandas frame, ordered by household and year.

        Raises
        ------
        BangfuError
            Above 5,000,000 rows: work with the Ibis tables there.
        """
        rows = int(self.incomes.count().to_pandas())
        if rows > MOST_ROWS:
            raise BangfuError(
                f"{number(rows)} rows are too many for pandas here (limit {number(MOST_ROWS)}); use panel(), an Ibis table",
                f"共{number(rows)}行,超过上限{number(MOST_ROWS)};请用 panel() 返回的 Ibis 表",
            )
        frame: pd.DataFrame = self.panel().order_by(["household_id", "year"]).to_pandas()
        return frame

    def describe(self) -> pd.DataFrame:
        """Counts that carry no household.

        Returns
        -------
        DataFrame
            Columns ``what`` and ``count``: households, villages, years, income rows, joiners by model.
        """
        households, villages = self.households.aggregate(
            households=self.households.count(), villages=self.households["village_id"].nunique()
        ).to_pandas().iloc[0]  # fmt: skip
        joined = (
            self.participation.group_by("model")
            .aggregate(n=self.participation["household_id"].nunique())
            .to_pandas()
        )
        by_model = dict(zip(joined["model"], joined["n"], strict=True))
        rows = [
            ("households", int(households)),
            ("villages", int(villages)),
            ("years", len(self.years)),
            ("income rows", int(self.incomes.count().to_pandas())),
            *((f"joined {model}", int(by_model.get(model, 0))) for model in self.models),
        ]
        return pd.DataFrame(rows, columns=["what", "count"])

    def __repr__(self) -> str:
        years = self.years
        span = f"{years[0]}-{years[-1]}" if years else "no years"
        counts = ", ".join(f"{number(r['count'])} {r['what']}" for r in self.describe().to_dict("records"))
        return f"{self.info.title.en} ({self.info.kind}, {span}): {counts}"


def load_register(folder: str | Path, engine: str = "duckdb") -> HouseholdRegister:
    """Load a register from a folder with ``households``, ``incomes``, ``participation`` and ``register.toml``.

    Parameters
    ----------
    folder : path
        Parquet or CSV (UTF-8, comma); the tables are read when they are used.
    engine : {"duckdb"}

    Raises
    ------
    WrongUse
        When the folder or the engine is not there.
    DataFault
        When a file cannot be read as a table of a register. Faults inside the tables are for :func:`check`.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise WrongUse(f"no folder {folder}", f"找不到文件夹 {folder}")
    info = read_info(folder)
    size = sum(p.stat().st_size for p in folder.iterdir() if p.is_file())
    backend = connect(engine, rows=size // 8)
    return HouseholdRegister(info, {table: read_table(backend, folder, table) for table in COLUMNS})
