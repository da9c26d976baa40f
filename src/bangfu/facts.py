"""Numbers that texts print, each under its key.

A text names a number by its key, ``{actions.total}``; so no page or brief can print a number that has none.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from bangfu.campaign import Campaign
from bangfu.campaign.counting import results
from bangfu.figures.figure import Number
from bangfu.studies import evidence
from bangfu.words import MODELS

Numbers = Mapping[str, Number]


def _count(value: float) -> Number:
    return Number(float(value), "count")


def record_facts(campaign: Campaign) -> dict[str, Number]:
    """What the record of a campaign holds, counted; nothing of a table without rows, which is not recorded.

    Parameters
    ----------
    campaign : Campaign
    """
    found = results(campaign)
    steps = found["step"].value_counts()
    planned = campaign.problems.loc[campaign.problems["status"] == "in plan", "count"].dropna()
    facts: dict[str, Number] = {}
    if len(campaign.actions):
        components = campaign.actions_by_component().set_index("component_id")["actions"]
        facts |= {
            "actions.total": _count(len(campaign.actions)),
            "actions.mapped": _count(int(components.sum())),
        }
        facts |= {f"actions.{name}": _count(int(n)) for name, n in components.items()}
    if len(campaign.claims):
        facts |= {
            "claims.all": _count(int((found["step"] != "goal").sum())),
            "claims.words": _count(int(steps.get("words", 0))),
            "claims.numbered": _count(int(steps.get("counted", 0))),
            "claims.income": _count(int(steps.get("income", 0))),
        }
    if len(campaign.funds):
        facts["funds.sums"] = _count(len(campaign.funds))
    if len(campaign.gaps):
        needed = campaign.gaps["needed_for_income_question"].astype(bool)
        facts |= {"gaps.total": _count(len(needed)), "gaps.needed": _count(int(needed.sum()))}
    if len(planned):
        facts["problems.planned"] = _count(float(planned.sum()))
    return facts


def study_facts(studies: pd.DataFrame | None = None) -> dict[str, Number]:
    """What published studies found, counted by model and direction.

    Parameters
    ----------
    studies : DataFrame, optional
        As :func:`bangfu.reference.studies` gives it; the shipped one where absent.
    """
    rows = evidence.headlines(studies)
    facts = {
        "studies.total": _count(len(rows)),
        "studies.with_error": _count(int(rows["has_error"].sum())),
        "studies.verified": _count(int((rows["status"] == "verified").sum())),
    }
    for model in MODELS:
        own = rows[rows["model"] == model.id]
        facts[f"studies.{model.id}"] = _count(len(own))
        facts[f"studies.{model.id}_positive"] = _count(int((own["direction"] == "positive").sum()))
        facts[f"studies.{model.id}_by_lot"] = _count(int((own["design"] == "randomised").sum()))
    return facts
