"""The record of a campaign: who did what, where, with which funds, and what is claimed of it."""

from bangfu.campaign.money import KIND_WORDS, KINDS, Amount, wholes
from bangfu.campaign.record import Campaign, load_campaign
from bangfu.campaign.sources import citation, day_word, document
from bangfu.campaign.verify import Check, verify

__all__ = [
    "KINDS", "KIND_WORDS", "Amount", "Campaign", "Check", "citation", "day_word", "document", "load_campaign",
    "verify", "wholes",
]  # fmt: skip
