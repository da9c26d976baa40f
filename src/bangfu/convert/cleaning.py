"""Rows that are no households: empty ones, totals, footnotes, repeated headers; and cells below a merged one."""

from __future__ import annotations

import fnmatch
import re
from typing import Any

import pandas as pd

from bangfu.characters import half_width
from bangfu.convert import lines
from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.report import ConvertReport
from bangfu.convert.values import cell_text, header, numbers
from bangfu.totals import HINT, SURE, UNSURE, WHOLE, is_bare, total_text

_SUFFIXES = tuple("县乡镇村组屯庄寨")
_NO_NUMBER = re.compile(rf"[计計]|{WHOLE}")
"""In an identifier these are asked about, while names of villages hold them (计家村)."""
_QUICK = re.compile(
    r"[计計結结均汇总總和全整本加中最标差承过注说备制填审复统报打编数资负其∑Σ]|total|average|mean|median|overall|all|whole|sum|note|source|[Ａ-ｚ]",
    re.IGNORECASE,
)
"""Cells without any of these are neither totals nor footnotes; most cells of most sheets."""
_FOOTNOTE = re.compile(
    r"\W*(?:备?注\d*|说明|附注|note|source|(?:数据|资料)来源)\W*:.*"
    r"|\W*(?:制表|填表|填报|审核|复核|统计|报送|打印|编制|制单)(?:人|员|日期|时间|单位|负责人|\W*:).*|\W*(?:单位)?负责人\W*:.*"
)


def clean(
    chunk: pd.DataFrame, columns: Columns, report: ConvertReport, faults: Faults, carried: dict[str, Any]
) -> pd.DataFrame:
    """The rows that may be households, every other one counted; those that may be either are faults.

    Parameters
    ----------
    carried : dict
        The last value of every column that is filled down, from chunk to chunk; changed in place.
    """
    spec, file = columns.spec, columns.opened.name
    blank = pd.Series(chunk.attrs.pop("blank", False), index=chunk.index, dtype=bool)
    alone = chunk.attrs.pop("alone", {})
    chunk = _without(chunk, blank, file, "blank_row", report)
    chunk = _without(chunk, lines.headers(chunk, columns, faults), file, "repeated_header", report)
    chunk = _without(chunk, lines.notes(chunk, alone, columns, faults), file, "footnote", report)
    texts = pd.DataFrame(
        {c: _hinted(chunk[c]) for c in [*columns.label_columns(), *spec.fill_down] if c in chunk}, chunk.index
    )
    notes = texts.map(lambda v: bool(v) and bool(_FOOTNOTE.fullmatch(header(v).lower()))).any(axis=1)
    judged = _judged(texts, chunk, columns).mask(notes, 0)
    _ask(judged == UNSURE, file, faults, ("a word such as 合计 in a name", "名称中含“合计”等字"))
    chunk = _without(chunk, notes, file, "footnote", report)
    chunk = _without(chunk, (judged == SURE).reindex(chunk.index), file, "total_row", report)
    _ask(
        _sums(chunk, columns),
        file,
        faults,
        ("its numbers are the sums of rows above", "数字等于上方各行之和"),
    )
    chunk = chunk.copy()
    for name in spec.fill_down:
        cells = chunk[name].where(chunk[name].map(cell_text).notna(), None)
        if len(cells) and cell_text(cells.iloc[0]) is None:
            cells.iloc[0] = carried.get(name)
        chunk[name] = cells.ffill()
        carried[name] = chunk[name].iloc[-1] if len(chunk) else carried.get(name)
    return chunk


def _hinted(column: pd.Series[Any]) -> pd.Series[str]:
    """The texts of a column that might be a total or a footnote; all others empty."""
    if pd.api.types.is_numeric_dtype(column):
        return pd.Series("", index=column.index, dtype=object)
    cells = [v if isinstance(v, str) and _QUICK.search(v) else "" for v in column]
    return pd.Series(cells, index=column.index, dtype=object)


def _without(
    frame: pd.DataFrame, out: pd.Series[bool], file: str, rule: str, report: ConvertReport
) -> pd.DataFrame:
    report.drop(file, rule, int(out.sum()))
    return frame[~out.astype(bool)]


def _ask(rows: pd.Series[bool], file: str, faults: Faults, more: tuple[str, str]) -> None:
    if rows.any():
        faults.say(file, "maybe_total", "", rows.index[rows], int(rows.sum()), more)


def _judged(texts: pd.DataFrame, chunk: pd.DataFrame, columns: Columns) -> pd.Series[int]:
    """Per row whether it is a total, surely or perhaps, by its identifier, places, names and what stands left of them."""
    ids, places = columns.identifying()
    known = pd.Series(False, index=texts.index)
    for name in ids if (texts != "").to_numpy().any() else ():
        if name in chunk:
            own = texts.get(name, pd.Series("", texts.index))
            known |= chunk[name].map(cell_text).notna() & (own.map(total_text) != SURE)
    out = pd.Series(0, index=texts.index)
    for name in map(str, texts):
        kept = texts[name].map(
            lambda t: any(fnmatch.fnmatchcase(half_width(t), k) for k in columns.spec.not_totals)
        )
        cells = texts[name].mask(kept, "")
        if not cells.any():
            continue
        verdict, bare = cells.map(total_text), cells.map(is_bare)
        if name in ids:
            verdict = verdict.mask((verdict == 0) & cells.str.contains(_NO_NUMBER), UNSURE)
        elif name in places:
            several = cells.map(cells[known & (verdict == SURE) & ~bare].value_counts()).fillna(0) > 1
            whole = known & ~cells.str.contains(HINT)  # 本村 may be the place where all live
            verdict = verdict.mask((verdict == SURE) & (several | whole), UNSURE)
        else:  # a remark, or a reason for poverty, beside a household is no name
            verdict = verdict.mask(verdict == UNSURE, 0).mask((verdict == SURE) & ~bare & known, UNSURE)
        out = out.mask(verdict == SURE, SURE).mask((verdict == UNSURE) & (out == 0), UNSURE)
    for name in (i for i in ids if i in chunk and not pd.api.types.is_numeric_dtype(chunk[i])):
        for place in (p for p in places if p in chunk):
            same = (chunk[name] == chunk[place]) & chunk[name].map(lambda v: str(v).strip()[-1:] in _SUFFIXES)
            out = out.mask(same & (out == 0), UNSURE)  # a place is no household
    return out


def _sums(chunk: pd.DataFrame, columns: Columns) -> pd.Series[bool]:
    """Rows with an identifier (a count?) but without a place, whose every amount is the sum of the same rows above."""
    ids, places = columns.identifying()
    out = pd.Series(False, index=chunk.index)
    named = [c for c in places if c in chunk and c not in columns.spec.fill_down]
    filled = chunk[named].map(cell_text).notna()
    bare = ~filled.loc[:, filled.mean() > 0.5].all(axis=1)
    for name in ids:
        if name in chunk:
            bare &= chunk[name].map(cell_text).notna()
    if not bare.any() or len(chunk) < 3:
        return out
    table = chunk[[c for c in columns.amounts() if c in chunk]].apply(lambda c: numbers(c)[0]).fillna(0.0)
    before = table.cumsum().shift(fill_value=0.0).to_numpy()
    for at in map(int, bare.to_numpy().nonzero()[0]):
        row = table.iloc[at].to_numpy()
        some = (row != 0).nonzero()[0]
        if at < 2 or len(some) < 2:
            continue
        starts = before[: at - 1]  # at least two rows are summed
        near = abs(before[at, some[0]] - starts[:, some[0]] - row[some[0]]) <= 1e-6 * (1 + abs(row[some[0]]))
        close = abs(before[at] - starts[near] - row) <= 1e-6 * (1 + abs(row))
        out.iloc[at] = bool(close.all(axis=1).any())
    return out
