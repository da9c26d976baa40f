"""A mapping file: which column of a survey or office sheet becomes which column of a register.

Every key is documented in ``data/surveys/README.md``; :mod:`bangfu.convert.schema` holds their types.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bangfu.convert.mapping_faults import Check, where
from bangfu.convert.schema import (
    KNOWN,
    STORED,
    WAVE_MARKS,
    YEAR_MARKS,
    FileSpec,
    Key,
    Mapping,
    Participation,
    Variable,
)
from bangfu.convert.values import header
from bangfu.errors import DataFault, Fault, WrongUse
from bangfu.places import data
from bangfu.register.tables import NUMBER
from bangfu.words import MODELS

__all__ = ["FileSpec", "Mapping", "Participation", "Variable", "load_mapping", "shipped"]


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
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, a number too long, nested too deep
        said = str(error) if isinstance(error, ValueError) else "nested too deep"
        words = (
            f"not valid TOML in UTF-8: {said}; keys with other than plain letters, digits, - and _ need quotes",
            f"不是有效的 UTF-8 TOML:{said};中文键名须加引号",
        )
        raise DataFault([Fault(path.name, "readable", *words)]) from None
    check = Check(path.name)
    made = _mapping(check, path, content)
    if made is None:
        raise DataFault(list(check.found.values()))
    return made


def _mapping(check: Check, path: Path, content: dict[str, Any]) -> Mapping | None:
    """The mapping, or ``None`` and every fault of it."""
    merged, made = {"path": path} | _merged(content), None
    try:
        made = Mapping.model_validate(merged, context={"codes": _table(content.get("codes"))})
    except ValidationError as error:
        for one in error.errors(include_url=False):
            check.pydantic(one, content)
    _files(check, content, merged)
    _joinings(check, content, merged)
    if made is not None:
        _marks(check, made)
        _unused(check, made, content)
    return None if check.found else made


def _table(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _tables(given: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tables of a list of tables, each with its place."""
    return ((i, g) for i, g in enumerate(given if isinstance(given, list) else ()) if isinstance(g, dict))


def _merged(content: dict[str, Any]) -> dict[str, Any]:
    """Every variable with its name, a text for what it is from; shared ones in every main file."""

    def named(given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        tables = {n: {"from": v} if isinstance(v, str) else v for n, v in given.items()}
        return {n: {"name": Key(n)} | v if isinstance(v, dict) else v for n, v in tables.items()}

    shared = named(content.get("variables", {}))
    files = content.get("files", [])
    for i, given in _tables(files):
        own = named(given.get("variables", {}))
        if isinstance(own, dict) and isinstance(shared, dict):
            own = ({} if "adds_to" in given else shared) | own
        files = [*files[:i], given | {"variables": own}, *files[i + 1 :]]
    return content | {"variables": shared} | ({"files": files} if "files" in content else {})


def _files(check: Check, content: dict[str, Any], merged: dict[str, Any]) -> None:
    """What the files need of one another, and a register of them all."""
    names, patterns, every = set[str](), set[tuple[str, str]](), set[str]()
    main = {
        f.get("name")
        for _, f in _tables(merged.get("files"))
        if "adds_to" not in f and isinstance(f.get("name"), str)
    }
    for i, given in _tables(merged.get("files")):
        place, own = where(("files", i), content), set(_table(given.get("variables")))
        every |= own
        name, adds, key = str(given.get("name")), given.get("adds_to"), given.get("key", "household_id")
        pattern = (str(given.get("match")).lower(), str(given.get("sheet")).lower())
        for again, rule in ((name in names, "name_once"), (pattern in patterns, "files_differ")):
            if again:
                check.say(f"{place}.{'name' if rule == 'name_once' else 'match'}", rule, name)
        names.add(name)
        patterns.add(pattern)
        if isinstance(adds, str) and adds not in main:
            check.say(f"{place}.adds_to", "known_file", adds)
        if adds is None and "key" in given:
            check.say(f"{place}.key", "option_fits", known="key")
        if adds is not None and "wave" in given:
            check.say(f"{place}.wave", "option_fits", known="wave")
        if given.get("years") and "year" in own:
            check.say(f"{place}.years", "option_fits", known="years, year")
        need = {"household_id"} | (set() if given.get("years") else {"year"})
        for missing in sorted((need if adds is None else {key} if isinstance(key, str) else set()) - own):
            check.say(f"{place}.variables.{missing}", "variable_present", known=missing)
        keys = {"year", key if adds is not None else "household_id"}
        for other, how in _table(given.get("combine")).items():
            if other not in own:
                check.say(f"{place}.combine.{other}", "known_variable", near=other, known=sorted(own))
            elif other in keys or (STORED.get(other, NUMBER) != NUMBER and how in ("sum", "count")):
                check.say(f"{place}.combine.{other}", "option_fits", how, known=f"{other} = {how}")
    if every or names:
        for missing in sorted({"village_id", "members"} - every):
            check.say(f"variables.{missing}", "variable_present", known=missing)
        if not any(n.startswith("income_") for n in every & KNOWN):
            check.say("variables", "income_present")


def _joinings(check: Check, content: dict[str, Any], merged: dict[str, Any]) -> None:
    """Models and participation: each once, and what they name is there."""
    ids = [m.get("id") for _, m in _tables(content.get("models"))]
    declared = [str(i) for i in ids] if "models" in content else [m.id for m in MODELS]
    for i, one in enumerate(declared):
        if header(one).casefold() in {header(d).casefold() for d in declared[:i]}:
            check.say(f"models[{i + 1}].id", "name_once", one)
    every = sorted({n for _, f in _tables(merged.get("files")) for n in _table(f.get("variables"))})
    taken = set[str]()
    for i, given in _tables(content.get("participation")):
        place = f"participation[{i + 1}]"
        model = given.get("model")
        if isinstance(model, str) and model not in declared:
            check.say(f"{place}.model", "model_declared", model, declared)
        elif isinstance(model, str) and model in taken:
            check.say(f"{place}.model", "model_once", model)
        taken.add(str(model))
        for part in sorted({"yes", "since", "until", "support_yuan", "contract"} & set(given)):
            if isinstance(given[part], str) and given[part] not in every:
                check.say(f"{place}.{part}", "known_variable", given[part], every, near=given[part])


def _texts(v: Variable) -> tuple[str, ...]:
    return (*v.sources, v.expression)


def _marks(check: Check, made: Mapping) -> None:
    """Marks for a year or a wave that nothing would fill."""
    for spec in made.files:
        for marks, key in ((YEAR_MARKS, "years"), (WAVE_MARKS, "wave")):
            used = [m for m in marks for v in spec.variables for t in (*_texts(v), spec.keep) if m in t]
            if used and not getattr(spec, key):
                check.say(f"files.{spec.name}.{key}", "mark_filled", known=used[0], near=key)
    if made.link and not any(f.wave for f in made.files):
        check.say("link.earlier", "mark_filled", known=made.link.earlier, near="wave")


def _unused(check: Check, made: Mapping, content: dict[str, Any]) -> None:
    """Variables that look like a misspelt column of the register: neither one nor used for anything."""
    used = {n for p in made.participation for n in (p.yes, p.since, p.until, p.support_yuan, p.contract)}
    used |= KNOWN | {"wave"} | {f.key for f in made.files}
    for spec in made.files:
        for year in spec.years or (None,):
            texts = [t for v in spec.variables for t in (v.expression,) if t] + [spec.keep] * bool(spec.keep)
            used |= {n for t in texts for n in spec.read(t, year).names}
            used |= {header(spec.fill(s, year)) for v in spec.variables for s in v.sources}
    for i, spec in enumerate(made.files):
        for v in spec.variables:
            near = difflib.get_close_matches(v.name, KNOWN, 1, 0.8) if v.name not in used else []
            if near:
                check.say(
                    where(("files", i, "variables", v.name, ""), content).rstrip("."),
                    "variable_used",
                    known=KNOWN,
                    near=v.name,
                )
