"""From the rows of one file to household-year records with the mapping's variables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bangfu.convert.expressions import NotAllowed, Unreadable
from bangfu.convert.mapping import KNOWN, FileSpec, Mapping, Variable, nearest
from bangfu.convert.reading import Opened
from bangfu.convert.report import ConvertReport
from bangfu.convert.values import PLACEHOLDERS, cell_text, flags, header, identifiers, matches, numbers, years
from bangfu.errors import Fault
from bangfu.register.tables import COLUMNS, FLAG, IDENTIFIER, INTEGER, NUMBER

SUSPECT = (-1, -2, -8, -9, -10)
EARLIER = "earlier_id_"
_TOTALS = re.compile(r"合计|总计|小计|total|sum", re.IGNORECASE)
_READERS = {NUMBER: numbers, INTEGER: years, FLAG: flags, IDENTIFIER: identifiers}
_FIRST = ("household_id", "village_id", "year", "members")


def kinds(mapping: Mapping) -> dict[str, str]:
    """Variable -> how its cells are read; variables of no known kind stay as they are."""
    known = {c: k for table in COLUMNS.values() for c, k in table.items() if c in KNOWN}
    for joining in mapping.participation:
        uses = {FLAG: (joining.yes, joining.contract), INTEGER: (joining.since, joining.until), NUMBER: (joining.support_yuan,)}  # fmt: skip
        known |= {name: kind for kind, names in uses.items() for name in names if name}
    return known | {f.key: IDENTIFIER for f in mapping.files if f.adds_to}


@dataclass(slots=True)
class Faults:
    """Counts cells at fault by file, rule and column, with example rows; never an identifier."""

    found: dict[tuple[str, str, str], Fault] = field(default_factory=dict)

    def say(
        self, file: str, rule: str, column: str, en: str, zh: str, rows: Iterable[int] = (), count: int = 1
    ) -> None:
        """Add cells at fault."""
        key = (file, rule, column)
        before = self.found.get(key)
        examples = ((before.rows if before else ()) + tuple(int(r) for r in rows))[:5]
        self.found[key] = Fault(
            file, rule, en, zh, column=column, rows=examples, count=count + (before.count if before else 0)
        )


@dataclass(slots=True)
class Reader:
    """Makes the records of one file."""

    opened: Opened
    spec: FileSpec
    mapping: Mapping
    kinds: dict[str, str]
    report: ConvertReport
    faults: Faults
    added: list[tuple[str, pd.DataFrame]] = field(default_factory=list)
    waves: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        return self.opened.path.name

    def records(self) -> pd.DataFrame:
        """One row per row and year of the file, with ``wave`` and ``row`` beside the variables."""
        self._look_over()
        if self.faults.found:
            return pd.DataFrame()
        parts, carried = [], dict[str, Any]()
        for chunk in self.opened.chunks(self._columns()):
            kept = self._clean(chunk, carried)
            years_of = self.spec.years or (None,)
            self.report.record_rows[self.name] = self.report.record_rows.get(self.name, 0) + len(kept) * len(
                years_of
            )
            parts += [self._evaluate(kept, year) for year in years_of]
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        if self.spec.combine and len(frame):
            frame = self._combined(frame)
        return frame

    def _variables(self) -> list[Variable]:
        keys = [key for key, _ in self.added] + list(_FIRST)
        plain_first = [
            v for n in dict.fromkeys(keys) for v in self.spec.variables if v.name == n and not v.expression
        ]
        return plain_first + [v for v in self.spec.variables if v not in plain_first]

    def _columns(self) -> list[str]:
        spec, out = self.spec, list[str]()
        for year in spec.years or (None,):
            for v in spec.variables:
                out += [header(spec.fill(s, year)) for s in v.sources]
                out += spec.read(v.expression, year).names if v.expression else ()
            out += spec.read(spec.keep, year).names if spec.keep else ()
        return [*out, *spec.fill_down, *self._earlier().values()]

    def _earlier(self) -> dict[int, str]:
        """Earlier wave -> the column with that wave's identifier."""
        if not self.mapping.earlier or self.spec.wave is None or self.spec.adds_to:
            return {}
        pattern = self.mapping.earlier
        names = {
            w: header(pattern.replace("{wave}", str(w)).replace("{ww}", f"{w % 100:02d}")) for w in self.waves
        }
        return {w: n for w, n in names.items() if w < self.spec.wave and n in self.opened.headers}

    def _look_over(self) -> None:
        """Faults for columns that are absent or stand twice, before any row is read."""
        spec, headers = self.spec, self.opened.headers
        offered = (
            set(headers) | {v.name for v in spec.variables} | {c for _, f in self.added for c in f.columns}
        )
        for year in spec.years or (None,):
            for v in spec.variables:
                sources = [header(spec.fill(s, year)) for s in v.sources]
                if sources and not any(s in offered for s in sources):
                    if v.optional:
                        self.report.note(self.name, "column_absent", 1, sources[0])
                    else:
                        self._absent(v.name, sources[0])
                if v.expression:
                    for name in spec.read(v.expression, year).names:
                        if name not in offered:
                            self._absent(v.name, name)
            for name in spec.read(spec.keep, year).names if spec.keep else ():
                if name not in headers:
                    self._absent("keep", name)
        used = set(self._columns())
        for name in sorted(self.opened.duplicates):
            if name in used:
                self.faults.say(
                    self.name,
                    "header_unique",
                    name,
                    "the header stands more than once; rename one of the columns",
                    "表头重复,请改名",
                )
            else:
                self.report.note(self.name, "duplicate_header", 1, name)
        self.report.note(self.name, "other_sheets", 0 if self.spec.sheet else self.opened.other_sheets)

    def _absent(self, variable: str, column: str) -> None:
        near = nearest(column, [h for h in self.opened.headers if h])
        self.faults.say(
            self.name, "column_present", column,
            f"the file has no such column, which the mapping needs for {variable}{near[0]}; correct the mapping, or set optional = true",
            f"文件没有此列,映射中 {variable} 需要它{near[1]};请修改映射,或设 optional = true",
        )  # fmt: skip

    def _clean(self, chunk: pd.DataFrame, carried: dict[str, Any]) -> pd.DataFrame:
        self.report.rows_in[self.name] = self.report.rows_in.get(self.name, 0) + len(chunk)
        blank = pd.Series(chunk.attrs.pop("blank", False), index=chunk.index, dtype=bool)
        chunk = self._without(chunk, blank, "blank_row").copy()
        for name in self.spec.fill_down:
            cells = chunk[name].where(chunk[name].map(cell_text).notna(), None)
            if len(cells) and cell_text(cells.iloc[0]) is None:
                cells.iloc[0] = carried.get(name)
            chunk[name] = cells.ffill()
            carried[name] = chunk[name].iloc[-1] if len(chunk) else carried.get(name)
        source = next(
            (s for v in self.spec.variables if v.name == "household_id" for s in v.sources if s in chunk), ""
        )
        if source and not pd.api.types.is_numeric_dtype(chunk[source]):
            texts = chunk[source].map(lambda v: header(v) if isinstance(v, str) else "")
            chunk = self._without(chunk, texts == source, "repeated_header")
            texts = texts.reindex(chunk.index)
            chunk = self._without(
                chunk, texts.map(lambda t: bool(_TOTALS.fullmatch(t.strip(":")))).astype(bool), "total_row"
            )
        return chunk

    def _without(self, frame: pd.DataFrame, out: pd.Series[bool], rule: str) -> pd.DataFrame:
        self.report.drop(self.name, rule, int(out.sum()))
        return frame[~out]

    def _evaluate(self, chunk: pd.DataFrame, year: int | None) -> pd.DataFrame:
        out: dict[str, pd.Series[Any]] = {}

        def look_up(name: str) -> pd.Series[Any]:
            if name in out:
                return out[name]
            if name in chunk.columns:
                column: pd.Series[Any] = chunk[name]
                return column
            for key, frame in self.added:
                if name in frame.columns and key in out:
                    return out[key].map(frame[name])
            raise KeyError(name)

        if self.spec.keep:
            test = numbers(self.spec.read(self.spec.keep, year).evaluate(look_up, chunk.index))[0]
            self.report.drop(self.name, "keep_missing", int(test.isna().sum()))
            self.report.drop(self.name, "not_kept", int((test == 0).sum()))
            chunk = chunk[test.notna() & (test != 0)]
        for v in self._variables():
            out[v.name] = self._variable(v, year, chunk, look_up)
            if v.name == self._key:
                lost = out[v.name].isna()
                self.report.drop(self.name, "no_household_id", int(lost.sum()))
                chunk, out = chunk[~lost], {k: c[~lost] for k, c in out.items()}
        for key, frame in self.added:
            out |= {c: out[key].map(frame[c]) for c in frame.columns if c not in out and key in out}
        for wave, column in self._earlier().items():
            id_variable = next(v for v in self.spec.variables if v.name == "household_id")
            raw = chunk[column].mask(matches(chunk[column], id_variable.missing))
            out[f"{EARLIER}{wave}"] = identifiers(raw)[0]
        done = pd.DataFrame(out, index=chunk.index)
        if year is not None:
            done["year"] = float(year)
        if not self.spec.adds_to:
            self.report.drop(self.name, "no_year", int(done["year"].isna().sum()))
            done = done[done["year"].notna()]
            done["wave"] = float(self.spec.wave) if self.spec.wave is not None else done["year"]
        return done.assign(row=done.index, file=self.name)

    @property
    def _key(self) -> str:
        return self.spec.key if self.spec.adds_to else "household_id"

    def _variable(self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: Any) -> pd.Series[Any]:
        empty = pd.Series([None] * len(chunk), index=chunk.index, dtype=object)
        source = ""
        if v.value is not None:
            raw = empty.map(lambda _: v.value)
        elif v.expression:
            raw = self._expression(v, year, chunk, look_up)
        else:
            raw = empty
            for name in (header(self.spec.fill(s, year)) for s in v.sources):
                try:
                    raw, source = look_up(name), name
                    break
                except KeyError:
                    continue
        if v.labels and source:
            raw = raw.map(lambda c: self.opened.labels.get(source, {}).get(c, c))
        raw = self._recoded(v, raw, source)
        kind = self.kinds.get(v.name, NUMBER if v.factor != 1 or v.per_head else "")
        if not kind:
            return raw
        if kind == IDENTIFIER and source in self.opened.single:
            wide = numbers(raw)[0].abs() > 2**24
            if wide.any():
                self.faults.say(
                    self.name, "identifier_precision", source,
                    "the identifier is stored in single precision and has lost digits; get the file with it stored as long, double or text",
                    "编号以单精度存储,已丢失位数;请改用 long、double 或文本存储的文件", wide.index[wide], int(wide.sum()),
                )  # fmt: skip
        values, bad = _READERS[kind](raw)
        if bad.any():
            self._unreadable(v, raw, bad, kind)
        if kind == IDENTIFIER and v.width:
            values = values.map(lambda t: t.zfill(v.width), na_action="ignore")
        if kind == NUMBER:
            if source and not v.per_head:
                self.report.note(self.name, "suspect_code", int(values.isin(SUSPECT).sum()), source)
            values = values * v.factor
            if v.per_head:
                values = values * numbers(look_up("members"))[0]
        return values

    def _recoded(self, v: Variable, raw: pd.Series[Any], source: str) -> pd.Series[Any]:
        original = raw
        done = pd.Series(False, index=raw.index)
        for code, value in v.recode.items():
            hit = matches(original, [code])
            raw = raw.astype(object).where(~hit, value)
            done |= hit
        rules = (("missing_code", v.missing), ("file_missing", self.opened.declared_missing.get(source, ())))
        for rule, codes in rules:
            if codes:
                gone = matches(original, codes) & ~done
                self.report.note(self.name, rule, int(gone.sum()), source or v.name)
                raw, done = raw.mask(gone), done | gone
        return raw

    def _expression(self, v: Variable, year: int | None, chunk: pd.DataFrame, look_up: Any) -> pd.Series[Any]:
        try:
            return self.spec.read(v.expression, year).evaluate(look_up, chunk.index)
        except Unreadable as error:
            self._unreadable(v, None, error.rows, NUMBER)
        except (NotAllowed, KeyError, TypeError) as error:
            self.faults.say(
                self.name,
                "expression",
                v.name,
                f"the expression cannot be worked out: {error}",
                f"表达式无法计算:{error}",
            )
        return pd.Series([None] * len(chunk), index=chunk.index, dtype=object)

    def _unreadable(self, v: Variable, raw: pd.Series[Any] | None, bad: pd.Series[bool], kind: str) -> None:
        column = v.sources[0] if v.sources else v.name
        if kind == IDENTIFIER:
            en = "identifiers have lost digits (a number too long for the program that saved it); store them as text"
            zh = "编号已丢失位数(数字过长);请以文本保存"
            self.faults.say(self.name, "identifier_digits", column, en, zh, bad.index[bad], int(bad.sum()))
        elif self.mapping.unreadable == "missing":
            self.report.note(self.name, "unreadable", int(bad.sum()), column)
        else:
            seen = {cell_text(c) for c in raw[bad]} & PLACEHOLDERS if raw is not None else set()
            some = ", ".join(repr(s) for s in sorted(map(str, seen)))
            word = {
                NUMBER: ("a number", "数字"),
                INTEGER: ("a year or date", "年份或日期"),
                FLAG: ("yes or no", "是或否"),
            }[kind]
            self.faults.say(
                self.name, f"cell_{kind}", column,
                f"cells are not {word[0]}{' (among them ' + some + ')' if some else ''}; declare them under `missing` or `recode`, or set options.unreadable = \"missing\"",
                f"单元格不是{word[1]}{'(其中有 ' + some + ')' if some else ''};请在 missing 或 recode 中声明,或设 options.unreadable = \"missing\"",
                bad.index[bad], int(bad.sum()),
            )  # fmt: skip

    def _combined(self, frame: pd.DataFrame) -> pd.DataFrame:
        keys = [self._key] if self.spec.adds_to else [self._key, "year"]
        groups = frame.groupby(keys, sort=False)
        out = groups.first()
        for name, how in self.spec.combine.items():
            out[name] = groups.size() if how == "count" else (
                groups[name].sum(min_count=1) if how == "sum" else groups[name].agg(how)
            )  # fmt: skip
        self.report.drop(self.name, "combined", len(frame) - len(out))
        return out.reset_index()
