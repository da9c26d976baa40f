"""Identifiers that are one name to a reader and two to an engine."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bangfu.register.kinds import BLANKS

if TYPE_CHECKING:
    import ibis.expr.types as ir

_LOOKED_AT = 10_000
"""So many pairs of near identifiers are looked at for what parts them."""

PLAIN = "^[!-~\u4e00-\u9fff]+( [!-~\u4e00-\u9fff]+)*$"
"""What engines fold as Python does."""

_POINT_ZERO = "^([0-9]+)[.]0+$"
_ZEROS = "(^|[^0-9.])0+([0-9])"
"""Before a number that is not the fraction of another."""

_WIDE, _NARROW = "".join(map(chr, range(0xFF01, 0xFF5F))), "".join(map(chr, range(0x21, 0x7F)))


def folded(text: str) -> str:
    """NFKC without blanks and what does not print, without case, leading zeros, and ``.0`` after a whole number.

    >>> folded("\u548c\u5e73 \u6751\\n01"), folded("V-00"), folded("v0")
    ('\u548c\u5e73\u67511', 'v-0', 'v0')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _UNSEEN)
    return re.sub(_ZEROS, r"\1\2", re.sub(_POINT_ZERO, r"\1", plain.casefold()))


_UNSEEN = ("Cc", "Cf", "Zs", "Zl", "Zp")


def loose(key: ir.StringValue) -> ir.StringValue:
    """As :func:`folded`, on an engine; the same for what is :data:`PLAIN`, and at least as fine for anything else."""
    half = key.translate(_WIDE, _NARROW).lower().re_replace(f"[{''.join(BLANKS)}]+", "")
    mark = "$" if key.get_backend().name == "pyspark" else "\\"  # before the number of a group
    out: ir.StringValue = half.re_replace(_POINT_ZERO, f"{mark}1").re_replace(_ZEROS, f"{mark}1{mark}2")
    return out


def near(households: ir.Table, unknown: ir.Table) -> ir.Table:
    """Identifiers that households lacks, each beside those there that it differs from by little: ``unknown, household_id``.

    By blanks, width, case, leading zeros, or a trailing ``.0``.
    """
    theirs = unknown.select(unknown="household_id", loose=loose(unknown["household_id"])).distinct()
    ours = households.select("household_id", loose=loose(households["household_id"])).distinct()
    joined = theirs.inner_join(ours, "loose")
    return joined.select("unknown", "household_id")


def parted_by(households: ir.Table, unknown: ir.Table) -> tuple[str, str]:
    """What parts identifiers that households lacks from those that it has, to be said beside a fault; empty for nothing."""
    if not households["household_id"].type().is_string():
        return "", ""
    pairs = near(households, unknown).limit(_LOOKED_AT).to_pandas()
    found = {_difference(u, h) for u, h in zip(pairs["unknown"], pairs["household_id"], strict=True)}
    if not found:
        return "", ""
    several, count = sorted(found), pairs["unknown"].nunique()
    en, zh = (sep.join(w[i] for w in several) for i, sep in enumerate((", ", "、")))
    return (
        f"; {count} differ from one there only by {en}"
        if count > 1
        else f"; one differs from one there only by {en}",
        f";其中{count}个与表中编号仅在{zh}上不同",
    )


def _difference(unknown: str, known: str) -> tuple[str, str]:
    def bare(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).split())

    one, two = bare(unknown), bare(known)
    if one == two:
        return "blanks or width", "空格或全半角"
    one, two = (re.sub(_POINT_ZERO, r"\1", text) for text in (one, two))
    if one == two:
        return 'a trailing ".0"', "末尾“.0”"
    if one.lower() == two.lower():
        return "upper and lower case", "大小写"
    return "leading zeros", "开头的0"
