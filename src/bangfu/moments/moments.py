"""Estimates within counties: what a county hands up in place of its register or its cells, and several counties as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.atomic import refuse
from bangfu.cells.agreement import settled
from bangfu.cells.merging import refuse_apart, titles
from bangfu.design import Design, Settled
from bangfu.errors import NotEstimable, WrongUse, option
from bangfu.estimates.notes import NOTES
from bangfu.estimates.sample import sample
from bangfu.formats import number
from bangfu.moments.county import COLUMNS, county
from bangfu.moments.disclosure import COUNTIES, VILLAGES, digits, nothing, rounded, select
from bangfu.moments.editions import Handed, behind, log_release, refuse_log, seen
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.cells import Cells

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Moments:
    """Means of joiners, and what they would have had by their own county's comparison households.

    Attributes
    ----------
    table : DataFrame
        One row per result, R of them: ``arm, event_time`` (years since joining), ``counties, households, villages``
        (rounded down to tens where released), ``weight`` (what the households stand for), ``joiners`` (their mean),
        ``would_have_been``, ``df`` (degrees of freedom of the difference).
    covariance : float array (2R, 2R)
        CR2, of the differences ``joiners - would_have_been`` and then of the ``would_have_been``.
    rules : dict
        The design, years, models, prices and whatever else must agree before merging.
    registers : tuple of str
    inside : bool
        Neither rounded nor withheld: not for release.
    withheld : tuple of (str, int)
        Arms and years since joining that may not be handed up.
    handed : Handed, optional
        Of one county's own: what the release log compares editions by. In no file of moments.
    """

    table: pd.DataFrame
    covariance: Floats
    rules: dict[str, Any]
    registers: tuple[str, ...]
    inside: bool = False
    withheld: tuple[tuple[str, int], ...] = ()
    handed: Handed | None = None

    @property
    def design(self) -> Settled:
        """By which they were made."""
        return cast("Settled", Design(**self.rules["design"]))

    @property
    def names(self) -> dict[str, Word]:
        """The models' titles."""
        return {model: Word(*title) for model, title in self.rules["names"].items()}

    @property
    def errors(self) -> Floats:
        """Standard errors (2R,), as the covariance has them."""
        return np.sqrt(np.diag(self.covariance))

    def save(self, path: str | Path, *, log: str | Path | None = None, overwrite: bool = False) -> Path:
        """Write a JSON file, which whoever releases it can read.

        Parameters
        ----------
        path : path
            Of an ``inside`` file its owner alone may read it.
        log : path
            Release log of the register, a file beside it; needed by what is released of one county's own. It is made
            where it is not there, and written before the file: what may have gone out is known.
        overwrite : bool
            Replace a file that is there.

        Raises
        ------
        WrongUse
            When there is such a file and ``overwrite`` is not given; without a log where one is needed, or one that
            could not be kept.
        BangfuError
            When an earlier release differs by too few villages, or was made by other rules; when no result of several
            counties together is of three or more.
        """
        from bangfu.moments.files import save

        refuse(Path(path), overwrite=overwrite)
        if self.handed is not None and not self.inside:
            if log is None:
                raise WrongUse(
                    f"a release is logged beside the register, so that no two differ by a few households: give {option('log')}",
                    f"上报须在台账旁登记,以免两次上报只差几户:请给出 {option('log')}",
                )
            refuse_log(Path(log), Path(path))
            log_release(Path(log), self.registers[0], self.rules, self.handed)
        return save(self.going_back(), path, overwrite=overwrite)

    def going_back(self) -> Moments:
        """Without what several counties may not get back, since each could subtract its own; all of it inside.

        Raises
        ------
        NotEstimable
            When nothing is left.
        """
        counties = self.table["counties"].to_numpy()
        if self.inside or len(self.registers) == 1 or (counties >= COUNTIES).all():
            return self
        kept = np.flatnonzero(counties >= COUNTIES)
        if not len(kept):
            raise NotEstimable(NOTES["few_counties"].en, NOTES["few_counties"].zh)
        gone = self.table[counties < COUNTIES]
        held = {*self.withheld, *zip(gone["arm"], gone["event_time"], strict=True)}
        return replace(_some(self, kept.tolist()), withheld=tuple(sorted(held)))

    @classmethod
    def load(cls, path: str | Path) -> Moments:
        """Read what :meth:`save` wrote, told by its content.

        Raises
        ------
        WrongUse
            When there is no such file.
        BangfuError
            For a file that is damaged or altered, or not one of moments; names the file and what in it is wrong. Its
            digests tell accidents, not forgery.
        """
        from bangfu.moments.files import load

        return load(path)

    def __repr__(self) -> str:
        kept = f", {len(self.withheld)} withheld" if self.withheld else ""
        counties = f"{len(self.registers)} {'county' if len(self.registers) == 1 else 'counties'}"
        place = ", exact, not for release" if self.inside else ", rounded for release"
        return f"Moments: {number(len(self.table))} results of {counties}{kept}{place}"


def from_cells(cells: Cells, design: Design, *, inside: bool) -> Moments:
    """See :meth:`bangfu.Cells.moments`."""
    chosen_by = settled(cells, design)
    if chosen_by.errors != "cr2":
        raise WrongUse(
            f"moments give CR2 errors; {option('errors', chosen_by.errors)} needs cells",
            f"矩汇总只给出 CR2 误差;{option('errors', chosen_by.errors)} 需用分村汇总数据",
        )
    chosen = sample(cells, chosen_by)
    info = cells.info
    rules = {
        "design": chosen_by.replace(prices=None).options(),  # a path says nothing elsewhere; spec has the prices
        "years": list(cells.years), "models": list(info.models),
        "names": {model: [title.en, title.zh] for model, title in info.names.items()}, "kind": info.kind,
        "unit": info.unit(chosen_by.outcome), "spec": json.loads(json.dumps(dict(info.spec))),
    }  # fmt: skip
    found = county(chosen)
    exact = Moments(found.table, found.influence @ found.influence.T, rules, (info.register,), True)
    if inside:
        return exact
    kept = select(found.candidates, chosen_by.outcome, found.households)
    if not kept:
        raise nothing(info.register)
    gone = found.table.drop(index=kept)
    withheld = tuple(zip(gone["arm"].tolist(), gone["event_time"].tolist(), strict=True))
    labels = [" | ".join(map(str, row)) for row in cells.strata.itertuples(index=False)]
    handed = Handed(
        seen(chosen, cells.villages, labels, set(found.table["arm"].iloc[kept])),
        behind(chosen, cells.villages, labels, [found.candidates[i] for i in kept]),
    )
    return replace(_released(_some(exact, kept)), withheld=withheld, handed=handed)


def _some(moments: Moments, kept: Sequence[int]) -> Moments:
    """Some of the results."""
    at = np.array([*kept, *(len(moments.table) + np.array(kept))], dtype=np.int64)
    table = moments.table.iloc[list(kept)].reset_index(drop=True)
    return replace(moments, table=table, covariance=moments.covariance[np.ix_(at, at)])


def _released(exact: Moments) -> Moments:
    """Means to a fifth of their error, errors to two digits, correlations to two decimals, other counts to few digits."""
    table, errors, count = exact.table.copy(), exact.errors, len(exact.table)
    would = table["would_have_been"].to_numpy()
    gain = table["joiners"].to_numpy() - would
    would = np.array(list(map(rounded, would, errors[count:])))
    table["would_have_been"] = would
    table["joiners"] = [
        float(f"{a + rounded(b, e):.12g}") for a, b, e in zip(would, gain, errors[:count], strict=True)
    ]
    table["df"] = np.floor(table["df"])
    table["villages"] = table["villages"] // VILLAGES * VILLAGES
    if exact.rules["spec"].get("weighted"):
        table["weight"] = [digits(w, 3) for w in table["weight"]]
    correlations = np.round(exact.covariance / np.outer(errors, errors), 2)
    errors = np.array([digits(e) for e in errors])
    return replace(
        exact, table=table, covariance=positive(correlations) * np.outer(errors, errors), inside=False
    )


def positive(correlations: Floats) -> Floats:
    """The nearest correlations that can be: rounding may push an eigenvalue a little below zero."""
    values, vectors = np.linalg.eigh((correlations + correlations.T) / 2)
    if values.min(initial=0.0) >= 0:
        return correlations
    fixed = (vectors * np.clip(values, 0.0, None)) @ vectors.T
    size = np.sqrt(np.diag(fixed))
    out: Floats = fixed / np.outer(size, size)
    return out


def merge_moments(*parts: Moments) -> Moments:
    """The moments of several counties as one: means weighted by what their households stand for.

    Joiners stay compared with their own county's comparison households; merging in whatever order gives the same.

    Raises
    ------
    WrongUse
        Without parts, or when a county appears twice.
    BangfuError
        When rules or titles of models differ.
    """
    if not parts:
        raise WrongUse("nothing to merge", "没有可合并的数据")
    names = [r for p in parts for r in p.registers]
    for name in names:
        where = ", ".join(str(i + 1) for i, p in enumerate(parts) if name in p.registers)
        if names.count(name) > 1:
            raise WrongUse(
                f"{name} stands in more than one part ({where}, in the order given): if these are different counties, change id in "
                "register.toml of one and make its file again; if it is one county, leave one of its files out",
                f"{name} 在多份数据中重复出现(第{where.replace(', ', '、')}份):如为不同的县,请修改其中一县 register.toml 的 id 并重新生成;"
                "如为同一县,请只保留一份",
            )
    titles((" + ".join(p.registers), p.names) for p in parts)
    for part in parts[1:]:
        refuse_apart(parts[0].rules, part.rules)
    rows = pd.concat([p.table for p in parts], ignore_index=True)
    table = rows[["arm", "event_time"]].drop_duplicates().sort_values(["arm", "event_time"])
    keys = pd.MultiIndex.from_frame(table)
    shares = np.zeros((len(keys), len(rows)))
    at = keys.get_indexer(pd.MultiIndex.from_frame(rows[["arm", "event_time"]]))
    shares[at, np.arange(len(rows))] = rows["weight"]
    total = shares.sum(1)
    shares /= total[:, None]
    covariance, variance = np.zeros((2 * len(keys), 2 * len(keys))), np.zeros(len(rows))
    start = 0
    for part in parts:
        stop = start + len(part.table)
        both = np.kron(np.eye(2), shares[:, start:stop])
        covariance += both @ part.covariance @ both.T
        variance[start:stop] = np.diag(part.covariance)[: len(part.table)]
        start = stop
    spread = np.diag(covariance)[: len(keys)] ** 2 / (
        (shares**2 * variance) ** 2 / rows["df"].to_numpy()
    ).sum(1)
    counts = (shares > 0) @ rows[["counties", "households", "villages"]].to_numpy(float)
    means = shares @ rows[["joiners", "would_have_been"]].to_numpy()
    table[list(COLUMNS)[2:]] = np.column_stack([counts, total, means, spread])
    return Moments(
        table.reset_index(drop=True).astype(COLUMNS),
        covariance,
        parts[0].rules,
        tuple(names),
        any(p.inside for p in parts),
        tuple(sorted({w for p in parts for w in p.withheld})),
    )
