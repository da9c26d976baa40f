"""Titles and readings of a comparison, from its statements through templates: no text elsewhere judges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bangfu.compare.statement import Kind, Statement, name_list
from bangfu.texts import fill, texts
from bangfu.words import Word

GAINS = {
    "first.named": "gains.named", "first.best": "gains.best", "first.least_behind": "gains.best", "first.behind": "gains.best",
    "first.unstable": "gains.unstable", "first.tie": "gains.tie", "first.some": "gains.some", "first.few": "gains.few",
}  # fmt: skip
RANKS = {
    "first.named": "ranks.named", "first.best": "ranks.named", "first.least_behind": "ranks.named", "first.behind": "ranks.named",
    "first.unstable": "ranks.unstable", "first.tie": "ranks.tie", "first.some": "ranks.some", "first.few": "ranks.few",
    "first.one": "ranks.one",
}  # fmt: skip
STABILITY = {
    "first.named": "stability.named", "first.best": "stability.named", "first.least_behind": "stability.named", "first.behind": "stability.named",
    "first.unstable": "stability.unstable", "first.tie": "stability.open", "first.some": "stability.open",
    "first.few": "stability.open", "first.one": "ranks.one",
}  # fmt: skip
_ONE = {
    "arm.more": "gains.one_above", "arm.less": "gains.one_below", "arm.rose": "gains.one_rose",
    "arm.fell": "gains.one_fell", "arm.open": "gains.one_open", "arm.still": "gains.one_open",
    "arm.unknown": "gains.one_unknown",
}  # fmt: skip


def titled(statement: Statement, key: str, **words: Word | str) -> Word:
    """A title by the places of a statement."""
    both = {name: word if isinstance(word, Word) else Word(word, word) for name, word in words.items()}
    return fill(texts("figures")[key], {}, **statement.places() | both)


def gains_title(statements: Sequence[Statement]) -> Word:
    """Who went with the largest gain; of one model, whether any was detected."""
    first = of_kind(statements, "first")[0]
    if first.key == "first.one":
        alone = of_kind(statements, "arm")[0]
        return titled(alone, _ONE[alone.key])
    return titled(first, GAINS[first.key])


def event_title(statements: Sequence[Statement]) -> Word:
    """What years since joining show: drift before anything, years that stand out by themselves, or why none is read."""
    when, arms = of_kind(statements, "when"), of_kind(statements, "arm")
    joined = of_kind(statements, "joined")[0]
    if of_kind(statements, "trend")[0].direction:
        key = "event.drift"
    elif any(s.direction for s in when):
        key = "event.stands"
    elif when:
        key = "event.open"
    elif joined.direction:
        key = "event.joined"
    else:
        key = "event.none" if any(_known(s) for s in arms) else "event.few"
    return titled(joined, key, names=names(s for s in when if s.direction))


def reading(statements: Sequence[Statement]) -> Word:
    """What the core states of all joiners, arm by arm and pair by pair; what it does not, in one sentence each."""
    arms, pairs = of_kind(statements, "arm"), of_kind(statements, "pair")
    stated = [s for s in arms if s.direction]
    said = [
        both(s)
        for s in [*(j for j in of_kind(statements, "joined") if j.direction and len(arms) > 1), *stated]
    ]
    for key, mine in (
        ("arms.open", [s for s in arms if not s.direction and _known(s)]),
        ("arms.unknown", [s for s in arms if not _known(s)]),
    ):
        if mine:
            every = key == "arms.open" and len(mine) == len(arms) > 1
            said.append(titled(mine[0], "arms.none" if every else key, names=names(mine)))
    found = [both(s) for s in pairs if s.direction]
    return in_a_row(
        [*said, *found, *([texts("figures")["arms.no_pair"]] if stated and pairs and not found else [])]
    )


def of_kind(statements: Iterable[Statement], kind: Kind) -> list[Statement]:
    """The statements of a kind."""
    return [s for s in statements if s.kind == kind]


def both(statement: Statement) -> Word:
    """A statement's text in both languages."""
    return Word(statement.text("en"), statement.text("zh"))


def in_a_row(said: Iterable[Word]) -> Word:
    """Sentences one after the other."""
    known = list(said)
    return Word(" ".join(t.en for t in known), "".join(t.zh for t in known))


def names(statements: Iterable[Statement]) -> Word:
    """The arms of some statements, in a row."""
    return name_list([s.words["name"] for s in {s.arms: s for s in statements}.values()])


def _known(statement: Statement) -> bool:
    return bool(np.isfinite(statement.interval[0]))
