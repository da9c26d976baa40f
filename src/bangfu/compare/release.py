"""The guard at the waist: cells and comparisons without those who are too few to be told of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bangfu.cells import Cells
from bangfu.cells.atoms import atoms, enough
from bangfu.cells.paths import exposure
from bangfu.design import Settled
from bangfu.errors import NotEstimable, spoken
from bangfu.estimates.group_time import base_of, estimate
from bangfu.release import HOUSEHOLDS, INSIDE, RULE, Ints, few, setting, too_few
from bangfu.words import TERMS, Word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison


@dataclass(frozen=True, slots=True)
class Release:
    """What a released comparison leaves out.

    Attributes
    ----------
    arms : tuple of str
        Arms of which nothing is told.
    partly : bool
        Whether other households or years are left out, too.
    gaps : bool
        Whether other rules for missing years may stand in the stability table: as many are not seen as may be told of.
    """

    arms: tuple[str, ...]
    partly: bool
    gaps: bool


def released_cells(cells: Cells, design: Settled) -> Cells:
    """Cells without households whose path too few share, and without years in which too few of a path are seen.

    Parameters
    ----------
    cells : Cells
        Of a register; those of a synthetic one are given back.
    design : Settled
        Which years are compared with which.

    Returns
    -------
    Cells
        With counts of what was left out only where they are large.

    Raises
    ------
    NotEstimable
        When nobody remains.
    """
    info = cells.info
    if info.kind == "synthetic":
        return cells
    of_path = atoms(cells.paths, cells.years, info.models)
    while True:
        kept = enough(of_path[cells.path], cells.village, cells.households)
        cells = _in_their_years(cells.rows(kept) if not kept.all() else cells, of_path, design)
        seen = np.any([p > 0 for p in cells.patterns.values()], axis=0)
        if kept.all() and seen.all():
            break
        cells = cells.rows(seen)
    if not len(cells.village):
        raise NotEstimable(*_nothing())
    places = np.unique(cells.village)
    at = np.searchsorted(places, cells.village)
    villages = cells.villages.iloc[places].reset_index(drop=True)
    if len(places) != len(cells.villages):
        cells = replace(cells, villages=villages, village=at)
    there = {cells.paths[i].text for i in np.unique(cells.path)}
    info = replace(
        info,
        unseen=0 if too_few(info.unseen) else info.unseen,
        accepted=tuple(a.masked for a in info.accepted),
        left=None if info.left is None else tuple(row for row in info.left if row.path in there),
    )
    return replace(cells, info=info)


def apart(cells: Cells) -> Cells:
    """Cells of which each covariate cell may be told of by itself, beside all of them together.

    Of every atom, covariate cells in which it is too few are left out; where that is one, so is the smallest of its others:
    the atom as a whole, less the rest, would be the one.
    """
    atom = atoms(cells.paths, cells.years, cells.info.models)[cells.path]
    joined = np.isin(cells.village, np.unique(cells.village[atom > 0]))
    atom = np.where(atom > 0, atom + 1, joined.astype(np.int64))
    classes, count = len(cells.strata), int(atom.max(initial=0)) + 1
    label = atom * classes + cells.stratum
    hidden = few(label, cells.village, cells.households, count * classes).reshape(count, classes)
    size = np.bincount(label, cells.households, count * classes).reshape(count, classes)
    for one in np.flatnonzero(hidden.sum(1) == 1):
        rest = np.where(hidden[one] | (size[one] == 0), np.inf, size[one])
        hidden[one, np.argmin(rest)] |= bool(np.isfinite(rest).any())
    return cells.rows(~hidden.ravel()[label])


def _in_their_years(cells: Cells, of_path: Ints, design: Settled) -> Cells:
    """Years in which too few of an atom are seen, there or together with the year that they are compared with, as not seen."""
    atom = of_path[cells.path]
    first = [exposure(p, cells.years, cells.info.models).cohort for p in cells.paths]
    joined = np.isin(cells.village, np.unique(cells.village[atom > 0]))
    label = np.where(atom > 0, atom + 1, joined.astype(np.int64))
    cohorts = sorted({c for c in first if c})
    own: dict[int, list[int]] = {0: cohorts, 1: cohorts}
    own |= {int(a) + 1: [c] for a, c in zip(of_path, first, strict=True) if a}
    patterns, sums = dict(cells.patterns), dict(cells.sums)
    for name, before in cells.patterns.items():
        pattern = before.copy()
        for t, year in enumerate(cells.years):
            bit, bad = np.int64(1) << t, np.zeros(int(label.max(initial=0)) + 1, dtype=bool)
            for base in {None, *_bases(cells.years, design, cohorts, year)}:
                both = bit if base is None else bit | np.int64(1) << cells.years.index(base)
                there = np.where(pattern & both == both, cells.households, 0)
                thin = few(label, cells.village, there, len(bad))
                mine = [
                    base is None or base in _bases(cells.years, design, own.get(i, []), year)
                    for i in range(len(bad))
                ]
                bad |= thin & np.array(mine)
            pattern = np.where(bad[label], pattern & ~bit, pattern)
        if not np.array_equal(pattern, before):
            seen = (pattern[:, None] >> np.arange(len(cells.years))) & 1
            patterns[name], sums[name] = pattern, cells.sums[name] * seen
    return replace(cells, patterns=patterns, sums=sums)


def _bases(years: tuple[int, ...], design: Settled, cohorts: list[int], year: int) -> set[int]:
    found = (base_of(years, design, cohort, year) for cohort in cohorts)
    return {base for base in found if base is not None and base != year}


def released(result: ModelComparison) -> ModelComparison:
    """A comparison as it may leave the building: the same code on :func:`released_cells`.

    Every table is of the households that remain, so no margin holds those that are left out.

    Raises
    ------
    NotEstimable
        When too few remain for any number.
    """
    cells = released_cells(result.cells, result.design)
    try:
        effects = estimate(cells, result.design)
    except NotEstimable:
        raise NotEstimable(*_nothing()) from None
    if effects.table["estimate"].isna().all() and result.effects.table["estimate"].notna().any():
        raise NotEstimable(*_nothing())
    gone = tuple(arm for arm in result.effects.arms if arm not in effects.arms)
    whole = cells.households.sum() == result.cells.households.sum() and all(
        np.array_equal(x, result.cells.patterns[n]) for n, x in cells.patterns.items()
    )
    return replace(
        result, cells=cells, effects=effects, release=Release(gone, not whole, _gaps(cells, result))
    )


def _gaps(cells: Cells, result: ModelComparison) -> bool:
    """Whether those who are not seen are, in each atom and year, nobody or enough."""
    alone = cells.only(result.design.column)
    label = atoms(alone.paths, alone.years, alone.info.models)[alone.path]
    joined = np.isin(alone.village, np.unique(alone.village[label > 0]))
    label = np.where(label > 0, label + 1, joined.astype(np.int64))
    return not any(
        few(label, alone.village, np.where(alone.sees(y), 0, alone.households), int(label.max()) + 1).any()
        for y in alone.years
    )


def _nothing() -> tuple[str, str]:
    inside = spoken("inside=True", "--inside")
    return (
        f"{TERMS['withheld'].en}: {RULE.en}, and too few remain; take a larger area or wider groups, or look inside: {inside}",
        f"{TERMS['withheld'].zh}:{RULE.zh},其余农户不足;请扩大范围或合并分组,或在内部查看:{inside}",
    )


def free(result: ModelComparison) -> bool:
    """Whether a comparison is printed whole: of invented households, or marked for use inside."""
    return result.synthetic or result.inside or setting() == "inside"


def marks(result: ModelComparison) -> tuple[Word, ...]:
    """What must stand on every print of a comparison of a register of one's own: that it is not for release, or what is left out."""
    if result.synthetic:
        return ()
    if result.inside or setting() == "inside":
        return (INSIDE,)
    release = result.release
    if release is None or not (release.arms or release.partly):
        return ()
    names = [[result.arm(a)[lang] for a in release.arms] for lang in ("en", "zh")]
    said = Word(
        ", ".join(names[0]) or "some first years, later changes or years",
        "、".join(names[1]) or "部分起始年份、后来的变动或年份",
    )
    return (
        Word(
            f"{TERMS['withheld'].en} ({said.en}); {RULE.en}, and they are in no number here",
            f"{said.zh}:{TERMS['withheld'].zh};{RULE.zh},上述农户不计入任何数字",
        ),
    )


def told(result: ModelComparison) -> dict[str, Any]:
    """Whether a comparison may leave the building, and what it withholds, for JSON; nothing for invented households."""
    if result.synthetic:
        return {}
    said = [{"en": mark.en, "zh": mark.zh} for mark in marks(result)]
    arms = [] if result.release is None else list(result.release.arms)
    return {"for_release": result.release is not None, "withheld": arms, "release": said}


def masked(result: ModelComparison, table: pd.DataFrame, of: str, told: tuple[str, ...]) -> pd.DataFrame:
    """A table of counts without those that leave a small rest of ``households``, for a released comparison.

    Parameters
    ----------
    result : ModelComparison
    table : DataFrame
        With ``households``.
    of : str
        The column of counts.
    told : tuple of str
        Columns that are emptied, in all rows, where any rest is small: sums would give a single one back.
    """
    if result.release is None:
        return table
    rest = (table["households"] - table[of]).astype(float)
    if not ((rest > 0) & (rest < HOUSEHOLDS)).any():
        return table
    return table.assign(**dict.fromkeys(told, np.nan))


def told_leavers(table: pd.DataFrame) -> pd.DataFrame:
    """Leavers as a release tells them: all counts, or none where one of them is small."""
    few_left = (table["left"] > 0) & (table["left"] < HOUSEHOLDS)
    if not few_left.fillna(False).any():
        return table
    hidden = table["households"] >= 0
    return table.assign(**{name: table[name].mask(hidden) for name in ("left", "first", "share")})


def told_shares(result: ModelComparison, table: pd.DataFrame) -> pd.DataFrame:
    """Offers of which neither those who have them nor those who have not are few."""
    size = table["arm"].map(result.counts.groupby("arm")["households"].sum())
    both = zip(size, table["share"], strict=True)
    few_have = [any(too_few(round(n * part)) for part in (share, 1 - share)) for n, share in both]
    return table[~np.array(few_have, dtype=bool)].reset_index(drop=True)
