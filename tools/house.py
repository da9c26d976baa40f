"""The house as its imports draw it: writes the rooms, their arrows and the size into CONTRIBUTING.md.

python tools/house.py           write them anew
python tools/house.py --check   exit code 1 where CONTRIBUTING.md says something else
"""

from __future__ import annotations

import ast
import math
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from size import MEASURES, ROOT, ceilings, extras, layers, lines, measured, room_of

PAGE = "CONTRIBUTING.md"
SMALL = "files"
"""One node for all that stands below ``campaign``: files without a room of their own."""


def imports(root: Path = ROOT) -> dict[str, set[str]]:
    """Room -> the rooms that it imports, at any place in its code."""
    top = root / "src" / "bangfu"
    found: dict[str, set[str]] = defaultdict(set)
    for path, text in lines(root).items():
        if not (path.parent / "__init__.py").exists():
            continue  # a template
        own = room_of(path, root)
        for node in ast.walk(ast.parse("\n".join(text))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module == "bangfu":
                names = [f"bangfu.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            parts = [name.split(".") for name in names]
            there = {p[1] for p in parts if p[0] == "bangfu" and len(p) > 1}
            found[own] |= {r for r in there if (top / r).is_dir() or (top / f"{r}.py").exists()} - {own}
    return found


def drawn(root: Path = ROOT) -> tuple[list[list[str]], dict[str, set[str]]]:
    """Layers and arrows with the small files as one node; arrows that follow from others are left out."""
    order = layers(root)
    cut = order.index(["campaign"]) + 1
    small = {room for layer in order[cut:] for room in layer}
    merged: dict[str, set[str]] = defaultdict(set)
    for room, others in imports(root).items():
        if room != "__init__":
            name = SMALL if room in small else room
            merged[name] |= {SMALL if other in small else other for other in others} - {name}
    return [*order[:cut], [SMALL]], _reduced(merged)


def _reduced(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Arrows without those that a longer way makes needless."""

    def reached(room: str) -> set[str]:
        return set().union(*({other} | reached(other) for other in arrows.get(room, ())))

    return {
        room: {o for o in others if not any(o in reached(p) for p in others - {o})}
        for room, others in arrows.items()
    }


def _first_line(room: str, root: Path) -> str:
    path = root / "src" / "bangfu" / room
    text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").split("\n\n")[0].replace("\n", " ").rstrip(".")


def picture(root: Path = ROOT) -> str:
    """The rooms and arrows as a Mermaid chart, and a table of what each room does."""
    order, arrows = drawn(root)
    outside, sizes = extras(root), defaultdict(int)
    small = {room for layer in layers(root)[len(order) - 1 :] for room in layer}
    for path, text in lines(root).items():
        sizes[room_of(path, root)] += len(text)
    chart = ["```mermaid", "flowchart TD"]
    for name, inside in (("extras", outside), ("core", {r for layer in order for r in layer} - outside)):
        chart.append(f"  subgraph {name}")
        chart += [f"    {r}" for layer in order for r in layer if r in inside and r not in ("cli", "attach")]
        chart.append("  end")
    chart += [f"  {room} --> {other}" for layer in order for room in layer for other in sorted(arrows[room])]
    rows = ["| room | what it does | lines |", "|---|---|---|"]
    for layer in order[:-1]:
        rows += [f"| `{r}` | {_first_line(r, root)} | {_hundreds(sizes[r]):,} |" for r in layer]
    total = _hundreds(sum(sizes[r] for r in small))
    rows.append(f"| {SMALL} | {', '.join(f'`{r}`' for r in sorted(small))} | {total:,} |")
    return "\n".join([*chart, "```", "", *rows])


def _hundreds(number: int) -> int:
    return math.ceil(number / 100) * 100


def size_table(root: Path = ROOT) -> str:
    """What tools/size.py measures, beside the ceilings."""
    found, most = measured(root), ceilings(root)
    rows = ["| measure | today, about | at most |", "|---|---|---|"]
    return "\n".join(
        [*rows, *(f"| {MEASURES[m]} | {_rounded(found[m]):,} | {most[m]:,} |" for m in MEASURES)]
    )


def _rounded(number: int) -> int:
    return _hundreds(number) if number >= 1000 else math.ceil(number / 5) * 5


def written(text: str, root: Path = ROOT) -> str:
    """The page with both sections made anew between their markers."""
    for name, section in (("house", picture(root)), ("size", size_table(root))):
        before, _, rest = text.partition(f"<!-- {name}: tools/house.py -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}<!-- {name}: tools/house.py -->\n{section}\n{end}{after}"
    return text


def main(words: list[str]) -> int:
    """Write the page, or say that it is stale."""
    page = ROOT / PAGE
    old = page.read_text(encoding="utf-8")
    new = written(old)
    if "--check" in words:
        if new != old:
            print(f"{PAGE} is not as the imports draw it: run python tools/house.py")
        return int(new != old)
    page.write_text(new, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
