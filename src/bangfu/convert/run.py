"""Files and a mapping in, a register folder out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from bangfu import atomic
from bangfu.convert import store as stores
from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.inputs import Source, sources
from bangfu.convert.mapping import FileSpec, Mapping, load_mapping
from bangfu.convert.records import Reader, kinds
from bangfu.convert.report import ConvertReport
from bangfu.convert.tables import tables, unique
from bangfu.errors import DataFault, Fault


def convert(
    files: Iterable[str | Path] | str | Path,
    mapping: str | Path,
    out: str | Path,
    *,
    no_participation: bool = False,
) -> ConvertReport:
    """Turn survey or office files into a register folder, which :func:`bangfu.check` passes.

    Parameters
    ----------
    files : path or iterable of paths
        .dta, .sav, .csv, .txt, .xlsx; each must fit a ``match`` of the mapping.
    mapping : path
        A mapping file (TOML), or the name of a shipped one, such as ``"cfps"``.
    out : path
        The register's folder, which must not exist yet.
    no_participation : bool
        Say that the files tell of nobody who takes up a model; as ``options.no_participation`` in the mapping.

    Returns
    -------
    ConvertReport
        Also written beside the tables, as ``convert_report.json``, ``.en.txt`` and ``.zh.txt``.

    Raises
    ------
    WrongUse
        When a file is not there, fits nothing, or ``out`` exists.
    DataFault
        When the mapping or the files are at fault; every fault found. Nothing is written then.
    """
    paths = [Path(files)] if isinstance(files, str | Path) else [Path(f) for f in files]
    rules = load_mapping(mapping)
    atomic.refuse_taken(Path(out))
    report = ConvertReport(mapping=rules.path.name, cautions=(rules.about.cautions, rules.about.cautions_zh))
    faults = Faults()
    given = sources(paths, rules, report, faults)
    faults.stop()
    with stores.opened(kinds(rules)) as store:
        _read(given, rules, report, faults, store)
        if not store.rows and not faults.found:
            faults.say(rules.path.name, "rows_left")
        faults.stop()
        if rules.link:
            store.link(rules.link.split_offs, report)
        _make(store, rules, report, faults)
        faults.stop()
        if bool(report.rows_out["participation"]) == (no_participation or rules.options.no_participation):
            faults.say(
                rules.path.name,
                "no_participation" if report.rows_out["participation"] else "participation_present",
            )
        faults.stop()
        with atomic.new_folder(Path(out)) as folder:
            store.write(folder)
            atomic.write_text(folder / "register.toml", _register_toml(rules))
            report.warnings = _checked(folder, store)
            atomic.write_text(folder / "convert_report.json", report.json())
            atomic.write_text(folder / "convert_report.en.txt", report.text("en") + "\n")
            atomic.write_text(folder / "convert_report.zh.txt", report.text("zh") + "\n")
    return report


@dataclass(slots=True)
class _Added:
    """The rows of all files of one description that add to another, and which of them were met there."""

    spec: FileSpec
    frame: pd.DataFrame
    name: str
    met: np.ndarray = field(init=False)
    unmatched: int = 0

    def __post_init__(self) -> None:
        self.met = np.zeros(len(self.frame), dtype=bool)

    def meet(self, frame: pd.DataFrame) -> None:
        """Count which rows some records of the main file have, and which records have none."""
        keys = [self.spec.key, *(["year"] if self.spec.by_year else [])]
        there = pd.MultiIndex.from_frame(frame[keys]) if self.spec.by_year else pd.Index(frame[self.spec.key])
        self.met |= self.frame.index.isin(there)
        self.unmatched += int((~there.isin(self.frame.index)).sum())


def _read(
    given: list[Source], rules: Mapping, report: ConvertReport, faults: Faults, store: stores.Store
) -> None:
    """Store the records of all main files, each joined with the files that add to it, which are read first."""
    waves = tuple(sorted({s.spec.wave for s in given if s.spec.wave is not None}))
    parts, added = dict[str, list[pd.DataFrame]](), dict[str, list[_Added]]()

    def reader(source: Source) -> Reader:
        beside = [(a.spec.key, a.frame) for a in added.get(source.spec.name, ())]
        return Reader(Columns(source.open(), source.spec, rules, beside, waves), store.kinds, report, faults)

    for source in given:
        if source.spec.adds_to:
            parts.setdefault(source.spec.name, []).extend(reader(source).records())
    for spec in rules.files:
        if any(len(p) for p in parts.get(spec.name, ())):
            files = ", ".join(s.name for s in given if s.spec is spec)
            more = _Added(
                spec, _keyed(pd.concat(parts.pop(spec.name), ignore_index=True), spec, report, faults), files
            )
            added.setdefault(spec.adds_to, []).append(more)
    for source in given:
        if not source.spec.adds_to:
            if any(f.adds_to == source.spec.name for f in rules.files):
                faults.stop()  # what this file is joined with is at fault already
            for frame in reader(source).records():
                for more in added.get(source.spec.name, ()):
                    more.meet(frame)
                store.add(frame)
    joinings = {n for p in rules.participation for n in (p.yes, p.since)}
    for more in (a for several in added.values() for a in several):
        report.note(more.name, "unmatched", more.unmatched)
        report.drop(more.name, "not_joined", int((~more.met).sum()))
        told = [c for c in more.frame.columns if c in joinings]
        lost = ~more.met & more.frame[told].fillna(0).ne(0).any(axis=1).to_numpy()
        if lost.any() and rules.options.unmatched_joining == "refuse" and not faults.found:
            faults.say(more.name, "joining_unmatched", more.spec.key, count=int(lost.sum()))


def _keyed(frame: pd.DataFrame, spec: FileSpec, report: ConvertReport, faults: Faults) -> pd.DataFrame:
    """The rows of an added file by their key, each key once."""
    keys = [spec.key]
    if spec.by_year:
        keys.append("year")
        undated = frame["year"].isna()
        for file, count in frame.loc[undated, "file"].value_counts().items():
            report.drop(str(file), "no_year", int(count))
        frame = frame[~undated]
    twice = frame.duplicated(keys, keep=False)
    for file, rows in frame[twice].groupby("file"):
        faults.say(str(file), "key_unique", ", ".join(keys), rows["row"], len(rows))
    return (
        frame.drop_duplicates(keys)
        .set_index(keys if spec.by_year else spec.key)
        .drop(columns=["row", "file"])
    )


def _make(store: stores.Store, rules: Mapping, report: ConvertReport, faults: Faults) -> None:
    """The register's tables; every rule of theirs is of one household, so they are made of some households at a time."""
    written = Counter[str]()
    for frame in store.parts():
        frame = unique(frame, rules.options.duplicates, report, faults)
        if not faults.found:
            store.keep(tables(frame, rules, report))
            written.update(report.rows_out)
    report.rows_out = dict(written)


def _checked(folder: Path, store: stores.Store) -> tuple[Fault, ...]:
    """What ``check`` warns of in the register as written; where it finds faults, these are raised.

    Rows are named as in the files that they come from.
    """
    from bangfu.register.checking import check

    found = []
    for fault in check(folder):
        table = folder / f"{fault.table}.parquet"
        if fault.rows and table.exists():
            places = store.origins(table, fault.rows)
            first = places[places["file"] == places["file"].iat[0]]
            rows = tuple(dict.fromkeys(int(r) for r in first["row"]))
            en, zh = (w + hint for w, hint in zip((fault.en, fault.zh), _HINTS[fault.severity], strict=True))
            if fault.rule == "parts_sum_to_total":
                en, zh = (w + hint for w, hint in zip((en, zh), _TOTALS, strict=True))
            fault = replace(fault, file=str(first["file"].iat[0]), rows=rows, en=en, zh=zh)
        found.append(fault)
    if wrong := [f for f in found if f.severity == "fault"]:
        raise DataFault(wrong)
    return tuple(found)


_HINTS = {
    "fault": (
        " (rows of the file read; where such cells are codes, name them under `missing` in the mapping)",
        "(行号为读入文件的行;如为代码,请在映射的 missing 中声明)",
    ),
    "warning": (" (rows of the file read)", "(行号为读入文件的行)"),
}
_TOTALS = (
    '; options.parts = "total" keeps the total and empties such parts',
    ';设 options.parts = "total" 则保留总额、清空各项',
)


def _register_toml(rules: Mapping) -> str:
    """The register's own description; JSON texts and booleans are valid TOML."""
    given = rules.info.model_dump(exclude_unset=True)
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in given.items()]
    for model in rules.models:
        lines += ["", "[[models]]"]
        lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in model.model_dump().items()]
    return "\n".join(lines) + "\n"
