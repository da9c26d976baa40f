"""Hold a record against the texts of its sources: every span, and each text as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from bangfu.campaign.record import Campaign
from bangfu.campaign.spans import WHOLE, Span, normalise, sentences, sha256
from bangfu.errors import BangfuError, WrongUse
from bangfu.formats import number

_LONGEST = 200_000
"""Words are looked for elsewhere in a text of at most so many characters where the record does not give its length."""


@dataclass(frozen=True, slots=True)
class Check:
    """One fact, sentence or whole text held against the text of its source.

    Attributes
    ----------
    source_id : str
    table, key : str
        The row of the record: of a table with spans; of ``sentences`` (``body.4``), only where its words do not stand
        in the text; of ``source``, the text as a whole.
    span : str
        Empty for the text as a whole.
    verdict : {"holds", "moved", "differs", "unrecorded"}
        ``holds``: the words stand where the record says. ``moved``: they stand elsewhere in a copy that is otherwise
        not the same text; of a whole text: all but the page around it is there, unbroken. ``differs``: anything else.
        ``unrecorded``: the record has no hash of the whole text, so that a change outside every span cannot be seen.
    """

    source_id: str
    table: str
    key: str
    span: str
    verdict: str


def verify(campaign: Campaign, text: str | Mapping[str, str]) -> list[Check]:
    """Hold a record against the texts of its sources.

    Parameters
    ----------
    campaign : Campaign
    text : str or mapping of str to str
        The source, in any copy: full-width punctuation, line breaks and white space do not matter. For a record with
        several sources, their texts by ``source_id``; those that are left out are not checked.

    Returns
    -------
    list of Check
        One per fact, in the order of the record; then, per source, its sentences that are not in the text, and the
        text as a whole.

    Raises
    ------
    WrongUse
        When the record names no place in a text, has no such source, or has several and ``text`` does not say which.
    BangfuError
        When a text is far too long to be a copy of its source.
    """
    with_places = list(dict.fromkeys(fact[0] for fact in _facts(campaign)))
    if not with_places:
        raise WrongUse(
            "this record names no places in a text: every span is empty", "该记录没有原文位置:span 列全为空"
        )
    texts = {_source_of(campaign, text, with_places): text} if isinstance(text, str) else text
    unknown = sorted(set(texts) - set(campaign.source["source_id"]))
    if unknown:
        raise WrongUse(f"no source {unknown[0]!r} in this record", f"该记录没有来源 {unknown[0]!r}")
    return [check for source, of in texts.items() for check in _checks(campaign, source, of)]


def _source_of(campaign: Campaign, text: str, with_places: list[str]) -> str:
    """The source that a text is of: the one with its hash, else the only one with places."""
    same = campaign.source["normalised_sha256"] == sha256(normalise(text))
    found = list(campaign.source.loc[same, "source_id"]) or with_places
    if len(found) > 1:
        names = ", ".join(found)
        raise WrongUse(
            f"this record has several sources ({names}); say which the text is of, as {found[0]}=FILE",
            f"该记录有多个来源({names}),请写明是哪一个,如 {found[0]}=文件",
        )
    return str(found[0])


@dataclass(frozen=True)
class _Copy:
    """A normalised text, and where words of it stand."""

    whole: str

    def stands(self, start: int, length: int, expected: str) -> bool:
        """Whether the words with this hash stand here."""
        here = self.whole[max(start, 0) : start + length]
        return len(here) == length and sha256(here) == expected

    @cached_property
    def _windows(self) -> dict[int, dict[str, int]]:
        return {}

    def find(self, length: int, expected: str) -> int | None:
        """Where else they stand."""
        if length not in self._windows:
            ends = range(len(self.whole) - length + 1)
            self._windows[length] = {sha256(self.whole[i : i + length]): i for i in ends}
        return self._windows[length].get(expected)


def _checks(campaign: Campaign, source_id: str, text: str) -> Iterator[Check]:
    source = campaign.source[campaign.source["source_id"] == source_id].iloc[0]
    copy = _Copy(normalise(text))
    recorded = source["normalised_sha256"]
    same = sha256(copy.whole) == recorded
    _refuse_long(source, len(copy.whole), same)
    starts = {(s, n): offset for s, n, offset in starts_of(campaign, source_id, text)}
    shifts = [0]

    def verdict(start: int | None, length: int, expected: str) -> str:
        if start is not None and copy.stands(start, length, expected):
            return "holds"
        if (start is None and len(starts) > 1) or (same and start is not None):
            return "differs"  # no such sentence, or other words in the very text
        if start is not None and any(copy.stands(start + by, length, expected) for by in shifts):
            return "moved"
        found = copy.find(length, expected)
        if found is None:
            return "differs"
        if start is not None:
            shifts.append(found - start)
        return "holds" if same else "moved"

    for of, table, key, span, expected in _facts(campaign):
        if of == source_id:
            place = Span.parse(span)
            start = starts.get((place.section, place.sentence))
            start = None if start is None else start + place.start
            yield Check(of, table, key, span, verdict(start, place.end - place.start, expected))
    if pd.isna(recorded):
        yield Check(source_id, "source", source_id, "", "unrecorded")
    elif same:
        yield Check(source_id, "source", source_id, "", "holds")
    else:
        yield from _where_it_differs(campaign, source_id, copy)


def _where_it_differs(campaign: Campaign, source_id: str, copy: _Copy) -> Iterator[Check]:
    """The sentences that a changed text lacks, and whether all but the page around it stands unbroken."""
    rows = campaign.sentences[campaign.sentences["source_id"] == source_id].dropna(subset=["sha256"])
    offsets = {(s, n): offset for s, n, offset in starts_of(campaign, source_id, "")}
    told = [
        (f"{s}.{n}", offsets[s, n], int(length), expected, content != "page")
        for s, n, length, expected, content in zip(
            *(rows[c] for c in ("section", "sentence", "characters", "sha256", "content")), strict=True
        )
    ]
    longest = max((t for t in told if t[-1]), key=lambda t: t[2], default=None)
    found = None if longest is None else copy.find(*longest[2:4])
    shift = 0 if longest is None or found is None else found - longest[1]
    unbroken = longest is not None
    for key, start, length, expected, inside in told:
        if not copy.stands(start + shift, length, expected):
            # a page that is left out, or another, moves what it surrounds; one in its very place was changed
            unbroken &= not inside and (shift != 0 or start >= len(copy.whole))
            if shift == 0 or copy.find(length, expected) is None:
                yield Check(source_id, "sentences", key, f"{key}.0-{length}", "differs")
    yield Check(source_id, "source", source_id, "", "moved" if unbroken else "differs")


def _refuse_long(source: pd.Series, characters: int, same: bool) -> None:
    expected = source["characters"]
    limit = _LONGEST if pd.isna(expected) else 4 * int(expected) + 10_000
    if not same and characters > limit:
        en = "" if pd.isna(expected) else f", the source {number(int(expected))}"
        zh = "" if pd.isna(expected) else f",原文{number(int(expected))}字"
        raise BangfuError(
            f"the text has {number(characters)} characters{en}: it is no copy of it; cut the source's text out and check that",
            f"该文本有{number(characters)}字{zh},不是原文的副本;请只取出原文部分再核对",
        )


def starts_of(campaign: Campaign, source_id: str, text: str) -> list[tuple[str, int, int]]:
    """Section, number and first character of every sentence of a source: as recorded, else as its layout cuts the text."""
    rows = campaign.sentences[campaign.sentences["source_id"] == source_id]
    layout = campaign.source.set_index("source_id").at[source_id, "layout"]
    found = [(*WHOLE, 0)]
    if len(rows):
        ends = rows["characters"].cumsum()
        at = (ends - rows["characters"]).astype(int)
        found += [(s, int(n), o) for s, n, o in zip(rows["section"], rows["sentence"], at, strict=True)]
    elif layout is not None:
        with suppress(BangfuError):  # a copy with other line breaks; the words are then looked for everywhere
            found += [(s.section, s.number, s.offset) for s in sentences(text, str(layout))]
    return found


def _facts(campaign: Campaign) -> Iterator[tuple[Any, ...]]:
    """Source, table, key, span and hash of every fact with a place."""
    for table, frame in campaign.tables.items():
        if "span" in frame:
            for row in frame.dropna(subset=["span"]).itertuples(index=False):
                yield str(row.source_id), table, str(row[0]), str(row.span), str(row.span_sha256)
