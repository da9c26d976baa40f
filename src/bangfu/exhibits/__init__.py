"""Figures of published studies and of worlds with a known truth."""
