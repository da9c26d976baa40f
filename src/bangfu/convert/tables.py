"""From household-year records to the three tables of a register."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bangfu.convert.faults import Faults
from bangfu.convert.mapping import Mapping, Participation
from bangfu.convert.report import ConvertReport
from bangfu.register.tables import COLUMNS, FLAG, IDENTIFIER, INTEGER, PARTS

_STORED: dict[str, Any] = {INTEGER: pd.Int64Dtype(), FLAG: pd.BooleanDtype()}


def unique(frame: pd.DataFrame, mapping: Mapping, report: ConvertReport, faults: Faults) -> pd.DataFrame:
    """One record per household and year."""
    facts = [c for c in frame.columns if c not in {"row", "file", "wave"}]
    again = frame.duplicated(facts)
    for file, count in frame.loc[again, "file"].value_counts().items():
        report.drop(str(file), "same_twice", int(count))
    frame = frame[~again]
    twice = frame.duplicated(["household_id", "year"], keep=False)
    places = frame[twice].groupby(["household_id", "year"])["village_id"].transform("nunique")
    restart = twice & (places.reindex(frame.index) > 1)
    for file, rows in frame[restart].groupby("file"):
        faults.say(str(file), "numbers_restart", "household_id", rows["row"], len(rows), _joined(mapping))
    twice, how = twice & ~restart, mapping.options.duplicates
    if how == "refuse":
        for file, rows in frame[twice].groupby("file"):
            faults.say(str(file), "duplicate_key", "household_id", rows["row"], len(rows))
        return frame
    gone = frame.duplicated(["household_id", "year"], keep="first" if how == "first" else "last")
    for file, count in frame.loc[gone, "file"].value_counts().items():
        report.drop(str(file), "duplicate_key", int(count))
    return frame[~gone]


def _joined(mapping: Mapping) -> str:
    """What makes identifiers of villages and numbers: an expression of the mapping's own columns."""
    parts = []
    for name in ("village_id", "household_id"):
        v = next(f.table[name] for f in mapping.files if name in f.table)
        inner = (
            v.expression.removeprefix('joined("-", ').removesuffix(")")
            if v.expression.startswith("joined(")
            else v.expression
        )
        parts.append(inner or f'col("{(v.sources or (name,))[0]}")')
    return f"household_id = {{ expr = 'joined(\"-\", {', '.join(parts)})' }}"


def tables(frame: pd.DataFrame, mapping: Mapping, report: ConvertReport) -> dict[str, pd.DataFrame]:
    """Households, incomes and participation, typed and sorted."""
    frame = frame.sort_values(["household_id", "year"], kind="stable")
    villages = frame.groupby("household_id")["village_id"]
    first = villages.first()
    report.note("households", "village_changed", int((villages.nunique() > 1).sum()))
    frame = frame.assign(village_id=frame["household_id"].map(first))
    lost = frame["village_id"].isna()
    report.drop("households", "no_village", int(lost.sum()))
    frame = frame[~lost]
    households = frame.drop_duplicates("household_id").copy()
    if "observed_year" not in households:
        households["observed_year"] = households["wave"]
    done = {
        "households": _typed(households, "households"),
        "incomes": _typed(_incomes(frame, mapping, report), "incomes"),
        "participation": _typed(_participation(frame, mapping, report), "participation"),
    }
    report.rows_out = {name: len(table) for name, table in done.items()}
    return done


def _incomes(frame: pd.DataFrame, mapping: Mapping, report: ConvertReport) -> pd.DataFrame:
    if "members" not in frame:
        frame = frame.assign(members=float("nan"))
    no_members = frame["members"].isna()
    report.drop("incomes", "no_members", int(no_members.sum()))
    frame = frame[~no_members].copy()
    parts = [p for p in PARTS if p in frame]
    sums = frame[parts].sum(axis=1, skipna=False) if parts else pd.Series(float("nan"), index=frame.index)
    if "income_total" not in frame:
        report.note("incomes", "total_derived", int(sums.notna().sum()))
        frame["income_total"] = sums
    elif mapping.options.parts == "total":
        differ = (sums - frame["income_total"]).abs() > 1
        report.note("incomes", "parts_emptied", int(differ.sum()))
        frame.loc[differ, parts] = float("nan")
    none = frame[[*parts, "income_total"]].isna().all(axis=1)
    report.drop("incomes", "no_income", int(none.sum()))
    return frame[~none]


def _participation(frame: pd.DataFrame, mapping: Mapping, report: ConvertReport) -> pd.DataFrame:
    observed = set(zip(frame["household_id"], frame["year"], strict=True))
    last = frame.groupby("household_id")["year"].max()
    parts = []
    for joining in mapping.participation:
        if (joining.since or joining.yes) not in frame:
            continue
        table = _by_date(frame, joining) if joining.since else _by_answers(frame, joining, report)
        table["model"] = joining.model
        pairs = zip(table["household_id"], table["from_year"], strict=True)
        between = sum((h, y) not in observed and y <= last[h] for h, y in pairs)
        report.note("participation", "between_waves", between, joining.model)
        parts.append(table)
    columns = list(COLUMNS["participation"])
    return pd.concat(parts) if parts else pd.DataFrame(columns=columns, dtype=object)


def _by_answers(frame: pd.DataFrame, joining: Participation, report: ConvertReport) -> pd.DataFrame:
    """From the first yes; to the last yes where a no follows it. A missing answer is no answer."""
    said = frame[frame[joining.yes].notna()].sort_values("wave", kind="stable")
    yes = said[said[joining.yes] == 1]
    times = said.groupby("household_id")["wave"]
    first_yes, last_yes = (yes.groupby("household_id")["wave"].agg(a) for a in ("min", "max"))
    report.note(
        "participation",
        "already_yes",
        int((times.min().reindex(first_yes.index) == first_yes).sum()),
        joining.model,
    )
    left = times.max().reindex(last_yes.index) > last_yes
    report.note("participation", "left_again", int(left.sum()), joining.model)
    start = yes.drop_duplicates("household_id")
    table = _support(start, joining).assign(from_year=start["wave"])
    table["to_year"] = table["household_id"].map(last_yes.where(left))
    return table


def _by_date(frame: pd.DataFrame, joining: Participation) -> pd.DataFrame:
    dated = frame[frame[joining.since].notna()].sort_values(joining.since, kind="stable")
    start = dated.drop_duplicates("household_id")
    table = _support(start, joining).assign(from_year=start[joining.since])
    if joining.until:
        table["to_year"] = table["household_id"].map(frame.groupby("household_id")[joining.until].max())
    return table


def _support(start: pd.DataFrame, joining: Participation) -> pd.DataFrame:
    table = start[["household_id"]].copy()
    for column, name in (("support_yuan", joining.support_yuan), ("contract", joining.contract)):
        if name and name in start:
            table[column] = start[name]
    return table


def _typed(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    out: dict[str, Any] = {}
    for column, kind in COLUMNS[table].items():
        if column not in frame:
            continue
        cells = frame[column]
        if kind == IDENTIFIER:
            out[column] = cells.astype("string")
        else:
            out[column] = cells.astype("Float64").astype(_STORED.get(kind, pd.Float64Dtype()))
    return pd.DataFrame(out).sort_values(list(out)[:2]).reset_index(drop=True)
