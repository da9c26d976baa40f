"""How sure: the grade of what the brief says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bangfu.brief.findings import Findings
from bangfu.grade import Grade, grade_of
from bangfu.page.words import UNGRADED
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare import ModelComparison


def sure(result: ModelComparison, found: Findings) -> Word:
    """How sure the answer is: of a first place the weakest of its contrasts, else of each gain.

    Parameters
    ----------
    result : ModelComparison
    found : Findings
    """
    if found.synthetic:
        return TERMS["not_graded"]
    if not found.told:
        return UNGRADED
    if found.winner is not None:
        first = found.winner.arm
        grades = [grade_of(result, first, g.arm) for g in found.told if g.arm != first]
        return _reasoned(min(grades, key=lambda g: -1 if g.level is None else g.level))
    if len(found.told) == 1:
        return _reasoned(grade_of(result, found.told[0].arm))
    each = [(g.name, grade_of(result, g.arm).word) for g in found.told]
    if len({w.en for _, w in each}) == 1:
        word = each[0][1]
        return Word(
            f"no order is claimed; each gain by itself: {word.en}", f"不排名次;各类相对增收:{word.zh}"
        )
    return Word(
        f"no order is claimed; for each gain: {'; '.join(f'{n.en} {w.en}' for n, w in each)}",
        f"不排名次;各类相对增收:{';'.join(f'{n.zh}{w.zh}' for n, w in each)}",
    )


def _reasoned(grade: Grade) -> Word:
    if not grade.reasons:
        return grade.word
    return Word(
        f"{grade.word.en} ({'; '.join(r.en for r in grade.reasons)})",
        f"{grade.word.zh}({';'.join(r.zh for r in grade.reasons)})",
    )
