"""The comparison as JSON, and the schema that documents it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bangfu.formats import settle
from bangfu.words import BADGES

if TYPE_CHECKING:
    from bangfu.compare.comparison import ModelComparison
    from bangfu.compare.statement import Statement

VERSION = 3

TABLES: dict[str, str] = {
    "arms": "each arm's title in both languages, as its register words it; the other tables hold identifiers",
    "statements": "what the comparison bears out, with its words; direction 0: it cannot be told",
    "table": "one row per arm: the gain over all years from joining on, its interval, band and possible ranks",
    "event_study": "arm by years since joining; the base year is zero and left out",
    "by_year": "arm by calendar year",
    "by_cohort": "arm by first year",
    "group_time": "arm by first year by year",
    "contrasts": "arm minus other arm, three ways",
    "few_villages": "wild bootstrap and randomisation p-values for arms with few villages, or drawn by lot",
    "detectable": "smallest gain and contrast that 80% of such samples would show at 5%",
    "pretrend": "evidence on trends before joining; the last row is of all arms",
    "counts": 'households and villages by arm and first year; arm "" are comparison households',
    "switchers": "household-years after joining that are left out for a second model",
    "left": "household-years after leaving a model, which still count as joined; null where leaving is not recorded",
    "missing": "who is not seen, by arm and year",
    "accepted": "faults that register.toml accepts, with the reason and what is left out because of them",
    "remarks": "what else stands beside the numbers: households never seen, not yet joined, units that look wrong",
    "usable": 'households by arm, and those seen in a base year and in a year compared with it; arm "" are comparison households',
    "offers": "share of each arm's households whose village was offered each component; null without a register",
}
STABILITY = (
    "gains and rank sets under every scale, control, missing rule and rule for switchers; with --stability"
)


def document(result: ModelComparison, *, stability: bool = False) -> dict[str, Any]:
    """A comparison as a JSON object that :data:`SCHEMA` describes; what moments cannot give is null."""
    result = getattr(result, "released", result)
    said = [(r.rule, r.count, r.words.en, r.words.zh) for r in getattr(result, "remarks", ())]
    effects = getattr(result, "effects", None)
    made = {
        "group_time": None if effects is None else effects.table,
        "remarks": pd.DataFrame(said, columns=["rule", "count", "en", "zh"]),
    }
    tables = {
        name: records(made.get(name, getattr(result, name, None))) for name in TABLES if name != "statements"
    }
    out: dict[str, Any] = {
        "schema": VERSION,
        "badge": f"{BADGES['synthetic'].en} {BADGES['synthetic'].zh}" if result.synthetic else None,
        "about": _plain(result.about),
        "statements": [_told(s) for s in getattr(result, "statements", ())],
        **tables,
    }
    if stability:
        out["stability"] = records(result.stability)
        first = result.stated("first")
        out["winner"] = first.arms[0] if first is not None and first.direction else None
    return out


def _told(s: Statement) -> dict[str, Any]:
    known = {
        name: getattr(s, name)
        for name in (
            "kind",
            "arms",
            "of",
            "direction",
            "estimate",
            "unit",
            "detectable",
            "households",
            "villages",
        )
    }
    others = [asdict(v) for v in s.other_scales]
    texts = {
        "text_en": s.text("en"),
        "text_zh": s.text("zh"),
        "rests_on_en": s.rests_on.en,
        "rests_on_zh": s.rests_on.zh,
    }
    return dict(_plain(known | {"low": s.interval[0], "high": s.interval[1], "other_scales": others} | texts))


def records(frame: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    """Rows of a frame as JSON objects; missing values are null."""
    if frame is None:
        return None
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if value is None or value is pd.NA:
        return None
    if isinstance(value, np.bool_ | bool):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return settle(float(value)) if np.isfinite(value) else None
    return str(value)


_ROWS = {"type": ["array", "null"], "items": {"type": "object"}}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "bangfu compare --json",
    "type": "object",
    "required": ["schema", "badge", "about", *TABLES],
    "additionalProperties": False,
    "properties": {
        "schema": {"const": VERSION, "description": "raised when a name or meaning changes"},
        "badge": {
            "type": ["string", "null"],
            "description": "set on a synthetic register: its households are invented",
        },
        "about": {
            "type": "object",
            "description": "register, years, every option, seed, engine and versions",
            "required": [
                "register",
                "kind",
                "years",
                "outcome",
                "scale",
                "exposure",
                "control",
                "seed",
                "versions",
            ],
        },
        **{name: _ROWS | {"description": text} for name, text in TABLES.items()},
        "stability": _ROWS | {"description": STABILITY},
        "winner": {
            "type": ["string", "null"],
            "description": "surely first under every choice; null when no arm is",
        },
    },
}
"""JSON Schema of :func:`document`."""
