"""How a record speaks of its sources: what kind of document they are, what such a document can bear, how they are cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.campaign.record import Campaign

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of document.

    Attributes
    ----------
    noun : Word
        What texts call it.
    bears : Word
        What it is evidence of, and of what not.
    """

    noun: Word
    bears: Word


DOCUMENTS = {
    "newspaper article": Document(
        Word("report", "报道"),
        Word("What a newspaper chose to print, not a census.", "报道有取舍,不是全面统计。"),
    ),
    "work report": Document(
        Word("work report", "工作报告"),
        Word("What an authority reports of its own work, not a census.", "为单位自行报告的工作,不是全面统计。"),
    ),
    "notice": Document(
        Word("notice", "通知"),
        Word("What was announced, which need not be what was done.", "为通知所列的安排,不等于已经落实。"),
    ),
    "event record": Document(
        Word("record of the event", "活动记录"),
        Word("What those who held the event wrote down.", "为主办方自行记录的内容。"),
    ),
    "ledger": Document(
        Word("ledger", "工作台账"),
        Word("What an office entered of its own work; nobody has checked it here.", "为单位自行登记的内容,此处未作核查。"),
    ),
    "other": Document(
        Word("source", "材料"), Word("What the source states, and no more.", "仅为材料所载。")
    ),
}  # fmt: skip
"""Kinds of document; texts that print follow them."""


def document(campaign: Campaign) -> Document:
    """The kind of document that a record rests on; ``other`` where it rests on several kinds."""
    kinds = set(_cited(campaign)["document"].fillna("other"))
    return DOCUMENTS[kinds.pop() if len(kinds) == 1 else "other"]


def citation(campaign: Campaign) -> Word:
    """The sources in few words: publisher and day, and whether a repost was read."""
    said = [_cite(campaign, row) for row in _cited(campaign).to_dict("records")]
    if len(said) > 3:
        return Word(f"{len(said)} sources", f"{len(said)}份材料")
    return Word("; ".join(w.en for w in said), ";".join(w.zh for w in said))


def _cited(campaign: Campaign) -> pd.DataFrame:
    """The sources that facts name; what they repost was not read itself."""
    source = campaign.source
    return source[~source["source_id"].isin(source["reposts"].dropna())]


def _cite(campaign: Campaign, row: Mapping[Any, Any]) -> Word:
    reposted = row["reposts"] is not None
    original = campaign.source.set_index("source_id").loc[row["reposts"]] if reposted else row
    name = original["outlet_zh"] or original["title_zh"] or row["source_id"]
    name_en = original["outlet_en"] or original["title_en"] or row["source_id"]
    if original["outlet_zh"] and row["document"] == "newspaper article":
        name = f"《{name}》"
    if row["published"] is None:
        return Word(name_en, name)
    day = day_word(row["published"])
    if reposted:
        return Word(f"{name_en}, as reposted on {day.en}", f"{name}({day.zh}网页转载)")
    return Word(f"{name_en}, {day.en}", f"{name},{day.zh}")


def day_word(day: date) -> Word:
    """A day as prose prints it."""
    return Word(f"{day.day} {_MONTHS[day.month - 1]} {day.year}", f"{day.year}年{day.month}月{day.day}日")
