"""From the rows of one file to household-year records with the mapping's variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bangfu.convert.cleaning import clean
from bangfu.convert.columns import Columns
from bangfu.convert.expressions import NotAllowed, Unreadable
from bangfu.convert.faults import Faults
from bangfu.convert.mapping import Mapping, Variable
from bangfu.convert.report import ConvertReport
from bangfu.convert.schema import KNOWN
from bangfu.convert.values import (
    NO,
    PLACEHOLDERS,
    answers,
    cell_text,
    cut_by_spreadsheet,
    female,
    flags,
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
_EARLY = ("year", "village_id", "members")
_READERS = {INTEGER: years, SINCE: years, FLAG: flags, ANSWER: answers}
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
    kinds : dict
        Variable to the kind of its cells (:func:`kinds`).
    muted : bool
        Whether cells are read again for a further year, and were counted already.
    """

    columns: Columns
    kinds: dict[str, str]
    report: ConvertReport
    faults: Faults
    muted: bool = False

    @property
    def name(self) -> str:
        """The file's name."""
        return self.columns.opened.name

    def records(self) -> Iterator[pd.DataFrame]:
        """One row per row and year of the file, with ``wave``, ``row`` and ``file`` beside the variables.

        They come some rows at a time; all at once where rows of persons are put together.
        """
        if not self.columns.check(self.report, self.faults):
            return
        if not self.columns.spec.combine:
            yield from self._parts()
        elif parts := [p for p in self._parts() if len(p)]:
            yield self._combined(pd.concat(parts, ignore_index=True))

    def _parts(self) -> Iterator[pd.DataFrame]:
        columns, report, carried = self.columns, self.report, dict[str, Any]()
        report.rows_in[self.name] = report.record_rows[self.name] = 0
        for chunk in columns.opened.chunks(columns.wanted()):
            report.rows_in[self.name] += len(chunk)
            kept = clean(chunk, columns.spec, self.name, report, carried)
            for year in columns.years:
                yield self._evaluated(kept, year)

    def _in_order(self) -> tuple[list[Variable], list[Variable]]:
        """Identifiers, which rows are kept and files are joined by; then the others, those that make others first."""
        keys = {self.columns.key, *(key for key, _ in self.columns.added)}
        own = self.columns.spec.variables
        early = [v for n in _EARLY for v in own if v.name == n and not v.expression and n not in keys]
        rest = [v for v in own if v.name not in keys and v not in early]
        return [v for v in own if v.name in keys], early + rest

    def _fault(self, rule: str, column: str, bad: pd.Series[bool], more: str | tuple[str, str] = "") -> None:
        if not self.muted:
            self.faults.say(self.name, rule, column, bad.index[bad], int(bad.sum()), more)

    def _note(self, rule: str, count: int, column: str) -> None:
        if not self.muted:
            self.report.note(self.name, rule, count, column)

    def _drop(self, rule: str, count: int) -> None:
        if not self.muted:
            self.report.drop(self.name, rule, count)

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
            self.muted = columns.again(" ".join((v.expression, *v.sources)), year)
            out[v.name] = self._variable(v, year, chunk, look_up)

        keys, others = self._in_order()
        for v in keys:
            add(v)
        lost = out[columns.key].isna()
        self._drop("no_household_id", int(lost.sum()))
        chunk, out = chunk[~lost], {k: c[~lost] for k, c in out.items()}
        if spec.keep:
            self.muted = columns.again(spec.keep, year)
            test = numbers(self._expression(spec.keep, "keep", year, chunk, look_up))[0]
            self._drop("keep_missing", int(test.isna().sum()))
            self._drop("not_kept", int((test == 0).sum()))
            kept = test.notna() & (test != 0)
            chunk, out = chunk[kept], {k: c[kept] for k, c in out.items()}
        for v in others:
            add(v)
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
        self.report.record_rows[self.name] += len(done)
        if year is not None:
            done["year"] = float(year)
        if not spec.adds_to:
            self.report.drop(self.name, "no_year", int(done["year"].isna().sum()))
            done = done[done["year"].notna()]
            if spec.wave is not None:
                done["wave"] = float(spec.wave)
            done["wave"] = done["wave"].fillna(done["year"]) if "wave" in done else done["year"]
        return done.assign(row=done.index, file=self.name)

    def _variable(self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: Any) -> pd.Series[Any]:
        raw, source = self._raw(v, year, chunk, look_up)
        if v.labels and source:
            raw = raw.map(lambda c: self.columns.opened.labels.get(source, {}).get(c, c))
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
            if source:
                self._note_suspects(raw, source)
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

            def masked(name: str) -> pd.Series[Any]:
                return self._masked(v, name, chunk) if name in chunk.columns else look_up(name)

            return self._expression(v.expression, v.name, year, chunk, masked), ""
        for place, name in enumerate(self.columns.sources(v, year)):
            try:
                raw = look_up(name)
            except KeyError:
                continue
            if place and self.kinds.get(v.name) == NUMBER:
                self._note("other_column", len(raw), name)
            return raw, name
        return pd.Series([v.value] * len(chunk), index=chunk.index, dtype=object), ""

    def _masked(self, v: Variable, name: str, chunk: pd.DataFrame) -> pd.Series[Any]:
        """A column that an expression reads, its missing codes missing: never numbers."""
        column: pd.Series[Any] = chunk[name]
        declared = self.columns.opened.declared_missing.get(name, [])
        if self.kinds.get(v.name) == NUMBER and not v.missing and not declared:
            self._note_suspects(column, name)
        gone = matches(column, v.missing) | within(column, declared)
        self._note("missing_code", int(gone.sum()), name)
        return column.mask(gone)

    def _note_suspects(self, raw: pd.Series[Any], source: str) -> None:
        self._note("suspect_code", int(numbers(raw)[0].isin(SUSPECT).sum()), source)

    def _identifiers(self, v: Variable, raw: pd.Series[Any], source: str) -> pd.Series[Any]:
        if source in self.columns.opened.single:
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
            ("file_missing", within(original, self.columns.opened.declared_missing.get(source, []))),
        ):
            gone = gone & ~done
            self._note(rule, int(gone.sum()), source or v.name)
            raw, done = raw.mask(gone), done | gone
        return raw

    def _expression(
        self, text: str, name: str, year: int | None, chunk: pd.DataFrame, look_up: Any
    ) -> pd.Series[Any]:
        try:
            return self.columns.spec.read(text, year).evaluate(look_up, chunk.index)
        except Unreadable as error:
            self._fault("cell_number", name, error.rows)
        except (NotAllowed, KeyError, TypeError) as error:
            self.faults.say(self.name, "expression", name, more=str(error))
        return pd.Series([None] * len(chunk), index=chunk.index, dtype=object)

    def _unreadable(self, v: Variable, raw: pd.Series[Any], bad: pd.Series[bool], rule: str) -> None:
        column = v.sources[0] if v.sources else v.name
        if self.columns.mapping.options.unreadable == "missing":
            self._note("unreadable", int(bad.sum()), column)
            return
        seen = sorted(map(str, {cell_text(c) for c in raw[bad]} & PLACEHOLDERS))
        some = ", ".join(map(repr, seen))
        more = (f" (among them {some})", f"(其中有 {some})") if seen else ("", "")
        self._fault(f"cell_{rule}", column, bad, more)

    def _combined(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of persons put together, one per key (and year)."""
        spec = self.columns.spec
        whole = spec.adds_to and not spec.by_year
        groups = frame.groupby([self.columns.key] if whole else [self.columns.key, "year"], sort=False)
        out = groups.first()
        for name, how in self.columns.spec.combine.items():
            if how == "count":
                out[name] = groups.size()
            elif name in frame:
                out[name] = groups[name].sum(min_count=1) if how == "sum" else groups[name].agg(how)
        self.report.drop(self.name, "combined", len(frame) - len(out))
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
