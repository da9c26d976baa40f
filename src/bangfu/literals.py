"""What each option may be, and how a value that it may not be is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from bangfu.errors import unknown

Scale = Literal["percent", "level", "log"]
Exposure = Literal["participation", "campaign"]
Control = Literal["never", "never_elsewhere", "never_same_village", "not_yet"]
Missing = Literal["pairwise", "complete", "cross_section"]
Switchers = Literal["censor", "own_arm", "drop"]
Leavers = Literal["treated"]
Base = Literal["universal", "varying"]
Cluster = Literal["village_id", "township_id", "county_id"]
Late = Literal["refuse", "missing"]
Errors = Literal["cr2", "jackknife", "normal", "multiplier"]
Best = Literal["high", "low"]

SCALES: tuple[Scale, ...] = get_args(Scale)
CONTROLS: tuple[Control, ...] = get_args(Control)
MISSING: tuple[Missing, ...] = get_args(Missing)
SWITCHERS: tuple[Switchers, ...] = get_args(Switchers)

MOST_TIMES = 62
"""Years that a register or its cells may hold: observed years are bits of a 64-bit integer."""

OLDER_NAMES = {"scale": {"yuan": "level"}}
"""What a value was called before: differences of incomes are in yuan, those of other outcomes are not."""


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
    raise unknown(option, value, names)
