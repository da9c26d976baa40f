"""From the rows of one file to household-year records with the mapping's variables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bangfu.convert.expressions import NotAllowed, Unreadable
from bangfu.convert.faults import Faults
from bangfu.convert.mapping import FileSpec, Mapping, Variable
from bangfu.convert.reading import Opened
from bangfu.convert.report import ConvertReport
from bangfu.convert.schema import KNOWN, nearest
from bangfu.convert.values import (
    NO,
    PLACEHOLDERS,
    answers,
    cell_text,
    cut_by_spreadsheet,
    female,
    flags,
    header,
    identifiers,
    matches,
    numbers,
    within,
    years,
)
from bangfu.register.tables import COLUMNS, FLAG, IDENTIFIER, INTEGER, NUMBER

SUSPECT = (-1, -2, -8, -9, -10)
"""Codes of many surveys; as amounts they are noted, where the mapping does not declare them."""

EARLIER = "earlier_id_"
ANSWER, SINCE = "answer", "since"
_TOTALS = re.compile(r"合计|总计|小计|共计|累计|total|sum", re.IGNORECASE)
_PLACES = ("household_id", "village_id", "township_id", "county_id")
_YEAR_MARKS = ("{year}", "{yy}")
_FIRST = (*_PLACES[:2], "year", "members")
_READERS = {INTEGER: years, SINCE: years, FLAG: flags, ANSWER: answers, IDENTIFIER: identifiers}
_RULES = {INTEGER: "year", SINCE: "year", FLAG: "flag", ANSWER: "answer", NUMBER: "number"}


def kinds(mapping: Mapping) -> dict[str, str]:
    """Variable -> how its cells are read; variables of no known kind stay as they are."""
    known = {c: k for table in COLUMNS.values() for c, k in table.items() if c in KNOWN}
    for joining in mapping.participation:
        known |= dict.fromkeys(filter(None, (joining.yes, joining.contract)), ANSWER)
        known |= dict.fromkeys(filter(None, (joining.since, joining.until)), SINCE)
        known |= dict.fromkeys(filter(None, (joining.support_yuan,)), NUMBER)
    return known | {"wave": INTEGER} | {f.key: IDENTIFIER for f in mapping.files if f.adds_to}


@dataclass(slots=True)
class Reader:
    """Makes the records of one file.

    Attributes
    ----------
    added : list of (str, DataFrame)
        Other files joined to this one: the variable that is the key, and their variables by key.
    waves : tuple of int
        Waves of all files, for the identifiers of earlier waves.
    muted : bool
        Whether cells are read again for a further year, and were counted already.
    """

    opened: Opened
    spec: FileSpec
    mapping: Mapping
    kinds: dict[str, str]
    report: ConvertReport
    faults: Faults
    added: list[tuple[str, pd.DataFrame]] = field(default_factory=list)
    waves: tuple[int, ...] = ()
    muted: bool = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self.opened.path.name

    @property
    def _key(self) -> str:
        return self.spec.key if self.spec.adds_to else "household_id"

    @property
    def _years(self) -> tuple[int | None, ...]:
        return self.spec.years or (None,)

    def records(self) -> pd.DataFrame:
        """One row per row and year of the file, with ``wave``, ``row`` and ``file`` beside the variables."""
        self._look_over()
        if self.faults.found:
            return pd.DataFrame()
        parts, carried = [], dict[str, Any]()
        for chunk in self.opened.chunks(self._columns()):
            self.report.rows_in[self.name] = self.report.rows_in.get(self.name, 0) + len(chunk)
            kept = self._cleaned(chunk, carried)
            parts += [self._evaluated(kept, year) for year in self._years]
        self.report.rows_in.setdefault(self.name, 0)
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        return self._combined(frame) if self.spec.combine and len(frame) else frame

    def _variables(self) -> list[Variable]:
        """Those that others are made of come first."""
        first = dict.fromkeys([*(key for key, _ in self.added), *_FIRST])
        early = [v for n in first for v in self.spec.variables if v.name == n and not v.expression]
        return early + [v for v in self.spec.variables if v not in early]

    def _sources(self, v: Variable, year: int | None) -> list[str]:
        return [header(self.spec.fill(s, year)) for s in v.sources]

    def _columns(self) -> list[str]:
        spec, out = self.spec, list[str]()
        for year in self._years:
            for v in spec.variables:
                out += self._sources(v, year)
                out += spec.read(v.expression, year).names if v.expression else ()
            out += spec.read(spec.keep, year).names if spec.keep else ()
        return [*out, *spec.fill_down, *self._earlier().values()]

    def _earlier(self) -> dict[int, str]:
        """Earlier wave -> the column with that wave's identifier."""
        if not self.mapping.earlier or self.spec.wave is None or self.spec.adds_to:
            return {}
        names = {}
        for wave in self.waves:
            text = self.mapping.earlier.replace("{wave}", str(wave)).replace("{ww}", f"{wave % 100:02d}")
            if wave < self.spec.wave and header(text) in self.opened.headers:
                names[wave] = header(text)
        return names

    def _look_over(self) -> None:
        """Faults for columns that are absent or stand twice, before any row is read."""
        spec, headers = self.spec, set(self.opened.headers)
        offered = headers | {v.name for v in spec.variables} | {c for _, f in self.added for c in f.columns}
        absent: dict[str, str] = {}
        for year in self._years:
            for v in spec.variables:
                sources = self._sources(v, year)
                if sources and not offered.intersection(sources):
                    if v.optional:
                        self.report.note(self.name, "column_absent", 1, sources[0])
                    else:
                        absent.setdefault(sources[0], v.name)
                needed = spec.read(v.expression, year).names if v.expression else ()
                for name in (n for n in needed if n not in offered):
                    if v.optional:
                        self.report.note(self.name, "column_absent", 1, name)
                    else:
                        absent[name] = v.name
            needed = spec.read(spec.keep, year).names if spec.keep else ()
            absent |= {n: "keep" for n in needed if n not in headers}
        used = set(self._columns())
        if absent and not used & headers:
            self.faults.say(self.name, "header_found")
            return
        for column, variable in absent.items():
            adds = [f.match for f in self.mapping.files if f.adds_to == spec.name]
            gives = [f.match for f in self.mapping.files if column in {v.name for v in f.variables}]
            if set(adds) & set(gives):
                self.faults.say(
                    self.name, "file_needed", column, more=" / ".join(m for m in adds if m in gives)
                )
                continue
            near = nearest(column, filter(None, self.opened.headers))
            self.faults.say(
                self.name, "column_present", column, more=(variable + near[0], variable + near[1])
            )
        for name in sorted(self.opened.duplicates):
            if name in used:
                self.faults.say(self.name, "header_unique", name)
            else:
                self.report.note(self.name, "duplicate_header", 1, name)
        self.report.note(self.name, "other_sheets", 0 if spec.sheet else self.opened.other_sheets)

    def _cleaned(self, chunk: pd.DataFrame, carried: dict[str, Any]) -> pd.DataFrame:
        """Without empty rows, totals and repeated headers; cells below a merged one filled."""
        blank = pd.Series(chunk.attrs.pop("blank", False), index=chunk.index, dtype=bool)
        chunk = self._without(chunk, blank, "blank_row")
        places = [
            s
            for v in self.spec.variables
            if v.name in _PLACES
            for s in v.sources
            if s in chunk and not pd.api.types.is_numeric_dtype(chunk[s])
        ]
        places = list(dict.fromkeys([*places, *(c for c in self.spec.fill_down if c in chunk)]))
        if places:
            texts = chunk[places].map(lambda v: header(v).strip(":") if isinstance(v, str) else "")
            repeats = (texts == pd.Series(places, index=places)).any(axis=1)
            totals = texts.apply(lambda column: column.str.fullmatch(_TOTALS.pattern, case=False)).any(axis=1)
            chunk = self._without(chunk, repeats, "repeated_header")
            chunk = self._without(chunk, totals.reindex(chunk.index), "total_row")
        chunk = chunk.copy()
        for name in self.spec.fill_down:
            cells = chunk[name].where(chunk[name].map(cell_text).notna(), None)
            if len(cells) and cell_text(cells.iloc[0]) is None:
                cells.iloc[0] = carried.get(name)
            chunk[name] = cells.ffill()
            carried[name] = chunk[name].iloc[-1] if len(chunk) else carried.get(name)
        return chunk

    def _dated(self, v: Variable) -> bool:
        """Whether the variable has another column in every year."""
        return any(m in text for text in (v.expression, *v.sources) for m in _YEAR_MARKS)

    def _there(self, v: Variable, year: int | None, columns: Any) -> bool:
        """Whether the file, or a file joined to it, has what the variable is made of."""
        offered = set(columns) | {x.name for x in self.spec.variables} | {c for _, f in self.added for c in f}
        if v.expression:
            return offered.issuperset(self.spec.read(v.expression, year).names)
        return v.value is not None or bool(offered.intersection(self._sources(v, year)))

    def _fault(self, rule: str, column: str, bad: pd.Series[bool], more: str | tuple[str, str] = "") -> None:
        if not self.muted:
            self.faults.say(self.name, rule, column, bad.index[bad], int(bad.sum()), more)

    def _note(self, rule: str, count: int, column: str) -> None:
        if not self.muted:
            self.report.note(self.name, rule, count, column)

    def _drop(self, rule: str, count: int) -> None:
        if not self.muted:
            self.report.drop(self.name, rule, count)

    def _without(self, frame: pd.DataFrame, out: pd.Series[bool], rule: str) -> pd.DataFrame:
        self.report.drop(self.name, rule, int(out.sum()))
        return frame[~out.astype(bool)]

    def _evaluated(self, chunk: pd.DataFrame, year: int | None) -> pd.DataFrame:
        out: dict[str, pd.Series[Any]] = {}

        def look_up(name: str) -> pd.Series[Any]:
            column: pd.Series[Any]
            if name in out:
                return out[name]
            if name in chunk.columns:
                column = chunk[name]
                return column
            for key, frame in self.added:
                if name in frame.columns and key in out:
                    return out[key].map(frame[name])
            raise KeyError(name)

        if self.spec.keep:
            test = self._expression(self.spec.keep, "keep", year, chunk, look_up)
            test = numbers(test)[0]
            self.muted = year != self._years[0] and not any(m in self.spec.keep for m in _YEAR_MARKS)
            self._drop("keep_missing", int(test.isna().sum()))
            self._drop("not_kept", int((test == 0).sum()))
            chunk = chunk[test.notna() & (test != 0)]
        for v in self._variables():
            absent = v.optional and not self._there(v, year, chunk.columns)
            if absent and (self.spec.adds_to or v.expression):
                continue
            self.muted = year != self._years[0] and not self._dated(v)
            out[v.name] = self._variable(v, year, chunk, look_up)
            if v.name == self._key:
                lost = out[v.name].isna()
                self._drop("no_household_id", int(lost.sum()))
                chunk, out = chunk[~lost], {k: c[~lost] for k, c in out.items()}
        for key, frame in self.added:
            out |= {c: out[key].map(frame[c]) for c in frame.columns if c not in out and key in out}
        own = next((v for v in self.spec.variables if v.name == "household_id"), None)
        for wave, column in self._earlier().items():
            gone = matches(chunk[column], own.missing if own else ())
            out[f"{EARLIER}{wave}"] = identifiers(chunk[column].mask(gone))[0]
        done = pd.DataFrame(out, index=chunk.index)
        if year is not None:
            done["year"] = float(year)
        self.report.record_rows[self.name] = self.report.record_rows.get(self.name, 0) + len(done)
        if not self.spec.adds_to:
            self.report.drop(self.name, "no_year", int(done["year"].isna().sum()))
            done = done[done["year"].notna()]
            if self.spec.wave is not None:
                done["wave"] = float(self.spec.wave)
            done["wave"] = done["wave"].fillna(done["year"]) if "wave" in done else done["year"]
        return done.assign(row=done.index, file=self.name)

    def _variable(self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: Any) -> pd.Series[Any]:
        raw, source = self._raw(v, year, chunk, look_up)
        if v.labels and source:
            raw = raw.map(lambda c: self.opened.labels.get(source, {}).get(c, c))
        raw = self._recoded(v, raw, source)
        kind = self.kinds.get(v.name, NUMBER if v.factor != 1 or v.per_head else "")
        if kind == IDENTIFIER:
            return self._identifiers(v, raw, source)
        if kind == SINCE:
            no = raw.map(lambda c: isinstance(c, str) and (cell_text(c) or "").lower() in NO).astype(bool)
            self._note("said_no", int(no.sum()), source or v.name)
            raw = raw.mask(no)
        if kind == NUMBER:
            values, bad = numbers(raw, v.factor)
            if source and not v.per_head and v.factor == 1:
                self._note("suspect_code", int(values.isin(SUSPECT).sum()), source)
        elif kind:
            values, bad = (female if v.name == "head_female" else _READERS[kind])(raw)
        else:
            return raw
        if bad.any():
            self._unreadable(v, raw, bad, _RULES[kind])
        if v.name == "members":
            odd = (values < 1) | (values > 100)
            if odd.any():
                self._fault("members_least", source or v.name, odd)
        return values * numbers(look_up("members"))[0] if v.per_head else values

    def _raw(
        self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: Any
    ) -> tuple[pd.Series[Any], str]:
        """The cells as they come, and the column that they come from (empty where none)."""
        if v.expression:
            return self._expression(v.expression, v.name, year, chunk, look_up), ""
        for place, name in enumerate(self._sources(v, year)):
            try:
                raw = look_up(name)
            except KeyError:
                continue
            if place and self.kinds.get(v.name) == NUMBER:
                self._note("other_column", len(raw), name)
            return raw, name
        return pd.Series([v.value] * len(chunk), index=chunk.index, dtype=object), ""

    def _identifiers(self, v: Variable, raw: pd.Series[Any], source: str) -> pd.Series[Any]:
        if source in self.opened.single:
            wide = numbers(raw)[0].abs() > 2**24
            if wide.any():
                self._fault("identifier_precision", source, wide)
        values, bad = identifiers(raw)
        if bad.any():
            self._fault("identifier_digits", source or v.name, bad)
        self._note("cut_identifiers", cut_by_spreadsheet(values), source or v.name)
        return values.map(lambda t: t.zfill(v.width), na_action="ignore") if v.width else values

    def _recoded(self, v: Variable, raw: pd.Series[Any], source: str) -> pd.Series[Any]:
        original, done = raw, pd.Series(False, index=raw.index)
        for code, value in v.recode.items():
            hit = matches(original, [code])
            raw = raw.astype(object).where(~hit, value)
            done |= hit
        for rule, gone in (
            ("missing_code", matches(original, v.missing)),
            ("file_missing", within(original, self.opened.declared_missing.get(source, []))),
        ):
            gone = gone & ~done
            self._note(rule, int(gone.sum()), source or v.name)
            raw, done = raw.mask(gone), done | gone
        return raw

    def _expression(
        self, text: str, name: str, year: int | None, chunk: pd.DataFrame, look_up: Any
    ) -> pd.Series[Any]:
        try:
            return self.spec.read(text, year).evaluate(look_up, chunk.index)
        except Unreadable as error:
            self._fault("cell_number", name, error.rows)
        except (NotAllowed, KeyError, TypeError) as error:
            self.faults.say(self.name, "expression", name, more=str(error))
        return pd.Series([None] * len(chunk), index=chunk.index, dtype=object)

    def _unreadable(self, v: Variable, raw: pd.Series[Any], bad: pd.Series[bool], rule: str) -> None:
        column = v.sources[0] if v.sources else v.name
        if self.mapping.unreadable == "missing":
            self._note("unreadable", int(bad.sum()), column)
            return
        seen = sorted(map(str, {cell_text(c) for c in raw[bad]} & PLACEHOLDERS))
        some = ", ".join(map(repr, seen))
        more = (f" (among them {some})", f"(其中有 {some})") if seen else ("", "")
        self._fault(f"cell_{rule}", column, bad, more)

    def _combined(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of persons put together, one per key (and year)."""
        groups = frame.groupby([self._key] if self.spec.adds_to else [self._key, "year"], sort=False)
        out = groups.first()
        for name, how in self.spec.combine.items():
            if how == "count":
                out[name] = groups.size()
            elif name in frame:
                out[name] = groups[name].sum(min_count=1) if how == "sum" else groups[name].agg(how)
        self.report.drop(self.name, "combined", len(frame) - len(out))
        return out.reset_index()
