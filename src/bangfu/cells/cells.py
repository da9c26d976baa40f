"""Cells: weighted sums by village, treatment path, observed years and covariates. Nothing right of here needs a household."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.cells.info import CellsInfo
from bangfu.cells.paths import Path
from bangfu.errors import WrongUse, option, spoken
from bangfu.formats import number
from bangfu.upward import FromAbove


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
    largest : dict of str to float array (N,)
        The largest contribution of one household to a sum in any year (its weight times the outcome, without sign):
        what disclosure control needs to know of single households.
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
    largest: dict[str, NDArray[np.float64]]
    info: CellsInfo = field(default_factory=CellsInfo)

    moments = FromAbove()
    """Estimates within the county, to hand up; see :func:`bangfu.attach.moments`."""

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
            way = spoken("cells.only(name)", option("outcome"))
            raise WrongUse(
                f"outcomes are seen in different years; take one of them: {way}",
                f"各指标的观察年份不同,请先用 {way} 取其一",
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
            from bangfu.cells.counts import no_outcome

            raise no_outcome(self, outcome)
        if len(self.sums) == 1:
            return self
        alone = replace(
            self,
            patterns={outcome: self.patterns[outcome]},
            sums={outcome: self.sums[outcome]},
            largest={outcome: self.largest[outcome]},
        )
        return alone.rows(self.patterns[outcome] > 0).collapsed()

    def rows(self, keep: NDArray[np.bool_]) -> Cells:
        """Some of the rows; the households of the others count as unseen."""
        from bangfu.cells.rows import some

        return some(self, keep)

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
        from bangfu.cells.rows import collapsed

        return collapsed(self)

    @property
    def missing(self) -> dict[str, int]:
        """Household-years in which each outcome is not observed, of all households and years, unseen ones included."""
        from bangfu.cells.counts import missing

        return missing(self)

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
        frame: Any,
        *,
        unit: str,
        cluster: str,
        time: str,
        cohort: str,
        outcome: str | Sequence[str],
        arm: str | None = None,
        weight: str | None = None,
        by: str | Sequence[str] = (),
    ) -> Cells:
        """Cells of any flat panel. What cannot be read right is refused; what is left out is counted.

        Parameters
        ----------
        frame : data frame
            One row per unit and time: pandas (named index levels count as columns), polars, pyarrow, a DuckDB relation, or
            another kind that narwhals takes.
        unit, cluster : str
            Columns of identifiers, text or whole numbers.
        time, cohort : str
            Columns of whole numbers, or of dates and periods that each open or are a year. ``cohort`` is the first treated
            time. Missing, 0, infinite, or a century or more after the last time is never (``info.never`` counts each); a time
            up to ten after the last is not yet treated here, and so among the never treated of these times. Units treated
            by the first time have nothing to be compared with and get no estimate. Both stand in the printed cells.
        outcome : str or sequence of str
            Columns of numbers, missing where not observed. Cells also carry each one's logarithm, ``log:<outcome>``,
            missing where it is not positive; :attr:`missing` counts both. ``"log:<column>"`` asks for it alone.
        arm : str, optional
            Which treatment (several joined with ``+``); one arm ``treated`` without. Empty for never, or one label.
        weight : str, optional
            One positive number per unit, fixed over time.
        by : str or sequence of str
            Covariates with few values, fixed over time.

        Raises
        ------
        WrongUse
            For a column that is not there, appears twice or has two roles; for something that is no data frame.
        BangfuError
            Outcomes or weights that are not finite numbers (text, too, whatever it looks like); codes in place of a first
            time, or one long after the last; identifiers that are missing, of mixed types, or differ only in blanks or width; a unit twice in a time, or
            whose cluster, cohort, arm, weight or covariates change; an arm without a first time, or the other way round; an
            outcome that is missing everywhere; more than 62 times.
        """
        from bangfu.cells.frame import cells_from_frame
        from bangfu.cells.roles import Roles

        return cells_from_frame(frame, Roles.of(unit, cluster, time, cohort, outcome, arm, weight, by))

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
        """Cells of a flat panel in Parquet, equal to :meth:`from_frame` of its rows, and refused as there.

        A complete panel is added up in the engine in one pass; any other is read into memory. Logarithms are only taken
        when asked for: ``outcome=["income", "log:income"]``.

        Parameters
        ----------
        path : path
            A file, or a folder of them.
        unit, cluster, time, cohort, outcome, arm
            As for :meth:`from_frame`.

        Raises
        ------
        WrongUse, BangfuError
            As for :meth:`from_frame`, and for a file that is not there or damaged.
        """
        from bangfu.cells.flat import cells_from_parquet
        from bangfu.cells.roles import Roles

        return cells_from_parquet(path, Roles.of(unit, cluster, time, cohort, outcome, arm))

    def save(self, path: str | File, *, overwrite: bool = False) -> File:
        """Write one Parquet file for use inside: a row per cell, and what the rows mean in the file's metadata.

        Cells of few households say much about them; what leaves the building are :meth:`moments`. Its owner alone may read the file.

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
        from bangfu.cells.counts import left_out

        return (
            f"Cells: {number(self.households.sum())} households in {number(len(self.villages))} villages, "
            f"{number(len(self.weight))} rows, {self.years[0]}-{self.years[-1]}, outcomes {', '.join(self.outcomes)}"
            f"{left_out(self)}"
        )
