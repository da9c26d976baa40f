"""The options of a comparison: what each may be, and how one that it may not be is refused."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal, get_args

from bangfu.errors import WrongUse

Scale = Literal["percent", "level", "log"]

SCALES: tuple[Scale, ...] = get_args(Scale)
OLDER_NAMES = {"scale": {"yuan": "level"}}
"""What an option's value was called before: differences of incomes are in yuan, those of other outcomes are not."""


def one_of(option: str, value: object, known: Iterable[str]) -> str:
    """The value of an option by its present name.

    Raises
    ------
    WrongUse
        For a value that there is not; names the option, what there is, and what was nearly meant.
    """
    names = list(known)
    text = OLDER_NAMES.get(option, {}).get(str(value), str(value))
    if text in names:
        return text
    near = get_close_matches(text, names, n=1)
    en, zh = (f"; did you mean {near[0]!r}?", f";是否指 {near[0]!r}?") if near else ("", "")
    raise WrongUse(
        f"no {option} {value!r}; there is {', '.join(names)}{en}",
        f"{option} 没有 {value!r};可用:{'、'.join(names)}{zh}",
    )
