"""A study of one's own: a folder with notebooks, tests and a README that runs at once."""

from bangfu.study.make import new_study

__all__ = ["new_study"]
