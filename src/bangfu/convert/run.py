"""Files and a mapping in, a register folder out."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from bangfu import atomic
from bangfu.convert.linking import link
from bangfu.convert.mapping import FileSpec, Mapping, load_mapping
from bangfu.convert.reading import open_file
from bangfu.convert.records import Faults, Reader, kinds
from bangfu.convert.report import ConvertReport
from bangfu.convert.tables import tables, unique
from bangfu.errors import DataFault, Fault, WrongUse


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
    rules = load_mapping(find_mapping(mapping))
    report, faults = ConvertReport(mapping=rules.path.name), Faults()
    with atomic.new_folder(Path(out)) as folder:
        frame = _records(_pair(paths, rules), rules, report, faults)
        _stop(faults)
        if rules.earlier:
            frame = link(frame, rules.split_offs, report)
        frame = unique(frame, rules.duplicates, report, faults)
        _stop(faults)
        if not len(frame):
            raise DataFault([_nothing_left(rules)])
        for name, table in tables(frame, rules, report).items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        atomic.write_text(folder / "register.toml", _register_toml(rules))
        atomic.write_text(folder / "convert_report.json", report.json())
        atomic.write_text(folder / "convert_report.en.txt", report.text("en") + "\n")
        atomic.write_text(folder / "convert_report.zh.txt", report.text("zh") + "\n")
    return report


def find_mapping(mapping: str | Path) -> Path:
    """A mapping file by path, or a shipped one by name."""
    path = Path(mapping)
    if not path.is_file() and path.suffix == "" and path.parent == Path():
        from bangfu.places import data

        shipped = data("surveys") / f"{path}.toml"
        return shipped if shipped.is_file() else path
    return path


def _pair(paths: list[Path], rules: Mapping) -> list[tuple[Path, FileSpec]]:
    pairs = []
    for path in paths:
        fits = [s for s in rules.files if fnmatch.fnmatchcase(path.name.lower(), s.match.lower())]
        if len(fits) != 1:
            known = ", ".join(s.match for s in rules.files)
            many = [s.name for s in fits]
            raise WrongUse(
                f"{path.name} fits {many or 'no file'} of the mapping; its patterns are: {known}. Change `match` in the mapping, or rename the file",
                f"{path.name} 与映射中的 {many or '任何文件'} 匹配;可用模式:{known}。请修改映射中的 match 或文件名",
            )
        pairs.append((path, fits[0]))
    if not any(not s.adds_to for _, s in pairs):
        raise WrongUse(
            "no main file was given, only files that add to another", "没有给出主文件,只有附加文件"
        )
    return pairs


def _records(
    pairs: list[tuple[Path, FileSpec]], rules: Mapping, report: ConvertReport, faults: Faults
) -> pd.DataFrame:
    waves = tuple(sorted({s.wave for _, s in pairs if s.wave is not None and not s.adds_to}))
    added: dict[str, list[tuple[str, str, pd.DataFrame]]] = {}
    parts = []
    for path, spec in sorted(pairs, key=lambda p: not p[1].adds_to):
        given = added.get(spec.name, [])
        reader = Reader(
            open_file(path, spec),
            spec,
            rules,
            kinds(rules),
            report,
            faults,
            [(k, f) for _, k, f in given],
            waves,
        )
        frame = reader.records()
        if not spec.adds_to:
            parts.append(frame)
            for name, key, more in given if len(frame) else ():
                report.note(name, "unmatched", int((~frame[key].isin(more.index)).sum()))
                report.drop(name, "not_joined", int((~more.index.isin(frame[key])).sum()))
            continue
        if len(frame):
            twice = frame[spec.key].duplicated(keep=False)
            if twice.any():
                faults.say(
                    path.name,
                    "duplicate_key",
                    spec.key,
                    "several rows have the same key; use `combine`",
                    "同一键值有多行,请用 combine",
                    frame.loc[twice, "row"],
                    int(twice.sum()),
                )
            index = frame.drop_duplicates(spec.key).set_index(spec.key).drop(columns=["row", "file"])
            added.setdefault(spec.adds_to, []).append((path.name, spec.key, index))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _stop(faults: Faults) -> None:
    if faults.found:
        raise DataFault(list(faults.found.values()))


def _nothing_left(rules: Mapping) -> Fault:
    return Fault(
        rules.path.name,
        "rows_left",
        "no row is left: look at `keep`, the identifiers and the header row",
        "没有剩下任何行:请检查 keep、户编号和表头行",
    )


def _register_toml(rules: Mapping) -> str:
    """The register's own description; JSON texts and booleans are valid TOML."""
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in rules.register.items()]
    for model in rules.models:
        lines += ["", "[[models]]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in model.items())]
    return "\n".join(lines) + "\n"
