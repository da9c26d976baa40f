"""Cells: weighted sums by village, treatment path, observed years and covariates. Nothing right of here needs a household."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.codes import combined
from bangfu.cells.paths import Path
from bangfu.errors import WrongUse
from bangfu.formats import number

if TYPE_CHECKING:
    from bangfu.moments import Moments, Protection

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

    Every household is in one row: its village, its path, its covariate cell, and for each outcome the years in which it
    is seen (a bitmask, bit i for ``years[i]``). Within a row all households are seen in the same years, so one count and
    one weight hold for all of them.

    Attributes
    ----------
    years : tuple of int
        Sorted; T of them.
    villages : DataFrame
        ``county_id, township_id, village_id``, one row per village; V rows.
    paths : tuple of Path
    strata : DataFrame
        One row per covariate cell; no columns without covariates.
    village, path, stratum : int arrays (N,)
        Positions in ``villages``, ``paths`` and ``strata``.
    patterns : dict of str to int array (N,)
        Observed years per outcome. They differ where an outcome is missing more often than another, as a logarithm is for
        incomes of zero and below.
    households : int array (N,)
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
    patterns: dict[str, NDArray[np.int64]]
    households: NDArray[np.int64]
    weight: NDArray[np.float64]
    sums: dict[str, NDArray[np.float64]]
    info: CellsInfo = CellsInfo()

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes."""
        return tuple(self.sums)

    @property
    def seen(self) -> NDArray[np.int64]:
        """Observed years (N,).

        Raises
        ------
        WrongUse
            When outcomes are seen in different years; take one with :meth:`only`.
        """
        first, *others = self.patterns.values()
        if any(not np.array_equal(first, other) for other in others):
            raise WrongUse(
                "outcomes are seen in different years; take one of them: cells.only(name)",
                "各指标的观察年份不同,请先用 cells.only(名称) 取其一",
            )
        return first

    def only(self, outcome: str) -> Cells:
        """The cells of one outcome; households in which it is never seen leave and count as unseen.

        Raises
        ------
        WrongUse
            For an unknown outcome.
        """
        if outcome not in self.sums:
            raise WrongUse(
                f"no outcome {outcome!r} in these cells; there is {', '.join(self.outcomes)}",
                f"汇总数据中没有 {outcome!r};可用:{'、'.join(self.outcomes)}",
            )
        if len(self.sums) == 1:
            return self
        alone = replace(self, patterns={outcome: self.patterns[outcome]}, sums={outcome: self.sums[outcome]})
        return alone.rows(self.patterns[outcome] > 0).collapsed()

    def rows(self, keep: NDArray[np.bool_]) -> Cells:
        """Some of the rows; the households of the others count as unseen."""
        return replace(
            self,
            village=self.village[keep],
            path=self.path[keep],
            stratum=self.stratum[keep],
            patterns={name: x[keep] for name, x in self.patterns.items()},
            households=self.households[keep],
            weight=self.weight[keep],
            sums={name: x[keep] for name, x in self.sums.items()},
            info=replace(self.info, unseen=self.info.unseen + int(self.households[~keep].sum())),
        )

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Rows whose households are seen in every year."""
        whole: NDArray[np.bool_] = self.seen == (1 << len(self.years)) - 1
        return whole

    def sees(self, year: int) -> NDArray[np.bool_]:
        """Rows whose households are seen in a year."""
        found: NDArray[np.bool_] = (self.seen >> self.years.index(year)) & 1 == 1
        return found

    def collapsed(self) -> Cells:
        """Equal rows added up, in a fixed order: what makes row order and file splits irrelevant."""
        key = combined([self.village, self.path, self.stratum, *self.patterns.values()])
        order = np.argsort(key, kind="stable")
        key = key[order]
        starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
        first = order[starts]

        def add(values: NDArray[Any]) -> NDArray[Any]:
            if len(first) == len(order):
                return np.asarray(values[order])
            return np.add.reduceat(values[order], starts, axis=0)

        return replace(
            self,
            village=self.village[first],
            path=self.path[first],
            stratum=self.stratum[first],
            patterns={name: x[first] for name, x in self.patterns.items()},
            households=add(self.households),
            weight=add(self.weight),
            sums={name: add(x) for name, x in self.sums.items()},
        )

    def to_frame(self) -> pd.DataFrame:
        """Weighted rows for other programs.

        Returns
        -------
        DataFrame
            One row per cell and year in which an outcome is seen: places, ``path``, ``arm`` in that year (empty before
            joining), ``cohort`` (first year of the path, 0 for never), covariates, ``year``, ``cell``, ``households``,
            ``weight`` and the outcomes' means (missing where an outcome is not seen). Regressions on these rows,
            weighted by ``weight`` and with fixed effects by ``cell`` and ``year``, give the coefficients that household
            rows give with household and year effects; errors must be clustered by village or coarser.
        """
        from bangfu.cells.frame import frame_of

        return frame_of(self)

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
            Which treatment (several joined with ``+``); one arm ``treated`` without.
        weight : str, optional
            One number per unit, fixed over time.
        by : sequence of str
            Covariates with few values, fixed over time.

        Raises
        ------
        WrongUse
            For a column that is not there.
        BangfuError
            For a unit that stands twice in a time, or whose cluster, cohort, arm, weight or covariates change over time;
            an outcome that is missing everywhere; more than 62 times.
        """
        from bangfu.cells.frame import cells_from_frame

        return cells_from_frame(frame, unit, cluster, time, cohort, outcome, arm, weight, by)

    @classmethod
    def from_parquet(
        cls,
        path: str | File,
        *,
        unit: str,
        cluster: str,
        time: str,
        cohort: str,
        outcome: str | Sequence[str],
        arm: str | None = None,
    ) -> Cells:
        """Cells of a flat panel in Parquet, equal to :meth:`from_frame` of its rows.

        A complete panel is added up in the engine in one pass; any other is read into memory.

        Parameters
        ----------
        path : path
            A file, or a folder of them.
        unit, cluster, time, cohort, outcome, arm
            As for :meth:`from_frame`.

        Raises
        ------
        WrongUse
            For a file or column that is not there.
        BangfuError
            As for :meth:`from_frame`.
        """
        from bangfu.cells.flat import cells_from_parquet

        return cells_from_parquet(path, unit, cluster, time, cohort, outcome, arm)

    def moments(
        self,
        outcome: str | None = None,
        *,
        control: str = "never",
        missing: str = "pairwise",
        switchers: str = "censor",
        anticipation: int = 0,
        cluster: str = "village_id",
        adjust: bool = False,
        pooled: Moments | None = None,
        protection: Protection | None = None,
    ) -> Moments:
        """Sums and cross-products of village sums by group: what a county hands up, with no village in it.

        :func:`bangfu.merge_moments` adds those of several counties, :func:`bangfu.pooled_effects` estimates from them.
        Estimates are exact after one round. CR2 errors need the pooled weights: a second round, with the merged moments
        of the first as ``pooled``, makes the joint covariance exact too.

        Parameters
        ----------
        outcome : str, optional
            The first by default.
        control : {"never", "never_elsewhere", "never_same_village"}
            ``"not_yet"`` needs cells.
        missing, switchers, anticipation, cluster, adjust
            As for :func:`bangfu.group_time_effects`.
        pooled : Moments, optional
            Merged moments of the first round, by the same rules.
        protection : Protection, optional
            Disclosure control (``bangfu.moments.disclosure``); none by default, for use inside. What is kept back is
            counted in ``withheld``; without anything kept back the pooled answer is that of all households.

        Returns
        -------
        Moments

        Raises
        ------
        WrongUse
            For an unknown rule.
        BangfuError
            When ``pooled`` was made by other rules.
        """
        from bangfu.moments.moments import from_cells

        return from_cells(
            self, outcome, pooled, protection, control=control, missing=missing, switchers=switchers,
            anticipation=anticipation, cluster=cluster, adjust=adjust,
        )  # fmt: skip

    def save(self, path: str | File, *, overwrite: bool = False) -> File:
        """Write one Parquet file for use inside: a row per cell, and what the rows mean in the file's metadata.

        Cells of few households say much about them; what leaves the building are :meth:`moments`, under disclosure
        control. Its owner alone may read the file.

        Parameters
        ----------
        path : path
        overwrite : bool
            Replace a file that is there.

        Returns
        -------
        Path

        Raises
        ------
        WrongUse
            When there is such a file and ``overwrite`` is not given.
        """
        from bangfu.cells.files import save

        return save(self, path, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | File) -> Cells:
        """Read what :meth:`save` wrote.

        Raises
        ------
        WrongUse
            When there is no such file.
        BangfuError
            For a file that is damaged or altered, or not one of cells; names the file and what in it is wrong. Its digests
            tell accidents, not forgery: whoever alters a file can make them again.
        """
        from bangfu.cells.files import load

        return load(path)

    def __repr__(self) -> str:
        return (
            f"Cells: {number(self.households.sum())} households in {number(len(self.villages))} villages, "
            f"{number(len(self.weight))} rows, {self.years[0]}-{self.years[-1]}, outcomes {', '.join(self.outcomes)}"
        )
