"""The answer: the statements of the comparison, and what follows from them for who holds a register."""

from __future__ import annotations

from bangfu.brief.findings import Findings
from bangfu.compare.headline import both, of_kind, reading
from bangfu.compare.statement import CORE, Statement
from bangfu.texts import fill, texts
from bangfu.words import Word

BRIEF = texts("brief")
FEW_VILLAGES = 20
"""Below so many villages the brief warns that a few of them can turn the answer."""


def answer(found: Findings) -> tuple[list[Word], list[Statement]]:
    """What the comparison lets one say: the first place, every model, and trends that moved apart before, which then come first;
    and the statements that it quotes."""
    core = [s for s in found.statements if s.kind in CORE]
    if not core:
        return [BRIEF["answer_none"], *([found.problem] if found.problem else [])], []
    trend = [s for s in of_kind(found.statements, "trend") if s.key != "trend.open"]
    apart = any(s.direction for s in trend)
    first = [s for s in of_kind(core, "first") if s.direction or not apart]
    none = [BRIEF["answer_none"]] if any(s.key == "first.few" for s in first) else []
    said = [
        *none,
        *map(both, trend if apart else first),
        reading(core),
        *map(both, first if apart else trend),
    ]
    if any(g.withheld for g in found.gains):
        said.append(fill(BRIEF["answer_withheld"], found.numbers()))
    return said, [*core, *trend]


def against(found: Findings) -> list[Statement]:
    """What speaks against it."""
    return [s for s in found.statements if s.kind in ("trend", "attrition", "spillover", "support")]


def todo(found: Findings) -> list[Word]:
    """What to do with a register of one's own; never a choice between models that the data do not bear."""
    lines = []
    if any(s.direction for s in found.statements if s.kind in ("arm", "pair")):
        lines.append(BRIEF["do_apart"])
    if any(not s.direction and s.key != "first.one" for s in of_kind(found.statements, "first")):
        lines.append(BRIEF["do_together"])
    if 0 < found.villages < FEW_VILLAGES:
        lines.append(BRIEF["do_few"])
    return [*lines, BRIEF["do_lots"], BRIEF["do_leavers"]]
