"""Sums and cross-products of village sums, from cells; and their merging.

A group-time effect's influence is linear in a village's sums, so its variance needs only the sums' cross-products over
villages. Two rounds make it exact under CR2, which divides a village's sums by the root of one minus its share of the
pooled weight: in the first round counties hand up sums and cross-products; those merged give the pooled weights, which counties use
in the second (``pooled=``). After one round estimates are exact, and errors are those without CR2 (CR0).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bangfu.cells.agreement import settled
from bangfu.cells.merging import refuse_apart, titles
from bangfu.design import Design, Settled
from bangfu.errors import BangfuError, WrongUse, option
from bangfu.estimates.sample import Four, Sample, sample
from bangfu.formats import number
from bangfu.moments.disclosure import Protection, Withheld, protect
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.cells import Cells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Seen = tuple[str, int, int, int]
"""Arm, cohort, base and year."""

QUANTITIES = ("base_weight", "base_sum", "weight", "sum")


class Column(NamedTuple):
    """What a sum is of.

    Attributes
    ----------
    arm, cohort : str, int
        The group; empty and 0 for comparison households.
    base, year : int
        Households seen in both; 0 and 0 for the group's fixed size.
    stratum : str
        Covariate cell.
    quantity : str
        One of ``QUANTITIES``, or ``size``.
    scaled : bool
        Divided, village by village, by the root of one minus the village's share (CR2).
    """

    arm: str
    cohort: int
    base: int
    year: int
    stratum: str
    quantity: str
    scaled: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Moments:
    """What a county hands up: no village, and no group that disclosure control finds unsafe.

    Attributes
    ----------
    columns : tuple of Column
        C of them.
    first : float array (C,)
        Sums over villages.
    second : float array (C, C)
        Sums over villages of products.
    villages : int array (C,)
        Villages in which the sum is not zero.
    households, places : dict of (arm, cohort, base, year) to int
        Households and villages of a group that are seen in both years; 0 and 0 for the whole group.
    presence : dict of str to int
        Villages by the set of groups in them (``arm@cohort``, joined by blanks).
    rules : dict
        The design, years, models, prices and whatever else must agree before merging.
    registers : tuple of str
    protection : Protection or None
    withheld : Withheld
    """

    columns: tuple[Column, ...]
    first: Floats
    second: Floats
    villages: Ints
    households: dict[Seen, int]
    places: dict[Seen, int]
    presence: dict[str, int]
    rules: dict[str, Any]
    registers: tuple[str, ...]
    protection: Protection | None = None
    withheld: Withheld = field(default_factory=Withheld)

    @property
    def scaled(self) -> bool:
        """Whether these are of the second round."""
        return any(c.scaled for c in self.columns)

    @property
    def design(self) -> Settled:
        """By which they were made."""
        return cast("Settled", Design(**self.rules["design"]))

    @property
    def names(self) -> dict[str, Word]:
        """The models' titles."""
        return {model: Word(*title) for model, title in self.rules["names"].items()}

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """Arms and cohorts."""
        return tuple(sorted({(c.arm, c.cohort) for c in self.columns if c.arm}))

    def totals(self) -> dict[Column, float]:
        """Sums by column; with the covariate cell left empty, over all cells."""
        out: dict[Column, float] = {}
        for column, total in zip(self.columns, self.first, strict=True):
            for key in {column, column._replace(stratum="")}:
                out[key] = out.get(key, 0.0) + float(total)
        return out

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write them as JSON, to be read by people too.

        Raises
        ------
        WrongUse
            When there is such a file and ``overwrite`` is not given.
        """
        from bangfu.moments.files import save

        return save(self, path, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> Moments:
        """Read what :meth:`save` wrote.

        Raises
        ------
        WrongUse
            When there is no such file.
        BangfuError
            For a file that is damaged, or not one of moments.
        """
        from bangfu.moments.files import load

        return load(path)

    def __repr__(self) -> str:
        round_ = "second round (CR2)" if self.scaled else "first round"
        kept = f", {number(self.withheld.households)} households withheld" if self.withheld.households else ""
        return f"Moments: {len(self.groups)} arm-cohorts, {number(len(self.columns))} sums, {round_}{kept}"


def from_cells(
    cells: Cells, design: Design, pooled: Moments | None, protection: Protection | None
) -> Moments:
    """See :meth:`bangfu.Cells.moments`."""
    chosen_by = settled(cells, design)
    if chosen_by.control == "not_yet":
        raise WrongUse(
            f"no moments for {option('control', 'not_yet')}: households that join later belong to an arm and to the comparison at "
            "once, and need cells",
            f"{option('control', 'not_yet')} 不能用矩汇总:稍后参加的农户既属参加类型又作对照,需用分组汇总数据",
        )
    if chosen_by.errors != "cr2":
        raise WrongUse(
            f"moments give CR2 errors; {option('errors', chosen_by.errors)} needs cells",
            f"矩汇总只给出 CR2 误差;{option('errors', chosen_by.errors)} 需用分组汇总数据",
        )
    chosen = sample(cells, chosen_by, whole=False)
    withheld = Withheld()
    if protection is not None:
        chosen, withheld = protect(chosen, protection)
    stated = {
        "design": chosen_by.replace(prices=None).options(),  # a path says nothing elsewhere; spec has the prices
        "years": list(cells.years), "models": list(cells.info.models),
        "names": {model: [title.en, title.zh] for model, title in cells.info.names.items()}, "kind": cells.info.kind,
        "spec": json.loads(json.dumps(dict(cells.info.spec))),
        "protection": asdict(protection) if protection else None,
    }  # fmt: skip
    if pooled is not None:
        titles([(" + ".join(pooled.registers), pooled.names), (cells.info.register, cells.info.names)])
        refuse_apart(pooled.rules, stated)
    labels = [" | ".join(map(str, row)) for row in cells.strata.itertuples(index=False)]
    labels = labels if chosen_by.adjust else [""]
    found = dict(_sums(chosen, labels, pooled))
    columns = tuple(sorted(c for c, x in found.items() if x.any()))
    matrix = np.stack([found[c] for c in columns], axis=1) if columns else np.zeros((chosen.villages, 0))
    return Moments(
        columns, matrix.sum(0), matrix.T @ matrix, np.count_nonzero(matrix, axis=0).astype(np.int64),
        *_counts(chosen), _presence(chosen), stated, (cells.info.register,), protection, withheld,
    )  # fmt: skip


def _pairs(chosen: Sample) -> Iterator[tuple[str, int, int, int, Ints]]:
    """Arm, cohort, base and year of every sum that an effect may need, and its rows."""
    pairs = [(b, t) for b in chosen.years[:-1] for t in chosen.years if t != b]
    for h, group in enumerate(chosen.groups):
        yield from ((group.arm, group.cohort, b, t, chosen.rows(h)) for b, t in pairs if b < group.cohort)
    yield from (("", 0, b, t, np.flatnonzero(chosen.comparison)) for b, t in pairs)


def _sums(chosen: Sample, labels: list[str], pooled: Moments | None) -> Iterator[tuple[Column, Floats]]:
    """Every column's sums by village, and in the second round those scaled for CR2 beside them."""
    totals = pooled.totals() if pooled is not None else {}
    for arm, cohort, base, year, rows in _pairs(chosen):
        four = chosen.four(rows, [(base, year)])
        for x, label in enumerate(labels):
            for quantity in QUANTITIES:
                column = Column(arm, cohort, base, year, label, quantity)
                values = getattr(four, quantity)[0, :, x]
                yield column, values
                if pooled is not None:
                    yield column._replace(scaled=True), values * _factor(four, totals, column, x)
    for h, group in enumerate(chosen.groups):
        column, values = Column(group.arm, group.cohort, 0, 0, "", "size"), chosen.village_weight(h)
        yield column, values
        if pooled is not None:
            mine = [g for g in range(len(chosen.groups)) if chosen.groups[g].arm == group.arm]
            of_arm = np.sum([chosen.village_weight(g) for g in mine], axis=0)
            cohorts = [c for a, c in pooled.groups if a == group.arm]
            total = sum(totals.get(column._replace(cohort=c), 0.0) for c in cohorts)
            yield column._replace(scaled=True), values * root(of_arm, total)


def _factor(four: Four, totals: dict[Column, float], column: Column, x: int) -> Floats:
    """CR2 by village: shares of an arm's weight over all covariate cells, of comparison households' within each."""
    name = "base_weight" if column.quantity.startswith("base") else "weight"
    weight = getattr(four, name)[0]
    if not column.arm:
        return root(weight[:, x], totals.get(column._replace(quantity=name), 0.0))
    return root(weight.sum(1), totals.get(column._replace(quantity=name, stratum=""), 0.0))


def root(weight: Floats, total: float) -> Floats:
    """One over the root of one minus a village's share; 1 where a village has all of it."""
    left = 1.0 - weight / total if total > 0 else np.ones(len(weight))
    out: Floats = 1.0 / np.sqrt(np.where(left > 1e-12, left, 1.0))
    return out


def _counts(chosen: Sample) -> tuple[dict[Seen, int], dict[Seen, int]]:
    """Households and villages by group and pair of years."""
    households, places = dict[Seen, int](), dict[Seen, int]()
    for arm, cohort, base, year, rows in _pairs(chosen):
        four = chosen.four(rows, [(base, year)])
        if arm and four.households[0]:
            households[arm, cohort, base, year] = int(four.households[0])
            places[arm, cohort, base, year] = int(np.count_nonzero(four.weight[0].sum(1)))
    for h, g in enumerate(chosen.groups):
        if count := chosen.group_households(h):
            households[g.arm, g.cohort, 0, 0] = count
    return households, places


def _presence(chosen: Sample) -> dict[str, int]:
    there = [chosen.village_weight(h) > 0 for h in range(len(chosen.groups))]
    names = [f"{g.arm}@{g.cohort}" for g in chosen.groups]
    out: dict[str, int] = {}
    for v in range(chosen.villages):
        key = " ".join(n for n, t in zip(names, there, strict=True) if t[v])
        if key:
            out[key] = out.get(key, 0) + 1
    return out


def merge_moments(*parts: Moments) -> Moments:
    """The moments of several counties as one: equal to the moments of their union, village by village.

    Counties must not share villages; with no village in the moments that cannot be seen here.

    Raises
    ------
    WrongUse
        Without parts, or when a county stands twice.
    BangfuError
        When rules, titles of models, disclosure control or rounds differ.
    """
    if not parts:
        raise WrongUse("nothing to merge", "没有可合并的数据")
    names = [r for p in parts for r in p.registers]
    if len(set(names)) < len(names):
        twice = sorted({n for n in names if names.count(n) > 1})
        raise WrongUse(
            f"{', '.join(twice)} stands in more than one part", f"{'、'.join(twice)} 在多份数据中重复出现"
        )
    titles((" + ".join(p.registers), p.names) for p in parts)
    for part in parts[1:]:
        refuse_apart(parts[0].rules, part.rules)
        if part.scaled != parts[0].scaled:
            raise BangfuError(
                "some parts are of the first round and some of the second; merge each round by itself",
                "有的数据为第一轮,有的为第二轮;请分轮合并",
            )
    columns = tuple(sorted({c for p in parts for c in p.columns}))
    at = {c: i for i, c in enumerate(columns)}
    first, second = np.zeros(len(columns)), np.zeros((len(columns), len(columns)))
    villages = np.zeros(len(columns), dtype=np.int64)
    households, places, presence = dict[Seen, int](), dict[Seen, int](), dict[str, int]()
    for part in parts:
        place = np.array([at[c] for c in part.columns], dtype=np.int64)
        first[place] += part.first
        second[np.ix_(place, place)] += part.second
        villages[place] += part.villages
        for mine, theirs in ((households, part.households), (places, part.places), (presence, part.presence)):
            _add(mine, theirs)
    return Moments(
        columns, first, second, villages, households, places, presence, parts[0].rules, tuple(names), parts[0].protection,
        sum((p.withheld for p in parts), Withheld()),
    )  # fmt: skip


def _add(mine: dict[Any, int], theirs: dict[Any, int]) -> None:
    for key, n in theirs.items():
        mine[key] = mine.get(key, 0) + n


def _differ(ours: dict[str, Any], theirs: dict[str, Any]) -> BangfuError:
    ours, theirs = ({**r, **r["design"], "design": None} for r in (ours, theirs))
    keys = sorted(k for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k))
    said = "; ".join(f"{k}: {ours.get(k)} and {theirs.get(k)}" for k in keys)
    return BangfuError(
        f"the moments were made by different rules ({said}); make them alike",
        f"矩汇总的口径不同({said}),请按同一口径重做",
    )
