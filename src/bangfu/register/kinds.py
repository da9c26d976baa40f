"""How a stored cell becomes a number, a whole number or a flag: one set of rules for every engine.

Engines read text differently (``1_000``, ``0x10``, ``1d``, ``2017.6`` as a year), so the form is held against a pattern
first and only then cast. Numbers that are not finite become missing; ``check`` names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

IDENTIFIER, INTEGER, NUMBER, FLAG = "identifier", "integer", "number", "flag"

TYPES = {INTEGER: "int64", NUMBER: "float64", FLAG: "boolean"}
"""Engine types; identifiers stay as they come, text or integer."""

BLANKS = (" ", "\t", "\r", "\n", "\u3000")
"""Real characters: Ibis's strip() takes the letters v and f away on Spark, whose text knows no such escapes."""


def _whole(pattern: str) -> str:
    blank = f"[{''.join(BLANKS)}]*"
    return f"^{blank}({pattern}){blank}$"


_NUMBER = _whole(r"[+-]?([0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})([eE][+-]?[0-9]{1,2})?")
_INTEGER = _whole(r"[+-]?[0-9]{1,15}(\.0*)?")
_NOT_FINITE = _whole("[+-]?(nan|inf|infinity)")
_YES = _whole("true|t|yes|y|1|是")
_NO = _whole("false|f|no|n|0|否")
_LARGEST = 1e300
"""Compared, because engines disagree on isinf()."""

_LARGEST_INTEGER = 1e15


def typed(column: ir.Column, kind: str) -> ir.Column:
    """The cells of a stored column as their kind; missing where they do not convert.

    Parameters
    ----------
    column : ibis column
        Of any stored type.
    kind : {"integer", "number", "flag"}
    """
    import ibis

    stored = column.type()
    if kind == FLAG:
        if stored.is_boolean():
            return column
        if stored.is_numeric():
            return ibis.cases((column == 1, True), (column == 0, False), else_=ibis.null("boolean"))
        if stored.is_string():
            word = column.lower()
            yes, no = word.re_search(_YES), word.re_search(_NO)
            return ibis.cases((yes, True), (no, False), else_=ibis.null("boolean"))
        return ibis.null("boolean")
    if stored.is_string():
        fits = column.re_search(_INTEGER if kind == INTEGER else _NUMBER)
        # engines take blanks away when they cast, but not the wide one
        value: Any = ibis.ifelse(fits, column.replace("\u3000", " "), ibis.null("string")).try_cast("float64")
    elif stored.is_numeric():
        value = column.cast("float64") if stored.is_uint64() else column
    else:
        return ibis.null(TYPES[kind])
    if kind == NUMBER:
        value = value if value.type().is_float64() else value.cast("float64")
        return value if stored.is_integer() else _finite(value)
    if value.type().is_integer():
        return value.cast("int64")
    whole = (value.abs() < _LARGEST_INTEGER) & (value == value.floor())
    return ibis.ifelse(whole, value, ibis.null(value.type())).try_cast("int64")


def failing(column: ir.Column, kind: str) -> ir.StringValue | None:
    """The cells that :func:`typed` could not convert, as text; ``None`` where the stored type always converts."""
    import ibis

    stored = column.type()
    if (stored.is_boolean() and kind == FLAG) or (stored.is_integer() and kind == NUMBER):
        return None
    if stored.is_integer() and not stored.is_uint64() and kind == INTEGER:
        return None
    if stored.is_decimal() and kind == NUMBER:
        return None
    text: ir.StringValue = column if stored.is_string() else column.cast("string")
    return ibis.ifelse(column.notnull() & typed(column, kind).isnull(), text, ibis.null("string"))


def not_finite(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a failing cell is an infinity or not a number, and no other text."""
    return cell.lower().re_search(_NOT_FINITE)


def _finite(value: ir.NumericValue) -> ir.NumericValue:
    import ibis

    return ibis.ifelse(value.abs() < _LARGEST, value, ibis.null("float64"))
