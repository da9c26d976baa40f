"""The one door of a register: what ``check`` calls a fault is used nowhere; what is accepted is left out and counted."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bangfu.connect import engine_at_work
from bangfu.errors import DataFault
from bangfu.register.between import rejoined
from bangfu.register.confused import confused, located
from bangfu.register.content import content_faults
from bangfu.register.leaving import Admitted, leave_out
from bangfu.register.rows import columns_known, row_faults, years_held
from bangfu.register.tables import KEYS
from bangfu.release import setting
from bangfu.upward import FromAbove

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister


class Door:
    """Looks at a register once, when it is first used, and keeps the answer."""

    without_few = FromAbove()
    """The tables of the households that are not too few to be told of; see :func:`bangfu.attach.without_few`."""

    def __init__(self, register: HouseholdRegister) -> None:
        self._register = register
        self._admitted: Admitted | None = None
        self._refusal: DataFault | None = None
        self._whole = False

    def open(self, *, proving: bool = False) -> Admitted:
        """The tables, when the register is sound.

        Parameters
        ----------
        proving : bool
            Who asks proves that each row of incomes is of one known household, once a year, and then calls :meth:`proved`;
            or :meth:`open` again when the proof fails.

        Raises
        ------
        DataFault
            With the faults that ``check`` finds and that are not accepted.
        """
        if self._refusal is not None:
            raise self._refusal
        if self._admitted is None or not (self._whole or proving):
            few = setting() == "release" and not self._register.info.synthetic
            with engine_at_work():
                self._admitted = self._quickly() if proving and not few else None
                if self._admitted is None:
                    self._admitted = self._entirely()
                    self._whole = True
                    if few:
                        self._admitted = self.without_few(self._admitted, self._register.models)
        return self._admitted

    @property
    def whole(self) -> bool:
        """Whether nothing is left to look at."""
        return self._whole

    def proved(self, joiners: int) -> bool:
        """Whether nothing is wrong at all, once the rows of incomes are proved.

        Parameters
        ----------
        joiners : int
            Households found that joined; where they are as many as participation has, all of these are known.
        """
        if not self._whole:
            self._whole = _all_known(self._register, joiners)
        return self._whole

    def _quickly(self) -> Admitted | None:
        """All that sums of incomes do not prove; which rows are at fault is for the whole look to say."""
        register = self._register
        homes = register.sources["households"]
        mistaken = (f for f in columns_known(register) if f.severity == "fault")
        wrong = chain(
            mistaken,
            row_faults(register, False, warnings=False),
            years_held(register),
            confused(homes, register.info.not_totals),
        )
        if next(wrong, None) is not None or not _keys_hold(register):
            return None
        return self._everything()

    def _entirely(self) -> Admitted:
        faults = content_faults(self._register, self._register.info.synthetic)
        refused = [f for f in faults if f.severity == "fault"]
        if refused:
            self._refusal = DataFault(refused)
            raise self._refusal
        return leave_out(self._register, faults) if faults else self._everything()

    def _everything(self) -> Admitted:
        register = self._register
        tables = {name: source.typed for name, source in register.sources.items()}
        tables["households"] = located(tables["households"], register.sources["households"])
        return Admitted(tables, register.rows_by_table, register.years_read)


def _keys_hold(register: HouseholdRegister) -> bool:
    """Whether each household stands once in households, and once in a model."""
    homes, joined = (register.sources[t].checked for t in ("households", "participation"))
    rows = register.rows_by_table
    if not _rising(homes) and _different(homes, "household_id") != rows["households"]:
        return False
    if rows["participation"] in (
        _different(joined, "household_id"),
        _different(joined, "household_id", "model"),
    ):
        return True
    again = rejoined(joined).limit(1).count().to_pandas()
    return not again and _different(joined, *KEYS["participation"]) == rows["participation"]


def _all_known(register: HouseholdRegister, joiners: int) -> bool:
    """Whether every household of participation is in households."""
    homes, joined = (register.sources[t].checked for t in ("households", "participation"))
    people = _different(joined, "household_id")
    return people == joiners or people == _different(homes.semi_join(joined, "household_id"), "household_id")


def _different(table: ir.Table, *columns: str) -> int:
    return int(table.select(*columns).distinct().count().to_pandas())


def _rising(homes: ir.Table) -> bool:
    """Whether the identifiers rise from row to row, as in a sorted file, and so are all different."""
    if homes.get_backend().name != "duckdb":
        return False
    pairs = homes.select(this=homes["household_id"], before=homes["household_id"].lag())
    return not (pairs["before"] >= pairs["this"]).fill_null(False).any().to_pandas()
