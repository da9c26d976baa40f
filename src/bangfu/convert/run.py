"""Files and a mapping in, a register folder out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bangfu import atomic
from bangfu.convert import places
from bangfu.convert import store as stores
from bangfu.convert.faults import Faults
from bangfu.convert.inputs import sources
from bangfu.convert.joined import read
from bangfu.convert.joining import settle
from bangfu.convert.mapping import Mapping, load_mapping
from bangfu.convert.report import ConvertReport
from bangfu.convert.tables import tables, unique
from bangfu.convert.variables import kinds
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
    reads = [*paths, rules.path]
    atomic.refuse_taken(Path(out), reads)
    report = ConvertReport(mapping=rules.path.name, cautions=(rules.about.cautions, rules.about.cautions_zh))
    faults = Faults()
    given = sources(paths, rules, report, faults)
    faults.stop()
    with stores.opened(kinds(rules)) as store:
        partial = read(given, rules, report, faults, store)
        if not store.rows and not faults.found:
            faults.say(rules.path.name, "rows_left", more=report.lost())
        faults.stop()
        if rules.link:
            store.link(rules.link.split_offs, report)
        if rules.options.place_spellings == "refuse":
            places.check(store, faults)
        _make(store, rules, partial, report, faults)
        faults.stop()
        if not report.rows_out["households"] or not report.rows_out["incomes"]:
            faults.say(rules.path.name, "rows_left", more=report.lost())
        elif bool(report.rows_out["participation"]) == (no_participation or rules.options.no_participation):
            faults.say(
                rules.path.name,
                "no_participation" if report.rows_out["participation"] else "participation_present",
            )
        faults.stop()
        with atomic.new_folder(out, inputs=reads, private=True) as folder:
            store.write(folder, report)
            atomic.write_text(folder / "register.toml", _register_toml(rules))
            report.warnings = _checked(folder, store)
            atomic.write_text(folder / "convert_report.json", report.json())
            atomic.write_text(folder / "convert_report.en.txt", report.text("en") + "\n")
            atomic.write_text(folder / "convert_report.zh.txt", report.text("zh") + "\n")
    return report


def _make(
    store: stores.Store, rules: Mapping, partial: set[str], report: ConvertReport, faults: Faults
) -> None:
    """The register's tables; every rule of theirs is of one household, so they are made of some households at a time."""
    written = Counter[str]()
    for frame in store.parts():
        frame = settle(unique(frame, rules, report, faults), rules, partial, report, faults)
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
    for fault in check(folder, households_at_once=stores.AT_ONCE):
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
    if kept := list(dict.fromkeys(text for file in rules.files for text in file.not_totals)):
        lines.append(f"not_totals = {json.dumps(kept, ensure_ascii=False)}")
    for model in rules.models:
        lines += ["", "[[models]]"]
        lines += [f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in model.model_dump().items()]
    return "\n".join(lines) + "\n"
