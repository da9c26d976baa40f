"""One household over waves whose identifiers change; split-off households."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd

from bangfu.convert.report import ConvertReport

EARLIER = "earlier_id_"
"""Columns with the identifier that a household carried in a wave before, by the wave's place."""


def link(frame: pd.DataFrame, split_offs: str, report: ConvertReport) -> pd.DataFrame:
    """Give every household one identifier over all waves: that of its first wave.

    A row follows the household whose identifier it carries from the most recent earlier wave that is known.
    Where several rows of a wave follow the same household, the one that kept its identifier goes on; the
    others are split-offs: new households, or dropped (``split_offs = "drop"``).

    Parameters
    ----------
    frame : DataFrame
        Records with household_id (this wave's), wave, and columns ``earlier_id_<wave>``.
    """
    known: dict[int, dict[str, str]] = {}
    taken: set[str] = set()
    stable: dict[Any, str | None] = {}
    for time, rows in frame.groupby("wave", sort=True):
        wave = int(float(str(time)))
        known[wave] = {}
        columns = [c for c in frame.columns if str(c).startswith(EARLIER)]
        columns.sort(key=lambda c: int(str(c).removeprefix(EARLIER)), reverse=True)
        own = rows.groupby("household_id", sort=True).first()
        follows: dict[str, tuple[str, str]] = {}
        for now, row in own[columns].iterrows():
            for column in columns:
                before, at = row[column], int(str(column).removeprefix(EARLIER))
                if isinstance(before, str) and at < wave and before in known.get(at, {}):
                    follows[str(now)] = (known[at][before], before)
                    break
        claims = Counter(target for target, _ in follows.values())
        keepers = Counter(target for now, (target, before) in follows.items() if now == before)
        for now in map(str, own.index):
            target, before = follows.get(now, ("", ""))
            goes_on = bool(target) and (claims[target] == 1 or (now == before and keepers[target] == 1))
            if goes_on:
                known[wave][now] = target
                report.note("link", "linked", 1)
                continue
            if target and split_offs == "drop":
                continue
            if target:
                report.note("link", "split_new" if keepers[target] == 1 else "several_successors", 1)
            new = now if now not in taken else f"{wave}-{now}"
            taken.add(new)
            known[wave][now] = new
        for label, now in rows["household_id"].items():
            stable[label] = known[wave].get(now)
    out = frame.assign(household_id=pd.Series(stable, dtype=object).reindex(frame.index))
    report.drop("link", "split_off", int(out["household_id"].isna().sum()))
    return out[out["household_id"].notna()].drop(
        columns=[c for c in out.columns if str(c).startswith(EARLIER)]
    )
