"""The record of a campaign: who did what, where, with which funds, and what is claimed of it."""

from bangfu.campaign.record import KIND_WORDS, KINDS, Amount, Campaign, load_campaign
from bangfu.campaign.verify import Check, verify

__all__ = ["KINDS", "KIND_WORDS", "Amount", "Campaign", "Check", "load_campaign", "verify"]
