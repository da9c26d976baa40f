"""From the rows of one file to household-year records with the mapping's variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bangfu.convert.cleaning import clean
from bangfu.convert.columns import Columns
from bangfu.convert.joining import BAD, BLANK, UNDATED, UNREAD
from bangfu.convert.kinds import joining_variables, looked_for, named, unknown
from bangfu.convert.linking import EARLIER
from bangfu.convert.mapping import Variable
from bangfu.convert.values import cell_text, identifiers, matches, numbers, said_no
from bangfu.convert.variables import DATE, LookUp, Variables

_EARLY = ("year", "village_id", "members")


@dataclass(slots=True)
class Reader:
    """Makes the records of one file."""

    variables: Variables

    @property
    def columns(self) -> Columns:
        """The file's columns."""
        return self.variables.columns

    def records(self) -> Iterator[pd.DataFrame]:
        """One row per row and year of the file, with ``wave``, ``row`` and ``file`` beside the variables.

        They come some rows at a time; all at once where rows of persons are put together.
        """
        if not self.columns.check(self.variables.report, self.variables.faults):
            return
        self.variables.check()
        if not self.columns.spec.combine:
            yield from self._parts()
        elif parts := [p for p in self._parts() if len(p)]:
            yield self._combined(pd.concat(parts, ignore_index=True))

    def _parts(self) -> Iterator[pd.DataFrame]:
        columns, report, faults = self.columns, self.variables.report, self.variables.faults
        carried, file = dict[str, Any](), self.variables.file
        report.rows_in[file], report.record_rows[file] = columns.opened.unit_rows, 0
        for chunk in columns.opened.chunks(columns.wanted()):
            report.rows_in[file] += len(chunk)
            kept = clean(chunk, columns, report, faults, carried)
            for year in columns.years:
                yield self._evaluated(kept, year)

    def _in_order(self) -> tuple[list[Variable], list[Variable]]:
        """Identifiers, which rows are kept and files are joined by; then the others, those that make others first."""
        keys = {self.columns.key, *(key for key, _ in self.columns.added)}
        own = self.columns.spec.variables
        early = [v for n in _EARLY for v in own if v.name == n and not v.expression and n not in keys]
        rest = [v for v in own if v.name not in keys and v not in early]
        return [v for v in own if v.name in keys], early + rest

    def _drop(self, rule: str, count: int) -> None:
        if not self.variables.muted:
            self.variables.report.drop(self.variables.file, rule, count)

    def _evaluated(self, chunk: pd.DataFrame, year: int | None) -> pd.DataFrame:
        columns, spec = self.columns, self.columns.spec
        out: dict[str, pd.Series[Any]] = {}

        def look_up(name: str) -> pd.Series[Any]:
            column: pd.Series[Any]
            if name in out:
                return out[name]
            if name in chunk.columns:
                column = chunk[name]
                return column
            for key, frame in columns.added:
                if name in frame.columns and key in out:
                    return _joined(frame, name, out, key, year)
            raise KeyError(name)

        def add(v: Variable) -> None:
            if columns.optional(v) and (spec.adds_to or v.expression) and columns.absent(v, year):
                return
            self.variables.muted = columns.again(" ".join((v.expression, *v.sources)), year)
            out[v.name], marks = self.variables.read(v, year, chunk, look_up)
            if self.variables.joins(v.name):
                out[UNREAD + v.name] = marks

        keys, others = self._in_order()
        for v in keys:
            add(v)
        lost = out[columns.key].isna()
        self._drop("no_household_id", int(lost.sum()))
        chunk, out = chunk[~lost], {k: c[~lost] for k, c in out.items()}
        if spec.keep:
            self.variables.muted = columns.again(spec.keep, year)
            test = numbers(self.variables.expression(spec.keep, "keep", year, chunk, look_up))[0]
            self._drop("keep_missing", int(test.isna().sum()))
            self._drop("not_kept", int((test == 0).sum()))
            kept = test.notna() & (test != 0)
            chunk, out = chunk[kept], {k: c[kept] for k, c in out.items()}
        for v in others:
            add(v)
        self._name_kinds(year, out, look_up)
        for key, frame in columns.added:
            out |= {str(c): _joined(frame, c, out, key, year) for c in frame.columns if c not in out}
        own = next((v for v in keys if v.name == "household_id"), None)
        for wave, column in columns.earlier().items():
            gone = matches(chunk[column], own.missing if own else ())
            out[f"{EARLIER}{wave}"] = identifiers(chunk[column].mask(gone))[0]
        return self._dated(pd.DataFrame(out, index=chunk.index), year)

    def _dated(self, done: pd.DataFrame, year: int | None) -> pd.DataFrame:
        """With the income year and the survey wave; rows without a year leave."""
        spec = self.columns.spec
        self.variables.report.record_rows[self.variables.file] += len(done)
        if year is not None:
            done["year"] = float(year)
        if not spec.adds_to:
            self.variables.report.drop(self.variables.file, "no_year", int(done["year"].isna().sum()))
            done = done[done["year"].notna()]
            if spec.wave is not None:
                done["wave"] = float(spec.wave)
            done["wave"] = done["wave"].fillna(done["year"]) if "wave" in done else done["year"]
        return done.assign(row=done.index, file=self.variables.file)

    def _name_kinds(self, year: int | None, out: dict[str, pd.Series[Any]], look_up: LookUp) -> None:
        """Marks where a text names a model that no rule knows, or one without a date beside it."""
        cells, columns = self.variables, self.columns
        joining = [v for v in joining_variables(columns) if v.name in out and v.expression]
        for column, texts in looked_for(columns, year, joining).items():
            readers = [v for v in joining if column in columns.names(v.expression, year)]
            cells.muted = True  # codes were counted where the variables were read
            known, _ = cells.without_codes(readers[0], column, look_up(column))
            cells.muted = all(columns.again(v.expression, year) for v in readers)
            odd = unknown(known, texts, [c for v in readers for c in v.never])
            beside = {
                n
                for v in readers
                for n in columns.names(v.expression, year)
                if cells.kinds.get(v.name) == DATE
            }
            for other in sorted(beside - {column}):  # a date of joining beside no model
                date = look_up(other)
                odd |= known.map(cell_text).isna() & date.map(cell_text).notna() & ~said_no(date)
            if cells.refuses:
                cells.fault("joining_kind", column, odd)
            for v in readers:
                marks = out[UNREAD + v.name].mask(odd, BAD)
                if cells.kinds.get(v.name) == DATE:
                    own = looked_for(columns, year, [v])[column]
                    marks = marks.mask(
                        named(known, own) & out[v.name].isna() & (marks.isna() | (marks == BLANK)), UNDATED
                    )
                out[UNREAD + v.name] = marks

    def _combined(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of persons put together, one per key (and year)."""
        spec = self.columns.spec
        whole = spec.adds_to and not spec.by_year
        groups = frame.groupby([self.columns.key] if whole else [self.columns.key, "year"], sort=False)
        out = groups.first()
        marks = [c for c in frame.columns if str(c).startswith(UNREAD)]
        joins = self.columns.mapping.participation  # one person who joined is a household that joined
        most = {n for p in joins for n in (p.yes, p.until)} | set(marks)
        for name in frame.columns:
            if name in most or name in {p.since for p in joins}:
                out[name] = groups[name].max() if name in most else groups[name].min()
        for name, how in self.columns.spec.combine.items():
            if how == "count":
                out[name] = groups.size()
            elif name in frame:
                out[name] = groups[name].sum(min_count=1) if how == "sum" else groups[name].agg(how)
        self.variables.report.drop(self.variables.file, "combined", len(frame) - len(out))
        return out.reset_index()


def _joined(
    frame: pd.DataFrame, name: str, out: dict[str, pd.Series[Any]], key: str, year: int | None
) -> pd.Series[Any]:
    """A column of an added file for every row: by its key, and by the year where its rows are of years."""
    if frame.index.nlevels == 1:
        return out[key].map(frame[name])
    years = out["year"] if year is None else pd.Series(float(year), index=out[key].index)
    found = frame[name].reindex(pd.MultiIndex.from_arrays([out[key], years]))
    return found.set_axis(out[key].index)
