"""From a frame and a formula to the matrices of a regression with several arms, and their overlap sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.errors import NotEstimable, WrongUse
from bangfu.frames import LARGE, find_once, identifiers, names_of, numbers, refuse, taken

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

TOLERANCE = 1e-7
"""A column whose part outside the span of those before it is a smaller share of its length than this is dependent."""


@dataclass(frozen=True, slots=True)
class Design:
    """One sample.

    Attributes
    ----------
    y : float array (n,)
    x : float array (n, K + 1)
        Arm indicators, the reference first.
    z : float array (n, L)
        The intercept first; columns independent.
    w : float array (n,)
        Weights, all positive.
    cluster : int array (n,) or None
    arms : tuple of str
        The reference first.
    controls : tuple of str
        Names of the columns of ``z``.
    stratum : int array (n,) or None
        Level of the control with most levels; overlap is asked within it.
    indicated : bool
        Whether ``z`` spans the indicators of the strata.
    """

    y: Floats
    x: Floats
    z: Floats
    w: Floats
    cluster: Ints | None
    arms: tuple[str, ...]
    controls: tuple[str, ...]
    stratum: Ints | None
    indicated: bool

    @property
    def possible(self) -> Mask | None:
        """Whether an arm occurs in a row's stratum (n, K + 1)."""
        return None if self.stratum is None or not self.indicated else (self.counts > 0)[self.stratum]

    @property
    def counts(self) -> Floats:
        """Rows by stratum (one without strata) and arm."""
        stratum = np.zeros(len(self.y), dtype=np.int64) if self.stratum is None else self.stratum
        table = np.zeros((int(stratum.max(initial=0)) + 1, self.x.shape[1]))
        np.add.at(table, stratum, self.x)
        return table

    def rows(self, keep: Mask) -> Design:
        """The design of some rows, without the controls that no longer vary."""
        z = self.z[keep]
        columns = independent(z)
        return replace(
            self,
            y=self.y[keep],
            x=self.x[keep],
            z=z[:, columns],
            w=self.w[keep],
            cluster=None if self.cluster is None else self.cluster[keep],
            controls=tuple(self.controls[i] for i in columns),
            stratum=None if self.stratum is None else self.stratum[keep],
        )


def independent(z: Floats) -> list[int]:
    """Positions of the columns that do not depend on those before them."""
    if not len(z):
        return []
    r = np.linalg.qr(z)[1] if len(z) >= z.shape[1] else z
    kept: list[int] = []
    basis = np.zeros((r.shape[0], 0))
    for i in range(r.shape[1]):
        column = r[:, i]
        size = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        left = float(np.linalg.norm(rest))
        if size > 0 and left > TOLERANCE * size:
            kept.append(i)
            basis = np.column_stack([basis, rest / left])
    return kept


def design(
    data: Any,
    outcome: str,
    arm: str,
    controls: str,
    reference: Any,
    weights: str | None,
    cluster: str | None,
) -> tuple[Design, int]:
    """Matrices of the complete rows with positive weight, and how many rows were left out."""
    from formulaic import model_matrix

    named = [outcome, arm, *([weights] if weights else []), *([cluster] if cluster else [])]
    find_once(names_of(data), named)
    found = taken(data)
    frame = found.assign(**{c: numbers(found[c], c) for c in (outcome, weights) if c})
    if weights:
        refuse(
            weights, frame[weights].to_numpy() < 0, ("negative weights stand", "含负权数"),
            ("correct them, or leave these rows out", "请改正,或剔除这些行"),
        )  # fmt: skip
    identifiers(frame[arm], arm, blank=True, any_value=True)
    if cluster:
        identifiers(frame[cluster], cluster, blank=True)
    keep = frame[named].notna().all(axis=1)
    if weights:
        keep &= frame[weights] > 0
    frame = _plain(frame[keep])
    try:
        matrix = model_matrix(f"1 + {controls.strip().removeprefix('~')}", frame, na_action="drop")
    except Exception as error:
        raise WrongUse(
            f"the controls {controls!r} cannot be read as a formula: {error}",
            f"控制变量 {controls!r} 不是可用的公式:{error}",
        ) from error
    _refuse_controls(matrix, found)
    frame = frame.loc[matrix.index]
    arms = _arms(frame[arm], reference)
    if len(arms) < 2:
        raise NotEstimable(
            f"{arm} has no arm beside {reference!r}; at least one is needed",
            f"{arm} 除 {reference!r} 外没有其他参加组合",
        )
    stratum, columns, indicated = _largest_factor(matrix, frame)
    z = np.asarray(matrix, dtype=np.float64)[:, columns]
    names = [str(matrix.columns[i]) for i in columns]
    kept = independent(z)
    if len(kept) < 2:
        raise WrongUse(
            "there are no controls beyond the intercept; without controls nothing is contaminated",
            "除常数项外没有控制变量;没有控制变量时不存在污染偏误",
        )
    labels = frame[arm].to_numpy()
    made = Design(
        frame[outcome].to_numpy(dtype=np.float64),
        np.column_stack([labels == a for a in arms]).astype(np.float64),
        z[:, kept],
        frame[weights].to_numpy(dtype=np.float64) if weights else np.ones(len(frame)),
        pd.factorize(frame[cluster], sort=True)[0].astype(np.int64) if cluster else None,
        tuple(str(a) for a in arms),
        tuple(names[i] for i in kept),
        stratum,
        indicated,
    )
    if made.cluster is not None and made.cluster.max() < 1:
        raise NotEstimable(
            f"{cluster} has one cluster; errors need two", f"{cluster} 只有一个群组,标准误至少需要两个"
        )
    return made, len(found) - len(frame)


def overlap(full: Design) -> tuple[Design | None, tuple[str, ...]]:
    """The rows and controls in which every arm occurs.

    First the levels of the largest factor that lack an arm go with their rows, then every control that does not vary
    within some arm.

    Returns
    -------
    Design or None
        ``None`` where nothing is left.
    tuple of str
        Controls that do not vary within some arm.
    """
    part = full
    if full.stratum is not None:
        whole = np.flatnonzero((full.counts > 0).all(axis=1))
        part = full.rows(np.isin(full.stratum, whole))
    if not len(part.y):
        return None, ()
    everywhere = set.intersection(*(set(independent(part.z[column > 0])) for column in part.x.T))
    columns = sorted(everywhere)
    dropped = tuple(name for i, name in enumerate(part.controls) if i not in everywhere)
    return replace(part, z=part.z[:, columns], controls=tuple(part.controls[i] for i in columns)), dropped


def _arms(labels: pd.Series[Any], reference: Any) -> list[Any]:
    present = labels.unique()
    ordered = (
        [c for c in labels.cat.categories if c in set(present)]
        if isinstance(labels.dtype, pd.CategoricalDtype)
        else sorted(present)
    )
    if reference not in ordered:
        raise WrongUse(
            f"unknown group {reference!r}; choose one of: {', '.join(map(str, ordered))}",
            f"没有参加组合 {reference!r};现有:{'、'.join(map(str, ordered))}",
        )
    return [reference, *(a for a in ordered if a != reference)]


def _refuse_controls(matrix: Any, frame: pd.DataFrame) -> None:
    """Refuse controls that are not finite, names in two spellings, and numbers as text, which would be levels each.

    ``frame`` has the rows as they were given, of which the matrix has some.
    """
    spec = matrix.model_spec
    for name in map(str, spec.variables):
        if name in frame.columns and not pd.api.types.is_numeric_dtype(frame[name].dtype):
            codes = identifiers(frame[name], name, blank=True, any_value=True)
            texts = codes.values.astype(str).str.replace(r"[,\s]", "", regex=True)
            figures = pd.to_numeric(texts, errors="coerce").notna().to_numpy()
            if name in map(str, spec.factor_contrasts):  # not C(name), which says that they are names
                refuse(
                    name, codes.at(figures), ("numbers as text stand", "含以文本记录的数值"),
                    (f"convert them first, or write C({name}) if they are names", f"请先转换;如为名称请写 C({name})"),
                )  # fmt: skip
    for name, values in zip(map(str, matrix.columns), np.asarray(matrix, dtype=float).T, strict=True):
        refuse(
            name, np.isin(frame.index, matrix.index[~(np.abs(values) <= LARGE)]), ("infinite values stand", "含无穷大"),
            ("correct them, or write missing (NaN) where the value is not known", "请改正;不详的留空(NaN)"),
        )  # fmt: skip


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers as 64 bits: files with small integers overflow as soon as a formula squares them."""
    small = [c for c in frame.columns if pd.api.types.is_integer_dtype(frame[c].dtype)]
    return frame.astype({c: "Int64" if frame[c].hasnans else "int64" for c in small})


def _largest_factor(matrix: Any, frame: pd.DataFrame) -> tuple[Ints | None, list[int], bool]:
    """Levels of the categorical control with most levels, the columns with its own right after the intercept, and
    whether those are all its indicators."""
    from formulaic import model_matrix

    spec = matrix.model_spec
    positions = list(range(matrix.shape[1]))
    sizes = {str(factor): len(state.levels or ()) for factor, state in spec.factor_contrasts.items()}
    if not sizes:
        return None, positions, False
    name = max(sizes, key=lambda factor: sizes[factor])
    dummies = np.asarray(model_matrix(f"0 + {name}", frame, na_action="drop"), dtype=np.float64)
    own = [i for term, where in spec.term_indices.items() if str(term) == name for i in where]
    order = [0, *own, *(i for i in positions if i not in {0, *own})]
    return dummies.argmax(axis=1).astype(np.int64), order, len(own) >= dummies.shape[1] - 1
