"""Records of the main files, each joined with the files and sheets that add to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.inputs import Source
from bangfu.convert.mapping import FileSpec, Mapping
from bangfu.convert.records import Reader
from bangfu.convert.report import ConvertReport
from bangfu.convert.store import Store
from bangfu.convert.variables import Variables


@dataclass(slots=True)
class Added:
    """The rows of all files of one description that add to another, by key, and which of them were met there.

    Attributes
    ----------
    places : DataFrame
        The ``file`` and ``row`` of each.
    met, homes : array of bool
        Rows that a record of the main file has; rows whose household (whatever the year) one has.
    unmatched : int
        Records of the main file that none of the rows is of.
    """

    spec: FileSpec
    frame: pd.DataFrame
    places: pd.DataFrame
    met: np.ndarray[Any, np.dtype[np.bool_]] = field(init=False)
    homes: np.ndarray[Any, np.dtype[np.bool_]] = field(init=False)
    unmatched: int = 0

    def __post_init__(self) -> None:
        """None was met yet."""
        self.met = np.zeros(len(self.frame), dtype=bool)
        self.homes = self.met.copy()

    def meet(self, frame: pd.DataFrame) -> None:
        """Count which rows some records of the main file have, and which records have none."""
        own, there = self.frame.index, pd.Index(frame[self.spec.key])
        self.homes |= own.get_level_values(0).isin(there)
        if self.spec.by_year:
            there = pd.MultiIndex.from_frame(frame[[self.spec.key, "year"]])
        self.met |= own.isin(there)
        self.unmatched += int((~there.isin(own)).sum())

    def tell(self, joinings: set[str], report: ConvertReport, faults: Faults | None) -> None:
        """Report what was not met; joinings that were not are faults, where these are collected."""
        files = self.places["file"]
        report.note(", ".join(files.unique()), "unmatched", self.unmatched)
        for file, count in files[~self.met].value_counts().items():
            report.drop(str(file), "not_joined", int(count))
        told = [c for c in self.frame.columns if c in joinings]
        lost = ~self.homes & self.frame[told].fillna(0).ne(0).any(axis=1).to_numpy()
        if faults is not None:
            for file, rows in self.places[lost].groupby("file"):
                faults.say(str(file), "joining_unmatched", self.spec.key, rows["row"], len(rows))


def read(
    given: list[Source], rules: Mapping, report: ConvertReport, faults: Faults, store: Store
) -> set[str]:
    """Store the records of all main files; the files that add to them are read first, and held in memory.

    Returns the names of the added files that have not all households of the main file: rosters, perhaps.
    """
    waves = tuple(sorted({s.spec.wave for s in given if s.spec.wave is not None}))
    parts, added = dict[str, list[pd.DataFrame]](), dict[str, list[Added]]()

    def reader(source: Source) -> Reader:
        beside = [(a.spec.key, a.frame) for a in added.get(source.spec.name, ())]
        columns = Columns(source.open(), source.spec, rules, beside, waves)
        return Reader(Variables(columns, store.kinds, report, faults))

    for source in given:
        if source.spec.adds_to:
            parts.setdefault(source.spec.name, []).extend(p for p in reader(source).records() if len(p))
    for spec in rules.files:
        if parts.get(spec.name):
            frame = pd.concat(parts.pop(spec.name), ignore_index=True)
            added.setdefault(spec.adds_to, []).append(_keyed(frame, spec, report, faults))
    for source in given:
        if source.spec.adds_to:
            continue
        if any(f.adds_to == source.spec.name for f in rules.files):
            faults.stop()  # what this file is joined with is at fault already
        for frame in reader(source).records():
            for more in added.get(source.spec.name, ()):
                more.meet(frame)
            store.add(frame)
    joinings = {n for p in rules.participation for n in (p.yes, p.since)}
    refuse = rules.options.unmatched_joining == "refuse" and not faults.found
    for more in (a for several in added.values() for a in several):
        more.tell(joinings, report, faults if refuse else None)
    return {more.spec.name for several in added.values() for more in several if more.unmatched}


def _keyed(frame: pd.DataFrame, spec: FileSpec, report: ConvertReport, faults: Faults) -> Added:
    """The rows of an added file by their key, each key once."""
    keys = [spec.key, "year"] if spec.by_year else [spec.key]
    if spec.by_year:
        undated = frame["year"].isna()
        for file, count in frame.loc[undated, "file"].value_counts().items():
            report.drop(str(file), "no_year", int(count))
        frame = frame[~undated]
    twice = frame.duplicated(keys, keep=False)
    for file, rows in frame[twice].groupby("file"):
        faults.say(str(file), "key_unique", ", ".join(keys), rows["row"], len(rows))
    frame = frame.drop_duplicates(keys).set_index(keys if spec.by_year else spec.key)
    return Added(spec, frame.drop(columns=["file", "row"]), frame[["file", "row"]])
