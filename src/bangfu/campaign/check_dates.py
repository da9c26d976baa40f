"""Dates: in order, not after the source that tells of them, and with room for the days said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from bangfu.campaign.faulty import Tables, fault
from bangfu.errors import Fault

_AHEAD = ("notice",)
"""Documents that speak of what is still to come."""
_ORDERED = (
    ("events", "date_min", "date_max"),
    ("time_expressions", "date_min", "date_max"),
    ("actions", "date_min", "date_max"),
    ("problems", "found_on", "resolved_on"),
)
_TOLD = (
    ("actions", ("date_min", "date_max")),
    ("events", ("date_min",)),
    ("funds", ("disbursed_on",)),
    ("problems", ("found_on", "resolved_on")),
)
"""What cannot lie after the source that tells of it; the end of an event may."""


def dates_faults(tables: Tables) -> Iterator[Fault]:
    """Every fault of dates."""
    for table, first, last in _ORDERED:
        words = f"{first} is after {last}; correct one of them", f"{first} 晚于 {last},请改正"
        for row, (a, b) in enumerate(zip(tables[table][first], tables[table][last], strict=True), start=1):
            if a is not None and b is not None and a > b:
                yield fault(table, "dates_in_order", words, f"{first}, {last}", row, f"{a}, {b}")
    yield from _after_the_source(tables)
    yield from _exact(tables)
    yield from _times(tables)


def _after_the_source(tables: Tables) -> Iterator[Fault]:
    source = tables["source"]
    told = source[source["published"].notna() & ~source["document"].isin(_AHEAD)]
    days: dict[str, date] = dict(zip(told["source_id"], told["published"], strict=True))
    for table, columns in _TOLD:
        frame = tables[table]
        for column in columns:
            for row, (of, day) in enumerate(zip(frame["source_id"], frame[column], strict=True), start=1):
                if day is not None and of in days and day > days[of]:
                    words = (
                        f"after the source that tells of it ({of}, {days[of]}); correct the date or source.published",
                        f"晚于来源 {of} 的发布日期({days[of]}),请改正",
                    )
                    yield fault(table, "not_after_source", words, column, row, day)


def _exact(tables: Tables) -> Iterator[Fault]:
    """An exact date has both its days, which are the same where it is of one day."""
    words = (
        "an exact date has date_min and date_max (the same day twice, where it is one); fill both in, or say interval",
        "exact 须填 date_min 和 date_max(只有一天的填同一天);否则请改为 interval",
    )
    for table in ("events", "actions"):
        cells = zip(*(tables[table][c] for c in ("date_quality", "date_min", "date_max")), strict=True)
        for row, (quality, first, last) in enumerate(cells, start=1):
            if quality == "exact" and (first is None or last is None):
                yield fault(table, "exact_has_days", words, "date_quality", row, quality)


def _times(tables: Tables) -> Iterator[Fault]:
    """A time expression speaks of an event or of an action, and its days have room there."""
    events, actions = tables["events"], tables["actions"]
    spans: dict[str, tuple[Any, Any]] = {
        key: (first, last)
        for frame, name in ((events, "event_id"), (actions, "action_id"))
        for key, first, last in zip(frame[name], frame["date_min"], frame["date_max"], strict=True)
    }
    unknown = (
        "no such event or action; add it there or correct the reference",
        "没有此事件或行动,请补上或改正",
    )
    for row, time in enumerate(tables["time_expressions"].to_dict("records"), start=1):
        target = time["refers_to"]
        if target is not None and target not in spans:
            yield fault("time_expressions", "reference_exists", unknown, "refers_to", row, target)
        for first, last in ((time["date_min"], time["date_max"]), spans.get(target, (None, None))):
            if pd.isna(time["days"]) or first is None or last is None:
                continue
            room = (last - first).days + 1
            if int(time["days"]) > room:
                words = (
                    f"{first} to {last} has room for {room} days (both counted); correct days or the dates",
                    f"{first}至{last}只有{room}天(含首尾),请改正天数或日期",
                )
                yield fault("time_expressions", "days_have_room", words, "days", row, int(time["days"]))
