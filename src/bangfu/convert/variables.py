"""One variable of the mapping from the cells of a file: codes and labels, then numbers, dates, answers, identifiers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bangfu.convert import dates, factors
from bangfu.convert.columns import Columns
from bangfu.convert.expressions import NotAllowed, Unreadable
from bangfu.convert.faults import Faults
from bangfu.convert.joining import BAD, BLANK, CODE
from bangfu.convert.labels import contradicted_expression, contradictions, decided, reader
from bangfu.convert.mapping import Mapping, Variable
from bangfu.convert.places import PLACES, one_name
from bangfu.convert.report import ConvertReport
from bangfu.convert.schema import KNOWN
from bangfu.convert.values import (
    PLACEHOLDERS,
    cell_text,
    cut_by_spreadsheet,
    identifiers,
    matches,
    numbers,
    said_no,
    within,
)
from bangfu.register.tables import COLUMNS, FLAG, IDENTIFIER, INTEGER, NUMBER

SUSPECT = (-1, -2, -8, -9, -10)
"""Codes of many surveys; as amounts they are noted, where the mapping does not declare them."""

ANSWER, DATE = "answer", "date"
_RULES = {INTEGER: "year", DATE: "year", FLAG: "flag", ANSWER: "answer", NUMBER: "number"}
_UNREAD = {
    dates.SEVERAL: "joining_several",
    dates.EITHER: "joining_either",
    dates.UNREADABLE: "joining_unread",
}
EARLIEST = 1950
"""A year of incomes or of joining before it is a number that was shown as a date."""
_COMMA = re.compile(r"-?[\d.]*\d,\d{1,2}")
LookUp = Callable[[str], "pd.Series[Any]"]


def kinds(mapping: Mapping) -> dict[str, str]:
    """Variable -> how its cells are read; variables of no known kind stay as they are."""
    known = {c: k for table in COLUMNS.values() for c, k in table.items() if c in KNOWN}
    known |= {"wave": INTEGER, "registered_from": DATE, "head_birth_year": DATE}
    for joining in mapping.participation:
        known |= dict.fromkeys(filter(None, (joining.yes, joining.contract)), ANSWER)
        known |= dict.fromkeys(filter(None, (joining.since, joining.until)), DATE)
        known |= dict.fromkeys(filter(None, (joining.support_yuan,)), NUMBER)
    return known | {f.key: IDENTIFIER for f in mapping.files if f.adds_to}


@dataclass(slots=True)
class Variables:
    """Reads the variables of one file.

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
    def file(self) -> str:
        """The file's name."""
        return self.columns.opened.name

    @property
    def refuses(self) -> bool:
        """Whether joining that cannot be read refuses; else such households are left out."""
        return self.columns.mapping.options.unreadable_joining == "refuse"

    def fault(self, rule: str, column: str, bad: pd.Series[bool], more: str | tuple[str, str] = "") -> None:
        """Cells at fault, once for all years."""
        if not self.muted and bad.any():
            self.faults.say(self.file, rule, column, bad.index[bad], int(bad.sum()), more)

    def note(self, rule: str, count: int, column: str) -> None:
        """Cells that were changed or noticed, once for all years."""
        if not self.muted:
            self.report.note(self.file, rule, count, column)

    def joins(self, name: str) -> bool:
        """Whether a variable says whether, when or until when a model was joined."""
        return any(name in (p.yes, p.since, p.until) for p in self.columns.mapping.participation)

    def check(self) -> None:
        """Faults where the mapping contradicts the file's own labels and units, before any row is read."""
        factors.check(self.columns, self.faults)
        labelled, said = self.columns.opened.labels, dict[tuple[str, str], None]()
        for v in self.columns.spec.variables:
            if self.kinds.get(v.name) not in (ANSWER, FLAG) or v.labels is False:
                continue
            for year in self.columns.years:
                read = reader(v.name)
                found = (
                    contradicted_expression(v, self.columns.spec, year, labelled, read)
                    if v.expression
                    else []
                )
                for source in self.columns.sources(v, year):
                    found += contradictions(v, source, labelled.get(source, {}), read)
                said |= {(v.name, more): None for more in found}
        for name in dict.fromkeys(n for n, _ in said):
            self.faults.say(
                self.file, "label_contradicts", name, more="; ".join(m for n, m in said if n == name)
            )

    def read(
        self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: LookUp
    ) -> tuple[pd.Series[Any], pd.Series[float]]:
        """The values, and marks of joining (:mod:`bangfu.convert.joining`) where cells do not say it."""
        raw, source, coded = self._raw(v, year, chunk, look_up)
        kind = self.kinds.get(v.name, NUMBER if v.factor != 1 or v.per_head or v.unit else "")
        raw, gone, no = self._recoded(v, raw, self._labelled(v, raw, source, kind), source, kind)
        column = source or (v.sources or (v.name,))[0]
        marks = pd.Series(CODE, index=raw.index).where(gone | (coded & raw.map(cell_text).isna()))
        if kind == DATE and self.joins(
            v.name
        ):  # where a roster names those who joined, an empty cell is no no
            marks = marks.mask(raw.map(cell_text).isna() & marks.isna() & ~no, BLANK)
        if kind == IDENTIFIER:
            return self._identifiers(v, raw, source), marks
        if kind == NUMBER:
            factor = factors.factor(self.columns, v, source)
            values, bad = numbers(raw, factor, v.factor)
            if source:
                self._note_suspects(values / (factor * v.factor), source)
        elif kind in (ANSWER, FLAG):
            values, bad = reader(v.name)(raw)
            if self.joins(v.name):
                self.note("blank_answer", int((raw.map(cell_text).isna() & marks.isna()).sum()), column)
        elif kind == DATE:
            values, how = dates.dates(raw, self.columns.opened.mac)
            self.note("serial_dates", int((how == dates.SERIAL).sum()), column)
            self.note("short_years", int((how == dates.SHORT).sum()), column)
            bad = how.isin(list(_UNREAD))
            if self.joins(v.name):
                early = values < EARLIEST
                bad, values = bad | early, values.mask(early)
                if self.refuses:
                    self.fault("joining_early", column, early)
            if self.joins(v.name) and self.refuses:
                for why in (dates.SEVERAL, dates.EITHER):
                    self.fault(_UNREAD[why], column, how == why)
        elif kind:
            values, bad = dates.years(raw)
            if v.name == "year":
                bad |= dates.parts(raw) | (values < EARLIEST)
                values = values.mask(bad)
        else:
            return raw, marks
        if self.joins(v.name):
            marks = marks.mask(bad, BAD)
            plain = how == dates.UNREADABLE if kind == DATE else bad
            if self.refuses and plain.any():
                self.fault("joining_unread", column, plain, _placeholders(raw[plain]))
        elif bad.any():
            self._unreadable(column, raw, bad, _RULES[kind])
        if v.name == "members":
            self.fault("members_least", column, (values < 1) | (values > 100))
        return values * numbers(look_up("members"))[0] if v.per_head else values, marks

    def expression(
        self, text: str, name: str, year: int | None, chunk: pd.DataFrame, look_up: LookUp
    ) -> pd.Series[Any]:
        """What an expression gives for every row; a fault and empty cells where it cannot be worked out."""
        try:
            return self.columns.spec.read(text, year).evaluate(look_up, chunk.index)
        except Unreadable as error:
            self.fault("cell_number", name, error.rows)
        except (NotAllowed, KeyError, TypeError) as error:
            self.faults.say(self.file, "expression", name, more=str(error))
        return pd.Series([None] * len(chunk), index=chunk.index, dtype=object)

    def _raw(
        self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: LookUp
    ) -> tuple[pd.Series[Any], str, pd.Series[bool]]:
        """The cells as they come, their column (empty where none), and where an expression reads a missing code."""
        coded = pd.Series(False, index=chunk.index)
        if v.expression:

            def masked(name: str) -> pd.Series[Any]:
                nonlocal coded
                if name not in chunk.columns:
                    return look_up(name)
                column, gone = self.without_codes(v, name, chunk[name])
                coded |= gone
                return column

            return self.expression(v.expression, v.name, year, chunk, masked), "", coded
        for place, name in enumerate(self.columns.sources(v, year)):
            try:
                raw = look_up(name)
            except KeyError:
                continue
            if place and self.kinds.get(v.name) == NUMBER:
                self.note("other_column", len(raw), name)
            return raw, name, coded
        return pd.Series([v.value] * len(chunk), index=chunk.index, dtype=object), "", coded

    def without_codes(
        self, v: Variable, name: str, column: pd.Series[Any]
    ) -> tuple[pd.Series[Any], pd.Series[bool]]:
        """A column that an expression reads, its missing codes missing (never numbers), with its labels where asked for."""
        declared = self.columns.opened.declared_missing.get(name, [])
        gone = (matches(column, v.missing) | within(column, declared)) & ~matches(column, v.never)
        self.note("missing_code", int(gone.sum()), name)
        if self.kinds.get(v.name) == NUMBER:
            self._note_suspects(numbers(column.mask(gone))[0], name)
        labels = self.columns.opened.labels.get(name, {}) if v.labels else {}
        return (column.map(lambda c: labels.get(c, c)) if labels else column).mask(gone), gone

    def _note_suspects(self, values: pd.Series[float], source: str) -> None:
        self.note("suspect_code", int(values.isin(SUSPECT).sum()), source)

    def _identifiers(self, v: Variable, raw: pd.Series[Any], source: str) -> pd.Series[Any]:
        if source in self.columns.opened.single:
            self.fault("identifier_precision", source, numbers(raw)[0].abs() > 2**24)
        values, bad = identifiers(raw)
        self.fault("identifier_digits", source or v.name, bad)
        self.note("cut_identifiers", cut_by_spreadsheet(values), source or v.name)
        if v.name in PLACES:
            folded = values.map(one_name, na_action="ignore")
            self.note("place_blanks", int((folded.notna() & (folded != values)).sum()), source or v.name)
            values = folded
        return values.map(lambda t: t.zfill(v.width), na_action="ignore") if v.width else values

    def _labelled(self, v: Variable, raw: pd.Series[Any], source: str, kind: str) -> pd.Series[Any]:
        """Value labels in the place of codes, where the mapping asks for them or yes, no and dates rest on them."""
        labels = self.columns.opened.labels.get(source, {})
        if not labels or not (v.labels or (v.labels is None and kind in (ANSWER, FLAG, DATE))):
            return raw
        if kind in (ANSWER, FLAG):
            return decided(raw, labels, reader(v.name))
        return raw.map(lambda c: labels.get(c, c))

    def _recoded(
        self, v: Variable, original: pd.Series[Any], shown: pd.Series[Any], source: str, kind: str
    ) -> tuple[pd.Series[Any], pd.Series[bool], pd.Series[bool]]:
        """Recoded cells, missing codes missing, which these were, and which say no; codes are told by themselves or by labels."""
        raw, done = shown, pd.Series(False, index=shown.index)
        no = done

        def those(codes: Any) -> pd.Series[bool]:
            hit = matches(original, codes)
            return hit if shown is original else hit | matches(shown, codes)

        for code, value in v.recode.items():
            hit = those([code])
            plain = (
                {0: "no", 1: "yes"}.get(value, value) if kind == ANSWER else value
            )  # no second code for no
            raw = raw.astype(object).where(~hit, plain)
            done |= hit
        blank = original.map(cell_text).isna() if v.blank == "no" else False
        if v.never or v.blank == "no" or (kind == DATE and self.joins(v.name)):
            never = those(v.never) | blank | (said_no(raw) if kind == DATE else False)
            never &= ~done
            self.note("said_no", int(never.sum()), source or v.name)
            raw, done = raw.astype(object).mask(never, "no" if kind == ANSWER else None), done | never
            no = never
        coded = pd.Series(False, index=raw.index)
        for rule, gone in (
            ("missing_code", those(v.missing)),
            ("file_missing", within(original, self.columns.opened.declared_missing.get(source, []))),
        ):
            gone = gone & ~done & ~coded
            self.note(rule, int(gone.sum()), source or v.name)
            raw, coded = raw.mask(gone), coded | gone
        return raw, coded, no

    def _unreadable(self, column: str, raw: pd.Series[Any], bad: pd.Series[bool], rule: str) -> None:
        if self.columns.mapping.options.unreadable == "missing":
            self.note("unreadable", int(bad.sum()), column)
            cells = raw[bad]
            self.note("unread_dates", sum(isinstance(c, datetime.date) for c in cells), column)
            commas = sum(isinstance(c, str) and bool(_COMMA.fullmatch(c.strip())) for c in cells)
            self.note("unread_commas", commas, column)
        else:
            self.fault(f"cell_{rule}", column, bad, _placeholders(raw[bad]))


def _placeholders(cells: pd.Series[Any]) -> tuple[str, str]:
    """Which of the texts that stand for no value are among the cells; no other text is shown."""
    seen = ", ".join(map(repr, sorted(map(str, {cell_text(c) for c in cells} & PLACEHOLDERS))))
    return (f" (among them {seen})", f"(其中有 {seen})") if seen else ("", "")
