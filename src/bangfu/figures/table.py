"""A table as a notebook shows it: every number through the one formatter, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bangfu.errors import Language
from bangfu.estimates.contrasts import WAYS
from bangfu.estimates.notes import said
from bangfu.formats import chance, frame_text
from bangfu.release import guarded, setting
from bangfu.words import Word, arm_name

NO_ARMS = ("all", "joiners", "comparison")
"""What stands in a column of arms and is none: every joiner, or another group."""


class Table:
    """A small table for reading.

    Parameters
    ----------
    frame : pandas.DataFrame
    decimals : int or dict of str to int
        Decimals of float columns.
    names : mapping of str to str, optional
        Column headings.
    lang : {"en", "zh"}
        In which arms print (columns ``arm`` and ``other``): never as identifiers joined with a plus.
    models : mapping of str to Word, optional
        Titles of the models, as ``result.cells.info.names`` and ``register.info.names`` have them; those of the default models without.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        decimals: int | dict[str, int] = 2,
        *,
        names: Mapping[str, str] | None = None,
        lang: Language = "en",
        models: Mapping[str, Word] | None = None,
    ) -> None:
        frame = guarded(frame) if setting() == "release" else frame
        arms = {c: [_arm(v, lang, models) for v in frame[c]] for c in ("arm", "other") if c in frame.columns}
        chances = {
            str(c): [chance(v) for v in frame[c].astype(float)] for c in frame.columns if _is_chance(str(c))
        }
        told = {
            c: [_said(v) for v in frame[c]] for c in ("way", "note") if c in frame.columns and lang == "zh"
        }
        frame = frame.assign(**arms, **chances, **told)
        self.text = frame_text(frame, decimals).rename(columns=dict(names or {}))

    def __repr__(self) -> str:
        return self.text.to_string(index=False) if len(self.text) else "(no rows)"

    def _repr_html_(self) -> str:
        return self.text.to_html(index=False, border=0, escape=True, classes="bangfu")


def _said(value: object) -> str:
    """A way of comparing, or a note, in Chinese; what is neither stays as it is."""
    if not isinstance(value, str):
        return ""
    return WAYS[value].zh if value in WAYS else said(value, "zh")


def _is_chance(name: str) -> bool:
    """Whether a column holds p-values, which two decimals would print as 0.00."""
    return name == "p" or name.endswith(("p_value", "_p"))


def _arm(value: object, lang: Language, models: Mapping[str, Word] | None) -> str:
    """An arm as it prints; what is no arm stays as it is."""
    if not isinstance(value, str):
        return ""
    if value in NO_ARMS:
        return value
    return arm_name([] if value == "none" else value.split("+"), lang, names=models)
