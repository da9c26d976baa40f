"""Hold every span of a record against a text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from bangfu.campaign.record import Campaign
from bangfu.campaign.spans import Span, normalise, sentences
from bangfu.errors import BangfuError, WrongUse


@dataclass(frozen=True, slots=True)
class Check:
    """One fact held against the text.

    Attributes
    ----------
    table, key : str
        The row of the record.
    span : str
    verdict : {"holds", "moved", "differs"}
        ``holds``: the words stand where the record says. ``moved``: they stand elsewhere in a copy that is otherwise
        not the same text (without the page's head, say). ``differs``: anything else.
    """

    table: str
    key: str
    span: str
    verdict: str


def verify(campaign: Campaign, text: str) -> list[Check]:
    """Check every span of a record against a text.

    Parameters
    ----------
    campaign : Campaign
    text : str
        The source, in any copy: full-width punctuation, line ends and white space do not matter.

    Returns
    -------
    list of Check
        One per fact, in the order of the record.

    Raises
    ------
    WrongUse
        When the record names no place in a text.
    """
    layout = campaign.source["layout"].dropna()
    if layout.empty:
        raise WrongUse(
            "this record names no places in a text: source.layout is empty",
            "该记录没有原文位置:source.layout 为空",
        )
    whole = normalise(text)
    same = _sha256(whole) == campaign.source["normalised_sha256"].iloc[0]
    try:
        starts = {(s.section, s.number): s.offset for s in sentences(text, layout.iloc[0])}
    except BangfuError:
        starts = {}  # another copy may lack the page's head or foot; the words are then looked for everywhere
    checks = []
    for table, key, span, expected in _facts(campaign):
        place = Span.parse(span)
        length = place.end - place.start
        start = starts.get((place.section, place.sentence))
        here = "" if start is None else whole[start + place.start : start + place.end]
        if len(here) == length and _sha256(here) == expected:
            verdict = "holds"
        elif not same and any(
            _sha256(whole[i : i + length]) == expected for i in range(len(whole) - length + 1)
        ):
            verdict = "moved"
        else:
            verdict = "differs"
        checks.append(Check(table, key, span, verdict))
    return checks


def _facts(campaign: Campaign) -> Iterator[tuple[str, str, str, str]]:
    for table, frame in campaign.tables.items():
        if "span" in frame:
            for row in frame.dropna(subset=["span"]).itertuples(index=False):
                yield table, str(row[0]), str(row.span), str(row.span_sha256)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
