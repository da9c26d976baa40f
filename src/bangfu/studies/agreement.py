"""Printed / ours: one row per number, and the one rule that says whether the two agree."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

from bangfu.errors import Language
from bangfu.formats import decimals_of, number
from bangfu.words import Word

_PRINTED = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?")


def printed_value(printed: str) -> Decimal:
    """The value of a printed number.

    Parameters
    ----------
    printed : str
        Digits as they stand in the table, for example ``".118"``, ``"-329.316"`` or ``"1,378"``.

    Raises
    ------
    ValueError
        For anything that is not one plain decimal number: no digits, an exponent, a percent sign, stars.

    >>> printed_value(".118"), printed_value("1,378")
    (Decimal('0.118'), Decimal('1378'))
    """
    if not _PRINTED.fullmatch(printed) or not any(c.isdigit() for c in printed):
        raise ValueError(f"not a plain printed number: {printed!r}")
    return Decimal(printed.replace(",", ""))


def agrees(printed: str, ours: float) -> bool:
    """Whether our number rounds to the printed digits: all of them, and no fewer.

    Rounding is half to even on the exact value. A missing or infinite number never agrees.

    >>> agrees(".225", 0.22502), agrees(".225", 0.2256), agrees(".10", 0.0949), agrees(".1", 0.0949)
    (True, False, False, True)
    """
    target = printed_value(printed)
    if isinstance(ours, bool) or not math.isfinite(ours):
        return False
    unit = Decimal(1).scaleb(-decimals_of(printed))
    return Decimal(float(ours)).quantize(unit, rounding=ROUND_HALF_EVEN) == target


@dataclass(frozen=True, slots=True)
class Replication:
    """One published number and ours.

    Attributes
    ----------
    study, table : str
        Where the number is printed.
    place, item : Word
        Whose data, and what the number is.
    printed : str
        As it stands there.
    ours : float
        Computed here, unrounded.
    how : str
        How it was computed.
    """

    study: str
    place: Word
    table: str
    item: Word
    printed: str
    ours: float
    how: str

    def __post_init__(self) -> None:
        printed_value(self.printed)

    @property
    def decimals(self) -> int:
        """Printed decimals."""
        return decimals_of(self.printed)

    @property
    def agrees(self) -> bool:
        """Whether ours rounds to the printed digits."""
        return agrees(self.printed, self.ours)

    @property
    def distance(self) -> float:
        """Ours minus printed, in units of the last printed digit; within one half where they agree."""
        return (self.ours - float(printed_value(self.printed))) * 10.0**self.decimals


def table(rows: Iterable[Replication], lang: Language = "en") -> pd.DataFrame:
    """The rows as a frame: ``study, place, table, item, printed, ours, decimals, agrees, how, distance``, in one language.

    ``ours`` is text with the printed number of decimals; where it does not agree, with two more, so that it is seen by
    how much.
    """
    return pd.DataFrame(
        [
            {
                "study": row.study,
                "place": row.place[lang],
                "table": row.table,
                "item": row.item[lang],
                "printed": row.printed,
                "ours": number(row.ours, row.decimals + (0 if row.agrees else 2)),
                "decimals": row.decimals,
                "agrees": row.agrees,
                "how": row.how,
                "distance": row.distance,
            }
            for row in rows
        ],
        columns=[
            "study",
            "place",
            "table",
            "item",
            "printed",
            "ours",
            "decimals",
            "agrees",
            "how",
            "distance",
        ],
    )
