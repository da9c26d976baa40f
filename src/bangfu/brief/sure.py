"""How sure: the grade of what the brief says, in words."""

from __future__ import annotations

from bangfu.brief.findings import Findings
from bangfu.compare.grade import Grade
from bangfu.compare.headline import of_kind
from bangfu.page.words import UNGRADED
from bangfu.texts import fill, texts
from bangfu.words import TERMS, Word

BRIEF = texts("brief")


def sure(found: Findings) -> Word:
    """How sure the answer is: of a stated first place its own grade, else that of each arm's statement."""
    first, arms = of_kind(found.statements, "first"), of_kind(found.statements, "arm")
    if found.synthetic:
        return TERMS["not_graded"]
    if not arms:
        return UNGRADED
    if first and first[0].direction:
        return _reasoned(first[0].grade)
    if len(arms) == 1:
        return _reasoned(arms[0].grade)
    each = [(s.words["name"], s.grade.word) for s in arms]
    if len({w.en for _, w in each}) == 1:
        return fill(BRIEF["sure_all"], {}, grade=each[0][1])
    grades = Word("; ".join(f"{n.en} {w.en}" for n, w in each), ";".join(f"{n.zh}{w.zh}" for n, w in each))
    return fill(BRIEF["sure_each"], {}, grades=grades)


def _reasoned(grade: Grade) -> Word:
    if not grade.reasons:
        return grade.word
    return Word(
        f"{grade.word.en} ({'; '.join(r.en for r in grade.reasons)})",
        f"{grade.word.zh}({';'.join(r.zh for r in grade.reasons)})",
    )
