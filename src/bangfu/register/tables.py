"""The three tables of a register: their columns and kinds, and a table as it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from bangfu.register.kinds import FLAG, IDENTIFIER, INTEGER, NUMBER, TYPES, failing, typed

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir

__all__ = [
    "CELL",
    "COLUMNS",
    "FILE",
    "FLAG",
    "FREE",
    "IDENTIFIER",
    "INTEGER",
    "KEYS",
    "NUMBER",
    "PARTS",
    "REQUIRED",
    "ROW",
    "TYPES",
    "Bounds",
    "Source",
    "converted",
]  # fmt: skip

_FACTS = {
    "household_id": IDENTIFIER,
    "village_id": IDENTIFIER,
    "township_id": IDENTIFIER,
    "county_id": IDENTIFIER,
    "observed_year": INTEGER,
    "head_birth_year": INTEGER,
    "head_female": FLAG,
    "head_schooling": NUMBER,
    "labour": NUMBER,
    "members": NUMBER,
    "ill_or_disabled": NUMBER,
    "land_mu": NUMBER,
    "registered_from": INTEGER,
    "weight": NUMBER,
}

PARTS = ("income_wage", "income_business", "income_property", "income_transfer", "income_other")
"""Parts of income, yuan a year of the whole household, net, current prices; they may be negative."""

COLUMNS: dict[str, dict[str, str]] = {
    "households": _FACTS,
    "incomes": {"household_id": IDENTIFIER, "year": INTEGER, "members": NUMBER}
    | dict.fromkeys((*PARTS, "income_total", "consumption"), NUMBER),
    "participation": {
        "household_id": IDENTIFIER,
        "model": IDENTIFIER,
        "from_year": INTEGER,
        "to_year": INTEGER,
        "support_yuan": NUMBER,
        "contract": FLAG,
    },
}
"""Column -> kind, by table. Other columns are carried along as they come, and ``check`` names them."""

FREE: dict[str, tuple[str, ...]] = {
    "households": ("county_name", "township_name", "village_name", "exited_in"),
    "incomes": (),
    "participation": (),
}
"""Columns that are for readers, and may stand without a word."""

KEYS = {
    "households": ("household_id",),
    "incomes": ("household_id", "year"),
    "participation": ("household_id", "model", "from_year"),
}

REQUIRED = {
    "households": ("household_id", "village_id"),
    "incomes": ("household_id", "year", "members"),
    "participation": ("household_id", "model", "from_year"),
}

FILE, ROW, CELL = "__file", "__row", "__cell_"
"""Beside the columns of a table as read: where a row stands, and the cells that did not convert, as text."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the feet of a table's files say of a column.

    Attributes
    ----------
    empty : int
        Cells without a value.
    low, high : int, optional
        Of whole numbers.
    """

    empty: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A table as it was read.

    Attributes
    ----------
    checked : ibis Table
        The columns, the known ones converted to their kind (missing where that failed); ``__cell_<column>`` with the cells
        that did not convert, as text; ``__file`` and ``__row``, where a row stands.
    files : mapping of str to str
        Value of ``__file`` -> the name to show.
    rows : int, optional
        As the files say at their feet; ``None`` where they do not.
    bounds : mapping of str to Bounds
        Likewise, of the columns that all files speak of.
    """

    checked: ir.Table
    files: Mapping[str, str]
    rows: int | None = None
    bounds: Mapping[str, Bounds] = field(default_factory=dict)

    def count(self) -> int:
        """Rows."""
        return int(self.checked.count().to_pandas()) if self.rows is None else self.rows

    @property
    def typed(self) -> ir.Table:
        """The columns of the table alone."""
        return self.checked.select(*(c for c in self.checked.columns if not c.startswith("__")))

    def name(self, file: str) -> str:
        """The name to show for a value of ``__file``; empty where the table is one file."""
        if len(self.files) < 2:
            return ""
        path = unquote(urlparse(file).path) if file.startswith("file:") else file
        return self.files.get(path, "")


def converted(stored: ir.Table, table: str) -> ir.Table:
    """Known columns as their kinds, with the cells that do not convert beside; position columns stay."""
    known = {c: k for c, k in COLUMNS[table].items() if k in TYPES and c in stored.columns}
    columns = {c: typed(stored[c], known[c]) if c in known else stored[c] for c in stored.columns}
    for column, kind in COLUMNS[table].items():
        # models may be numbered, but register.toml names them in text; whole numbers of 64 bits without sign overflow
        if (
            kind == IDENTIFIER
            and column in stored.columns
            and (column == "model" or not _countable(stored[column].type()))
        ):
            columns[column] = stored[column].cast("string")
    for column, kind in known.items():
        if f"{CELL}{column}" not in stored.columns:
            cell = failing(stored[column], kind)
            if cell is not None:
                columns[f"{CELL}{column}"] = cell
    return stored.select(**columns)


def _countable(stored: dt.DataType) -> bool:
    return bool(stored.is_integer() and not stored.is_uint64())
