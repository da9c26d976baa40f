"""Texts and small blocks of a brief in one language."""

from __future__ import annotations

from typing import Any

from bangfu.errors import Language
from bangfu.facts import Numbers
from bangfu.page.box import TITLE, box
from bangfu.texts import fill, keys_in
from bangfu.words import BADGES, Word

Block = dict[str, Any]
"""``kind`` and what that kind needs; see ``brief.typ``."""


class Writer:
    """Writes blocks in one language, and remembers which numbers they print."""

    def __init__(self, lang: Language, numbers: Numbers) -> None:
        self.lang = lang
        self.numbers = numbers
        self.used: set[str] = set()

    def say(self, text: Word, **names: Word) -> str:
        """A text in the writer's language."""
        self.used |= keys_in(text) & self.numbers.keys()
        return fill(text, self.numbers, **names)[self.lang]

    def badge(self, kind: str) -> Block:
        """The badge of a page, both languages."""
        word = BADGES[kind]
        return {
            "kind": "badge",
            "badge": kind,
            "words": f"{word.zh} {word.en}" if self.lang == "zh" else f"{word.en} {word.zh}",
        }

    def block(self, kind: str, text: Word, **names: Word) -> Block:
        """A block of one text."""
        return {"kind": kind, "words": self.say(text, **names)}

    def box(self, *, synthetic: bool, record: bool) -> Block:
        """不能据此得出."""
        lines = [self.say(line) for line in box(synthetic=synthetic, record=record)]
        return {"kind": "box", "title": TITLE[self.lang], "lines": lines}

    def note(self, title: Word, text: Word, **names: Word) -> Block:
        """A box in grey."""
        return {"kind": "note", "title": title[self.lang], "words": self.say(text, **names)}


def listed(opening: Word, lines: list[str], lang: Language) -> str:
    """An alternative text: what it is, and what stands in it."""
    return f"{opening[lang].rstrip('.。')}{'：' if lang == 'zh' else ': '}{'；'.join(lines) if lang == 'zh' else '; '.join(lines)}{'。' if lang == 'zh' else '.'}"
