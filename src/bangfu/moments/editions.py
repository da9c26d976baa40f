"""The release log: a file beside a register, by which no two releases differ by a few households.

Whoever has two editions of a result can subtract them. A second edition of an outcome must therefore be made by the
rules of the first; and the households behind its results must be those of every earlier release, of whatever outcome,
or others in ten villages or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter

from bangfu.atomic import output
from bangfu.cells.info import PLACE
from bangfu.cells.merging import apart
from bangfu.errors import BangfuError, spoken
from bangfu.estimates.sample import Sample
from bangfu.given import json_object, read_text, validated
from bangfu.moments.disclosure import VILLAGES

Data = dict[str, dict[str, dict[str, list[float]]]]
"""Arm (empty for comparison households), village, and group -> households and sum of each year in turn."""

IDLE = {"years", "models", "names", "best", "seed", "drawn_by_lot", "outcomes", "units"}
"""What may differ between editions: it is not summed, or says what else there is."""


class Edition(BaseModel):
    """One release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    register_id: str
    made: str
    rules: dict[str, Any]
    data: Data


class Log(BaseModel):
    """All releases of a register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bangfu_releases: Literal[1] = 1
    editions: tuple[Edition, ...] = ()


def seen(chosen: Sample, villages: pd.DataFrame, labels: Sequence[str], arms: Set[str]) -> Data:
    """The households of some arms, and those compared with them, by village: what the log holds."""
    keys = {"township_id": PLACE[:2], "county_id": PLACE[:1]}.get(chosen.design.cluster, PLACE)
    places = villages[list(keys)].fillna("").agg("/".join, axis=1)
    if keys != PLACE:
        codes = villages.groupby(list(keys), dropna=False, sort=True).ngroup()
        places = places.groupby(codes).first()
    out: Data = {}
    later = chosen.design.control == "not_yet"  # who joins later is compared with, too
    there = (chosen.seen[:, None] >> np.arange(len(chosen.years))) & 1
    for i in range(len(chosen.group)):
        arm = chosen.groups[chosen.group[i]].arm if chosen.group[i] >= 0 else ""
        if (arm in arms or later) if arm else chosen.comparison[i]:
            group = f"{chosen.cohort[i]} {labels[chosen.stratum[i]] if chosen.design.adjust else ''}".strip()
            found = np.stack([there[i] * chosen.households[i], there[i] * chosen.sums[i]], axis=1).ravel()
            of = out.setdefault(arm, {}).setdefault(str(places.iloc[chosen.village[i]]), {})
            of[group] = (np.array(of.get(group, np.zeros(len(found)))) + found).tolist()
    return out


def log_release(log: Path, register: str, rules: Mapping[str, Any], data: Data) -> None:
    """Write a release into the log, unless an earlier one lies too near.

    Raises
    ------
    BangfuError
        Where it does, with what to do; for a log that is damaged.
    WrongUse
        While another release is being logged.
    """
    now = Edition(
        register_id=register,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        rules=dict(rules),
        data=data,
    )
    with output(log, overwrite=True, private=True) as beside:
        known = _read(log) if log.exists() else Log()
        for old in known.editions:
            if old.register_id == register:
                _refuse_near(old, now, log.name)
        text = Log(editions=(*known.editions, now)).model_dump_json()
        beside.write_text(text + "\n", encoding="utf-8")


def _read(log: Path) -> Log:
    return validated(TypeAdapter(Log), json_object(read_text(log), log.name), log.name)


def _refuse_near(old: Edition, new: Edition, file: str) -> None:
    same = old.rules["design"]["outcome"] == new.rules["design"]["outcome"]
    inside = spoken("inside=True", "--inside")
    if same and (other := list(apart(*_common(old.rules, new.rules)))):
        raise BangfuError(
            f"{file}: this outcome was released on {old.made[:10]} by other rules ({'; '.join(f'{k}: {a}, now {b}' for k, a, b in other)}); "
            f"release it by those again, or keep this one in the house with {inside}",
            f"{file}:该指标已于{old.made[:10]}按另一口径上报({';'.join(f'{k}:{a},现为 {b}' for k, a, b in other)});请仍按原口径上报,"
            f"或用 {inside} 仅供内部使用",
        )
    for arm in old.data.keys() | new.data.keys():
        villages = _changed(old, new, arm, amounts=same)
        if 0 < villages < VILLAGES:
            raise BangfuError(
                f"{file}: households or amounts differ from the release of {old.made[:10]} in fewer than {VILLAGES} villages, so that the "
                f"difference of the two would show them; hand that release up again, wait until more has changed, or "
                f"keep this one in the house with {inside}",
                f"{file}:与{old.made[:10]}的上报相比,农户或数额有变化的村不足{VILLAGES}个,两次相减会泄露这些农户;请沿用上次上报,"
                f"或待更多变化后再上报,或用 {inside} 仅供内部使用",
            )


def _common(one: Any, other: Any) -> tuple[Any, Any]:
    """Two sets of rules, without what only one has or may differ."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one, other
    both = {k: _common(one[k], other[k]) for k in one if k in other and k not in IDLE}
    return {k: a for k, (a, _) in both.items()}, {k: b for k, (_, b) in both.items()}


def _changed(old: Edition, new: Edition, arm: str, *, amounts: bool) -> int:
    """Villages in which an arm's households (or their amounts) are not the same in the years of both editions."""
    years = sorted(set(old.rules["years"]) & set(new.rules["years"]))
    one, other = old.data.get(arm, {}), new.data.get(arm, {})
    return sum(
        not _alike(_of(old, one.get(v, {}), years), _of(new, other.get(v, {}), years), amounts=amounts)
        for v in one.keys() | other.keys()
    )


def _of(edition: Edition, groups: Mapping[str, list[float]], years: Sequence[int]) -> dict[str, list[float]]:
    at = [2 * edition.rules["years"].index(y) + i for y in years for i in (0, 1)]
    found = {group: [values[i] for i in at] for group, values in groups.items()}
    return {group: values for group, values in found.items() if any(values)}


def _alike(one: dict[str, list[float]], other: dict[str, list[float]], *, amounts: bool) -> bool:
    if one.keys() != other.keys():
        return False
    step = 1 if amounts else 2
    return all(np.allclose(one[g][::step], other[g][::step], rtol=1e-9, atol=0.0) for g in one)
