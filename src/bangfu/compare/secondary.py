"""Statements that a core statement opens: when, from which source, for whom, and below which line.

Each kind is read from a 95% band of its own over all that could be said of it. Where nothing stands out there, the stated
difference is not taken back: it is that of all years, sources or households together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from bangfu.compare.grade import evidence_of
from bangfu.compare.sources import POOLED, TOTAL
from bangfu.compare.statement import NO_INTERVAL, Statement, amount, between, printed, side
from bangfu.compare.terms import FACTS, rests_on
from bangfu.estimates.detectable import POWER
from bangfu.texts import say, texts
from bangfu.words import SOURCES, Word

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison

_WHEN = {1: "when.more", -1: "when.less", 0: "when.open"}
_SOURCE = {1: "source.more", -1: "source.less", 0: "source.open"}
_WHOM = {1: "whom.more", -1: "whom.less", 0: "whom.open"}
_POVERTY = {1: "poverty.rose", -1: "poverty.fell", 0: "poverty.open"}


def when(result: ModelComparison, opened: Sequence[Statement]) -> list[Statement]:
    """For every arm of which a difference is stated: the years since joining that stand out, in the event study's band.

    Parameters
    ----------
    result : ModelComparison
    opened : sequence of Statement
        Of the kind ``arm``, with a direction.
    """
    unit, times = printed(result.effects.unit)
    out = []
    for core in opened:
        rows = result.event_study
        rows = rows[(rows["arm"] == core.arms[0]) & (rows["event_time"] >= 0)]
        sides = [side(low, high) for low, high in zip(rows["band_low"], rows["band_high"], strict=True)]
        for way in sorted({s for s in sides if s}, reverse=True) or [0]:
            mine = rows[[s == way for s in sides]]
            years = [str(y) for y in mine["event_time"]] if way else []
            words = {"name": result.arm(core.arms[0]), "times": Word(", ".join(years), "、".join(years))}
            value, ends, first = np.nan, NO_INTERVAL, ""
            if way:
                row, first = mine.iloc[0], years[0]
                value, ends = (
                    times * float(row["estimate"]),
                    (times * float(row["band_low"]), times * float(row["band_high"])),
                )
                words["of"] = Word(first, first)
            out.append(Statement(
                "when", core.arms, way, value, ends, unit, core.households, core.villages, np.nan, core.rests_on, _WHEN[way],
                words, {f"year_{y}": (float(y), "count") for y in years}, of=first, evidence=partial(evidence_of, result),
            ))  # fmt: skip
    return out


def sources(result: ModelComparison, rows: pd.DataFrame) -> list[Statement]:
    """From which source the difference of all joiners comes, where it is stated; none where it is not.

    Parameters
    ----------
    result : ModelComparison
    rows : DataFrame
        As :func:`bangfu.compare.sources.gains_by_source` gives it.

    Returns
    -------
    list of Statement
        One for each source with an error of its own. Its share of the total stands beside where it is bounded.
    """
    core = result.stated("joined")
    if core is None or not core.direction:
        return []
    out = []
    for row in rows[(rows["arm"] == POOLED) & rows["band_low"].notna()].to_dict("records"):
        if row["source"] == TOTAL:
            continue
        unit, times = printed(str(row["unit"]))
        ends = times * row["band_low"], times * row["band_high"]
        words, beside = (
            {"source": sentence(inside(str(row["source"]))), "share": texts("statements")["source.no_share"]},
            {},
        )
        if np.isfinite(row["share_low"]):
            share = {"part": row["share"], "part_low": row["share_low"], "part_high": row["share_high"]}
            beside = {name: (100 * float(value), "percent") for name, value in share.items()}
            ends_of_share = (beside["part_low"][0], beside["part_high"][0])
            words["share"] = say("statements", "source.share", part=amount(*beside["part"]), parts=between(ends_of_share, "percent"))  # fmt: skip
        out.append(Statement(
            "source", (), side(*ends), times * row["estimate"], ends, unit, core.households, core.villages,
            times * row["detectable"], core.rests_on, _SOURCE[side(*ends)], words, beside, of=str(row["source"]), evidence=partial(evidence_of, result),
        ))  # fmt: skip
    return out


def inside(outcome: str) -> Word:
    """What a source is called."""
    return SOURCES.get(outcome.removesuffix("_per_head"), texts("statements")["source.other"])


def sentence(word: Word) -> Word:
    """A word that opens a sentence."""
    return Word(word.en[:1].upper() + word.en[1:], word.zh)


def whom(result: ModelComparison, rows: pd.DataFrame) -> list[Statement]:
    """Differences within kinds of households, for arms of which one is stated.

    Parameters
    ----------
    result : ModelComparison
    rows : DataFrame
        As :func:`bangfu.compare.subgroups.gains_within` gives it.
    """
    return _read(result, rows, "whom", "kind", _WHOM)


_CLASS = re.compile(
    r"(?P<fact>\S+) (?:below (?P<below>\S+)|(?P<low>\S+) to below (?P<high>\S+)|(?P<least>\S+) and more|(?P<label>.*))"
)


def _group(kind: str) -> Word:
    """A kind of households in words, as :func:`bangfu.compare.subgroups.gains_within` writes it."""
    found = _CLASS.fullmatch(kind)
    if found is None:
        return Word(kind, kind)
    fact = FACTS.get(found["fact"], Word(found["fact"], found["fact"]))
    if found["below"]:
        return say("statements", "group.below", fact=fact, high=found["below"])
    if found["low"]:
        return say("statements", "group.between", fact=fact, low=found["low"], high=found["high"])
    if found["least"]:
        return say("statements", "group.from", fact=fact, low=found["least"])
    if found["label"] == "missing":
        return say("statements", "group.missing", fact=fact)
    return say("statements", "group.other", fact=fact, label=found["label"])


def poverty(result: ModelComparison, rows: pd.DataFrame) -> list[Statement]:
    """Changes of the share below lines, for arms of which a difference is stated.

    Parameters
    ----------
    result : ModelComparison
    rows : DataFrame
        As :func:`bangfu.compare.distribution.gains_over_lines` gives it.
    """
    return _read(result, rows.assign(unit="share"), "poverty", "line", _POVERTY)


def _read(
    result: ModelComparison, rows: pd.DataFrame, kind: Any, of: str, keys: dict[int, str]
) -> list[Statement]:
    """Rows of tables that share no covariance, each at the Bonferroni level of all that could be read: valid under any dependence."""
    known = rows[rows["std_error"].notna() & ~rows["arm"].str.contains("+", regex=False)]
    out = []
    for row in known.to_dict("records"):
        core = result.stated("arm", row["arm"])
        if core is None or not core.direction:
            continue
        unit, times = printed(str(row["unit"]))
        error, df = times * row["std_error"], row["df"]
        critical = float(stats.t.isf(0.025 / len(known), df))
        value = times * row["estimate"]
        ends = value - critical * error, value + critical * error
        name = f"{row[of]:g}" if kind == "poverty" else str(row[of])
        words = {"name": result.arm(row["arm"]), "group": _group(name)}
        beside = {"line": (float(row[of]), "count")} if kind == "poverty" else {}
        households, villages = int(row["households"]), int(row["villages"])
        out.append(Statement(
            kind, (row["arm"],), side(*ends), value, ends, unit, households, villages,
            (critical + float(stats.t.ppf(POWER, df))) * error, rests_on(result.design, households, villages),
            keys[side(*ends)], words, beside, of=name, evidence=partial(evidence_of, result),
        ))  # fmt: skip
    return out
