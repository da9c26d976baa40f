"""Files and a mapping in, a register folder out."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from bangfu import atomic
from bangfu.convert.columns import Columns
from bangfu.convert.faults import Faults
from bangfu.convert.linking import link
from bangfu.convert.mapping import FileSpec, Mapping, load_mapping
from bangfu.convert.reading import open_file
from bangfu.convert.records import Reader, kinds
from bangfu.convert.report import ConvertReport
from bangfu.convert.tables import tables, unique
from bangfu.errors import WrongUse


def convert(files: Iterable[str | Path] | str | Path, mapping: str | Path, out: str | Path) -> ConvertReport:
    """Turn survey or office files into a register folder.

    Parameters
    ----------
    files : path or iterable of paths
        .dta, .sav, .csv, .txt, .xlsx; each must fit one ``match`` of the mapping.
    mapping : path
        A mapping file (TOML), or the name of a shipped one, such as ``"cfps"``.
    out : path
        The register's folder, which must not exist yet.

    Returns
    -------
    ConvertReport
        Also written beside the tables, as ``convert_report.json``, ``.en.txt`` and ``.zh.txt``.

    Raises
    ------
    WrongUse
        When a file is not there, fits nothing, or ``out`` exists.
    DataFault
        When the mapping or the files are at fault; every fault found.
    """
    paths = [Path(files)] if isinstance(files, str | Path) else [Path(f) for f in files]
    rules = load_mapping(mapping)
    reads = [*paths, rules.path]
    atomic.refuse_taken(Path(out), reads)
    report, faults = ConvertReport(mapping=rules.path.name, cautions=rules.cautions), Faults()
    frame = _records(_pair(paths, rules), rules, report, faults)
    faults.stop()
    if rules.earlier and len(frame):
        frame = link(frame, rules.split_offs, report)
    if len(frame):
        frame = unique(frame, rules.duplicates, report, faults)
    else:
        faults.say(rules.path.name, "rows_left")
    faults.stop()
    made = tables(frame, rules, report)
    with atomic.new_folder(out, inputs=reads, private=True) as folder:
        for name, table in made.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        atomic.write_text(folder / "register.toml", _register_toml(rules))
        atomic.write_text(folder / "convert_report.json", report.json())
        atomic.write_text(folder / "convert_report.en.txt", report.text("en") + "\n")
        atomic.write_text(folder / "convert_report.zh.txt", report.text("zh") + "\n")
    return report


def _pair(paths: list[Path], rules: Mapping) -> list[tuple[Path, FileSpec]]:
    """Each file with the one description of the mapping that its name fits."""
    pairs = []
    for path in paths:
        if not path.is_file():
            raise WrongUse(f"there is no file {path}", f"没有文件 {path}")
        fits = [s for s in rules.files if fnmatch.fnmatchcase(path.name.lower(), s.match.lower())]
        if len(fits) != 1:
            known, found = ", ".join(s.match for s in rules.files), ", ".join(s.name for s in fits)
            raise WrongUse(
                f"{path.name} fits {'several files' if fits else 'no file'} of the mapping{': ' + found if fits else ''}; its patterns are: {known}. Change `match` in the mapping, or rename the file",
                f"{path.name} {'同时匹配映射中的多个文件:' + found if fits else '不匹配映射中的任何文件'};可用模式:{known}。请修改映射中的 match 或文件名",
            )
        pairs.append((path, fits[0]))
    if all(s.adds_to for _, s in pairs):
        raise WrongUse(
            "no main file was given, only files that add to another", "没有给出主文件,只有附加文件"
        )
    return pairs


def _records(
    pairs: list[tuple[Path, FileSpec]], rules: Mapping, report: ConvertReport, faults: Faults
) -> pd.DataFrame:
    """The records of all main files, each joined with the files that add to it, which are read first."""
    waves = tuple(sorted({s.wave for _, s in pairs if s.wave is not None and not s.adds_to}))
    added: dict[str, list[tuple[str, str, pd.DataFrame]]] = {}
    parts = []
    for path, spec in sorted(pairs, key=lambda p: not p[1].adds_to):
        if not spec.adds_to and any(f.adds_to == spec.name for f in rules.files):
            faults.stop()  # what this file is joined with is at fault already
        given = added.get(spec.name, [])
        columns = Columns(open_file(path, spec), spec, rules, [(k, f) for _, k, f in given], waves)
        frame = Reader(columns, kinds(rules), report, faults).records()
        if not len(frame):
            continue
        if not spec.adds_to:
            parts.append(frame)
            for name, key, more in given:
                report.note(name, "unmatched", int((~frame[key].isin(more.index)).sum()))
                report.drop(name, "not_joined", int((~more.index.isin(frame[key])).sum()))
            continue
        twice = frame[spec.key].duplicated(keep=False)
        if twice.any():
            faults.say(path.name, "key_unique", spec.key, frame.loc[twice, "row"], int(twice.sum()))
        index = frame.drop_duplicates(spec.key).set_index(spec.key).drop(columns=["row", "file"])
        added.setdefault(spec.adds_to, []).append((path.name, spec.key, index))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _register_toml(rules: Mapping) -> str:
    """The register's own description; JSON texts and booleans are valid TOML."""
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in rules.register.items()]
    for model in rules.models:
        lines += ["", "[[models]]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in model.items())]
    return "\n".join(lines) + "\n"
