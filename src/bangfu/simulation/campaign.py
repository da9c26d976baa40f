"""A campaign record of the invented villages, in the format of ``data/campaign``: what was offered where, and when."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bangfu.characters import typeset
from bangfu.simulation.frames import county_id, county_name, township_id, village_id, village_name
from bangfu.simulation.scenarios import Plan
from bangfu.simulation.streams import generator
from bangfu.simulation.villages import MODELS, villages
from bangfu.words import COMPONENTS

OTHERS = ("education", "medical", "habitat")
"""The components that are no income model; here they do nothing to incomes."""

_ACTORS = (
    ("A1", "模拟县工作队", "invented county work team", "county", "government", "organiser"),
    ("A2", "模拟村合作社", "invented cooperative", "village", "cooperative", "implementer"),
    ("A3", "模拟龙头企业", "invented leading enterprise", "county", "enterprise", "firm"),
)
_WHO = {"cooperative": "A2", "enterprise": "A3"}
_KIND = {"courtyard": "project funds", "cooperative": "project funds", "enterprise": "loan"}
_RUN = 5_000


def write_campaign(folder: Path, what: Plan, text: bool) -> None:
    """Write the record; ``villages.csv`` says which village of the register each place is."""
    folder.mkdir()
    source = (
        "S1",
        "synthetic",
        typeset(f"模拟活动(非真实村)｜情景:{what.scenario.title.zh}"),
        f"Invented campaign, {what.scenario.title.en}",
    )
    _write(folder / "source.csv", ("source_id", "kind", "title_zh", "title_en"), [source])
    groups = {**dict.fromkeys(MODELS, ("help", "true")), **dict.fromkeys(OTHERS[:2], ("help", "false"))}
    components = [
        (c, groups.get(c, ("push", "false"))[0], groups.get(c, ("push", "false"))[1], word.zh, word.en)
        for c, word in COMPONENTS.items()
    ]
    _write(
        folder / "components.csv",
        ("component_id", "group", "is_income_model", "name_zh", "name_en"),
        components,
    )
    _write(folder / "actors.csv", ("actor_id", "name_zh", "name_en", "level", "type", "role"), _ACTORS)
    _write(
        folder / "events.csv",
        ("event_id", "type", "name_zh", "name_en", "date_min", "date_max", "date_quality"),
        [("E1", "campaign", "模拟帮扶活动", "invented campaign", "2016-01-01", "2019-12-31", "interval")],
    )
    _write(
        folder / "places.csv",
        ("place_id", "level", "name_zh", "name_en", "parent_id", "code_status"),
        _places(what),
    )
    rows = [("place_id", "county_id", "township_id", "village_id")]
    _write(folder / "villages.csv", rows[0], _links(what, text))
    names = (
        "action_id", "place_id", "component_id", "link", "activity", "activity_zh", "activity_en",
        "date_min", "date_max", "date_quality",
    )  # fmt: skip
    actions = list(_actions(what))
    _write(folder / "actions.csv", names, (row[: len(names)] for row in actions))
    _write(
        folder / "action_actors.csv",
        ("action_id", "actor_id", "role"),
        ((r[0], _WHO.get(r[2], "A1"), "actor") for r in actions),
    )
    funds = (
        (f"F{r[0][1:]}", r[0], r[1], amount, amount, amount, "exact", _KIND[r[2]], "completed")
        for r in actions
        if (amount := r[-1])
    )
    columns = (
        "fund_id",
        "action_id",
        "place_id",
        "amount_yuan",
        "amount_min",
        "amount_max",
        "precision",
        "kind",
        "status",
    )
    _write(folder / "funds.csv", columns, funds)


def _runs(what: Plan) -> Iterator[Any]:
    for start in range(0, what.villages, _RUN):
        yield villages(what.parameters, what.seed, start, min(start + _RUN, what.villages))


def _places(what: Plan) -> Iterator[tuple[str, ...]]:
    county = township = -1
    for v in _runs(what):
        for i, n in enumerate(v.number):
            if v.county[i] > county:
                county = int(v.county[i])
                yield (
                    county_id(county),
                    "county",
                    county_name(county),
                    f"invented county {county + 1}",
                    "",
                    "missing",
                )
            if v.township[i] > township:
                township = int(v.township[i])
                name, parent = f"模拟乡{township + 1:03d}", county_id(county)
                yield (
                    township_id(township),
                    "township",
                    name,
                    f"invented township {township + 1}",
                    parent,
                    "missing",
                )
            name = village_name(int(n))
            yield (
                village_id(int(n)),
                "village",
                name,
                f"invented village {n + 1}",
                township_id(township),
                "missing",
            )


def _links(what: Plan, text: bool) -> Iterator[tuple[str | int, ...]]:
    for v in _runs(what):
        for n, t, c in zip(v.number, v.township, v.county, strict=True):
            own = (
                (county_id(int(c)), township_id(int(t)), village_id(int(n)))
                if text
                else (c + 1, t + 1, n + 1)
            )
            yield village_id(int(n)), *own


def _actions(what: Plan) -> Iterator[tuple[Any, ...]]:
    """One action per village and component offered; the sum of money last, or 0."""
    count = 0
    for v in _runs(what):
        for i, n in enumerate(v.number):
            random = generator(what.seed, "campaign", int(n))
            first = min((int(y) for y in v.offers[i] if y), default=0)
            offered = {m: int(y) for m, y in zip(MODELS, v.offers[i], strict=True) if y}
            chances, amounts = random.random(len(OTHERS)), random.uniform(5, 60, len(MODELS))
            offered |= {
                c: first or 2017 for c, u in zip(OTHERS, chances, strict=True) if u < (0.6 if first else 0.25)
            }
            for component, year in offered.items():
                count += 1
                word = COMPONENTS[component]
                money = round(amounts[MODELS.index(component)]) * 10_000 if component in MODELS else 0
                yield (
                    f"X{count:04d}", village_id(int(n)), component, "explicit", "project", f"开展{word.zh}", f"started {word.en}",
                    f"{year}-02-01", f"{year}-06-30", "interval", money,
                )  # fmt: skip


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)
