"""Texts that name models (帮扶模式: 合作社、庭院): those that no rule of the mapping matches leave joining unknown."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pandas as pd

from bangfu.characters import half_width
from bangfu.convert.columns import Columns
from bangfu.convert.expressions import named_texts
from bangfu.convert.headers import names_kinds
from bangfu.convert.mapping import Variable
from bangfu.convert.values import cell_text, matches, said_no

_DENIED = re.compile(
    r"[未没]([参加带发入有享纳]|$)|不(参|加|是|带|再)|无(合作社|企业|龙头|庭院|模式)|非|否|[拟已曾原]?退出|已退|拟|计划|待定"
)


def joining_variables(columns: Columns) -> list[Variable]:
    """The variables of the file that say whether or when a model was joined."""
    names = {n for p in columns.mapping.participation for n in (p.yes, p.since)}
    return [v for v in columns.spec.variables if v.name in names]


def looked_for(columns: Columns, year: int | None, variables: list[Variable]) -> dict[str, dict[str, bool]]:
    """Column -> the texts that the variables look for in it, and whether as whole cells."""
    out: dict[str, dict[str, bool]] = defaultdict(dict)
    for v in variables:
        for name, text, whole in named_texts(columns.spec.read(v.expression, year)) if v.expression else ():
            if not whole or names_kinds(name):
                out[name][half_width(text)] = whole
    return dict(out)


def named(column: pd.Series[Any], texts: dict[str, bool]) -> pd.Series[bool]:
    """Which cells name one of the texts, and do not deny it."""
    hits = []
    for value in column:
        text = cell_text(value) or ""
        found = any(text == t if whole else t in text for t, whole in texts.items())
        hits.append(found and not _DENIED.search(text))
    return pd.Series(hits, index=column.index, dtype=bool)


def unknown(column: pd.Series[Any], texts: dict[str, bool], never: list[Any]) -> pd.Series[bool]:
    """Which cells name something else than the texts, or deny one, without saying no."""
    filled = column.map(cell_text).notna()
    return filled & ~named(column, texts) & ~said_no(column) & ~matches(column, never)
