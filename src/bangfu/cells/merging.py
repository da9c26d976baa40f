"""Merging cells: the union of registers, without their households."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bangfu import accepted
from bangfu.cells.cells import Cells
from bangfu.cells.codes import codes_of
from bangfu.cells.leaving import added
from bangfu.errors import BangfuError, WrongUse, spoken
from bangfu.frames import folded
from bangfu.words import Word


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
        refuse_apart(_rules(first), _rules(part))
    names = titles((p.info.register, p.info.names) for p in parts)
    places = pd.concat([p.villages for p in parts], ignore_index=True)
    part_of = np.repeat(np.arange(len(parts)), [len(p.villages) for p in parts])
    keys = places[["county_id", "village_id"]].astype(object).where(places.notna(), None)
    twice = pd.DataFrame({"part": part_of, "key": list(map(tuple, keys.to_numpy()))}).drop_duplicates()
    if twice["key"].duplicated().any() and not disjoint:
        number, way = int(twice["key"].duplicated().sum()), spoken("disjoint=True", "--disjoint")
        raise BangfuError(
            f"{number} villages stand in more than one part; give {way} only if their households differ",
            f"有{number}个村同时出现在多份数据中;确认农户不重复时才可用 {way}",
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
        {name: join([p.largest[name] for p in parts]) for name in first.outcomes},
        replace(
            first.info,
            register=_joined([p.info.register for p in parts]),
            title_en=_joined([p.info.title_en for p in parts]),
            title_zh=_joined([p.info.title_zh for p in parts]),
            unseen=sum(p.info.unseen for p in parts),
            accepted=accepted.added(a for p in parts for a in p.info.accepted),
            names=names,
            left=added(p.info.left for p in parts),
        ),
    ).collapsed()  # fmt: skip


def _rules(cells: Cells) -> dict[str, Any]:
    return {
        "years": cells.years, "outcomes": cells.outcomes, "covariates": tuple(cells.strata.columns),
        "models": cells.info.models, "kind": cells.info.kind, "rules": cells.info.spec,
    }  # fmt: skip


def refuse_apart(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Parts merge only where they were made by the same rules.

    Raises
    ------
    BangfuError
        With every rule that differs, and both ways.
    """
    found = list(apart(ours, theirs))
    if found:
        raise BangfuError(
            f"the parts were made by different rules ({'; '.join(f'{k}: {a} and {b}' for k, a, b in found)}); make them alike before merging",
            f"各份数据的口径不同({';'.join(f'{k}:{a} 与 {b}' for k, a, b in found)}),请按同一口径重做后再合并",
        )


def apart(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Every rule that differs, and both ways, as text."""
    for key in (k for k in {**ours, **theirs} if ours.get(k) != theirs.get(k)):
        one, other = ours.get(key), theirs.get(key)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from apart(one, other, f"{above}{key} ")
        else:
            yield f"{above}{key}", _said(one), _said(other)


def _said(value: Any) -> str:
    """A rule's value without Python's marks."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_said(v)}" for k, v in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value)) or "none"
    return "none" if value is None else str(value)


def titles(declared: Iterable[tuple[str, Mapping[str, Word]]]) -> dict[str, Word]:
    """The titles of the models of several registers together.

    Parameters
    ----------
    declared : iterable of (str, mapping of str to Word)
        Each register and its titles.

    Raises
    ------
    BangfuError
        When two registers give one model different titles.
    """
    found: dict[str, tuple[Word, str]] = {}
    for other, names in declared:
        for model, title in names.items():
            known, register = found.setdefault(model, (title, other))
            if known != title:
                raise BangfuError(
                    f"register.toml of {register} and {other}, model {model}: titled {known.en} ({known.zh}) in one and {title.en} "
                    f"({title.zh}) in the other; give it one title_en and title_zh, or other models other ids, and make the cells again",
                    f"{register} 与 {other} 的 register.toml,模式 {model}:名称分别为{known.zh}({known.en})和{title.zh}({title.en});"
                    "同一模式请用同样的 title_en 和 title_zh,不同模式请用不同的 id,然后重新汇总",
                )
    return {model: title for model, (title, _) in found.items()}


def _joined(names: list[str]) -> str:
    return " + ".join(sorted(set(names)))
