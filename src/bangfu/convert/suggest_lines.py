"""The TOML of a suggested mapping, line by line."""

from __future__ import annotations

import fnmatch
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bangfu.convert.headers import MODELS, Guess
from bangfu.convert.mapping import shipped
from bangfu.convert.reading import STATISTICS
from bangfu.convert.units import AREA, MONEY, Unit

_WORDS = {1e2: "百元", 1e3: "千元", 1e4: "万元", 1e6: "百万元", 1e8: "亿元", 15.0: "公顷"}


@dataclass(slots=True)
class Found:
    """What was found in a file.

    Attributes
    ----------
    guesses : dict of str to Guess
    codes : set
        Negative codes with a label: missing codes of most surveys.
    missing_codes, never : dict of str to set
        Per variable: codes whose labels say that there is no answer, or that the question does not apply.
    """

    path: Path
    guesses: dict[str, Guess]
    unused: list[str]
    header_rows: tuple[int, ...] = ()
    unit_row: int = 0
    units: dict[str, list[Unit]] = field(default_factory=dict)
    title_units: tuple[Unit, ...] = ()
    sparse: list[str] = field(default_factory=list)
    codes: set[float] = field(default_factory=set)
    missing_codes: dict[str, set[Any]] = field(default_factory=dict)
    never: dict[str, set[Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    years: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.years = sorted({y for g in self.guesses.values() for y in g.years})


def mapping_text(found: Found) -> str:
    """The mapping, with what is guessed and what is not."""
    lines = [*_top(found), *_file_lines(found), "", "[variables]", *_variable_lines(found)]
    lines += [f'# {name} = {{ from = "..." }}  # NOT FOUND, needed 未找到,必需' for name in found.missing]
    return "\n".join([*lines, *_joins(found)]) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _listed(items: Iterable[Any]) -> str:
    return "[" + ", ".join(_quoted(i) if isinstance(i, str) else f"{i:g}" for i in items) + "]"


def _column(header: str) -> str:
    return f"col({_quoted(header)})"


def _top(found: Found) -> list[str]:
    path, missing, unused = found.path, found.missing, found.unused
    kind = "survey" if path.suffix.lower() in STATISTICS else "administrative"
    lines = [
        "# A first mapping, guessed from the headers alone; check every line. 仅根据表头猜测,请逐行核对。",
        f"# Not found, needed: {', '.join(missing) or 'nothing'} / 缺少的必需项:{'、'.join(missing) or '无'}",
        f"# Headers not used: {', '.join(map(_quoted, unused)) or 'none'} / 未使用的表头见左",
    ]
    for name, known in shipped().items():
        patterns = [f["match"] for f in tomllib.loads(known.read_text(encoding="utf-8"))["files"]]
        if any(p[0] != "*" or p.strip("*.x") for p in patterns) and any(
            len(p) > 8 and fnmatch.fnmatchcase(path.name.lower(), p.lower()) for p in patterns
        ):
            lines.append(f"# A shipped mapping fits this file's name 有自带映射可用: --mapping {name}")
    lines += ["", "[register]"]
    name = re.sub(r"[^0-9A-Za-z]+", "_", path.stem).strip("_") or "register"
    lines += [f"id = {_quoted(name)}", f"title_en = {_quoted(path.stem)}", f"title_zh = {_quoted(path.stem)}"]
    lines += [f'kind = "{kind}"  # survey or administrative', "", "[options]"]
    lines.append(
        'unreadable = "missing"  # such cells are counted; "refuse" stops at them 无法识别的单元格设为缺失并计数'
    )
    if any(g.role for g in found.guesses.values()):
        lines.append(
            'unreadable_joining = "refuse"  # "leave_out" leaves such households out of all tables 参加情况无法识别:拒绝;leave_out 为不计入'
        )
    if found.codes:
        shared = _listed(sorted(found.codes))
        lines += ["", "[codes]", f"missing = {shared}  # negative codes with a label 带标签的负数代码"]
    return lines


def _file_lines(found: Found) -> list[str]:
    lines = ["", "[[files]]", 'name = "main"', f"match = {_quoted('*' + found.path.suffix.lower())}"]
    at = found.header_rows
    if at and at != (1,):
        lines.append(f"header_row = {at[0] if len(at) == 1 else list(at)}")
    if found.unit_row:
        lines.append(f"unit_row = {found.unit_row}")
    if found.sparse:
        lines.append(
            f"fill_down = {_listed(found.sparse)}  # cells below are empty, as if merged 下方单元格为空"
        )
    if found.years:
        lines.append(f"years = {found.years}")
    else:
        lines.append("# years = [2016]  # the year of the incomes, if no column has it 收入所属年份")
    return lines


def _variable_lines(found: Found) -> list[str]:
    lines, guesses = list[str](), found.guesses
    for one in guesses.values():
        if one.role in ("kind", "when"):
            lines += _kind_lines(found) if one.role == "kind" else []
            if "kind" not in guesses:
                lines.append(
                    f"# {one.name} = {_quoted(one.source)}  # a date of joining: of which model? 参加的是哪种模式?"
                )
            continue
        origin, remark = _origin(one), one.remark
        unit, said = _unit(one, found)
        options = [*one.options, *unit, *_coded(one, found)]
        if one.years and one.years != set(found.years):
            options.append("optional = true")
        if one.name == "village_id" and "township_id" in guesses and not re.search("编|代码|id", one.source):
            both = ", ".join(_column(guesses[n].source) for n in ("township_id", "village_id"))
            origin = "expr = " + _quoted(f'joined("-", {both})')
            remark = "; joined with the township, since names of villages repeat 村名可能重复,故加乡镇"
        line = f"{one.name} = {{ {', '.join([origin, *options])} }}  # guessed from {_quoted(one.shown)}{remark}{said}"
        if one.name == "year" and found.years:
            line = f"# {line}: years stand in the headers"
        lines.append(line)
    return lines


def _origin(one: Guess) -> str:
    """Where a variable comes from: headers with a year in them, or one column for each year that their labels name."""
    if one.years and not all("{y" in s for s in one.sources):
        *before, (_, last) = sorted((y, c) for y, c in one.columns.items() if y is not None)
        chain = "".join(f"{_column(c)} if {{year}} == {y} else " for y, c in before)
        return "expr = " + _quoted(chain + _column(last))
    return f"from = {_quoted(one.source) if len(one.sources) == 1 else _listed(one.sources)}"


def _unit(one: Guess, found: Found) -> tuple[list[str], str]:
    """The unit that all columns of a variable state, and a remark where they state several."""
    kind = AREA if one.name == "land_mu" else MONEY if one.name.startswith(("income_", "consum")) else ""
    if not kind:
        return [], ""
    own = [found.units.get(c, []) for c in one.columns.values()]
    title = {u.factor for u in found.title_units if u.what == kind}
    stated = [{u.factor for u in units} or title for units in own]
    factors = set().union(*stated)
    if len(factors | title) > 1:
        return [], "; each column by its own unit 各列按各自单位"
    factor = next(iter(factors), 1.0)
    return ([f'unit = "{_WORDS[factor]}"'] if factor in _WORDS and all(stated) else []), ""


def _coded(one: Guess, found: Found) -> list[str]:
    """Missing codes, and codes that say that the household never joined."""
    own, never = found.missing_codes.get(one.name, set()), found.never.get(one.name, set())
    shared = set() if one.role else found.codes
    codes = sorted(own | shared, key=str)
    lines = (
        ['missing = "missing"' if set(codes) == shared else f"missing = {_listed(codes)}"] if codes else []
    )
    return lines + ([f"never = {_listed(sorted(never, key=str))}"] if never else [])


def _kind_lines(found: Found) -> list[str]:
    """A text that names models, with a date of joining beside it or without."""
    kind, when = found.guesses["kind"], found.guesses.get("joined")
    lines = []
    for model, word in MODELS.items():
        if f"{model}_yes" in found.guesses or f"{model}_since" in found.guesses:
            continue
        role, text = "yes", f"contains({_column(kind.source)}, {_quoted(word)})"
        if when:
            role, text = "since", f'{_column(when.source)} if {text} else ""'
        options = ", ".join(
            [f"expr = {_quoted(text)}", *kind.options, *_coded(kind, found), "optional = true"]
        )
        lines.append(f"{model}_{role} = {{ {options} }}  # guessed from {_quoted(kind.shown)}")
    return lines


def _joins(found: Found) -> list[str]:
    """How joining is known: a date, which a yes confirms; or a yes where a year says when."""
    guesses = found.guesses
    names = {(g.model, g.role): (g.name, g.years) for g in guesses.values() if g.model}
    if "kind" in guesses:
        role = "since" if "joined" in guesses else "yes"
        named = {m for m, _ in names}
        names |= {(m, role): (f"{m}_{role}", guesses["kind"].years) for m in MODELS if m not in named}
    lines: list[str] = []
    for model in MODELS:
        since, yes = names.get((model, "since")), names.get((model, "yes"))
        dated = yes and (yes[1] or "year" in guesses or len(found.years) == 1)
        if yes and not since and not dated:
            lines += ["", f"# {yes[0]}: a yes without a year cannot date the joining; name a column of the date 无年份的是否题不能确定起始年份"]  # fmt: skip
        if since or yes:
            lines += ["", "[[participation]]", f'model = "{model}"']
            lines += [f'since = "{since[0]}"'] if since else []
            lines += [f'yes = "{yes[0]}"'] if yes else []
    return lines
