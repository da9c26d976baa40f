"""Public facts around the campaign: what others published of the same places, never mixed with what its report says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bangfu import places
from bangfu.errors import DataFault, Fault
from bangfu.packages import description, read


@dataclass(frozen=True, slots=True)
class Context:
    """Public facts and where they disagree.

    Attributes
    ----------
    facts : DataFrame
        One published value each: ``fact_id, place_zh, place_en, place_code, year, last_year, measure, measure_en,
        measure_zh, unit, value, date, bound, status, source_title, issuer, address, read, conflict_id, note``. ``read``
        says how: at the ``issuer``, in a ``newspaper``, in a ``copy``. What was looked for in vain has ``status`` not
        found and no value.
    conflicts : DataFrame
        ``conflict_id, conflict_en, conflict_zh, handling_en, handling_zh``.
    """

    facts: pd.DataFrame
    conflicts: pd.DataFrame

    def __repr__(self) -> str:
        found = self.facts[self.facts["status"] != "not found"]
        how = ", ".join(f"{n} {read}" for read, n in found["read"].value_counts().sort_index().items())
        return f"{len(found)} public facts ({how}), {len(self.facts) - len(found)} not found, {len(self.conflicts)} conflicts"


def load_context(folder: str | Path | None = None) -> Context:
    """Load the public facts around a campaign.

    Parameters
    ----------
    folder : path, optional
        A folder of one's own in the format of ``data/context``; the facts around Baicheng by default.

    Raises
    ------
    WrongUse
        When there is no such folder.
    DataFault
        With every fault at once: table, row, column, value, rule and what to do.

    Examples
    --------
    >>> import bangfu
    >>> bangfu.load_context()
    54 public facts (39 copy, 4 issuer, 11 newspaper), 1 not found, 4 conflicts
    """
    home = places.data("context")
    tables, faults = read(home if folder is None else Path(folder), description(home), ())
    faults = faults or _faults(tables["facts"])
    if faults:
        raise DataFault(faults)
    return Context(**tables)


def _faults(facts: pd.DataFrame) -> list[Fault]:
    """A fact that was found has one value or one day, an address and how it was read; one that was not has none."""
    out = []
    for row, fact in enumerate(facts.to_dict("records"), start=1):
        found = fact["status"] != "not found"
        values = (not pd.isna(fact["value"])) + (fact["date"] is not None)
        told = None not in (fact["address"], fact["read"], fact["issuer"])
        if values != int(found) or (found and not told):
            words = (
                "a fact has one of value and date, and address, issuer and read; one not found has neither value nor date",
                "每条数据应填 value 或 date 之一,并填 address、issuer、read;未找到的不填数值和日期",
            )
            key = str(fact["fact_id"])
            out.append(Fault("facts", "fact_complete", *words, column="value, date", rows=(row,), value=key))
    return out
