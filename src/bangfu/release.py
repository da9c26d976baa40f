"""What may leave the building: on how much every number rests that is printed or written of a register of one's own.

One rule for every door: a number rests on ten households in three villages or more. Households whose path (the arm, the
first year and any later change) is shared by too few are in no number at all, so neither a margin, nor a difference, nor
another table gives them back; years in which too few of a path are seen count as not seen. Synthetic registers are free.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.words import Word

HOUSEHOLDS = 10
VILLAGES = 3

SETTING = "BANGFU_RELEASE"
"""``release``: registers of one's own open without those that are too few, and frames are shown under the rule;
``inside``: everything is given, and marked. Set for the notebooks of ``bangfu reproduce --register``."""

RULE = Word(
    f"a number rests on {HOUSEHOLDS} households in {VILLAGES} villages or more",
    f"每个数字至少涉及{VILLAGES}个村的{HOUSEHOLDS}户",
)
INSIDE = Word("for use inside only: not for release", "仅供内部使用,不得上报或公开")
FEWER = Word(f"fewer than {HOUSEHOLDS}", f"不足{HOUSEHOLDS}")

_COUNTS = ("households", "with_amount", "seen", "rows", "count")
"""Columns of frames that count households, or their records."""

Ints = NDArray[np.int64]


def setting() -> str:
    """``release``, ``inside``, or nothing where a person works in Python."""
    said = os.environ.get(SETTING, "")
    return said if said in ("", "inside") else "release"


def too_few(households: float, villages: float = VILLAGES) -> bool:
    """Whether somebody is there, but not enough."""
    return bool(0 < households < HOUSEHOLDS or (households > 0 and villages < VILLAGES))


def few(label: Ints, village: Ints, households: Ints, count: int) -> NDArray[np.bool_]:
    """Which of so many groups hold somebody, but too few.

    Parameters
    ----------
    label, village, households : int arrays (N,)
        Of rows: the group, the village, and how many.
    count : int
        Groups.

    Returns
    -------
    bool array (count,)

    >>> few(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 0]), np.array([4, 4, 4, 90]), 3)
    array([False,  True, False])
    """
    total = np.bincount(label, households, count)
    width = int(village.max(initial=0)) + 1
    places = np.unique((label * width + village)[households > 0]) // width
    return np.asarray(
        (total > 0) & ((total < HOUSEHOLDS) | (np.bincount(places, minlength=count) < VILLAGES))
    )


def shown(count: float) -> int | None:
    """A count as it may be told: none where it is small."""
    return None if too_few(count) else int(count)


def guarded(frame: pd.DataFrame, margin: Sequence[str] = ()) -> pd.DataFrame:
    """A frame without the numbers of rows that rest on too few, by its columns of households and villages.

    A share of households is theirs who have it, and of theirs who have it not.

    Parameters
    ----------
    frame : DataFrame
    margin : sequence of str
        Columns whose equal values make rows parts of one whole. Where one part alone is withheld, so is the smallest of the
        others: the whole, which another table may give, less the rest would be the part.

    Returns
    -------
    DataFrame
        ``note``, where there is one, says ``withheld``.
    """
    hidden = np.zeros(len(frame), dtype=bool)
    for name in (c for c in (*_COUNTS, "villages") if c in frame.columns):
        value = pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan)
        hidden |= (value > 0) & (value < (VILLAGES if name == "villages" else HOUSEHOLDS))
    if {"share", "households"} <= {*frame.columns}:
        share, size = (
            pd.to_numeric(frame[c], errors="coerce").to_numpy(float, na_value=np.nan)
            for c in ("share", "households")
        )
        hidden |= (share > 0) & (share < 1) & (np.minimum(share, 1 - share) * size < HOUSEHOLDS)
    if not hidden.any():
        return frame
    if margin and "households" in frame.columns:
        size = pd.to_numeric(frame["households"]).to_numpy(float, na_value=np.nan)
        for _, rows in frame.assign(_at=range(len(frame))).groupby(list(margin), dropna=False):
            at = rows["_at"].to_numpy()
            rest = at[~hidden[at] & (np.nan_to_num(size[at]) > 0)]
            if hidden[at].sum() == 1 and len(rest):
                hidden[rest[np.argmin(size[rest])]] = True
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_bool_dtype(out[name]) or pd.api.types.is_numeric_dtype(out[name]):
            whole = pd.api.types.is_integer_dtype(out[name])
            out[name] = out[name].astype("Int64" if whole else float).mask(hidden)
        elif name == "note":
            out[name] = out[name].mask(hidden, "withheld")
    return out


def fewest(shares: pd.DataFrame) -> int:
    """The fewest households behind shares of ``households``: of all, of those who have it, of those who have it not.

    >>> fewest(pd.DataFrame({"households": [90, 50], "share": [0.1, 0.0]}))
    9
    """
    size, share = (shares[c].to_numpy(float) for c in ("households", "share"))
    parts = np.concatenate([size, (size * share)[share > 0], (size * (1 - share))[share < 1]])
    return int(np.round(parts).min())
