"""The answer in one sentence or two, and what follows from it: they switch when the result does."""

from __future__ import annotations

from bangfu.brief import words
from bangfu.brief.findings import Findings, Gain
from bangfu.words import Word

Said = tuple[Word, dict[str, Word]]
"""A sentence, and the words that it names."""

PLAIN = Word("{why}", "{why}")
"""Words that come from elsewhere are put in, never read as a pattern."""


def answer(found: Findings) -> list[Said]:
    """What the comparison lets one say."""
    told = found.told
    if not told:
        why = found.problem or (
            words.ANSWER_FEW if any(g.estimate is not None for g in found.gains) else None
        )
        return [(words.ANSWER_NONE, {}), *([(PLAIN, {"why": why})] if why else [])]
    above = words.ANSWER_ABOVE if any(g.sided > 0 for g in told) else words.ANSWER_NONE_ABOVE
    said = [_one(told[0])] if len(told) == 1 else [_several(found), (above, {})]
    if len(told) < len(found.gains):
        said.append((words.ANSWER_LEFT_OUT, {}))
    if found.trends == "apart":
        said.append((words.TRENDS_APART, {}))
    elif found.trends == "unknown":
        said.append((words.TRENDS_UNKNOWN, {}))
    return said


def _one(gain: Gain) -> Said:
    return words.ANSWER_ONE[gain.sided], {"name": gain.name}


def _several(found: Findings) -> Said:
    if found.winner is not None:
        return words.ANSWER_WINNER, {"name": _opened(found.winner.name)}
    if len(found.firsts) == 1:
        return words.ANSWER_UNSTABLE, {}
    if len(found.firsts) == len(found.told):
        return words.ANSWER_SAME, {}
    return words.ANSWER_SOME, {}


def todo(found: Findings) -> list[Word]:
    """What to do with a register of one's own; never a choice between models that the data do not bear."""
    lines = []
    if len(found.gains) == 1:
        lines.append(words.DO_ONE)
    if found.winner is not None or any(g.sided for g in found.told):
        lines.append(words.DO_APART)
    if found.winner is None and len(found.told) > 1:
        lines.append(words.DO_TOGETHER)
        if found.smallest is not None:
            lines.append(words.DO_SMALLEST)
    if 0 < found.villages < words.FEW_VILLAGES:
        lines.append(words.DO_FEW)
    return [*lines, words.DO_LOTS, words.DO_LEAVERS]


def _opened(text: Word) -> Word:
    return Word(text.en[:1].upper() + text.en[1:], text.zh)
