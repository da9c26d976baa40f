"""A register without the households whose path too few share: what notebooks read whose outputs leave the building."""

from __future__ import annotations

import numpy as np

from bangfu.cells.atoms import atoms, enough
from bangfu.cells.engine import path_codes
from bangfu.cells.summing import decoded, first_years
from bangfu.errors import NotEstimable
from bangfu.register.leaving import Admitted
from bangfu.register.rules import years_of
from bangfu.words import TERMS

ID = "household_id"


def without_few(admitted: Admitted, models: tuple[str, ...]) -> Admitted:
    """The tables of the households that :func:`bangfu.cells.atoms.enough` keeps.

    Parameters
    ----------
    admitted : Admitted
    models : tuple of str
        In the register's order.

    Raises
    ------
    NotEstimable
        When nobody is left.
    """
    import ibis

    people, incomes, joined = (admitted.tables[t] for t in ("households", "incomes", "participation"))
    place = [c for c in ("county_id", "township_id", "village_id") if c in people.columns]
    firsts = first_years(joined, models)
    where = {c: people[c].cast("string").fill_null("") for c in place}
    seen = people.select(ID, **where).semi_join(incomes.filter(incomes["year"].notnull()), ID)
    if any(firsts.values()):
        both = seen.left_join(path_codes(joined, firsts), ID)
        seen = both.select(ID, *place, path=both["path"].fill_null(0)).view()
    else:
        seen = seen.mutate(path=ibis.literal(0, "int64"))
    counts = seen.group_by([*place, "path"]).aggregate(n=seen.count()).to_pandas()
    paths = [decoded(int(code), firsts) for code in counts["path"]]
    village = counts.groupby(place).ngroup().to_numpy().astype(np.int64)
    kept = enough(atoms(paths, admitted.years, models), village, counts["n"].to_numpy(np.int64))
    if not kept.any():
        raise NotEstimable(TERMS["withheld"].en, TERMS["withheld"].zh)
    told = ibis.memtable(counts.loc[kept, [*place, "path"]].reset_index(drop=True))
    identifiers = ibis.memtable(seen.semi_join(told, [*place, "path"]).select(ID).to_pyarrow())
    homes = people.semi_join(identifiers, ID)
    rows = incomes.semi_join(homes, ID)
    tables = {"households": homes, "incomes": rows, "participation": joined.semi_join(homes, ID)}
    counted = {name: int(table.count().to_pandas()) for name, table in tables.items()}
    return Admitted(tables, counted, years_of(rows), tuple(a.masked for a in admitted.accepted))
