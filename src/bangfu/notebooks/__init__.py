"""Notebooks: executed in order, stripped of what differs between machines, and held to what they committed."""
