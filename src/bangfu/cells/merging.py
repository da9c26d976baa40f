"""Merging cells: the union of registers, without their households."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bangfu.accepted import added
from bangfu.cells.cells import Cells
from bangfu.cells.codes import codes_of
from bangfu.errors import BangfuError, WrongUse
from bangfu.frames import folded


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
        When outcomes, years, prices, lines, weights or exposure differ, or a village (county and village) stands in two parts, or is
        written in two ways.
    """
    if not parts:
        raise WrongUse("nothing to merge", "没有可合并的数据")
    for part in parts:
        if not isinstance(part, Cells):
            raise WrongUse(
                f"{type(part).__name__} is no cells; make them with Cells.from_frame or register.cells(...)",
                f"{type(part).__name__} 不是分村汇总数据;请用 Cells.from_frame 或 register.cells(...) 生成",
            )
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
    named = keys.drop_duplicates().reset_index(drop=True)
    alike = pd.DataFrame({c: folded(named[c]) for c in named}).duplicated()
    if alike.any():
        raise BangfuError(
            f"village_id: {int(alike.sum())} villages are written in two ways that differ only in blanks or width; write each in one way in all parts",
            f"village_id:有{int(alike.sum())}个村存在仅空格或全半角不同的两种写法,请统一各份数据的写法",
        )
    village_codes, villages = codes_of(places)
    paths = tuple(sorted({p for part in parts for p in part.paths}))
    strata_codes, strata = codes_of(pd.concat([p.strata for p in parts], ignore_index=True))
    village_at = np.concatenate([[0], np.cumsum([len(p.villages) for p in parts])])
    strata_at = np.concatenate([[0], np.cumsum([len(p.strata) for p in parts])])
    path_of = [np.array([paths.index(p) for p in part.paths], dtype=np.int64) for part in parts]
    join = np.concatenate
    return Cells(
        first.years, villages, paths, strata,
        join([village_codes[village_at[i] + p.village] for i, p in enumerate(parts)]),
        join([path_of[i][p.path] for i, p in enumerate(parts)]),
        join([strata_codes[strata_at[i] + p.stratum] for i, p in enumerate(parts)]),
        {name: join([p.patterns[name] for p in parts]) for name in first.outcomes},
        join([p.households for p in parts]), join([p.weight for p in parts]),
        {name: join([p.sums[name] for p in parts]) for name in first.outcomes},
        replace(
            first.info,
            register=_joined([p.info.register for p in parts]),
            title_en=_joined([p.info.title_en for p in parts]),
            title_zh=_joined([p.info.title_zh for p in parts]),
            unseen=sum(p.info.unseen for p in parts),
            accepted=added(a for p in parts for a in p.info.accepted),
        ),
    ).collapsed()  # fmt: skip


def _joined(names: list[str]) -> str:
    return " + ".join(sorted(set(names)))
