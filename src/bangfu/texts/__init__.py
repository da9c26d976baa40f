"""Texts apart from code: one file per room, English and Chinese side by side, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from bangfu.errors import BangfuError, Language
from bangfu.formats import bound, number
from bangfu.words import Word


class Printable(Protocol):
    """A number that a text names by its key."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


_PLACE = re.compile(r"\{([a-z][\w.+-]*?)(?:\.(low|high))?(?::(\+?)([\dy]))?\}")


def fill(text: Word, numbers: Mapping[str, Printable], **names: Word) -> Word:
    """A text with its numbers in place.

    Parameters
    ----------
    text : Word
        With ``{key}``, ``{key:1}`` (decimals), ``{key:+1}`` (with sign), ``{key:y}`` (a year), ``{key.low:1}`` and ``{key.high:1}`` (interval).
    numbers : mapping of str to Number
    **names : Word
        Words for ``{name}``; they are put in as they are, whatever they hold.

    Raises
    ------
    BangfuError
        When a key is unknown or has no interval.

    >>> from types import SimpleNamespace
    >>> some = {"a.total": SimpleNamespace(value=30), "b": SimpleNamespace(value=4.26)}
    >>> fill(Word("{a.total} of {b:+1}% for {who}", ""), some, who=Word("all", "")).en
    '30 of +4.3% for all'
    """

    def printed(match: re.Match[str], lang: Language) -> str:
        if match[1] in names:
            return names[match[1]][lang]
        found = numbers.get(match[1])
        value = getattr(found, match[2] or "value", None)
        if value is None:
            raise BangfuError(
                f"no number {match[0]}; give it a key", f"没有编号为 {match[0]} 的数字,请先登记"
            )
        if match[4] == "y":
            return str(int(value))
        return (bound if match[2] else number)(value, int(match[4] or 0), sign=bool(match[3]))

    return Word(
        _PLACE.sub(lambda match: printed(match, "en"), text.en),
        _PLACE.sub(lambda match: printed(match, "zh"), text.zh),
    )


def keys_in(text: Word) -> set[str]:
    """The keys that a text names."""
    return {match[1] for match in _PLACE.finditer(text.en + text.zh)}


@cache
def texts(room: str) -> Mapping[str, Word]:
    """All texts of a room by their keys, dotted as in its file."""
    content = (files("bangfu.texts") / f"{room}.toml").read_text(encoding="utf-8")
    return dict(_leaves(tomllib.loads(content)))


def _leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Word]]:
    for key, value in table.items():
        if set(value) == {"en", "zh"}:
            yield f"{above}{key}", Word(value["en"], value["zh"])
        else:
            yield from _leaves(value, f"{above}{key}.")


def say(room: str, key: str, **words: Word | str) -> Word:
    """A text of a room, its words in place; a string is the same in both languages."""
    both = {name: word if isinstance(word, Word) else Word(word, word) for name, word in words.items()}
    return fill(texts(room)[key], {}, **both)
