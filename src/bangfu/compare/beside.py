"""What stands beside a comparison's numbers: what was left out, who is not yet joined, who could be used, what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bangfu.errors import Language
from bangfu.estimates.group_time import base_of
from bangfu.estimates.sample import Sample
from bangfu.formats import number
from bangfu.words import TERMS

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

COLUMNS = ["arm", "households", "usable"]


def usable(chosen: Sample) -> pd.DataFrame:
    """Households by arm, and those of them that are seen in a base year and in a year that is compared with it.

    Parameters
    ----------
    chosen : Sample

    Returns
    -------
    DataFrame
        ``arm, households, usable``; comparison households have arm ``""``. Where years are compared as cross-sections, being
        seen in either is enough.
    """
    found: dict[str, list[int]] = {}
    others = np.zeros(len(chosen.seen), dtype=bool)
    for position, group in enumerate(chosen.groups):
        either = np.zeros(len(chosen.seen), dtype=bool)
        for year in (y for y in chosen.years if y >= group.cohort):
            base = base_of(chosen.years, chosen.design, group.cohort, year)
            if base is not None:
                at = [(chosen.seen >> chosen.years.index(y)) & 1 == 1 for y in (base, year)]
                either |= at[0] | at[1] if chosen.design.missing == "cross_section" else at[0] & at[1]
        others |= either
        mine = chosen.group == position
        counts = found.setdefault(group.arm, [0, 0])
        counts[0] += int(chosen.households[mine].sum())
        counts[1] += int(chosen.households[mine & either].sum())
    never = chosen.comparison
    found[""] = [int(chosen.households[never].sum()), int(chosen.households[never & others].sum())]
    return pd.DataFrame([(arm, *counts) for arm, counts in found.items()], columns=COLUMNS)


def counted(s: Sample) -> pd.DataFrame:
    """``arm, cohort, households, villages, effective_villages``; comparison households have arm ``""`` and cohort 0."""
    rows = [(g.arm, g.cohort, s.group_households(i), s.village_weight(i)) for i, g in enumerate(s.groups)]
    never = np.flatnonzero(s.comparison)
    weight = np.bincount(s.village[never], s.weight[never], s.villages).astype(float)
    rows.append(("", 0, int(s.households[never].sum()), weight))
    frame = [
        (arm, cohort, n, int(np.count_nonzero(w)), float(w.sum() ** 2 / (w**2).sum()) if w.any() else 0.0)
        for arm, cohort, n, w in rows
    ]
    return pd.DataFrame(frame, columns=["arm", "cohort", "households", "villages", "effective_villages"])


def missing(s: Sample, arms_there: Sequence[str]) -> pd.DataFrame:
    """``arm, year, households, seen, share_missing``: who is not seen (censored years included)."""
    arms = [*arms_there, ""]
    arm_of = np.array([*(arms.index(g.arm) for g in s.groups), len(arms) - 1])[s.group]
    rows = []
    for a, arm in enumerate(arms):
        mine = np.flatnonzero((arm_of == a) & ((s.group >= 0) | s.comparison))
        total = int(s.households[mine].sum())
        for t, year in enumerate(s.years):
            seen = int(s.households[mine][(s.seen[mine] >> t) & 1 == 1].sum())
            rows.append((arm, year, total, seen, 1 - seen / total if total else np.nan))
    return pd.DataFrame(rows, columns=["arm", "year", "households", "seen", "share_missing"])


def beside(result: ModelComparison, lang: Language) -> list[str]:
    """Its lines; none where there is nothing to say."""
    said = [a.words[lang] for a in result.cells.info.accepted] + [r.words[lang] for r in result.remarks]
    table, zh = result.usable, lang == "zh"
    short = table[table["usable"] < table["households"]]
    parts = [
        f"{result.arm(arm)[lang] if arm else TERMS['comparison'][lang]}{':' if zh else ' '}{number(some)}{'/' if zh else ' of '}{number(all_)}"
        for arm, all_, some in short.itertuples(index=False)
    ]
    if parts:
        lead = (
            "参加前一年与其后年份均有记录、可用于比较的户"
            if zh
            else "households that can be used (seen in the base year and a year after)"
        )
        said.append(f"{lead}{':' if zh else ': '}{(';' if zh else ', ').join(parts)}")
    return said
