"""Contamination: what a regression with several arms and controls mixes up, and four estimates that do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bangfu.estimates import contamination_estimators as estimators
from bangfu.estimates.contamination_design import Design, design, overlap
from bangfu.formats import frame_text, number

ESTIMATORS = ("PL", "OWN", "ATE", "EW", "CW")


@dataclass(frozen=True, slots=True, repr=False)
class Contamination:
    """Five estimates per arm, on the full and on the overlap sample.

    Attributes
    ----------
    table : DataFrame
        One row per sample (``full``, ``overlap``), arm and estimator: ``sample, arm, estimator, estimate, std_error,
        oracle_std_error, bias, bias_std_error, rows, controls, note``. ``bias`` is PL minus the estimate (of OWN: the
        contamination bias); in the outcome's unit. ``oracle_std_error`` takes propensity and weights as known and
        exists for ATE, EW and CW. A missing estimate says why in ``note``.
    reference : str
    clusters : int or None
    dropped_rows : int
        Rows without a value of outcome, arm, controls, weight or cluster, or with weight zero.
    outside_overlap : int
        Rows of the full sample in levels of the largest factor in which some arm does not occur.
    dropped_controls : tuple of str
        Controls left out of the overlap sample, since they do not vary within some arm.
    """

    table: pd.DataFrame
    reference: str
    clusters: int | None
    dropped_rows: int
    outside_overlap: int
    dropped_controls: tuple[str, ...]

    def __repr__(self) -> str:
        rows = []
        for (sample, arm), part in self.table.groupby(["sample", "arm"], sort=False):
            row = {"sample": sample, "arm": arm}
            for e in part.itertuples():
                row |= {str(e.estimator): e.estimate, f"({e.estimator})": e.std_error}
            rows.append(row)
        text = frame_text(pd.DataFrame(rows), 3).to_string(index=False)
        errors = "by cluster" if self.clusters else "robust (HC0)"
        return f"arms against {self.reference}; standard errors {errors} in brackets\n{text}"


def contamination(
    data: Any,
    outcome: str,
    arm: str,
    controls: str,
    reference: Any,
    weights: str | None = None,
    cluster: str | None = None,
    *,
    cw_uniform: bool = False,
) -> Contamination:
    """Estimates with and without contamination bias, for a cross-section or one difference.

    A regression of an outcome on several arms and controls weights each arm's effects by numbers that sum to one, and
    lets in the other arms' effects by weights that sum to zero (Goldsmith-Pinkham, Hull & Kolesar 2024, Proposition 1).

    Parameters
    ----------
    data : data frame
        One row per unit; of any kind that :meth:`bangfu.Cells.from_frame` takes.
    outcome, arm : str
        Columns.
    controls : str
        A formula's right side, such as ``"C(village_id) + land_mu"``; the intercept is always there.
    reference : object
        The value of ``arm`` that all others are compared with.
    weights, cluster : str, optional
        Columns. Errors are HC0 without clusters, and by cluster with the factor G / (G - 1).
    cw_uniform : bool
        CW gives every comparison of two arms the same weight; by default as often as the arms occur.

    Returns
    -------
    Contamination
        Estimators: ``PL`` the regression itself; ``OWN`` its part from the arm's own effects; ``ATE`` the unweighted
        average effect; ``EW`` the easiest weighting for each arm alone; ``CW`` the easiest common weighting.

    Raises
    ------
    WrongUse
        For a column, an arm or a formula that does not exist, or no control.
    BangfuError
        For an outcome, weights or controls that are not finite numbers (numbers as text among the controls too, unless
        written ``C(...)``), negative weights, and arms or clusters of mixed types or in two spellings.
    NotEstimable
        With one arm only, one cluster, or a propensity that does not settle.

    Notes
    -----
    The overlap sample drops the levels of the categorical control with most levels in which an arm does not occur, then
    the controls that do not vary within an arm, as the authors' R package multe does. An estimate stands in the table
    only where the data determine it (the weights' controls lie in the row space of both arms).

    Examples
    --------
    >>> frame = pd.DataFrame({"w": [0] * 12 + [1] * 12, "d": [0, 1, 2] * 4 + [0, 1] * 6})
    >>> frame["y"] = (frame.d == 2) + frame.d * frame.w
    >>> t = contamination(frame, "y", "d", "w", 0).table.query("sample == 'full' and arm == '2'")
    >>> t.set_index("estimator").estimate[["PL", "OWN"]].round(6).to_list()
    [1.3, 1.0]
    """
    full, dropped = design(data, outcome, arm, controls, reference, weights, cluster)
    part, lost = overlap(full)
    same = part is not None and len(part.y) == len(full.y) and not lost
    tables = [_estimates(full, cw_uniform, "full")]
    if same:
        tables.append(tables[0].assign(sample="overlap"))
    else:
        tables.append(_nothing(full) if part is None else _estimates(part, cw_uniform, "overlap"))
    return Contamination(
        pd.concat(tables, ignore_index=True),
        full.arms[0],
        None if full.cluster is None else int(full.cluster.max()) + 1,
        dropped,
        len(full.y) - (0 if part is None else len(part.y)),
        lost,
    )


def _estimates(d: Design, uniform: bool, sample: str) -> pd.DataFrame:
    arms = estimators.by_arm(d)
    pl = estimators.partially_linear(d)
    made: dict[str, Callable[[], estimators.Estimator]] = {
        "PL": lambda: pl,
        "OWN": lambda: estimators.own(d, arms),
        "ATE": lambda: estimators.average(d, arms),
        "EW": lambda: estimators.one_at_a_time(d, arms),
        "CW": lambda: estimators.common_weights(d, arms, uniform),
    }
    rows = []
    for name, make in made.items():
        e = make()
        for i, arm in enumerate(d.arms[1:]):
            value = float(e.estimate[i])
            rows.append(
                {
                    "sample": sample,
                    "arm": arm,
                    "estimator": name,
                    "estimate": value,
                    "std_error": estimators.standard_error(e.psi[:, i], d.cluster),
                    "oracle_std_error": np.nan
                    if e.oracle is None
                    else estimators.standard_error(e.oracle[:, i], d.cluster),
                    "bias": np.nan if name == "PL" else float(pl.estimate[i]) - value,
                    "bias_std_error": np.nan
                    if name == "PL"
                    else estimators.standard_error(pl.psi[:, i] - e.psi[:, i], d.cluster),
                    "rows": len(d.y),
                    "controls": d.z.shape[1] - 1,
                    "note": "" if np.isfinite(value) else _why(name, d, arm),
                }
            )
    frame = pd.DataFrame(rows)
    frame["position"] = frame["arm"].map({a: i for i, a in enumerate(d.arms)})
    return frame.sort_values("position", kind="stable", ignore_index=True).drop(columns="position")


def _why(estimator: str, d: Design, arm: str) -> str:
    if estimator == "PL":
        return f"not estimable, because the controls determine who is in {arm}"
    return (
        f"not estimable, because {arm} or {d.arms[0]} does not occur at every value of the {number(d.z.shape[1] - 1)} "
        "controls that the estimate weights; see the overlap sample"
    )


def _nothing(d: Design) -> pd.DataFrame:
    rows = [(arm, e) for arm in d.arms[1:] for e in ESTIMATORS]
    frame = pd.DataFrame(rows, columns=["arm", "estimator"]).assign(sample="overlap")
    for column in ("estimate", "std_error", "oracle_std_error", "bias", "bias_std_error"):
        frame[column] = np.nan
    frame = frame.assign(
        rows=0, controls=0, note="not estimable, because no level of the controls has every arm"
    )
    columns = [
        "sample",
        "arm",
        "estimator",
        "estimate",
        "std_error",
        "oracle_std_error",
        "bias",
        "bias_std_error",
    ]
    ordered: pd.DataFrame = frame[[*columns, "rows", "controls", "note"]]
    return ordered
