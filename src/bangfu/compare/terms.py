"""What units, comparison groups, levels and outcomes are called in print."""

from __future__ import annotations

from bangfu.design import Settled
from bangfu.formats import number
from bangfu.texts import say
from bangfu.words import TERMS, Word

UNITS: dict[str, Word] = {
    "percent": Word("%", "%"),
    "yuan": Word(" yuan", "元"),
    "log points": Word(" log points", "个对数点"),
    "share": Word("", ""),
    "": Word("", ""),
}

CONTROLS: dict[str, Word] = {
    "never": Word("households that never joined", "始终未参加的农户"),
    "never_elsewhere": Word(
        "households that never joined, in villages where nobody did", "无人参加的村里的未参加户"
    ),
    "never_same_village": Word(
        "households that never joined, in villages where others did", "有人参加的村里的未参加户"
    ),
    "not_yet": Word("households that had not joined yet", "当时尚未参加的农户"),
}

NOT_OFFERED = Word("households of villages without an offer", "未开展该项目的村的农户")
"""The comparison where exposure is the offer."""

LEVELS = {
    "village_id": Word("village", "村"),
    "township_id": Word("township", "乡镇"),
    "county_id": Word("county", "县"),
}
FACTS: dict[str, Word] = {
    "members": Word("members", "家庭人口"),
    "labour": Word("members able to work", "劳动力"),
    "head_schooling": Word("schooling of the head", "户主受教育年限"),
    "head_female": Word("female-headed", "女性户主"),
    "ill_or_disabled": Word("ill or disabled", "患病或残疾"),
    "land_mu": Word("land", "土地"),
}
"""What is known of a household."""


def rests_on(design: Settled, households: int, villages: int) -> Word:
    """What any statement of a comparison rests on."""
    offered = design.exposure == "campaign"
    return say(
        "statements", "rests_on", exposure=TERMS["offered" if offered else "participation"],
        control=NOT_OFFERED if offered and design.control != "not_yet" else CONTROLS[design.control],
        cluster=LEVELS[design.cluster], households=number(households), villages=number(villages),
    )  # fmt: skip
