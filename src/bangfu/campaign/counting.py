"""What a record claims in words, what it counts, and what it measures on incomes: one rule for figures and texts."""

from __future__ import annotations

import pandas as pd

from bangfu.campaign.money import AMOUNTS
from bangfu.campaign.record import Campaign


def results(campaign: Campaign) -> pd.DataFrame:
    """Every result and aim of a record, one row each.

    A number stands once: a problem's count that a claim states is the claim's, a sum within a sum is the larger one's.
    What a claim measures never overrides its status: an aim on incomes is an aim.

    Returns
    -------
    DataFrame
        ``step`` (words, counted, income or goal), ``of`` (claim, output, sum or problem), ``id``, ``component_id``,
        ``text_en``, ``text_zh``, ``quantity`` (of outputs and problems).
    """
    claims = campaign.claims[campaign.claims["kind"] != "umbrella"]
    counted = claims["evidence_status"] == "counted"
    step = claims["evidence_status"].map({"asserted": "words", "goal": "goal", "counted": "counted"})
    step = step.mask(
        counted & claims["measures_income"].astype("boolean").fillna(False).astype(bool), "income"
    )
    funds = campaign.funds
    problems = campaign.problems
    outputs = campaign.actions[campaign.actions["quantity"].notna()]
    sums = funds[funds[AMOUNTS].notna().any(axis=1) & funds["part_of"].isna()]
    found = problems[problems["count"].notna() & problems["claim_id"].isna()]
    parts = [
        _rows(claims, "claim", "claim_id", "claim", step),
        _rows(outputs, "output", "action_id", "activity", "counted", quantity=outputs["quantity"]),
        _rows(sums, "sum", "fund_id", None, "counted"),
        _rows(found, "problem", "problem_id", "area", "counted", quantity=found["count"]),
    ]
    return pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)


def _rows(
    frame: pd.DataFrame,
    of: str,
    key: str,
    text: str | None,
    step: str | pd.Series,
    quantity: pd.Series | None = None,
) -> pd.DataFrame:
    texts = {f"text_{lang}": frame[f"{text}_{lang}"] if text else None for lang in ("en", "zh")}
    component = frame.get("component_id")
    out = pd.DataFrame(
        {"step": step, "of": of, "id": frame[key], "component_id": component, **texts}, index=frame.index
    )
    number = pd.Series(pd.NA, index=frame.index) if quantity is None else quantity
    return out.assign(quantity=number.astype("Float64"))
