"""A first mapping guessed from the headers of a file; what is guessed and what is not stands in it."""

from __future__ import annotations

import fnmatch
import itertools
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.convert.headers import MODELS, Guess, guess
from bangfu.convert.mapping import shipped
from bangfu.convert.reading import STATISTICS, open_file
from bangfu.convert.several import Guessed, asked, together
from bangfu.convert.sheets import TEXTS, merged_headers, table_rows
from bangfu.convert.values import header
from bangfu.convert.workbook import SHEETS, Workbook
from bangfu.errors import Language
from bangfu.words import typeset

_NEEDED = ("household_id", "village_id", "members")
_LOOK_AT = 200
"""Rows that are looked at for cells left empty below a merged one; never for their values."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping as text, and what it rests on.

    Attributes
    ----------
    text : str
        TOML; it loads as a mapping where nothing is missing.
    guessed : dict of str to str
        Variable to the header that it was guessed from.
    missing, unused : tuple of str
        Variables that are needed and were not found; headers that are not used.
    """

    text: str
    guessed: dict[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]

    def __str__(self) -> str:
        return self.text

    def summary(self, lang: Language = "en") -> str:
        """What was guessed, what is missing and what was left, line by line."""
        if lang == "zh":
            lines = [f"  {name} ← {shown}(猜测)" for name, shown in self.guessed.items()]
            lines.append(f"缺少的必需项:{'、'.join(self.missing) or '无'}")
            lines.append(f"未使用的表头:{'、'.join(self.unused) or '无'}")
            return "\n".join(map(typeset, ["仅根据表头猜测,请逐行核对:", *lines]))
        lines = [f"  {name} <- {shown} (guessed)" for name, shown in self.guessed.items()]
        lines.append(f"needed and not found: {', '.join(self.missing) or 'nothing'}")
        lines.append(f"headers not used: {', '.join(self.unused) or 'none'}")
        return "\n".join(["guessed from the headers alone; check every line:", *lines])


def suggest(file: str | Path) -> Suggestion:
    """A first mapping for a file, from the headers of all its sheets (and, in .dta and .sav, the labels of its codes).

    Raises
    ------
    WrongUse, DataFault
        When the file is not there or cannot be read.
    """
    path = Path(file)
    book = Workbook(path) if _is_table(path) and path.suffix.lower() in SHEETS else None
    found: Suggestion | Guessed = _one(path, book)
    if book and len(book.names) > 1:
        each = {name: _one(path, book, name) for name in book.names}
        found = (
            together({n: Guessed(g.text, g.guessed, g.missing, g.unused) for n, g in each.items()}) or found
        )
    text, missing = asked(found.text, found.missing)
    return Suggestion(text, dict(found.guessed), missing, found.unused)


def _is_table(path: Path) -> bool:
    """Whether there is a sheet or text table with something in it; all else is opened, or refused, by its ending."""
    return path.suffix.lower() in SHEETS + TEXTS and path.is_file() and path.stat().st_size > 0


def _one(path: Path, book: Workbook | None = None, sheet: str = "") -> Suggestion:
    """A first mapping for one file, or one sheet of a workbook; its first one without a name."""
    opened = None if _is_table(path) else open_file(path)
    rows = [] if opened else list(itertools.islice(table_rows(path, None, book, sheet)[0], _LOOK_AT))
    at = () if opened else _header_rows(rows)
    headers = opened.headers if opened else merged_headers([rows[i - 1] for i in at])
    found, unused = _guesses(headers)
    years = sorted({y for g in found.values() for y in g.years})
    titles = {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", path.stem)}
    if not years and "year" not in found and len(titles) == 1:
        years = sorted(titles)
    codes = _codes(opened.labels, found) if opened else []
    if opened:
        _read_labels(opened.labels, found)
    sparse = _left_empty(headers, rows[max(at, default=0) :], found)
    missing = [n for n in _NEEDED if n not in found]
    missing += [] if years or "year" in found else ["year"]
    missing += [] if any(n.startswith("income_") for n in found) else ["income_total"]
    lines = [*_top(path, missing, unused, codes), *_file_lines(path, at, years, sparse)]
    lines += ["", "[variables]", *_variable_lines(found, years, bool(codes))]
    lines += [f'# {name} = {{ from = "..." }}  # NOT FOUND, needed 未找到,必需' for name in missing]
    lines += _joins(found, years)
    return Suggestion(
        "\n".join(lines) + "\n", {g.name: g.shown for g in found.values()}, tuple(missing), tuple(unused)
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _header_rows(rows: list[list[Any]]) -> tuple[int, ...]:
    """The row, or two rows, with the most headers that are known."""
    upto = min(len(rows), 16)
    choices: list[tuple[int, ...]] = [(i,) for i in range(1, upto + 1)]
    choices += [(i, i + 1) for i in range(1, upto)]
    scores = []
    for choice in choices:
        names = [n for n in merged_headers([rows[i - 1] for i in choice]) if n]
        found, _ = _guesses(names)
        lone = min(sum(bool(header(v)) for v in rows[i - 1]) for i in choice) < 2
        cost = 0.6 * (len(names) - len(set(names))) + 0.2 * (len(choice) - 1) + 5 * lone
        scores.append((sum(max(1, len(g.years)) for g in found.values()) - cost, -choice[0], choice))
    return max(scores)[2] if scores else ()


def _guesses(headers: list[str]) -> tuple[dict[str, Guess], list[str]]:
    found: dict[str, Guess] = {}
    unused: list[str] = []
    for name in filter(None, headers):
        one = guess(name)
        before = found.get(one.name) if one else None
        if one is None or (before is not None and (before.source != one.source or not one.years)):
            unused.append(name)
        elif before is None:
            found[one.name] = one
        else:
            before.years |= one.years
    return found, list(dict.fromkeys(unused))


def _codes(labels: dict[str, dict[Any, str]], found: dict[str, Guess]) -> list[int]:
    """Negative codes that have a label in one of the columns: missing codes of most surveys."""
    used = [labels.get(g.source, {}) for g in found.values()]
    return sorted({int(c) for one in used for c in one if isinstance(c, int | float) and c < 0})


def _read_labels(labels: dict[str, dict[Any, str]], found: dict[str, Guess]) -> None:
    """Codes of sex are read by their labels, where these are 男 and 女."""
    one = found.get("head_female")
    if one and {"男", "女"} <= set(labels.get(one.source, {}).values()):
        one.options.insert(0, "labels = true")


def _left_empty(headers: list[str], rows: list[list[Any]], found: dict[str, Guess]) -> list[str]:
    """Columns of places whose cells are mostly empty, as below a merged cell, while households go on."""
    out = []
    for name in ("county_id", "township_id", "village_id"):
        if name not in found or "household_id" not in found:
            continue
        place, home = (headers.index(found[n].source) for n in (name, "household_id"))
        cells = [header(row[place]) for row in rows if len(row) > max(place, home) and header(row[home])]
        if cells and cells[0] and sum(not c for c in cells) > len(cells) / 4:
            out.append(found[name].source)
    return out


def _top(path: Path, missing: list[str], unused: list[str], codes: list[int]) -> list[str]:
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
    if codes:
        lines += ["", "[codes]", f"missing = {codes}  # negative codes with a label 带标签的负数代码"]
    return lines


def _file_lines(path: Path, at: tuple[int, ...], years: list[int], sparse: list[str]) -> list[str]:
    lines = ["", "[[files]]", 'name = "main"', f"match = {_quoted('*' + path.suffix.lower())}"]
    if at and at != (1,):
        lines.append(f"header_row = {at[0] if len(at) == 1 else list(at)}")
    if sparse:
        lines.append(
            f"fill_down = {_quoted_list(sparse)}  # cells below are empty, as if merged 下方单元格为空"
        )
    if years:
        lines.append(f"years = {years}")
    else:
        lines.append("# years = [2016]  # the year of the incomes, if no column has it 收入所属年份")
    return lines


def _quoted_list(texts: list[str]) -> str:
    return "[" + ", ".join(map(_quoted, texts)) + "]"


def _column(header: str) -> str:
    return f"col({_quoted(header)})"


def _kind_lines(found: dict[str, Guess]) -> list[str]:
    """A text that names models, with a date of joining beside it or without."""
    kind, when = found["kind"], found.get("joined")
    lines = []
    for model, word in MODELS.items():
        if f"{model}_yes" in found or f"{model}_since" in found:
            continue
        role, text = "yes", f"contains({_column(kind.source)}, {_quoted(word)})"
        if when:
            role, text = "since", f'{_column(when.source)} if {text} else ""'
        lines.append(
            f"{model}_{role} = {{ expr = {_quoted(text)}, optional = true }}  # guessed from {_quoted(kind.shown)}"
        )
    return lines


def _variable_lines(found: dict[str, Guess], years: list[int], codes: bool) -> list[str]:
    lines = []
    for one in found.values():
        if one.role in ("kind", "when"):
            lines += _kind_lines(found) if one.role == "kind" else []
            if "kind" not in found:
                lines.append(
                    f"# {one.name} = {_quoted(one.source)}  # a date of joining: of which model? 参加的是哪种模式?"
                )
            continue
        options, remark = [*one.options], one.remark
        if codes and not one.role:
            options.append('missing = "missing"')
        if one.years and one.years != set(years):
            options.append("optional = true")
        origin = f"from = {_quoted(one.source)}"
        if one.name == "village_id" and "township_id" in found and not re.search("编|代码|id", one.source):
            both = ", ".join(_column(found[n].source) for n in ("township_id", "village_id"))
            origin = "expr = " + _quoted(f'joined("-", {both})')
            remark = "; joined with the township, since names of villages repeat 村名可能重复,故加乡镇"
        line = (
            f"{one.name} = {{ {', '.join([origin, *options])} }}  # guessed from {_quoted(one.shown)}{remark}"
        )
        if one.name == "year" and years:
            line = f"# {line}: years stand in the headers"
        lines.append(line)
    return lines


def _joins(found: dict[str, Guess], years: list[int]) -> list[str]:
    """How joining is known: a date before a yes, and a yes only where a year says when."""
    roles = {(g.model, g.role): g for g in found.values() if g.model}
    if "kind" in found:
        role = "since" if "joined" in found else "yes"
        roles = {(m, role): Guess(f"{m}_{role}", "", "", found["kind"].years) for m in MODELS} | roles
    lines: list[str] = []
    for model in MODELS:
        since, yes = roles.get((model, "since")), roles.get((model, "yes"))
        if since:
            lines += ["", "[[participation]]", f'model = "{model}"', f'since = "{since.name}"']
        elif yes and (yes.years or "year" in found or len(years) == 1):
            lines += ["", "[[participation]]", f'model = "{model}"', f'yes = "{yes.name}"']
        elif yes:
            lines += ["", f"# {yes.name}: a yes without a year cannot date the joining; name a column of the date 无年份的是否题不能确定起始年份"]  # fmt: skip
    return lines
