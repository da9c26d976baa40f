"""One first mapping for the sheets of a workbook, put together from what was guessed for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_NEEDED = re.compile(r"^# Not found, needed: .*$", re.MULTILINE)
_LEFT = re.compile(r"^# Headers not used: .*$", re.MULTILINE)
_YEAR = re.compile(r"(19|20)\d\d(年.*)?")
_UNDATED = re.compile(r"# \w+_yes: ")
_VARIABLE = re.compile(r"(\w+) = ")
_ASK = (
    "# no_participation = true  # if the files tell of nobody who joined a model 若确无参加户,请删去行首的 #"
)
_SHEET_YEAR = 'year = { from = "{sheet}" }  # guessed from the names of the sheets 由工作表名推断'
_ONCE = "a model's first joining, where a household has several rows 一户多行时取最早参加"


@dataclass(frozen=True, slots=True)
class Guessed:
    """The mapping guessed for one sheet, in parts."""

    text: str
    guessed: Mapping[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    blocks: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The lines of the text by the heading above them; several joinings follow one another."""
        heading = ""
        for line in self.text.splitlines():
            if line.startswith("["):
                heading = line
            self.blocks.setdefault(heading, []).append(line)

    @property
    def variables(self) -> dict[str, str]:
        """Variable to its line."""
        lines = self.blocks.get("[variables]", [])[1:]
        return {found[1]: line for line in lines if (found := _VARIABLE.match(line))}

    @property
    def joinings(self) -> list[str]:
        """The lines of participation, and what is asked about it."""
        lines = [line for line in self.blocks.get("[[participation]]", []) if line]
        return [part for line in lines for part in ([""] * line.startswith("[[") + [line])]

    def file(self, name: str, sheets: Iterable[str]) -> list[str]:
        """The lines of the file, under another name and for some sheets alone."""
        lines = self.blocks["[[files]]"]
        lines = [f"name = {_quoted(name)}" if line.startswith("name = ") else line for line in lines if line]
        return [*lines, f"sheet = [{', '.join(map(_quoted, sheets))}]"]


def asked(text: str, missing: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The text, and what was not found; where nobody joins, with the question whether that is so."""
    if "[[participation]]" in text:
        return text, missing
    missing = (*missing, "participation")
    text = text.replace("[options]\n", f"[options]\n{_ASK}\n", 1)
    return _needed(text, missing), missing


def together(sheets: dict[str, Guessed]) -> Guessed | None:
    """One mapping for all sheets; ``None`` where at most one of them tells of households.

    The sheet with most incomes is the main one; those of the same shape are stacked upon it. Other sheets with a
    household's identifier add to it what it lacks.
    """
    homes = {n: g for n, g in sheets.items() if "household_id" in g.guessed}
    if len(homes) < 2:
        return None
    first = max(
        homes, key=lambda n: (sum(v.startswith("income_") for v in homes[n].guessed), len(homes[n].guessed))
    )
    main = homes[first]
    alike = {n: g for n, g in homes.items() if g.variables == main.variables}
    groups: dict[str, list[str]] = {}
    for name, guessed in alike.items():
        groups.setdefault("\n".join(guessed.file("", ())), []).append(name)
    added = {n: g for n, g in homes.items() if n not in alike}
    by_name = "year" in main.missing and all(map(_YEAR.fullmatch, alike))
    variables, joinings = list(main.blocks.get("[variables]", [])), list(main.joinings)
    if by_name:
        variables = [v for v in variables if v and not v.startswith("# year = ") and not _UNDATED.match(v)]
        variables.append(_SHEET_YEAR)
    missing = set(main.missing) - ({"year"} if by_name else set())
    lines, have = [], set(main.guessed) | set(main.variables)
    for i, names in enumerate(groups.values()):
        lines += ["", *main_file(homes[names[0]], "main" if not i else f"main{i + 1}", names, by_name)]
    for name, guessed in added.items():
        more = {v: line for v, line in guessed.variables.items() if v not in have}
        missing -= set(more)
        if any(v.startswith("income_") for v in more):
            missing.discard("income_total")
        lines += ["", *_added(name, guessed, more)]
        joinings += guessed.joinings if set(guessed.joinings) - set(joinings) else []
        have |= set(more)
    variables = [
        v
        for v in variables
        if not v.startswith("# ") or v.split()[1] not in main.missing or v.split()[1] in missing
    ]
    heads = ("", "[register]", "[codes]")
    options = dict.fromkeys(o for g in homes.values() for o in g.blocks.get("[options]", ()) if o)
    top = [line for head in heads for line in main.blocks.get(head, ())] + [*options, ""]
    text = "\n".join([*top, *filter(None, variables), *joinings, *lines, ""])
    kept = tuple(m for m in main.missing if m in missing)
    others = {n: g.unused for n, g in sheets.items()}
    unused = tuple(f"{n}: {h}" for n, hs in others.items() for h in hs) + tuple(
        n for n in sheets if n not in homes
    )
    guessed_from = {v: f"{n}: {shown}" for n, g in reversed(homes.items()) for v, shown in g.guessed.items()}
    left = ", ".join(map(_quoted, unused)) or "none"
    text = _LEFT.sub(lambda _: f"# Headers and sheets not used: {left} / 未使用的表头、工作表见左", text)
    return Guessed(_needed(text, kept), guessed_from, kept, unused)


def main_file(guessed: Guessed, name: str, sheets: list[str], by_name: bool) -> list[str]:
    """The lines of a main file; without a question for its year where the sheets' names say it."""
    lines = guessed.file(name, sheets)
    return [line for line in lines if not (by_name and line.startswith("# years"))]


def _added(name: str, guessed: Guessed, more: dict[str, str]) -> list[str]:
    """A sheet that adds variables to the main one: by household, or by household and year."""
    lines = [*guessed.file(name, [name]), 'adds_to = "main"']
    joins = {v: "min" if v.endswith("_since") else "max" for v in more if re.search("_(since|yes)$", v)}
    dated = "year" in guessed.variables or any(line.startswith("years = ") for line in lines)
    lines = [line for line in lines if not line.startswith("# years")]
    if joins and not dated and set(joins) == set(more):
        lines.append(
            f"combine = {{ {', '.join(f'{v} = {_quoted(how)}' for v, how in joins.items())} }}  # {_ONCE}"
        )
    keys = [guessed.variables[v] for v in ("household_id", "year") if v in guessed.variables]
    own = [line for v, line in more.items() if v not in ("household_id", "year")]
    return [*lines, "[files.variables]", *keys, *own]


def _needed(text: str, missing: Iterable[str]) -> str:
    en, zh = ", ".join(missing) or "nothing", "、".join(missing) or "无"
    return _NEEDED.sub(lambda _: f"# Not found, needed: {en} / 缺少的必需项:{zh}", text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
