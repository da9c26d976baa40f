"""Sums of money: amounts that fit their precision, their printed number, what was paid, and the sum they are part of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from bangfu.campaign.faulty import fault
from bangfu.campaign.money import AMOUNTS, UNITS, wholes
from bangfu.errors import Fault
from bangfu.formats import number

_NEEDS = {
    "exact": ("amount_yuan", "an exact sum needs amount_yuan", "确数须填 amount_yuan"),
    "approximate_below": (
        "amount_max",
        "a sum below something needs amount_max",
        "“近、不到”须填 amount_max",
    ),
    "approximate_above": (
        "amount_min",
        "a sum above something needs amount_min",
        "“余、超过”须填 amount_min",
    ),
}
"""Precision -> the amount that it cannot do without, and the words."""

_MAY = {"approximate_below": ("amount_max",), "approximate_above": ("amount_min",)}
_BOUND = {"approximate_below": "amount_max", "approximate_above": "amount_min", "exact": "amount_yuan"}


def funds_faults(funds: pd.DataFrame) -> Iterator[Fault]:
    """Every fault between the cells of funds."""
    for row, fund in enumerate(funds.to_dict("records"), start=1):
        amounts = {c: None if pd.isna(fund[c]) else float(fund[c]) for c in AMOUNTS}
        known = [v for v in amounts.values() if v is not None]
        if known != sorted(known):
            words = "amounts must satisfy min ≤ exact ≤ max", "金额应满足 最小值≤确数≤最大值"
            text = ", ".join(number(v) for v in known)
            yield fault("funds", "amounts_in_order", words, ", ".join(AMOUNTS), row, text)
        yield from _precision(fund, amounts, row)
        yield from _printed(fund, amounts, row)
        paid = fund["disbursed_yuan"]
        if not pd.isna(paid) and known and float(paid) > known[-1]:
            words = "the amount paid out exceeds the sum; correct one of them", "已支付金额大于总额,请改正"
            yield fault("funds", "paid_within_amount", words, "disbursed_yuan", row, number(float(paid)))
        if fund["action_id"] is None and fund["actor_id"] is None and fund["place_id"] is None:
            words = (
                "the sum has no action, actor or place; give at least one",
                "该笔资金没有对应的行动、单位或地点,请至少填一项",
            )
            yield fault("funds", "fund_belongs", words, "action_id", row, fund["fund_id"])
    yield from _parts(funds)


def _precision(fund: Mapping[Any, Any], amounts: dict[str, float | None], row: int) -> Iterator[Fault]:
    """The amounts that a precision needs, and no other."""
    precision = fund["precision"]
    if precision == "missing" and any(v is not None for v in amounts.values()):
        words = "said to be missing, yet an amount is given", "标为无金额,却填了金额"
        yield fault("funds", "missing_has_no_amount", words, "precision", row, precision)
        return
    needed, en, zh = _NEEDS.get(precision, ("", "", ""))
    if needed and amounts[needed] is None:
        yield fault("funds", "amount_matches_precision", (en, zh), "precision", row, precision)
    if precision != "exact" and amounts["amount_yuan"] is not None:
        words = "only an exact sum has amount_yuan; use amount_min and amount_max", "只有确数才填 amount_yuan"
        yield fault("funds", "amount_matches_precision", words, "precision", row, precision)
    exact = amounts["amount_yuan"]
    for column in ("amount_min", "amount_max"):
        value = amounts[column]
        ranged = precision == "exact" and value is not None and exact is not None and value != exact
        if ranged or (precision in _MAY and value is not None and column not in _MAY[precision]):
            words = (
                f"{precision} leaves no room for this {column}; empty it, or say approximate",
                f"{precision} 不应有这个 {column};请清空,或改为 approximate",
            )
            yield fault("funds", "amount_matches_precision", words, column, row, number(value))


def _printed(fund: Mapping[Any, Any], amounts: dict[str, float | None], row: int) -> Iterator[Fault]:
    """The printed number, in its unit, is the amount."""
    printed, unit = fund["printed_amount"], fund["printed_unit"]
    if pd.isna(printed) != (unit is None):
        words = "printed_amount and printed_unit come together", "printed_amount 与 printed_unit 应同时填写"
        value = unit or number(float(printed), 2)
        yield fault("funds", "printed_has_unit", words, "printed_unit", row, value)
    if pd.isna(printed) or unit is None or fund["precision"] == "missing":
        return
    yuan = float(printed) * UNITS[unit]
    column = _BOUND.get(fund["precision"])
    given = [amounts[column]] if column else [amounts["amount_min"], amounts["amount_max"]]
    if column is None:  # about so much: the printed number lies within the range that is given
        low, high = (v if v is not None else yuan for v in given)
        fits = low <= yuan <= high
    else:
        fits = given[0] is None or abs(yuan - given[0]) < 0.005
    if not fits:
        words = (
            f"{number(float(printed), _decimals(float(printed)))} {unit} are {number(yuan)} yuan; correct the amount or what is printed",
            f"印出的数字合{number(yuan)}元,与金额不符,请改正",
        )
        value = ", ".join(number(v) for v in given if v is not None)
        yield fault("funds", "amount_as_printed", words, column or "amount_min, amount_max", row, value)


def _decimals(value: float) -> int:
    return 0 if value == int(value) else 2


def _parts(funds: pd.DataFrame) -> Iterator[Fault]:
    """Parts lie within a whole that is not themselves, and together are not more than it."""
    limit = funds["amount_yuan"].fillna(funds["amount_max"]).astype("float64")
    limits = {str(f): float(v) for f, v in zip(funds["fund_id"], limit, strict=True) if v == v}
    numbers = {fund: i for i, fund in enumerate(funds["fund_id"], start=1)}
    for fund, chain in wholes(funds).items():
        if fund in chain:
            words = (
                "part_of is circular: the sum contains itself; correct it",
                "资金的从属关系出现循环引用,请改正 part_of",
            )
            yield fault("funds", "no_circle", words, "part_of", numbers[fund], chain[0])
    kinds = dict(zip(funds["fund_id"], funds["kind"], strict=True))
    for fund, whole in funds.loc[funds["part_of"].notna(), ["fund_id", "part_of"]].itertuples(index=False):
        if kinds.get(whole, "unspecified") not in ("unspecified", kinds[fund]):
            words = (
                f"a part of a sum is of its kind, which is {kinds[whole]}; correct one of them, or leave part_of empty",
                f"该笔资金属于另一笔资金的一部分,而性质与其({kinds[whole]})不同;请改正其一,或将 part_of 留空",
            )
            yield fault("funds", "part_of_its_kind", words, "kind", numbers[fund], str(kinds[fund]))
    for whole, parts in funds[funds["part_of"].notna()].groupby("part_of"):
        bound = limits.get(str(whole))
        least = float(parts["amount_yuan"].fillna(parts["amount_min"]).fillna(0).sum())
        if bound is not None and least > bound + 0.005:
            words = (
                f"its parts (part_of) add up to {number(least)}, more than the sum itself; correct one of them",
                f"其中各笔合计{number(least)}元,大于该笔总额,请改正",
            )
            yield fault(
                "funds", "parts_within_whole", words, "amount_yuan", numbers[str(whole)], number(bound)
            )
