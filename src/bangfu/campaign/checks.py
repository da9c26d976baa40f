"""What must hold between the cells of a campaign record, beyond types, keys and references of single columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from bangfu.campaign.spans import Span
from bangfu.errors import BangfuError, Fault
from bangfu.formats import number

Tables = dict[str, pd.DataFrame]

_DATES = (
    ("events", "date_min", "date_max"),
    ("time_expressions", "date_min", "date_max"),
    ("actions", "date_min", "date_max"),
    ("problems", "found_on", "resolved_on"),
)


def check(tables: Tables) -> Iterator[Fault]:
    """Every fault between the cells of a record whose single cells and references hold."""
    yield from _actions_without_actor(tables)
    yield from _places(tables["places"])
    yield from _funds(tables["funds"])
    yield from _times(tables)
    yield from _dates(tables)
    yield from _spans(tables)


def _fault(table: str, rule: str, words: tuple[str, str], column: str, row: int, value: Any) -> Fault:
    return Fault(table, rule, *words, column=column, rows=(row,), value=str(value))


def _actions_without_actor(tables: Tables) -> Iterator[Fault]:
    acted = set(tables["action_actors"]["action_id"])
    words = "no actor; add a row to action_actors", "没有行动单位,请在 action_actors 补一行"
    for row, action in enumerate(tables["actions"]["action_id"], start=1):
        if action not in acted:
            yield _fault("actions", "action_has_actor", words, "action_id", row, action)


def _places(places: pd.DataFrame) -> Iterator[Fault]:
    """Going up from a place ends at a place that lies in no other."""
    parents = dict(zip(places["place_id"], places["parent_id"], strict=True))
    words = "this place lies, in the end, in itself; mend parent_id", "该地点最终属于自己,请改正 parent_id"
    for row, place in enumerate(places["place_id"], start=1):
        above, seen = parents[place], {place}
        while above is not None and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == place:
            yield _fault("places", "no_circle", words, "parent_id", row, parents[place])


def _funds(funds: pd.DataFrame) -> Iterator[Fault]:
    for row, fund in enumerate(funds.to_dict("records"), start=1):
        low, exact, high, paid = (
            None if pd.isna(fund[c]) else float(fund[c])
            for c in ("amount_min", "amount_yuan", "amount_max", "disbursed_yuan")
        )
        known = [v for v in (low, exact, high) if v is not None]
        if known != sorted(known):
            words = "the amounts must rise from min over exact to max", "金额应满足 最小值≤确数≤最大值"
            columns, text = "amount_min, amount_yuan, amount_max", ", ".join(number(v) for v in known)
            yield _fault("funds", "amounts_in_order", words, columns, row, text)
        if (fund["precision"] == "exact") != (exact is not None):
            words = (
                "an exact sum needs amount_yuan, and only an exact sum has it",
                "只有确数才填 amount_yuan,确数必须填",
            )
            yield _fault("funds", "amount_matches_precision", words, "precision", row, fund["precision"])
        if fund["precision"] == "missing" and known:
            words = "said to be missing, yet an amount is given", "标为无金额,却填了金额"
            yield _fault("funds", "missing_has_no_amount", words, "precision", row, fund["precision"])
        if paid is not None and known and paid > known[-1]:
            words = "more paid out than the sum itself", "已支付的比金额本身还多"
            yield _fault("funds", "paid_within_amount", words, "disbursed_yuan", row, number(paid))
        if fund["action_id"] is None and fund["actor_id"] is None and fund["place_id"] is None:
            words = (
                "a sum of nobody, nowhere: name its action, actor or place",
                "该笔资金没有对应的行动、单位或地点,请至少填一项",
            )
            yield _fault("funds", "fund_belongs", words, "action_id", row, fund["fund_id"])


def _times(tables: Tables) -> Iterator[Fault]:
    """A time expression speaks of an event or of an action."""
    known = {*tables["events"]["event_id"], *tables["actions"]["action_id"]}
    words = (
        "no such event or action; add it there or mend the reference",
        "没有此事件或行动,请补上或改正",
    )
    for row, target in enumerate(tables["time_expressions"]["refers_to"], start=1):
        if target is not None and target not in known:
            yield _fault("time_expressions", "reference_exists", words, "refers_to", row, target)


def _dates(tables: Tables) -> Iterator[Fault]:
    for table, first, last in _DATES:
        words = f"{first} is after {last}", f"{first} 晚于 {last}"
        for row, (a, b) in enumerate(zip(tables[table][first], tables[table][last], strict=True), start=1):
            if a is not None and b is not None and a > b:
                yield _fault(table, "dates_in_order", words, f"{first}, {last}", row, f"{a}, {b}")


def _spans(tables: Tables) -> Iterator[Fault]:
    """A place in the text and its hash come together."""
    together = "span and span_sha256 come together", "span 与 span_sha256 应同时填写"
    for table, frame in tables.items():
        if "span" not in frame:
            continue
        for row, (span, digest) in enumerate(zip(frame["span"], frame["span_sha256"], strict=True), start=1):
            if (span is None) != (digest is None):
                yield _fault(table, "span_has_hash", together, "span", row, span or digest)
            elif span is not None:
                try:
                    Span.parse(span)
                except BangfuError as error:
                    yield _fault(table, "span_form", (error.en, error.zh), "span", row, span)
