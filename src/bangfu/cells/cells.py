"""Cells: weighted sums by village, treatment path, observed years and covariates. Nothing right of here needs a household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.paths import Path
from bangfu.errors import BangfuError, WrongUse

PLACE = ("county_id", "township_id", "village_id")


@dataclass(frozen=True, slots=True)
class CellsInfo:
    """Where cells come from, and how their outcomes were made; cells merge only where ``spec`` agrees.

    Attributes
    ----------
    register : str
        Its identifier.
    title_en, title_zh, kind : str
    models : tuple of str
    spec : mapping
        Outcomes, poverty line, prices, weights, exposure: whatever must be equal before cells may be merged.
    unseen : int
        Households without any observed year, which are in no cell.
    engine : str
    """

    register: str = "frame"
    title_en: str = "a frame"
    title_zh: str = "数据框"
    kind: str = "survey"
    models: tuple[str, ...] = ()
    spec: Mapping[str, Any] = field(default_factory=dict)
    unseen: int = 0
    engine: str = "pandas"


@dataclass(frozen=True, slots=True, repr=False)
class Cells:
    """Sums of household outcomes.

    Every household is in one row: its village, its path, the years in which all outcomes are seen (``seen``, bit i for
    ``years[i]``) and its covariate cell. Within a row all households are seen in the same years, so one count and one
    weight hold for all of them.

    Attributes
    ----------
    years : tuple of int
        Sorted; T of them.
    villages : DataFrame
        ``county_id, township_id, village_id``, one row per village; V rows.
    paths : tuple of Path
    strata : DataFrame
        One row per covariate cell; no columns without covariates.
    village, path, stratum, seen, households : int arrays (N,)
    weight : float array (N,)
        Sum of the households' weights.
    sums : dict of str to float array (N, T)
        Weighted sums per outcome; zero where not seen.
    info : CellsInfo
    """

    years: tuple[int, ...]
    villages: pd.DataFrame
    paths: tuple[Path, ...]
    strata: pd.DataFrame
    village: NDArray[np.int64]
    path: NDArray[np.int64]
    stratum: NDArray[np.int64]
    seen: NDArray[np.int64]
    households: NDArray[np.int64]
    weight: NDArray[np.float64]
    sums: dict[str, NDArray[np.float64]]
    info: CellsInfo = CellsInfo()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes."""
        return tuple(self.sums)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Rows whose households are seen in every year."""
        whole: NDArray[np.bool_] = self.seen == (1 << len(self.years)) - 1
        return whole

    def sees(self, year: int) -> NDArray[np.bool_]:
        """Rows whose households are seen in a year."""
        found: NDArray[np.bool_] = (self.seen >> self.years.index(year)) & 1 == 1
        return found

    def clustered(self, level: str) -> Cells:
        """The same sums with a coarser place as the village: ``"township_id"`` or ``"county_id"``.

        Raises
        ------
        WrongUse
            For a level that does not nest villages, or is not there.
        """
        if level == "village_id":
            return self
        if level not in PLACE or self.villages[level].isna().any():
            raise WrongUse(f"no level {level!r}, or villages without it", f"没有 {level!r} 这一级,或有村未填")
        keys = ["county_id", *(["township_id"] if level == "township_id" else [])]
        codes, places = _codes(self.villages[keys])
        return replace(
            self, villages=places.reindex(columns=list(PLACE)), village=codes[self.village]
        ).collapsed()

    def collapsed(self) -> Cells:
        """Equal rows added up, in a fixed order: what makes row order and file splits irrelevant."""
        keys = np.stack([self.village, self.path, self.stratum, self.seen], axis=1)
        unique, inverse = np.unique(keys, axis=0, return_inverse=True)
        inverse = inverse.ravel()
        add = lambda x: np.bincount(inverse, weights=x, minlength=len(unique))  # noqa: E731
        sums = {
            name: np.stack([add(x[:, t]) for t in range(len(self.years))], axis=1)
            for name, x in self.sums.items()
        }
        return replace(
            self,
            village=unique[:, 0],
            path=unique[:, 1],
            stratum=unique[:, 2],
            seen=unique[:, 3],
            households=add(self.households).round().astype(np.int64),
            weight=add(self.weight),
            sums=sums,
        )

    def to_frame(self) -> pd.DataFrame:
        """Weighted rows for other programs.

        Returns
        -------
        DataFrame
            One row per cell and seen year: places, ``path``, ``arm`` in that year, ``cohort``, strata, ``year``,
            ``households``, ``weight`` and the outcomes' means. Weighted regressions on these rows give the household
            coefficients; errors must be clustered by village or coarser.
        """
        frames = []
        texts = np.array([p.text for p in self.paths], dtype=object)
        cohorts = np.array([p.steps[0][0] if p.steps else 0 for p in self.paths])
        for t, year in enumerate(self.years):
            rows = np.flatnonzero(self.sees(year))
            arms = np.array([_arm_in(p, year, self.info.models) for p in self.paths], dtype=object)
            frame = self.villages.iloc[self.village[rows]].reset_index(drop=True)
            frame = frame.assign(
                path=texts[self.path[rows]], arm=arms[self.path[rows]], cohort=cohorts[self.path[rows]]
            )
            for name in self.strata.columns:
                frame[name] = self.strata[name].to_numpy()[self.stratum[rows]]
            frame = frame.assign(year=year, households=self.households[rows], weight=self.weight[rows])
            for name, x in self.sums.items():
                frame[name] = x[rows, t] / self.weight[rows]
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        unit: str,
        cluster: str,
        time: str,
        cohort: str,
        outcome: str | Sequence[str],
        arm: str | None = None,
        weight: str | None = None,
        by: Sequence[str] = (),
    ) -> Cells:
        """Cells of any flat panel.

        Parameters
        ----------
        frame : DataFrame
            One row per unit and time.
        unit, cluster, time, cohort : str
            Columns. ``cohort`` is the first treated time; 0, missing or infinite for never.
        outcome : str or sequence of str
        arm : str, optional
            Which treatment; one arm ``treated`` without.
        weight : str, optional
            One number per unit, fixed over time.
        by : sequence of str
            Covariates with few values, fixed over time.

        Raises
        ------
        WrongUse
            For a column that is not there.
        BangfuError
            For a unit that stands twice in a time, or whose cluster, cohort, arm, weight or covariates change over time.
        """
        from bangfu.cells.frame import cells_from_frame

        return cells_from_frame(frame, unit, cluster, time, cohort, outcome, arm, weight, by)

    def __repr__(self) -> str:
        return (
            f"Cells: {int(self.households.sum()):,} households in {len(self.villages):,} villages, "
            f"{len(self.weight):,} rows, {self.years[0]}-{self.years[-1]}, outcomes {', '.join(self.outcomes)}"
        )


def merge(*parts: Cells, disjoint: bool = False) -> Cells:
    """The cells of several registers as one: equal to the cells of their union.

    Parameters
    ----------
    *parts : Cells
    disjoint : bool
        Declares that a village that stands in two parts has different households in each.

    Raises
    ------
    BangfuError
        When outcomes, years, prices, lines, weights or exposure differ, or a village (county and village) stands in two parts.
    """
    if not parts:
        raise WrongUse("nothing to merge", "没有可合并的数据")
    first = parts[0]
    for part in parts[1:]:
        for name, ours, theirs in (
            ("years", first.years, part.years),
            ("outcomes", first.outcomes, part.outcomes),
            ("covariates", list(first.strata.columns), list(part.strata.columns)),
            ("rules", dict(first.info.spec), dict(part.info.spec)),
            ("models", first.info.models, part.info.models),
            ("kind", first.info.kind, part.info.kind),
        ):
            if ours != theirs:
                raise BangfuError(
                    f"cells differ in {name}: {ours} and {theirs}; make them alike before merging",
                    f"两份数据的 {name} 不同({ours} 与 {theirs}),请按同一口径重做后再合并",
                )
    places = pd.concat([p.villages for p in parts], ignore_index=True)
    part_of = np.repeat(np.arange(len(parts)), [len(p.villages) for p in parts])
    keys = places[["county_id", "village_id"]].astype(object).where(places.notna(), None)
    twice = pd.DataFrame({"part": part_of, "key": list(map(tuple, keys.to_numpy()))}).drop_duplicates()
    if twice["key"].duplicated().any() and not disjoint:
        raise BangfuError(
            f"{int(twice['key'].duplicated().sum())} villages stand in more than one part; pass disjoint=True only if their households differ",
            f"有{int(twice['key'].duplicated().sum())}个村同时出现在多份数据中;确认农户不重复时才可用 disjoint=True",
        )
    village_codes, villages = _codes(places)
    paths = tuple(sorted({p for part in parts for p in part.paths}))
    strata_codes, strata = _codes(pd.concat([p.strata for p in parts], ignore_index=True))
    village_at = np.concatenate([[0], np.cumsum([len(p.villages) for p in parts])])
    strata_at = np.concatenate([[0], np.cumsum([len(p.strata) for p in parts])])
    path_of = [np.array([paths.index(p) for p in part.paths], dtype=np.int64) for part in parts]
    join = np.concatenate
    return Cells(
        first.years, villages, paths, strata,
        join([village_codes[village_at[i] + p.village] for i, p in enumerate(parts)]),
        join([path_of[i][p.path] for i, p in enumerate(parts)]),
        join([strata_codes[strata_at[i] + p.stratum] for i, p in enumerate(parts)]),
        join([p.seen for p in parts]), join([p.households for p in parts]), join([p.weight for p in parts]),
        {name: join([p.sums[name] for p in parts]) for name in first.outcomes},
        replace(
            first.info,
            register=" + ".join(sorted({p.info.register for p in parts})),
            unseen=sum(p.info.unseen for p in parts),
        ),
    ).collapsed()  # fmt: skip


def _codes(frame: pd.DataFrame) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Integer codes of the distinct rows, in sorted order, and those rows."""
    if not len(frame.columns):
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame(index=range(1))
    codes = frame.groupby(list(frame.columns), dropna=False, sort=True).ngroup().to_numpy().astype(np.int64)
    distinct = frame.iloc[np.unique(codes, return_index=True)[1]].reset_index(drop=True)
    return codes, distinct


def _arm_in(path: Path, year: int, models: Sequence[str]) -> str:
    taken = [model for first, model in path.steps if first <= year]
    order = list(models)
    return "+".join(sorted(taken, key=lambda m: order.index(m) if m in order else 99))
