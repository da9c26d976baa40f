"""The release log: a file beside a register, by which no two releases differ by a few households.

Whoever has two editions of a result can subtract them. A second edition of an outcome must therefore be made by the
rules of the first; and the households behind its results must be those of every earlier release, of whatever outcome,
or others in ten villages or more. So must be what is left when a result of this and of any earlier releases are added
and subtracted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, TypeAdapter

from bangfu.atomic import STDOUT, output, refuse
from bangfu.cells.info import PLACE
from bangfu.cells.merging import apart
from bangfu.errors import BangfuError, WrongUse, spoken
from bangfu.estimates.sample import Sample
from bangfu.given import json_object, read_text, validated
from bangfu.moments.combinations import labels, too_near
from bangfu.moments.disclosure import VILLAGES, Candidate

Data = dict[str, dict[str, dict[str, list[float]]]]
"""Arm (empty for comparison households), village, and group -> households and sum of each year in turn."""

Behind = dict[str, dict[str, list[float]]]
"""Side of a result (``courtyard 0``, or ``compared 2016 2018``), and village -> households and sum, at the base and in the year."""

IDLE = {"years", "models", "names", "best", "seed", "drawn_by_lot", "outcomes", "units"}
"""What may differ between editions: it is not summed, or says what else there is."""


class Edition(BaseModel):
    """One release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    register_id: str
    made: str
    rules: dict[str, Any]
    data: Data
    behind: Behind = {}


@dataclass(frozen=True, slots=True)
class Handed:
    """What the log is to hold of one release."""

    data: Data
    behind: Behind


class Log(BaseModel):
    """All releases of a register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bangfu_releases: Literal[1] = 1
    editions: tuple[Edition, ...] = ()


def seen(chosen: Sample, villages: pd.DataFrame, labels: Sequence[str], arms: Set[str]) -> Data:
    """The households of some arms, and those compared with them, by village: what the log holds."""
    places = _places(chosen, villages)
    out: Data = {}
    later = chosen.design.control == "not_yet"  # who joins later is compared with, too
    there = (chosen.seen[:, None] >> np.arange(len(chosen.years))) & 1
    for i in range(len(chosen.group)):
        arm = chosen.groups[chosen.group[i]].arm if chosen.group[i] >= 0 else ""
        if (arm in arms or later) if arm else chosen.comparison[i]:
            group = f"{chosen.cohort[i]} {labels[chosen.stratum[i]] if chosen.design.adjust else ''}".strip()
            found = np.stack([there[i] * chosen.households[i], there[i] * chosen.sums[i]], axis=1).ravel()
            of = out.setdefault(arm, {}).setdefault(places[chosen.village[i]], {})
            of[group] = (np.array(of.get(group, np.zeros(len(found)))) + found).tolist()
    return out


def behind(
    chosen: Sample, villages: pd.DataFrame, strata: Sequence[str], released: Sequence[Candidate]
) -> Behind:
    """Who is behind each side of what is released, by village."""
    places, out = _places(chosen, villages), Behind()
    for result in released:
        sides = [(f"{result.arm} {result.event_time}", result.joiners)]
        for (base, year, stratum), side in zip(result.compared, result.comparison, strict=True):
            layer = strata[stratum] if chosen.design.adjust else ""
            sides.append((f"compared {base} {year} {layer}".strip(), side))
        for name, side in sides:
            numbers = np.stack([side.households[0], side.sums[0], side.households[1], side.sums[1]], axis=1)
            found = {places[v]: numbers[v].tolist() for v in np.flatnonzero(side.villages)}
            if (
                out.setdefault(name, found) != found
            ):  # where who joins later is compared with, too, it depends on the arm
                out[f"{name}, {result.arm} {result.event_time}"] = found
    return out


def _places(chosen: Sample, villages: pd.DataFrame) -> list[str]:
    """What each village (or township, or county, by which errors are clustered) is called."""
    keys = {"township_id": PLACE[:2], "county_id": PLACE[:1]}.get(chosen.design.cluster, PLACE)
    places = villages[list(keys)].fillna("").agg("/".join, axis=1)
    if keys != PLACE:
        codes = villages.groupby(list(keys), dropna=False, sort=True).ngroup()
        places = places.groupby(codes).first()
    return places.astype(str).tolist()


def refuse_log(log: Path, out: Path, *, inputs: Iterable[Path] = ()) -> None:
    """Refuse, before long work, a log that could not be kept.

    Raises
    ------
    WrongUse
        When it is standard output, or the file that is handed up; when it may not be written.
    """
    if log == STDOUT:
        raise WrongUse(
            "the release log cannot go to standard output (-): it holds sums of villages, and is kept; name a file beside the register",
            "上报登记含各村合计且须保存,不能写到标准输出(-);请在台账旁指定文件",
        )
    if out != STDOUT and os.path.realpath(log) == os.path.realpath(out):
        raise WrongUse(
            f"{log} cannot be both the release log, which stays, and the file that is handed up; name two files",
            f"{log} 不能既作须留存的上报登记,又作上报文件;请分别指定",
        )
    refuse(log, overwrite=True, inputs=inputs)


def log_release(log: Path, register: str, rules: Mapping[str, Any], handed: Handed) -> None:
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
        data=handed.data,
        behind=handed.behind,
    )
    with output(log, overwrite=True, private=True) as beside:
        known = _read(log) if log.exists() else Log()
        earlier = [old for old in known.editions if old.register_id == register]
        for old in earlier:
            _refuse_near(old, now, log.name)
        _refuse_together(earlier, now, log.name)
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


def _refuse_together(earlier: Sequence[Edition], now: Edition, file: str) -> None:
    of_outcome = [e for e in earlier if e.rules["design"]["outcome"] == now.rules["design"]["outcome"]]
    for editions, amounts in ((of_outcome, True), (earlier, False)):
        near = _near([e for e in editions if e.behind], now, amounts=amounts)
        if near:
            days = [old.made[:10] for old in near]
            inside = spoken("inside=True", "--inside")
            raise BangfuError(
                f"{file}: results of the releases of {', '.join(days)} and of this one, added and subtracted, would show households in "
                f"fewer than {VILLAGES} villages; hand one of those up again, wait until more has changed, or keep this one in the "
                f"house with {inside}",
                f"{file}:{'、'.join(days)}的上报与本次上报的结果合在一起加减,会泄露不足{VILLAGES}个村的农户;请沿用以前的上报,"
                f"或待更多变化后再上报,或用 {inside} 仅供内部使用",
            )


def _near(earlier: Sequence[Edition], now: Edition, *, amounts: bool) -> list[Edition]:
    """Earlier editions that with this one leave too few villages of a side of a result, at the base or in the year."""
    for name, mine in now.behind.items():
        some = [e for e in earlier if name in e.behind]
        of = [*(e.behind[name] for e in some), mine]
        villages = sorted({v for found in of for v in found})
        numbers = np.array([[found.get(v, (0.0,) * 4) for v in villages] for found in of])
        for half in (numbers[..., :2], numbers[..., 2:]):
            if near := too_near(labels(half if amounts else half[..., :1]), VILLAGES):
                return [some[i] for i in near]
    return []


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
