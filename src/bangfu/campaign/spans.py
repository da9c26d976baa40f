"""Where a fact stands in its source, without copying the source.

A span names a section, a sentence and a character range in it, and carries the SHA-256 of those characters.
Everything is counted after Unicode NFKC and without white space, so that another copy of the same text (full-width
commas, other line ends, other line breaks, a byte order mark) still verifies.

The simplest span counts from the beginning of the text: section ``text``, sentence 1. A source may be cut finer: its
column ``layout`` says how many paragraphs each section has, in order, for example ``"head 6, caption 7, body 6, foot 1"``,
and the table ``sentences`` holds every sentence's length, so that no copy's line breaks matter. A sentence ends with 。
! or ? (and closing quotes), or with its paragraph.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bangfu.errors import BangfuError

WHOLE = ("text", 1)
"""Section and sentence of the text as a whole."""

_SPAN = re.compile(r"([a-z]+)\.(\d+)\.(\d+)-(\d+)")
_SENTENCE = re.compile(r"[^。!?]*[。!?]+[”’」』]*|[^。!?]+")


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text.

    Attributes
    ----------
    section : str
    sentence : int
        1-based, counted within the section.
    start, end : int
        Characters from the sentence's beginning, end exclusive; a span may run on into the next sentence.
    """

    section: str
    sentence: int
    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``"body.4.0-12"``."""
        match = _SPAN.fullmatch(text)
        if not match or int(match[4]) <= int(match[3]):
            raise BangfuError(
                f"span {text!r} is not of the form section.sentence.start-end, for example body.4.0-12",
                f"原文位置 {text!r} 的写法不对,应为 章节.句号.起-止,例如 body.4.0-12",
            )
        return cls(match[1], int(match[2]), int(match[3]), int(match[4]))

    def __str__(self) -> str:
        return f"{self.section}.{self.sentence}.{self.start}-{self.end}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a normalised text: its section, its number there, where it starts, and its characters."""

    section: str
    number: int
    offset: int
    text: str


def normalise(text: str) -> str:
    """NFKC, without white space, byte order marks and other characters that do not print."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.translate({ord(c): None for c in set(folded) if unicodedata.category(c) == "Cf"})


def digest(text: str) -> str:
    """SHA-256 of the characters of a span."""
    return sha256(normalise(text))


def sha256(text: str) -> str:
    """SHA-256 of a text in UTF-8, as it is."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def sections(layout: str) -> list[tuple[str, int]]:
    """Section and number of paragraphs, in order."""
    return [(name, int(count)) for name, count in (part.split() for part in layout.split(","))]


def sentences(text: str, layout: str) -> list[Sentence]:
    """Cut a text into sections and sentences.

    Raises
    ------
    BangfuError
        When the text has fewer paragraphs than the layout needs.
    """
    paragraphs = [p for p in map(normalise, text.splitlines()) if p]
    plan = sections(layout)
    needed = sum(count for _, count in plan)
    if len(paragraphs) < needed:
        raise BangfuError(
            f"the text has {len(paragraphs)} paragraphs, its layout ({layout}) needs {needed}",
            f"文本有{len(paragraphs)}段,按其结构({layout})应有{needed}段",
        )
    found: list[Sentence] = []
    offset = taken = 0
    for section, count in plan:
        number = 0
        for paragraph in paragraphs[taken : taken + count]:
            for match in _SENTENCE.finditer(paragraph):
                number += 1
                found.append(Sentence(section, number, offset + match.start(), match.group()))
            offset += len(paragraph)
        taken += count
    return found


def places_of(words: str, text: str, starts: Sequence[tuple[str, int, int]] = ()) -> Iterator[Span]:
    """Every place where words stand in a text.

    Parameters
    ----------
    words, text : str
        In any copy.
    starts : sequence of (section, sentence, offset), optional
        The sentences of the text, in order; the text as a whole where absent.
    """
    wanted, whole = normalise(words), normalise(text)
    at = whole.find(wanted) if wanted else -1
    while at >= 0:
        section, number, offset = max(
            (s for s in starts if s[2] <= at), key=lambda s: s[2], default=(*WHOLE, 0)
        )
        yield Span(section, number, at - offset, at - offset + len(wanted))
        at = whole.find(wanted, at + 1)
