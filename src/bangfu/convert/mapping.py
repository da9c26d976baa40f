"""A mapping file: which column of a survey or office sheet becomes which column of a register.

Every key is documented in ``data/surveys/README.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.convert.expressions import Expression, NotAllowed, parse
from bangfu.convert.schema import AGGREGATES, KEYS, KNOWN, PERIODS, UNITS, Check
from bangfu.convert.values import header
from bangfu.errors import DataFault, Fault, WrongUse
from bangfu.places import data
from bangfu.words import MODELS


@dataclass(frozen=True, slots=True)
class Variable:
    """How one variable is made: from a column, an expression or a constant; then codes, then units.

    ``labels`` is ``None`` where the mapping does not say; ``unit`` is empty so, and the file's own unit counts then.
    ``factor`` is periods of a year.
    """

    name: str
    sources: tuple[str, ...] = ()
    expression: str = ""
    value: str | int | float | bool | None = None
    missing: tuple[Any, ...] = ()
    never: tuple[Any, ...] = ()
    recode: MappingType[str, Any] = field(default_factory=dict)
    labels: bool | None = None
    unit: str = ""
    factor: float = 1.0
    per_head: bool = False
    optional: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One kind of input file."""

    name: str
    match: str
    wave: int | None
    years: tuple[int, ...]
    sheet: str
    header_rows: tuple[int, ...]
    unit_row: int
    encoding: str
    delimiter: str
    fill_down: tuple[str, ...]
    not_totals: tuple[str, ...]
    keep: str
    adds_to: str
    key: str
    combine: MappingType[str, str]
    variables: tuple[Variable, ...]

    def fill(self, text: str, year: int | None) -> str:
        """The text with ``{wave}``, ``{ww}``, ``{year}``, ``{yy}`` filled in."""
        for mark, short, number in (("{wave}", "{ww}", self.wave), ("{year}", "{yy}", year)):
            if number is not None:
                text = text.replace(mark, str(number)).replace(short, f"{number % 100:02d}")
        return text

    def read(self, text: str, year: int | None) -> Expression:
        """The expression for one year."""
        return parse(self.fill(text, year))


@dataclass(frozen=True, slots=True)
class Participation:
    """How joining a model is known: by a yes/no variable, by the variable of a date, or by a date that a yes confirms."""

    model: str
    yes: str = ""
    since: str = ""
    until: str = ""
    support_yuan: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping file, checked."""

    path: Path
    register: MappingType[str, Any]
    models: tuple[MappingType[str, str], ...]
    files: tuple[FileSpec, ...]
    participation: tuple[Participation, ...]
    cautions: tuple[tuple[str, ...], tuple[str, ...]]
    earlier: str = ""
    split_offs: str = "new"
    unreadable: str = "refuse"
    unreadable_joining: str = "refuse"
    duplicates: str = "refuse"
    parts: str = "keep"


def shipped() -> dict[str, Path]:
    """The mappings that come with bangfu, by name."""
    return {p.stem: p for p in sorted(data("surveys").glob("*.toml"))}


def load_mapping(mapping: str | Path) -> Mapping:
    """Read and check a mapping file, or a shipped one by its name.

    Raises
    ------
    WrongUse
        When there is none.
    DataFault
        With everything that is wrong in it.
    """
    path = Path(mapping)
    if not path.is_file():
        path = shipped().get(str(mapping), path)
    if not path.is_file():
        names = ", ".join(shipped())
        raise WrongUse(
            f"there is no mapping file {path}; shipped ones: {names}",
            f"没有映射文件 {path};自带的有:{names}",
        )
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        words = (
            f"not valid TOML in UTF-8: {error}; keys with other than plain letters, digits, - and _ need quotes",
            f"不是有效的 UTF-8 TOML:{error};中文键名须加引号",
        )
        raise DataFault([Fault(path.name, "readable", *words)]) from None
    check = Check(path.name)
    made = _mapping(check, path, content)
    if check.faults:
        raise DataFault(check.faults)
    return made


def _mapping(check: Check, path: Path, content: dict[str, Any]) -> Mapping:
    top = check.table(content, "", "", ("register", "files"))
    parts = {k: check.table(top.get(k, {}), k, k) for k in ("about", "options", "link")}
    register = check.table(
        top.get("register", {}), "register", "register", ("id", "title_en", "title_zh", "kind")
    )
    shared, codes = top.get("variables", {}), top.get("codes", {})
    files = tuple(_file(check, f, i, shared, codes) for i, f in enumerate(top.get("files", []), 1))
    models = tuple(
        check.table(m, "models", f"models[{i}]", KEYS["models"])
        for i, m in enumerate(top.get("models", []), 1)
    )
    names = {v.name for f in files for v in f.variables}
    declared = [m.get("id", "") for m in models] or [m.id for m in MODELS]
    joins = tuple(
        _participation(check, p, f"participation[{i}]", names, declared)
        for i, p in enumerate(top.get("participation", []), 1)
    )
    _whole(check, files, names)
    cautions = tuple(tuple(map(str, parts["about"].get(k, ()))) for k in ("cautions", "cautions_zh"))
    return Mapping(
        path, register, models, files, joins, (cautions[0], cautions[1]), **parts["link"], **parts["options"]
    )


def _whole(check: Check, files: tuple[FileSpec, ...], names: set[str]) -> None:
    main = {f.name for f in files if not f.adds_to}
    for spec in files:
        own, where = {v.name for v in spec.variables}, f"files.{spec.name}"
        if spec.adds_to and spec.adds_to not in main:
            check.say(f"{where}.adds_to", "known_file", spec.adds_to)
        need = {spec.key} if spec.adds_to else {"household_id"} | (set() if spec.years else {"year"})
        for name in sorted(need - own):
            check.say(f"{where}.variables.{name}", "variable_present", known=name)
        for name in sorted(set(spec.combine) - own):
            check.say(f"{where}.combine.{name}", "known_variable", near=name, known=own)
    if not files:
        check.say("files", "files_listed")
        return
    for name in sorted({"village_id", "members"} - names):
        check.say(f"variables.{name}", "variable_present", known=name)
    if not any(n.startswith("income_") for n in names & KNOWN):
        check.say("variables", "income_present")


def _file(check: Check, given: Any, at: int, shared: Any, codes: Any) -> FileSpec:
    name = str(given.get("name", at)) if isinstance(given, dict) else str(at)
    key = f"files.{name}"
    good = check.table(given, "files", key, ("name", "match"))
    for year in good.get("years", []):
        if not isinstance(year, int) or not 1900 <= year <= 2100:
            check.say(f"{key}.years", "year_range", year)
    rows = good.get("header_row", 1)
    rows = rows if isinstance(rows, list) else [rows]
    if not rows or any(not isinstance(r, int) or not 1 <= r <= 1000 for r in rows):
        check.say(f"{key}.header_row", "row_number", rows)
        rows = [1]
    for variable, how in good.get("combine", {}).items():
        if how not in AGGREGATES:
            check.say(f"{key}.combine.{variable}", "known_value", how, AGGREGATES)
    own = good.get("variables", {})
    raw = ({} if "adds_to" in good else dict(shared)) | own
    where = {n: f"{key}.variables.{n}" if n in own else f"variables.{n}" for n in raw}
    spec = FileSpec(
        name=name,
        match=good.get("match", ""),
        wave=good.get("wave"),
        years=tuple(y for y in good.get("years", []) if isinstance(y, int)),
        sheet=good.get("sheet", ""),
        header_rows=tuple(rows),
        unit_row=good.get("unit_row", 0),
        encoding=good.get("encoding", ""),
        delimiter=good.get("delimiter", ""),
        fill_down=tuple(header(c) for c in good.get("fill_down", [])),
        not_totals=tuple(map(str, good.get("not_totals", []))),
        keep=good.get("keep", ""),
        adds_to=good.get("adds_to", ""),
        key=good.get("key", "household_id"),
        combine=good.get("combine", {}),
        variables=tuple(_variable(check, n, v, where[n], codes) for n, v in raw.items()),
    )
    texts = [(spec.keep, f"{key}.keep"), *((v.expression, f"{where[v.name]}.expr") for v in spec.variables)]
    for text, place in texts:
        try:
            if text:
                spec.read(text, spec.years[0] if spec.years else None)
        except NotAllowed as error:
            check.say(place, "expression_allowed", text, str(error))
    return spec


def _variable(check: Check, name: str, given: Any, key: str, codes: Any) -> Variable:
    good = check.table({"from": given} if isinstance(given, str) else given, "variables", key)
    origins = ("from", "expr", "value")
    if good and sum(k in good for k in origins) != 1:
        check.say(key, "one_origin", known=origins)
    missing = good.get("missing", [])
    if isinstance(missing, str):
        if missing not in codes:
            check.say(f"{key}.missing", "known_codes", missing, known=codes, near=missing)
        missing = codes.get(missing, [])
    unit = good.get("unit", "")
    if unit and unit not in UNITS:
        check.say(f"{key}.unit", "known_value", unit, UNITS)
    per = [good["per"]] if isinstance(good.get("per"), str) else good.get("per", [])
    factor = 1.0
    for one in per:
        if one not in {*PERIODS, "head"}:
            check.say(f"{key}.per", "known_value", one, ("head", *PERIODS))
        factor *= PERIODS.get(one, 1.0)
    sources = [good["from"]] if isinstance(good.get("from"), str) else good.get("from", [])
    return Variable(
        name=name,
        sources=tuple(header(s) for s in sources),
        expression=good.get("expr", ""),
        value=good.get("value"),
        missing=tuple(missing) if isinstance(missing, list) else (),
        never=tuple(good.get("never", ())),
        recode=good.get("recode", {}),
        labels=good.get("labels"),
        unit=unit,
        factor=factor,
        per_head="head" in per,
        optional=good.get("optional", False),
        width=good.get("width", 0),
    )


def _participation(check: Check, given: Any, key: str, names: set[str], declared: list[str]) -> Participation:
    good = check.table(given, "participation", key, ("model",))
    if not {"yes", "since"} & good.keys():
        check.say(key, "one_origin", known=("yes", "since"))
    if good.get("model") and good["model"] not in declared:
        check.say(f"{key}.model", "model_declared", good["model"], declared)
    for part in good.keys() - {"model"}:
        if good[part] not in names:
            check.say(f"{key}.{part}", "known_variable", good[part], known=sorted(names), near=good[part])
    return Participation(**({"model": ""} | good))
