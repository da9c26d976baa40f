"""Households whose joining is not known: they refuse, or leave all tables; they never become comparison households."""

from __future__ import annotations

import pandas as pd

from bangfu.convert.expressions import named_texts
from bangfu.convert.faults import Faults
from bangfu.convert.headers import names_kinds
from bangfu.convert.mapping import Mapping, Participation
from bangfu.convert.report import ConvertReport

UNREAD = "unread_"
"""Before the name of a variable: a column of marks, where its cells say nothing."""
BLANK, UNDATED, CODE, BAD = 0.5, 1.0, 2.0, 3.0
"""An empty date, which says nothing in a roster; a model without a date, a missing code: unknown unless another record
says more; a cell that cannot be read: unknown."""


def settle(
    frame: pd.DataFrame, mapping: Mapping, partial: set[str], report: ConvertReport, faults: Faults
) -> pd.DataFrame:
    """The records of households whose joining is known.

    ``partial`` names the files that add to others and have not all their households. Raises nothing: where the mapping refuses (``unreadable_joining``), faults are added.
    """
    sources = {v.name: (v.sources or (v.name,))[0] for f in mapping.files for v in f.variables}
    gone = pd.Series(False, index=frame.index)
    rosters = _rosters(mapping, partial)
    dates = [p.since for p in mapping.participation if p.since in frame]
    dated_any = frame[dates].notna().any(axis=1) if dates else pd.Series(False, index=frame.index)
    for joining in mapping.participation:
        dated = joining.since or _is_dated(mapping, joining.yes)
        found = _unknown(frame, joining, report, dated=bool(dated))
        if joining.since in rosters:
            empty = frame.get(UNREAD + joining.since, pd.Series(float("nan"), index=frame.index)) == BLANK
            told = frame["household_id"].isin(frame.loc[dated_any, "household_id"])
            found.append(("joining_undated", joining.since, empty & ~told))
        if joining.yes and not joining.since and not _names_kinds(mapping, joining.yes):
            found.append(("joining_silent", joining.yes, _silent(frame, joining.yes)))
        for rule, name, rows in found:
            if not rows.any():
                continue
            where = frame[rows].drop_duplicates(["file", "row"])
            if mapping.options.unreadable_joining == "refuse":
                for file, part in where.groupby("file"):
                    faults.say(str(file), rule, sources.get(name, name), part["row"], len(part))
                continue
            for at, part in where.groupby("file"):
                count = part["household_id"].nunique()
                report.note(str(at), rule, count, sources.get(name, name), part["row"])
            gone |= frame["household_id"].isin(frame.loc[rows, "household_id"])
    for origin, lost in frame.loc[gone, "file"].value_counts().items():
        report.drop(str(origin), "joining_unknown", int(lost))
    return frame[~gone].drop(columns=[c for c in frame.columns if str(c).startswith(UNREAD)])


def _rosters(mapping: Mapping, partial: set[str]) -> set[str]:
    """Dates of joining that stand in files which tell of joinings alone: who stands there has joined."""
    told = {n for p in mapping.participation for n in (p.yes, p.since, p.until, p.support_yuan, p.contract)}
    files = [f for f in mapping.files if f.name in partial and not f.by_year]
    return {n for f in files for n in f.table if set(f.table) - {f.key} <= told}


def _names_kinds(mapping: Mapping, yes: str) -> bool:
    """Whether a yes comes from a text that names models, where an empty cell names none."""
    own = [(f, v) for f in mapping.files for v in f.variables if v.name == yes and v.expression]
    texts = [t for f, v in own for t in named_texts(f.read(v.expression, next(iter(f.years), None)))]
    return any(not whole or names_kinds(column) for column, _, whole in texts)


def _silent(frame: pd.DataFrame, yes: str) -> pd.Series[bool]:
    """Records of households that never answer a question which others answer."""
    said = frame.get(yes, pd.Series(float("nan"), index=frame.index)).notna()
    said |= frame.get(UNREAD + yes, pd.Series(float("nan"), index=frame.index)).notna()
    return ~frame["household_id"].isin(frame.loc[said, "household_id"]) & bool(said.any())


def _is_dated(mapping: Mapping, yes: str) -> bool:
    """Whether every file that tells a yes says of which year: by its name, a column of years, or a single year."""
    main = {f.name: f for f in mapping.files}
    for spec in mapping.files:
        own = next((v for v in spec.variables if v.name == yes), None)
        if (
            own
            and "year" not in spec.table
            and not any("{y" in text for text in (own.expression, *own.sources))
        ):
            years = len(spec.years or main.get(spec.adds_to, spec).years)
            if years > 1 or (spec.adds_to and not years):
                return False
    return True


def _unknown(
    frame: pd.DataFrame, joining: Participation, report: ConvertReport, dated: bool
) -> list[tuple[str, str, pd.Series[bool]]]:
    """Rule, variable and the records that break it."""
    none = pd.Series(float("nan"), index=frame.index)
    yes, since, until = (frame.get(n, none) for n in (joining.yes, joining.since, joining.until))
    home, out = frame["household_id"], list[tuple[str, str, "pd.Series[bool]"]]()
    marks = {n: frame.get(UNREAD + n, none) for n in (joining.yes, joining.since, joining.until) if n}
    for name, mark in marks.items():
        out.append(("joining_unread", name, mark == BAD))
    says_yes, says_no, told = (home.isin(home[c]) for c in (yes == 1, yes == 0, since.notna()))
    if not dated:
        out.append(("joining_undated", joining.yes, yes == 1))
    if joining.since:
        out.append(("joining_code", joining.since, (marks[joining.since] == CODE) & ~told))
        out.append(("joining_undated", joining.since, (marks[joining.since] == UNDATED) & ~told))
        out.append(("joining_late", joining.since, since > frame["wave"].max()))
        differ = frame.groupby(home)[joining.since].nunique() if joining.since in frame else none
        report.note("participation", "since_differs", int((differ > 1).sum()), joining.model)
        paid, signed = (frame.get(n, none) for n in (joining.support_yuan, joining.contract))
        for name, shown in (
            (joining.until, until.notna()),
            (joining.support_yuan, paid > 0),
            (joining.contract, signed == 1),
        ):
            out.append(("joining_undated", name, shown & ~told))
    if joining.until:
        out.append(("joining_code", joining.until, (marks[joining.until] == CODE) & until.isna()))
    if joining.yes and joining.since:
        out.append(("joining_undated", joining.since, (yes == 1) & ~told))
        out.append(("joining_contradicts", joining.since, since.notna() & says_no & ~says_yes))
    elif joining.yes:
        coded = marks[joining.yes] == CODE
        said = frame.assign(coded=coded)[coded | yes.notna()].sort_values("wave", kind="stable")
        last = said.drop_duplicates("household_id", keep="last")
        silent = home.isin(last.loc[last["coded"], "household_id"]) & ~says_yes
        out.append(("joining_code", joining.yes, coded & silent))
    return out
