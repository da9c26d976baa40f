"""Rebuild everything that is committed, compare it byte for byte, and keep a deliberate change."""

from bangfu.reproduce.main import reproduce, reproduce_on

__all__ = ["reproduce", "reproduce_on"]
