"""Which columns of a file a mapping needs, and whether they are there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from bangfu.convert.faults import Faults
from bangfu.convert.mapping import FileSpec, Mapping, Variable
from bangfu.convert.mapping_faults import nearest
from bangfu.convert.reading import Opened
from bangfu.convert.report import ConvertReport
from bangfu.convert.values import header

_YEAR_MARKS = ("{year}", "{yy}")
_PLACES = ("village_id", "township_id", "county_id")
_NAMES = re.compile(r"姓名|户主$|^名称$|^项目$|(^|_)name$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file, by what the mapping makes of them.

    Attributes
    ----------
    added : list of (str, DataFrame)
        Other files joined to this one: the variable that is the key, and their variables by key.
    waves : tuple of int
        Waves of all files, for the identifiers of earlier waves.
    """

    opened: Opened
    spec: FileSpec
    mapping: Mapping
    added: list[tuple[str, pd.DataFrame]]
    waves: tuple[int, ...] = ()

    @property
    def years(self) -> tuple[int | None, ...]:
        """Income years that every row gives a record of; ``None`` where a column says the year."""
        return self.spec.years or (None,)

    @property
    def key(self) -> str:
        """The variable that identifies a row's household."""
        return self.spec.key if self.spec.adds_to else "household_id"

    def sources(self, v: Variable, year: int | None) -> list[str]:
        """Columns, or joined variables, that may give a variable; the first that is there counts."""
        return [header(self.spec.fill(s, year)) for s in v.sources]

    def names(self, text: str, year: int | None) -> tuple[str, ...]:
        """What an expression reads."""
        return self.spec.read(text, year).names if text else ()

    def again(self, text: str, year: int | None) -> bool:
        """Whether the text names the same columns as in the first year, which were counted then."""
        return year != self.years[0] and not any(m in text for m in _YEAR_MARKS)

    def wanted(self) -> list[str]:
        """All columns to read: those that are needed, and those where a row of totals may say that it is one."""
        return [*self.needed(), *self.label_columns()]

    def needed(self) -> list[str]:
        """All columns that the mapping names."""
        spec, out = self.spec, list[str]()
        for year in self.years:
            for v in spec.variables:
                out += [*self.sources(v, year), *self.names(v.expression, year)]
            out += self.names(spec.keep, year)
        return [*out, *spec.fill_down, *self.earlier().values()]

    def identifying(self) -> tuple[list[str], list[str]]:
        """The columns of the file with the identifier, and those with places and names."""
        ids, places = list[str](), [h for h in self.opened.headers if _NAMES.search(h)]
        for v in self.spec.variables:
            for year in self.years if v.name in (self.key, *_PLACES) else ():
                here = [*self.sources(v, year), *self.names(v.expression, year)]
                (ids if v.name == self.key else places).extend(h for h in here if h in self.opened.headers)
        return list(dict.fromkeys(ids)), list(dict.fromkeys(p for p in places if p not in ids))

    def label_columns(self) -> list[str]:
        """Where a row of totals may say that it is one: up to the last identifier, place or name of a sheet."""
        ids, places = self.identifying()
        if self.opened.rows is None:
            return [*ids, *(p for p in places if not _NAMES.search(p))]
        last = max((self.opened.headers.index(c) for c in (*ids, *places)), default=-1)
        return self.opened.headers[: last + 1]

    def amounts(self) -> list[str]:
        """Columns that a row of totals adds up."""
        ids, places = self.identifying()
        made = [v for v in self.spec.variables if v.name not in ("year", "wave", self.key, *_PLACES)]
        found = [
            c for y in self.years for v in made for c in (*self.sources(v, y), *self.names(v.expression, y))
        ]
        return [c for c in dict.fromkeys(found) if c not in (*ids, *places)]

    def earlier(self) -> dict[int, str]:
        """Earlier wave -> the column with that wave's identifier."""
        if not self.mapping.link or self.spec.wave is None or self.spec.adds_to:
            return {}
        names = {}
        for wave in self.waves:
            text = self.mapping.link.earlier.replace("{wave}", str(wave)).replace("{ww}", f"{wave % 100:02d}")
            if wave < self.spec.wave and header(text) in self.opened.headers:
                names[wave] = header(text)
        return names

    def absent(self, v: Variable, year: int | None) -> list[str]:
        """The columns that a variable lacks; empty where it can be made."""
        offered = self._offered()
        if v.expression:
            return [n for n in self.names(v.expression, year) if n not in offered]
        sources = self.sources(v, year)
        return sources[:1] if sources and not offered.intersection(sources) else []

    def _offered(self) -> set[str]:
        joined = {str(c) for _, frame in self.added for c in frame.columns}
        return set(self.opened.headers) | {v.name for v in self.spec.variables} | joined

    def optional(self, v: Variable) -> bool:
        """Whether the file may lack what a variable is made of; never for the household's identifier."""
        return v.optional and v.name != self.key

    def check(self, report: ConvertReport, faults: Faults) -> bool:
        """Faults for columns that are absent or stand twice, before any row is read; true where there are none."""
        before = len(faults.found)
        needed, optional, file = dict[str, str](), dict[str, None](), self.opened.name
        for year in self.years:
            for v in self.spec.variables:
                for name in self.absent(v, year):
                    if self.optional(v):
                        optional[name] = None
                    else:
                        needed.setdefault(name, v.name)
            needed |= {n: "keep" for n in self.names(self.spec.keep, year) if n not in self._offered()}
        needed |= {n: "fill_down" for n in self.spec.fill_down if n not in self.opened.headers}
        for name in optional:
            report.note(file, "column_absent", 1, name)
        used = set(self.needed())
        if needed and not used & set(self.opened.headers):
            faults.say(file, "header_found")
            return False
        for name, variable in needed.items():
            self._say_absent(name, variable, faults)
        for name in sorted(self.opened.duplicates):
            if name in used:
                faults.say(file, "header_unique", name)
            else:
                report.note(file, "duplicate_header", 1, name)
        report.drop(file, "unit_row", self.opened.unit_rows)
        return len(faults.found) == before

    def _say_absent(self, name: str, variable: str, faults: Faults) -> None:
        file = self.opened.name
        givers = [f for f in self.mapping.files if f.adds_to == self.spec.name and _gives(f.variables, name)]
        if givers:
            faults.say(file, "file_needed", name, more=" / ".join(f.match for f in givers))
            return
        near = nearest(name, filter(None, self.opened.headers))
        faults.say(file, "column_present", name, more=(variable + near[0], variable + near[1]))


def _gives(variables: Iterable[Variable], name: str) -> bool:
    return any(v.name == name for v in variables)
